//! `esker watch`: build, then again at every change.
//!
//! The engine stays in memory, so that a build costs what the change costs, and what it finds out is kept on disk when
//! there is time for it. See [`crate::watch`] for how changes are told.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Sender};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use esker_engine::answer::BuildReport;
use esker_engine::{Build, Engine, EngineError};

use crate::args::Globals;
use crate::context::Context;
use crate::error::{CommandError, Result, Verdict};
use crate::process::interrupt;
use crate::render::{Output, Written, json_lines, watch_line, watch_start};
use crate::watch::{Changes, Inbox, Notice, Relevance, TreeWatcher, Wake, failed};

/// For how long nothing has to happen before results are kept.
const KEEP_AFTER: Duration = Duration::from_millis(300);
/// For how long results may wait for that where something happens all the time.
const KEEP_WITHIN: Duration = Duration::from_secs(10);

/// Build, then again at every change, until interrupted
///
/// Prints a line for every build that found a change. Files that are ignored or excluded are not watched; a change of
/// ignore files or of the configuration is obeyed at once. Ctrl-C ends it, with exit code 0.
#[derive(Debug, Args)]
pub(crate) struct Watch {
    /// Where the search for the root begins [default: the current directory]
    path: Option<PathBuf>,

    /// Build when nothing has changed for this many milliseconds
    #[arg(long, value_name = "MS", default_value_t = 20)]
    debounce: u64,

    /// The form of the reports
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: WatchFormat,
}

/// The forms of reports that follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum WatchFormat {
    /// For people: a line for every build
    Text,
    /// For programs: the report of `esker build --format json`, on a line
    Jsonl,
}

/// What goes on between two builds.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    GoOn,
    /// Nobody reads what is printed.
    End,
}

impl Watch {
    pub(crate) fn run(&self, globals: &Globals) -> Result<Verdict> {
        if globals.no_refresh {
            return Err(CommandError::new("--no-refresh makes no sense here: to refresh is what `esker watch` does"));
        }
        if globals.output.is_some() {
            return Err(CommandError::new("`esker watch` has no single answer to write to a file").hint("leave out -o"));
        }
        let (sender, notices) = mpsc::channel();
        let interrupted = sender.clone();
        // Where nobody listens any more the program is about to end.
        interrupt::end_by(move || _ = interrupted.send(Notice::Interrupted));
        let inbox = Inbox::new(notices, Duration::from_millis(self.debounce));
        let context = Context::starting_at(globals, self.path.as_deref().unwrap_or(".".as_ref()))?;
        let mut watch = Session::new(self, globals, context, sender)?;
        let ended = watch.begin().and_then(|next| if next == Next::GoOn { watch.follow(&inbox) } else { Ok(()) });
        if ended.is_err() {
            // The root can go at any moment, and whatever was being done then fails in its own words.
            watch.check_root()?;
        }
        ended?;
        watch.keep(Tell::Nothing)?;
        // Ends the process as it stands: taking the engine apart would only cost time.
        std::mem::forget(watch);
        Ok(Verdict::Done)
    }
}

/// Whether a build is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tell {
    Always,
    IfChanged,
    Nothing,
}

/// What has to come before changes can be told one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Nothing,
    /// A look at everything: the last build could not be finished.
    Everything,
    /// A configuration that can be read.
    Configuration,
}

/// A root that is watched.
struct Session<'a> {
    command: &'a Watch,
    globals: &'a Globals,
    context: Context<'a>,
    sender: Sender<Notice>,
    engine: Engine,
    tree: TreeWatcher,
    identity: (u64, u64),
    last: Option<BuildReport>,
    /// When the oldest result was found out that is not kept.
    unkept_since: Option<Instant>,
    wanted: Wanted,
}

impl<'a> Session<'a> {
    fn new(command: &'a Watch, globals: &'a Globals, context: Context<'a>, sender: Sender<Notice>) -> Result<Self> {
        let engine = context.resident_engine()?;
        let identity = identity(engine.root())?;
        let tree = TreeWatcher::new(&engine, context.cache_directory(), sender.clone())?;
        Ok(Self {
            command,
            globals,
            context,
            sender,
            engine,
            tree,
            identity,
            last: None,
            unkept_since: None,
            wanted: Wanted::Nothing,
        })
    }

    /// The first build.
    fn begin(&mut self) -> Result<Next> {
        let next = self.build(Tell::Always, Engine::execute)?;
        self.keep(Tell::IfChanged)?;
        Ok(next)
    }

    /// Builds at every change until it is time to end.
    fn follow(&mut self, inbox: &Inbox) -> Result<()> {
        loop {
            let waits = self.unkept_since.is_some() || self.wanted == Wanted::Everything;
            let idle = waits.then_some(KEEP_AFTER);
            let next = match inbox.wait(idle) {
                Wake::Interrupted => return Ok(()),
                Wake::Failed(error) => return Err(failed(error)),
                Wake::Idle if self.wanted == Wanted::Everything => self.start_over()?,
                Wake::Idle => self.keep(Tell::IfChanged)?,
                Wake::Changed(changes) => self.react(changes)?,
            };
            let overdue = self.unkept_since.is_some_and(|since| since.elapsed() > KEEP_WITHIN);
            if next == Next::End || (overdue && self.keep(Tell::IfChanged)? == Next::End) {
                return Ok(());
            }
        }
    }

