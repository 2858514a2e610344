//! A dependency graph as a page that a browser shows: one file that loads nothing.
//!
//! The page is written by hand, in `html/`, and put together here: its style, the graph as JSON in an element that is
//! not run, and its scripts, in the order in which they build on one another.
//!
//! **Invariant: what is embedded cannot end its element.** Names of files are anybody's; in the JSON every `<` is
//! escaped, and the scripts put names on the page as text alone.

use std::collections::HashMap;

use anyhow::Context as _;
use esker_engine::api::EdgeKinds;
use esker_engine::graph::DependencyGraph;
use serde::Serialize;

use crate::error::Result;

/// The page, with a comment where each part goes.
const PAGE: &str = include_str!("html/page.html");
const STYLE: &str = include_str!("html/page.css");
const SCRIPTS: [&str; 6] = [
    include_str!("html/model.js"),
    include_str!("html/reach.js"),
    include_str!("html/treemap.js"),
    include_str!("html/list.js"),
    include_str!("html/map.js"),
    include_str!("html/page.js"),
];

/// The graph as the page reads it. Files are numbered in the order of their paths, directories so that each comes after
/// the one that it lies in.
#[derive(Debug, Serialize)]
struct Data<'g> {
    /// The name of the root's directory.
    root: &'g str,
    /// All kinds, in the order of their bits.
    kinds: Vec<&'static str>,
    /// The bits of the kinds that count at first.
    policy: u16,
    /// For each directory the number of the one that it lies in, and its name. The root is the first, and lies in
    /// itself.
    directories: Vec<(usize, &'g str)>,
    /// For each file the number of its directory, and its name.
    files: Vec<(usize, &'g str)>,
    /// The sets of kinds that imports behind one edge have, each set as its bits.
    sites: Vec<Vec<u16>>,
    /// For each file its edges, one after the other: target, number in `sites`, first line.
    edges: Vec<Vec<u32>>,
}

/// The page. Has edges of every kind; those of `policy` count until its reader chooses others.
pub(crate) fn html(root: &str, graph: &DependencyGraph, policy: EdgeKinds) -> Result<String> {
    let data = serde_json::to_string(&data(root, graph, policy)).context("the graph has no JSON form")?;
    let script = SCRIPTS.join("\n");
    let mut page = String::with_capacity(PAGE.len() + STYLE.len() + data.len() + script.len());
    let mut rest = PAGE;
    // Each part is put in after the ones before it were passed: nothing in a part is taken for a place of another.
    for (place, part) in
        [("<!-- style -->", STYLE), ("<!-- data -->", &data.replace('<', "\\u003c")), ("<!-- script -->", &script)]
    {
        let (before, after) = rest.split_once(place).expect("invariant: the page has a place for each part");
        page.push_str(before);
        page.push_str(part);
        rest = after;
    }
    page.push_str(rest);
    Ok(page)
}

fn data<'g>(root: &'g str, graph: &'g DependencyGraph, policy: EdgeKinds) -> Data<'g> {
    let mut directories = Directories { numbers: HashMap::from([("", 0)]), list: vec![(0, "")] };
    let files = graph.files().map(|path| {
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
        (directories.number(directory), name)
    });
    let files: Vec<_> = files.collect();
    let numbers: HashMap<&str, u32> = graph.files().zip(0..).collect();
    let mut site_numbers: HashMap<Vec<u16>, u32> = HashMap::new();
    let mut sites = Vec::new();
    let mut edges_of = |path| {
        let mut edges = Vec::new();
        for edge in graph.dependencies(path, EdgeKinds::all()).into_iter().flatten() {
            let mut kinds: Vec<u16> = edge.sites().map(|site| site.kinds.bits()).collect();
            kinds.sort_unstable();
            kinds.dedup();
            let number = *site_numbers.entry(kinds).or_insert_with_key(|kinds| {
                sites.push(kinds.clone());
                sites.len() as u32 - 1
            });
            let line = edge.lines().into_iter().find(|line| *line > 0).unwrap_or(0);
            edges.extend([numbers[edge.path], number, line]);
        }
        edges
    };
    let edges = graph.files().map(&mut edges_of).collect();
    let kinds = EdgeKinds::all_names().collect();
    Data { root, kinds, policy: policy.bits(), directories: directories.list, files, sites, edges }
}

struct Directories<'g> {
    numbers: HashMap<&'g str, usize>,
    list: Vec<(usize, &'g str)>,
}

impl<'g> Directories<'g> {
    /// The number of a directory. Those above it that have none yet get theirs first.
    fn number(&mut self, path: &'g str) -> usize {
        if let Some(number) = self.numbers.get(path) {
            return *number;
        }
        let mut above = 0;
        let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
        for end in ends {
            let (directory, name) = (&path[..end], path[..end].rsplit_once('/').map_or(&path[..end], |(_, name)| name));
            above = *self.numbers.entry(directory).or_insert_with(|| {
                self.list.push((above, name));
                self.list.len() - 1
            });
        }
        above
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(&str, &str, EdgeKinds)]) -> DependencyGraph {
        let builder = DependencyGraph::builder();
        edges.iter().fold(builder, |builder, (from, to, kinds)| builder.edge(from, to, 3, *kinds)).build()
    }

    #[test]
    fn directories_come_after_those_that_they_lie_in() {
        let graph = graph(&[("a/b/c.py", "d.py", EdgeKinds::RUNTIME), ("a/e.py", "a/b/c.py", EdgeKinds::LAZY)]);
        let data = serde_json::to_value(data("r", &graph, EdgeKinds::RUNTIME)).unwrap();
        assert_eq!(data["directories"], serde_json::json!([[0, ""], [0, "a"], [1, "b"]]));
        assert_eq!(data["files"], serde_json::json!([[2, "c.py"], [1, "e.py"], [0, "d.py"]]));
        assert_eq!(data["sites"], serde_json::json!([[1], [4]]));
        assert_eq!(data["edges"], serde_json::json!([[2, 0, 3], [0, 1, 3], []]));
    }

    #[test]
    fn no_name_of_a_file_ends_the_element_that_it_is_in() {
        let name = "</script><script>alert(1)</script><!-- script -->.py";
        let page = html("<!-- script -->", &graph(&[(name, "b.py", EdgeKinds::RUNTIME)]), EdgeKinds::RUNTIME).unwrap();
        assert!(!page.contains("<script>alert"));
        assert_eq!(page.matches("</script>").count(), PAGE.matches("</script>").count());
        assert_eq!(page.matches("<!--").count(), 0);
    }

    #[test]
    fn the_page_loads_nothing() {
        let page = html("r", &graph(&[]), EdgeKinds::RUNTIME).unwrap();
        assert!(page.contains("default-src 'none'"));
        for reference in ["src=", "href=\"http", "@import", "url(", "fetch("] {
            assert!(!page.contains(reference), "{reference}");
        }
    }
}
