//! Whatever the bytes are, lowering returns tables that hold together, and what comes after it does not mind them.

use esker_tests::fuzzed::python;
use proptest::prelude::*;

/// Pieces of Python, to be put together without sense.
const TOKENS: [&str; 99] = [
    "def ",
    "class ",
    "lambda ",
    "if ",
    "elif ",
    "else",
    ":",
    ":\n",
    "\n",
    "\n ",
    "\n  ",
    "\n    ",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    "..",
    "...",
    "=",
    ":=",
    "+=",
    "==",
    "->",
    "*",
    "**",
    "+",
    "-",
    "~",
    "not ",
    "and ",
    "or ",
    "in ",
    "is ",
    "for ",
    "while ",
    "with ",
    "as ",
    "try",
    "except ",
    "finally",
    "import ",
    "from ",
    "global ",
    "nonlocal ",
    "del ",
    "return ",
    "yield ",
    "await ",
    "async ",
    "match ",
    "case ",
    "type ",
    "pass",
    "raise ",
    "assert ",
    "@",
    ";",
    "\\\n",
    "# c\n",
    "'",
    "\"",
    "'''",
    "\"\"\"",
    "f'",
    "f\"{",
    "t'{",
    "{{",
    "!r",
    "rb'",
    "x",
    "y",
    "self",
    "__all__",
    "__class__",
    "TYPE_CHECKING",
    "import_module",
    "__import__",
    "pytest_plugins",
    "import typing as t\n",
    "t.cast(",
    "@classmethod\n",
    "metaclass=",
    "x=",
    "[x]",
    "self.x",
    "'a.b'",
    "\"C[D]\"",
    "1",
    "0x",
    "é",
    "ﬁ",
    "\u{0}",
    "\r",
    "\t",
    "\u{feff}",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        python(&bytes);
    }

    #[test]
    fn random_tokens_do_not_panic(tokens in proptest::collection::vec(proptest::sample::select(&TOKENS[..]), 0..60)) {
        python(tokens.concat().as_bytes());
    }

    #[test]
    fn a_file_cut_anywhere_does_not_panic(from in 0_usize..4_000, length in 0_usize..4_000) {
        let source = include_bytes!("../oracle/symtable_dump.py");
        let from = from.min(source.len());
        python(&source[from..source.len().min(from + length)]);
    }
}
