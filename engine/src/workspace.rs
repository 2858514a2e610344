//! The engine's face: how a program sets one up ([`EngineBuilder`]), asks it to work ([`Engine`]), and what it is
//! answered ([`Build`]).

mod build;
mod builder;

use std::path::{Path, PathBuf};

pub use build::Build;
pub use builder::{DEFAULT_LOCK_TIMEOUT, DEFAULT_MAX_CACHE_BYTES, DEFAULT_MAX_FILE_BYTES, EngineBuilder};

use esker_frontend_api::EdgeKinds;

use crate::answer::ConcernedFile;
use crate::code::CodeIndex;
use crate::contents::{CacheCheck, CacheContents, GarbageLimits, GarbageReport};
use crate::error::EngineError;
use crate::query::{FileQuery, QueryRun};
use crate::session::{Depth, Mode, Run, Scope, Session};
use crate::verify::VerifyReport;

/// Analyzes one repository, again and again, doing each time only the work that a change causes.
pub struct Engine {
    pub(crate) session: Session,
}

impl Engine {
    /// Begins to set up an engine for the repository below this directory.
    pub fn builder(root: impl Into<PathBuf>) -> EngineBuilder {
        EngineBuilder::new(root.into())
    }

    /// The repository's root, absolute and without symbolic links.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.session.setup().root
    }

    /// The directories that a walk looks for source files in, at or below this one, relative to the root, ascending:
    /// what a program has to watch to be told of every change. None if a walk passes over the directory, or if it is
    /// gone.
    ///
    /// # Errors
    ///
    /// If the root cannot be read, or if the path leads out of it.
    pub fn directories(&self, below: impl AsRef<Path>) -> Result<Vec<String>, EngineError> {
        self.session.directories(below.as_ref())
    }

    /// Brings everything up to date: looks at every file and does what the changes since the last build cause.
    ///
    /// # Errors
    ///
    /// If the world does not hold still or cannot be read; never because of the code analyzed.
    pub fn execute(&mut self) -> Result<Build, EngineError> {
        self.build_with(Scope::Everything, Mode::Incremental, Depth::Names)
    }

    /// Brings up to date what tells edges of these kinds, and leaves what references stand for until it is asked for:
    /// enough for [`Build::graph`] under such a policy, for the imports that lead nowhere, and for diagnostics. It saves
    /// a third of a first build or more. Where names are known already, they stay so.
    ///
    /// Edges of the kind [`EdgeKinds::GLOBAL`] are told by names, in languages that have such.
    ///
    /// # Errors
    ///
    /// As [`Engine::execute`].
    pub fn execute_for(&mut self, edges: EdgeKinds) -> Result<Build, EngineError> {
        self.build_with(Scope::Everything, Mode::Incremental, Depth::Edges(edges))
    }

    /// Brings everything up to date, trusting that only these paths changed: they may be absolute or relative to the
    /// root; one that no longer exists is a removal, a directory stands for what is under it. Nothing else is looked
    /// at, so that the cost is in proportion to the change. Everything is, where a list cannot tell enough: without an
    /// earlier build, if an ignore file or the like is listed ([`is_rule`](crate::is_rule)), or what cannot be read.
    ///
    /// # Errors
    ///
    /// As [`Engine::execute`]; and if a path leads out of the root.
    pub fn execute_incremental<P: AsRef<Path>>(
        &mut self,
        changed: impl IntoIterator<Item = P>,
    ) -> Result<Build, EngineError> {
        let changed: Vec<PathBuf> = changed.into_iter().map(|path| path.as_ref().to_owned()).collect();
        self.build_with(Scope::Listed(&changed), Mode::Incremental, Depth::Names)
    }

    /// Computes everything anew, using nothing that is known already, and keeps the results.
    ///
    /// # Errors
    ///
    /// As [`Engine::execute`].
    pub fn execute_from_scratch(&mut self) -> Result<Build, EngineError> {
        self.build_with(Scope::Everything, Mode::Force, Depth::Names)
    }

    /// Brings everything up to date, then computes so many percent of the files anew, from the files alone, and
    /// compares with what is kept of them. What was kept wrong is told, and is mended: the build that is returned, and
    /// those after it, answer with what was computed. Which files those are follows from the paths and contents of all.
    ///
    /// # Errors
    ///
    /// As [`Engine::execute`]; and if the store cannot be read or mended.
    pub fn verify(&mut self, percent: f64) -> Result<(Build, VerifyReport), EngineError> {
        let (run, report) = self.session.verify(percent)?;
        Ok((Build::new(self.root(), run), report))
    }

    /// What the last build knew, without looking at any file.
    ///
    /// # Errors
    ///
    /// If there was no build with this setup, or what it kept is gone.
    pub fn last_build(&mut self) -> Result<Build, EngineError> {
        let manifest = self
            .session
            .last_checked()
            .ok_or_else(|| EngineError::NeverBuilt { root: self.session.setup().root.clone() })?;
        Ok(Build::new(self.root(), Run::of_manifest(manifest)))
    }

    /// The same, if the last build knew what tells edges of these kinds: see [`Engine::execute_for`].
    ///
    /// # Errors
    ///
    /// As [`Engine::last_build`]; and if it did not know that.
    pub fn last_build_for(&mut self, edges: EdgeKinds) -> Result<Build, EngineError> {
        let build = self.last_build()?;
        if self.session.knows(&build.manifest, Depth::Edges(edges)) {
            return Ok(build);
        }
        Err(EngineError::NotLookedAt { root: self.session.setup().root.clone() })
    }

    /// The files of the last build whose imports may have led elsewhere before files at these paths, relative to the
    /// root, came, went or changed, ascending. These are those that look for a file that has gone; those that a
    /// settings file governs; those that look for a directory which these files alone make one; and where imports start
    /// from other directories because of them, those that look for a name there. What there was before is not known, so
    /// that some of them may lead where they led. Files that import one of these files are not among them for that
    /// alone: the graph tells of those.
    ///
    /// # Errors
    ///
    /// If nothing was built yet.
    pub fn concerned_since(&mut self, paths: &[&str]) -> Result<Vec<ConcernedFile>, EngineError> {
        self.session.concerned_since(paths)
    }

    /// The answers of a query of your own for every file of the last build. See [`FileQuery`].
    ///
    /// # Errors
    ///
    /// If nothing was built yet.
    pub fn query<Q: FileQuery>(&mut self) -> Result<QueryRun<Q::Output>, EngineError> {
        self.session.query::<Q>()
    }

    /// What `work` finds out about the inside of the files of the last build. It runs again if a file turns out to be
    /// another than it was then, after a new build. If the last build left names until they are asked for
    /// ([`Engine::execute_for`]), they are now.
    ///
    /// # Errors
    ///
    /// If nothing was built yet, or the world does not hold still.
    pub fn inspect<T: Send>(&mut self, work: impl Fn(&CodeIndex<'_>) -> T + Sync) -> Result<T, EngineError> {
        self.session.inspect(Depth::Names, work)
    }

    /// The same for work that asks no more than what tells edges of these kinds ([`Engine::execute_for`]): what is in
    /// the files, and with [`EdgeKinds::GLOBAL`] what they declare for all others and who asks for that.
    ///
    /// # Errors
    ///
    /// As [`Engine::inspect`].
    pub fn inspect_for<T: Send>(
        &mut self,
        edges: EdgeKinds,
        work: impl Fn(&CodeIndex<'_>) -> T + Sync,
    ) -> Result<T, EngineError> {
        self.session.inspect(Depth::Edges(edges), work)
    }

    /// The directories, relative to the root, from which absolute imports start, in the order in which they are tried:
    /// those that were set, or those that are found in the layout. The root itself is `.`; directories that are a
    /// package themselves are left out, because [`EngineBuilder::import_roots`] has no way to tell of them. Unique.
    /// Walks the tree and reads no file but settings files.
    ///
    /// # Errors
    ///
    /// If the root cannot be read.
    pub fn import_roots(&self) -> Result<Vec<String>, EngineError> {
        let mut paths: Vec<String> = Vec::new();
        for root in self.session.import_roots()?.into_iter().flatten().filter(|root| root.prefix.is_empty()) {
            let path = if root.path.is_empty() { ".".to_owned() } else { root.path };
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        Ok(paths)
    }

    /// Keeps on disk what was found out since the last time, and lets go of the store. Does nothing unless results are
    /// kept on request: see [`EngineBuilder::keep_on_request`].
    ///
    /// If another process has kept a build of its own meanwhile, everything is looked at first; that build is returned.
    /// A cache that cannot be written is warned of and is no error.
    ///
    /// # Errors
    ///
    /// As [`Engine::execute`].
    pub fn keep(&mut self) -> Result<Option<Build>, EngineError> {
        let run = self.session.keep()?;
        Ok(run.map(|run| Build::new(self.root(), run)))
    }

    /// How many records the store holds and how many bytes they take on disk.
    ///
    /// # Errors
    ///
    /// If the store cannot be opened.
    pub fn store_statistics(&self) -> Result<(u64, u64), EngineError> {
        let store = self.session.memo().store();
        let statistics = store.statistics();
        store.release();
        let statistics = statistics?;
        Ok((statistics.records, statistics.disk_bytes))
    }

    /// What the cache directory holds, by stage. Reads all of it.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    pub fn cache_contents(&self) -> Result<CacheContents, EngineError> {
        Ok(self.session.cache_contents()?)
    }

    /// Whether every record in the cache directory is whole, and every record is there of which a manifest speaks.
    /// Changes nothing; what is damaged or missing is computed again when it is needed.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    pub fn check_cache(&self) -> Result<CacheCheck, EngineError> {
        Ok(self.session.check_cache()?)
    }

    /// Drops records, of those that no manifest in the cache directory speaks of. Others can build meanwhile: they wait
    /// for the store, and compute again what they miss.
    ///
    /// # Errors
    ///
    /// If the store cannot be read, or not be written anew; it is as it was then.
    pub fn collect_garbage(&self, limits: GarbageLimits) -> Result<GarbageReport, EngineError> {
        Ok(self.session.collect_garbage(limits)?)
    }

    fn build_with(&mut self, scope: Scope<'_>, mode: Mode, depth: Depth) -> Result<Build, EngineError> {
        let run = self.session.run(scope, mode, depth)?;
        Ok(Build::new(self.root(), run))
    }
}
