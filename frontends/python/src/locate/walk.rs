//! Walks from package to package along a dotted name, as `importlib` does, and remembers every step.
//!
//! **Invariant: within one call of `locate` no stem is looked up twice.**

use std::rc::Rc;
use std::sync::Arc;

use esker_frontend_api::path::{parent, relative_to};
use esker_frontend_api::{Lookup, Probe, Root, Setting};
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::roots::Roots;
use crate::settings::PYPROJECT;
use crate::{MODULE, MODULE_STUB, PACKAGE, PACKAGE_STUB, SHAPES};

/// Whose eyes the import system is seen with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// The interpreter's, to whom a stub is nothing.
    Runtime,
    /// A type checker's, to whom a stub is a module like any other.
    Typing,
}

impl View {
    fn is_package(self, probe: Probe) -> bool {
        probe.has(PACKAGE) || (self == Self::Typing && probe.has(PACKAGE_STUB))
    }

    fn is_file(self, probe: Probe) -> bool {
        probe.has(MODULE) || (self == Self::Typing && probe.has(MODULE_STUB))
    }
}

/// A directory that absolute imports start from, or (with a prefix) the package that it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start<'a> {
    pub(super) path: &'a str,
    pub(super) prefix: &'a str,
}

impl Start<'_> {
    /// Whether it is a stub-only package by PEP 561: the directory `a-stubs`, which holds the stubs of `a`.
    fn is_stub_package(self) -> bool {
        !self.prefix.is_empty() && self.path.ends_with(STUB_PACKAGE)
    }
}

/// How the name of a stub-only package ends.
pub(crate) const STUB_PACKAGE: &str = "-stubs";

/// A module that a walk came by.
#[derive(Debug, Clone)]
pub(super) enum Module {
    /// A directory with an `__init__` file, and those that this adds to its own.
    Package { stem: Rc<str>, probe: Probe, others: Vec<Rc<str>> },
    /// A single file.
    File { stem: Rc<str>, probe: Probe },
    /// Directories without an `__init__` file that make up one package (PEP 420).
    Namespace { portions: Vec<Rc<str>> },
}

impl Module {
    /// The directories in which its submodules lie, Python's `__path__`.
    pub(super) fn search_path(&self) -> impl Iterator<Item = &Rc<str>> + Clone {
        let (first, others) = match self {
            Self::Package { stem, others, .. } => (Some(stem), &others[..]),
            Self::File { .. } => (None, &[][..]),
            Self::Namespace { portions } => (None, &portions[..]),
        };
        first.into_iter().chain(others)
    }

    /// The stems at which it was found.
    pub(super) fn search_stems(&self) -> impl Iterator<Item = &Rc<str>> {
        let file = if let Self::File { stem, .. } = self { Some(stem) } else { None };
        self.search_path().chain(file)
    }

    pub(super) fn is_namespace(&self) -> bool {
        matches!(self, Self::Namespace { .. })
    }

    /// The stem, what exists at it, and the shapes of the source and of the stub; `None` for a namespace.
    pub(super) fn files(&self) -> Option<(&str, Probe, [usize; 2])> {
        match self {
            Self::Package { stem, probe, .. } => Some((stem, *probe, [PACKAGE, PACKAGE_STUB])),
            Self::File { stem, probe } => Some((stem, *probe, [MODULE, MODULE_STUB])),
            Self::Namespace { .. } => None,
        }
    }

    /// The path of its file, the stub before the source if stubs are seen at all; `None` for a namespace.
    pub(super) fn path(&self, view: View) -> Option<String> {
        let (stem, probe, [source, stub]) = self.files()?;
        let shape = if probe.has(stub) && (view == View::Typing || !probe.has(source)) { stub } else { source };
        let shape = if stem.is_empty() { SHAPES[shape].trim_start_matches('/') } else { SHAPES[shape] };
        Some([stem, shape].concat())
    }
}

