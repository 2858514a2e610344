//! `symbols`, `def`, `refs`, `callers`, `hierarchy`, and `unresolved --references`.

use serde_json::json;

use crate::repository::Repository;

const REPOSITORY: &str = r#"
//- pkg/__init__.py
from .shapes import *
from .shapes import Shape as Base, _private
from .missing import gone
import os.path
VERSION = "1"
_hidden = 0
//- pkg/shapes.py
import math

class Shape:
    sides = 0

    def area(self):
        return 0

    def describe(self, unit):
        text = join(self.area(), unit)
        return text

class Square(Shape):
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side ** 2

def join(number, unit):
    def pad(text):
        return text + " "
    return pad(str(number)) + unit

def _private():
    return math.pi
//- app.py
from pkg import Base, Square
import requests

def main():
    square = Square(side=2)
    requests.get(square)
    return undefined

def run():
    return main()

run()
class Cube(Square):
    def area(self):
        return 6
"#;

#[test]
fn symbols_are_those_that_other_files_can_name() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("symbols pkg/shapes.py").answers(
        "
1:8 import math
3:7 class Shape
4:5 field Shape.sides
6:9 method Shape.area
9:9 method Shape.describe
13:7 class Square
14:9 method Square.__init__
15:14 field Square.side
17:9 method Square.area
20:5 function join
25:5 function _private
",
    );
    repository.esker("symbols app.py pkg --format text").answers(
        "
app.py:1:17 import Base
app.py:1:23 import Square
app.py:2:8 import requests
app.py:4:5 function main
app.py:9:5 function run
app.py:13:7 class Cube
app.py:14:9 method Cube.area
pkg/__init__.py:2:30 import Base
pkg/__init__.py:2:36 import _private
pkg/__init__.py:3:22 import gone
pkg/__init__.py:4:8 import os
pkg/__init__.py:5:1 variable VERSION
pkg/__init__.py:6:1 variable _hidden
pkg/shapes.py:1:8 import math
pkg/shapes.py:3:7 class Shape
pkg/shapes.py:4:5 field Shape.sides
pkg/shapes.py:6:9 method Shape.area
pkg/shapes.py:9:9 method Shape.describe
pkg/shapes.py:13:7 class Square
pkg/shapes.py:14:9 method Square.__init__
pkg/shapes.py:15:14 field Square.side
pkg/shapes.py:17:9 method Square.area
pkg/shapes.py:20:5 function join
pkg/shapes.py:25:5 function _private
",
    );
}

#[test]
fn all_symbols_are_parameters_and_local_names_too() {
    let repository = Repository::new("//- a.py\nasync def f(x, *, y=0):\n    z = [v for v in x]\n");
    repository.esker("symbols a.py --all").answers(
        "
1:11 function f
1:13 parameter f.x
1:19 parameter f.y
2:5 variable f.<locals>.z
2:16 variable f.<locals>.<comprehension>.v
",
    );
    let expected = json!([{
        "path": "a.py", "name": "f", "kind": "function", "line": 1, "column": 11, "end_line": 2, "flags": ["async"],
    }]);
    assert_eq!(repository.esker("symbols a.py --format json").json(), expected);
}

#[test]
fn exported_names_are_followed_to_where_they_are_defined() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("symbols --exported pkg/__init__.py").answers(
        "
Base class pkg/shapes.py:Shape
Shape class pkg/shapes.py:Shape
Square class pkg/shapes.py:Square
VERSION variable pkg/__init__.py:VERSION
gone unresolved (unresolved-import)
join function pkg/shapes.py:join
math external math
os external os
",
    );
    let rows = repository.esker("symbols --exported --all pkg/__init__.py --format json").json();
    let names: Vec<&str> = rows.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Base", "Shape", "Square", "VERSION", "_hidden", "_private", "gone", "join", "math", "os"]);
    let expected = json!({
        "file": "pkg/__init__.py", "name": "_private", "kind": "function", "path": "pkg/shapes.py",
        "symbol": "_private", "external": null, "unresolved": null,
    });
    assert_eq!(rows[5], expected);
}

