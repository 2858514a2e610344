//! The graph on small examples, and on random ones against a model without a thought for speed.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

const ALL: EdgeKinds = EdgeKinds::DEFAULT_POLICY;
const RUNTIME: EdgeKinds = EdgeKinds::RUNTIME;

/// Reads a graph of lines such as `a -> b c`; a name followed by `~` is imported for types only.
fn graph(text: &str) -> DependencyGraph {
    let mut builder = DependencyGraph::builder();
    for (line, text) in (1..).zip(text.lines().map(str::trim).filter(|line| !line.is_empty())) {
        let (from, targets) = text.split_once("->").unwrap_or((text, ""));
        builder = builder.file(from.trim());
        for to in targets.split_whitespace() {
            let kinds = if to.ends_with('~') { EdgeKinds::TYPE_ONLY } else { RUNTIME };
            builder = builder.edge(from.trim(), to.trim_end_matches('~'), line, kinds);
        }
    }
    builder.build()
}

fn reached(found: &[Reached]) -> String {
    let row = |reached: &Reached| match &reached.via {
        Some(via) => format!("{}:{}<{via}", reached.path, reached.distance),
        None => format!("{}:{}", reached.path, reached.distance),
    };
    found.iter().map(row).collect::<Vec<_>>().join(" ")
}

fn names<'a>(edges: Option<impl Iterator<Item = Edge<'a>>>) -> Option<String> {
    Some(edges?.map(|edge| edge.path).collect::<Vec<_>>().join(" "))
}

fn chain(steps: &[Step]) -> String {
    let mut names: Vec<&str> = steps.iter().map(|step| &*step.from).collect();
    names.extend(steps.last().map(|step| &*step.to));
    assert!(steps.windows(2).all(|pair| pair[0].to == pair[1].from));
    names.join(" ")
}

fn cycles(graph: &DependencyGraph, policy: EdgeKinds) -> Vec<String> {
    let row = |cycle: &Cycle| format!("{}: {}", cycle.files.join(" "), chain(&cycle.example));
    graph.cycles(policy).iter().map(row).collect()
}

#[test]
fn an_edge_counts_if_the_policy_admits_one_of_its_sites() {
    let lazy_and_conditional = EdgeKinds::LAZY | EdgeKinds::CONDITIONAL;
    let graph = DependencyGraph::builder()
        .edge("a", "b", 9, EdgeKinds::LAZY)
        .edge("a", "b", 3, RUNTIME)
        .edge("a", "b", 9, EdgeKinds::LAZY)
        .edge("a", "c", 4, lazy_and_conditional)
        .build();
    assert_eq!(graph.edge_count(), 2);
    assert_eq!(names(graph.dependencies("a", ALL)).as_deref(), Some("b c"));
    assert_eq!(names(graph.dependencies("a", EdgeKinds::LAZY)).as_deref(), Some("b"));
    assert_eq!(names(graph.dependencies("a", lazy_and_conditional)).as_deref(), Some("b c"));
    assert_eq!(names(graph.dependents("b", ALL)).as_deref(), Some("a"));
    assert_eq!(names(graph.dependents("c", RUNTIME)).as_deref(), Some(""));
    let edge = |policy| graph.dependencies("a", policy).unwrap().next().unwrap();
    assert_eq!((edge(ALL).lines(), edge(ALL).kinds()), (vec![3, 9], RUNTIME | EdgeKinds::LAZY));
    assert_eq!((edge(RUNTIME).lines(), edge(RUNTIME).kinds()), (vec![3], RUNTIME));
}

#[test]
fn an_unknown_file_has_no_answer_and_does_no_harm() {
    let mut graph = graph("a -> b");
    assert!(graph.dependencies("z", ALL).is_none());
    assert!(graph.dependents("z", ALL).is_none());
    assert!(graph.affected(["z"], ALL, Limits::default()).is_empty());
    assert_eq!(graph.shortest_path("a", "z", ALL), None);
    assert_eq!(graph.shortest_path("z", "a", ALL), None);
    assert!(!graph.remove_file("z"));
    let empty = DependencyGraph::default();
    assert!(empty.is_empty() && empty.cycles(ALL).is_empty() && empty.files().next().is_none());
    assert_eq!(empty.statistics(ALL), Statistics::default());
    assert_eq!(DependencyGraph::builder().build(), empty);
}

