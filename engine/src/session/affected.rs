//! What became of the files from one manifest to the next, and whom that can concern.

use std::sync::Arc;

use crate::manifest::Manifest;

/// Which files differ between two manifests. All lists ascend.
#[derive(Debug, Default)]
pub(crate) struct Differences {
    /// Files that only the later one has.
    pub(crate) added: Vec<Arc<str>>,
    /// Files with another content in the later one.
    pub(crate) modified: Vec<Arc<str>>,
    /// Files that only the earlier one has.
    pub(crate) removed: Vec<Arc<str>>,
    /// Files with the same content in both whose imports lead elsewhere in the later one.
    pub(crate) relocated: Vec<Arc<str>>,
}

/// The files that only `after` has, those with another content or other places of imports in it, and those that only
/// `before` has.
pub(super) fn differences(before: &Manifest, after: &Manifest) -> Differences {
    let (mut added, mut modified, mut relocated) = (Vec::new(), Vec::new(), Vec::new());
    for row in (0..after.len() as u32).filter_map(|index| after.row_at(index)) {
        match before.row(row.path()) {
            None => added.push(row.path().into()),
            Some(old) if old.content() != row.content() => modified.push(row.path().into()),
            Some(old) if old.located() != row.located() => relocated.push(row.path().into()),
            Some(_) => {}
        }
    }
    let gone = (0..before.len() as u32).map(|index| before.path(index)).filter(|path| after.position(path).is_none());
    Differences { added, modified, removed: gone.map(Arc::from).collect(), relocated }
}

/// The files that a run's changes could reach: backwards over the edges before, for what went, and those after, for
/// what came. `concerned` are files before that did not change and may have other results all the same.
pub(super) fn affected(
    before: Option<&Manifest>,
    after: &Manifest,
    differences: &Differences,
    concerned: &[u32],
) -> Vec<u32> {
    let Some(before) = before else { return (0..after.len() as u32).collect() };
    let Differences { added, modified, removed, .. } = differences;
    if after.has_graph_of(before) {
        // No file came or went either, so that positions are the same.
        let touched = modified.iter().filter_map(|path| after.position(path));
        return reach(after, concerned.iter().copied().chain(touched));
    }
    let touched_before = modified.iter().chain(removed).filter_map(|path| before.position(path));
    let reached_before = reach(before, concerned.iter().copied().chain(touched_before));
    let touched_after = added.iter().chain(modified).filter_map(|path| after.position(path));
    let carried_over = reached_before.iter().filter_map(|row| after.position(before.path(*row)));
    reach(after, touched_after.chain(carried_over))
}

/// How many files are followed row by row. Who reaches more reaches most of them as a rule.
const MANY: usize = 200;

/// The files from which one of `seeds` can be reached, themselves included, ascending: by imports, and by names that a
/// file declares for all others.
pub(crate) fn reach(manifest: &Manifest, seeds: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut is_reached = vec![false; manifest.len()];
    let mut queue = Vec::new();
    let mut visit = |queue: &mut Vec<u32>, file: u32| {
        if let Some(is_reached) = is_reached.get_mut(file as usize)
            && !std::mem::replace(is_reached, true)
        {
            queue.push(file);
        }
    };
    seeds.for_each(|seed| visit(&mut queue, seed));
    for _ in 0..MANY {
        let Some(file) = queue.pop() else { break };
        manifest.dependents(file).for_each(|dependent| visit(&mut queue, dependent));
        manifest.global_users(file).for_each(|user| visit(&mut queue, user));
    }
    if !queue.is_empty() {
        let (starts, dependents) = manifest.all_dependents();
        let start = |file: usize| starts.get(file).map_or(0, |start| start.get() as usize);
        while let Some(file) = queue.pop() {
            let range = start(file as usize)..start(file as usize + 1);
            dependents.get(range).unwrap_or(&[]).iter().for_each(|dependent| visit(&mut queue, dependent.get()));
            manifest.global_users(file).for_each(|user| visit(&mut queue, user));
        }
    }
    is_reached.iter().zip(0..).filter_map(|(is_reached, file)| is_reached.then_some(file)).collect()
}
