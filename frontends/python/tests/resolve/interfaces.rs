//! What changes the interface of a file, and what does not.

use super::Tree;

/// The names of `before` and `after` that other files see differently, ascending.
fn changed(before: &str, after: &str) -> Vec<String> {
    let (before, after) = (Tree::new(&format!("== m.py\n{before}")), Tree::new(&format!("== m.py\n{after}")));
    let (before, after) = (before.interface("m.py"), after.interface("m.py"));
    let names = |interface: &esker_frontend_api::Interface| -> Vec<String> {
        (0..interface.entries.len() as u32)
            .map(|id| interface.qualified_name(esker_frontend_api::EntryId(id)))
            .collect()
    };
    let mut all = [names(before), names(after)].concat();
    all.sort_unstable();
    all.dedup();
    all.retain(|name| before.answer(before.find(name)) != after.answer(after.find(name)));
    all
}

#[test]
fn comments_bodies_order_and_local_names_change_nothing() {
    let before = "
import os
def f(a, b=1):
    return os.path.join(a)
class C:
    def m(self) -> int:
        return 1
X = 1
";
    let after = "
# A comment.
import os
X = 1
class C:
    '''Some words.'''
    def m(self) -> int:
        import sys
        local = 2
        return local + 1
def f(a, b=2):
    '''More words.'''
    return os.path.join(a)
";
    assert_eq!(changed(before, after), [""; 0]);
    let (before, after) = (Tree::new(&format!("== m.py\n{before}")), Tree::new(&format!("== m.py\n{after}")));
    assert_eq!(before.interface("m.py"), after.interface("m.py"), "the whole interface is equal");
}

#[test]
fn a_signature_changes_its_name_alone() {
    let before = "
def f(a): ...
def g(a): ...
class C:
    def m(self): ...
    def n(self): ...
";
    let after = "
def f(a, b): ...
def g(a): ...
class C:
    def m(self) -> int: ...
    def n(self): ...
";
    assert_eq!(changed(before, after), ["C.m", "f.b"], "a parameter is asked for by its own name");
}

#[test]
fn defaults_decorators_bases_types_and_imports_are_part_of_it() {
    assert_eq!(changed("def f(a): ...", "def f(a=1): ..."), ["f.a"]);
    assert_eq!(changed("def f(a: int): return a", "def f(a: str): return a"), ["f", "f.a"], "it returns another type");
    assert_eq!(changed("def f(): ...", "@wraps\ndef f(): ..."), ["f"]);
    assert_eq!(changed("class C: ...", "class C(B): ..."), ["C"]);
    assert_eq!(changed("x: int = 1", "x: str = 1"), ["x"]);
    assert_eq!(changed("x = 1", "x = 'a'"), ["x"]);
    assert_eq!(changed("x = 1", "x = 2"), [""; 0]);
    assert_eq!(changed("from a import x", "from b import x"), ["x"]);
    assert_eq!(changed("def f(): ...", "async def f(): ..."), ["f"]);
    assert_eq!(changed("x = 1", "__all__ = ['x']\nx = 1"), ["__all__"]);
    assert_eq!(changed("x = 1", "__all__ = []\nx = 1"), ["__all__", "x"]);
}

#[test]
fn what_methods_assign_is_seen() {
    let before = "
class C:
    def __init__(self, size: int):
        self.size = size
";
    let after = "
class C:
    def __init__(self, size: int):
        self.size = size
        self.other = C(1)
";
    assert_eq!(changed(before, after), ["C.other"]);
}
