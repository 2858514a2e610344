//! What a language has to provide, and what the engine provides to it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{FileIr, ImportTable, Interface, Located, LocatedTable, Resolution, Setting, Unresolved, World};

/// A language family.
///
/// All methods are pure: what they return depends on their arguments and on [`Frontend::version`] alone.
pub trait Frontend: Send + Sync {
    /// Its name, lower case, unique among the frontends of a build.
    fn name(&self) -> &'static str;

    /// The version of what the other methods return. Raise it with every change of one: results kept under another
    /// version are not used.
    fn version(&self) -> u32;

    /// In which of its dialects the file at this path is written, or `None` if it is not in this language.
    /// Decides by the name alone.
    fn dialect(&self, path: &str) -> Option<Dialect>;

    /// What files in one of its dialects are to the engine.
    fn class(&self, dialect: Dialect) -> FileClass {
        let _ = dialect;
        FileClass::Code
    }

    /// The names of settings files below whose directories resources count as files of the repository. The endings of
    /// resources are common, and a repository may have thousands of files with them that no import is meant for.
    fn resource_marks(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether files can declare names for all others ([`FileIr::globals`]). If so, no file is resolved before all have
    /// been lowered.
    fn has_globals(&self) -> bool {
        false
    }

    /// The endings that turn a module's stem into the path of a file, in an order of the frontend's own; at most 16.
    /// With the empty one among them a stem can be the path of a file; a frontend that has settings files needs it.
    ///
    /// `["/__init__.py", ".py"]` says that the module with the stem `a/b` is `a/b/__init__.py` or `a/b.py`.
    fn shapes(&self) -> &'static [&'static str];

    /// Parses one file and lowers it to its IR. Never fails: what is wrong with the file is in the diagnostics.
    fn lower(&self, source: Source<'_>) -> FileIr;

    /// The directories from which absolute imports start, as far as the layout and settings files tell, in the order in
    /// which they are tried. Asked again when files come and go, and when settings files change.
    fn roots(&self, layout: &dyn Layout) -> Vec<Root>;

    /// Finds the files that a file's imports lead to, in the order of the imports; what the file's place alone implies
    /// comes last.
    ///
    /// Everything that is asked of `lookup` is recorded, whether it exists or not: when one of the answers changes, the
    /// engine asks again.
    fn locate(&self, imports: &ImportTable, importer: &str, roots: &[Root], lookup: &mut dyn Lookup) -> Vec<Located>;

    /// What other files can see of a file. `located` is where its imports lead.
    fn interface(&self, ir: &FileIr, located: &LocatedTable) -> Interface;

    /// Finds out what every reference of a file stands for.
    ///
    /// Everything that is asked of `world` is recorded: when one of the answers changes, the engine asks again.
    fn resolve(&self, file: Unresolved<'_>, world: &mut dyn World) -> Resolution;
}

/// A variant of a language, such as `python` and `python-stub`. Enters the digest of the IR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Dialect(pub &'static str);

/// What a file is to the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileClass {
    /// It is analyzed.
    Code,
    /// It tells how imports are resolved: what is read of it is its [`FileIr::settings`].
    Settings,
    /// That it is there tells where imports start. What it says can tell more, in its [`FileIr::settings`], but few
    /// edits of it change that.
    Marker,
    /// It is not analyzed, but imports can lead to it. It counts as a file of the repository only where one of the
    /// frontend's [`Frontend::resource_marks`] lies in its directory or in one above.
    Resource,
}

/// One file to be lowered.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The bytes of the file, in whatever encoding it has.
    pub bytes: &'a [u8],
    /// The dialect that its name told.
    pub dialect: Dialect,
    /// What the configuration asks for.
    pub options: &'a LowerOptions,
}

/// The part of the configuration that changes what [`Frontend::lower`] returns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LowerOptions {
    /// Record strings that read like a module's name with at least this many dots as imports; `None` records none.
    pub string_imports_min_dots: Option<u32>,
    /// The version of the language by which syntax is judged, as major and minor number; `None` is the newest known.
    pub language_version: Option<(u8, u8)>,
}

