//! What every IR promises, whatever the text was.

use esker_engine::api::{Binding, FileIr, ImportForm, Value, ValueId};

/// Checks that the tables of an IR hold together. A decoded text has at most so many bytes.
///
/// # Panics
///
/// If they do not.
pub fn assert_sound(ir: &FileIr, text_bytes: usize) {
    let starts: Vec<_> = ir.references.iter().map(|reference| reference.span.start).collect();
    assert!(starts.is_sorted(), "references are in source order");
    assert_imports(ir);
    for reference in &ir.references {
        let span = &reference.span;
        assert!(span.start < span.end && span.end.0 as usize <= text_bytes, "{reference:?}");
        assert!(ir.names.get(reference.name).is_some());
        assert!(reference.scope.index() < ir.scopes.len());
        match reference.binding {
            Binding::Symbol(symbol) => assert!(symbol.0 > 0 && symbol.index() < ir.symbols.len()),
            Binding::Attribute(base) => {
                // The names in an annotation that is put together from several strings all have its place.
                let base = ir.references[base.index()].span;
                assert!(base.end <= reference.span.start || base == reference.span);
            }
            Binding::Member(value) | Binding::Keyword(value) => assert!(value.index() < ir.values.len()),
            Binding::Import(import) => {
                let import = &ir.imports[import as usize];
                assert!(import.member.is_some() || import.form == ImportForm::Required);
            }
            Binding::Module(import) => assert!((import as usize) < ir.imports.len()),
            Binding::Free | Binding::Unknown => {}
        }
    }
    assert_symbols(ir);
    assert_values(ir);
    assert!(ir.facts.is_sorted_by_key(|fact| fact.symbol), "facts are in the order of their symbols");
    for fact in &ir.facts {
        assert!(fact.symbol.index() < ir.symbols.len() && fact.value.index() < ir.values.len());
    }
    for (position, scope) in ir.scopes.iter().enumerate() {
        assert_eq!(scope.parent.is_none(), position == 0);
        assert!(scope.parent.is_none_or(|parent| parent.index() < position));
    }
}

fn assert_imports(ir: &FileIr) {
    assert!(ir.imports.is_sorted_by_key(|import| import.line), "imports are in source order");
    let lines = ir.lines.line_count() as u32;
    for import in &ir.imports {
        assert!((1..=lines).contains(&import.line));
        assert!(ir.names.get(import.specifier).is_some() && !import.kinds.is_empty());
    }
}

fn assert_symbols(ir: &FileIr) {
    for (position, symbol) in ir.symbols.iter().enumerate() {
        assert!(
            symbol.span.start <= symbol.name_span.start && symbol.name_span.end <= symbol.span.end || position == 0
        );
        assert!(symbol.scope.index() < ir.scopes.len());
        assert!(symbol.import.is_none_or(|import| (import as usize) < ir.imports.len()));
        assert!(symbol.body.is_none_or(|body| ir.scopes[body.index()].owner.is_some_and(|o| o.index() == position)));
    }
    assert_eq!(ir.texts.len(), ir.symbols.iter().filter(|symbol| symbol.has_text()).count());
}

fn assert_values(ir: &FileIr) {
    for (position, value) in ir.values.all().iter().enumerate() {
        let before = |id: &ValueId| assert!(id.index() < position, "values come after what they are made of");
        match value {
            Value::Unknown => {}
            Value::Reference(reference) => assert!(reference.index() < ir.references.len()),
            Value::Import(import) => assert!((*import as usize) < ir.imports.len()),
            Value::Call(of)
            | Value::Awaited(of)
            | Value::Element(of)
            | Value::ElementAsync(of)
            | Value::Entered(of)
            | Value::EnteredAsync(of)
            | Value::Unpacked(of, _)
            | Value::Argument(of, _)
            | Value::TypeOf(of)
            | Value::Annotated(of) => before(of),
            Value::Member(of, name) => {
                before(of);
                assert!(ir.names.get(*name).is_some());
            }
            Value::Scope(scope) => assert!(scope.index() < ir.scopes.len()),
            Value::Item(of, parts) | Value::Applied(of, parts) => {
                before(of);
                ir.values.list(*parts).for_each(|part| before(&part));
            }
            Value::Either(parts) | Value::Literal(_, parts) => {
                ir.values.list(*parts).for_each(|part| before(&part));
            }
            Value::Unit(name) => assert!(ir.names.get(*name).is_some()),
            Value::Narrowed(of, guard) | Value::Excluded(of, guard) => {
                before(of);
                before(guard);
            }
            other => panic!("{other:?} is for interfaces"),
        }
    }
}
