//! The progress bar, for a person who waits.
//!
//! A thread of its own looks at what the engine leaves word of and draws; the engine is not slowed down. It is drawn on
//! stderr, only where that is a terminal, and only when work has taken long enough to be wondered about.
//!
//! **Invariant: nothing else is written to a terminal while the bar stands there.** All that prints goes through
//! [`apart`], which takes the bar away first.

use std::io::IsTerminal;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use esker_engine::{Monitor, Phase, Progress};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Palette, is_dumb};
use crate::args::Globals;

/// How long work may take before a bar appears.
const PATIENCE: Duration = Duration::from_millis(300);
/// How often the bar is drawn.
const TICK: Duration = Duration::from_millis(80);
/// How often it is tried to take the bar away for good, and how long after each time. To draw it takes less than that.
const GLANCES: usize = 20;
const GLANCE: Duration = Duration::from_millis(2);

/// What the engine does.
static MONITOR: LazyLock<Arc<Monitor>> = LazyLock::new(Arc::default);
static WATCHER: Once = Once::new();
/// The bar, while it stands on the terminal.
static BAR: Mutex<Option<Bar>> = Mutex::new(None);

/// Where an engine is to leave word of what it does.
pub(crate) fn monitor() -> &'static Arc<Monitor> {
    &MONITOR
}

/// Shows from now on what the engine does, if somebody may be looking.
pub(crate) fn show(globals: &Globals) {
    let stderr = std::io::stderr();
    if globals.quiet || !stderr.is_terminal() || is_dumb() {
        return;
    }
    let palette = Palette::new(globals.color, &stderr);
    WATCHER.call_once(|| {
        // Without the thread there is no bar, which harms nobody.
        _ = thread::Builder::new().name("esker-progress".to_owned()).spawn(move || watch(palette));
    });
}

/// Prints something while the bar is away.
pub(crate) fn apart<T>(print: impl FnOnce() -> T) -> T {
    let mut bar = lock();
    clear(&mut bar);
    print()
}

/// Takes the bar away for good, unless somebody is printing: then it is away, and who prints may be waiting for a
/// reader that never reads on.
pub(crate) fn end() {
    for _ in 0..GLANCES {
        if let Ok(mut bar) = BAR.try_lock() {
            clear(&mut bar);
            // The watcher, should it be about to draw, waits for the end of the process.
            std::mem::forget(bar);
            return;
        }
        thread::sleep(GLANCE);
    }
}

fn lock() -> MutexGuard<'static, Option<Bar>> {
    BAR.lock().unwrap_or_else(PoisonError::into_inner)
}

fn clear(bar: &mut Option<Bar>) {
    if let Some(bar) = bar.take() {
        bar.drawn.finish_and_clear();
    }
}

fn watch(palette: Palette) {
    let mut busy_since = None;
    loop {
        let mut bar = lock();
        let now = MONITOR.progress();
        if now.phase == Phase::Idle {
            busy_since = None;
            clear(&mut bar);
        } else if busy_since.get_or_insert_with(Instant::now).elapsed() >= PATIENCE {
            if bar.as_ref().is_some_and(|bar| !bar.fits(now)) {
                clear(&mut bar);
            }
            bar.get_or_insert_with(|| Bar::new(now, palette, ProgressDrawTarget::stderr())).draw(now);
        }
        drop(bar);
        thread::sleep(TICK);
    }
}

/// The bar of one phase. Each has one of its own, because a bar draws itself whenever something about it is set, and
/// would show what is left of the phase before.
struct Bar {
    drawn: ProgressBar,
    phase: Phase,
    shape: Shape,
}

/// What there is to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// How much of it all is done.
    Bar,
    /// How much is done.
    Count,
    /// That something is done.
    Spinner,
}

impl Shape {
    fn of(progress: Progress) -> Self {
        match progress {
            Progress { total: 1.., .. } => Self::Bar,
            Progress { done: 1.., .. } => Self::Count,
            _ => Self::Spinner,
        }
    }

    fn template(self, palette: Palette) -> &'static str {
        match (self, palette.is_colored()) {
            (Self::Bar, true) => "{msg:>10.bold.cyan} [{bar:28.cyan}] {human_pos}/{human_len} files",
            (Self::Bar, false) => "{msg:>10} [{bar:28}] {human_pos}/{human_len} files",
            (Self::Count, true) => "{msg:>10.bold.cyan} {spinner:.cyan} {human_pos} files",
            (Self::Count, false) => "{msg:>10} {spinner} {human_pos} files",
            (Self::Spinner, true) => "{msg:>10.bold.cyan} {spinner:.cyan}",
            (Self::Spinner, false) => "{msg:>10} {spinner}",
        }
    }
}

impl Bar {
    fn new(progress: Progress, palette: Palette, target: ProgressDrawTarget) -> Self {
        let Progress { phase, done, total } = progress;
        let shape = Shape::of(progress);
        let style =
            ProgressStyle::with_template(shape.template(palette)).expect("invariant: the templates are well-formed");
        let drawn = ProgressBar::with_draw_target(Some(total as u64), target)
            .with_style(style.progress_chars("=> ").tick_chars("-\\|/ "))
            .with_message(words(phase))
            .with_position(done as u64);
        Self { drawn, phase, shape }
    }

    fn fits(&self, progress: Progress) -> bool {
        self.phase == progress.phase && self.shape == Shape::of(progress)
    }

    fn draw(&self, Progress { done, total, .. }: Progress) {
        if self.drawn.length() != Some(total as u64) {
            self.drawn.set_length(total as u64);
        }
        self.drawn.set_position(done as u64);
        self.drawn.tick();
    }
}

fn words(phase: Phase) -> &'static str {
    match phase {
        Phase::Detect => "looking",
        Phase::Wait => "waiting",
        Phase::Analyze => "analyzing",
        Phase::Relink => "relinking",
        Phase::Resolve => "resolving",
        Phase::Assemble => "assembling",
        Phase::Store => "storing",
        Phase::Query => "answering",
        _ => "working",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phase_has_a_bar_of_its_own() {
        for palette in [Palette::PLAIN, Palette { colored: true }] {
            for (done, total) in [(0, 0), (5, 0), (5, 10)] {
                let now = Progress { phase: Phase::Analyze, done, total };
                let bar = Bar::new(now, palette, ProgressDrawTarget::hidden());
                bar.draw(now);
                assert_eq!(bar.drawn.position(), done as u64);
                assert!(bar.fits(now));
                assert!(!bar.fits(Progress { phase: Phase::Resolve, ..now }));
                assert!(!bar.fits(Progress { total: 10 - total, ..now }));
            }
        }
    }
}
