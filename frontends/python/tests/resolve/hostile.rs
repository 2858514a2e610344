//! Source that is made to break something.

use std::fmt::Write as _;

use super::Tree;

#[test]
fn a_long_chain_of_attributes_calls_and_returns_ends() {
    let mut text = String::from("== m.py\nclass C:\n    def m(self): return self\n");
    writeln!(text, "C(){}", ".m()".repeat(500)).expect("strings can be written to");
    for index in 0..300 {
        writeln!(text, "def f{index}(): return f{}()", index + 1).expect("strings can be written to");
    }
    text.push_str("f0().x\n");
    Tree::new(&text);
}

#[test]
fn local_variables_that_double_at_every_step_do_not_double_the_interface() {
    let mut text = String::from("== m.py\nclass C:\n    def m(self):\n        a0 = self.x\n");
    for index in 0..40 {
        writeln!(text, "        a{} = (a{index}, a{index})", index + 1).expect("strings can be written to");
    }
    text.push_str("        self.y = a40\n");
    let tree = Tree::new(&text);
    assert!(tree.interface("m.py").values.len() < 200, "{}", tree.interface("m.py").values.len());
}

#[test]
fn a_thousand_files_that_star_import_each_other_end() {
    let mut text = String::new();
    for index in 0..200 {
        writeln!(text, "== m{index}.py\nfrom m{} import *\nfrom m{} import *", (index + 1) % 200, (index + 7) % 200)
            .expect("strings can be written to");
    }
    text.push_str("nothing\n");
    Tree::new(&text);
}

#[test]
fn files_that_pass_a_name_on_to_each_other_in_all_ways_end() {
    const FILES: usize = 40;
    let mut text = "== user.py\nfrom m0 import x, y\nx; y\n== end.py\ny = 1\n".to_owned();
    for index in 0..FILES {
        writeln!(text, "== m{index}.py").expect("strings can be written to");
        for other in (0..FILES).filter(|other| *other != index) {
            writeln!(text, "try:\n    from m{other} import x, y\nexcept ImportError:\n    from end import y")
                .expect("strings can be written to");
        }
    }
    Tree::new(&text);
}

#[test]
fn a_name_that_is_passed_on_by_hundreds_of_files_ends() {
    let mut text = "== user.py\nfrom m0 import x\nx\n".to_owned();
    for index in 0..600 {
        writeln!(text, "== m{index}.py\nfrom m{} import x", index + 1).expect("strings can be written to");
    }
    Tree::new(&text);
}

#[test]
fn local_variables_of_which_nothing_is_known_are_not_looked_at_again_and_again() {
    let mut text = String::from("== m.py\nclass C:\n    def m(self, x):\n        a0 = x\n");
    for index in 0..200 {
        let (next, other) = (index + 1, index / 2);
        writeln!(text, "        a{next} = a{index} if x else a{other}\n        a{index} = a{next} or a{other}")
            .expect("strings can be written to");
    }
    for index in 0..200 {
        writeln!(text, "        self.y{index} = a{index}").expect("strings can be written to");
    }
    Tree::new(&text);
}

#[test]
fn a_name_that_many_files_define_and_import_from_each_other_is_looked_up_once_in_each() {
    let count = 60;
    let mut text = String::new();
    for index in 0..count {
        let sources = [index * 7 + 1, index * 11 + 3, index * 13 + 5].map(|source| source % count);
        let imports = sources.map(|source| format!("from m{source} import f\n")).concat();
        writeln!(text, "== m{index}.py\n{imports}def f(): pass").expect("strings can be written to");
    }
    text.push_str("== user.py\nfrom m0 import f\nf()\n");
    let tree = Tree::new(&text);
    let found = tree.references("user.py", 2, "f");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].matches(".py").count(), count, "{found:?}");
}

#[test]
fn thousands_of_classes_that_derive_from_each_other_end() {
    const CLASSES: usize = 5000;
    let mut text = String::from("== m.py\n");
    writeln!(text, "def first(): C{CLASSES}().g()\nclass C0:\n    def f(self): pass\n    def g(self): pass")
        .expect("strings can be written to");
    for index in 1..=CLASSES {
        writeln!(text, "class C{index}(C{}):\n    def f(self): return super().f()", index - 1)
            .expect("strings can be written to");
    }
    let tree = Tree::new(&text);
    assert_eq!(tree.references("m.py", 1, "g"), ["= m.py:C0.g"]);
}
