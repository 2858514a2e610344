//! Breadth-first answers: what reaches what, and by which way.

use std::sync::Arc;

use esker_frontend_api::EdgeKinds;

use super::{DependencyGraph, Step};

/// How far a search goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// The greatest distance that is answered; `None` for all. 0 leaves the files asked about.
    pub depth: Option<u32>,
}

/// A file that a search came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// The file.
    pub path: Arc<str>,
    /// The number of edges on a shortest way to it; 0 for the files asked about.
    pub distance: u32,
    /// The file before it on such a way, the smallest one if there are several; `None` for the files asked about.
    pub via: Option<Arc<str>>,
}

const UNSEEN: u32 = u32::MAX;

impl DependencyGraph {
    /// The files that a change to these can reach: themselves and all that depend on them, ascending by path. Paths
    /// that are no files are passed over. Linear in the files reached and the edges to them, and a table of all files.
    #[must_use]
    pub fn affected<'p>(
        &self,
        changed: impl IntoIterator<Item = &'p str>,
        policy: EdgeKinds,
        limits: Limits,
    ) -> Vec<Reached> {
        self.reached(changed, limits, |node, see| self.adjacency.predecessors(node, policy).for_each(see))
    }

    /// The files that these need: themselves and all that they depend on, ascending by path. Otherwise like
    /// [`DependencyGraph::affected`].
    #[must_use]
    pub fn transitive_dependencies<'p>(
        &self,
        paths: impl IntoIterator<Item = &'p str>,
        policy: EdgeKinds,
        limits: Limits,
    ) -> Vec<Reached> {
        self.reached(paths, limits, |node, see| self.adjacency.successors(node, policy).for_each(see))
    }

    /// A shortest chain of imports by which one file depends on another; of several the one whose files come first in
    /// the order of paths. Empty if both are the same file; `None` if there is no chain, or no such file.
    ///
    /// ```
    /// use esker_engine::api::EdgeKinds;
    /// use esker_engine::graph::DependencyGraph;
    ///
    /// let graph = DependencyGraph::builder()
    ///     .edge("a.py", "b.py", 3, EdgeKinds::RUNTIME)
    ///     .edge("b.py", "c.py", 7, EdgeKinds::LAZY)
    ///     .build();
    /// let steps = graph.shortest_path("a.py", "c.py", EdgeKinds::DEFAULT_POLICY).unwrap_or_default();
    /// assert_eq!(steps.iter().map(|step| step.lines[0]).collect::<Vec<_>>(), [3, 7]);
    /// assert_eq!(graph.shortest_path("a.py", "c.py", EdgeKinds::RUNTIME), None);
    /// ```
    #[must_use]
    pub fn shortest_path(&self, from: &str, to: &str, policy: EdgeKinds) -> Option<Vec<Step>> {
        let (from, to) = (self.node(from)?, self.node(to)?);
        if from == to {
            return Some(Vec::new());
        }
        let mut via = vec![UNSEEN; self.len()];
        via[from as usize] = from;
        // First come, first served: among equally long chains the smallest is always ahead in the queue.
        let mut queue = vec![from];
        let mut served = 0;
        while let Some(&node) = queue.get(served) {
            served += 1;
            for next in self.adjacency.successors(node, policy) {
                if via[next as usize] != UNSEEN {
                    continue;
                }
                via[next as usize] = node;
                if next == to {
                    return Some(self.steps(&trail(&via, from, to), policy));
                }
                queue.push(next);
            }
        }
        None
    }

    fn reached<'p>(
        &self,
        starts: impl IntoIterator<Item = &'p str>,
        limits: Limits,
        neighbours: impl Fn(u32, &mut dyn FnMut(u32)),
    ) -> Vec<Reached> {
        let mut via = vec![UNSEEN; self.len()];
        let mut found: Vec<(u32, u32)> = Vec::new();
        for node in starts.into_iter().filter_map(|path| self.node(path)) {
            if via[node as usize] == UNSEEN {
                via[node as usize] = node;
                found.push((node, 0));
            }
        }
        let mut level = 0..found.len();
        for distance in 1..=limits.depth.unwrap_or(u32::MAX) {
            if level.is_empty() {
                break;
            }
            // In the order of paths, so that the first to come upon a file is the smallest.
            found[level.clone()].sort_unstable();
            for position in level.clone() {
                let node = found[position].0;
                neighbours(node, &mut |next| {
                    if via[next as usize] == UNSEEN {
                        via[next as usize] = node;
                        found.push((next, distance));
                    }
                });
            }
            level = level.end..found.len();
        }
        found.sort_unstable();
        let reached = |(node, distance): (u32, u32)| Reached {
            path: self.path(node).clone(),
            distance,
            via: (distance > 0).then(|| self.path(via[node as usize]).clone()),
        };
        found.into_iter().map(reached).collect()
    }
}

/// The nodes from `from` to `to`, both included, by the node before each.
pub(super) fn trail(via: &[u32], from: u32, to: u32) -> Vec<u32> {
    let before = |node: &u32| (*node != from).then(|| via[*node as usize]);
    let mut nodes: Vec<u32> = std::iter::successors(Some(to), before).collect();
    nodes.reverse();
    nodes
}
