//! What the example is there to show: its results outlive the process, and an edit costs one file.

use esker_engine::Engine;
use esker_example_complexity::{Survey, engine, survey};
use esker_tests::Tree;

const SHOP: &str = "
//- cart.py
import prices

def total(items):
    found = 0
    for item in items:
        if item and item.price:
            found += prices.of(item)
    return found
//- prices.py
def of(item):
    return item.price
//- words.txt
not a source file
";

/// An engine in the place of a new process.
fn fresh(tree: &Tree) -> Engine {
    engine(&tree.root(), Some(&tree.cache())).expect("the root exists")
}

fn listed(survey: &Survey) -> Vec<(&str, &str, u32)> {
    survey.functions.iter().map(|(path, function)| (&**path, &*function.name, function.complexity)).collect()
}

#[test]
fn the_most_complex_function_comes_first() {
    let tree = Tree::new(SHOP);
    let survey = survey(&mut fresh(&tree)).unwrap();
    assert_eq!(listed(&survey), [("cart.py", "total", 4), ("prices.py", "of", 1)]);
    assert_eq!(survey.executed, ["cart.py", "prices.py"]);
    assert_eq!(survey.files, 2);
}

#[test]
fn a_second_run_executes_nothing() {
    let tree = Tree::new(SHOP);
    let mut first = fresh(&tree);
    let expected = survey(&mut first).unwrap();
    for engine in [&mut first, &mut fresh(&tree)] {
        let again = survey(engine).unwrap();
        assert_eq!(again.executed, [""; 0]);
        assert_eq!(again.functions, expected.functions);
    }
}

#[test]
fn an_edit_executes_the_file_alone() {
    for restart in [false, true] {
        let tree = Tree::new(SHOP);
        let mut engine = fresh(&tree);
        survey(&mut engine).unwrap();
        if restart {
            engine = fresh(&tree);
        }
        tree.write("prices.py", "def of(item):\n    return item.price if item else 0\n");
        let edited = survey(&mut engine).unwrap();
        assert_eq!(edited.executed, ["prices.py"], "restart: {restart}");
        assert_eq!(listed(&edited), [("cart.py", "total", 4), ("prices.py", "of", 2)]);
    }
}

#[test]
fn content_that_was_seen_before_executes_nothing() {
    let tree = Tree::new(SHOP);
    let first = survey(&mut fresh(&tree)).unwrap();
    tree.write("prices.py", "def of(item):\n    return 1\n");
    survey(&mut fresh(&tree)).unwrap();
    tree.write("prices.py", "def of(item):\n    return item.price\n");
    let back = survey(&mut fresh(&tree)).unwrap();
    assert_eq!(back, Survey { executed: Vec::new(), ..first });
}

#[test]
fn a_removed_file_is_no_longer_listed() {
    let tree = Tree::new(SHOP);
    let mut engine = fresh(&tree);
    survey(&mut engine).unwrap();
    tree.remove("cart.py");
    let survey = survey(&mut engine).unwrap();
    assert_eq!(listed(&survey), [("prices.py", "of", 1)]);
    assert_eq!(survey.executed, [""; 0]);
}

#[test]
fn without_a_cache_a_new_process_computes_everything() {
    let tree = Tree::new(SHOP);
    for _ in 0..2 {
        let survey = survey(&mut engine(&tree.root(), None).unwrap()).unwrap();
        assert_eq!(survey.executed.len(), 2);
    }
}
