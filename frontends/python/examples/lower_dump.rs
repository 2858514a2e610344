//! Prints what the frontend makes of the files of a directory, for comparison with CPython.
//!
//! `cargo run --release -p esker-frontend-python --example lower_dump -- DIRECTORY` writes one JSON object a line for
//! each `.py` file: its scopes as `tests/oracle/symtable_dump.py` describes them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use esker_frontend_api::{
    Binding, ByteOffset, FileIr, Frontend, ImportForm, LowerOptions, NameId, Reference, Role, ScopeId, ScopeKind,
    Source, Symbol, SymbolFlags, SymbolId, SymbolKind,
};
use esker_frontend_python::Python;
use serde_json::{Value, json};

fn main() -> io::Result<()> {
    let directory = std::env::args_os().nth(1).ok_or_else(|| io::Error::other("usage: lower_dump DIRECTORY"))?;
    let stack = 64 * 1024 * 1024;
    let thread = std::thread::Builder::new().stack_size(stack).spawn(move || dump(Path::new(&directory)))?;
    thread.join().map_err(|_| io::Error::other("a file made the frontend panic"))?
}

/// Writes a line for each file under a directory.
fn dump(directory: &Path) -> io::Result<()> {
    let mut files = Vec::new();
    collect(directory, &mut files)?;
    files.sort();
    let mut out = BufWriter::new(io::stdout().lock());
    for path in files {
        let relative = path.strip_prefix(directory).map_err(io::Error::other)?.to_string_lossy();
        let Some(dialect) = Python.dialect(&relative) else { continue };
        let bytes = std::fs::read(&path)?;
        let ir = Python.lower(Source { bytes: &bytes, dialect, options: &LowerOptions::default() });
        writeln!(out, "{}", describe(&relative, &bytes, &ir))?;
    }
    out.flush()
}

/// Finds the Python source files under a directory.
fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let (kind, path) = (entry.file_type()?, entry.path());
        if kind.is_dir() {
            collect(&path, files)?;
        } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "py") {
            files.push(path);
        }
    }
    Ok(())
}

/// One scope as `symtable` sees it.
#[derive(Default)]
struct Described {
    names: BTreeMap<String, Seen>,
}

/// What is known about one name in one scope.
#[derive(Default)]
struct Seen {
    class: &'static str,
    is_parameter: bool,
    is_imported: bool,
    /// Whether it occurs outside annotations, which `symtable` does not always see.
    is_used: bool,
}

