//! The Python frontend.
//!
//! ```text
//!   bytes ─ parse::encoding ─▶ text ─ parse::nesting ─▶ ruff's parser ─▶ tree ─ lower ─▶ FileIr
//!            PEP 263, BOM              depth guard       recovers                 scopes, imports, …
//!
//!   Layout ─ roots ─▶ [Root]        ImportTable ─ locate ─▶ [Located]
//!
//!   FileIr, LocatedTable ─ interface ─▶ Interface        FileIr, LocatedTable, World ─ resolve ─▶ Resolution
//! ```
//!
//! **Invariants.** Nothing here touches the disk or keeps state. No input makes it panic or overflow a stack of 16 MiB:
//! what is wrong with a file is in its diagnostics. Every place in a result counts bytes of the decoded text.

mod interface;
mod locate;
mod lower;
mod parse;
mod resolve;
mod roots;
mod settings;

use esker_frontend_api::{
    ByteOffset, Dialect, FileClass, FileIr, Frontend, ImportTable, Interface, Layout, LineTable, Located, LocatedTable,
    Lookup, Resolution, Root, Source, Unresolved, World,
};

/// The dialect of source files.
pub(crate) const PYTHON: Dialect = Dialect("python");

/// The dialect of stub files, which declare the types of a module.
pub(crate) const STUB: Dialect = Dialect("python-stub");

/// The endings that turn a module's stem into a path; the constants below are positions in it.
///
/// With the last one a stem is the path of a file, which no import asks for, but who reads what the file says.
pub(crate) const SHAPES: [&str; 5] = ["/__init__.py", "/__init__.pyi", ".py", ".pyi", ""];

/// The shape of a package's source.
pub(crate) const PACKAGE: usize = 0;

/// The shape of a package's stub.
pub(crate) const PACKAGE_STUB: usize = 1;

/// The shape of a module's source.
pub(crate) const MODULE: usize = 2;

/// The shape of a module's stub.
pub(crate) const MODULE_STUB: usize = 3;

/// Python, in all versions of the language from 3.
#[derive(Debug, Clone, Copy, Default)]
pub struct Python;

impl Frontend for Python {
    fn name(&self) -> &'static str {
        "python"
    }

    fn version(&self) -> u32 {
        10
    }

    fn dialect(&self, path: &str) -> Option<Dialect> {
        parse::dialect(path)
    }

    fn class(&self, dialect: Dialect) -> FileClass {
        if settings::is_settings(dialect) { FileClass::Marker } else { FileClass::Code }
    }

    fn shapes(&self) -> &'static [&'static str] {
        &SHAPES
    }

    fn lower(&self, source: Source<'_>) -> FileIr {
        match self.class(source.dialect) {
            FileClass::Code => lower::lower(source),
            FileClass::Settings | FileClass::Marker | FileClass::Resource => {
                let ends =
                    (1..).zip(source.bytes).filter(|(_, byte)| **byte == b'\n').map(|(after, _)| ByteOffset(after));
                let lines = LineTable::from_starts(std::iter::once(ByteOffset(0)).chain(ends));
                let settings = settings::read(source.bytes, source.dialect);
                FileIr { lines, settings, ..FileIr::default() }
            }
        }
    }

    fn roots(&self, layout: &dyn Layout) -> Vec<Root> {
        layout.configured_roots().map_or_else(|| roots::roots(layout), <[Root]>::to_vec)
    }

    fn locate(&self, imports: &ImportTable, importer: &str, roots: &[Root], lookup: &mut dyn Lookup) -> Vec<Located> {
        locate::locate(imports, importer, roots, lookup)
    }

    fn interface(&self, ir: &FileIr, located: &LocatedTable) -> Interface {
        interface::interface(ir, located)
    }

    fn resolve(&self, file: Unresolved<'_>, world: &mut dyn World) -> Resolution {
        resolve::resolve(file, world)
    }
}