#[test]
fn affected_files_come_with_distance_and_smallest_predecessor() {
    let graph = graph("a -> c\n b -> d c\n c -> e\n d -> e~\n f");
    assert_eq!(reached(&graph.affected(["e"], ALL, Limits::default())), "a:2<c b:2<c c:1<e d:1<e e:0");
    assert_eq!(reached(&graph.affected(["e"], RUNTIME, Limits::default())), "a:2<c b:2<c c:1<e e:0");
    assert_eq!(reached(&graph.affected(["e"], ALL, Limits { depth: Some(1) })), "c:1<e d:1<e e:0");
    assert_eq!(reached(&graph.affected(["f", "d", "f"], ALL, Limits { depth: Some(0) })), "d:0 f:0");
    assert_eq!(reached(&graph.transitive_dependencies(["b"], ALL, Limits::default())), "b:0 c:1<b d:1<b e:2<c");
}

#[test]
fn the_smallest_of_the_shortest_chains_is_shown() {
    // By `b` the end is reached from a smaller last file, but `a` comes first.
    let graph = graph("s -> b a\n a -> y\n b -> x\n x -> t\n y -> t\n t -> s");
    let path = |from, to, policy| graph.shortest_path(from, to, policy).map(|steps| chain(&steps));
    assert_eq!(path("s", "t", ALL).as_deref(), Some("s a y t"));
    assert_eq!(path("s", "s", ALL).as_deref(), Some(""));
    assert_eq!(path("s", "t", EdgeKinds::LAZY), None);
}

#[test]
fn a_cycle_is_shown_by_a_shortest_loop_through_its_first_file() {
    let graph = graph("a -> b\n b -> c d\n c -> a\n d -> a~ d\n e -> f~\n f -> e\n g -> g\n h");
    assert_eq!(cycles(&graph, ALL), ["a b c d: a b c a", "e f: e f e", "g: g g"]);
    assert_eq!(cycles(&graph, RUNTIME), ["a b c: a b c a", "d: d d", "g: g g"]);
    assert_eq!(graph.cycle_count(RUNTIME), 3);
    let statistics = graph.statistics(ALL);
    assert_eq!((statistics.files, statistics.edges, statistics.cycles, statistics.files_in_cycles), (8, 9, 3, 7));
}

#[test]
fn components_come_after_what_they_depend_on() {
    let graph = graph("a -> b c\n b -> d\n c -> d b\n d -> b\n e -> a");
    let components: Vec<String> = graph.components(ALL).map(|members| members.join(" ")).collect();
    assert_eq!(components, ["b d", "c", "a", "e"]);
}

#[test]
fn a_removed_file_takes_its_edges_along() {
    let mut graph = graph("a -> b\n b -> c\n c -> a\n d -> c");
    assert!(graph.remove_file("b"));
    assert_eq!(graph.files().collect::<Vec<_>>(), ["a", "c", "d"]);
    assert_eq!(names(graph.dependents("c", ALL)).as_deref(), Some("d"));
    assert_eq!(names(graph.dependencies("a", ALL)).as_deref(), Some(""));
    assert_eq!((graph.edge_count(), graph.cycle_count(ALL)), (2, 0));
}

#[test]
fn sites_that_name_no_file_are_left_out() {
    let site = ImportSite { line: 1, kinds: RUNTIME };
    let sites = [(0, 1, site), (0, 2, site), (7, 0, site)];
    assert_eq!(DependencyGraph::from_sites(["a", "b"], sites).edge_count(), 1);
    assert_eq!(DependencyGraph::from_sites(["b", "a"], sites).edge_count(), 1);
    // The third is the first again.
    let graph = DependencyGraph::from_sites(["b", "a", "b"], sites);
    assert_eq!((graph.len(), cycles(&graph, ALL)), (2, vec!["b: b b".to_owned()]));
}

#[test]
fn a_chain_of_a_million_files_is_no_danger() {
    let nodes = 1_000_000_u32;
    let site = ImportSite { line: 1, kinds: RUNTIME };
    let paths = || (0..nodes).map(|number| format!("{number:07}"));
    let mut sites: Vec<_> = (1..nodes).map(|node| (node - 1, node, site)).collect();
    let graph = DependencyGraph::from_sites(paths(), sites.clone());
    assert_eq!(graph.components(ALL).count(), 1_000_000);
    assert_eq!(graph.affected(["0999999"], ALL, Limits::default()).len(), 1_000_000);
    assert_eq!(graph.shortest_path("0000000", "0999999", ALL).unwrap().len(), 999_999);
    assert_eq!(graph.cycle_count(ALL), 0);
    sites.push((nodes - 1, 0, site));
    let ring = DependencyGraph::from_sites(paths(), sites);
    let cycles = ring.cycles(ALL);
    assert_eq!((cycles.len(), cycles[0].files.len(), cycles[0].example.len()), (1, 1_000_000, 1_000_000));
}

