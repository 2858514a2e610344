//! Where the imports of one file lead, packed: thousands of files are held at a time, and their imports name the same
//! few paths over and over.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::compact::compact;
use crate::{EdgeKinds, ImportTable, Located, MissReason, NameId, NameTable, NameTableBuilder, Outcome};

/// What [`Frontend::locate`](crate::Frontend::locate) returned for a file, each path once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocatedTable {
    /// The paths, and the names of what is missing.
    pub names: NameTable,
    rows: Vec<LocatedRow>,
    targets: Vec<LocatedTarget>,
    modules: Vec<Option<NameId>>,
}

/// Where one import leads; see [`Located`], of which this is the packed form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocatedRow {
    /// See [`Located::import`].
    pub import: Option<u32>,
    /// See [`Located::line`].
    pub line: u32,
    /// The circumstances of the import itself; none for what the file's place alone implies.
    pub kinds: EdgeKinds,
    /// What was asked for and why it was not found, if it was not.
    pub miss: Option<(NameId, MissReason)>,
    /// See [`Located::submodule`].
    pub submodule: Option<NameId>,
    targets: Range<u32>,
    modules: Range<u32>,
}

/// A file that an import reaches, or that lies on the way to what is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocatedTarget {
    /// The file's path.
    pub path: NameId,
    /// The kinds of the edge that this makes.
    pub kinds: EdgeKinds,
}

impl LocatedTable {
    /// Packs what was located for these imports.
    #[must_use]
    pub fn new(imports: &ImportTable, located: &[Located]) -> Self {
        let mut names = NameTableBuilder::default();
        let mut table = Self { rows: Vec::with_capacity(located.len()), ..Self::default() };
        for one in located {
            let (targets, miss) = match &one.outcome {
                Outcome::Found(targets) => (targets, None),
                Outcome::Missing { name, reason, reached } => (reached, Some((names.intern(name.as_str()), *reason))),
            };
            let first = (table.targets.len() as u32, table.modules.len() as u32);
            table.targets.extend(
                targets.iter().map(|target| LocatedTarget { path: names.intern(&*target.path), kinds: target.kinds }),
            );
            table.modules.extend(one.modules.iter().map(|path| path.as_deref().map(|path| names.intern(path))));
            let import = one.import.and_then(|import| imports.imports.get(import as usize));
            table.rows.push(LocatedRow {
                import: one.import,
                line: one.line,
                kinds: import.map_or(EdgeKinds::empty(), |import| import.kinds),
                miss,
                submodule: one.submodule.as_deref().map(|path| names.intern(path)),
                targets: first.0..table.targets.len() as u32,
                modules: first.1..table.modules.len() as u32,
            });
        }
        Self {
            names: names.finish().compact(),
            rows: table.rows,
            targets: compact(table.targets),
            modules: compact(table.modules),
        }
    }

    /// All that was located, in the order of the imports and then what the file's place implies.
    #[must_use]
    pub fn rows(&self) -> &[LocatedRow] {
        &self.rows
    }

    /// Where an import of the file leads. Costs a binary search at most.
    #[must_use]
    pub fn row(&self, import: u32) -> Option<&LocatedRow> {
        // Of most files each import has a row, so that it lies where the import does.
        let likely = self.rows.get(import as usize).filter(|row| row.import == Some(import));
        if likely.is_some() {
            return likely;
        }
        let found = self.rows.binary_search_by_key(&import, |row| row.import.unwrap_or(u32::MAX));
        found.ok().map(|index| &self.rows[index])
    }

    /// The files that an import of this table reaches.
    #[must_use]
    pub fn targets(&self, row: &LocatedRow) -> &[LocatedTarget] {
        self.targets.get(row.targets.start as usize..row.targets.end as usize).unwrap_or(&[])
    }

    /// See [`Located::modules`].
    #[must_use]
    pub fn modules(&self, row: &LocatedRow) -> &[Option<NameId>] {
        self.modules.get(row.modules.start as usize..row.modules.end as usize).unwrap_or(&[])
    }

    /// The path or name with this id, `""` for an id of another table.
    #[must_use]
    pub fn name(&self, id: NameId) -> &str {
        self.names.get(id).unwrap_or("")
    }
}

impl LocatedRow {
    /// Why the import leads to no file of the repository; `None` if it does.
    #[must_use]
    pub fn reason(&self) -> Option<MissReason> {
        self.miss.map(|(_, reason)| reason)
    }
}