/// A directory from which absolute imports start.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Root {
    /// The directory relative to the repository's root, `""` being that itself.
    pub path: String,
    /// The module that the directory itself is, in the language's terms: `""` for a plain import root, `pkg` where the
    /// repository's root is itself the package `pkg`.
    pub prefix: String,
}

impl Root {
    /// What [`Lookup::roots_with`] answers, by what `probe` says of the stem in each root.
    pub fn positions_with(roots: &[Self], name: &str, mut probe: impl FnMut(&str) -> Probe) -> Arc<[u32]> {
        let plain = (0..).zip(roots).filter(|(_, root)| root.prefix.is_empty());
        plain.filter(|(_, root)| !probe(&root.stem(name)).is_nothing()).map(|(position, _)| position).collect()
    }

    /// The stem of what has this name in the directory.
    #[must_use]
    pub fn stem(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { [&self.path, "/", name].concat() }
    }
}

/// The files of a repository, as a frontend sees them when it looks for import roots.
pub trait Layout {
    /// Whether this file is in the repository.
    fn has_file(&self, path: &str) -> bool;

    /// Calls `visit` with every file's path, in ascending order.
    fn for_each_file(&self, visit: &mut dyn FnMut(&str));

    /// The name of the directory that is the repository's root, if it has one in UTF-8.
    fn root_name(&self) -> Option<&str>;

    /// The roots that the user lists, if they do.
    fn configured_roots(&self) -> Option<&[Root]> {
        None
    }

    /// See [`FileIr::settings`]; `None` if it has none or is no file of the repository.
    fn settings(&self, path: &str) -> Option<Arc<Setting>> {
        let _ = path;
        None
    }
}

/// Answers what a frontend needs to know about other files to find where an import leads.
pub trait Lookup {
    /// Which files have this stem, by the frontend's [`Frontend::shapes`].
    fn probe(&mut self, stem: &str) -> Probe;

    /// The positions of those import roots without a prefix that have something with this name, ascending: a file of
    /// one of the shapes, or a directory. `roots` are those that [`Frontend::locate`] was given.
    ///
    /// It tells what probing each of them would, in one step: a repository of many projects has a root for each, and
    /// most names are in none or in one of them.
    fn roots_with(&mut self, roots: &[Root], name: &str) -> Arc<[u32]> {
        Root::positions_with(roots, name, |stem| self.probe(stem))
    }

    /// The names that the file lists as its public ones (see [`FileIr::exported`]), ascending; `None` if it has no
    /// list or is no file of the repository.
    fn exported(&mut self, path: &str) -> Option<Arc<[String]>>;

    /// What a file says to those who locate imports (see [`FileIr::settings`]); `None` if it says nothing or is no file
    /// of the repository.
    fn settings(&mut self, path: &str) -> Option<Arc<Setting>> {
        let _ = path;
        None
    }
}

/// What there is at a module's stem.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Probe {
    /// Bit *n* is set if the file with the *n*th of the frontend's shapes exists.
    pub shapes: u16,
    /// Whether the stem is a directory with a source file somewhere under it.
    pub directory: bool,
}

impl Probe {
    /// Whether the file with the shape at this position exists.
    #[must_use]
    pub const fn has(self, shape: usize) -> bool {
        self.shapes & (1 << shape) != 0
    }

    /// Whether the stem itself is the path of a file, with these shapes.
    #[must_use]
    pub fn is_file_itself(self, shapes: &[&str]) -> bool {
        shapes.iter().position(|shape| shape.is_empty()).is_some_and(|position| self.has(position))
    }

    /// Whether nothing at all has the stem.
    #[must_use]
    pub const fn is_nothing(self) -> bool {
        self.shapes == 0 && !self.directory
    }

    /// The path of a stem's file with one of the shapes. At the repository's root (`""`) a shape's slash falls away.
    ///
    /// ```
    /// use esker_frontend_api::Probe;
    ///
    /// assert_eq!(Probe::path("a/b", "/__init__.py"), "a/b/__init__.py");
    /// assert_eq!(Probe::path("", "/__init__.py"), "__init__.py");
    /// ```
    #[must_use]
    pub fn path(stem: &str, shape: &str) -> String {
        if stem.is_empty() { shape.trim_start_matches('/').to_owned() } else { format!("{stem}{shape}") }
    }
}
