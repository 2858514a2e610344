//! Strongly connected components.

use esker_frontend_api::EdgeKinds;

use super::adjacency::Adjacency;

/// The strongly connected components of a graph, numbered so that each comes after all those that it depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Components {
    members: Vec<u32>,
    /// Where the members of each component end.
    ends: Vec<u32>,
    component_of: Vec<u32>,
}

impl Components {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The nodes of a component, ascending.
    pub(super) fn members(&self, component: usize) -> &[u32] {
        let start = component.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.members[start as usize..self.ends[component] as usize]
    }

    /// The number of a node's component.
    pub(super) fn component_of(&self, node: u32) -> u32 {
        self.component_of[node as usize]
    }
}

/// A node that is being visited, and the next of its edges to follow.
struct Visit {
    node: u32,
    next_edge: u32,
}

const UNSEEN: u32 = u32::MAX;

/// Tarjan's algorithm with a stack of its own in place of recursion.
pub(super) fn components(adjacency: &Adjacency, policy: EdgeKinds) -> Components {
    let nodes = adjacency.node_count();
    let mut found =
        Components { members: Vec::with_capacity(nodes), ends: Vec::new(), component_of: vec![UNSEEN; nodes] };
    // The order in which nodes were first seen, and the earliest node of the stack that is known to be reachable.
    let mut seen_at = vec![UNSEEN; nodes];
    let mut reaches = vec![UNSEEN; nodes];
    let mut clock = 0;
    let mut stack = Vec::new();
    let mut visits = Vec::new();
    for root in 0..nodes as u32 {
        if seen_at[root as usize] == UNSEEN {
            visits.push(Visit { node: root, next_edge: adjacency.edges_from(root).start });
        }
        while let Some(visit) = visits.last_mut() {
            let node = visit.node;
            if seen_at[node as usize] == UNSEEN {
                seen_at[node as usize] = clock;
                reaches[node as usize] = clock;
                clock += 1;
                stack.push(node);
            }
            let mut edges = visit.next_edge..adjacency.edges_from(node).end;
            let descent = edges.by_ref().filter(|edge| adjacency.admits(*edge, policy)).find_map(|edge| {
                let target = adjacency.target(edge);
                if seen_at[target as usize] == UNSEEN {
                    return Some(target);
                }
                if found.component_of[target as usize] == UNSEEN {
                    reaches[node as usize] = reaches[node as usize].min(seen_at[target as usize]);
                }
                None
            });
            visit.next_edge = edges.start;
            if let Some(target) = descent {
                visits.push(Visit { node: target, next_edge: adjacency.edges_from(target).start });
                continue;
            }
            visits.pop();
            if let Some(parent) = visits.last() {
                reaches[parent.node as usize] = reaches[parent.node as usize].min(reaches[node as usize]);
            }
            if reaches[node as usize] == seen_at[node as usize] {
                close(&mut found, &mut stack, node);
            }
        }
    }
    found
}

/// Takes the component whose first seen node this is from the stack.
fn close(found: &mut Components, stack: &mut Vec<u32>, first: u32) {
    let number = found.ends.len() as u32;
    let start = found.members.len();
    while let Some(member) = stack.pop() {
        found.component_of[member as usize] = number;
        found.members.push(member);
        if member == first {
            break;
        }
    }
    found.members[start..].sort_unstable();
    found.ends.push(found.members.len() as u32);
}
