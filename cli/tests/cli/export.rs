//! `esker export`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;

use esker_tests::languages::Language;
use protobuf::Message;
use scip::symbol::parse_symbol;
use scip::types::symbol_information::Kind;
use scip::types::{Document, Index, Occurrence, PositionEncoding, Relationship, SymbolInformation, SymbolRole};
use serde_json::{Value, json};

use crate::repository::{Repository, in_each};

/// What every language has.
const MODULES: &str = "
//- pkg/
pass pkg/shapes: Square
//- pkg/shapes
let LIMIT = 1
class Shape: area(): LIMIT
class Square(Shape): area(): join(2)
fn join(number): LIMIT
//- app
use pkg/: Square
python import requests
typescript import * as requests from 'requests';
fn main(): new Square().area()
fn send(): requests.get(main)
class Cube(Square): area(): main()
//- broken
broken
";

/// Much of what Python has.
const PYTHON: &str = r#"
//- pkg/__init__.py
"""A package."""
from .shapes import *
try:
    from .fast import speed
except ImportError:
    speed = None
//- pkg/shapes.py
import os.path
from typing import overload

LIMIT = 1
LIMIT = 2

class Shape:
    """A shape.

    Of any sort.
    """
    sides: int = 0

    def area(self):
        return self.sides

    @property
    def name(self):
        return self._name

    @name.setter
    def name(self, value):
        self._name = value

class Square(Shape):
    def area(self, exact=True):  # how large
        self.sides = 4
        helper = lambda x: x + LIMIT
        def inner(é): return helper(é)
        return inner(os.path)

@overload
def join(
    a: int,
) -> int: ...
@overload
def join(a: str) -> str: ...
def join(a):
    return [é for é in a]

if LIMIT:
    class Late:
        def m(self): pass
else:
    class Late:
        def m(self): pass
//- app with spaces.py
from pkg import Shape as Base, Square, speed, join
import requests

class Cube(Square, Base):
    def area(self):
        return super().area(exact=False)

def main():
    cube = Cube()
    cube.name = "x"
    "é"; cube.area()
    join(a=undefined)
    requests.get(speed)
