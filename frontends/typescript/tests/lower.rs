//! What is lowered of small files: symbols with their owners, and what names are bound to.

use std::fmt::Write as _;

use esker_frontend_api::{
    Binding, FileIr, Frontend, LowerOptions, ScopeId, ScopeKind, Source, Symbol, SymbolFlags, SymbolId, SymbolKind,
};
use esker_frontend_typescript::TypeScript;

fn lower(path: &str, text: &str) -> FileIr {
    let dialect = TypeScript.dialect(path).expect("the path is claimed");
    let options = LowerOptions::default();
    let ir = TypeScript.lower(Source { bytes: text.as_bytes(), dialect, options: &options });
    assert_eq!(ir.diagnostics, []);
    ir
}

fn name<'a>(ir: &'a FileIr, symbol: &Symbol) -> &'a str {
    ir.names.get(symbol.name).unwrap_or("")
}

/// A symbol's name after those of what it is a part of.
fn qualified(ir: &FileIr, symbol: &Symbol) -> String {
    let mut parts = vec![name(ir, symbol)];
    let mut scope = Some(symbol.scope);
    while let Some(around) = scope.and_then(|scope| ir.scopes.get(scope.index())) {
        let owner = around.owner.filter(|_| around.kind != ScopeKind::TypeParameters || scope == Some(symbol.scope));
        match owner.map(|owner| &ir.symbols[owner.index()]) {
            Some(owner) if owner.kind != SymbolKind::Module => parts.push(name(ir, owner)),
            None if around.kind != ScopeKind::TypeParameters => parts.push("<>"),
            _ => {}
        }
        scope = around.parent;
    }
    parts.reverse();
    parts.join(".")
}

fn symbols(ir: &FileIr) -> String {
    let mut text = String::new();
    for symbol in &ir.symbols[1..] {
        let line = ir.lines.line_column(symbol.name_span.start).line;
        _ = writeln!(text, "{line} {:?} {}", symbol.kind, qualified(ir, symbol));
    }
    text
}

fn bindings(ir: &FileIr) -> String {
    let mut text = String::new();
    for reference in &ir.references {
        let used = ir.names.get(reference.name).unwrap_or("");
        let place = ir.lines.line_column(reference.span.start);
        let bound = match reference.binding {
            Binding::Symbol(symbol) => {
                let symbol = &ir.symbols[symbol.index()];
                format!("{} of line {}", qualified(ir, symbol), ir.lines.line_column(symbol.name_span.start).line)
            }
            other => format!("{other:?}"),
        };
        _ = writeln!(text, "{}:{} {used} {:?} {bound}", place.line, place.column, reference.role);
    }
    text
}

fn check_symbols(path: &str, text: &str, expected: &str) {
    assert_eq!(trimmed(&symbols(&lower(path, text))), trimmed(expected));
}

fn check_bindings(text: &str, expected: &str) {
    assert_eq!(trimmed(&bindings(&lower("a.tsx", text))), trimmed(expected));
}

