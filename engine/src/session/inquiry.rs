//! What a session is asked between its runs, about the last one or about the layout of the tree.
//!
//! A question about the last run needs the files as they were then. One that turns out to be another now
//! ([`Session::unless_changed`]) makes the session run again and the question begin anew. What had to be computed for
//! an answer is kept like the results of a run; the manifest stays as it is.

use std::path::Path;
use std::sync::Arc;

use esker_frontend_api::Root;
use rayon::ThreadPool;

use super::absence::{concerned_since, import_roots};
use super::parallel::in_parallel;
use super::propagate::{file_set_of, named};
use super::{ATTEMPTS, Depth, Mode, Scope, Session};
use crate::answer::ConcernedFile;
use crate::code::CodeIndex;
use crate::db::{Database, Db};
use crate::error::EngineError;
use crate::input::{FileSet, Files, Lifetime, Rules, relative_path, walk_below};
use crate::manifest::Manifest;
use crate::monitor::{Busy, Phase};
use crate::query::{ErasedQuery, FileQuery, QueryKey, QueryRun, derived};

impl Session {
    /// The files of the last run whose imports may have led elsewhere before these paths came, went or changed,
    /// ascending.
    pub(crate) fn concerned_since(&mut self, paths: &[&str]) -> Result<Vec<ConcernedFile>, EngineError> {
        let manifest = self.last_checked().ok_or_else(|| EngineError::NeverBuilt { root: self.setup.root.clone() })?;
        let setup = &self.setup;
        let is_there = |path: &&&str| manifest.position(path).is_some();
        let (there, gone): (Vec<&str>, Vec<&str>) = paths.iter().partition(is_there);
        let gone = gone.into_iter().filter(|path| setup.class_of(path).is_some());
        let before = FileSet::recorded(manifest.clone(), gone.map(Arc::from), there.into_iter().map(Arc::from));
        let before = named(setup, before);
        let mut database = self.open_database(Some(manifest.clone()));
        Files::update(&mut database, before.clone(), std::iter::empty());
        let roots_before = import_roots(&database, setup);
        let concerned = concerned_since(paths, &manifest, &before, &roots_before, setup);
        let told =
            |(row, (by, how)): (u32, (&str, _))| ConcernedFile { path: manifest.path(row).into(), by: by.into(), how };
        Ok(concerned.into_iter().map(told).collect())
    }

    /// The answers of an embedder's query for all files of the last run.
    pub(crate) fn query<Q: FileQuery>(&mut self) -> Result<QueryRun<Q::Output>, EngineError> {
        self.ask(Depth::Names, Self::attempt_query::<Q>)
    }

