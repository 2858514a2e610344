//! What goes to stderr: errors with their hints, warnings, logs, and nothing from panics that the engine survives.

use std::fmt::{self, Display};
use std::io::{IsTerminal, Write};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{Mutex, PoisonError};

use anstyle::{AnsiColor, Style};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::{FmtSpan, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

use crate::args::{Color, Globals};
use crate::error::{CommandError, ERROR_EXIT_CODE, Result};

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
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let colored = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => stream.is_terminal() && !set("NO_COLOR") && !dumb(),
        };
        Self { colored }
    }

    pub(crate) fn paint(self, style: Style, text: impl Display) -> impl Display {
        let style = if self.colored { style } else { Style::new() };
        fmt::from_fn(move |f| write!(f, "{style}{text}{style:#}"))
    }
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

/// Prints an error and its hints.
pub(crate) fn report(error: &CommandError, palette: Palette) {
    let mut text = format!("{} {}\n", palette.paint(ERROR, "error:"), error.message());
    for hint in error.hints() {
        text.push_str(&format!("  {} {hint}\n", palette.paint(HINT, "hint:")));
    }
    // Where stderr is gone there is nobody left to tell.
    _ = std::io::stderr().write_all(text.as_bytes());
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
        .with_writer(std::io::stderr)
        .with_ansi(palette.colored)
        .with_span_events(FmtSpan::CLOSE)
        .event_format(Lines { palette })
        .init();
    Ok(())
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
