//! Where a Python file's imports lead, by the rules of the language's import system.
//!
//! ```text
//!   Import ── walk (the interpreter's view) ──▶ Trail ──┐
//!     │                                                 ├──▶ Targets ──▶ Located
//!     └────── walk (a type checker's view)  ──▶ Trail ──┘      ▲
//!   the importer's place ── conftest.py, __init__.py ──────────┘
//! ```
//!
//! Each import is resolved twice: as the interpreter does, to whom a stub is nothing, which gives the sources; then, if
//! any stub came in sight, as a type checker does, which gives the stubs. Both walk in the same way:
//!
//! - The import roots are tried as `sys.path` is, those that hold the importer before the others. The first that has
//!   a regular package or a module of the first name wins, the package before the module. Directories without
//!   `__init__` are portions of a namespace package, which counts only where no root has better (PEP 420).
//! - From a package on, only its own directories are searched.
//! - What no root has is looked for beside the importer and in the directories above it, as far as they are not
//!   packages: `python script.py` and pytest put such a directory on the path. Of a test the first of them comes before
//!   the roots.
//!
//! - A module that every standard library has is a file of the repository only where one comes before the library: in
//!   the repository's root, from which programs are started, beside a program, and in what is a library itself.
//!
//! - A package whose `__init__` extends its `__path__` (`pkgutil.extend_path`) has the directories of its name in the
//!   other roots as well. No other change of a `__path__` by code is followed.
//!
//! One thing differs from CPython on purpose. A module that only some standard libraries have is a file of the
//! repository where there is one, also where the library would come first.

mod place;
mod roots;
mod stdlib;
mod targets;
mod walk;

use std::collections::BTreeSet;
use std::rc::Rc;

use esker_frontend_api::path::{parent, relative_to};
use esker_frontend_api::{
    EdgeKinds, Import, ImportForm, ImportTable, Located, Lookup, MissReason, Outcome, Probe, Root,
};

use self::roots::Roots;
use self::targets::{Targets, implicit};
use self::walk::{Module, Start, Trail, View, Walker, module_name};
pub(crate) use self::walk::{STUB_PACKAGE, ancestors};
use crate::roots::{package_parts, package_with_parts};
use crate::{PACKAGE, SHAPES};

/// Finds the files that a file's imports lead to; see [`esker_frontend_api::Frontend::locate`].
pub(crate) fn locate(imports: &ImportTable, importer: &str, roots: &[Root], lookup: &mut dyn Lookup) -> Vec<Located> {
    let mut locator = Locator::new(imports, importer, roots, lookup);
    let mut located = Vec::with_capacity(imports.imports.len());
    for (position, import) in imports.imports.iter().enumerate() {
        if let Some((outcome, Modules { modules, submodule })) = locator.outcome(import) {
            if locator.is_doubtful(import, &outcome) {
                locator.doubted.push(position as u32);
            }
            located.push(Located { import: Some(position as u32), line: import.line, outcome, modules, submodule });
        }
    }
    locator.settle_doubts(&mut located);
    let mut targets = Targets::new(importer);
    place::collected(importer, &mut locator.walker, &mut targets);
    if !targets.is_empty() {
        let outcome = Outcome::Found(targets.finish());
        located.push(Located { import: None, line: 0, outcome, modules: Vec::new(), submodule: None });
    }
    located
}

/// The state of one call: the importer's surroundings and what was found so far.
struct Locator<'a> {
    imports: &'a ImportTable,
    importer: &'a str,
    walker: Walker<'a>,
    roots: Roots<'a>,
    /// The directory that pytest puts in front of the path, if the importer is a test.
    first: Option<Start<'a>>,
    /// The directories that are tried last; `None` until something is not found in the roots.
    surroundings: Option<Vec<Start<'a>>>,
    /// The last walk in either view, but for those in the surroundings. `from m import a, b` is two imports that differ
    /// in the end only.
    latest: [Option<(Name<'a>, Trail)>; 2],
    /// The imports that were missed in a package of which nothing is known but a directory around the importer.
    doubted: Vec<u32>,
}

/// Where an absolute name is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Search {
    Roots,
    Surroundings,
}

