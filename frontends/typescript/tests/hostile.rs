//! No input makes lowering panic, overflow the stack or lose what can be known.

use std::thread;

use esker_frontend_api::{DiagnosticKind, FileIr, Frontend, LowerOptions, Source};
use esker_frontend_typescript::TypeScript;
use proptest::prelude::*;

/// What the engine provides.
const STACK: usize = 128 << 20;

fn lower(path: &str, text: &[u8]) -> FileIr {
    let dialect = TypeScript.dialect(path).expect("the path is claimed");
    let options = LowerOptions::default();
    thread::scope(|scope| {
        let lower = || TypeScript.lower(Source { bytes: text, dialect, options: &options });
        let thread = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, lower).expect("a thread starts");
        thread.join().expect("lowering does not panic")
    })
}

fn specifiers(ir: &FileIr) -> Vec<&str> {
    ir.imports.iter().filter_map(|import| ir.names.get(import.specifier)).collect()
}

fn kinds(ir: &FileIr) -> Vec<DiagnosticKind> {
    ir.diagnostics.iter().map(|diagnostic| diagnostic.kind).collect()
}

/// Each `<` may begin type arguments that reach to the end, which the parser finds out one by one, and keeps.
#[test]
fn comparisons_in_a_row_do_not_take_memory_by_their_square() {
    for link in ["a < ", "a<b|';'|", "a < [b] < "] {
        let text = format!("import './first';\nx = {}1", link.repeat(1_000));
        assert_eq!(kinds(&lower("a.ts", text.as_bytes())), [DiagnosticKind::TooDeep], "{link}");
        let text = format!("import './first';\n{}", format!("x = {link}1;\n").repeat(1_000));
        assert_eq!(specifiers(&lower("a.ts", text.as_bytes())), ["./first"], "{link}");
    }
}

#[test]
fn deep_nesting_of_every_sort_is_told_or_lowered() {
    let depth = 20_000;
    for (open, inside, close) in [
        ("(", "1", ")"),
        ("[", "", "]"),
        ("{", "", "}"),
        ("f(", "1", ")"),
        ("`${", "1", "}`"),
        ("!", "x", ""),
        ("-", "x", ""),
        ("typeof ", "x", ""),
        ("a => ", "1", ""),
        ("a ? b : ", "c", ""),
        ("a ? ", "c", " : d"),
        ("a = ", "b", ""),
        ("a ** ", "b", ""),
        ("a + ", "b", ""),
        ("a.", "b", ""),
        ("new ", "x", ""),
        ("if (a) ", ";", ""),
        ("if (a) ; else ", ";", ""),
        ("while (a) ", ";", ""),
        ("a: ", ";", ""),
        ("x = function () { ", "", "}"),
        ("class A { m() { ", "", "} }"),
        ("async () => { await ", "x", "}"),
        ("<a>", "", "</a>"),
        ("({ a: ", "1", " })"),
        ("import(", "'x'", ")"),
    ] {
        let text = format!("import './first';\n{}{inside}{}\n", open.repeat(depth), close.repeat(depth));
        let ir = lower("a.jsx", text.as_bytes());
        assert!(specifiers(&ir).first() == Some(&"./first") || kinds(&ir) == [DiagnosticKind::TooDeep], "{open}");
    }
    for (open, inside, close) in [
        ("A<", "B", ">"),
        ("{ a: ", "B", "}"),
        ("[", "B", "]"),
        ("keyof ", "B", ""),
        ("A extends B ? C : ", "D", ""),
        ("() => ", "B", ""),
        ("(", "B", ")"),
        ("A.", "B", ""),
        ("A | ", "B", ""),
    ] {
        let text = format!("import './first';\ntype T = {}{inside}{};\n", open.repeat(depth), close.repeat(depth));
        let ir = lower("a.ts", text.as_bytes());
        assert!(specifiers(&ir).first() == Some(&"./first") || kinds(&ir) == [DiagnosticKind::TooDeep], "{open}");
    }
    for (before, after) in [("@a", " export class C {}"), ("@a", " class C {}"), ("let x = @a", " class {};")] {
        let text = format!("import './first';\n{before}{}{after}\n", ".b".repeat(depth));
        assert_eq!(kinds(&lower("a.ts", text.as_bytes())), [DiagnosticKind::TooDeep], "{after}");
    }
    let ir = lower("a.ts", format!("namespace a{} {{}}", ".b".repeat(depth)).as_bytes());
    assert!(ir.symbols.len() > 1 || kinds(&ir) == [DiagnosticKind::TooDeep]);
}

#[test]
fn nesting_that_no_stack_is_enough_for_is_refused_before_it_is_parsed() {
    for open in ["(", "[", "{", "`${", "a(["] {
        let ir = lower("a.ts", open.repeat(2_000_000).as_bytes());
        assert_eq!(kinds(&ir), [DiagnosticKind::TooDeep], "{open}");
    }
}

