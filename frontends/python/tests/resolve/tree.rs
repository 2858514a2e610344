//! A tree of files in memory, lowered, located and resolved without an engine. The tests of other languages have it
//! too: the language is `crate::FRONTEND`, and what claims are made in comments behind is `crate::MARK`.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use esker_frontend_api::{
    Binding, Confidence, Definition, EntryId, FileIr, FileNumber, Frontend, ImportTable, Interface, Layout,
    LocatedTable, Lookup, LowerOptions, Probe, Resolution, Resolved, Setting, Source, Unresolved, World,
};

use crate::{FRONTEND, MARK};

/// Checks every claim of a fixture.
#[track_caller]
pub(crate) fn check(fixture: &str) {
    let tree = Tree::new(fixture);
    let mut claims = 0;
    for (path, line, text) in tree.lines() {
        let Some((_, said)) = text.split_once(MARK) else { continue };
        for claim in said.split(';').map(str::trim) {
            let (name, expected) = claim.split_once(' ').expect("a claim is a name and what it stands for");
            let (name, nth) = name.split_once('#').unwrap_or((name, "1"));
            let nth: usize = nth.parse().expect("the number after `#`");
            let found = tree.references(path, line, name);
            let actual = found.get(nth - 1).unwrap_or_else(|| panic!("{path}:{line} has no reference {name}#{nth}"));
            assert_eq!(actual, expected, "{path}:{line}: {name}");
            claims += 1;
        }
    }
    assert_ne!(claims, 0, "the fixture claims nothing");
}

pub(crate) struct Tree {
    texts: BTreeMap<String, String>,
    irs: Vec<FileIr>,
    located: Vec<LocatedTable>,
    interfaces: Vec<Arc<Interface>>,
    resolutions: Vec<Resolution>,
}

impl Tree {
    /// Reads a fixture: files, each after a line `== path`.
    pub(crate) fn new(fixture: &str) -> Self {
        let mut texts: BTreeMap<String, String> = BTreeMap::new();
        let mut path = String::new();
        for line in fixture.lines() {
            match line.strip_prefix("== ") {
                Some(next) => path = next.to_owned(),
                None if path.is_empty() => {}
                None => *texts.entry(path.clone()).or_default() += &format!("{line}\n"),
            }
            texts.entry(path.clone()).or_default();
        }
        texts.remove("");
        let options = LowerOptions::default();
        let lower = |(path, text): (&String, &String)| {
            let dialect = FRONTEND.dialect(path).expect("a fixture has files of the language only");
            FRONTEND.lower(Source { bytes: text.as_bytes(), dialect, options: &options })
        };
        let irs: Vec<FileIr> = texts.iter().map(lower).collect();
        let tables: Vec<ImportTable> = irs.iter().map(ImportTable::of).collect();
        let mut files = Files { paths: texts.keys().cloned().collect(), ..Files::default() };
        for (path, table) in texts.keys().zip(&tables) {
            if let Some(exported) = &table.exported {
                let mut names: Vec<String> = exported.iter().map(|name| table.name(*name).to_owned()).collect();
                names.sort_unstable();
                files.exported.insert(path.clone(), names.into());
            }
            if let Some(settings) = &table.settings {
                files.settings.insert(path.clone(), Arc::new(settings.clone()));
            }
        }
        let roots = FRONTEND.roots(&files);
        let mut locate = |(path, table): (&String, &ImportTable)| {
            LocatedTable::new(table, &FRONTEND.locate(table, path, &roots, &mut files))
        };
        let located: Vec<LocatedTable> = texts.keys().zip(&tables).map(&mut locate).collect();
        let interface = |(ir, located): (&FileIr, &LocatedTable)| Arc::new(FRONTEND.interface(ir, located));
        let interfaces = irs.iter().zip(&located).map(interface).collect();
        let mut tree = Self { texts, irs, located, interfaces, resolutions: Vec::new() };
        tree.resolutions = (0..tree.irs.len()).map(|file| tree.resolve(file)).collect();
        tree
    }

    fn resolve(&self, file: usize) -> Resolution {
        let (ir, located) = (&self.irs[file], &self.located[file]);
        let mut world = TreeWorld(self);
        FRONTEND.resolve(Unresolved { file: FileNumber(file as u32), ir, located }, &mut world)
    }