fn trimmed(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

#[test]
fn classes_have_methods_fields_and_what_constructors_declare() {
    check_symbols(
        "a.ts",
        "class A<T> extends B implements I {\n  x = 1;\n  #y: T;\n  static z;\n  constructor(private p: P, q?) { this.r = q; this.x = 2; }\n  m() { let l; }\n  get g() { return 1 }\n  h = () => 1;\n  'quoted' = 1;\n  [computed] = 1;\n}\n",
        "1 Class A
         1 TypeParameter A.T
         2 Field A.x
         3 Field A.#y
         4 Field A.z
         5 Method A.constructor
         5 Parameter A.constructor.p
         5 Field A.p
         5 Parameter A.constructor.q
         6 Method A.m
         6 Variable A.m.l
         7 Method A.g
         8 Method A.h
         9 Field A.quoted",
    );
}

#[test]
fn types_enums_and_namespaces_have_members() {
    check_symbols(
        "a.ts",
        "interface I<T> { a: T; m(x: T): void }\ninterface I<T> { b: 1 }\ntype L = { c: { d: 1 } };\nenum E { A, 'B' = 1 }\nnamespace N.M { export const v = 1; }\ndeclare global { var g; }\n",
        "1 Interface I
         1 TypeParameter I.T
         1 Field I.a
         1 Method I.m
         1 Parameter I.m.x
         2 Interface I
         2 TypeParameter I.T
         2 Field I.b
         3 TypeAlias L
         3 Field L.c
         3 Field L.c.d
         4 Enum E
         4 Field E.A
         4 Field E.B
         5 Namespace N
         5 Namespace N.M
         5 Variable N.M.v
         6 Variable g",
    );
}

#[test]
fn a_function_or_class_that_a_name_is_given_is_one() {
    check_symbols(
        "a.js",
        "const f = (a, ...b) => a;\nconst K = class { m() {} };\nvar { x, y: [z] = [] } = f();\nvar x = 2;\nexport default function () {}\nfunction over(a) {}\n",
        "1 Function f
         1 Parameter f.a
         1 Parameter f.b
         2 Class K
         2 Method K.m
         3 Variable x
         3 Variable z
         5 Function default
         6 Function over
         6 Parameter over.a",
    );
}

#[test]
fn names_are_bound_by_the_innermost_declaration_of_their_sort() {
    check_bindings(
        "const T = 1; type T = number;\nlet a: T = T;\n{ let a = 2; a; }\nfor (const a of [a]) a;\nhoisted(); function hoisted() {}\ntry {} catch (a) { a }\nfree;\n",
        "2:8 T Annotation T of line 1
         2:12 T Read T of line 1
         3:14 a Read <>.a of line 3
         4:18 a Read <>.a of line 4
         4:22 a Read <>.a of line 4
         5:1 hoisted Call hoisted of line 5
         6:20 a Read <>.a of line 6
         7:1 free Read Free",
    );
}

#[test]
fn members_are_bound_through_this_and_by_what_they_are_members_of() {
    check_bindings(
        "class A { x = 1; m() { this.x = this.n(); () => this.x; function f() { this.x } } n() {} }\nA.b.c; delete A.d; A.e++;\nconst j = <A.F g={A}><h /></A.F>;\n",
        "1:29 x Write A.x of line 1
         1:38 n Call A.n of line 1
         1:54 x Read A.x of line 1
         1:77 x Read Unknown
         2:1 A Read A of line 1
         2:3 b Read Attribute(ReferenceId(4))
         2:5 c Read Attribute(ReferenceId(5))
         2:15 A Read A of line 1
         2:17 d Delete Attribute(ReferenceId(7))
         2:20 A Read A of line 1
         2:22 e Write Attribute(ReferenceId(9))
         3:12 A Read A of line 1
         3:14 F Call Attribute(ReferenceId(11))
         3:16 g Keyword Member(ValueId(7))
         3:19 A Read A of line 1
         3:23 h Call Member(ValueId(12))
         3:29 A Read A of line 1
         3:31 F Read Attribute(ReferenceId(16))",
    );
}

#[test]
fn imports_bind_names_and_name_modules() {
    let ir = lower(
        "a.ts",
        "import d, { x as y } from 'm';\nimport * as all from \"n\";\ny(d, all.z);\nexport { y as w };\n",
    );
    let imports: Vec<(&str, Option<u32>, bool)> = ir.symbols[1..]
        .iter()
        .map(|symbol| (name(&ir, symbol), symbol.import, symbol.flags.contains(SymbolFlags::ALIASED)))
        .collect();
    assert_eq!(imports, [("d", Some(0), false), ("y", Some(1), false), ("all", Some(2), true), ("w", None, false)]);
    assert_eq!(
        trimmed(&bindings(&ir)),
        [
            "1:8 d Import Import(0)",
            "1:13 x Import Import(1)",
            "1:18 y Import Import(1)",
            "1:28 m Import Module(0)",
            "2:13 all Import Module(2)",
            "2:23 n Import Module(2)",
            "3:1 y Call y of line 1",
            "3:3 d Read d of line 1",
            "3:6 all Read all of line 2",
            "3:10 z Read Attribute(ReferenceId(8))",
            "4:10 y Read y of line 1",
            "4:15 w Read y of line 1",
        ]
    );
    let exported: Vec<&str> = ir.exported.iter().flatten().filter_map(|name| ir.names.get(*name)).collect();
    assert_eq!(exported, ["w"]);
}

#[test]
fn places_in_a_component_are_those_of_the_file() {
    let text = "<template>\n  <b>ä</b>\n</template>\n<script lang=\"ts\">\nexport const one = 1;\n</script>\n";
    let ir = lower("a.vue", text);
    let symbol = &ir.symbols[SymbolId(1).index()];
    assert_eq!(&text[symbol.name_span.start.0 as usize..symbol.name_span.end.0 as usize], "one");
    assert_eq!(ir.lines.line_column(symbol.name_span.start).line, 5);
    assert_eq!(symbol.scope, ScopeId(0));
}

#[test]
fn texts_tell_where_an_edit_is() {
    let changed = |before: &str, after: &str| {
        let (before, after) = (lower("a.ts", before), lower("a.ts", after));
        let symbols = before.symbols.iter().filter(|symbol| symbol.has_text());
        let texts = symbols.zip(before.texts.iter().zip(&after.texts));
        texts
            .filter(|(_, (old, new))| old != new)
            .map(|(symbol, _)| name(&before, symbol).to_owned())
            .collect::<Vec<_>>()
    };
    let file = "class A { m() { return 1 } n() {} }\nconst f = () => 1;\nenum E { X = 1 }\n";
    assert_eq!(changed(file, &file.replace("return 1", "return 2")), ["m"]);
    assert_eq!(changed(file, &file.replace("=> 1", "=> 2")), ["f"]);
    assert_eq!(changed(file, &file.replace("X = 1", "X = 2")), ["E"]);
    assert_eq!(changed(file, &file.replace("n() {}", "n() {} o = 1")), ["A"]);
}

#[test]
fn a_module_has_the_text_of_what_it_does_itself() {
    let own = |source: &str| lower("a.ts", source).texts[0];
    let before = "import a from 'a';\ndescribe('x', () => { it('y', () => { f(1) }) });\nfunction f(n) {}\n";
    assert_eq!(own("export const x = 1;\nexport default class {}\nexport * from 'a';\n"), 0);
    assert_ne!(own(before), own(&before.replace("f(1)", "f(2)")));
    assert_eq!(
        own(before),
        own(&format!("const z = 1;\n{}", before.replace("function f(n) {}", "function f(n) { n }")))
    );
    assert_eq!(own("exports.a = 1;\nmodule.exports.b = 2;\n"), 0, "these have their own");
}

#[test]
fn a_component_is_its_default_with_all_that_it_has() {
    let default = |path: &str, text: &str| {
        let ir = lower(path, text);
        let row = ir.symbols.iter().find(|row| name(&ir, row) == "default").unwrap();
        assert!(row.flags.contains(SymbolFlags::WHOLE), "{path}");
        let public: Vec<&str> = ir.exported.iter().flatten().filter_map(|name| ir.names.get(*name)).collect();
        assert!(public.contains(&"default"), "{path}: {public:?}");
        let position = ir.symbols.iter().filter(|row| row.has_text()).position(|row| name(&ir, row) == "default");
        (row.span.end.0 as usize == text.len(), position.map(|position| ir.texts[position]), ir.texts[0], ir.globals)
    };
    let script = "<script lang=\"ts\">\nconst one = 1;\n</script>\n<p>a</p>\n";
    for path in ["a.vue", "a.svelte", "a.astro"] {
        let (is_whole, text, _, globals) = default(path, script);
        assert!(is_whole && globals.is_empty(), "{path}: it is no script");
        assert_ne!(text, default(path, &script.replace("<p>a", "<p>b")).1, "{path}");
        assert!(default(path, "<p>a</p>").0, "{path}: without any script");
    }
    let said = "<script>\nexport default { name: 'a' };\n</script>\n<p>a</p>\n";
    let (is_whole, text, own, _) = default("a.vue", said);
    assert!(!is_whole, "what it says is its default");
    let (_, other_text, other_own, _) = default("a.vue", &said.replace("<p>a", "<p>b"));
    assert_eq!(text, other_text);
    assert_ne!(own, other_own, "the rest is what the file does itself");
}
