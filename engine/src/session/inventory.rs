//! Which records there are, and which of them the manifests speak of.
//!
//! A row of a manifest has the digests of its file's results and what their keys are made of, but for what depends on
//! the setup: the options in the key of an IR, the frontend's name and version in those of an interface. Where these
//! are another configuration's, the record is not found under the key that this one would make, and whatever record of
//! the stage has the digest is taken to be meant: too many are live then, never too few.
//!
//! Memory: 56 bytes for each record.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use esker_frontend_api::{FileIr, ImportTable, Interface};

use super::Session;
use crate::contents::{CacheCheck, CacheContents, CacheProblem, PastRun, StageContents};
use crate::digest::Digest;
use crate::edges::{EDGES, EdgeTable, edges_key};
use crate::exports::{EXPORTS, exports_key};
use crate::ir::{IMPORTS, imports_key, text_ir_key};
use crate::manifest::{self, Manifest, Row};
use crate::memo::Hint;
use crate::parse::IR;
use crate::resolve::{HINTS, RESOLUTION, RecordedResolution, hints_key};
use crate::store::{Damage, Payload, RecordKey, StoreError, WRITTEN, Written, left_key, now, short};

/// The stages whose records manifests speak of, or that are found by those.
const STAGES: [Identity; 6] =
    [IR.identity(), IMPORTS.identity(), EDGES.identity(), EXPORTS.identity(), RESOLUTION, HINTS];
/// What stands for the stages of embedders and for other versions.
const OTHER: &str = "other";
/// Where the digest lies in a record's envelope, of which the first eight bytes tell records apart.
const DIGEST: std::ops::Range<usize> = 2..10;
/// What a record takes on disk besides itself: its key, and its place in a block.
const OVERHEAD_BYTES: u64 = 40;

