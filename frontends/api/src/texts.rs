//! The digests of the texts of classes and their likes, functions and the module's variables, and of what is left.

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::{Span, Symbol, SymbolKind};

/// A class or function of which the text is not read to its end yet.
struct Open {
    /// Its position among the digests.
    position: usize,
    is_class: bool,
    span: Span,
    /// Where its own text goes on after the last class or function inside it.
    next: u32,
    /// Made for those that have something inside: most do not.
    digest: Option<Box<Xxh3>>,
}

/// The digest of the text of each symbol that [has one](Symbol::has_text), in the order of the symbols, which is that
/// of the text: see [`FileIr::texts`](crate::FileIr::texts).
///
/// A variable's is that of the statement that first binds it. A class's is without the texts of the classes and
/// functions in it; into a function's, the digests of those enter in place of their texts, so that all the text is read
/// once.
///
/// The module's is that of `statements`, ascending, without the texts of all others: 0 if that is nothing. The frontend
/// says which they are, so that a comment, an import or a new function makes no difference to it.
#[must_use]
pub fn symbol_texts(symbols: &[Symbol], text: &str, statements: &[Span]) -> Vec<u64> {
    Texts { text }.digests(symbols, statements)
}

struct Texts<'a> {
    text: &'a str,
}

impl Texts<'_> {
    fn digests(&self, symbols: &[Symbol], statements: &[Span]) -> Vec<u64> {
        let mut digests = Vec::new();
        let mut open: Vec<Open> = Vec::new();
        for symbol in symbols {
            let is_class = !matches!(symbol.kind, SymbolKind::Function | SymbolKind::Method);
            let span = symbol.span;
            if !symbol.has_text() {
                continue;
            }
            if symbol.kind == SymbolKind::Module {
                digests.push(self.module(symbols, statements));
                continue;
            }
            if symbol.kind == SymbolKind::Variable {
                digests.push(xxh3_64(self.bytes(span.start.0, span.end.0)));
                continue;
            }
            while open.last().is_some_and(|around| around.span.end <= span.start) {
                self.close(&mut open, &mut digests);
            }
            if let Some(around) = open.last_mut() {
                let digest = around.digest.get_or_insert_default();
                digest.update(self.bytes(around.next, span.start.0));
                if around.is_class {
                    // So that a statement that moves past a method makes a difference.
                    digest.update(&[0]);
                }
                around.next = span.end.0;
            }
            open.push(Open { position: digests.len(), is_class, span, next: span.start.0, digest: None });
            digests.push(0);
        }
        while !open.is_empty() {
            self.close(&mut open, &mut digests);
        }
        digests
    }

    /// The digest of these statements without the texts that other symbols have.
    fn module(&self, symbols: &[Symbol], statements: &[Span]) -> u64 {
        if statements.is_empty() {
            return 0;
        }
        let others = symbols.iter().filter(|symbol| symbol.has_text() && symbol.kind != SymbolKind::Module);
        let mut others: Vec<Span> = others.map(|symbol| symbol.span).collect();
        others.sort_unstable_by_key(|span| span.start);
        let mut others = others.into_iter().peekable();
        let mut digest = Xxh3::new();
        let mut is_empty = true;
        for statement in statements {
            let mut next = statement.start.0;
            let mut add = |start: u32, end: u32| {
                let part = self.bytes(start, end).trim_ascii();
                if !matches!(part, b"" | b";") {
                    is_empty = false;
                    digest.update(part);
                    digest.update(&[0]);
                }
            };
            while let Some(other) = others.next_if(|other| other.start < statement.end) {
                if other.end.0 > next {
                    add(next, other.start.0);
                    next = other.end.0;
                }
            }
            add(next, statement.end.0);
        }
        if is_empty { 0 } else { digest.digest().max(1) }
    }

    /// Finishes the innermost of those that are open.
    fn close(&self, open: &mut Vec<Open>, digests: &mut [u64]) {
        let Some(Open { position, span, next, digest, .. }) = open.pop() else { return };
        let rest = self.bytes(next, span.end.0);
        let digest = match digest {
            None => xxh3_64(rest),
            Some(mut digest) => {
                digest.update(rest);
                digest.digest()
            }
        };
        digests[position] = digest;
        if let Some(Open { is_class: false, digest: Some(around), .. }) = open.last_mut() {
            around.update(&digest.to_le_bytes());
        }
    }

    /// A part of the text; nothing where recovery from a syntax error has left places that contradict each other.
    fn bytes(&self, start: u32, end: u32) -> &[u8] {
        self.text.as_bytes().get(start as usize..end as usize).unwrap_or_default()
    }
}