/// A graph as one would write it down without a thought for speed.
#[derive(Debug, Clone, Default)]
struct Model {
    files: BTreeSet<usize>,
    sites: BTreeMap<(usize, usize), BTreeSet<ImportSite>>,
}

impl Model {
    fn edge(&self, from: usize, to: usize, policy: EdgeKinds) -> bool {
        self.sites.get(&(from, to)).is_some_and(|sites| sites.iter().any(|site| policy.admits(site.kinds)))
    }

    /// For each pair the number of edges on a shortest way of at least one edge: Floyd and Warshall's.
    fn distances(&self, policy: EdgeKinds) -> BTreeMap<(usize, usize), u32> {
        let mut distances: BTreeMap<(usize, usize), u32> =
            self.sites.keys().filter(|(from, to)| self.edge(*from, *to, policy)).map(|pair| (*pair, 1)).collect();
        for &middle in &self.files {
            for &from in &self.files {
                for &to in &self.files {
                    if let (Some(first), Some(second)) = (distances.get(&(from, middle)), distances.get(&(middle, to)))
                    {
                        let sum = first + second;
                        let known = distances.entry((from, to)).or_insert(sum);
                        *known = sum.min(*known);
                    }
                }
            }
        }
        distances
    }

    fn affected(&self, changed: &BTreeSet<usize>, policy: EdgeKinds, depth: Option<u32>) -> Vec<Reached> {
        let distances = self.distances(policy);
        let distance = |file: usize| match changed.contains(&file) {
            true => Some(0),
            false => changed.iter().filter_map(|start| distances.get(&(file, *start))).min().copied(),
        };
        let row = |&file: &usize| {
            let reached = distance(file).filter(|found| depth.is_none_or(|depth| *found <= depth))?;
            let before =
                |other: &&usize| distance(**other) == reached.checked_sub(1) && self.edge(file, **other, policy);
            let via = if reached == 0 { None } else { self.files.iter().find(before) };
            Some(Reached { path: name(file), distance: reached, via: via.map(|via| name(*via)) })
        };
        self.files.iter().filter_map(row).collect()
    }

    /// The smallest shortest way of at least one edge, found by taking the smallest next file that still leads there.
    fn way(&self, from: usize, to: usize, policy: EdgeKinds) -> Option<Vec<Arc<str>>> {
        let distances = self.distances(policy);
        let mut left = *distances.get(&(from, to))?;
        let (mut at, mut way) = (from, vec![name(from)]);
        while left > 0 {
            left -= 1;
            let leads = |next: &&usize| {
                self.edge(at, **next, policy)
                    && if left == 0 { **next == to } else { distances.get(&(**next, to)) == Some(&left) }
            };
            at = *self.files.iter().find(leads).unwrap();
            way.push(name(at));
        }
        Some(way)
    }

    /// The members of each cycle, and the files of its example.
    fn cycles(&self, policy: EdgeKinds) -> Vec<[Vec<Arc<str>>; 2]> {
        let distances = self.distances(policy);
        let together = |one, other| distances.contains_key(&(one, other)) && distances.contains_key(&(other, one));
        let mut cycles = Vec::new();
        for &first in &self.files {
            let members: Vec<usize> = self.files.iter().copied().filter(|other| together(first, *other)).collect();
            if members.first() == Some(&first) {
                cycles.push([members.into_iter().map(name).collect(), self.way(first, first, policy).unwrap()]);
            }
        }
        cycles
    }

    fn graph(&self, order: &[usize]) -> DependencyGraph {
        let files: Vec<usize> = order.iter().copied().filter(|file| self.files.contains(file)).collect();
        let position = |file| files.iter().position(|other| *other == file).unwrap() as u32;
        let sites = self.sites.iter().flat_map(|((from, to), sites)| sites.iter().map(move |site| (*from, *to, *site)));
        let mut sites: Vec<_> = sites.map(|(from, to, site)| (position(from), position(to), site)).collect();
        sites.sort_by_key(|(from, to, site)| (site.line * 7 % 5, *to, *from));
        DependencyGraph::from_sites(files.iter().map(|file| name(*file)), sites)
    }
}

fn name(file: usize) -> Arc<str> {
    format!("f{file:02}.py").into()
}

const FILES: usize = 9;

