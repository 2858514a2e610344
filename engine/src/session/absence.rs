//! Whom the coming and going of files concerns.
//!
//! Absence is a dependency: the manifest has every stem that an import looked up, found or not, and every name for which it
//! asked all import roots at once. A path that appears or
//! goes is matched against them by the endings of its frontend, and so are the directories that appear or go with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use esker_frontend_api::{Frontend, Layout, Root, Setting};

use crate::db::Db;
use crate::explain::Cause;
use crate::input::{FileSet, FrontendId, in_any_root};
use crate::ir::file_settings;
use crate::manifest::Manifest;
use crate::session::Setup;

/// The files of the manifest, by position, whose imports may lead elsewhere because these paths appeared or went; each
/// with the first of them that it looked for.
pub(crate) fn concerned_by(
    paths: &[(&str, Cause)],
    manifest: &Manifest,
    now: &FileSet,
    setup: &Setup,
) -> BTreeMap<u32, Cause> {
    let mut concerned = BTreeMap::new();
    let mut concern = |row: u32, cause: &Cause| _ = concerned.entry(row).or_insert_with(|| cause.clone());
    let mut directories = BTreeMap::new();
    for (path, cause) in paths {
        let mut directory = *path;
        while let Some((parent, _)) = directory.rsplit_once('/') {
            directory = parent;
            if directories.contains_key(directory) {
                break;
            }
            directories.insert(directory, cause);
        }
        looked_for(path, manifest, &setup.frontends, |row| concern(row, cause));
    }
    for (directory, cause) in directories {
        let was = !manifest.below(directory).is_empty();
        if was != now.has_directory(directory) {
            for position in 0..setup.frontends.len() {
                users_of(manifest, position, directory, |row| concern(row, cause));
            }
        }
    }
    concerned
}

/// Tells the files of the manifest, by position, that looked for this path, found or not; some more than once.
pub(crate) fn looked_for(path: &str, manifest: &Manifest, frontends: &[Arc<dyn Frontend>], mut tell: impl FnMut(u32)) {
    for (position, frontend) in frontends.iter().enumerate() {
        for shape in frontend.shapes() {
            let stem = match path.strip_suffix(shape) {
                Some(stem) => stem,
                // At the root a shape has no slash.
                None if shape.strip_prefix('/') == Some(path) => "",
                None => continue,
            };
            users_of(manifest, position, stem, &mut tell);
        }
    }
}

/// Tells the files that asked for a stem, and if it lies in an import root, those that asked which roots have its name.
fn users_of(manifest: &Manifest, frontend: usize, stem: &str, mut tell: impl FnMut(u32)) {
    let id = FrontendId(frontend as u8);
    manifest.users_of(id, stem).for_each(&mut tell);
    let (directory, name) = stem.rsplit_once('/').unwrap_or(("", stem));
    let mut roots = manifest.tail().roots.get(frontend).into_iter().flatten();
    if roots.any(|root| root.prefix.is_empty() && root.path == directory) {
        manifest.users_of(id, &in_any_root(name)).for_each(&mut tell);
    }
}

/// The import roots of every frontend. Reads the set of files, and settings files.
pub(crate) fn import_roots(db: &dyn Db, setup: &Setup) -> Vec<Vec<Root>> {
    let landscape = Landscape { db, files: db.files().set().clone(), configured: setup.roots.as_deref() };
    setup.frontends.iter().map(|frontend| frontend.roots(&landscape)).collect()
}

/// The files of a run as frontends see them when they look for import roots.
struct Landscape<'a> {
    db: &'a dyn Db,
    files: FileSet,
    configured: Option<&'a [Root]>,
}

impl Layout for Landscape<'_> {
    fn has_file(&self, path: &str) -> bool {
        self.files.has_file(path)
    }

    fn for_each_file(&self, visit: &mut dyn FnMut(&str)) {
        self.files.for_each_file(visit);
    }

    fn root_name(&self) -> Option<&str> {
        self.files.root_name()
    }

    fn configured_roots(&self) -> Option<&[Root]> {
        self.configured
    }

    fn settings(&self, path: &str) -> Option<Arc<Setting>> {
        file_settings(self.db, self.db.files().source(self.db, path)?)
    }
}
