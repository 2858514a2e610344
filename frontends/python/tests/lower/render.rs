//! IR tables as text, one entry a line.

use std::fmt::Write as _;

use esker_frontend_api::{
    Binding, ByteOffset, EdgeKinds, FileIr, NameId, ReferenceId, ScopeId, Span, SymbolId, Value, ValueId,
};

/// The imports: line, what is asked for, how, and under which circumstances.
pub(crate) fn imports(ir: &FileIr) -> String {
    let mut out = String::new();
    for import in &ir.imports {
        let specifier = name(ir, import.specifier);
        let member = import.member.map(|member| format!(" {}", name(ir, member))).unwrap_or_default();
        let form = format!("{:?}", import.form).to_lowercase();
        let kinds = import.kinds;
        let kinds = if kinds == EdgeKinds::RUNTIME { String::new() } else { format!(" [{kinds}]") };
        let _ = writeln!(out, "{}: {form} `{specifier}`{member}{kinds}", import.line);
    }
    out
}

/// The symbols but the module: where its name is, its kind, name and flags, and the scope that binds it.
pub(crate) fn symbols(ir: &FileIr) -> String {
    let mut out = String::new();
    for symbol in &ir.symbols[1..] {
        let flags: Vec<_> = symbol.flags.iter_names().map(|(name, _)| format!(" {}", name.to_lowercase())).collect();
        let kind = format!("{:?}", symbol.kind).to_lowercase();
        let _ = writeln!(
            out,
            "{} {kind} {}{} in {}",
            place(ir, symbol.name_span.start),
            name(ir, symbol.name),
            flags.concat(),
            scope(ir, symbol.scope)
        );
    }
    out
}

/// The references: where, the name, what is done with it, and what it is bound to.
pub(crate) fn references(ir: &FileIr) -> String {
    let mut out = String::new();
    for reference in &ir.references {
        let binding = match reference.binding {
            Binding::Symbol(id) => symbol(ir, id),
            Binding::Free => "free".to_owned(),
            Binding::Unknown => "unknown".to_owned(),
            Binding::Attribute(base) => format!(".{}", name(ir, ir.references[base.index()].name)),
            Binding::Member(of) => format!("member of {}", value(ir, of)),
            Binding::Keyword(callee) => format!("keyword of {}", value(ir, callee)),
            Binding::Import(import) => format!("import {import}"),
            Binding::Module(import) => format!("module of import {import}"),
        };
        let role = format!("{:?}", reference.role).to_lowercase();
        let at = place(ir, reference.span.start);
        let _ = writeln!(out, "{at} {} {role} -> {binding}", name(ir, reference.name));
    }
    out
}

/// The facts: the symbol, what sort of fact it is, and the value.
pub(crate) fn facts(ir: &FileIr) -> String {
    let mut out = String::new();
    for fact in &ir.facts {
        let kind = format!("{:?}", fact.kind).to_lowercase();
        let _ = writeln!(out, "{} {kind} {}", symbol(ir, fact.symbol), value(ir, fact.value));
    }
    out
}

/// A value as an expression. What the text has no notation for is spelt as a function.
fn value(ir: &FileIr, id: ValueId) -> String {
    let list = |values| ir.values.list(values).map(|id| value(ir, id)).collect::<Vec<_>>().join(", ");
    match ir.values.get(id) {
        Value::Unknown => "?".to_owned(),
        Value::Reference(id) => reference(ir, id),
        Value::Import(import) => format!("import {import}"),
        Value::Call(of) => match ir.values.get(of) {
            Value::Applied(of, arguments) => format!("{}({})", value(ir, of), list(arguments)),
            _ => format!("{}()", value(ir, of)),
        },
        Value::Item(of, arguments) => format!("{}[{}]", value(ir, of), list(arguments)),
        Value::Awaited(of) => format!("await({})", value(ir, of)),
        Value::Element(of) => format!("element({})", value(ir, of)),
        Value::ElementAsync(of) => format!("element-async({})", value(ir, of)),
        Value::Entered(of) => format!("entered({})", value(ir, of)),
        Value::EnteredAsync(of) => format!("entered-async({})", value(ir, of)),
        Value::Unpacked(of, position) => format!("unpacked({}, {position})", value(ir, of)),
        Value::Either(values) => format!("either({})", list(values)),
        Value::Annotated(of) => format!("instance({})", value(ir, of)),
        Value::Literal(literal, elements) => {
            let literal = format!("{literal:?}").to_lowercase();
            if elements.is_empty() { literal } else { format!("{literal}({})", list(elements)) }
        }
        Value::Narrowed(of, guard) => format!("{} like {}", value(ir, of), value(ir, guard)),
        Value::Excluded(of, guard) => format!("{} unlike {}", value(ir, of), value(ir, guard)),
        Value::TypeOf(of) => format!("type({})", value(ir, of)),
        other => panic!("{other:?} is for interfaces"),
    }
}

/// A reference as it is written, with what it is an attribute of.
fn reference(ir: &FileIr, id: ReferenceId) -> String {
    let reference = &ir.references[id.index()];
    let name = name(ir, reference.name);
    match reference.binding {
        Binding::Attribute(base) => format!("{}.{name}", self::reference(ir, base)),
        Binding::Member(of) => format!("{}.{name}", value(ir, of)),
        _ => name.to_owned(),
    }
}

/// The diagnostics.
pub(crate) fn diagnostics(ir: &FileIr) -> String {
    let mut out = String::new();
    for found in &ir.diagnostics {
        let _ = writeln!(out, "{}:{} {:?}: {}", found.line, found.column, found.kind, found.message);
    }
    out
}

/// The text that a span covers.
pub(crate) fn text(source: &str, span: Span) -> &str {
    &source[span.start.0 as usize..span.end.0 as usize]
}

/// The name with this id.
pub(crate) fn name(ir: &FileIr, id: NameId) -> &str {
    ir.names.get(id).expect("names are of the file")
}

/// A place as `line:column`.
fn place(ir: &FileIr, offset: ByteOffset) -> String {
    let at = ir.lines.line_column(offset);
    format!("{}:{}", at.line, at.column)
}

/// A symbol as the place and name of its definition.
fn symbol(ir: &FileIr, id: SymbolId) -> String {
    let symbol = &ir.symbols[id.index()];
    format!("{} {}", place(ir, symbol.name_span.start), name(ir, symbol.name))
}

/// A scope as its kind and owner.
fn scope(ir: &FileIr, id: ScopeId) -> String {
    let scope = &ir.scopes[id.index()];
    let kind = format!("{:?}", scope.kind).to_lowercase();
    match scope.owner.map(|owner| name(ir, ir.symbols[owner.index()].name)) {
        None | Some("") => kind,
        Some(owner) => format!("{kind} {owner}"),
    }
}