fn model() -> impl Strategy<Value = Model> {
    let kinds = prop::sample::select(vec![
        RUNTIME,
        EdgeKinds::TYPE_ONLY,
        EdgeKinds::LAZY,
        EdgeKinds::LAZY | EdgeKinds::CONDITIONAL,
    ]);
    let site = (0..FILES, 0..FILES, 1..6_u32, kinds);
    let files = prop::collection::btree_set(0..FILES, 0..FILES);
    (files, prop::collection::vec(site, 0..22)).prop_map(|(files, sites)| {
        let mut model = Model { files, ..Model::default() };
        for (from, to, line, kinds) in sites {
            model.files.extend([from, to]);
            model.sites.entry((from, to)).or_default().insert(ImportSite { line, kinds });
        }
        model
    })
}

fn policy() -> impl Strategy<Value = EdgeKinds> {
    prop::sample::select(vec![ALL, RUNTIME, RUNTIME | EdgeKinds::LAZY, EdgeKinds::all() - EdgeKinds::TYPE_ONLY])
}

fn way(steps: &[Step]) -> Vec<Arc<str>> {
    steps.iter().map(|step| step.from.clone()).chain(steps.last().map(|step| step.to.clone())).collect()
}

proptest! {
    #[test]
    fn answers_are_those_of_the_model(
        model in model(),
        policy in policy(),
        changed in prop::collection::btree_set(0..FILES, 0..3),
        depth in prop::option::of(0..4_u32),
        order in Just((0..FILES).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let graph = model.graph(&order);
        let sorted: Vec<usize> = (0..FILES).collect();
        prop_assert_eq!(&graph, &model.graph(&sorted));

        let edges = model.sites.keys().filter(|(from, to)| model.edge(*from, *to, policy)).count();
        let statistics = graph.statistics(policy);
        prop_assert_eq!((statistics.files, statistics.edges), (model.files.len(), edges));
        prop_assert_eq!(graph.edge_count(), model.sites.len());
        for &file in &model.files {
            let path = name(file);
            let to = |other: &usize| model.edge(file, *other, policy);
            let from = |other: &usize| model.edge(*other, file, policy);
            let list = |edge: &dyn Fn(&usize) -> bool| {
                model.files.iter().copied().filter(edge).map(|other| name(other).to_string()).collect::<Vec<_>>().join(" ")
            };
            prop_assert_eq!(names(graph.dependencies(&path, policy)), Some(list(&to)));
            prop_assert_eq!(names(graph.dependents(&path, policy)), Some(list(&from)));
        }

        let names: Vec<Arc<str>> = changed.iter().copied().map(name).collect();
        let known: BTreeSet<usize> = changed.intersection(&model.files).copied().collect();
        let found = graph.affected(names.iter().map(|path| &**path), policy, Limits { depth });
        prop_assert_eq!(found, model.affected(&known, policy, depth));

        for &from in &model.files {
            for &to in &model.files {
                let steps = graph.shortest_path(&name(from), &name(to), policy);
                if from == to {
                    prop_assert_eq!(steps, Some(Vec::new()));
                } else {
                    prop_assert_eq!(steps.map(|steps| way(&steps)), model.way(from, to, policy));
                }
            }
        }

        let cycles = graph.cycles(policy);
        let found: Vec<_> = cycles.iter().map(|cycle| [cycle.files.clone(), way(&cycle.example)]).collect();
        prop_assert_eq!(found, model.cycles(policy));
        prop_assert_eq!((graph.cycle_count(policy), statistics.cycles), (cycles.len(), cycles.len()));
        prop_assert_eq!(statistics.files_in_cycles, cycles.iter().map(|cycle| cycle.files.len()).sum::<usize>());
    }

    #[test]
    fn components_are_whole_and_in_order(model in model(), policy in policy()) {
        let graph = model.graph(&(0..FILES).collect::<Vec<_>>());
        let components: Vec<Vec<Arc<str>>> = graph.components(policy).collect();
        let place = |file: usize| components.iter().position(|members| members.contains(&name(file))).unwrap();
        prop_assert_eq!(components.iter().map(Vec::len).sum::<usize>(), model.files.len());
        let distances = model.distances(policy);
        for &(from, to) in distances.keys() {
            prop_assert!(place(from) >= place(to));
            prop_assert_eq!(place(from) == place(to), from == to || distances.contains_key(&(to, from)));
        }
    }

    #[test]
    fn removing_a_file_is_as_if_it_had_never_been(
        mut model in model(),
        removed in prop::collection::vec(0..FILES, 1..4),
    ) {
        let order: Vec<usize> = (0..FILES).collect();
        let mut graph = model.graph(&order);
        for file in removed {
            prop_assert_eq!(graph.remove_file(&name(file)), model.files.remove(&file));
            model.sites.retain(|(from, to), _| *from != file && *to != file);
        }
        prop_assert_eq!(graph, model.graph(&order));
    }
}
