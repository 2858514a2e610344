//! A SCIP index: <https://github.com/scip-code/scip>.
//!
//! An index is one message of protocol buffers, of which each field can stand on its own: the metadata first, then one
//! document after the other. The message as a whole is never made.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use esker_engine::api::{Role, Span, Symbol, SymbolId, SymbolKind};
use esker_engine::code::{CodeIndex, FileView, Outcome};
use protobuf::{EnumOrUnknown, Message, MessageField};
use scip::types::symbol_information::Kind;
use scip::types::{
    Document, Metadata, Occurrence, PositionEncoding, ProtocolVersion, Relationship, SymbolInformation, SymbolRole,
    TextEncoding, ToolInfo,
};

use super::documentation::{documentation, line_and_comment};
use super::names::{Name, Names, Package};
use super::{FILES_BETWEEN_LETTING_GO, text};
use crate::registry::{has_docstrings, scip_language};

/// The fields of the message `Index`.
const METADATA: u8 = 1;
const DOCUMENTS: u8 = 2;

/// In the wire format, a field that has a length.
const LENGTH_DELIMITED: u8 = 2;

/// Writes an index of all files, ascending by path.
pub(crate) fn write(index: &CodeIndex<'_>, root: &Path, out: &mut impl Write) -> io::Result<()> {
    write_field(out, METADATA, &metadata(root))?;
    let name = root.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut packages: BTreeMap<&'static str, Package> = BTreeMap::new();
    for (path, count) in index.paths().zip(1..) {
        let Some(view) = index.file(path) else { continue };
        let package = packages.entry(view.language()).or_insert_with(|| Package::new(view.language(), &name));
        let text = text(index, root, path);
        let document = Writer { index, package, view: &view, names: Names::new(package, &view), text: text.as_deref() };
        write_field(out, DOCUMENTS, &document.document())?;
        if count % FILES_BETWEEN_LETTING_GO == 0 {
            index.let_go();
        }
    }
    Ok(())
}

fn write_field(out: &mut impl Write, number: u8, message: &impl Message) -> io::Result<()> {
    out.write_all(&[number << 3 | LENGTH_DELIMITED])?;
    let mut bytes = Vec::new();
    message.write_length_delimited_to_vec(&mut bytes).map_err(io::Error::other)?;
    out.write_all(&bytes)
}

fn metadata(root: &Path) -> Metadata {
    let tool = ToolInfo {
        name: "esker".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        // Those that make a difference.
        arguments: ["export", "--format", "scip"].map(String::from).to_vec(),
        ..ToolInfo::default()
    };
    Metadata {
        version: EnumOrUnknown::new(ProtocolVersion::UnspecifiedProtocolVersion),
        tool_info: MessageField::some(tool),
        project_root: file_uri(root),
        text_document_encoding: EnumOrUnknown::new(TextEncoding::UTF8),
        ..Metadata::default()
    }
}

/// A path as a URI (RFC 8089), all but unreserved characters and slashes percent-encoded.
fn file_uri(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt;

    let mut uri = "file://".to_owned();
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => uri.push(char::from(*byte)),
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// One file on its way to a document.
struct Writer<'w> {
    index: &'w CodeIndex<'w>,
    package: &'w Package,
    view: &'w FileView,
    names: Names<'w>,
    text: Option<&'w str>,
}

/// Occurrences by place and symbol, so that they are sorted and none is there twice: roles, and for definitions the
/// span of the whole.
type Occurrences = BTreeMap<(Vec<i32>, String), (i32, Option<Span>)>;

