//! What a session is set up with.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use esker_frontend_api::{FileClass, Frontend, LowerOptions, Root};

use super::Checking;
use super::ahead::Keeping;
use crate::digest::{Digest, Fingerprint};
use crate::input::{Lifetime, WalkOptions};
use crate::manifest::Manifest;
use crate::monitor::Monitor;
use crate::system::System;

/// What a session is set up with.
pub(crate) struct Setup {
    pub(crate) root: PathBuf,
    pub(crate) frontends: Vec<Arc<dyn Frontend>>,
    pub(crate) lower: Arc<LowerOptions>,
    pub(crate) roots: Option<Vec<Root>>,
    pub(crate) include: Vec<String>,
    pub(crate) exclude: Vec<String>,
    pub(crate) respect_gitignore: bool,
    pub(crate) max_file_bytes: u64,
    /// How many bytes the store may take on disk.
    pub(crate) max_cache_bytes: u64,
    pub(crate) threads: usize,
    pub(crate) lifetime: Lifetime,
    pub(crate) keeping: Keeping,
    pub(crate) checking: Checking,
    pub(crate) system: Arc<dyn System>,
    #[cfg_attr(not(feature = "cache"), expect(dead_code, reason = "there is no store to wait for"))]
    pub(crate) lock_timeout: Duration,
    pub(crate) monitor: Arc<Monitor>,
}

impl Setup {
    /// What a file at this path is to the frontend that claims it; `None` if none does.
    pub(super) fn class_of(&self, path: &str) -> Option<FileClass> {
        self.frontends.iter().find_map(|frontend| Some(frontend.class(frontend.dialect(path)?)))
    }

    /// Whether one of the files of a manifest has code in the language of the frontend with this number.
    pub(super) fn has_code(&self, manifest: &Manifest, frontend: usize) -> bool {
        let rows = (0..manifest.len() as u32).filter_map(|index| manifest.row_at(index));
        let mut rows = rows.filter(|row| usize::from(row.frontend().0) == frontend);
        rows.any(|row| self.class_of(row.path()) == Some(FileClass::Code))
    }

    /// The names of files that mark directories below which resources count.
    pub(super) fn resource_marks(&self) -> Vec<&'static str> {
        self.frontends.iter().flat_map(|frontend| frontend.resource_marks()).copied().collect()
    }

    /// What a walk of the root obeys.
    pub(super) fn walk_options<'a>(
        &'a self,
        class_of: &'a (dyn Fn(&str) -> Option<FileClass> + Sync),
        resource_marks: &'a [&'static str],
    ) -> WalkOptions<'a> {
        WalkOptions {
            root: &self.root,
            threads: self.threads,
            respect_gitignore: self.respect_gitignore,
            include: &self.include,
            exclude: &self.exclude,
            class_of,
            resource_marks,
        }
    }

    /// The digest of everything besides the files that results depend on.
    pub(super) fn digest(&self) -> Digest {
        let mut into = Fingerprint::default();
        into.number(self.frontends.len() as u64);
        for frontend in &self.frontends {
            into.text(frontend.name()).number(frontend.version().into());
        }
        let rest =
            (&*self.lower, &self.roots, &self.include, &self.exclude, self.respect_gitignore, self.max_file_bytes);
        into.bytes(&postcard::to_stdvec(&rest).expect("invariant: the setup has a postcard form"));
        let stages = [
            crate::parse::IR.identity(),
            crate::ir::IMPORTS.identity(),
            crate::edges::EDGES.identity(),
            crate::exports::EXPORTS.identity(),
            crate::resolve::RESOLUTION,
        ];
        for (name, version) in stages {
            into.text(name).number(version.into());
        }
        into.finish()
    }
}
