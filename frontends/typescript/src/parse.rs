//! From bytes to a syntax tree: the first half of lowering.
//!
//! ```text
//!   bytes ─ encoding ─▶ text ─ blocks ─▶ script ─ nesting ─▶ oxc's parser ─▶ tree
//!                              .vue, …    guard               recover where it gave up
//! ```
//!
//! Never fails: what goes wrong is a [`Diagnostic`], and there is a tree unless the file is too large or too deep.

mod blocks;
mod depth;
mod encoding;
mod nesting;
mod recover;

use std::borrow::Cow;

use esker_frontend_api::{Diagnostic, DiagnosticKind, Dialect, path};
use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_parser::{ParseOptions, Parser, ParserReturn};
use oxc_span::SourceType;

pub(crate) use encoding::Decoded;
pub(crate) use encoding::decode;
pub(crate) use nesting::with_stack_for;

/// TypeScript without JSX.
pub(crate) const TYPESCRIPT: Dialect = Dialect("typescript");
/// TypeScript with JSX.
pub(crate) const TSX: Dialect = Dialect("tsx");
/// A declaration file of TypeScript.
pub(crate) const DECLARATION: Dialect = Dialect("typescript-declaration");
/// JavaScript, a module or a script as its text says.
pub(crate) const JAVASCRIPT: Dialect = Dialect("javascript");
/// JavaScript that is a module by its name.
pub(crate) const MODULE: Dialect = Dialect("javascript-module");
/// JavaScript that is a CommonJS module by its name.
pub(crate) const COMMONJS: Dialect = Dialect("javascript-commonjs");
/// A component of Vue.
pub(crate) const VUE: Dialect = Dialect("vue");
/// A component of Svelte.
pub(crate) const SVELTE: Dialect = Dialect("svelte");
/// A page or component of Astro.
pub(crate) const ASTRO: Dialect = Dialect("astro");

/// Whether files in this dialect are components, which have scripts among other things.
pub(crate) fn is_component(dialect: Dialect) -> bool {
    [VUE, SVELTE, ASTRO].contains(&dialect)
}

/// How many syntax errors of one file are reported. Nobody reads past the first few.
const MAX_SYNTAX_ERRORS: usize = 100;

/// In which dialect a file of code is written, by its name; `None` if it is none.
pub(crate) fn dialect(path: &str) -> Option<Dialect> {
    let name = path::name(path);
    let (stem, ending) = name.rsplit_once('.')?;
    // `a.d.ts`, and `a.d.css.ts` for what an import of `a.css` brings in.
    let declares = || stem.ends_with(".d") || stem.rsplit_once('.').is_some_and(|(front, _)| front.ends_with(".d"));
    Some(match ending {
        "ts" | "mts" | "cts" if declares() => DECLARATION,
        "ts" | "mts" | "cts" => TYPESCRIPT,
        "tsx" => TSX,
        "js" | "jsx" => JAVASCRIPT,
        "mjs" => MODULE,
        "cjs" => COMMONJS,
        "vue" => VUE,
        "svelte" => SVELTE,
        "astro" => ASTRO,
        _ => return None,
    })
}

/// The part of a file that is code, and how it is written.
pub(crate) struct Script<'a> {
    /// As long as the file, with blanks in place of what is no code, so that places are those of the file.
    pub(crate) text: Cow<'a, str>,
    pub(crate) source_type: SourceType,
}

/// The code in a file.
pub(crate) fn script(text: &str, dialect: Dialect) -> Script<'_> {
    let source_type = match dialect {
        TYPESCRIPT => SourceType::ts(),
        TSX => SourceType::tsx(),
        DECLARATION => SourceType::d_ts(),
        MODULE => SourceType::mjs().with_jsx(true),
        COMMONJS => SourceType::cjs().with_jsx(true),
        VUE | SVELTE | ASTRO => {
            let blocks = blocks::find(text, dialect);
            return Script { text: Cow::Owned(blocks.blanked(text)), source_type: blocks.source_type };
        }
        _ => SourceType::unambiguous().with_jsx(true),
    };
    Script { text: Cow::Borrowed(text), source_type }
}

/// What became of parsing a script.
pub(crate) struct Parsed<'a> {
    pub(crate) program: Program<'a>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Parses a script, recovering from errors; `None` if the tree nests too deeply to be visited.
pub(crate) fn parse<'a>(allocator: &'a Allocator, script: &'a Script<'_>, starts: &[u32]) -> Option<Parsed<'a>> {
    let ParserReturn { program, diagnostics, panicked, .. } = run(allocator, &script.text, script.source_type);
    let mut found: Vec<Diagnostic> = diagnostics
        .iter()
        .take(MAX_SYNTAX_ERRORS)
        .map(|error| {
            let offset = error.labels.iter().map(|label| label.offset()).next().unwrap_or_default();
            place(DiagnosticKind::Syntax, offset, first_line(&error.message), starts)
        })
        .collect();
    found.sort();
    found.dedup();
    let program = if panicked {
        let offsets = diagnostics.iter().flat_map(|error| error.labels.iter().map(|label| label.offset() as usize));
        recover::recover(allocator, &script.text, script.source_type, offsets.max())?
    } else {
        program
    };
    (!depth::is_too_deep(&program)).then_some(Parsed { program, diagnostics: found })
}

fn run<'a>(allocator: &'a Allocator, text: &'a str, source_type: SourceType) -> ParserReturn<'a> {
    // Node allows `return` at the top of a CommonJS module, and Astro at that of a page.
    let options = ParseOptions { allow_return_outside_function: true, ..ParseOptions::default() };
    Parser::new(allocator, text, source_type).with_options(options).parse()
}

/// A diagnostic at an offset of a text whose lines start here.
pub(crate) fn place(kind: DiagnosticKind, offset: u32, message: String, starts: &[u32]) -> Diagnostic {
    let line = starts.partition_point(|start| *start <= offset).max(1);
    let start = starts.get(line - 1).copied().unwrap_or_default();
    Diagnostic { line: line as u32, column: offset - start + 1, kind, message }
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().trim_end_matches('.').to_owned()
}

/// The offsets at which the lines of a text start, by the line breaks of editors and of the TypeScript compiler.
pub(crate) fn line_starts(text: &str) -> Vec<u32> {
    let bytes = text.as_bytes();
    let mut starts = vec![0];
    let ends = memchr::memchr2_iter(b'\n', b'\r', bytes);
    let ends = ends.filter(|&index| bytes[index] == b'\n' || bytes.get(index + 1) != Some(&b'\n'));
    starts.extend(ends.map(|index| index as u32 + 1));
    starts
}