    /// What `work` finds out about the code of the last run. Runs again if a file turns out to be another than is
    /// known, or less is known than is asked for.
    pub(crate) fn inspect<T: Send>(
        &mut self,
        depth: Depth,
        work: impl Fn(&CodeIndex<'_>) -> T + Sync,
    ) -> Result<T, EngineError> {
        self.ask(depth, |session| session.attempt_to_inspect(&work))
    }

    /// The import roots of every frontend: as set, or as the layout and settings files have them now.
    pub(crate) fn import_roots(&self) -> Result<Vec<Vec<Root>>, EngineError> {
        let files = self.detect(Scope::Everything, None)?.candidates.into_iter().map(|file| file.path).collect();
        let mut database = self.open_database(None);
        Files::update(&mut database, file_set_of(&self.setup, files), std::iter::empty());
        Ok(import_roots(&database, &self.setup))
    }

    /// The directories that a walk looks into, at or below this one, relative to the root.
    pub(crate) fn directories(&self, below: &Path) -> Result<Vec<String>, EngineError> {
        let setup = &self.setup;
        let (class_of, marks) = (|path: &str| setup.class_of(path), setup.resource_marks());
        let below = relative_path(&setup.root, below)?;
        let walked = Rules::new(&setup.walk_options(&class_of, &marks)).and_then(|rules| walk_below(&rules, &below));
        let walk = walked.map_err(|source| EngineError::Root { path: self.setup.root.clone(), source })?;
        let mut directories = walk.directories;
        directories.sort_unstable();
        Ok(directories)
    }

    /// Asks until what is known holds still for as long as an answer takes.
    fn ask<T>(
        &mut self,
        depth: Depth,
        attempt: impl Fn(&mut Self) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        if self.last().is_some_and(|last| !self.knows(&last, depth)) {
            self.run(Scope::Everything, Mode::Incremental, depth)?;
        }
        for _ in 0..ATTEMPTS {
            match self.unless_changed(&attempt) {
                Ok(answer) => return answer,
                Err(interruption) => {
                    tracing::info!("{interruption} since the last build; building again");
                    self.run(Scope::Everything, Mode::Incremental, depth)?;
                }
            }
        }
        Err(self.unsteady())
    }

    fn attempt_query<Q: FileQuery>(&mut self) -> Result<QueryRun<Q::Output>, EngineError> {
        let _busy = Busy::new(&self.setup.monitor);
        let (manifest, database) = self.database_of_last()?;
        let pool = self.pool(manifest.len())?;
        self.setup.monitor.enter(Phase::Query, manifest.len());
        database.take_journal();
        let rows: Vec<u32> = (0..manifest.len() as u32).collect();
        let answers = in_parallel(&pool, &database, &rows, |db, row| {
            let source = db.files().source(db, manifest.path(*row))?;
            derived(db, source, QueryKey::new(db, ErasedQuery::of::<Q>())).value()
        });
        let paths = rows.iter().map(|row| manifest.path(*row).to_owned());
        let results = paths.zip(answers).filter_map(|(path, answer)| Some((path, answer?))).collect();
        let own = |(stage, path): (&'static str, Arc<str>)| (stage == Q::STAGE.name()).then(|| path.to_string());
        let journal = &database.fixed().journal;
        let executed = pool.install(|| journal.take()).into_iter().filter_map(own).collect();
        self.end_inquiry(database, pool);
        Ok(QueryRun { results, executed })
    }

    fn attempt_to_inspect<T: Send>(&mut self, work: impl Fn(&CodeIndex<'_>) -> T + Sync) -> Result<T, EngineError> {
        let _busy = Busy::new(&self.setup.monitor);
        let (manifest, database) = self.database_of_last()?;
        let pool = self.pool(1)?;
        self.setup.monitor.enter(Phase::Query, 0);
        // On a thread of the pool, whose stack is large enough to parse on.
        let answers = in_parallel(&pool, &database, &[()], |db, ()| work(&CodeIndex::new(db, &manifest)));
        self.end_inquiry(database, pool);
        Ok(answers.into_iter().next().expect("invariant: there was one piece of work"))
    }

    /// The last run's manifest, and a database of the files that it knows.
    fn database_of_last(&mut self) -> Result<(Arc<Manifest>, Database), EngineError> {
        let manifest = self.last().ok_or_else(|| EngineError::NeverBuilt { root: self.setup.root.clone() })?;
        if let Some(database) = self.database.take() {
            return Ok((manifest, database));
        }
        let mut database = self.open_database(Some(manifest.clone()));
        let set = FileSet::recorded(manifest.clone(), [], []);
        Files::update(&mut database, set, std::iter::empty());
        Files::set_roots(&mut database, manifest.tail().roots.clone());
        Files::set_globals(&mut database, manifest.tail().globals.clone());
        Ok((manifest, database))
    }

    /// Keeps what was found out for an answer, and what the next one can use.
    fn end_inquiry(&mut self, database: Database, pool: ThreadPool) {
        database.let_go();
        self.flush();
        self.pool = Some(pool);
        if self.setup.lifetime == Lifetime::Resident {
            self.database = Some(database);
        }
    }
}