#[test]
fn of_two_star_imports_the_later_one_wins_and_own_names_come_first() {
    let repository = Repository::new(
        "
//- all.py
from a import *
from b import *
z = 3
//- a.py
x = y = z = 1
//- b.py
__all__ = ['y', 'z']
x = y = z = 2
",
    );
    repository.esker("symbols --exported all.py").answers(
        "
x variable a.py:x
y variable b.py:y
z variable all.py:z
",
    );
}

#[test]
fn files_that_import_everything_from_each_other_export_the_names_of_all() {
    let repository = Repository::new("//- a.py\nfrom b import *\nx = 1\n//- b.py\nfrom a import *\ny = 2\n");
    repository.esker("symbols --exported .").answers(
        "
a.py:x variable a.py:x
a.py:y variable b.py:y
b.py:x variable a.py:x
b.py:y variable b.py:y
",
    );
}

#[test]
fn definitions_are_found_by_names_as_long_as_needed() {
    let repository = Repository::new(REPOSITORY);
    let areas = "
app.py:14:9: method Cube.area
pkg/shapes.py:6:9: method Shape.area
pkg/shapes.py:17:9: method Square.area
";
    repository.esker("def area").answers(areas);
    for name in ["Square.area", "shapes.Square.area", "pkg.shapes.Square.area", "pkg/shapes.py:Square.area"] {
        repository.esker(&format!("def {name}")).answers("pkg/shapes.py:17:9: method Square.area");
    }
    repository.esker_in("pkg", "def shapes.py:join.unit").answers("pkg/shapes.py:20:18: parameter join.unit");
    repository.esker("def pkg/shapes.py").answers("pkg/shapes.py:1:1: module");
    let expected = json!([{
        "path": "pkg/shapes.py", "line": 20, "column": 5, "end_line": 23, "kind": "function", "name": "join",
        "confidence": "exact",
    }]);
    assert_eq!(repository.esker("def join --format json").json(), expected);
}

#[test]
fn definitions_of_what_stands_at_a_place() {
    let repository = Repository::new(REPOSITORY);
    // Any column of the name will do; a name that an import binds stands for what it imports.
    repository.esker("def app.py:5:14").answers("pkg/shapes.py:13:7: class Square");
    repository.esker("def app.py:5:19").answers("pkg/shapes.py:13:7: class Square");
    repository.esker("def pkg/__init__.py:2:30").answers("pkg/shapes.py:3:7: class Shape");
    repository.esker("def app.py:10:12").answers("app.py:4:5: function main");
    repository.esker("def app.py:5:5").answers("app.py:5:5: variable main.<locals>.square");
    repository.esker("def app.py:6:14").answers("requests.get (external)");
    repository.esker("def app.py:7:12").answers("undefined (unresolved: undefined-name)");
    let expected = json!([{"external": "requests.get", "confidence": "exact"}]);
    assert_eq!(repository.esker("def app.py:6:14 --format json").json(), expected);
    let expected = json!([{"unresolved": "undefined-name", "name": "undefined"}]);
    assert_eq!(repository.esker("def app.py:7:12 --format json").json(), expected);
}

#[test]
fn what_nothing_has_is_an_empty_answer_with_a_word_about_it() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("def Sqare").ends(0, "", "warning: nothing is named Sqare; did you mean pkg/shapes.py:Square?");
    repository.esker("refs nothing_like_it").ends(0, "", "warning: nothing is named nothing_like_it");
    repository.esker("refs pkg/shapes.py:jion --format json").ends(
        0,
        "[]",
        "warning: nothing is named pkg/shapes.py:jion; did you mean pkg/shapes.py:join?",
    );
    repository.esker("def app.py:3:1").ends(
        0,
        "",
        "warning: at app.py:3:1 stands neither a definition's name nor a use of one",
    );
    repository.esker("refs app.py:6:14").ends(0, "", "warning: requests.get is from outside of the repository");
    repository.esker("callers app.py:7:12 -q").answers("");
    repository.esker("hierarchy main").ends(0, "", "warning: app.py:main is neither a class nor a method");
}

