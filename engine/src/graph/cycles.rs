//! Import cycles.

use std::sync::Arc;

use esker_frontend_api::EdgeKinds;

use super::adjacency::Adjacency;
use super::components::{Components, components};
use super::search::trail;
use super::{DependencyGraph, Step};

/// Files that all depend on each other: a strongly connected component with more than one file, or a file that imports
/// itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle {
    /// The files, ascending.
    pub files: Vec<Arc<str>>,
    /// A shortest loop through the first of them, which it begins and ends with; of several the one whose files come
    /// first in the order of paths. Not empty.
    pub example: Vec<Step>,
}

const UNSEEN: u32 = u32::MAX;

impl DependencyGraph {
    /// All cycles, ascending by their first file. No file is in two of them. Linear in files and edges.
    ///
    /// ```
    /// use esker_engine::api::EdgeKinds;
    /// use esker_engine::graph::DependencyGraph;
    ///
    /// let graph = DependencyGraph::builder()
    ///     .edge("a.py", "b.py", 1, EdgeKinds::RUNTIME)
    ///     .edge("b.py", "a.py", 9, EdgeKinds::TYPE_ONLY)
    ///     .build();
    /// let cycles = graph.cycles(EdgeKinds::DEFAULT_POLICY);
    /// assert_eq!(cycles.len(), 1);
    /// assert_eq!(cycles[0].example.len(), 2);
    /// assert!(graph.cycles(EdgeKinds::RUNTIME).is_empty());
    /// ```
    #[must_use]
    pub fn cycles(&self, policy: EdgeKinds) -> Vec<Cycle> {
        let components = components(&self.adjacency, policy);
        let mut cyclic: Vec<&[u32]> = cyclic(&self.adjacency, &components, policy).collect();
        cyclic.sort_unstable();
        // Shared by all searches: no two come to the same file.
        let mut via = vec![UNSEEN; self.len()];
        let cycle = |members: &[u32]| Cycle {
            files: self.named(members),
            example: self.steps(&self.shortest_loop(members[0], &components, policy, &mut via), policy),
        };
        cyclic.into_iter().map(cycle).collect()
    }

    /// How many cycles there are, without their examples.
    #[must_use]
    pub fn cycle_count(&self, policy: EdgeKinds) -> usize {
        cyclic(&self.adjacency, &components(&self.adjacency, policy), policy).count()
    }

    /// The nodes of a shortest loop, the first of them at both ends. Empty if there is none.
    fn shortest_loop(&self, start: u32, components: &Components, policy: EdgeKinds, via: &mut [u32]) -> Vec<u32> {
        let component = components.component_of(start);
        let mut queue = vec![start];
        let mut served = 0;
        while let Some(&node) = queue.get(served) {
            served += 1;
            for next in self.adjacency.successors(node, policy) {
                if next == start {
                    let mut nodes = trail(via, start, node);
                    nodes.push(start);
                    return nodes;
                }
                if components.component_of(next) == component && via[next as usize] == UNSEEN {
                    via[next as usize] = node;
                    queue.push(next);
                }
            }
        }
        Vec::new()
    }
}

/// The members of the components that are cycles.
pub(super) fn cyclic<'a>(
    adjacency: &'a Adjacency,
    components: &'a Components,
    policy: EdgeKinds,
) -> impl Iterator<Item = &'a [u32]> {
    let imports_itself = move |node: u32| adjacency.find(node, node).is_some_and(|edge| adjacency.admits(edge, policy));
    (0..components.len())
        .map(|number| components.members(number))
        .filter(move |members| members.len() > 1 || imports_itself(members[0]))
}