    fn react(&mut self, changes: Changes) -> Result<Next> {
        self.check_root()?;
        let Changes::At(paths) = changes else {
            return if self.wanted == Wanted::Configuration { self.configure() } else { self.start_over() };
        };
        let relevances: Vec<Relevance> = paths.iter().map(|path| self.tree.relevance(path)).collect();
        if relevances.contains(&Relevance::Configuration) {
            return self.configure();
        }
        if self.wanted == Wanted::Configuration {
            return Ok(Next::GoOn);
        }
        if relevances.contains(&Relevance::Rules) || self.wanted == Wanted::Everything {
            return self.start_over();
        }
        let matters = |(path, relevance): (PathBuf, Relevance)| (relevance == Relevance::Content).then_some(path);
        let paths: Vec<PathBuf> = paths.into_iter().zip(relevances).filter_map(matters).collect();
        if paths.is_empty() {
            return Ok(Next::GoOn);
        }
        for directory in paths.iter().filter(|path| is_directory(path)) {
            self.tree.watch_below(&self.engine, directory)?;
        }
        self.build(Tell::IfChanged, |engine| engine.execute_incremental(&paths))
    }

    /// Watches and looks at everything, because anything may have changed.
    fn start_over(&mut self) -> Result<Next> {
        self.tree = TreeWatcher::new(&self.engine, self.context.cache_directory(), self.sender.clone())?;
        self.build(Tell::IfChanged, Engine::execute)
    }

    /// Obeys the configuration, which may have changed. One that is wrong is reported, and nothing is built until it is
    /// right again: it would be by rules that nobody wants any more.
    fn configure(&mut self) -> Result<Next> {
        let context = match Context::starting_at(self.globals, self.engine.root()) {
            Ok(context) if context.root() == self.engine.root() => context,
            Ok(context) => {
                let root = self.engine.root().display();
                let error =
                    CommandError::new(format!("{root} is no longer a root: that is {}", context.root().display()));
                return Err(error.hint("start `esker watch` again"));
            }
            Err(error) => {
                self.check_root()?;
                crate::terminal::report(&error, crate::terminal::Palette::new(self.globals.color, &io::stderr()));
                self.wanted = Wanted::Configuration;
                return Ok(Next::GoOn);
            }
        };
        if context.is_configured_like(&self.context) {
            return self.start_over();
        }
        self.keep(Tell::IfChanged)?;
        self.engine = context.resident_engine()?;
        self.context = context;
        // Under another configuration everything begins anew, and so does what is told.
        self.last = None;
        self.start_over()
    }

    fn check_root(&self) -> Result<()> {
        if identity(self.engine.root())? == self.identity {
            return Ok(());
        }
        let error = CommandError::new(format!("{} was replaced by another directory", self.engine.root().display()));
        Err(error.hint("start `esker watch` again"))
    }

    fn build(
        &mut self,
        tell: Tell,
        build: impl FnOnce(&mut Engine) -> std::result::Result<Build, EngineError>,
    ) -> Result<Next> {
        match build(&mut self.engine) {
            Ok(build) => {
                self.wanted = Wanted::Nothing;
                if self.unkept_since.is_none() {
                    self.unkept_since = Some(Instant::now());
                }
                self.tell(tell, &build)
            }
            // Something writes all the time. There will be events, and at the latest there will be a pause.
            Err(EngineError::Unsteady { .. }) => {
                self.wanted = Wanted::Everything;
                Ok(Next::GoOn)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps what was found out since the last time.
    fn keep(&mut self, tell: Tell) -> Result<Next> {
        // Keeping makes the cache directory where it is missing, and with it the root, if that is gone.
        self.check_root()?;
        self.unkept_since = None;
        match self.engine.keep() {
            Ok(Some(build)) => self.tell(tell, &build),
            Ok(None) => Ok(Next::GoOn),
            Err(EngineError::Unsteady { .. }) => {
                self.wanted = Wanted::Everything;
                Ok(Next::GoOn)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn tell(&mut self, tell: Tell, build: &Build) -> Result<Next> {
        let report = build.report();
        let before = self.last.replace(report.clone());
        let changed = report.changed.total() > 0 || report.cache.misses > 0;
        let changed = changed || before.is_none();
        if tell == Tell::Nothing || (tell == Tell::IfChanged && !changed) {
            return Ok(Next::GoOn);
        }
        let output = Output::new(self.globals);
        let line = match (self.command.format, &before) {
            (WatchFormat::Jsonl, _) => json_lines([report])?,
            (WatchFormat::Text, None) => watch_start(report, build.details(), output.palette()).into_bytes(),
            (WatchFormat::Text, Some(before)) => {
                watch_line(report, build.details(), before, output.palette()).into_bytes()
            }
        };
        Ok(match output.write_line(line)? {
            Written::Whole => Next::GoOn,
            Written::NobodyReads => Next::End,
        })
    }
}

fn is_directory(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

/// What tells a directory from another in its place.
fn identity(root: &Path) -> Result<(u64, u64)> {
    match fs::metadata(root) {
        Ok(metadata) => Ok((metadata.dev(), metadata.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(CommandError::new(format!("the root {} is gone", root.display())))
        }
        Err(error) => {
            Err(anyhow::Error::new(error).context(format!("the root {} cannot be read", root.display())).into())
        }
    }
}
