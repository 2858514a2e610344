//! Whom the coming and going of files concerns.
//!
//! Absence is a dependency: the manifest has every stem that an import looked up, found or not. A path that appears or
//! goes is matched against them by the endings of its frontend, and so are the directories that appear or go with it.

use std::collections::BTreeMap;

use esker_frontend_api::Layout;

use crate::explain::Cause;
use crate::input::{FileSet, FrontendId};
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
        looked_for(path, manifest, setup, |row| concern(row, cause));
    }
    for (directory, cause) in directories {
        let was = !manifest.below(directory).is_empty();
        if was != now.has_directory(directory) {
            for position in 0..setup.frontends.len() {
                manifest.users_of(FrontendId(position as u8), directory).for_each(|row| concern(row, cause));
            }
        }
    }
    concerned
}

/// Tells the files of the manifest, by position, that looked for this path, found or not; some more than once.
pub(crate) fn looked_for(path: &str, manifest: &Manifest, setup: &Setup, mut tell: impl FnMut(u32)) {
    for (position, frontend) in setup.frontends.iter().enumerate() {
        for shape in frontend.shapes() {
            let stem = match path.strip_suffix(shape) {
                Some(stem) => stem,
                // At the root a shape has no slash.
                None if shape.strip_prefix('/') == Some(path) => "",
                None => continue,
            };
            manifest.users_of(FrontendId(position as u8), stem).for_each(&mut tell);
        }
    }
}

/// The import roots of every frontend: as configured, or as found in the layout.
pub(crate) fn import_roots(setup: &Setup, layout: &dyn Layout) -> Vec<Vec<esker_frontend_api::Root>> {
    match &setup.roots {
        Some(roots) => setup.frontends.iter().map(|_| roots.clone()).collect(),
        None => setup.frontends.iter().map(|frontend| frontend.roots(layout)).collect(),
    }
}