/// The modules on the way to the one asked for, outermost first.
#[derive(Debug, Default)]
pub(super) struct Trail {
    pub(super) steps: Vec<Module>,
    /// Whether the last step is the module asked for, as against the last that was found.
    pub(super) complete: bool,
}

/// Looks modules up, each stem once.
pub(super) struct Walker<'l> {
    lookup: &'l mut dyn Lookup,
    probes: FxHashMap<Rc<str>, Probe>,
    /// Where stems are put together; a field so that this allocates once.
    buffer: String,
    /// Whether a stub exists at any stem so far. As long as there is none, both views see the same.
    pub(super) saw_stub: bool,
}

impl<'l> Walker<'l> {
    /// With room for this many stems.
    pub(super) fn with_capacity(stems: usize, lookup: &'l mut dyn Lookup) -> Self {
        let probes = FxHashMap::with_capacity_and_hasher(stems, FxBuildHasher);
        Self { lookup, probes, buffer: String::new(), saw_stub: false }
    }

    /// Walks along an absolute name from the first of `starts` that has its first component.
    pub(super) fn absolute<'s>(
        &mut self,
        starts: impl Iterator<Item = Start<'s>> + Clone,
        name: &str,
        view: View,
    ) -> Trail {
        let Some((first, rest)) = self.first(starts, name, view) else { return Trail::default() };
        self.walk_on(vec![first], rest, view)
    }

    /// Walks along a name from the package that is the directory `anchor`, which lies in the import root `top`. The
    /// trail begins with the packages between the two, and `top` if that is one by its prefix. A plain directory is the
    /// namespace package that it is a portion of when it is imported by its name, or the package that extends its path.
    pub(super) fn relative<'s>(
        &mut self,
        anchor: &str,
        top: Start<'s>,
        roots: &Roots<'s>,
        rest: &str,
        view: View,
    ) -> Trail {
        let (stem, probe) = self.probe(anchor);
        let is_package = view.is_package(probe);
        if !is_package {
            let name = module_name(top, relative_to(anchor, top.path).unwrap_or_default());
            if !name.is_empty() {
                let starts = roots.starts(self, &name);
                let whole = self.absolute(starts.iter().copied(), &name, view);
                let is_portion = |last: &Module| last.search_path().any(|directory| *directory == stem);
                if whole.complete && whole.steps.last().is_some_and(is_portion) {
                    return self.walk_on(whole.steps, rest, view);
                }
            }
        }
        let module = if is_package { package(stem, probe) } else { Module::Namespace { portions: vec![stem] } };
        let mut steps = vec![module];
        let is_inside = |directory: &&str| match relative_to(directory, top.path) {
            Some("") => !top.prefix.is_empty(),
            below => below.is_some(),
        };
        for directory in ancestors(anchor).skip(1).take_while(is_inside) {
            let (stem, probe) = self.probe(directory);
            if view.is_package(probe) {
                steps.push(package(stem, probe));
            }
        }
        steps.reverse();
        self.walk_on(steps, rest, view)
    }

    /// The submodule of `module` with this name.
    pub(super) fn submodule(&mut self, module: &Module, name: &str, view: View) -> Option<Module> {
        let directories = module.search_path();
        let mut pieces = Pieces { may_be_several: directories.clone().nth(1).is_some(), ..Pieces::default() };
        for directory in directories {
            let (stem, probe) = self.probe_in(directory, name);
            if let Some(found) = self.put_together(&mut pieces, stem, probe, view) {
                return Some(found);
            }
        }
        pieces.finish()
    }

    /// Takes up what there is at the next place where a module may be; returns the module if nothing adds to it any
    /// more.
    ///
    /// The first regular package or module is it. Where that is a package which extends its path, the directories of
    /// its name in all other places are its own too (`pkgutil.extend_path`). Such a one may have nothing in its
    /// `__init__` but that, and in installed packages one of several takes the place of the others: one that does not
    /// extend its path has what is imported of the package itself.
    fn put_together(&mut self, pieces: &mut Pieces, stem: Rc<str>, probe: Probe, view: View) -> Option<Module> {
        match regular(stem, probe, view) {
            Ok(Module::Package { stem, probe, .. }) => {
                let is_extended = pieces.may_be_several && self.is_extended(&stem, probe);
                if pieces.head.is_none() && !is_extended {
                    return Some(package(stem, probe));
                }
                if pieces.head.is_some() && (is_extended || pieces.is_settled) {
                    pieces.portions.push(stem);
                } else {
                    pieces.is_settled = !is_extended;
                    let before = pieces.head.replace((stem, probe));
                    pieces.portions.extend(before.map(|(stem, _)| stem));
                }
            }
            Ok(found) if pieces.head.is_none() => return Some(found),
            Err(stem) if probe.directory => pieces.portions.push(stem),
            Ok(_) | Err(_) => {}
        }
        None
    }

    /// Whether a package adds directories of its name elsewhere to its own. What its `__init__` says is asked for only
    /// where that matters.
    pub(super) fn is_extended(&mut self, stem: &str, probe: Probe) -> bool {
        probe.has(PACKAGE) && self.settings(&Probe::path(stem, SHAPES[PACKAGE])).is_some()
    }

    /// The positions of the roots that have something with this name; see [`Lookup::roots_with`].
    pub(super) fn roots_with(&mut self, roots: &[Root], name: &str) -> Arc<[u32]> {
        self.lookup.roots_with(roots, name)
    }

    /// What the public names of a file are; see [`Lookup::exported`].
    pub(super) fn exported(&mut self, path: &str) -> Option<Arc<[String]>> {
        self.lookup.exported(path)
    }

    /// What a file says to those who locate imports; see [`Lookup::settings`].
    pub(super) fn settings(&mut self, path: &str) -> Option<Arc<Setting>> {
        self.lookup.settings(path)
    }

    /// Whether the directory has an `__init__` file of either sort.
    pub(super) fn is_package(&mut self, directory: &str) -> bool {
        View::Typing.is_package(self.probe(directory).1)
    }

    /// Whether a directory is that of a project.
    fn is_project(&mut self, directory: &str) -> bool {
        self.probe_in(directory, "setup").1.has(MODULE) || self.probe_in(directory, PYPROJECT).1.is_file_itself(&SHAPES)
    }

    /// Whether a directory has a module of this name, a source or a stub.
    pub(super) fn has_module(&mut self, directory: &str, name: &str) -> bool {
        let (stem, probe) = self.probe_in(directory, name);
        regular(stem, probe, View::Typing).is_ok()
    }

    /// Which files have this stem.
    pub(super) fn probe(&mut self, stem: &str) -> (Rc<str>, Probe) {
        self.buffer.clear();
        self.buffer.push_str(stem);
        self.probe_buffer()
    }

    /// Which files have the stem `directory/name`.
    pub(super) fn probe_in(&mut self, directory: &str, name: &str) -> (Rc<str>, Probe) {
        self.buffer.clear();
        if !directory.is_empty() {
            self.buffer.push_str(directory);
            self.buffer.push('/');
        }
        self.buffer.push_str(name);
        self.probe_buffer()
    }

    fn probe_buffer(&mut self) -> (Rc<str>, Probe) {
        if let Some((stem, probe)) = self.probes.get_key_value(self.buffer.as_str()) {
            return (Rc::clone(stem), *probe);
        }
        let stem: Rc<str> = Rc::from(self.buffer.as_str());
        let probe = self.lookup.probe(&stem);
        self.saw_stub |= probe.has(PACKAGE_STUB) || probe.has(MODULE_STUB);
        self.probes.insert(Rc::clone(&stem), probe);
        (stem, probe)
    }

    /// The module with which a name begins, and what is left of the name.
    fn first<'n, 's>(
        &mut self,
        starts: impl Iterator<Item = Start<'s>> + Clone,
        name: &'n str,
        view: View,
    ) -> Option<(Module, &'n str)> {
        let (first, rest) = split_first(name);
        // Stub-only packages come before everything else to a type checker, whatever their place on the path
        // (PEP 561); to the interpreter their names cannot be imported at all.
        for start in starts.clone().filter(|start| start.is_stub_package()) {
            let Some(rest) = strip_module(name, start.prefix) else { continue };
            let (stem, probe) = self.probe(start.path);
            if view == View::Typing && probe.has(PACKAGE_STUB) {
                return Some((package(stem, probe), rest));
            }
        }
        let starts = starts.filter(|start| !start.is_stub_package());
        let mut pieces = Pieces { may_be_several: starts.clone().nth(1).is_some(), ..Pieces::default() };
        for start in starts {
            if start.prefix.is_empty() {
                let (stem, probe) = self.probe_in(start.path, first);
                let is_plain = probe.directory && !view.is_package(probe) && !view.is_file(probe);
                if is_plain && !start.path.is_empty() && self.is_project(&stem) {
                    continue;
                }
                if let Some(found) = self.put_together(&mut pieces, stem, probe, view) {
                    return Some((found, rest));
                }
            } else if let Some(rest) = strip_module(name, start.prefix) {
                let (stem, probe) = self.probe(start.path);
                if view.is_package(probe) {
                    return Some((package(stem, probe), rest));
                }
                if start.prefix.contains('.') {
                    return Some((Module::Namespace { portions: vec![stem] }, rest));
                }
                pieces.portions.push(stem);
            }
        }
        Some((pieces.finish()?, rest))
    }

    fn walk_on(&mut self, mut steps: Vec<Module>, mut rest: &str, view: View) -> Trail {
        while !rest.is_empty() {
            let (name, after) = split_first(rest);
            let Some(next) = steps.last().and_then(|last| self.submodule(last, name, view)) else {
                return Trail { steps, complete: false };
            };
            steps.push(next);
            rest = after;
        }
        Trail { steps, complete: true }
    }
}

