//! What goes to stderr: errors with their hints, warnings, logs, progress, and nothing from panics that the engine
//! survives.

pub(crate) mod progress;

use std::fmt::{self, Display};
use std::io::{IsTerminal, Write};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{Mutex, PoisonError};

use annotate_snippets::{AnnotationKind, Renderer, Snippet};
use anstyle::{AnsiColor, Style};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::{FmtSpan, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

use crate::args::{Color, Globals};
use crate::error::{CommandError, ERROR_EXIT_CODE, Excerpt, Result};

/// The environment variable that says what to log, in place of `-v` and `-q`.
const LOG_VARIABLE: &str = "ESKER_LOG";

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();
const NOTE: Style = Style::new().dimmed();

/// Where the last panic came from, for the one that nobody catches.
static LAST_PANIC: Mutex<Option<String>> = Mutex::new(None);

/// Whether a stream is written to in color.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Palette {
    colored: bool,
}

impl Palette {
    pub(crate) const PLAIN: Self = Self { colored: false };

    pub(crate) fn new(color: Color, stream: &impl IsTerminal) -> Self {
        let colored = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => by_environment().unwrap_or_else(|| stream.is_terminal() && !is_dumb()),
        };
        Self { colored }
    }

    pub(crate) fn is_colored(self) -> bool {
        self.colored
    }

    pub(crate) fn paint(self, style: Style, text: impl Display) -> impl Display {
        let style = if self.colored { style } else { Style::new() };
        fmt::from_fn(move |f| write!(f, "{style}{text}{style:#}"))
    }
}

/// What the environment says about color, if anything: see <https://no-color.org> and <https://bixense.com/clicolors>.
/// Help and wrong usage go by the same rules, which are clap's.
fn by_environment() -> Option<bool> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    if set("NO_COLOR").is_some() {
        return Some(false);
    }
    if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        return Some(true);
    }
    set("CLICOLOR").filter(|value| value == "0").map(|_| false)
}

/// Whether the terminal says that it understands no control sequences.
fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Runs a program, reports how it failed, and returns its exit code.
pub(crate) fn guarded(program: impl FnOnce() -> i32) -> i32 {
    panic::set_hook(Box::new(note_panic));
    panic::catch_unwind(AssertUnwindSafe(program)).unwrap_or_else(|_| {
        let panic = LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default();
        let error = CommandError::new(format!("internal error: {panic}"))
            .hint("this is a bug in esker; RUST_BACKTRACE=1 adds where it happened");
        report(&error, Palette::new(Color::Auto, &std::io::stderr()));
        ERROR_EXIT_CODE
    })
}

/// The engine survives panics of frontends and of the store, reports them in its own way, and unwinds to cancel work:
/// none of that is for the user's eyes unless asked for.
fn note_panic(info: &PanicHookInfo<'_>) {
    let payload = info.payload_as_str().unwrap_or("no message");
    let place = info.location().map(|location| format!(" ({location})")).unwrap_or_default();
    let backtrace = std::backtrace::Backtrace::capture();
    let traced = backtrace.status() == std::backtrace::BacktraceStatus::Captured;
    let panic = format!("{payload}{place}{}", if traced { format!("\n{backtrace}") } else { String::new() });
    tracing::info!("panic: {panic}");
    *LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner) = Some(panic);
}

/// Prints an error, the place that it is about and its hints.
pub(crate) fn report(error: &CommandError, palette: Palette) {
    // Where stderr is gone there is nobody left to tell.
    _ = progress::apart(|| std::io::stderr().write_all(rendered(error, palette).as_bytes()));
}

/// An error as it is printed.
pub(crate) fn rendered(error: &CommandError, palette: Palette) -> String {
    let message = error.message();
    let mut text = match error.excerpt() {
        None => format!("{} {message}\n", palette.paint(ERROR, "error:")),
        Some(excerpt) => with_excerpt(&message, excerpt, palette),
    };
    for hint in error.hints() {
        text.push_str(&format!("  {} {hint}\n", palette.paint(HINT, "hint:")));
    }
    text
}

