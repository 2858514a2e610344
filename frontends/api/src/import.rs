//! Imports as a file states them, and where they lead.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{EdgeKinds, FileIr, NameId, NameTable, NameTableBuilder, Setting};

/// One module or member that a file asks for. `from m import a, b` is two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// The module as written, in the language's own terms; Python keeps the leading dots of a relative one.
    pub specifier: NameId,
    /// What is asked of the module, for [`ImportForm::Member`], and for [`ImportForm::Required`] if it is a member.
    pub member: Option<NameId>,
    /// How it is asked for.
    pub form: ImportForm,
    /// The circumstances: [`EdgeKinds::RUNTIME`] alone, or those that set it apart.
    pub kinds: EdgeKinds,
    /// The line of the name or string that asks, the first one being 1.
    pub line: u32,
}

/// How a module is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ImportForm {
    /// The module itself: `import m`.
    Module,
    /// A member of it, which may be a module too: `from m import x`.
    Member,
    /// Every public name of it: `from m import *`.
    Star,
    /// The module itself, by a call with a constant string.
    Dynamic,
    /// A string that reads like a module's name.
    Text,
    /// A test runner's plugin, by name.
    Plugin,
    /// The module itself, or a member of it, as modules are loaded that are no ECMAScript modules: `require("m")`.
    Required,
    /// The module itself, which nothing in the file names: settings say, or else the language does, what the specifier
    /// is a part of.
    Implied,
}

/// The imports of one file and what it says of itself to files that are linked with it, apart from everything else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportTable {
    /// The names that the imports refer to.
    pub names: NameTable,
    /// The imports in source order.
    pub imports: Vec<Import>,
    /// See [`FileIr::exported`].
    pub exported: Option<Vec<NameId>>,
    /// See [`FileIr::globals`].
    pub globals: Vec<NameId>,
    /// See [`FileIr::settings`].
    pub settings: Option<Setting>,
}

impl ImportTable {
    /// The part of an IR that tells which modules the file asks for.
    #[must_use]
    pub fn of(ir: &FileIr) -> Self {
        let mut names = NameTableBuilder::default();
        // An id that is not in the table comes of a record that somebody made up.
        let mut copy = |id: NameId| names.intern(ir.names.get(id).unwrap_or(""));
        let imports = ir
            .imports
            .iter()
            .map(|import| Import {
                specifier: copy(import.specifier),
                member: import.member.map(&mut copy),
                ..import.clone()
            })
            .collect();
        let exported = ir.exported.as_ref().map(|exported| exported.iter().copied().map(&mut copy).collect());
        let globals = ir.globals.iter().copied().map(&mut copy).collect();
        Self { imports, exported, globals, settings: ir.settings.clone(), names: names.finish() }
    }

    /// The name with this id, or `""` for an id of another file.
    #[must_use]
    pub fn name(&self, id: NameId) -> &str {
        self.names.get(id).unwrap_or("")
    }
}

/// Where one import leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Located {
    /// Which import, as a position in [`ImportTable::imports`]; `None` for what the file's place alone implies.
    pub import: Option<u32>,
    /// The line of the import; 0 for what the file's place alone implies.
    pub line: u32,
    /// What was found.
    pub outcome: Outcome,
    /// The files of the modules that the specifier names one after the other, outermost first, the module itself last:
    /// `None` for one that has no file. Empty if the module was not found. A stub comes before its source, as it does
    /// to a type checker.
    pub modules: Vec<Option<String>>,
    /// The file of the submodule that has the member's name, for [`ImportForm::Member`]. An attribute of that name
    /// comes before it.
    pub submodule: Option<String>,
}

/// What an import leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// These files of the repository, unique by path and kinds. Empty for an import that leads to the importer itself
    /// or to directories alone.
    Found(Vec<Target>),
    /// No module of the repository, or only a part of the way to it.
    Missing {
        /// The module (and member) asked for, in absolute terms where it has them.
        name: String,
        /// Why it was not found.
        reason: MissReason,
        /// The files that it does reach: the packages on the way to what is missing. May be empty.
        reached: Vec<Target>,
    },
}

/// A file that an import reaches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Target {
    /// The file's path, relative to the repository's root.
    pub path: String,
    /// The kinds of the edge that this makes.
    pub kinds: EdgeKinds,
}

/// Why an import leads to no file of the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissReason {
    /// A module of the language's standard library.
    StandardLibrary,
    /// No file or directory of the repository has the name that it begins with: a package from elsewhere.
    External,
    /// The repository has the package, but not the module inside it.
    NoSuchModule,
    /// The package has no file of its own, and nothing in it has the member's name.
    NoSuchMember,
    /// A relative import that climbs out of the repository.
    BeyondTopLevel,
    /// The name is computed when the program runs.
    Computed,
}

impl MissReason {
    /// Every reason, in the order of its number in stored data.
    pub const ALL: [Self; 6] = [
        Self::StandardLibrary,
        Self::External,
        Self::NoSuchModule,
        Self::NoSuchMember,
        Self::BeyondTopLevel,
        Self::Computed,
    ];

    /// Whether the module lives outside the repository, as against one that should be in it and is not.
    #[must_use]
    pub const fn is_outside(self) -> bool {
        matches!(self, Self::StandardLibrary | Self::External)
    }
}

impl fmt::Display for MissReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StandardLibrary => "standard-library",
            Self::External => "external",
            Self::NoSuchModule => "no-such-module",
            Self::NoSuchMember => "no-such-member",
            Self::BeyondTopLevel => "beyond-top-level",
            Self::Computed => "computed",
        })
    }
}
