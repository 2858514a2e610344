//! Whatever the bytes are, lowering returns tables that hold together.

use esker_frontend_api::{Binding, Dialect, FileIr, Frontend, LowerOptions, Source, Value, ValueId};
use esker_frontend_python::Python;
use proptest::prelude::*;

/// Pieces of Python, to be put together without sense.
const TOKENS: [&str; 99] = [
    "def ",
    "class ",
    "lambda ",
    "if ",
    "elif ",
    "else",
    ":",
    ":\n",
    "\n",
    "\n ",
    "\n  ",
    "\n    ",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    "..",
    "...",
    "=",
    ":=",
    "+=",
    "==",
    "->",
    "*",
    "**",
    "+",
    "-",
    "~",
    "not ",
    "and ",
    "or ",
    "in ",
    "is ",
    "for ",
    "while ",
    "with ",
    "as ",
    "try",
    "except ",
    "finally",
    "import ",
    "from ",
    "global ",
    "nonlocal ",
    "del ",
    "return ",
    "yield ",
    "await ",
    "async ",
    "match ",
    "case ",
    "type ",
    "pass",
    "raise ",
    "assert ",
    "@",
    ";",
    "\\\n",
    "# c\n",
    "'",
    "\"",
    "'''",
    "\"\"\"",
    "f'",
    "f\"{",
    "t'{",
    "{{",
    "!r",
    "rb'",
    "x",
    "y",
    "self",
    "__all__",
    "__class__",
    "TYPE_CHECKING",
    "import_module",
    "__import__",
    "pytest_plugins",
    "import typing as t\n",
    "t.cast(",
    "@classmethod\n",
    "metaclass=",
    "x=",
    "[x]",
    "self.x",
    "'a.b'",
    "\"C[D]\"",
    "1",
    "0x",
    "é",
    "ﬁ",
    "\u{0}",
    "\r",
    "\t",
    "\u{feff}",
];

/// Checks what every IR promises.
fn assert_sound(ir: &FileIr, text_bytes: usize) {
    let starts: Vec<_> = ir.references.iter().map(|reference| reference.span.start).collect();
    assert!(starts.is_sorted(), "references are in source order");
    assert!(ir.imports.is_sorted_by_key(|import| import.line), "imports are in source order");
    let lines = ir.lines.line_count() as u32;
    for import in &ir.imports {
        assert!((1..=lines).contains(&import.line));
        assert!(ir.names.get(import.specifier).is_some() && !import.kinds.is_empty());
    }
    for reference in &ir.references {
        assert!(reference.span.start < reference.span.end && reference.span.end.0 as usize <= text_bytes);
        assert!(ir.names.get(reference.name).is_some_and(|name| !name.is_empty()));
        assert!(reference.scope.index() < ir.scopes.len());
        match reference.binding {
            Binding::Symbol(symbol) => {
                assert!(symbol.0 > 0 && symbol.index() < ir.symbols.len());
            }
            Binding::Attribute(base) => {
                // The names in an annotation that is put together from several strings all have its place.
                let base = ir.references[base.index()].span;
                assert!(base.end <= reference.span.start || base == reference.span);
            }
            Binding::Member(value) | Binding::Keyword(value) => assert!(value.index() < ir.values.len()),
            Binding::Import(import) => assert!(ir.imports[import as usize].member.is_some()),
            Binding::Module(import) => assert!((import as usize) < ir.imports.len()),
            Binding::Free | Binding::Unknown => {}
        }
    }
    for (position, symbol) in ir.symbols.iter().enumerate() {
        assert!(
            symbol.span.start <= symbol.name_span.start && symbol.name_span.end <= symbol.span.end || position == 0
        );
        assert!(symbol.scope.index() < ir.scopes.len());
        assert!(symbol.import.is_none_or(|import| (import as usize) < ir.imports.len()));
        assert!(symbol.body.is_none_or(|body| ir.scopes[body.index()].owner.is_some_and(|o| o.index() == position)));
    }
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
            | Value::Annotated(of) => before(of),
            Value::Item(of, parts) => {
                before(of);
                ir.values.list(*parts).for_each(|part| before(&part));
            }
            Value::Either(parts) | Value::Literal(_, parts) => {
                ir.values.list(*parts).for_each(|part| before(&part));
            }
            other => panic!("{other:?} is for interfaces"),
        }
    }
    assert!(ir.facts.is_sorted_by_key(|fact| fact.symbol), "facts are in the order of their symbols");
    for fact in &ir.facts {
        assert!(fact.symbol.index() < ir.symbols.len() && fact.value.index() < ir.values.len());
    }
    assert_eq!(ir.texts.len(), ir.symbols.iter().filter(|symbol| symbol.has_text()).count());
    for (position, scope) in ir.scopes.iter().enumerate() {
        assert_eq!(scope.parent.is_none(), position == 0);
        assert!(scope.parent.is_none_or(|parent| parent.index() < position));
    }
}

fn lower_and_check(bytes: &[u8]) {
    let options = LowerOptions { string_imports_min_dots: Some(1), language_version: Some((3, 8)) };
    for dialect in ["python", "python-stub"] {
        let ir = Python.lower(Source { bytes, dialect: Dialect(dialect), options: &options });
        // Decoding makes at most three bytes of one.
        assert_sound(&ir, bytes.len() * 3);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        lower_and_check(&bytes);
    }

    #[test]
    fn random_tokens_do_not_panic(tokens in proptest::collection::vec(proptest::sample::select(&TOKENS[..]), 0..60)) {
        lower_and_check(tokens.concat().as_bytes());
    }

    #[test]
    fn a_file_cut_anywhere_does_not_panic(from in 0_usize..4_000, length in 0_usize..4_000) {
        let source = include_bytes!("../../../../tests/oracle/symtable_dump.py");
        let from = from.min(source.len());
        lower_and_check(&source[from..source.len().min(from + length)]);
    }
}
