//! Puts a graph together.

use std::sync::Arc;

use esker_frontend_api::EdgeKinds;

use super::DependencyGraph;
use super::adjacency::Adjacency;
use crate::graph::ImportSite;

/// Collects files and edges by path. For large graphs [`DependencyGraph::from_sites`] is cheaper.
#[derive(Debug, Clone, Default)]
pub struct GraphBuilder {
    paths: Vec<Arc<str>>,
    sites: Vec<(u32, u32, ImportSite)>,
}

impl GraphBuilder {
    /// Adds a file. One that is there already is not added again.
    #[must_use]
    pub fn file(mut self, path: &str) -> Self {
        self.add(path);
        self
    }

    /// Adds an import of `to` by `from`, and both files.
    #[must_use]
    pub fn edge(mut self, from: &str, to: &str, line: u32, kinds: EdgeKinds) -> Self {
        let site = (self.add(from), self.add(to), ImportSite { line, kinds });
        self.sites.push(site);
        self
    }

    /// The graph of all that was added.
    #[must_use]
    pub fn build(self) -> DependencyGraph {
        graph(self.paths, self.sites)
    }

    fn add(&mut self, path: &str) -> u32 {
        self.paths.push(path.into());
        self.paths.len() as u32 - 1
    }
}

pub(super) fn graph(
    mut paths: Vec<Arc<str>>,
    sites: impl IntoIterator<Item = (u32, u32, ImportSite)>,
) -> DependencyGraph {
    if paths.is_sorted_by(|left, right| left < right) {
        let files = paths.len() as u32;
        let named = sites.into_iter().filter(|(from, to, _)| *from < files && *to < files).collect();
        return DependencyGraph { adjacency: Adjacency::new(paths.len(), named), paths };
    }
    let mut order: Vec<u32> = (0..paths.len() as u32).collect();
    order.sort_by(|left, right| paths[*left as usize].cmp(&paths[*right as usize]));
    let mut node_of = vec![0; paths.len()];
    let mut node = 0;
    for (position, given) in order.iter().enumerate() {
        let before = position.checked_sub(1).map(|before| &paths[order[before] as usize]);
        node += u32::from(before.is_some_and(|before| *before != paths[*given as usize]));
        node_of[*given as usize] = node;
    }
    let node = |given: u32| node_of.get(given as usize).copied();
    let sites = sites.into_iter().filter_map(|(from, to, site)| Some((node(from)?, node(to)?, site))).collect();
    paths.sort_unstable();
    paths.dedup();
    DependencyGraph { adjacency: Adjacency::new(paths.len(), sites), paths }
}