//- broken.py
def f(:
    pass
class
"#;

/// The same of TypeScript.
const TYPESCRIPT: &str = r#"
//- lib/index.ts
/** A directory. */
export * from './shapes';
export { speed } from './fast';
export { Shape as Form } from './shapes';
//- lib/shapes.ts
import * as path from 'node:path';

export let LIMIT = 1;
LIMIT = 2;

/**
 * A shape.
 *
 * Of any sort.
 */
export class Shape {
    /** How many. */ sides: number = 0;
    #hidden = 1;
    _name = '';

    area(): number { return this.sides + this.#hidden; }

    get name() { return this._name; }
    set name(value) { this._name = value; }
}

export class Square extends Shape {
    constructor(public side: number) { super(); }
    area(exact = true) {
        this.sides = 4;
        const helper = (x: number) => x + LIMIT;
        function inner(é: number) { return helper(é); }
        return inner(path.sep.length);
    }
}

/** Of words. */
export function join(a: string): string;
export function join(a: number): number;
export function join(a: any) { return a; }

export interface Late { m(): void }
export interface Late { n?: Late }
export namespace Space { export const v = 1; export type T = Shape | Late; }
export enum Side { Left, Right = Side.Left }
export type Of<T> = { [K in keyof T]: T[K] };
export default function () { return new Square(1); }
//- app with spaces.tsx
import make, { Form as Base, Square, speed, join, Space, Side } from './lib';
import * as lib from './lib/shapes';
import type { Late } from './lib/shapes';
import requests from 'requests';

class Cube extends Square implements Late {
    area() { return super.area(false); }
    m() {}
}

export function main({ one, two: [three] }: { one: Cube, two: string[] }, ...rest: Space.T[]) {
    const cube = new Cube(1);
    cube.name = 'x';
    'é'; cube.area(); one.side; three; rest;
    join(undefinedName); lib.join('a'); lib['LIMIT'];
    requests.get(speed, Side.Left, make());
    return <Cube side={1} key="é">{cube.name}</Cube>;
}
//- plain.js
const { join } = require('./lib/shapes');
module.exports = { own() { return join(1); }, 'quoted name': 2 };
exports.more = class { m() { return this.m(); } };
//- page.vue
<template><p>{{ y }}</p></template>
<script setup lang="ts">
import { Shape } from './lib';
const y = new Shape().area();
</script>
//- broken.ts
export function f( {
class
"#;

/// A repository with all of that.
fn both() -> Repository {
    Repository::new(&format!("{PYTHON}{TYPESCRIPT}"))
}

/// Reads an index back and checks what holds for every one.
#[track_caller]
fn checked(repository: &Repository, bytes: &[u8]) -> Index {
    let index = Index::parse_from_bytes(bytes).expect("it is a SCIP index");
    let defined: BTreeSet<(&str, &str)> = index
        .documents
        .iter()
        .flat_map(|document| {
            document
                .occurrences
                .iter()
                .filter(|one| is(one, SymbolRole::Definition))
                .map(|one| key(document, &one.symbol))
        })
        .collect();
    for document in &index.documents {
        check_document(repository, document, &defined);
    }
    index
}

/// A symbol that is local means something else in another document.
fn key<'s>(document: &'s Document, symbol: &'s str) -> (&'s str, &'s str) {
    (if symbol.starts_with("local ") { &document.relative_path } else { "" }, symbol)
}

#[track_caller]
fn check_document(repository: &Repository, document: &Document, defined: &BTreeSet<(&str, &str)>) {
    let path = &document.relative_path;
    let text = repository.read(path);
    let lines: Vec<&str> = text.split('\n').collect();
    assert_eq!(document.position_encoding.enum_value(), Ok(PositionEncoding::UTF8CodeUnitOffsetFromLineStart));
    let inside = |line: i32, column: i32| lines.get(line as usize).is_some_and(|line| line.len() >= column as usize);
    let mut seen = BTreeSet::new();
    let mut last = Vec::new();
    for occurrence in &document.occurrences {
        let Occurrence { range, symbol, enclosing_range, .. } = occurrence;
        assert!(parse_symbol(symbol).is_ok(), "{path}: {symbol}");
        assert!(seen.insert((range, symbol)), "{path}: {symbol} is twice at {range:?}");
        assert!(last <= full(range), "{path}: {range:?} comes after {last:?}");
        last = full(range);
        for range in [range, enclosing_range].into_iter().filter(|range| !range.is_empty()) {
            let [line, start, end_line, end] = full(range)[..] else { panic!("{path}: {range:?} is no range") };
            assert!(inside(line, start) && inside(end_line, end), "{path}: {range:?} is outside of the file");
        }
        let [line, start, _, end] = last[..] else { unreachable!("it was looked at") };
        let covered = &lines[line as usize][start as usize..end as usize];
        // In TypeScript, names of modules and of properties can stand in quotes.
        let more = if document.language == "Python" { "_." } else { "_.#$-/:@ " };
        assert!(covered.chars().all(|c| c.is_alphanumeric() || more.contains(c)), "{path}: {range:?}: `{covered}`");
        let in_repository = symbol.starts_with("local ")
            || ["python", "typescript"].iter().any(|language| symbol.starts_with(&format!("esker {language} root ")));
        assert!(!in_repository || defined.contains(&key(document, symbol)), "{path}: {symbol} is defined nowhere");
    }
    let definitions: BTreeSet<&str> = document
        .occurrences
        .iter()
        .filter(|occurrence| is(occurrence, SymbolRole::Definition))
        .map(|occurrence| &*occurrence.symbol)
        .collect();
    let informations: Vec<&str> = document.symbols.iter().map(|information| &*information.symbol).collect();
    assert_eq!(informations.len(), definitions.len(), "{path}");
    assert_eq!(informations.into_iter().collect::<BTreeSet<_>>(), definitions, "{path}");
}

fn full(range: &[i32]) -> Vec<i32> {
    match *range {
        [line, start, end] => vec![line, start, line, end],
        _ => range.to_vec(),
    }
}

fn is(occurrence: &Occurrence, role: SymbolRole) -> bool {
    occurrence.symbol_roles & role as i32 != 0
}

fn index(repository: &Repository) -> Index {
    let ran = repository.esker("export --format scip -o index.scip");
    ran.answers("");
    checked(repository, &fs::read(repository.tree.root().join("index.scip")).expect("there is an index"))
}

fn document<'i>(index: &'i Index, path: &str) -> &'i Document {
    index.documents.iter().find(|document| document.relative_path == path).expect("the file has a document")
}

/// The occurrences of a document in short: line, column, roles, and the symbol without its package.
fn occurrences(document: &Document) -> Vec<String> {
    let short = |occurrence: &Occurrence| {
        let roles = [
            (SymbolRole::Definition, "definition"),
            (SymbolRole::Import, "import"),
            (SymbolRole::WriteAccess, "write"),
            (SymbolRole::ReadAccess, "read"),
        ];
        let roles: Vec<&str> = roles.iter().filter(|(role, _)| is(occurrence, *role)).map(|(_, word)| *word).collect();
        let symbol = &occurrence.symbol;
        let symbol = symbol.splitn(3, ' ').last().filter(|_| symbol.starts_with("esker ")).unwrap_or(symbol);
        let symbol = symbol.replace("root . ", "");
        format!("{}:{} {} {symbol}", occurrence.range[0] + 1, occurrence.range[1] + 1, roles.join("+"))
    };
    document.occurrences.iter().map(short).collect()
}

#[test]
fn a_scip_index_of_two_languages_is_one() {
    let repository = both();
    let index = index(&repository);
    let languages: Vec<(&str, &str)> =
        index.documents.iter().map(|document| (&*document.relative_path, &*document.language)).collect();
    assert_eq!(
        languages,
        [
            ("app with spaces.py", "Python"),
            ("app with spaces.tsx", "TypeScript"),
            ("broken.py", "Python"),
            ("broken.ts", "TypeScript"),
            ("lib/index.ts", "TypeScript"),
            ("lib/shapes.ts", "TypeScript"),
            ("page.vue", "TypeScript"),
            ("pkg/__init__.py", "Python"),
            ("pkg/shapes.py", "Python"),
            ("plain.js", "TypeScript"),
        ]
    );
}

#[test]
fn a_scip_index_of_every_language_tells_definitions_and_references() {
    in_each(MODULES, |of| {
        let index = index(&of.repository);
        let says = |module: &str, expected: &str| {
            let mut found = occurrences(document(&index, &of.path(module)));
            // Which only Python has.
            found.retain(|line| !line.ends_with("(self)"));
            let expected = of.filled(expected);
            let mut expected: Vec<&str> = expected.trim().lines().collect();
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected);
        };
        let [package, shapes] =
            [("pkg/", "app"), ("pkg/shapes", "pkg/")].map(|(to, from)| of.language.name_of(to, from));
        says(
            "pkg/",
            &format!(
                "
1:1 definition `{{pkg/}}`/__init__:
{{pkg/ 1 {shapes}}} import `{{pkg/shapes}}`/__init__:
{{pkg/ 1 Square}} import `{{pkg/shapes}}`/Square#
"
            ),
        );
        says(
            "pkg/shapes",
            "
1:1 definition `{pkg/shapes}`/__init__:
{pkg/shapes 1 LIMIT} definition `{pkg/shapes}`/LIMIT.
{pkg/shapes 2 Shape} definition `{pkg/shapes}`/Shape#
{pkg/shapes 3 area} definition `{pkg/shapes}`/Shape#area().
{pkg/shapes 3 LIMIT} read `{pkg/shapes}`/LIMIT.
{pkg/shapes 4 Square} definition `{pkg/shapes}`/Square#
{pkg/shapes 4 Shape} read `{pkg/shapes}`/Shape#
{pkg/shapes 5 area} definition `{pkg/shapes}`/Square#area().
{pkg/shapes 5 join} read `{pkg/shapes}`/join().
{pkg/shapes 6 join} definition `{pkg/shapes}`/join().
{pkg/shapes 6 number} definition `{pkg/shapes}`/join().(number)
{pkg/shapes 6 LIMIT} read `{pkg/shapes}`/LIMIT.
",
        );
        let mut requests = "{app 3 requests} import requests . requests/__init__:
{app 3 requests';} import requests . requests/__init__:";
        if of.language == Language::Python {
            requests = "{app 2 requests} import requests . requests/__init__:";
        }
        says(
            "app",
            &format!(
                "
1:1 definition `{{app}}`/__init__:
{{app 1 {package}}} import `{{pkg/}}`/__init__:
{{app 1 Square}} import `{{pkg/shapes}}`/Square#
{requests}
{{app 4 main}} definition `{{app}}`/main().
{{app 4 Square}} read `{{pkg/shapes}}`/Square#
{{app 4 area}} read `{{pkg/shapes}}`/Square#area().
{{app 5 send}} definition `{{app}}`/send().
{{app 5 requests}} read requests . requests/__init__:
{{app 5 get}} read requests . requests/get.
{{app 5 main}} read `{{app}}`/main().
{{app 6 Cube}} definition `{{app}}`/Cube#
{{app 6 Square}} read `{{pkg/shapes}}`/Square#
{{app 7 area}} definition `{{app}}`/Cube#area().
{{app 7 main}} read `{{app}}`/main().
"
            ),
        );
    });
}

#[test]
fn a_scip_index_tells_definitions_and_references() {
    let repository = Repository::new(PYTHON);
    let index = index(&repository);
    let paths: Vec<&str> = index.documents.iter().map(|document| &*document.relative_path).collect();
    assert_eq!(paths, ["app with spaces.py", "broken.py", "pkg/__init__.py", "pkg/shapes.py"]);
    assert!(index.documents.iter().all(|document| document.language == "Python"));
    let metadata = &index.metadata;
    assert_eq!(metadata.tool_info.name, "esker");
    assert!(metadata.project_root.starts_with("file:///") && metadata.project_root.ends_with("/root"));
    assert_eq!(
        occurrences(document(&index, "app with spaces.py")),
        [
            "1:1 definition `app with spaces.py`/__init__:",
            "1:6 import `pkg/__init__.py`/__init__:",
            "1:17 import `pkg/shapes.py`/Shape#",
            "1:32 import `pkg/shapes.py`/Square#",
            "1:47 import `pkg/shapes.py`/join().",
            "2:8 import requests . requests/__init__:",
            "4:7 definition `app with spaces.py`/Cube#",
            "4:12 read `pkg/shapes.py`/Square#",
            "4:20 read `pkg/shapes.py`/Shape#",
            "5:9 definition `app with spaces.py`/Cube#area().",
            "5:14 definition `app with spaces.py`/Cube#area().(self)",
            "6:16 read builtins . builtins/super.",
            "6:24 read `pkg/shapes.py`/Square#area().",
            "6:29  `pkg/shapes.py`/Square#area().(exact)",
            "8:5 definition `app with spaces.py`/main().",
            "9:5 definition local 0",
            "9:12 read `app with spaces.py`/Cube#",
            "10:5 read local 0",
            "10:10 write `pkg/shapes.py`/Shape#name().",
            "11:11 read local 0",
            "11:16 read `app with spaces.py`/Cube#area().",
            "12:5 read `pkg/shapes.py`/join().",
            "12:10  `pkg/shapes.py`/join().(a)",
            "13:5 read requests . requests/__init__:",
            "13:14 read requests . requests/get.",
        ]
    );
}

#[test]
fn a_name_bound_by_several_statements_is_defined_by_the_first_and_functions_are_told_apart() {
    let index = index(&Repository::new(PYTHON));
    let found = occurrences(document(&index, "pkg/shapes.py"));
    let of = |name: &str| -> Vec<&str> {
        let named = |line: &&String| line.ends_with(&format!("`pkg/shapes.py`/{name}"));
        found.iter().filter(named).map(|line| line.rsplit_once(' ').map_or("", |(place, _)| place)).collect()
    };
    assert_eq!(of("LIMIT."), ["4:1 definition", "5:1 write", "28:32 read", "41:4 read"]);
    assert_eq!(of("join()."), ["33:5 definition"]);
    assert_eq!(of("join(+1)."), ["37:5 definition"]);
    assert_eq!(of("join(+2)."), ["38:5 definition"]);
    assert_eq!(of("join(+1).(a)"), ["37:10 definition"]);
    assert_eq!(of("Late#"), ["42:11 definition", "45:11 write"]);
    assert_eq!(of("Late#m(+1)."), ["46:13 definition"]);
    assert_eq!(of("Shape#name()."), ["18:9 definition", "21:6 read"]);
    assert_eq!(of("Shape#name(+1)."), ["22:9 definition"]);
    // What an import binds is defined where another statement binds it first.
    let found = occurrences(document(&index, "pkg/__init__.py"));
    assert!(found.contains(&"6:5 definition `pkg/__init__.py`/speed.".to_owned()), "{found:?}");
}

#[test]
fn symbols_tell_what_they_are_and_what_stands_above_them() {
    in_each(MODULES, |of| {
        let index = index(&of.repository);
        let symbols = symbols(&index);
        let prefix = if of.language == Language::Python { "esker python root . " } else { "esker typescript root . " };
        let symbol = |name: &str| symbols[&*format!("{prefix}{}", of.filled(name))];
        let shape = symbol("`{pkg/shapes}`/Shape#");
        assert_eq!(shape.kind.enum_value(), Ok(Kind::Class));
        assert_eq!(shape.display_name, "Shape");
        assert_eq!(shape.enclosing_symbol, format!("{prefix}{}", of.filled("`{pkg/shapes}`/__init__:")));
        let above = |name: &str| -> Vec<(String, bool, bool)> {
            let relationships = symbol(name).relationships.iter();
            let row =
                |above: &Relationship| (above.symbol.replace(prefix, ""), above.is_implementation, above.is_reference);
            relationships.map(row).collect()
        };
        assert_eq!(above("`{pkg/shapes}`/Square#"), [(of.filled("`{pkg/shapes}`/Shape#"), true, false)]);
        assert_eq!(above("`{pkg/shapes}`/Square#area()."), [(of.filled("`{pkg/shapes}`/Shape#area()."), true, true)]);
        assert_eq!(above("`{app}`/Cube#"), [(of.filled("`{pkg/shapes}`/Square#"), true, false)]);
    });
}

#[test]
fn symbols_tell_what_is_written_about_them() {
    let index = index(&both());
    let symbols = symbols(&index);
    let documented =
        |language: &str, name: &str| symbols[&*format!("esker {language} root . {name}")].documentation.clone();
    let python = |name| documented("python", name);
    assert_eq!(python("`pkg/shapes.py`/Shape#"), ["```python\nclass Shape\n```", "A shape.\n\nOf any sort."]);
    assert_eq!(python("`pkg/__init__.py`/__init__:"), ["A package."]);
    assert_eq!(python("`pkg/shapes.py`/join()."), ["```python\ndef join(\n    a: int,\n) -> int\n```"]);
    assert_eq!(python("`pkg/shapes.py`/Shape#sides."), ["```python\nsides: int = 0\n```"]);
    assert_eq!(symbols["esker python root . `app with spaces.py`/Cube#"].relationships.len(), 2);
    let typescript = |name| documented("typescript", name);
    assert_eq!(
        typescript("`lib/shapes.ts`/Shape#"),
        ["```typescript\nexport class Shape {\n```", "A shape.\n\nOf any sort."]
    );
    assert_eq!(
        typescript("`lib/shapes.ts`/join()."),
        ["```typescript\nexport function join(a: string): string;\n```", "Of words."]
    );
    assert_eq!(
        typescript("`lib/shapes.ts`/Shape#sides."),
        ["```typescript\n/** How many. */ sides: number = 0;\n```", "How many."]
    );
    assert_eq!(typescript("`lib/index.ts`/__init__:"), [""; 0]);
    assert_eq!(symbols["esker typescript root . `app with spaces.tsx`/Cube#"].relationships.len(), 2);
}

/// All that is told of symbols, by their names.
fn symbols(index: &Index) -> BTreeMap<&str, &SymbolInformation> {
    index.documents.iter().flat_map(|document| &document.symbols).map(|one| (&*one.symbol, one)).collect()
}

#[test]
fn an_export_is_the_same_bytes_from_run_to_run_and_a_file_that_has_them_is_left_alone() {
    let repository = both();
    let file = repository.tree.root().join("index.scip");
    for format in ["scip", "jsonl"] {
        let export = |more: &str| {
            repository.esker(&format!("export --format {format} -o index.scip {more}")).answers("");
            (fs::read(&file).unwrap(), fs::metadata(&file).unwrap().ino())
        };
        let (first, place) = export("");
        assert_eq!(export(""), (first.clone(), place));
        assert_eq!(export("--no-cache -j 1"), (first.clone(), place));
        assert_eq!(export("--no-refresh"), (first.clone(), place));
        fs::write(&file, "other").unwrap();
        assert_eq!(export("").0, first);
        let stdout = repository.command(&format!("export --format {format}")).output().unwrap().stdout;
        assert_eq!(stdout, first);
    }
}

const LINES: &str = "
//- a
use b: B, y
python import os
typescript import * as os from 'node:os';
class C(B): m(): y
//- b
class B
//- c
broken
";

#[test]
fn json_lines_tell_everything() {
    in_each(LINES, |of| {
        let ran = of.esker("export --format jsonl");
        assert_eq!((ran.code, &*ran.stderr), (Some(0), ""));
        let mut lines: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let header = lines.remove(0);
        assert_eq!((&header["kind"], &header["schema"], &header["files"]), (&json!("header"), &json!(1), &json!(3)));
        let of_kind = |kind: &str| -> Vec<&Value> { lines.iter().filter(|line| line["kind"] == kind).collect() };
        let [a, b, c] = ["a", "b", "c"].map(|module| of.path(module));
        let [language, library] = match of.language {
            Language::Python => ["python", "os"],
            Language::TypeScript => ["typescript", "node:os"],
        };
        assert_eq!(of_kind("file")[0], &json!({"kind": "file", "path": a, "language": language, "lines": 6}));
        let symbols = of_kind("symbol");
        let class = symbols.into_iter().find(|symbol| symbol["name"] == "C").unwrap();
        let end_column = of.repository.read(&a).lines().nth(4).unwrap().len() + 1;
        assert_eq!(
            class,
            &json!({
                "kind": "symbol", "path": a, "name": "C", "symbol_kind": "class", "line": 4,
                "column": of.column("{a 4 C}"), "end_line": 5, "end_column": end_column, "flags": [],
                "bases": [{"path": b, "name": "B"}],
            })
        );
        let reference = |name, role, place, inside, found: Value| {
            let (line, start) = (place, of.column(&format!("{{a {place} {name}}}")));
            let mut expected = json!({
                "kind": "reference", "path": a, "line": line, "column": start, "end_line": line,
                "end_column": start + 1, "name": name, "role": role, "inside": inside, "target": found,
            });
            if found["unresolved"].is_null() {
                expected["confidence"] = json!("exact");
            }
            expected
        };
        let (base, none) = (json!({"path": b, "name": "B"}), json!({"unresolved": "no-such-name"}));
        let references = of_kind("reference").into_iter().filter(|line| line["name"] == "B" || line["name"] == "y");
        assert_eq!(
            references.collect::<Vec<_>>(),
            [
                &reference("B", "import", 1, "", base.clone()),
                &reference("y", "import", 1, "", none.clone()),
                &reference("B", "base", 4, "C", base),
                &reference("y", "read", 5, "C.m", none),
            ]
        );
        assert_eq!(
            of_kind("import"),
            [&json!({"kind": "import", "path": a, "target": b, "lines": [1], "edge_kinds": ["runtime"]})]
        );
        let line = if of.language == Language::Python { 2 } else { 3 };
        assert_eq!(
            of_kind("missing-import"),
            [&json!({
                "kind": "missing-import", "path": a, "line": line, "name": library, "reason": "standard-library",
                "edge_kinds": ["runtime"],
            })]
        );
        let diagnostics = of_kind("diagnostic");
        assert_eq!((&diagnostics[0]["path"], &diagnostics[0]["diagnostic_kind"]), (&json!(c), &json!("syntax")));
    });
}

#[test]
fn every_kind_of_line_is_documented() {
    let documented = concat!(include_str!("../../../docs/export.md"), include_str!("../../../docs/edges.md"));
    let ran = both().esker("export --format jsonl");
    let mut names = BTreeSet::new();
    for line in ran.stdout.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let words = ["kind", "symbol_kind", "role", "reason", "confidence"].map(|key| &line[key]);
        names.extend(
            words.into_iter().chain([&line["target"]["unresolved"]]).filter_map(Value::as_str).map(str::to_owned),
        );
        names.extend(line.as_object().unwrap().keys().cloned());
    }
    for name in names {
        assert!(documented.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn an_empty_repository_has_an_empty_index() {
    let repository = Repository::new("//- README.md\n");
    assert_eq!(index(&repository).documents.len(), 0);
    assert_eq!(repository.esker("export --format jsonl").stdout.lines().count(), 1);
}

#[test]
fn an_export_that_cannot_be_written_is_an_error() {
    let repository = Repository::new(PYTHON);
    let ran = repository.esker("export --format scip -o no/such/index.scip");
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.starts_with("error: no/such/index.scip cannot be written"), "{}", ran.stderr);
    assert_eq!(repository.esker("export").code, Some(2));
    repository.esker("export --format scip -o /dev/null").answers("");
}