/// A file as a JSON object.
fn describe(path: &str, source: &[u8], ir: &FileIr) -> Value {
    let starts: Vec<_> = ir.lines.starts().collect();
    let line = |offset: ByteOffset| starts.partition_point(|start| *start <= offset);
    let name = |id: NameId| ir.names.get(id).unwrap_or("").to_owned();

    let mut scopes: Vec<Described> = ir.scopes.iter().map(|_| Described::default()).collect();
    // Symbols that only another scope than their own binds: by `global`, `nonlocal` or `:=` in a comprehension.
    let mut bound_elsewhere = vec![false; ir.symbols.len()];
    for (position, symbol) in ir.symbols.iter().enumerate().skip(1) {
        if symbol.flags.contains(SymbolFlags::INSTANCE) {
            continue;
        }
        let text = name(symbol.name);
        let at = innermost_scope(ir, symbol);
        if symbol.kind == SymbolKind::Field && at != symbol.scope {
            // An attribute that a method gives to the class: no name of the class's scope.
            continue;
        }
        let class = match () {
            () if at == symbol.scope => "local",
            () if symbol.scope == ScopeId(0) => "global",
            () => "free",
        };
        let seen = scopes[at.index()].names.entry(text.clone()).or_default();
        seen.class = class;
        seen.is_used = true;
        seen.is_parameter |= symbol.kind == SymbolKind::Parameter;
        seen.is_imported |= symbol.kind == SymbolKind::Import && class == "local";
        if class == "free" {
            let seen = scopes[symbol.scope.index()].names.entry(text).or_default();
            (seen.class, seen.is_used) = ("local", true);
        }
        bound_elsewhere[position] = class == "global";
    }
    let binding_imports: BTreeSet<u32> = ir.symbols.iter().filter_map(|symbol| symbol.import).collect();
    let mut rebinds_import = false;
    for reference in &ir.references {
        match (reference.role, reference.binding) {
            // An import of a name that is taken: the write comes next.
            (Role::Import, Binding::Import(import) | Binding::Module(import)) => {
                let is_star = ir.imports[import as usize].form == ImportForm::Star;
                rebinds_import = !is_star && !binding_imports.contains(&import);
            }
            (_, Binding::Symbol(_) | Binding::Free) if is_no_use(source, reference) => {}
            (role, binding @ (Binding::Symbol(_) | Binding::Free)) => {
                let text = name(reference.name);
                let class = match binding {
                    Binding::Free if role == Role::Delete => "local",
                    Binding::Symbol(symbol) if role != Role::Write && bound_elsewhere[symbol.index()] => "global",
                    binding => classify(ir, reference.scope, binding, &text),
                };
                let seen = scopes[reference.scope.index()].names.entry(text).or_default();
                if seen.class.is_empty() || class == "local" {
                    seen.class = class;
                }
                // No annotation can stand there but the type in a `cast`, which is evaluated unless it is in quotes.
                let is_expression =
                    matches!(ir.scopes[reference.scope.index()].kind, ScopeKind::Comprehension | ScopeKind::Lambda);
                seen.is_used |= role != Role::Annotation || (is_expression && !is_quoted(source, reference));
                seen.is_imported |= role == Role::Write && std::mem::take(&mut rebinds_import) && class == "local";
            }
            _ => {}
        }
    }

    let mut described = Vec::new();
    for (position, scope) in ir.scopes.iter().enumerate() {
        let id = ScopeId(position as u32);
        let (kind, title, at) = match scope.kind {
            ScopeKind::Module => ("module", "top".to_owned(), 0),
            ScopeKind::Class => ("class", owner_name(ir, scope.owner), owner_line(ir, scope.owner, &line)),
            ScopeKind::Function => ("function", owner_name(ir, scope.owner), owner_line(ir, scope.owner, &line)),
            ScopeKind::Lambda => ("function", "lambda".to_owned(), line(scope.span.start)),
            ScopeKind::Comprehension => ("function", "comprehension".to_owned(), line(scope.span.start)),
            ScopeKind::TypeParameters | ScopeKind::Block | ScopeKind::Namespace => continue,
        };
        let names: BTreeMap<_, _> = scopes[id.index()]
            .names
            .iter()
            .map(|(name, seen)| {
                let mut words = vec![seen.class];
                words.extend(seen.is_parameter.then_some("parameter"));
                words.extend(seen.is_imported.then_some("imported"));
                words.extend((!seen.is_used).then_some("annotation"));
                (name.clone(), words.join(" "))
            })
            .collect();
        described.push(json!({ "kind": kind, "name": title, "line": at, "names": names }));
    }

    let definitions: Vec<_> = ir
        .symbols
        .iter()
        .filter(|symbol| matches!(symbol.kind, SymbolKind::Class | SymbolKind::Function | SymbolKind::Method))
        .map(|symbol| {
            let kind = match symbol.kind {
                SymbolKind::Class => "class",
                SymbolKind::Method => "method",
                _ => "function",
            };
            let is_async = symbol.flags.contains(SymbolFlags::ASYNC);
            json!([line(symbol.name_span.start), kind, name(symbol.name), is_async])
        })
        .collect();
    let imports: Vec<_> = ir
        .imports
        .iter()
        .map(|import| {
            json!([
                import.line,
                name(import.specifier),
                import.member.map(name),
                format!("{:?}", import.form),
                import.kinds.to_string()
            ])
        })
        .collect();
    let diagnostics: Vec<_> =
        ir.diagnostics.iter().map(|found| json!([found.line, format!("{:?}", found.kind), found.message])).collect();
    json!({
        "path": path,
        "scopes": described,
        "definitions": definitions,
        "imports": imports,
        "exported": ir.exported.as_ref().map(|exported| exported.iter().copied().map(name).collect::<Vec<_>>()),
        "diagnostics": diagnostics,
    })
}

/// Whether a reference is none to CPython: a string in `__all__`, or a name in a `global` or `nonlocal` statement.
fn is_no_use(source: &[u8], reference: &Reference) -> bool {
    let before = &source[..reference.span.start.0 as usize];
    let line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_start();
    let is_declaration = line.starts_with(b"global ") || line.starts_with(b"nonlocal ");
    reference.role == Role::Read && (is_declaration || is_quoted(source, reference))
}

/// Whether a reference stands behind a quotation mark.
fn is_quoted(source: &[u8], reference: &Reference) -> bool {
    let before = &source[..reference.span.start.0 as usize];
    before.ends_with(b"'") || before.ends_with(b"\"")
}

/// The innermost scope around the place that binds a symbol. Takes a default value for a part of the function, which
/// is wrong only where one contains `:=`.
fn innermost_scope(ir: &FileIr, symbol: &Symbol) -> ScopeId {
    let at = symbol.name_span.start;
    let around = ir
        .scopes
        .iter()
        .rposition(|scope| scope.kind != ScopeKind::TypeParameters && scope.span.start <= at && at < scope.span.end);
    ScopeId(around.unwrap_or(0) as u32)
}

/// How `symtable` calls a use: bound here, by a function around, or by the module or nothing at all.
fn classify(ir: &FileIr, scope: ScopeId, binding: Binding, name: &str) -> &'static str {
    match binding {
        Binding::Symbol(symbol) if name == "__class__" && ir.symbols[symbol.index()].kind == SymbolKind::Class => {
            "free"
        }
        Binding::Symbol(symbol) => {
            let binder = ir.symbols[symbol.index()].scope;
            match ir.scopes[binder.index()].kind {
                _ if binder == scope => "local",
                ScopeKind::Module => "global",
                _ => "free",
            }
        }
        _ => "global",
    }
}

fn owner_name(ir: &FileIr, owner: Option<SymbolId>) -> String {
    let symbol = owner.map(|owner| &ir.symbols[owner.index()]);
    symbol.and_then(|symbol| ir.names.get(symbol.name)).unwrap_or("").to_owned()
}

fn owner_line(ir: &FileIr, owner: Option<SymbolId>, line: &dyn Fn(ByteOffset) -> usize) -> usize {
    owner.map_or(0, |owner| line(ir.symbols[owner.index()].name_span.start))
}
