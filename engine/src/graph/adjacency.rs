//! Edges between numbered nodes, in arrays: nothing is allocated per node or edge.

use std::ops::Range;

use esker_frontend_api::EdgeKinds;

use crate::graph::ImportSite;

/// An import site between two nodes.
pub(super) type RawSite = (u32, u32, ImportSite);

/// Compressed sparse rows of edges, by the node that they come from and by the one that they lead to. Edges are
/// numbered in the order of source and target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Adjacency {
    /// For each node the number of its first edge, and at the end the number of edges.
    first_edge: Vec<u32>,
    targets: Vec<u32>,
    /// For each edge the position of its first site, and at the end the number of sites.
    first_site: Vec<u32>,
    sites: Vec<ImportSite>,
    /// For each node the position of the first edge that leads to it, and at the end the number of edges.
    first_incoming: Vec<u32>,
    /// The source and the number of each edge, in the order of target and source.
    incoming: Vec<(u32, u32)>,
}

impl Default for Adjacency {
    fn default() -> Self {
        Self::new(0, Vec::new())
    }
}

impl Adjacency {
    /// The edges between `nodes` nodes that these sites make. All sites must name nodes that there are.
    pub(super) fn new(nodes: usize, raw: Vec<RawSite>) -> Self {
        let first = row_starts(nodes, raw.iter().map(|(from, ..)| *from));
        let mut rows = vec![(0, ImportSite { line: 0, kinds: EdgeKinds::empty() }); raw.len()];
        let mut next = first.clone();
        for (from, to, site) in raw {
            rows[take(&mut next, from)] = (to, site);
        }
        let mut adjacency = Self {
            first_edge: vec![0],
            targets: Vec::new(),
            first_site: vec![0],
            sites: Vec::with_capacity(rows.len()),
            first_incoming: Vec::new(),
            incoming: Vec::new(),
        };
        adjacency.first_edge.reserve(nodes);
        for bounds in first.windows(2) {
            let row = &mut rows[bounds[0] as usize..bounds[1] as usize];
            row.sort_unstable();
            for same_target in row.chunk_by(|left, right| left.0 == right.0) {
                for same_site in same_target.chunk_by(|left, right| left == right) {
                    adjacency.sites.push(same_site[0].1);
                }
                adjacency.targets.push(same_target[0].0);
                adjacency.first_site.push(adjacency.sites.len() as u32);
            }
            adjacency.first_edge.push(adjacency.targets.len() as u32);
        }
        adjacency.index_incoming();
        adjacency
    }

    fn index_incoming(&mut self) {
        let nodes = self.first_edge.len() - 1;
        self.first_incoming = row_starts(nodes, self.targets.iter().copied());
        self.incoming = vec![(0, 0); self.targets.len()];
        let mut next = self.first_incoming.clone();
        for source in 0..nodes as u32 {
            for edge in self.edges_from(source) {
                self.incoming[take(&mut next, self.targets[edge as usize])] = (source, edge);
            }
        }
    }

    /// The same edges without those of a node; the nodes after it move up by one.
    pub(super) fn without(&self, node: u32) -> Self {
        let nodes = self.node_count();
        let renumbered = |other: u32| other - u32::from(other > node);
        let mut raw = Vec::with_capacity(self.sites.len());
        for source in (0..nodes as u32).filter(|source| *source != node) {
            for edge in self.edges_from(source).filter(|edge| self.target(*edge) != node) {
                let (from, to) = (renumbered(source), renumbered(self.target(edge)));
                raw.extend(self.sites(edge).iter().map(|site| (from, to, *site)));
            }
        }
        Self::new(nodes - 1, raw)
    }

    pub(super) fn node_count(&self) -> usize {
        self.first_edge.len() - 1
    }

    pub(super) fn edge_count(&self) -> usize {
        self.targets.len()
    }

    /// The numbers of the edges that come from a node, ascending by target.
    pub(super) fn edges_from(&self, node: u32) -> Range<u32> {
        self.first_edge[node as usize]..self.first_edge[node as usize + 1]
    }

    /// The edges that lead to a node, ascending by source: source and number.
    pub(super) fn edges_to(&self, node: u32) -> &[(u32, u32)] {
        &self.incoming[span(&self.first_incoming, node)]
    }

    pub(super) fn target(&self, edge: u32) -> u32 {
        self.targets[edge as usize]
    }

    /// Ascending, unique, not empty.
    pub(super) fn sites(&self, edge: u32) -> &[ImportSite] {
        &self.sites[span(&self.first_site, edge)]
    }

    pub(super) fn admits(&self, edge: u32, policy: EdgeKinds) -> bool {
        self.sites(edge).iter().any(|site| policy.admits(site.kinds))
    }

    /// The edge between two nodes.
    pub(super) fn find(&self, from: u32, to: u32) -> Option<u32> {
        let edges = self.edges_from(from);
        let targets = &self.targets[edges.start as usize..edges.end as usize];
        targets.binary_search(&to).ok().map(|offset| edges.start + offset as u32)
    }

    /// The nodes that a node depends on, ascending.
    pub(super) fn successors(&self, node: u32, policy: EdgeKinds) -> impl Iterator<Item = u32> {
        self.edges_from(node).filter(move |edge| self.admits(*edge, policy)).map(|edge| self.target(edge))
    }

    /// The nodes that depend on a node, ascending.
    pub(super) fn predecessors(&self, node: u32, policy: EdgeKinds) -> impl Iterator<Item = u32> {
        self.edges_to(node).iter().filter(move |(_, edge)| self.admits(*edge, policy)).map(|(source, _)| *source)
    }
}

/// Where the row of each node starts if rows hold one element for each occurrence of a node; at the end their number.
fn row_starts(nodes: usize, occurrences: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut starts = vec![0; nodes + 1];
    for node in occurrences {
        starts[node as usize + 1] += 1;
    }
    let mut sum = 0;
    for start in &mut starts {
        sum += *start;
        *start = sum;
    }
    starts
}

/// The next free position in the row of a node.
fn take(next: &mut [u32], node: u32) -> usize {
    let position = next[node as usize];
    next[node as usize] += 1;
    position as usize
}

fn span(starts: &[u32], row: u32) -> Range<usize> {
    starts[row as usize] as usize..starts[row as usize + 1] as usize
}
