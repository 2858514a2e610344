//! `esker export`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;

use protobuf::Message;
use scip::symbol::parse_symbol;
use scip::types::symbol_information::Kind;
use scip::types::{Document, Index, Occurrence, PositionEncoding, SymbolInformation, SymbolRole};
use serde_json::{Value, json};

use crate::repository::Repository;

const REPOSITORY: &str = r#"
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
        assert!(covered.chars().all(|c| c.is_alphanumeric() || "_.".contains(c)), "{path}: {range:?}: `{covered}`");
        let in_repository = symbol.starts_with("local ") || symbol.starts_with("esker python root ");
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
        let symbol = occurrence.symbol.replace("esker python ", "").replace("root . ", "");
        format!("{}:{} {} {symbol}", occurrence.range[0] + 1, occurrence.range[1] + 1, roles.join("+"))
    };
    document.occurrences.iter().map(short).collect()
}

#[test]
fn a_scip_index_tells_definitions_and_references() {
    let repository = Repository::new(REPOSITORY);
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
    let index = index(&Repository::new(REPOSITORY));
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
    let index = index(&Repository::new(REPOSITORY));
    let symbols: BTreeMap<&str, &SymbolInformation> =
        index.documents.iter().flat_map(|document| &document.symbols).map(|one| (&*one.symbol, one)).collect();
    let symbol = |name: &str| symbols[&*format!("esker python root . {name}")];
    let shape = symbol("`pkg/shapes.py`/Shape#");
    assert_eq!(shape.kind.enum_value(), Ok(Kind::Class));
    assert_eq!(shape.display_name, "Shape");
    assert_eq!(shape.documentation, ["```python\nclass Shape\n```", "A shape.\n\nOf any sort."]);
    assert_eq!(shape.enclosing_symbol, "esker python root . `pkg/shapes.py`/__init__:");
    assert_eq!(symbol("`pkg/__init__.py`/__init__:").documentation, ["A package."]);
    assert_eq!(symbol("`pkg/shapes.py`/join().").documentation, ["```python\ndef join(\n    a: int,\n) -> int\n```"]);
    assert_eq!(symbol("`pkg/shapes.py`/Shape#sides.").documentation, ["```python\nsides: int = 0\n```"]);
    let above = |name: &str| -> Vec<(String, bool, bool)> {
        let relationships = symbol(name).relationships.iter();
        relationships
            .map(|above| {
                let name = above.symbol.replace("esker python root . ", "");
                (name, above.is_implementation, above.is_reference)
            })
            .collect()
    };
    assert_eq!(above("`pkg/shapes.py`/Square#"), [("`pkg/shapes.py`/Shape#".to_owned(), true, false)]);
    assert_eq!(above("`pkg/shapes.py`/Square#area()."), [("`pkg/shapes.py`/Shape#area().".to_owned(), true, true)]);
    assert_eq!(above("`app with spaces.py`/Cube#").len(), 2);
}

#[test]
fn an_export_is_the_same_bytes_from_run_to_run_and_a_file_that_has_them_is_left_alone() {
    let repository = Repository::new(REPOSITORY);
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

#[test]
fn json_lines_tell_everything() {
    let repository = Repository::new(
        "//- a.py\nimport b, os\nclass C(b.B): x: int\nb.y\nundefined\n//- b.py\nclass B: pass\n//- c.py\ndef f(:\n",
    );
    let ran = repository.esker("export --format jsonl");
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""));
    let mut lines: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let header = lines.remove(0);
    assert_eq!((&header["kind"], &header["schema"], &header["files"]), (&json!("header"), &json!(1), &json!(3)));
    let of_kind = |kind: &str| -> Vec<&Value> { lines.iter().filter(|line| line["kind"] == kind).collect() };
    assert_eq!(of_kind("file")[0], &json!({"kind": "file", "path": "a.py", "language": "python", "lines": 5}));
    assert_eq!(
        of_kind("symbol")[2],
        &json!({
            "kind": "symbol", "path": "a.py", "name": "C", "symbol_kind": "class", "line": 2, "column": 7,
            "end_line": 2, "end_column": 21, "flags": [], "bases": [{"path": "b.py", "name": "B"}],
        })
    );
    let targets: Vec<(&Value, &Value, &Value)> =
        of_kind("reference").iter().map(|line| (&line["name"], &line["role"], &line["target"])).collect();
    let file = json!({"path": "b.py", "name": ""});
    let expected = [
        (json!("b"), json!("import"), file.clone()),
        (json!("os"), json!("import"), json!({"external": "os"})),
        (json!("b"), json!("read"), file.clone()),
        (json!("B"), json!("base"), json!({"path": "b.py", "name": "B"})),
        (json!("int"), json!("annotation"), json!({"external": "builtins.int"})),
        (json!("b"), json!("read"), file),
        (json!("y"), json!("read"), json!({"unresolved": "no-such-name"})),
        (json!("undefined"), json!("read"), json!({"unresolved": "undefined-name"})),
    ];
    assert_eq!(targets, expected.iter().map(|(name, role, target)| (name, role, target)).collect::<Vec<_>>());
    assert_eq!(
        of_kind("import"),
        [&json!({"kind": "import", "path": "a.py", "target": "b.py", "lines": [1], "edge_kinds": ["runtime"]})]
    );
    assert_eq!(
        of_kind("missing-import"),
        [&json!({
            "kind": "missing-import", "path": "a.py", "line": 1, "name": "os", "reason": "standard-library",
            "edge_kinds": ["runtime"],
        })]
    );
    let diagnostics = of_kind("diagnostic");
    assert_eq!((&diagnostics[0]["path"], &diagnostics[0]["diagnostic_kind"]), (&json!("c.py"), &json!("syntax")));
}

#[test]
fn every_kind_of_line_is_documented() {
    let documented = include_str!("../../../docs/export.md");
    let ran = Repository::new(REPOSITORY).esker("export --format jsonl");
    let mut names = BTreeSet::new();
    for line in ran.stdout.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        names.insert(line["kind"].as_str().unwrap().to_owned());
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
    let repository = Repository::new(REPOSITORY);
    let ran = repository.esker("export --format scip -o no/such/index.scip");
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.starts_with("error: no/such/index.scip cannot be written"), "{}", ran.stderr);
    assert_eq!(repository.esker("export").code, Some(2));
    repository.esker("export --format scip -o /dev/null").answers("");
}