/// A module's name as an import gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name<'a> {
    Absolute(&'a str),
    /// A name below the package that is the directory `anchor`.
    Relative {
        anchor: &'a str,
        rest: &'a str,
    },
}

/// The files of the modules that an import names, as [`Located`] tells them.
#[derive(Default)]
struct Modules {
    modules: Vec<Option<String>>,
    submodule: Option<String>,
}

/// How far one walk came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Nothing,
    /// A package that has parts elsewhere too, and not the one asked for.
    Elsewhere,
    /// Some of the packages on the way.
    Part,
    /// The module, which is a namespace package without the member.
    NoMember,
    Whole,
}

impl<'a> Locator<'a> {
    fn new(imports: &'a ImportTable, importer: &'a str, roots: &'a [Root], lookup: &'a mut dyn Lookup) -> Self {
        // An import is looked for at its module, and where the member would be if it were a submodule.
        let mut walker = Walker::with_capacity(imports.imports.len() * 2, lookup);
        let roots = Roots::new(roots, importer);
        let first = place::put_in_front(importer, &mut walker).filter(|directory| !roots.is_own(directory));
        let first = first.map(|path| Start { path, prefix: "" });
        Self { imports, importer, walker, roots, first, surroundings: None, latest: [None, None], doubted: Vec::new() }
    }

    /// What becomes of one import; `None` if it is a text that names nothing.
    fn outcome(&mut self, import: &Import) -> Option<(Outcome, Modules)> {
        let specifier = self.imports.name(import.specifier);
        let nowhere = |name: &str, reason| {
            Some((missing(name.to_owned(), reason, Targets::new(self.importer)), Modules::default()))
        };
        if specifier.is_empty() {
            let computed = import.form == ImportForm::Dynamic;
            return computed.then(|| nowhere("", MissReason::Computed)).flatten();
        }
        if import.form == ImportForm::Text {
            let targets = self.text(import, specifier).filter(|targets| !targets.is_empty())?;
            return Some((found(targets), Modules::default()));
        }
        let name = match self.name(specifier) {
            Ok(name) => name,
            Err(reason) => return nowhere(specifier, reason),
        };
        let (reach, targets, modules) = self.reach(import, name, Search::Roots);
        if reach == Reach::Whole {
            return Some((found(targets), modules));
        }
        if matches!(name, Name::Absolute(_)) {
            let (reach, targets, modules) = self.reach(import, name, Search::Surroundings);
            if reach == Reach::Whole {
                return Some((found(targets), modules));
            }
        }
        Some((self.miss(import, name, reach, targets), modules))
    }