/// What was found of a module in the places where it may be.
#[derive(Default)]
struct Pieces {
    /// Whether there is more than one such place.
    may_be_several: bool,
    /// The package whose `__init__` counts, as soon as one that extends its path was found.
    head: Option<(Rc<str>, Probe)>,
    /// Whether that one does not extend its path itself.
    is_settled: bool,
    portions: Vec<Rc<str>>,
}

impl Pieces {
    fn finish(self) -> Option<Module> {
        match self.head {
            Some((stem, probe)) => Some(Module::Package { stem, probe, others: self.portions }),
            None => (!self.portions.is_empty()).then_some(Module::Namespace { portions: self.portions }),
        }
    }
}

/// A package in one directory.
fn package(stem: Rc<str>, probe: Probe) -> Module {
    Module::Package { stem, probe, others: Vec::new() }
}

/// The module at a stem, if it is more than a directory; the stem if not. A package comes before a module of the same
/// name, as in `importlib.machinery.FileFinder`.
fn regular(stem: Rc<str>, probe: Probe, view: View) -> Result<Module, Rc<str>> {
    if view.is_package(probe) {
        Ok(package(stem, probe))
    } else if view.is_file(probe) {
        Ok(Module::File { stem, probe })
    } else {
        Err(stem)
    }
}

/// A directory and those above it, the repository's root last.
pub(crate) fn ancestors(directory: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(directory), |directory| parent(directory))
}

/// The name of the package that is the directory `below` an import root.
pub(super) fn module_name(root: Start<'_>, below: &str) -> String {
    let dot = if root.prefix.is_empty() || below.is_empty() { "" } else { "." };
    format!("{}{dot}{}", root.prefix, below.replace('/', "."))
}

/// The first component of a dotted name and the rest of it, which may be empty.
pub(super) fn split_first(name: &str) -> (&str, &str) {
    name.split_once('.').unwrap_or((name, ""))
}

/// What is left of a dotted name after the module `prefix`; `None` if it does not begin with that.
fn strip_module<'n>(name: &'n str, prefix: &str) -> Option<&'n str> {
    let rest = name.strip_prefix(prefix)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('.') }
}
