//! A few files in memory, taken through a frontend without an engine.

use std::ops::Range;
use std::sync::Arc;

use esker_engine::api::{
    EntryId, FileIr, FileNumber, Frontend, ImportTable, Interface, Layout, LocatedTable, Lookup, Probe, Resolution,
    Setting, Unresolved, World,
};

/// Locates and describes files that are lowered already, and resolves the first one: all that a frontend does after
/// [`Frontend::lower`].
///
/// # Panics
///
/// If there are no files.
pub fn analyze(frontend: &dyn Frontend, lowered: &[(&str, &FileIr)]) -> Resolution {
    let tables: Vec<ImportTable> = lowered.iter().map(|(_, ir)| ImportTable::of(ir)).collect();
    let mut files = Files { shapes: frontend.shapes(), lowered, tables: &tables };
    let roots = frontend.roots(&files);
    let mut located = Vec::new();
    for ((path, _), table) in lowered.iter().zip(&tables) {
        located.push(LocatedTable::new(table, &frontend.locate(table, path, &roots, &mut files)));
    }
    let interface = |((_, ir), located): (&(&str, &FileIr), &LocatedTable)| Arc::new(frontend.interface(ir, located));
    let interfaces: Vec<Arc<Interface>> = lowered.iter().zip(&located).map(interface).collect();
    let first = Unresolved { file: FileNumber(0), ir: lowered[0].1, located: &located[0] };
    frontend.resolve(first, &mut SmallWorld { lowered, interfaces: &interfaces })
}

struct SmallWorld<'a> {
    lowered: &'a [(&'a str, &'a FileIr)],
    interfaces: &'a [Arc<Interface>],
}

impl World for SmallWorld<'_> {
    fn file(&mut self, path: &str) -> Option<FileNumber> {
        self.lowered.iter().position(|(known, _)| *known == path).map(|number| FileNumber(number as u32))
    }

    fn path(&self, file: FileNumber) -> Arc<str> {
        self.lowered[file.0 as usize].0.into()
    }

    fn interface(&mut self, file: FileNumber) -> Arc<Interface> {
        self.interfaces[file.0 as usize].clone()
    }

    fn entries(&mut self, file: FileNumber, owner: Option<EntryId>, name: &str) -> Range<u32> {
        self.interfaces[file.0 as usize].entries(owner, name)
    }

    fn stars(&mut self, _: FileNumber) {}

    fn imports(&mut self, _: FileNumber) {}

    fn using(&mut self, _: FileNumber) {}

    fn declaring(&mut self, name: &str) -> Vec<FileNumber> {
        let declares = |ir: &FileIr| ir.globals.iter().any(|global| ir.names.get(*global) == Some(name));
        let mut declaring: Vec<(&str, FileNumber)> = (0..)
            .map(FileNumber)
            .zip(self.lowered)
            .filter(|(_, (_, ir))| declares(ir))
            .map(|(number, (path, _))| (*path, number))
            .collect();
        declaring.sort_unstable();
        declaring.into_iter().map(|(_, number)| number).collect()
    }
}

struct Files<'a> {
    shapes: &'static [&'static str],
    lowered: &'a [(&'a str, &'a FileIr)],
    tables: &'a [ImportTable],
}

impl Layout for Files<'_> {
    fn has_file(&self, path: &str) -> bool {
        self.lowered.iter().any(|(known, _)| *known == path)
    }

    fn for_each_file(&self, visit: &mut dyn FnMut(&str)) {
        self.lowered.iter().for_each(|(path, _)| visit(path));
    }

    fn root_name(&self) -> Option<&str> {
        None
    }

    fn settings(&self, path: &str) -> Option<Arc<Setting>> {
        let (_, ir) = self.lowered.iter().find(|(known, _)| *known == path)?;
        ir.settings.clone().map(Arc::new)
    }
}

impl Lookup for Files<'_> {
    fn probe(&mut self, stem: &str) -> Probe {
        let shapes = self.shapes.iter().enumerate().filter(|(_, shape)| self.has_file(&Probe::path(stem, shape)));
        let below = format!("{stem}/");
        Probe {
            shapes: shapes.fold(0, |shapes, (position, _)| shapes | 1 << position),
            directory: stem.is_empty() || self.lowered.iter().any(|(path, _)| path.starts_with(&below)),
        }
    }

    fn exported(&mut self, path: &str) -> Option<Arc<[String]>> {
        let position = self.lowered.iter().position(|(known, _)| *known == path)?;
        let table = &self.tables[position];
        let mut names: Vec<String> = table.exported.as_ref()?.iter().map(|name| table.name(*name).to_owned()).collect();
        names.sort_unstable();
        Some(names.into())
    }

    fn settings(&mut self, path: &str) -> Option<Arc<Setting>> {
        Layout::settings(self, path)
    }
}