#[test]
fn places_and_files_that_do_not_exist_are_wrong_usage() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("def app.py:5").fails("error: `app.py:5` is no place\n  hint: add the column: app.py:5:1");
    repository
        .esker("refs app.py:0:1")
        .fails("error: `app.py:0:1` is no place\n  hint: lines and columns are numbers that begin at 1");
    repository
        .esker("refs shapes.py:join")
        .fails("error: there is no file shapes.py\n  hint: did you mean pkg/shapes.py?");
    repository.esker("symbols nowhere").fails("error: there is no file nowhere\n  hint: paths count from the current directory; `esker graph` names all files");
    assert_eq!(repository.esker("refs join --role reads").code, Some(2));
}

#[test]
fn references_tell_role_and_what_they_stand_in() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("refs join").answers("pkg/shapes.py:10:16: call in Shape.describe");
    repository.esker("refs Square").answers(
        "
app.py:1:23: import
app.py:5:14: call in main
app.py:13:12: base in Cube
",
    );
    repository.esker("refs Square --role base,call").answers("app.py:5:14: call in main\napp.py:13:12: base in Cube");
    repository.esker("refs join --definitions").answers(
        "
pkg/shapes.py:10:16: call in Shape.describe
pkg/shapes.py:20:5: definition
",
    );
    repository.esker("refs pkg/shapes.py:20:6").answers("pkg/shapes.py:10:16: call in Shape.describe");
    repository.esker("refs pkg/__init__.py").answers("app.py:1:6: import");
    repository.esker("refs pkg/shapes.py").answers("pkg/__init__.py:1:7: import\npkg/__init__.py:2:7: import");
    repository.esker("refs pkg/shapes.py:10:9").answers("pkg/shapes.py:11:16: read in Shape.describe");
    let expected = json!([{
        "symbol": {"path": "pkg/shapes.py", "name": "join", "kind": "function"},
        "references": [{
            "path": "pkg/shapes.py", "line": 10, "column": 16, "role": "call", "confidence": "exact",
            "inside": "Shape.describe",
        }],
    }]);
    assert_eq!(repository.esker("refs join --format json").json(), expected);
}

#[test]
fn references_to_a_name_of_several_symbols_are_grouped() {
    let repository =
        Repository::new("//- a.py\ndef f():\n    pass\nf()\n//- b.py\ndef f():\n    pass\n//- c.py\nimport b\nb.f()\n");
    repository.esker("refs f").answers(
        "
a.py:f (function)
  a.py:3:1: call
b.py:f (function)
  c.py:2:3: call
",
    );
    repository.esker("callers f").answers("a.py:f (function)\n  a.py: 3:1\nb.py:f (function)\n  c.py: 2:3");
}

#[test]
fn callers_and_callees_are_functions_with_the_places_of_the_calls() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("callers main").answers("app.py:run: 10:12");
    repository.esker("callers main --transitive").answers(
        "
app.py (distance 2 via app.py:run): 12:1
app.py:run: 10:12
",
    );
    repository.esker("callers main --callees").answers("pkg/shapes.py:Square: app.py:5:14");
    repository.esker("callers run --callees --transitive").answers(
        "
app.py:main: 10:12
pkg/shapes.py:Square (distance 2 via app.py:main): app.py:5:14
",
    );
    let expected = json!([{
        "symbol": {"path": "app.py", "name": "main", "kind": "function"},
        "callers": [{
            "path": "app.py", "name": "run", "kind": "function", "distance": 1,
            "via": {"path": "app.py", "name": "main"},
            "calls": [{"path": "app.py", "line": 10, "column": 12, "confidence": "exact"}],
        }],
    }]);
    assert_eq!(repository.esker("callers main --format json").json(), expected);
}

#[test]
fn a_function_that_calls_itself_is_its_own_caller() {
    let repository = Repository::new("//- a.py\ndef f(n):\n    return f(n - 1)\n");
    repository.esker("callers f --transitive").answers("a.py:f: 2:12");
}

