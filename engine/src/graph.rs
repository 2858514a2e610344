//! The dependency graph: which file imports which, and what follows from that.
//!
//! A graph is a value. It is built once from the import sites of all files and then asked; only
//! [`DependencyGraph::remove_file`] changes it. An edge leads from a file to one that it depends on and keeps every
//! site of such an import. Each question brings its policy, the set of kinds that count: an edge exists under a policy
//! if the policy admits at least one of its sites ([`EdgeKinds::admits`]).
//!
//! Answers depend on the files and sites alone, never on the order in which they were given. Nothing here recurses, so
//! that a chain of a million files is as good as any.
//!
//! ```
//! use esker_engine::api::EdgeKinds;
//! use esker_engine::graph::{DependencyGraph, Limits};
//!
//! let graph = DependencyGraph::builder()
//!     .edge("app.py", "core.py", 1, EdgeKinds::RUNTIME)
//!     .edge("app.py", "types.py", 4, EdgeKinds::TYPE_ONLY)
//!     .edge("core.py", "util.py", 2, EdgeKinds::RUNTIME)
//!     .file("alone.py")
//!     .build();
//!
//! let affected = graph.affected(["util.py"], EdgeKinds::DEFAULT_POLICY, Limits::default());
//! let paths: Vec<&str> = affected.iter().map(|reached| &*reached.path).collect();
//! assert_eq!(paths, ["app.py", "core.py", "util.py"]);
//!
//! let runtime: Vec<&str> =
//!     graph.dependencies("app.py", EdgeKinds::RUNTIME).into_iter().flatten().map(|edge| edge.path).collect();
//! assert_eq!(runtime, ["core.py"]);
//! ```

mod adjacency;
mod build;
mod components;
mod cycles;
mod search;
mod site;

use std::sync::Arc;

use esker_frontend_api::EdgeKinds;

use adjacency::Adjacency;
pub use build::GraphBuilder;
pub use cycles::Cycle;
pub use search::{Limits, Reached};
pub use site::ImportSite;

/// The files of a repository and the imports between them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DependencyGraph {
    /// Ascending, unique. A file's position here is its number in `adjacency`.
    paths: Vec<Arc<str>>,
    adjacency: Adjacency,
}

/// An edge as seen from one of its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge<'a> {
    /// The file at the other end.
    pub path: &'a str,
    sites: &'a [ImportSite],
    policy: EdgeKinds,
}

impl<'a> Edge<'a> {
    /// The imports that make this edge and that the policy admits, ascending by line and kinds. At least one.
    pub fn sites(&self) -> impl Iterator<Item = ImportSite> + use<'a> {
        let policy = self.policy;
        self.sites.iter().copied().filter(move |site| policy.admits(site.kinds))
    }

    /// The kinds of all these imports together.
    #[must_use]
    pub fn kinds(&self) -> EdgeKinds {
        self.sites().fold(EdgeKinds::empty(), |kinds, site| kinds | site.kinds)
    }

    /// The lines of these imports, ascending, each once. 0 stands for what a file's place alone implies.
    #[must_use]
    pub fn lines(&self) -> Vec<u32> {
        let mut lines: Vec<u32> = self.sites().map(|site| site.line).collect();
        lines.dedup();
        lines
    }
}

/// One edge of a path through the graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The file that imports.
    pub from: Arc<str>,
    /// The file that is imported.
    pub to: Arc<str>,
    /// The lines of the imports, ascending, each once. 0 stands for what the importer's place alone implies.
    pub lines: Vec<u32>,
    /// The kinds of all these imports together.
    pub kinds: EdgeKinds,
}

/// The size of a graph under a policy.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Statistics {
    /// How many files there are.
    pub files: usize,
    /// How many edges the policy admits; several imports of one file by another are one edge.
    pub edges: usize,
    /// Edges per file; 0 if there are no files.
    pub mean_dependencies: f64,
    /// How many cycles there are ([`DependencyGraph::cycles`]).
    pub cycles: usize,
    /// How many files are in some cycle.
    pub files_in_cycles: usize,
}

impl DependencyGraph {
    /// A graph to be put together by paths.
    #[must_use]
    pub fn builder() -> GraphBuilder {
        GraphBuilder::default()
    }

    /// Builds a graph from import sites, each with the positions in `paths` of the importing and the imported file.
    ///
    /// Paths may come in any order; equal ones are one file. Sites may come in any order; equal ones are one, and one
    /// that names no file is left out. Linear in files and sites (but for sorting within one file, and for sorting
    /// paths unless they ascend already).
    pub fn from_sites<P: Into<Arc<str>>>(
        paths: impl IntoIterator<Item = P>,
        sites: impl IntoIterator<Item = (u32, u32, ImportSite)>,
    ) -> Self {
        build::graph(paths.into_iter().map(Into::into).collect(), sites)
    }