    /// Resolves the longest part of a string that is a module with a file: `a.b.Class` is `a.b`. No part is a single
    /// name unless the string is, so that a word before a dot is not mistaken for a package.
    fn text(&mut self, import: &Import, text: &'a str) -> Option<Targets<'a>> {
        let mut part = text;
        loop {
            let Ok(name @ Name::Absolute(_)) = self.name(part) else { return None };
            for search in [Search::Roots, Search::Surroundings] {
                let (reach, targets, _) = self.reach(import, name, search);
                if reach == Reach::Whole {
                    return Some(targets);
                }
            }
            part = part.rsplit_once('.').map(|(shorter, _)| shorter).filter(|shorter| shorter.contains('.'))?;
        }
    }

    /// Reads a specifier. A name with an empty component or with a slash in it names no module, and its stem could
    /// point anywhere.
    fn name(&self, specifier: &'a str) -> Result<Name<'a>, MissReason> {
        let rest = specifier.trim_start_matches('.');
        let level = specifier.len() - rest.len();
        let is_malformed = rest.contains('/') || (!rest.is_empty() && rest.split('.').any(str::is_empty));
        if level == 0 {
            let is_beyond_files = is_malformed || stdlib::is_builtin(top_level(rest));
            return if is_beyond_files { Err(outside(rest)) } else { Ok(Name::Absolute(rest)) };
        }
        let mut anchor = parent(self.importer).ok_or(MissReason::BeyondTopLevel)?;
        for _ in 1..level {
            anchor = parent(anchor).ok_or(MissReason::BeyondTopLevel)?;
        }
        if is_malformed { Err(MissReason::NoSuchModule) } else { Ok(Name::Relative { anchor, rest }) }
    }

    /// Follows an import in both views, and collects what it comes by.
    fn reach(&mut self, import: &Import, name: Name<'a>, search: Search) -> (Reach, Targets<'a>, Modules) {
        let mut targets = Targets::new(self.importer);
        let (runtime, seen) = self.follow(import, name, search, View::Runtime, &mut targets);
        if !self.walker.saw_stub {
            let modules = seen.modules(View::Runtime);
            self.remember(name, search, View::Runtime, seen.trail);
            return (runtime, targets, modules);
        }
        let (typing, typed) = self.follow(import, name, search, View::Typing, &mut targets);
        // What a type checker does not find at all may still be there when the program runs.
        let mut modules = typed.modules(View::Typing);
        if modules.modules.is_empty() {
            modules = seen.modules(View::Runtime);
        } else if modules.submodule.is_none() {
            modules.submodule = seen.submodule(View::Runtime);
        }
        self.remember(name, search, View::Runtime, seen.trail);
        self.remember(name, search, View::Typing, typed.trail);
        (runtime.max(typing), targets, modules)
    }

    fn follow(
        &mut self,
        import: &Import,
        name: Name<'a>,
        search: Search,
        view: View,
        targets: &mut Targets<'a>,
    ) -> (Reach, Seen) {
        let mut seen = Seen { trail: self.trail(name, search, view), submodule: None };
        let reach = self.collect(import, &mut seen, view, targets);
        (reach, seen)
    }

    /// Keeps a trail for the next import.
    fn remember(&mut self, name: Name<'a>, search: Search, view: View, trail: Trail) {
        if search == Search::Roots {
            self.latest[view as usize] = Some((name, trail));
        }
    }

    fn trail(&mut self, name: Name<'a>, search: Search, view: View) -> Trail {
        if search == Search::Surroundings {
            let Name::Absolute(name) = name else { return Trail::default() };
            let walker = &mut self.walker;
            let starts = self.surroundings.get_or_insert_with(|| surroundings(&self.roots, walker));
            // Only the directory of a program itself comes before the library.
            let beside = parent(self.importer).filter(|directory| !self.roots.is_own(directory));
            let is_tried = |start: &&Start<'_>| !stdlib::is_settled(name) || Some(start.path) == beside;
            return walker.absolute(starts.iter().filter(is_tried).copied(), name, view);
        }
        match (self.latest[view as usize].take(), name) {
            (Some((latest, trail)), _) if latest == name => trail,
            (_, Name::Absolute(name)) => {
                let first = self.first.filter(|_| !stdlib::is_settled(name));
                let starts = self.roots.starts(&mut self.walker, name);
                let trail = self.walker.absolute(first.into_iter().chain(starts.iter().copied()), name, view);
                let Some(head) = trail.steps.first() else { return trail };
                let own = starts.iter().take_while(|start| self.roots.is_own(start.path)).copied();
                let own: Vec<Start<'_>> = first.into_iter().chain(own).collect();
                let is_inside = |stem: &Rc<str>| own.iter().any(|start| relative_to(stem, start.path).is_some());
                if own.is_empty() || head.search_stems().any(is_inside) {
                    return trail;
                }
                // A plain directory of the own project is its package, where another project has one with an `__init__`
                // that it knows nothing of.
                let within = self.walker.absolute(own.iter().copied(), name, view);
                let is_file = |last: &Module| !last.is_namespace();
                if within.complete && within.steps.last().is_some_and(is_file) { within } else { trail }
            }
            (_, Name::Relative { anchor, rest }) => {
                let (top, _) = self.roots.holding(anchor);
                self.walker.relative(anchor, top, &self.roots, rest, view)
            }
        }
    }

    /// Collects the files along a trail, and those that the import asks for at its end.
    fn collect(&mut self, import: &Import, seen: &mut Seen, view: View, targets: &mut Targets<'a>) -> Reach {
        let Some((last, way)) = seen.trail.steps.split_last() else { return Reach::Nothing };
        for module in way {
            targets.push_module(module, view, implicit(import.kinds));
        }
        if !seen.trail.complete {
            targets.push_module(last, view, implicit(import.kinds));
            let has_others = match last {
                Module::Package { stem, probe, .. } => self.walker.is_extended(stem, *probe),
                Module::File { .. } | Module::Namespace { .. } => false,
            };
            return if has_others { Reach::Elsewhere } else { Reach::Part };
        }
        match import.form {
            ImportForm::Member => {
                seen.submodule = self.submodule(import, last, view);
                self.collect_member(import, last, seen.submodule.as_ref(), view, targets)
            }
            ImportForm::Star => {
                targets.push_module(last, view, import.kinds);
                self.collect_exported(import, last, view, targets);
                Reach::Whole
            }
            ImportForm::Text if last.is_namespace() => Reach::NoMember,
            ImportForm::Module
            | ImportForm::Dynamic
            | ImportForm::Text
            | ImportForm::Plugin
            | ImportForm::Required
            | ImportForm::Implied => {
                targets.push_module(last, view, import.kinds);
                Reach::Whole
            }
        }
    }

    /// The submodule that has the name of the member that an import asks for.
    fn submodule(&mut self, import: &Import, module: &Module, view: View) -> Option<Module> {
        let member = self.imports.name(import.member?);
        if member.is_empty() {
            return None;
        }
        let submodule = self.walker.submodule(module, member, view);
        if self.walker.saw_stub && submodule.as_ref().is_none_or(Module::is_namespace) {
            // A stub alone is the sign of an extension module: the interpreter has a submodule there too.
            return self.walker.submodule(module, member, View::Typing).or(submodule);
        }
        submodule
    }

    /// An attribute of a package comes before its submodule of the same name, and which it is only running the
    /// package tells: both files are collected.
    fn collect_member(
        &self,
        import: &Import,
        module: &Module,
        submodule: Option<&Module>,
        view: View,
        targets: &mut Targets<'a>,
    ) -> Reach {
        let has_name = import.member.is_some_and(|member| !self.imports.name(member).is_empty());
        match submodule {
            Some(submodule) if !submodule.is_namespace() => {
                targets.push_module(module, view, implicit(import.kinds));
                targets.push_module(submodule, view, import.kinds);
            }
            None if module.is_namespace() && has_name => return Reach::NoMember,
            Some(_) | None => targets.push_module(module, view, import.kinds),
        }
        Reach::Whole
    }

    /// A star import also loads the submodules that the package's `__all__` names
    /// (`importlib._bootstrap._handle_fromlist`).
    fn collect_exported(&mut self, import: &Import, module: &Module, view: View, targets: &mut Targets<'a>) {
        let Module::Package { stem, probe, .. } = module else { return };
        if !probe.has(PACKAGE) {
            return;
        }
        let Some(exported) = self.walker.exported(&Probe::path(stem, SHAPES[PACKAGE])) else { return };
        let kinds = import.kinds - EdgeKinds::STAR;
        let kinds = if kinds.is_empty() { EdgeKinds::RUNTIME } else { kinds };
        for name in exported.iter() {
            if let Some(submodule) = self.walker.submodule(module, name, view) {
                targets.push_module(&submodule, view, kinds);
            }
        }
    }

    fn miss(&mut self, import: &Import, name: Name<'a>, reach: Reach, targets: Targets<'a>) -> Outcome {
        match name {
            Name::Absolute(name)
                if reach <= Reach::Elsewhere || (targets.is_empty() && self.has_portions_elsewhere(name)) =>
            {
                missing(name.to_owned(), outside(name), targets)
            }
            _ => {
                let mut full = match name {
                    Name::Absolute(name) => name.to_owned(),
                    Name::Relative { anchor, rest } => {
                        let (root, below) = self.roots.holding(anchor);
                        join(&module_name(root, below), rest)
                    }
                };
                if reach < Reach::NoMember {
                    return missing(full, MissReason::NoSuchModule, targets);
                }
                if let Some(member) = import.member {
                    full = join(&full, self.imports.name(member));
                }
                missing(full, MissReason::NoSuchMember, targets)
            }
        }
    }

    /// Whether an import is missed in a package of which nothing is known but a plain directory, and that one around
    /// the importer. It may be named after what the code in it is about, as in `tests/django/test_views.py`.
    fn is_doubtful(&self, import: &Import, outcome: &Outcome) -> bool {
        let Outcome::Missing { reason: MissReason::NoSuchModule | MissReason::NoSuchMember, reached, .. } = outcome
        else {
            return false;
        };
        let around = |directory: &Rc<str>| relative_to(self.importer, directory).is_some();
        let is_around = |first: &Module| first.is_namespace() && first.search_path().any(around);
        let specifier = self.imports.name(import.specifier);
        let [latest, _] = &self.latest;
        reached.is_empty()
            && latest.as_ref().is_some_and(|(name, trail)| {
                *name == Name::Absolute(specifier) && trail.steps.first().is_some_and(is_around)
            })
    }

    /// Says of doubtful imports that they lead elsewhere, unless others of the file lead into the same directory.
    fn settle_doubts(&self, located: &mut [Located]) {
        if self.doubted.is_empty() {
            return;
        }
        let imports = &self.imports.imports;
        let first =
            |import: u32| top_level(imports.get(import as usize).map_or("", |one| self.imports.name(one.specifier)));
        let is_found = |located: &Located| matches!(&located.outcome, Outcome::Found(targets) if !targets.is_empty());
        let proven: BTreeSet<&str> =
            located.iter().filter(|one| is_found(one)).filter_map(|one| Some(first(one.import?))).collect();
        for one in located {
            let doubted = one.import.filter(|import| self.doubted.contains(import) && !proven.contains(first(*import)));
            if let (Some(import), Outcome::Missing { name, reason, .. }) = (doubted, &mut one.outcome) {
                let specifier = imports.get(import as usize).map_or("", |import| self.imports.name(import.specifier));
                specifier.clone_into(name);
                *reason = outside(name);
            }
        }
    }

    /// Whether a package of which the repository has directories alone may be elsewhere too: a regular package of the
    /// library comes before these, and a namespace package of several projects has portions in others.
    fn has_portions_elsewhere(&mut self, name: &str) -> bool {
        is_standard(name) || self.roots.is_shared_namespace(&mut self.walker, top_level(name))
    }
}

/// What one walk came by.
struct Seen {
    trail: Trail,
    /// The submodule that has the member's name.
    submodule: Option<Module>,
}

impl Seen {
    fn modules(&self, view: View) -> Modules {
        if !self.trail.complete {
            return Modules::default();
        }
        let modules = self.trail.steps.iter().map(|module| module.path(view)).collect();
        Modules { modules, submodule: self.submodule(view) }
    }

    fn submodule(&self, view: View) -> Option<String> {
        self.submodule.as_ref().and_then(|submodule| submodule.path(view))
    }
}

fn found(targets: Targets<'_>) -> Outcome {
    Outcome::Found(targets.finish())
}

fn missing(name: String, reason: MissReason, reached: Targets<'_>) -> Outcome {
    Outcome::Missing { name, reason, reached: reached.finish() }
}

/// Why nothing of the repository has a name.
fn outside(name: &str) -> MissReason {
    if is_standard(name) { MissReason::StandardLibrary } else { MissReason::External }
}

fn is_standard(name: &str) -> bool {
    stdlib::is_standard(top_level(name))
}

fn top_level(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

fn join(package: &str, rest: &str) -> String {
    let dot = if package.is_empty() || rest.is_empty() { "" } else { "." };
    format!("{package}{dot}{rest}")
}

/// The importer's directory and those above it where programs may start and that are not packages, nearest first.
fn surroundings<'a>(roots: &Roots<'a>, walker: &mut Walker<'_>) -> Vec<Start<'a>> {
    let nearest = roots.top_of_programs(walker);
    let mut starts = Vec::new();
    for path in ancestors(nearest) {
        if walker.is_package(path) {
            continue;
        }
        // Programs may start in a part of a package too, but only those that lie in that very directory.
        let mut parts = package_parts(path).take_while(|part| !roots.is_own(part));
        let is_part = path != nearest
            && parts.any(|part| package_with_parts(part).is_some_and(|around| walker.is_package(around)));
        if !is_part {
            starts.push(Start { path, prefix: "" });
        }
    }
    starts
}

#[cfg(test)]
mod tests;