    /// Every line with its path and number.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (&str, u32, &str)> {
        self.texts.iter().flat_map(|(path, text)| text.lines().zip(1..).map(|(line, number)| (&**path, number, line)))
    }

    pub(crate) fn interface(&self, path: &str) -> &Interface {
        &self.interfaces[self.number(path)]
    }

    pub(crate) fn resolution(&self, path: &str) -> &Resolution {
        &self.resolutions[self.number(path)]
    }

    fn number(&self, path: &str) -> usize {
        self.texts.keys().position(|known| known == path).expect("the file is in the fixture")
    }

    /// What the references with this name on a line stand for, in the order of the text.
    pub(crate) fn references(&self, path: &str, line: u32, name: &str) -> Vec<String> {
        let file = self.number(path);
        let (ir, resolution) = (&self.irs[file], &self.resolutions[file]);
        let rows = ir.references.iter().zip(&resolution.references);
        rows.filter(|(reference, _)| {
            ir.lines.line_column(reference.span.start).line == line && ir.names.get(reference.name) == Some(name)
        })
        .map(|(reference, number)| match (number.checked_sub(1), reference.binding) {
            (None, Binding::Symbol(_)) => "= here".to_owned(),
            (None, _) => "! nothing".to_owned(),
            (Some(outcome), _) => self.outcome(path, &resolution.outcomes[outcome as usize]),
        })
        .collect()
    }

    fn outcome(&self, path: &str, outcome: &Resolved) -> String {
        match outcome {
            Resolved::Not(reason) => format!("! {reason}"),
            Resolved::To(definitions, confidence) => {
                let mark = match confidence {
                    Confidence::Exact => "",
                    Confidence::Inferred => "?",
                    Confidence::Ambiguous => "~",
                };
                let all: Vec<String> =
                    definitions.iter().map(|definition| self.definition(path, *definition)).collect();
                format!("= {}{mark}", all.join(" | "))
            }
        }
    }

    pub(crate) fn definition(&self, path: &str, definition: u32) -> String {
        let resolution = self.resolution(path);
        let text = |id| resolution.names.get(id).expect("names are in the table");
        let file = |id| if text(id).is_empty() { path } else { text(id) };
        match resolution.definitions[definition as usize] {
            Definition::Local(symbol) => {
                let ir = &self.irs[self.number(path)];
                format!("local {}", ir.names.get(ir.symbols[symbol.index()].name).expect("symbols have names"))
            }
            Definition::Entry { path, name } => format!("{}:{}", file(path), text(name)),
            Definition::Module(path) => format!("{}:", file(path)),
            Definition::External(name) => format!("<{}>", text(name)),
        }
    }
}

struct TreeWorld<'t>(&'t Tree);

impl World for TreeWorld<'_> {
    fn file(&mut self, path: &str) -> Option<FileNumber> {
        self.0.texts.keys().position(|known| known == path).map(|number| FileNumber(number as u32))
    }

    fn path(&self, file: FileNumber) -> Arc<str> {
        self.0.texts.keys().nth(file.0 as usize).expect("numbers are of files").as_str().into()
    }

    fn interface(&mut self, file: FileNumber) -> Arc<Interface> {
        self.0.interfaces[file.0 as usize].clone()
    }

    fn entries(&mut self, file: FileNumber, owner: Option<EntryId>, name: &str) -> Range<u32> {
        self.0.interfaces[file.0 as usize].entries(owner, name)
    }

    fn stars(&mut self, _: FileNumber) {}

    fn imports(&mut self, _: FileNumber) {}

    fn using(&mut self, _: FileNumber) {}

    fn declaring(&mut self, name: &str) -> Vec<FileNumber> {
        let declares = |ir: &FileIr| ir.globals.iter().any(|global| ir.names.get(*global) == Some(name));
        (0..).map(FileNumber).zip(&self.0.irs).filter(|(_, ir)| declares(ir)).map(|(number, _)| number).collect()
    }
}

/// The paths of a tree, and what is asked of files to locate imports.
#[derive(Default)]
struct Files {
    paths: Vec<String>,
    exported: BTreeMap<String, Arc<[String]>>,
    settings: BTreeMap<String, Arc<Setting>>,
}

impl Layout for Files {
    fn has_file(&self, path: &str) -> bool {
        self.paths.iter().any(|known| known == path)
    }

    fn for_each_file(&self, visit: &mut dyn FnMut(&str)) {
        self.paths.iter().for_each(|path| visit(path));
    }

    fn root_name(&self) -> Option<&str> {
        None
    }

    fn settings(&self, path: &str) -> Option<Arc<Setting>> {
        self.settings.get(path).cloned()
    }
}

impl Lookup for Files {
    fn probe(&mut self, stem: &str) -> Probe {
        let mut probe = Probe::default();
        for (position, shape) in FRONTEND.shapes().iter().enumerate() {
            if self.has_file(&Probe::path(stem, shape)) {
                probe.shapes |= 1 << position;
            }
        }
        let below = format!("{stem}/");
        probe.directory = stem.is_empty() || self.paths.iter().any(|path| path.starts_with(&below));
        probe
    }

    fn exported(&mut self, path: &str) -> Option<Arc<[String]>> {
        self.exported.get(path).cloned()
    }

    fn settings(&mut self, path: &str) -> Option<Arc<Setting>> {
        self.settings.get(path).cloned()
    }
}