impl Writer<'_> {
    fn document(&self) -> Document {
        let mut occurrences = Occurrences::new();
        let mut symbols = Vec::new();
        for (symbol, id) in self.view.ir().symbols.iter().zip(0..) {
            let Some(name) = self.names.of(SymbolId(id)) else { continue };
            if name.is_defined {
                self.add(&mut occurrences, symbol.name_span, &name.text, SymbolRole::Definition, Some(symbol.span));
                symbols.push(self.information(symbol, SymbolId(id), name));
            } else if symbol.kind != SymbolKind::Import {
                self.add(&mut occurrences, symbol.name_span, &name.text, SymbolRole::WriteAccess, None);
            }
        }
        self.add_references(&mut occurrences, &mut symbols);
        let occurrence = |((range, symbol), (roles, span)): ((Vec<i32>, String), (i32, Option<Span>))| Occurrence {
            range: compact(range),
            symbol,
            symbol_roles: roles,
            enclosing_range: span.map_or_else(Vec::new, |span| compact(self.range(span))),
            ..Occurrence::default()
        };
        Document {
            language: scip_language(self.view.language()).to_owned(),
            relative_path: self.view.path().to_string(),
            occurrences: occurrences.into_iter().map(occurrence).collect(),
            symbols,
            position_encoding: EnumOrUnknown::new(PositionEncoding::UTF8CodeUnitOffsetFromLineStart),
            ..Document::default()
        }
    }

    fn add_references(&self, occurrences: &mut Occurrences, symbols: &mut Vec<SymbolInformation>) {
        let definitions = self.view.resolution().definitions.len() as u32;
        // What a definition of the resolution is called is asked once.
        let called: Vec<Option<String>> = (0..definitions)
            .map(|number| self.names.meaning(self.package, self.index, &self.view.meaning(number)))
            .collect();
        for (reference, outcome) in self.view.references() {
            let roles = match reference.role {
                Role::Import => SymbolRole::Import,
                Role::Write | Role::Delete => SymbolRole::WriteAccess,
                Role::Keyword => SymbolRole::UnspecifiedSymbolRole,
                Role::Read | Role::Call | Role::Base | Role::Decorator | Role::Annotation => SymbolRole::ReadAccess,
            };
            match outcome {
                Outcome::AsBound(bound) => {
                    let Some(name) = self.names.of(bound) else { continue };
                    let symbol = &self.view.ir().symbols[bound.index()];
                    let is_new = || symbols.iter().all(|information| information.symbol != name.text);
                    if symbol.kind == SymbolKind::Import && reference.role == Role::Write && is_new() {
                        // The first statement besides imports that binds a name which an import binds too.
                        self.add(occurrences, reference.span, &name.text, SymbolRole::Definition, Some(reference.span));
                        symbols.push(self.information(symbol, bound, name));
                    } else {
                        self.add(occurrences, reference.span, &name.text, roles, None);
                    }
                }
                Outcome::To(meant, _) => {
                    let mut meant = meant.iter().filter_map(|number| called.get(*number as usize)?.as_deref());
                    if let Some(first) = meant.next() {
                        self.add(occurrences, reference.span, first, roles, None);
                    }
                }
                Outcome::Not(_) => {}
            }
        }
    }

    fn add(&self, all: &mut Occurrences, at: Span, symbol: &str, role: SymbolRole, span: Option<Span>) {
        let occurrence = all.entry((self.range(at), symbol.to_owned())).or_default();
        occurrence.0 |= role as i32;
        occurrence.1 = occurrence.1.or(span);
    }

    /// Where a span begins and ends: line, column, line, column, all from 0.
    fn range(&self, span: Span) -> Vec<i32> {
        let (start, end) = (self.view.line_column(span.start), self.view.line_column(span.end));
        [start.line, start.column, end.line, end.column].map(|number| number as i32 - 1).to_vec()
    }

    fn information(&self, symbol: &Symbol, id: SymbolId, name: &Name) -> SymbolInformation {
        let ir = self.view.ir();
        let display_name = match symbol.kind {
            SymbolKind::Module => self.view.path().rsplit('/').next().unwrap_or_default(),
            _ => ir.names.get(symbol.name).unwrap_or_default(),
        };
        let mut information = SymbolInformation {
            symbol: name.text.clone(),
            kind: EnumOrUnknown::new(kind(symbol.kind)),
            display_name: display_name.to_owned(),
            relationships: self.relationships(symbol, id),
            ..SymbolInformation::default()
        };
        let owner = ir.scopes.get(symbol.scope.index()).and_then(|scope| scope.owner);
        if let Some(owner) = owner.filter(|owner| *owner != id).and_then(|owner| self.names.of(owner)) {
            information.enclosing_symbol.clone_from(&owner.text);
        }
        if let Some(text) = self.text.filter(|_| !name.is_local) {
            let (head, words) = match has_docstrings(self.view.language()) {
                true => documentation(text, symbol),
                false => line_and_comment(text, symbol),
            };
            let fenced = head.map(|head| format!("```{}\n{head}\n```", self.view.language()));
            information.documentation = fenced.into_iter().chain(words).collect();
        }
        information
    }

    fn relationships(&self, symbol: &Symbol, id: SymbolId) -> Vec<Relationship> {
        let above = match symbol.kind {
            SymbolKind::Class | SymbolKind::Interface => self.view.bases(id),
            SymbolKind::Method => self.view.overridden(id).into_iter().collect(),
            _ => Vec::new(),
        };
        let mut above: Vec<String> =
            above.iter().filter_map(|above| self.names.symbol(self.package, self.index, above)).collect();
        above.sort_unstable();
        above.dedup();
        let relationship = |above| Relationship {
            symbol: above,
            is_implementation: true,
            is_reference: symbol.kind == SymbolKind::Method,
            ..Relationship::default()
        };
        above.into_iter().map(relationship).collect()
    }
}

/// A range in as few numbers as it takes: the line of the end is left out if it is that of the start.
fn compact(range: Vec<i32>) -> Vec<i32> {
    match *range {
        [start_line, start, end_line, end] if start_line == end_line => vec![start_line, start, end],
        _ => range,
    }
}

const fn kind(kind: SymbolKind) -> Kind {
    match kind {
        SymbolKind::Module => Kind::Module,
        SymbolKind::Class => Kind::Class,
        SymbolKind::Function => Kind::Function,
        SymbolKind::Method => Kind::Method,
        SymbolKind::Variable | SymbolKind::Import => Kind::Variable,
        SymbolKind::Parameter => Kind::Parameter,
        SymbolKind::Field => Kind::Field,
        SymbolKind::TypeParameter => Kind::TypeParameter,
        SymbolKind::TypeAlias => Kind::TypeAlias,
        SymbolKind::Interface => Kind::Interface,
        SymbolKind::Enum => Kind::Enum,
        SymbolKind::Namespace => Kind::Namespace,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_uris() {
        assert_eq!(file_uri(Path::new("/a b/ü-1.x")), "file:///a%20b/%C3%BC-1.x");
    }
}
