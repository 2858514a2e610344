//! What Python asks of names besides.

use esker_tests::Tree;

use super::{check, said};

/// `app` and `kit` call `run`, `kit` with an argument of a name.
const CALLS: &str = "
//- app.py
from tool import run
run(1)
//- kit.py
from tool import run
run(fast=True)
//- tool.py
def run(slow=False) -> int: ...
";

#[test]
fn another_parameter_of_a_python_function_concerns_those_alone_who_pass_it_by_name() {
    check(
        CALLS,
        |tree| tree.write("tool.py", "def run(slow=False, fast=False) -> int: ...\n"),
        "exports tool.py
         resolution kit.py
         resolution tool.py",
    );
}

#[test]
fn what_a_python_function_returns_concerns_all_who_name_it() {
    check(
        CALLS,
        |tree| tree.write("tool.py", "def run(slow=False) -> str: ...\n"),
        "exports tool.py
         resolution app.py
         resolution kit.py
         resolution tool.py",
    );
}

/// `app` asks `kit` for a submodule that `kit` does not import, `other` for a name that it has.
const SUBMODULES: &str = "
//- app.py
import kit
kit.part.run
//- other.py
import kit
kit.x
//- kit/__init__.py
x = 1
//- kit/part.py
def run(): ...
//- kit/rest.py
y = 1
";

#[test]
fn a_submodule_that_its_package_comes_to_import_concerns_those_who_missed_it() {
    check(
        SUBMODULES,
        |tree| tree.write("kit/__init__.py", "x = 1\nfrom .part import run as walk\n"),
        "edges kit/__init__.py
         exports kit/__init__.py
         resolution app.py
         resolution kit/__init__.py",
    );
    let tree = Tree::new(SUBMODULES);
    tree.write("kit/__init__.py", "x = 1\nfrom .part import run as walk\n");
    let leads = said(&tree).into_iter().filter(|line| line.starts_with("app.py") && line.contains("kit/part.py"));
    assert_eq!(leads.count(), 2);
}

/// `app` asks `kit` for a name that neither its stub nor its source has, `other` for one that the stub has.
const STUBBED: &str = "
//- app.py
import kit
kit.left
//- other.py
import kit
kit.run
//- kit.py
run = 1
//- kit.pyi
run: int
";

#[test]
fn a_name_that_a_source_comes_to_have_concerns_those_who_missed_it_in_its_stub() {
    let edit = |tree: &Tree| tree.write("kit.py", "run = 1\nleft = 2\n");
    check(
        STUBBED,
        edit,
        "exports kit.py
         resolution app.py
         resolution kit.py",
    );
    check(
        STUBBED,
        |tree| tree.write("kit.pyi", "run: int\nleft: int\n"),
        "exports kit.pyi
         resolution app.py
         resolution kit.pyi",
    );
    let tree = Tree::new(STUBBED);
    edit(&tree);
    assert!(said(&tree).iter().any(|line| line.starts_with("app.py") && line.contains("kit.py:left")));
}

#[test]
fn another_import_of_a_package_concerns_those_who_look_for_a_submodule_by_way_of_it() {
    let fixture = "
//- app.py
import tool
tool.made.size
//- kit/__init__.py
//- kit/one.py
//- kit/two.py
class Two:
    size = 1
//- other.py
import tool
tool.x
//- tool.py
import kit.one
x = 1
made: kit.two.Two
";
    let edit = |tree: &Tree| tree.write("tool.py", "import kit.one\nimport kit.two\nx = 1\nmade: kit.two.Two\n");
    check(
        fixture,
        edit,
        "edges tool.py
         exports tool.py
         resolution app.py
         resolution tool.py",
    );
    let tree = Tree::new(fixture);
    edit(&tree);
    assert!(said(&tree).iter().any(|line| line.starts_with("app.py") && line.contains("kit/two.py:Two.size")));
}

/// `app` asks for a name by way of `kit`, whose stub does not have it and whose source is not there.
const STUB_ALONE: &str = "
//- app.py
from passing import run
run()
//- passing.py
from kit import run
//- kit.pyi
";

#[test]
fn a_source_that_appears_beside_a_stub_concerns_those_who_missed_a_name_at_a_distance() {
    check(
        STUB_ALONE,
        |tree| tree.write("kit.py", "try:\n    import run\nexcept ImportError:\n    run = None\n"),
        "edges kit.py
         edges passing.py
         exports kit.py
         exports passing.py
         resolution app.py
         resolution kit.py
         resolution passing.py",
    );
}