/// A stage's name and version.
type Identity = (&'static str, u32);

/// A record.
pub(super) struct Item {
    pub(super) key: RecordKey,
    digest: [u8; 8],
    bytes: u32,
    pub(super) is_live: bool,
    /// When it was written or found to be live, in seconds since 1970; 0 if that is not known.
    pub(super) at: u64,
}

impl Item {
    fn new(key: RecordKey, record: &[u8]) -> Self {
        let digest = record.get(DIGEST).and_then(|digest| digest.try_into().ok()).unwrap_or_default();
        Self { key, digest, bytes: u32::try_from(record.len()).unwrap_or(u32::MAX), is_live: false, at: 0 }
    }

    /// About how many bytes it takes on disk.
    pub(super) fn disk_bytes(&self) -> u64 {
        u64::from(self.bytes) + OVERHEAD_BYTES
    }
}

/// The records and manifests of a cache directory.
#[derive(Default)]
pub(super) struct Inventory {
    /// Ascending by key.
    pub(super) items: Vec<Item>,
    problems: Vec<CacheProblem>,
    /// Records that are there and cannot be read.
    unreadable: HashSet<RecordKey>,
    manifests: usize,
    manifest_bytes: u64,
}

/// The first bytes of all keys of a stage.
type Prefix = [u8; 8];

fn prefix((stage, version): Identity) -> Prefix {
    prefix_of(RecordKey::new(stage, version, |_| ()))
}

fn prefix_of(key: RecordKey) -> Prefix {
    let bytes = key.to_bytes();
    std::array::from_fn(|index| bytes[index])
}

fn first(digest: Digest) -> [u8; 8] {
    std::array::from_fn(|index| digest.0[index])
}

impl Session {
    /// What the cache directory holds. Keeps other processes out of the store, which the caller has to release.
    pub(super) fn inventory(&self, visit: &mut dyn FnMut(RecordKey, &[u8])) -> Result<Inventory, StoreError> {
        let mut inventory = Inventory::default();
        let mut times: Vec<([u8; 8], u64)> = Vec::new();
        let written = prefix(WRITTEN);
        let scanned = self.memo.store().scan(&mut |key, record| {
            visit(key, record);
            if key == left_key() {
                return;
            }
            if prefix_of(key) == written {
                let written = Written::read(record);
                times.extend(written.iter().flat_map(|written| written.keys.iter().map(|key| (*key, written.at))));
                return;
            }
            inventory.items.push(Item::new(key, record));
        });
        times.sort_unstable();
        for item in &mut inventory.items {
            let end = times.partition_point(|(key, _)| *key <= short(item.key));
            let last = end.checked_sub(1).and_then(|last| times.get(last));
            item.at = last.filter(|(key, _)| *key == short(item.key)).map_or(0, |(_, at)| *at);
        }
        // Only now, as others can publish none any more that speaks of newer records.
        let mut loaded = Vec::new();
        for file in self.cache.as_ref().map_or(Ok(Vec::new()), |cache| manifests(cache.path()))? {
            inventory.manifests += 1;
            let files = manifest::bases(&file).into_iter().chain([file.clone()]);
            inventory.manifest_bytes +=
                files.map(|file| fs::metadata(file).map_or(0, |metadata| metadata.len())).sum::<u64>();
            match manifest::load_checked(&file) {
                Ok(manifest) => loaded.extend(manifest.map(|manifest| (file, manifest))),
                Err(error) => inventory.problems.push(CacheProblem::Manifest { file, detail: error.to_string() }),
            }
        }
        match scanned {
            Err(error @ StoreError::Damaged { .. }) => {
                inventory.problems.push(CacheProblem::Store { detail: error.to_string() });
                self.look_up(&mut inventory, loaded.iter().map(|(_, manifest)| manifest), visit)?;
            }
            scanned => scanned?,
        }
        loaded.iter().for_each(|(file, manifest)| self.mark(&mut inventory, manifest, file));
        if let (None, Some(manifest)) = (&self.cache, &self.manifest) {
            self.mark(&mut inventory, manifest, Path::new(""));
        }
        Ok(inventory)
    }

    /// Takes stock of a store that cannot be read from its beginning to its end, by looking for each record of which a
    /// manifest speaks and that was not shown. What else there may be is not found.
    fn look_up<'m>(
        &self,
        inventory: &mut Inventory,
        manifests: impl Iterator<Item = &'m Manifest>,
        visit: &mut dyn FnMut(RecordKey, &[u8]),
    ) -> Result<(), StoreError> {
        let mut keys: BTreeMap<RecordKey, &'static str> = BTreeMap::new();
        for manifest in manifests {
            let rows = (0..manifest.len() as u32).filter_map(|index| manifest.row_at(index));
            for row in rows.filter(|row| row.content().is_some()) {
                let hints = self.hints_of(row).map(|key| (HINTS.0, key));
                let records = self.records_of(row).filter_map(|(stage, key, _)| Some((stage.0, key?)));
                keys.extend(records.chain(hints).map(|(stage, key)| (key, stage)));
            }
        }
        let last = inventory.items.last().map(|item| item.key);
        for (key, stage) in keys.into_iter().filter(|(key, _)| Some(*key) > last) {
            match self.memo.store().get(key) {
                Ok(None) => {}
                Ok(Some(record)) => {
                    visit(key, &record);
                    inventory.items.push(Item::new(key, &record));
                }
                Err(StoreError::Damaged { detail, .. }) => {
                    inventory.unreadable.insert(key);
                    let key = Digest(key.to_bytes()).to_string();
                    inventory.problems.push(CacheProblem::Record { stage, key, detail });
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The records of which a row speaks: the stage, the key if it can be made with this setup, the digest of the
    /// result.
    fn records_of(&self, row: Row<'_>) -> impl Iterator<Item = (Identity, Option<RecordKey>, Digest)> {
        let frontend = self.setup.frontends.get(usize::from(row.frontend().0));
        let ir = frontend
            .zip(row.content())
            .and_then(|(frontend, content)| text_ir_key(frontend, &self.setup.lower, &self.texts, row.path(), content));
        let exports = frontend.map(|frontend| exports_key(&**frontend, row.ir(), row.located()));
        let of_names =
            [(EXPORTS.identity(), exports, row.exports()), (RESOLUTION, Some(row.resolution_key()), row.resolution())];
        let of_edges = [
            (IR.identity(), ir, row.ir()),
            (IMPORTS.identity(), Some(imports_key(row.ir())), row.imports()),
            (EDGES.identity(), Some(edges_key(row.located())), row.edges()),
        ];
        of_edges.into_iter().chain(of_names.into_iter().filter(move |_| row.has_names()))
    }

    /// The key under which the keys of a row's resolutions are remembered. Of one without names too: they may be wanted
    /// again.
    fn hints_of(&self, row: Row<'_>) -> Option<RecordKey> {
        let frontend = self.setup.frontends.get(usize::from(row.frontend().0))?;
        Some(hints_key(&**frontend, row.ir(), row.located()))
    }

    /// Marks the records that a manifest speaks of.
    fn mark(&self, inventory: &mut Inventory, manifest: &Manifest, file: &Path) {
        let mut not_found: Vec<(&'static str, Prefix, Row<'_>, Digest)> = Vec::new();
        let mut has_other_hints = false;
        for row in (0..manifest.len() as u32).filter_map(|index| manifest.row_at(index)) {
            if row.content().is_none() {
                continue;
            }
            for (stage, key, digest) in self.records_of(row) {
                if key.is_some_and(|key| inventory.unreadable.contains(&key)) {
                    continue;
                }
                let found = key.and_then(|key| inventory.item(key)).filter(|item| item.digest == first(digest));
                match found {
                    Some(item) => item.is_live = true,
                    None => not_found.push((stage.0, prefix(stage), row, digest)),
                }
            }
            match self.hints_of(row).and_then(|hints| inventory.item(hints)) {
                Some(item) => item.is_live = true,
                None => has_other_hints |= row.has_names(),
            }
        }
        let mut meant: HashSet<(Prefix, [u8; 8])> =
            not_found.iter().map(|(_, stage, _, digest)| (*stage, first(*digest))).collect();
        let depend_on_setup = [prefix(IR.identity()), prefix(EXPORTS.identity())];
        meant.retain(|(stage, _)| depend_on_setup.contains(stage));
        let hints = prefix(HINTS);
        let mut there = HashSet::new();
        for item in &mut inventory.items {
            let stage = prefix_of(item.key);
            if meant.contains(&(stage, item.digest)) {
                item.is_live = true;
                there.insert((stage, item.digest));
            } else if stage == hints && has_other_hints && !meant.is_empty() {
                item.is_live = true;
            }
        }
        not_found.retain(|(_, stage, _, digest)| !there.contains(&(*stage, first(*digest))));
        let missing = |(stage, _, row, _): (&'static str, Prefix, Row<'_>, Digest)| CacheProblem::Missing {
            stage,
            path: row.path().to_owned(),
            file: file.to_owned(),
        };
        inventory.problems.extend(not_found.into_iter().map(missing));
    }

    /// How many records there are, of which stage, and how many of them are live.
    pub(crate) fn cache_contents(&self) -> Result<CacheContents, StoreError> {
        let contents = self.inventory(&mut |_, _| ()).and_then(|inventory| {
            let disk_bytes = self.memo.store().bytes()?;
            Ok(inventory.contents(disk_bytes))
        });
        self.memo.release();
        let own = self.cache.as_ref().and_then(|cache| manifest::load(cache.manifest()).ok().flatten());
        let runs = own.map_or_else(Vec::new, |manifest| PastRun::of(manifest.tail()));
        contents.map(|contents| CacheContents { runs, ..contents })
    }

    /// Looks at every record, and for every record that a manifest speaks of.
    pub(crate) fn check_cache(&self) -> Result<CacheCheck, StoreError> {
        let mut damaged = Vec::new();
        let mut records = 0;
        let decoders = STAGES.map(prefix);
        let inventory = self.inventory(&mut |key, record| {
            records += 1;
            let stage = decoders.iter().position(|stage| *stage == prefix_of(key));
            if let Err(damage) = Payload::open(record).and_then(|payload| decode(stage, &payload)) {
                damaged.push(CacheProblem::Record {
                    stage: stage.map_or(OTHER, |stage| STAGES[stage].0),
                    key: Digest(key.to_bytes()).to_string(),
                    detail: damage.to_string(),
                });
            }
        });
        self.memo.release();
        let Inventory { mut problems, manifests, .. } = inventory?;
        problems.extend(damaged);
        problems.sort_unstable();
        Ok(CacheCheck { records, manifests, problems })
    }
}

/// Whether a payload decodes as what the stage at this position returns.
fn decode(stage: Option<usize>, payload: &Payload) -> Result<(), Damage> {
    match stage {
        Some(0) => payload.decode::<FileIr>().map(drop),
        Some(1) => payload.decode::<ImportTable>().map(drop),
        Some(2) => payload.decode::<EdgeTable>().map(drop),
        Some(3) => payload.decode::<Interface>().map(drop),
        Some(4) => payload.decode::<RecordedResolution>().map(drop),
        Some(5) => payload.decode::<Vec<Hint>>().map(drop),
        _ => Ok(()),
    }
}

/// The manifests of this version in a cache directory, ascending; none, if there is no such directory.
fn manifests(directory: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let entries = match fs::read_dir(directory).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(source) => return Err(StoreError::Io { path: directory.to_owned(), source }),
    };
    let is_manifest = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(super::cache::MANIFEST);
    let mut manifests: Vec<PathBuf> = entries.into_iter().filter(is_manifest).map(|entry| entry.path()).collect();
    manifests.sort_unstable();
    Ok(manifests)
}

impl Inventory {
    pub(super) fn item(&mut self, key: RecordKey) -> Option<&mut Item> {
        let index = self.items.binary_search_by(|item| item.key.cmp(&key)).ok()?;
        self.items.get_mut(index)
    }

    fn contents(&self, store_bytes: u64) -> CacheContents {
        let mut stages: Vec<StageContents> =
            STAGES.map(|(stage, _)| stage).into_iter().chain([OTHER]).map(empty).collect();
        let known = STAGES.map(prefix);
        let now = now();
        for item in &self.items {
            let index = known.iter().position(|stage| *stage == prefix_of(item.key)).unwrap_or(STAGES.len());
            let stage = &mut stages[index];
            stage.records += 1;
            stage.bytes += u64::from(item.bytes);
            stage.live_records += u64::from(item.is_live);
            stage.live_bytes += if item.is_live { u64::from(item.bytes) } else { 0 };
            if item.at > 0 {
                stage.oldest_seconds = stage.oldest_seconds.max(Some(now.saturating_sub(item.at)));
            }
        }
        stages.retain(|stage| stage.records > 0);
        CacheContents {
            stages,
            store_bytes,
            manifest_bytes: self.manifest_bytes,
            manifests: self.manifests,
            runs: Vec::new(),
        }
    }
}

fn empty(stage: &'static str) -> StageContents {
    StageContents { stage, ..StageContents::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn that_a_directory_cannot_be_read_is_no_sign_of_its_being_empty() -> io::Result<()> {
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("cache");
        assert!(manifests(&path).is_ok_and(|manifests| manifests.is_empty()), "nothing was kept yet");
        fs::write(&path, "")?;
        assert!(matches!(manifests(&path), Err(StoreError::Io { path: named, .. }) if named == path));
        Ok(())
    }
}
