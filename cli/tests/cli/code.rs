//! `symbols`, `def`, `refs`, `callers`, `hierarchy`, and `unresolved --references`.

use serde_json::json;

use crate::repository::{Repository, in_all, in_each};

/// What every language has.
const MODULES: &str = "
//- pkg/
pass pkg/shapes: Shape, Square
let VERSION = 1
//- pkg/shapes
let LIMIT = 1
class Shape: area(): LIMIT; describe(unit): join(self.area(), unit)
class Square(Shape): area(): join(LIMIT, 2)
fn join(number, unit): number
//- app
use pkg/: Shape, Square
python import requests
typescript import * as requests from 'requests';
fn main(): new Square().area()
fn send(): requests.get(main)
fn run(): main()
say run()
class Cube(Square): area(): 6
//- stray
use pkg/gone: lost
say lost(1)
";

/// What Python alone has besides.
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
    in_each(MODULES, |of| {
        of.answers(
            "def area",
            "
{app:9 area}: method Cube.area
{pkg/shapes:3 area}: method Shape.area
{pkg/shapes:6 area}: method Square.area
",
        );
        for name in ["Square.area", "shapes.Square.area", "pkg.shapes.Square.area", "{pkg/shapes}:Square.area"] {
            of.answers(&format!("def {name}"), "{pkg/shapes:6 area}: method Square.area");
        }
        let ran = of.repository.esker_in("pkg", &of.filled("def {shapes}:join.unit"));
        ran.answers(&of.filled("{pkg/shapes:7 unit}: parameter join.unit"));
        of.answers("def {pkg/shapes}", "{pkg/shapes}:1:1: module");
        let column = of.column("{pkg/shapes 7 join}");
        let expected = json!([{
            "path": of.path("pkg/shapes"), "line": 7, "column": column, "end_line": 7, "kind": "function",
            "name": "join", "confidence": "exact",
        }]);
        assert_eq!(of.esker("def join --format json").json(), expected);
    });
}

#[test]
fn definitions_of_what_stands_at_a_place() {
    in_each(MODULES, |of| {
        // Any column of the name will do; a name that an import binds stands for what it imports.
        of.answers("def {app:4 Square}", "{pkg/shapes:5 Square}: class Square");
        let last = of.column("{app 4 Square}") + 5;
        of.answers(&format!("def {{app}}:4:{last}"), "{pkg/shapes:5 Square}: class Square");
        of.answers("def {app:1 Shape}", "{pkg/shapes:2 Shape}: class Shape");
        of.answers("def {pkg/:1 Shape}", "{pkg/shapes:2 Shape}: class Shape");
        of.answers("def {app:6 main}", "{app:4 main}: function main");
        of.answers("def {app:4 area}", "{pkg/shapes:6 area}: method Square.area");
        of.answers("def {pkg/shapes:4 unit}", "{pkg/shapes:4 unit}: parameter Shape.describe.unit");
        of.answers("def {app:5 get}", "requests.get (external)");
        of.answers("def {stray:2 lost}", "lost (unresolved: unresolved-import)");
        let expected = json!([{"external": "requests.get", "confidence": "exact"}]);
        assert_eq!(of.esker("def {app:5 get} --format json").json(), expected);
        let expected = json!([{"unresolved": "unresolved-import", "name": "lost"}]);
        assert_eq!(of.esker("def {stray:2 lost} --format json").json(), expected);
    });
}

#[test]
fn what_nothing_has_is_an_empty_answer_with_a_word_about_it() {
    in_each(MODULES, |of| {
        let nothing = |arguments, warning| of.ends(arguments, 0, "", warning);
        nothing("def Sqare", "warning: nothing is named Sqare; did you mean {pkg/shapes}:Square?");
        nothing("refs nothing_like_it", "warning: nothing is named nothing_like_it");
        of.ends(
            "refs {pkg/shapes}:jion --format json",
            0,
            "[]",
            "warning: nothing is named {pkg/shapes}:jion; did you mean {pkg/shapes}:join?",
        );
        nothing("def {app}:2:1", "warning: at {app}:2:1 stands neither a definition's name nor a use of one");
        nothing("refs {app:5 get}", "warning: requests.get is from outside of the repository");
        of.answers("callers {stray:2 lost} -q", "");
        nothing("hierarchy main", "warning: {app}:main is neither a class nor a method");
    });
}

