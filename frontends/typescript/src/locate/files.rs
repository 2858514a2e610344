//! From a path as it is written to a file: endings, and what a directory stands for.

use std::borrow::Cow;

use esker_frontend_api::{Probe, path};

use super::{Found, Locator};
use crate::shapes::{self, SHAPES};

/// The shapes of a module that is written without an ending, in the order of the TypeScript compiler, and after them
/// those that only bundlers and Node try.
const UNWRITTEN: [usize; 14] = [
    shapes::TS,
    shapes::TSX,
    shapes::D_TS,
    shapes::JS,
    shapes::JSX,
    shapes::MTS,
    shapes::D_MTS,
    shapes::MJS,
    shapes::CTS,
    shapes::D_CTS,
    shapes::CJS,
    shapes::JSON,
    shapes::VUE,
    shapes::SVELTE,
];

/// The shapes that tell a type checker of a file that is no code, in the same order.
const TYPED: [usize; 3] = [shapes::TS, shapes::TSX, shapes::D_TS];

/// What an ending that is written can stand for, in order of preference.
const WRITTEN: [(&str, &[usize]); 11] = [
    (".d.ts", &[shapes::D_TS]),
    (".d.mts", &[shapes::D_MTS]),
    (".d.cts", &[shapes::D_CTS]),
    (".js", &[shapes::TS, shapes::TSX, shapes::D_TS, shapes::JS, shapes::JSX]),
    (".jsx", &[shapes::TSX, shapes::TS, shapes::D_TS, shapes::JSX, shapes::JS]),
    (".mjs", &[shapes::MTS, shapes::D_MTS, shapes::MJS]),
    (".cjs", &[shapes::CTS, shapes::D_CTS, shapes::CJS]),
    (".ts", &[shapes::TS, shapes::TSX, shapes::D_TS]),
    (".tsx", &[shapes::TSX, shapes::TS, shapes::D_TS]),
    (".mts", &[shapes::MTS, shapes::D_MTS]),
    (".cts", &[shapes::CTS, shapes::D_CTS]),
];

impl Locator<'_> {
    /// The module at a path: a file, or what the directory stands for.
    pub(super) fn path(&mut self, path: &str, is_directory: bool) -> Found {
        let file = if is_directory || path.is_empty() { Found::default() } else { self.file(path) };
        if !file.is_nothing() {
            return file;
        }
        self.directory(path)
    }

    /// The file at a path that is written with its ending, with the one that it will have when it is built, or without.
    pub(super) fn file(&mut self, path: &str) -> Found {
        self.suffixed(path, "")
    }

    /// The same, with a suffix of the platform before the ending.
    pub(super) fn suffixed(&mut self, path: &str, suffix: &str) -> Found {
        if let Some((stem, order)) = written(path) {
            let found = self.of_shapes(&with_suffix(stem, suffix), order);
            if !found.is_nothing() {
                return found;
            }
        }
        let stem = with_suffix(path, suffix);
        let probe = self.lookup.probe(&stem);
        if probe.has(shapes::ITSELF) {
            return self.declared(path, path.to_owned());
        }
        found(&stem, probe, &UNWRITTEN)
    }

    /// Whether there is a file at exactly this path.
    pub(super) fn exists(&mut self, path: &str) -> bool {
        match path.strip_suffix(".json") {
            Some(stem) if !path.ends_with("package.json") => self.lookup.probe(stem).has(shapes::JSON),
            _ => self.lookup.probe(path).has(shapes::ITSELF),
        }
    }

    /// What a directory stands for: what its `package.json` says, or its index file.
    pub(super) fn directory(&mut self, path: &str) -> Found {
        if !path.is_empty() && !self.lookup.probe(path).directory {
            return Found::default();
        }
        let of_package = match self.lookup.settings(&path::below(path, "package.json")) {
            Some(settings) => self.step(|this| this.entry_of(path, &settings)),
            None => Found::default(),
        };
        if of_package.typing.is_some() {
            return of_package;
        }
        of_package.or(self.index(path))
    }

    /// The index file of a directory.
    pub(super) fn index(&mut self, directory: &str) -> Found {
        self.of_shapes(&path::below(directory, "index"), &UNWRITTEN)
    }

    fn of_shapes(&mut self, stem: &str, order: &[usize]) -> Found {
        found(stem, self.lookup.probe(stem), order)
    }

    /// A file that is no code, or a component, beside which a declaration can say what an import of it brings in:
    /// `a.d.css.ts` or `a.css.d.ts` for `a.css`.
    fn declared(&mut self, path: &str, itself: String) -> Found {
        let ending = path.rsplit('/').next().and_then(|name| name.rsplit_once('.'));
        let is_code = crate::parse::dialect(path).is_some_and(|dialect| !crate::parse::is_component(dialect));
        let Some((_, ending)) = ending.filter(|_| !is_code) else {
            return Found::both(itself);
        };
        let stem = format!("{}.d.{ending}", &path[..path.len() - ending.len() - 1]);
        let typing = self.lookup.probe(&stem).has(shapes::TS).then(|| format!("{stem}.ts"));
        // `a.css.d.ts`, as tools write it; what is data by itself needs none.
        let typing = typing.or_else(|| match ending {
            "json" => None,
            _ => found(path, self.lookup.probe(path), &TYPED).typing,
        });
        Found { typing: typing.or_else(|| Some(itself.clone())), runtime: Some(itself) }
    }
}

fn with_suffix<'a>(stem: &'a str, suffix: &str) -> Cow<'a, str> {
    if suffix.is_empty() { Cow::Borrowed(stem) } else { Cow::Owned([stem, suffix].concat()) }
}

/// The stem of a path that ends as code does, and the shapes that it can mean.
pub(super) fn written(path: &str) -> Option<(&str, &'static [usize])> {
    WRITTEN.iter().find_map(|(ending, order)| {
        let stem = path.strip_suffix(ending)?;
        (!stem.is_empty() && !stem.ends_with('/')).then_some((stem, *order))
    })
}

/// The first of the shapes that there is, in either view.
fn found(stem: &str, probe: Probe, order: &[usize]) -> Found {
    let path = |shape: &usize| Probe::path(stem, SHAPES[*shape]);
    let mut present = order.iter().filter(|shape| probe.has(**shape));
    let Some(typing) = present.next() else { return Found::default() };
    let runs = |shape: &&usize| !shapes::DECLARATIONS.contains(shape);
    let runtime = if runs(&typing) { Some(typing) } else { present.find(runs) };
    Found { typing: Some(path(typing)), runtime: runtime.map(path) }
}