#[test]
fn a_syntax_error_loses_no_import() {
    for broken in [
        "const = 1;",
        "function f( {",
        "class { m( }",
        "let a = (1 + ;",
        "export const x = {;\n  a: 1\n};",
        "}",
        "`never ends",
        "/* never ends",
        "const s = 'never ends",
        "<<<<<<< ours\nlet a = 1;\n=======\nlet a = 2;\n>>>>>>> theirs",
        "if (a { b }",
        "type T = { a: ",
    ] {
        let text = format!("import {{ a }} from './first';\nimport './second';\n\n{broken}\n");
        let ir = lower("a.ts", text.as_bytes());
        assert_eq!(specifiers(&ir), ["./first", "./second"], "{broken}");
        assert!(kinds(&ir).contains(&DiagnosticKind::Syntax), "{broken}");
    }
    for broken in ["const = 1;", "let a = (1 + ;", "}", "class { m( }"] {
        let text = format!("import './first';\n{broken}\nimport './second';\nexport * from './third';\n");
        let ir = lower("a.ts", text.as_bytes());
        assert_eq!(specifiers(&ir), ["./first", "./second", "./third"], "{broken}");
    }
}

#[test]
fn other_encodings_are_read_or_told() {
    let utf_16: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain("import 'ä';".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(specifiers(&lower("a.ts", &utf_16)), ["ä"]);
    assert_eq!(specifiers(&lower("a.ts", b"\xEF\xBB\xBFimport 'a';")), ["a"]);
    let ir = lower("a.ts", b"import 'a';\n// \xFF\n");
    assert_eq!((specifiers(&ir), kinds(&ir)), (vec!["a"], vec![DiagnosticKind::Encoding]));
    assert_eq!((ir.diagnostics[0].line, ir.diagnostics[0].column), (2, 4));
}

/// Everything that points into another table or into the text points to something.
fn assert_whole(ir: &FileIr, text: &str) {
    let length = text.len() as u32;
    assert!(ir.references.is_sorted_by_key(|reference| reference.span.start));
    for symbol in &ir.symbols {
        assert!(symbol.scope.index() < ir.scopes.len() && symbol.span.end.0 <= length);
        assert!(symbol.body.is_none_or(|body| body.index() < ir.scopes.len()));
        assert!(symbol.import.is_none_or(|import| (import as usize) < ir.imports.len()));
        assert!(symbol.span.start <= symbol.name_span.start && symbol.name_span.end <= symbol.span.end);
    }
    for reference in &ir.references {
        assert!(reference.span.end.0 <= length && reference.scope.index() < ir.scopes.len());
        assert!(ir.names.get(reference.name).is_some());
    }
    let texts = ir.symbols.iter().filter(|symbol| symbol.has_text()).count();
    assert_eq!(ir.texts.len(), texts);
}

/// Pieces of code that mean most when they meet in an order that nobody writes.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "import a from 'm';",
        "import { b as c } from \"./n\"",
        "export * from 'p'",
        "export default ",
        "class A ",
        "extends B ",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "<",
        ">",
        "/>",
        "</",
        "=>",
        "=",
        ";",
        ",",
        ".",
        ":",
        "?",
        "`",
        "${",
        "'",
        "\"",
        "/",
        "*",
        "\n",
        "function f",
        "async ",
        "await ",
        "yield ",
        "const x",
        "let ",
        "var x",
        "interface I ",
        "type T ",
        "enum E ",
        "namespace N ",
        "declare module 'q' ",
        "this.x = 1",
        "new ",
        "import(",
        "require('r')",
        "if ",
        "else ",
        "try ",
        "catch ",
        "for ",
        "of ",
        "in ",
        "@d",
        "x",
        "y",
        "1",
        "é",
        "/** @type {import('j').K} */",
        "<script>",
        "</script>",
        "---\n",
        "super",
        "static ",
        "get ",
        "set ",
        "private ",
        "abstract ",
        "readonly ",
        "keyof ",
        "infer U",
        "satisfies ",
        "as const",
        "#p",
        "export { x as default }",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pieces_in_any_order_are_lowered(pieces in prop::collection::vec(piece(), 0..60), path in prop::sample::select(
        vec!["a.ts", "a.tsx", "a.js", "a.cjs", "a.mjs", "a.d.ts", "a.vue", "a.svelte", "a.astro"],
    )) {
        let text = pieces.join(" ");
        assert_whole(&lower(path, text.as_bytes()), &text);
    }

    #[test]
    fn any_bytes_are_lowered(bytes in prop::collection::vec(any::<u8>(), 0..200), path in prop::sample::select(
        vec!["a.ts", "a.jsx", "a.vue", "package.json", "tsconfig.json", "pnpm-workspace.yaml", "a.css"],
    )) {
        lower(path, &bytes);
    }
}

#[test]
fn comments_of_every_sort_are_read_to_their_ends() {
    let nested = format!("{}T{}", "(".repeat(5_000), ")".repeat(5_000));
    let pointed = format!("{}T{}", "A<".repeat(5_000), ">".repeat(5_000));
    for ty in [
        "",
        "{",
        "}",
        "import(",
        "import('./a'",
        "import('./a').",
        "A<",
        "A<,",
        "A.<B",
        "A.",
        "[",
        "[A",
        "[A,",
        "A[",
        "A['b",
        "é",
        "é.ü<ß>",
        "'",
        "\"a",
        "(",
        "(a",
        "(a) =>",
        "?",
        "!",
        "...",
        "=",
        "|",
        "A |",
        "A is",
        "readonly",
        "@",
        "*/ */",
        "\n *",
        &nested,
        &pointed,
    ] {
        for tag in ["@type {", "@param {", "@returns {", "@this {", "@typedef {", "@template {"] {
            let text =
                format!("import './first';\n/** {tag}{ty}}} a */\nfunction f(a) {{ a.b; this.c; }}\n/** {tag}{ty}");
            assert_eq!(specifiers(&lower("a.js", text.as_bytes())).first(), Some(&"./first"), "{tag}{ty}");
        }
    }
}