#[test]
fn places_and_files_that_do_not_exist_are_wrong_usage() {
    in_each(MODULES, |of| {
        let fails = |arguments, error| of.ends(arguments, 2, "", error);
        fails("def {app}:5", "error: `{app}:5` is no place\n  hint: add the column: {app}:5:1");
        fails(
            "refs {app}:0:1",
            "error: `{app}:0:1` is no place\n  hint: lines and columns are numbers that begin at 1",
        );
        fails("refs {shapes}:join", "error: there is no file {shapes}\n  hint: did you mean {pkg/shapes}?");
        fails(
            "symbols nowhere",
            "error: there is no file nowhere\n  hint: paths count from the current directory; `esker graph` names all files",
        );
        assert_eq!(of.esker("refs join --role reads").code, Some(2));
    });
}

#[test]
fn references_tell_role_and_what_they_stand_in() {
    in_each(MODULES, |of| {
        let [package, shapes] =
            [("pkg/", "app"), ("pkg/shapes", "pkg/")].map(|(to, from)| of.language.name_of(to, from));
        let join = "{pkg/shapes:4 join}: call in Shape.describe\n{pkg/shapes:6 join}: call in Square.area";
        of.answers("refs join", join);
        of.answers("refs {pkg/shapes:7 join}", join);
        of.answers(
            "refs Square",
            "
{app:1 Square}: import
{app:4 Square}: call in main
{app:8 Square}: base in Cube
{pkg/:1 Square}: import
",
        );
        of.answers("refs Square --role base,call", "{app:4 Square}: call in main\n{app:8 Square}: base in Cube");
        of.answers("refs join --definitions", &format!("{join}\n{{pkg/shapes:7 join}}: definition"));
        of.answers("refs {pkg/}", &format!("{{app:1 {package}}}: import"));
        of.answers("refs {pkg/shapes}", &format!("{{pkg/:1 {shapes}}}: import"));
        of.answers(
            "refs {pkg/shapes:1 LIMIT}",
            "{pkg/shapes:3 LIMIT}: read in Shape.area\n{pkg/shapes:6 LIMIT}: read in Square.area",
        );
        let reference = |line, place, inside| {
            json!({
                "path": of.path("pkg/shapes"), "line": line, "column": of.column(place), "role": "call",
                "confidence": "exact", "inside": inside,
            })
        };
        let expected = json!([{
            "symbol": {"path": of.path("pkg/shapes"), "name": "join", "kind": "function"},
            "references": [
                reference(4, "{pkg/shapes 4 join}", "Shape.describe"),
                reference(6, "{pkg/shapes 6 join}", "Square.area"),
            ],
        }]);
        assert_eq!(of.esker("refs join --format json").json(), expected);
    });
}

#[test]
fn references_to_a_name_of_several_symbols_are_grouped() {
    in_each("//- a\nfn f(): 0\nsay f()\n//- b\nfn f(): 0\n//- c\nuse b\nsay b.f()\n", |of| {
        of.answers(
            "refs f",
            "
{a}:f (function)
  {a:2 f}: call
{b}:f (function)
  {c:2 f}: call
",
        );
        of.answers("callers f", "{a}:f (function)\n  {a}: {a 2 f}\n{b}:f (function)\n  {c}: {c 2 f}");
    });
}

#[test]
fn symbols_of_one_name_in_two_languages_are_two() {
    let repository = in_all("//- a\nfn f(): 0\nsay f()\n");
    repository.esker("refs f").answers("a.py:f (function)\n  a.py:2:1: call\na.ts:f (function)\n  a.ts:2:1: call");
    repository.esker("def f").answers("a.py:1:5: function f\na.ts:1:17: function f");
    repository.esker("symbols .").answers("a.py:1:5 function f\na.ts:1:17 function f");
}

