//! What references stand for, over small trees of files.
//!
//! A fixture is several files, each after a line `== path`. A comment `#>` says what names on its line stand for:
//!
//! ```text
//! name = path:qualified.name    a symbol of that file; a file as a whole is `path:`
//! name = <qualified.name>       something from outside
//! name = here                   the symbol of its own file that it is bound to
//! name ! reason                 nothing
//! ```
//!
//! After a symbol, `?` says that this is inferred and `~` that it is one of several, which follow after `|`. Several
//! claims about one line are separated by `;`, and the third `x` of a line is `x#3`.

mod attributes;
mod calls;
mod classes;
mod hostile;
mod imports;
mod interfaces;
mod tree;

use tree::Tree;

/// Checks every claim of a fixture.
#[track_caller]
fn check(fixture: &str) {
    let tree = Tree::new(fixture);
    let mut claims = 0;
    for (path, line, text) in tree.lines() {
        let Some((_, said)) = text.split_once("#>") else { continue };
        for claim in said.split(';').map(str::trim) {
            let (name, expected) = claim.split_once(' ').expect("a claim is a name and what it stands for");
            let (name, nth) = name.split_once('#').unwrap_or((name, "1"));
            let nth: usize = nth.parse().expect("the number after `#`");
            let found = tree.references(path, line, name);
            let actual = found.get(nth - 1).unwrap_or_else(|| panic!("{path}:{line} has no reference {name}#{nth}"));
            assert_eq!(actual, expected, "{path}:{line}: {name}");
            claims += 1;
        }
    }
    assert_ne!(claims, 0, "the fixture claims nothing");
}
