//! Memory is in proportion to the largest file, however hostile: the peak of a build is that of its tree without the
//! file, and so many times the file's bytes.
//!
//! One test alone in this program: the peak is that of the process. Linux tells it and lets it be set back.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fmt::Write as _;
use std::fs;

use esker_engine::api::DiagnosticKind;
use esker_tests::{Tree, engine};

/// How many times a file's bytes it may take to analyze it, as `docs/security.md` says.
const PYTHON_FACTOR: u64 = 96;
const TYPESCRIPT_FACTOR: u64 = 64;

/// What is there whatever the file: caches, threads, and what an allocator does not give back.
const SLACK_BYTES: u64 = 24 << 20;

/// A line of `/proc/self/status`, in bytes.
fn status(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

/// How many bytes more than before a build has in memory at its peak that analyzes a file with this text.
fn peak(path: &str, text: &str) -> u64 {
    let tree = Tree::new("//- a.py\nimport b\n//- b.py\nx = 1\n//- u.ts\nexport const a = 1;\n");
    let build = |expected: usize| {
        let build = engine(&tree.root()).max_file_bytes(64 << 20).build().unwrap().execute().unwrap();
        assert_eq!(build.report().files, expected, "{path}");
        let internal = build.diagnostics().find(|found| found.diagnostic.kind == DiagnosticKind::Internal);
        assert_eq!(internal, None, "{path}");
    };
    build(3);
    tree.write(path, text);
    // The peak is from now on.
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = status("VmRSS:");
    build(4);
    status("VmHWM:").saturating_sub(before)
}

fn repeated(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, number| {
        _ = text.write_str(&line(number));
        text
    })
}

#[test]
fn a_large_file_takes_memory_in_proportion_to_its_size() {
    let shapes = [
        ("comments.py", repeated(40_000, |_| format!("# {}\n", "-".repeat(97)))),
        ("a_million_symbols.py", repeated(1_000_000, |number| format!("s{number}=1\n"))),
        ("references.py", repeated(50_000, |number| format!("a.b(c[d], e=f{})\n", number % 100))),
        (
            "classes.py",
            repeated(10_000, |number| format!("class C{number}(D):\n  x: E = F()\n  def m(self, a, *b): self.y = a\n")),
        ),
        ("imports.py", repeated(50_000, |number| format!("from b.c{number} import d as e\n"))),
        ("one_line.py", format!("x = [{}]\n", repeated(200_000, |number| format!("y{},", number % 1000)))),
        ("one_string.py", format!("x = '{}'\n", "a".repeat(8 << 20))),
        ("combining.py", repeated(100_000, |number| format!("e\u{301}a\u{308}{number} = o\u{302}\n"))),
        ("nul.py", "x = '\0'\n\0\0\0\n".repeat(100_000)),
        ("surrogates.py", "x = '\\ud800\\udfff' '\\N{DIGIT ONE}'\n".repeat(50_000)),
        ("errors.py", "def (:\n".repeat(100_000)),
        ("comments.ts", repeated(40_000, |_| format!("// {}\n", "-".repeat(97)))),
        ("symbols.ts", repeated(200_000, |number| format!("let s{number}=1\n"))),
        ("references.ts", repeated(50_000, |number| format!("a.b(c[d], {{ e: f{} }});\n", number % 100))),
        (
            "classes.ts",
            repeated(10_000, |number| {
                format!("class C{number} extends D {{ x: E = f(); m(a, ...b) {{ this.y = a; }} }}\n")
            }),
        ),
        ("imports.ts", repeated(40_000, |number| format!("import {{ d as e{number} }} from './c{number}';\n"))),
        ("one_line.ts", format!("x = [{}];\n", repeated(200_000, |number| format!("y{},", number % 1000)))),
        ("one_string.ts", format!("x = '{}';\n", "a".repeat(8 << 20))),
        ("combining.ts", repeated(100_000, |number| format!("e\u{301}a\u{308}{number} = o\u{302};\n"))),
        ("nul.ts", "x = '\0'\n\0\0\0\n".repeat(100_000)),
        ("surrogates.ts", "x = '\\ud800\\udfff' + '\\u{1d7d9}';\n".repeat(50_000)),
        ("errors.ts", "function ( {\n".repeat(20_000)),
    ];
    let mut exceeded = Vec::new();
    for (path, text) in shapes {
        let factor = if path.ends_with(".py") { PYTHON_FACTOR } else { TYPESCRIPT_FACTOR };
        let bytes = text.len() as u64;
        let peak = peak(path, &text);
        if peak > SLACK_BYTES + factor * bytes {
            exceeded.push(format!("{path}: {peak} for {bytes}, {:.1} times", peak as f64 / bytes as f64));
        }
    }
    assert_eq!(exceeded, [""; 0]);
}