#[test]
fn callers_and_callees_are_functions_with_the_places_of_the_calls() {
    in_each(MODULES, |of| {
        of.answers("callers main", "{app}:run: {app 6 main}");
        of.answers(
            "callers main --transitive",
            "
{app} (distance 2 via {app}:run): {app 7 run}
{app}:run: {app 6 main}
",
        );
        of.answers(
            "callers main --callees",
            "
{pkg/shapes}:Square: {app:4 Square}
{pkg/shapes}:Square.area: {app:4 area}
",
        );
        of.answers(
            "callers run --callees --transitive",
            "
{app}:main: {app 6 main}
{pkg/shapes}:Square (distance 2 via {app}:main): {app:4 Square}
{pkg/shapes}:Square.area (distance 2 via {app}:main): {app:4 area}
{pkg/shapes}:join (distance 3 via {pkg/shapes}:Square.area): {pkg/shapes 6 join}
",
        );
        let app = of.path("app");
        let expected = json!([{
            "symbol": {"path": app, "name": "main", "kind": "function"},
            "callers": [{
                "path": app, "name": "run", "kind": "function", "distance": 1,
                "via": {"path": app, "name": "main"},
                "calls": [{"path": app, "line": 6, "column": of.column("{app 6 main}"), "confidence": "exact"}],
            }],
        }]);
        assert_eq!(of.esker("callers main --format json").json(), expected);
    });
}

#[test]
fn a_function_that_calls_itself_is_its_own_caller() {
    in_each("//- a\nfn f(n): f(n - 1)\n", |of| of.answers("callers f --transitive", "{a}:f: {a 1 f(n - 1)}"));
}

#[test]
fn the_hierarchy_of_classes_and_methods() {
    in_each(MODULES, |of| {
        of.answers(
            "hierarchy Square",
            "
{pkg/shapes}:Square (class)
  superclass {pkg/shapes}:Shape
  subclass {app}:Cube
",
        );
        of.answers(
            "hierarchy Shape --transitive",
            "
{pkg/shapes}:Shape (class)
  subclass {app}:Cube
  subclass {pkg/shapes}:Square
",
        );
        of.answers(
            "hierarchy Square.area",
            "
{pkg/shapes}:Square.area (method)
  overrides {pkg/shapes}:Shape.area
  overridden by {app}:Cube.area
",
        );
        of.answers(
            "hierarchy Cube.area --transitive",
            "
{app}:Cube.area (method)
  overrides {pkg/shapes}:Shape.area
  overrides {pkg/shapes}:Square.area
",
        );
        let expected = json!([{
            "symbol": {"path": of.path("app"), "name": "Cube", "kind": "class"},
            "superclasses": [{"path": of.path("pkg/shapes"), "name": "Square"}],
            "subclasses": [],
        }]);
        assert_eq!(of.esker("hierarchy Cube --format json").json(), expected);
    });
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
    in_each(MODULES, |of| {
        let module = &*of.language.name_of("pkg/gone", "stray");
        let mut names = [module, "lost"];
        names.sort_by_key(|name| of.column(&format!("{{stray 1 {name}}}")));
        let [first, second] = names.map(|name| format!("{{stray:1 {name}}}: {name} (import, unresolved-import)"));
        let called = "{stray:2 lost}: lost (call, unresolved-import)";
        of.answers("unresolved --references", &format!("{first}\n{second}\n{called}"));
        of.answers("unresolved --references --summary", "3 unresolved-import");
        let expected = json!({"unresolved-import": 3});
        assert_eq!(of.esker("unresolved --references --summary --format json").json(), expected);
        of.answers("unresolved --references {app} --format json", "[]");
        of.answers("unresolved", &format!("{{stray}}:1: {module} (no-such-module)"));
        of.answers("unresolved {app}", "");
        of.answers("unresolved --external --summary", "1 external\n1 no-such-module");
    });
    // What is bound nowhere is a name of the surroundings in TypeScript.
    let repository = Repository::new(REPOSITORY);
    let expected = json!([{
        "path": "app.py", "line": 7, "column": 12, "name": "undefined", "role": "read", "reason": "undefined-name",
    }]);
    assert_eq!(repository.esker("unresolved --references app.py --format json").json(), expected);
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
    in_each("//- a\nfn f(): 0\nsay f()", |of| {
        of.esker("build");
        of.write("a", "fn g(): 0\n\nsay g()");
        of.answers("refs f --no-refresh", "{a}:2:1: call");
        of.answers("refs g", "{a:3 g}: call");
    });
}
