//! Whom the coming and going of files concerns.
//!
//! Absence is a dependency: the manifest has every stem that an import looked up, found or not, and every name for
//! which it asked all import roots at once. A path that appears or goes is matched against them by the endings of its
//! frontend, and so are the directories that appear or go with it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use esker_frontend_api::{FileClass, Frontend, Layout, Root, Setting};

use crate::answer::Concern;
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
    for (path, cause) in paths {
        looked_for(path, manifest, &setup.frontends, |row| concern(row, cause));
    }
    users_of_directories(paths, manifest, now, setup, concern);
    concerned
}

/// Tells the files that looked for a directory above one of these paths which there is in one of both sets of files
/// alone.
fn users_of_directories<C>(
    paths: &[(&str, C)],
    manifest: &Manifest,
    other: &FileSet,
    setup: &Setup,
    mut tell: impl FnMut(u32, &C),
) {
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
    }
    for (directory, cause) in directories {
        let (is_there, is_in_other) = (!manifest.below(directory).is_empty(), other.has_directory(directory));
        if is_there != is_in_other {
            for position in 0..setup.frontends.len() {
                users_of(manifest, position, directory, |row| tell(row, cause));
            }
        }
    }
}

/// The files of the manifest, by position, whose imports may have led elsewhere before these paths came, went or
/// changed, each with one of the paths: what there was before is not known. `before` is the set of files and
/// `roots_before` are the import roots that there were if all that is there had come, and all that is not had gone.
pub(super) fn concerned_since<'p>(
    paths: &[&'p str],
    manifest: &Manifest,
    before: &FileSet,
    roots_before: &[Vec<Root>],
    setup: &Setup,
) -> BTreeMap<u32, (&'p str, Concern)> {
    let mut concerned = BTreeMap::new();
    let mut concern = |row: u32, path: &'p str, how| _ = concerned.entry(row).or_insert((path, how));
    for path in paths {
        // Who finds a file imports it.
        if manifest.position(path).is_none() || setup.class_of(path) == Some(FileClass::Settings) {
            looked_for(path, manifest, &setup.frontends, |row| concern(row, path, Concern::File));
        }
    }
    let each: Vec<(&str, &'p str)> = paths.iter().map(|path| (*path, *path)).collect();
    users_of_directories(&each, manifest, before, setup, |row, path| concern(row, path, Concern::Layout));
    for (position, roots) in manifest.tail().roots.iter().enumerate() {
        let others = roots_before.get(position).map_or(&[][..], Vec::as_slice);
        let only_one_has = roots.iter().filter(|root| !others.contains(root));
        for root in only_one_has.chain(others.iter().filter(|root| !roots.contains(root))) {
            let cause = paths.iter().find(|path| below(&root.path, path).is_some()).or(paths.first());
            let Some(cause) = cause else { continue };
            for name in names_in(root, manifest, before, setup.frontends[position].shapes()) {
                for root in roots {
                    users_of(manifest, position, &root.stem(&name), |row| concern(row, cause, Concern::Layout));
                }
            }
        }
    }
    concerned
}

/// What a path is called from a directory on; `None` if it does not lie in it.
fn below<'p>(directory: &str, path: &'p str) -> Option<&'p str> {
    if directory.is_empty() { Some(path) } else { path.strip_prefix(directory)?.strip_prefix('/') }
}

/// The names by which imports find what lies in a root, before or now.
fn names_in(root: &Root, manifest: &Manifest, before: &FileSet, shapes: &[&str]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut add = |path: &str| match below(&root.path, path).map(|rest| rest.split_once('/').ok_or(rest)) {
        Some(Ok((directory, _))) => _ = names.insert(directory.to_owned()),
        Some(Err(file)) => names.extend(shapes.iter().filter_map(|shape| file.strip_suffix(shape)).map(str::to_owned)),
        None => {}
    };
    manifest.below(&root.path).for_each(|row| add(manifest.path(row)));
    before.for_each_file(&mut add);
    names
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