#[test]
fn the_hierarchy_of_classes_and_methods() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("hierarchy Square").answers(
        "
pkg/shapes.py:Square (class)
  superclass pkg/shapes.py:Shape
  subclass app.py:Cube
",
    );
    repository.esker("hierarchy Shape --transitive").answers(
        "
pkg/shapes.py:Shape (class)
  subclass app.py:Cube
  subclass pkg/shapes.py:Square
",
    );
    repository.esker("hierarchy Square.area").answers(
        "
pkg/shapes.py:Square.area (method)
  overrides pkg/shapes.py:Shape.area
  overridden by app.py:Cube.area
",
    );
    repository.esker("hierarchy Cube.area --transitive").answers(
        "
app.py:Cube.area (method)
  overrides pkg/shapes.py:Shape.area
  overrides pkg/shapes.py:Square.area
",
    );
    let expected = json!([{
        "symbol": {"path": "app.py", "name": "Cube", "kind": "class"},
        "superclasses": [{"path": "pkg/shapes.py", "name": "Square"}],
        "subclasses": [],
    }]);
    assert_eq!(repository.esker("hierarchy Cube --format json").json(), expected);
}

#[test]
fn interfaces_and_classes_of_typescript_have_a_hierarchy_too() {
    let repository = Repository::new(
        "
//- shapes.ts
export interface Shape { area(): number }
export class Base implements Shape { area() { return 1; } draw() { this.area(); } }
//- index.ts
export * from './shapes';
//- app.ts
import { Base, Shape } from './index';
class Square extends Base { area() { return 2; } }
interface Solid extends Shape { volume(): number }
function main() { new Square().draw(); }
",
    );
    repository.esker("hierarchy Shape").answers(
        "
shapes.ts:Shape (interface)
  subclass app.ts:Solid
  subclass shapes.ts:Base
",
    );
    repository.esker("hierarchy Base.area").answers(
        "
shapes.ts:Base.area (method)
  overrides shapes.ts:Shape.area
  overridden by app.ts:Square.area
",
    );
    repository.esker("callers Base.draw").answers("app.ts:main: 4:32");
    repository.esker("def app.ts:4:32").answers("shapes.ts:2:59: method Base.draw");
}

#[test]
fn unresolved_references_tell_the_reason() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("unresolved --references").answers(
        "
app.py:7:12: undefined (read, undefined-name)
pkg/__init__.py:3:7: .missing (import, unresolved-import)
pkg/__init__.py:3:22: gone (import, unresolved-import)
",
    );
    let expected = json!([{
        "path": "app.py", "line": 7, "column": 12, "name": "undefined", "role": "read", "reason": "undefined-name",
    }]);
    assert_eq!(repository.esker("unresolved --references app.py --format json").json(), expected);
    repository.esker("unresolved --references --summary").answers("1 undefined-name\n2 unresolved-import");
    let expected = json!({"undefined-name": 1, "unresolved-import": 2});
    assert_eq!(repository.esker("unresolved --references --summary --format json").json(), expected);
    repository.esker("unresolved --references pkg/shapes.py --format json").answers("[]");
}

#[test]
fn unresolved_imports_can_be_narrowed_down_and_counted() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("unresolved").answers("pkg/__init__.py:3: pkg.missing (no-such-module)");
    repository.esker("unresolved app.py").answers("");
    repository.esker("unresolved --external app.py").answers("app.py:2: requests (external)");
    repository.esker("unresolved --external --summary").answers("1 external\n1 no-such-module\n2 standard-library");
    assert_eq!(repository.esker("unresolved --external --references").code, Some(2));
}

#[test]
fn the_last_build_can_be_asked_about_code_too() {
    let repository = Repository::new("//- a.py\ndef f():\n    pass\nf()\n");
    repository.esker("build");
    repository.tree.write("a.py", "def g():\n    pass\ng()\n");
    repository.esker("refs f --no-refresh").answers("a.py:3:1: call");
    repository.esker("refs g").answers("a.py:3:1: call");
}
