//! Frontends as other versions of themselves, which lower and describe files differently.

use esker_engine::api::{
    Diagnostic, DiagnosticKind, Dialect, FileClass, FileIr, Frontend, ImportTable, Interface, Layout, Located,
    LocatedTable, Lookup, Resolution, Root, Source, Unresolved, World,
};

/// A frontend in its later version of this number; 0 is the one that it wraps.
#[derive(Debug, Clone, Copy)]
pub struct Edition<F>(pub F, pub u32);

impl<F: Frontend> Frontend for Edition<F> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn version(&self) -> u32 {
        self.0.version() + self.1
    }

    fn dialect(&self, path: &str) -> Option<Dialect> {
        self.0.dialect(path)
    }

    fn class(&self, dialect: Dialect) -> FileClass {
        self.0.class(dialect)
    }

    fn resource_marks(&self) -> &'static [&'static str] {
        self.0.resource_marks()
    }

    fn shapes(&self) -> &'static [&'static str] {
        self.0.shapes()
    }

    /// Has something to say of every file, with its number in it.
    fn lower(&self, source: Source<'_>) -> FileIr {
        let mut ir = self.0.lower(source);
        if self.1 > 0 {
            let message = format!("lowered by edition {}", self.1);
            ir.diagnostics.push(Diagnostic { line: 1, column: 1, kind: DiagnosticKind::Syntax, message });
        }
        ir
    }

    fn roots(&self, layout: &dyn Layout) -> Vec<Root> {
        self.0.roots(layout)
    }

    fn locate(&self, imports: &ImportTable, importer: &str, roots: &[Root], lookup: &mut dyn Lookup) -> Vec<Located> {
        self.0.locate(imports, importer, roots, lookup)
    }

    /// With every other version, whether the file lists its public names is the other way round.
    fn interface(&self, ir: &FileIr, located: &LocatedTable) -> Interface {
        let interface = self.0.interface(ir, located);
        Interface { has_list: interface.has_list != (self.1 % 2 == 1), ..interface }
    }

    fn resolve(&self, file: Unresolved<'_>, world: &mut dyn World) -> Resolution {
        self.0.resolve(file, world)
    }
}