    /// All files, ascending by path.
    pub fn files(&self) -> impl ExactSizeIterator<Item = &str> {
        self.paths.iter().map(|path| &**path)
    }

    /// Whether there is a file at this path.
    #[must_use]
    pub fn contains(&self, path: &str) -> bool {
        self.node(path).is_some()
    }

    /// How many files there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.paths.len()
    }

    /// Whether there are no files.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// How many edges there are under the widest policy. Several imports of one file by another are one edge.
    #[must_use]
    pub fn edge_count(&self) -> usize {
        self.adjacency.edge_count()
    }

    /// The files that this file imports, ascending by path; `None` if there is no such file.
    pub fn dependencies<'a>(
        &'a self,
        path: &str,
        policy: EdgeKinds,
    ) -> Option<impl Iterator<Item = Edge<'a>> + use<'a>> {
        let node = self.node(path)?;
        let edges = self.adjacency.edges_from(node);
        Some(edges.filter_map(move |edge| self.edge(self.adjacency.target(edge), edge, policy)))
    }

    /// The files that import this file, ascending by path; `None` if there is no such file.
    pub fn dependents<'a>(&'a self, path: &str, policy: EdgeKinds) -> Option<impl Iterator<Item = Edge<'a>> + use<'a>> {
        let node = self.node(path)?;
        let edges = self.adjacency.edges_to(node).iter();
        Some(edges.filter_map(move |&(source, edge)| self.edge(source, edge, policy)))
    }

    /// The strongly connected components, each after all those that it depends on. The members of a component ascend by
    /// path; every file is in exactly one. Linear in files and edges.
    ///
    /// The order is Tarjan's ("Depth-first search and linear graph algorithms", 1972), begun at the first path.
    pub fn components(&self, policy: EdgeKinds) -> impl Iterator<Item = Vec<Arc<str>>> {
        let components = components::components(&self.adjacency, policy);
        (0..components.len()).map(move |number| self.named(components.members(number)))
    }

    /// Takes a file away, with every edge from and to it, and tells whether there was one. Builds the graph anew:
    /// linear in files and sites.
    pub fn remove_file(&mut self, path: &str) -> bool {
        let Some(node) = self.node(path) else { return false };
        self.paths.remove(node as usize);
        self.adjacency = self.adjacency.without(node);
        true
    }

    /// Counts. Linear in files and edges.
    #[must_use]
    pub fn statistics(&self, policy: EdgeKinds) -> Statistics {
        let edges = (0..self.edge_count() as u32).filter(|edge| self.adjacency.admits(*edge, policy)).count();
        let components = components::components(&self.adjacency, policy);
        let cycles = cycles::cyclic(&self.adjacency, &components, policy);
        let (cycles, files_in_cycles) =
            cycles.fold((0, 0), |(count, files), members| (count + 1, files + members.len()));
        let mean_dependencies = if self.is_empty() { 0.0 } else { edges as f64 / self.len() as f64 };
        Statistics { files: self.len(), edges, mean_dependencies, cycles, files_in_cycles }
    }

    fn node(&self, path: &str) -> Option<u32> {
        self.paths.binary_search_by(|known| (**known).cmp(path)).ok().map(|node| node as u32)
    }

    fn path(&self, node: u32) -> &Arc<str> {
        &self.paths[node as usize]
    }

    fn named(&self, nodes: &[u32]) -> Vec<Arc<str>> {
        nodes.iter().map(|node| self.path(*node).clone()).collect()
    }

    fn edge(&self, other_end: u32, edge: u32, policy: EdgeKinds) -> Option<Edge<'_>> {
        let admitted = self.adjacency.admits(edge, policy);
        admitted.then(|| Edge { path: self.path(other_end), sites: self.adjacency.sites(edge), policy })
    }

    /// The steps along a path of files, each of which imports the next under the policy.
    fn steps(&self, nodes: &[u32], policy: EdgeKinds) -> Vec<Step> {
        let pairs = nodes.iter().zip(nodes.iter().skip(1));
        let step = |(from, to): (&u32, &u32)| {
            let edge = self.edge(*to, self.adjacency.find(*from, *to)?, policy)?;
            let (from, to) = (self.path(*from).clone(), self.path(*to).clone());
            Some(Step { from, to, lines: edge.lines(), kinds: edge.kinds() })
        };
        pairs.filter_map(step).collect()
    }
}

#[cfg(test)]
mod tests;
