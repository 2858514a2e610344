//! The readers of what a cache holds, for fuzzers. Nothing of it is compiled but with the feature `fuzzing`.
//!
//! A fuzzer does not find a digest, so that each reader is tried on bytes as they are and on bytes whose digest is made
//! to fit: what a repository brings along can have been made on purpose.

use std::hint::black_box;

use esker_frontend_api::{EdgeKinds, EntryId, FileIr, ImportTable, Interface, SymbolId};

use crate::edges::EdgeTable;
use crate::input::FrontendId;
use crate::manifest::{Destination, Entries, Manifest, assemble};
use crate::memo::Hint;
use crate::resolve::RecordedResolution;
use crate::store::{Payload, Written};

/// Reads bytes as a manifest from behind its headers on, and looks at all that is in it. Whether there was one, its
/// digests aside, and how many files it has.
pub fn read_manifest(bytes: &[u8]) -> Option<usize> {
    let manifest = Manifest::forged(bytes)?;
    look_at(&manifest);
    Some(manifest.len())
}

fn look_at(manifest: &Manifest) {
    let rows = 0..manifest.len() as u32;
    for (index, row) in rows.clone().filter_map(|index| Some((index, manifest.row_at(index)?))) {
        black_box((row.stat(), row.is_doubtful(), row.content(), row.resolution_key()));
        black_box((row.sites().count(), manifest.dependents(index).count(), row.uses().len()));
        black_box((row.misses().count(), row.diagnostics().count()));
        black_box(manifest.position(row.path()));
        black_box(manifest.below(row.path()));
        black_box(manifest.users_of(row.frontend(), row.path()).count());
        black_box(manifest.reasons().explanation(index, row.path()));
    }
    black_box((manifest.findings(), manifest.users_of(FrontendId(0), "").count()));
    black_box(manifest.import_graph().cycles(EdgeKinds::DEFAULT_POLICY));
    // What a run makes of it that finds something changed, the short way and the long one.
    for entries in [Entries::Changed(Vec::new()), Entries::all_kept(manifest)] {
        let next = assemble(Some(manifest), entries, Destination::Disk)
            .finished(manifest.encoded_reasons(), manifest.tail().clone());
        black_box(next.findings());
    }
}

/// Opens bytes as a record, and decodes them as every sort of result. How many sorts they could be, their digest aside.
pub fn read_record(bytes: &[u8]) -> usize {
    if let Ok(payload) = Payload::open(bytes) {
        decode(&payload);
    }
    // What a compressed payload claims to be, and what it is.
    if let Ok(payload) = Payload::open(&Payload::forged_envelope(bytes)) {
        decode(&payload);
    }
    decode(&Payload::forged(bytes))
}

fn decode(payload: &Payload) -> usize {
    let mut sorts = 0;
    if let Ok(ir) = payload.decode::<FileIr>() {
        sorts += 1;
        let table = ImportTable::of(&ir);
        black_box(table.imports.iter().map(|import| table.name(import.specifier).len()).sum::<usize>());
        black_box(ir.facts_of(SymbolId(0)));
        black_box(ir.references.iter().map(|reference| ir.lines.line_column(reference.span.start)).max());
        black_box(ir.names.iter().count());
    }
    if let Ok(interface) = payload.decode::<Interface>() {
        sorts += 1;
        for id in (0..interface.entries.len() as u32).map(EntryId) {
            let Some(entry) = interface.entry(id) else { continue };
            let name = interface.qualified_name(id);
            black_box((interface.facts(entry), interface.find(&name), interface.members(Some(id))));
            black_box(interface.answer(interface.entries(Some(id), "x")));
            black_box(entry.facts.clone().map(|at| interface.facts.get(at as usize)).take(8).count());
        }
        black_box(interface.imports.iter().map(|import| interface.modules(import).len()).sum::<usize>());
    }
    if let Ok(table) = payload.decode::<ImportTable>() {
        sorts += 1;
        black_box(table.imports.iter().map(|import| table.name(import.specifier).len()).sum::<usize>());
    }
    if let Ok(recorded) = payload.decode::<RecordedResolution>() {
        sorts += 1;
        black_box(recorded.questions.hashes());
    }
    sorts += usize::from(payload.decode::<EdgeTable>().is_ok());
    sorts += usize::from(payload.decode::<Written>().is_ok());
    sorts + usize::from(payload.decode::<Vec<Hint>>().is_ok())
}