/// A message above the lines of a file that it is about, with a mark below the place.
fn with_excerpt(message: &str, Excerpt { path, text, span, label }: &Excerpt, palette: Palette) -> String {
    let path = path.display().to_string();
    let mark = AnnotationKind::Primary.span(span.clone());
    let mark = if label.is_empty() { mark } else { mark.label(label) };
    let lines = Snippet::source(text).path(&path).annotation(mark);
    let report = [annotate_snippets::Level::ERROR.primary_title(message).element(lines)];
    let renderer = if palette.colored { Renderer::styled().error(ERROR).help(HINT) } else { Renderer::plain() };
    format!("{}\n", renderer.render(&report))
}

/// Sends warnings and logs to stderr, as much of them as asked for.
///
/// # Errors
///
/// If `ESKER_LOG` cannot be read as a filter.
pub(crate) fn log_to_stderr(globals: &Globals) -> Result<()> {
    let level = match (globals.quiet, globals.verbose) {
        (true, _) => LevelFilter::ERROR,
        (false, 0) => LevelFilter::WARN,
        (false, 1) => LevelFilter::INFO,
        (false, 2) => LevelFilter::DEBUG,
        (false, _) => LevelFilter::TRACE,
    };
    // What libraries have to tell is for those who ask for everything.
    let others = level.min(LevelFilter::WARN);
    let filter = match std::env::var(LOG_VARIABLE) {
        Ok(directives) if !directives.is_empty() => {
            let hint = "it is a list such as `info` or `esker_engine=debug,warn`";
            EnvFilter::try_new(&directives)
                .map_err(|error| CommandError::new(format!("{LOG_VARIABLE}=\"{directives}\": {error}")).hint(hint))?
        }
        _ => EnvFilter::new(if globals.verbose > 2 { level.to_string() } else { format!("{others},esker={level}") }),
    };
    let palette = Palette::new(globals.color, &std::io::stderr());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| Stderr)
        // Nobody is left to be told that stderr is gone.
        .log_internal_errors(false)
        .with_ansi(palette.colored)
        .with_span_events(FmtSpan::CLOSE)
        .event_format(Lines { palette })
        .init();
    Ok(())
}

/// Stderr, with the progress bar out of the way.
struct Stderr;

impl Write for Stderr {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        progress::apart(|| std::io::stderr().write(bytes))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
}

/// One line an event: its level, the spans it is in, and what it says.
struct Lines {
    palette: Palette,
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let (style, level) = match *event.metadata().level() {
            Level::ERROR => (ERROR, "error:"),
            Level::WARN => (WARNING, "warning:"),
            Level::INFO => (HINT, "info:"),
            Level::DEBUG => (NOTE, "debug:"),
            Level::TRACE => (NOTE, "trace:"),
        };
        write!(writer, "{} ", self.palette.paint(style, level))?;
        // A warning stands for itself; where it arose is for those who ask for more.
        let warning = *event.metadata().level() <= Level::WARN;
        for span in context.event_scope().into_iter().flat_map(|scope| scope.from_root()).filter(|_| !warning) {
            write!(writer, "{}", span.name())?;
            let extensions = span.extensions();
            if let Some(fields) = extensions.get::<FormattedFields<N>>().filter(|fields| !fields.is_empty()) {
                write!(writer, "{{{fields}}}")?;
            }
            writer.write_str(": ")?;
        }
        context.field_format().format_fields(writer.by_ref(), event)?;
        writeln!(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_that_nobody_catches_is_an_internal_error() {
        assert_eq!(guarded(|| 0), 0);
        assert_eq!(guarded(|| panic!("a test of panics")), ERROR_EXIT_CODE);
        // Gives other tests of this process the usual report back.
        drop(panic::take_hook());
    }
}
