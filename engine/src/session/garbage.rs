//! Drops records that no manifest speaks of.
//!
//! The store is never changed in place: what is kept is written to a fresh one, in one pass, and takes its place. So a
//! collection costs the time and the disk space of what is kept, and one that is killed has done nothing. Other
//! processes are kept out meanwhile; one that has read its manifest before computes again what it misses. In the same
//! way a store is mended of which a part cannot be read: what can be is kept.

use std::collections::BTreeMap;

use super::Session;
use super::inventory::{Inventory, Item};
use crate::contents::{GarbageLimits, GarbageReport};
use crate::store::{Payload, Record, RecordKey, StoreError, Written, left_key, now};

/// How much of the budget is left in use when it was passed, so that it is not passed again by the next run.
const LEFT_OF_BUDGET: (u64, u64) = (3, 4);
/// Where all but this part of the budget is in use, the store has to grow by as much before it is looked through again:
/// otherwise next to every run would write it anew, and gain nothing by it.
const CROWDED: u64 = 16;
/// The times of records that are not live are kept to the day.
const DAY: u64 = 24 * 60 * 60;

impl Session {
    /// Drops what no manifest speaks of, as far as the limits say so.
    pub(crate) fn collect_garbage(&self, limits: GarbageLimits) -> Result<GarbageReport, StoreError> {
        let report = self.collect(limits);
        self.memo.release();
        report
    }

    fn collect(&self, limits: GarbageLimits) -> Result<GarbageReport, StoreError> {
        let _span = tracing::info_span!("collect").entered();
        let mut inventory = self.inventory(&mut |_, _| ())?;
        let store = self.memo.store();
        let before = store.bytes()?;
        let all = inventory.items.len() as u64;
        drop_dead(&mut inventory, limits);
        let kept = &inventory.items;
        let mut report = GarbageReport {
            dropped_records: all - kept.len() as u64,
            kept_records: kept.len() as u64,
            live_records: kept.iter().filter(|item| item.is_live).count() as u64,
            bytes_before: before,
            bytes_after: before,
        };
        // The same record can lie in several tables.
        if report.dropped_records > 0 || before > limits.max_bytes || store.is_damaged() {
            let bytes = kept.iter().map(Item::disk_bytes).sum();
            let keys: Vec<RecordKey> = kept.iter().map(|item| item.key).collect();
            store.rewrite(&keys, besides(kept, bytes))?;
            report.bytes_after = store.bytes()?;
        }
        Ok(report)
    }

    /// Drops the oldest of what no manifest speaks of, if the store has come to be larger than it may; leaves behind
    /// what is damaged, if the run came upon it.
    pub(super) fn tidy_up(&self) {
        if self.memo.store().is_damaged() {
            let limits = GarbageLimits { older_than: std::time::Duration::MAX, max_bytes: u64::MAX };
            if let Err(error) = self.collect_garbage(limits) {
                tracing::info!("{error}; what is damaged in it stays");
            }
        }
        let (size, budget) = (self.memo.store().bytes_when_written(), self.setup.max_cache_bytes);
        if size <= budget {
            return;
        }
        let max_bytes = budget / LEFT_OF_BUDGET.1 * LEFT_OF_BUDGET.0;
        let left = self.memo.store().get(left_key()).ok().flatten();
        let left = left.and_then(|record| Payload::open(&record).ok()?.decode().ok()).unwrap_or(0);
        let least_room = budget / CROWDED;
        if left > budget - least_room && size < left.saturating_add(least_room) {
            self.memo.release();
            return;
        }
        match self.collect_garbage(GarbageLimits { older_than: std::time::Duration::MAX, max_bytes }) {
            Ok(report) if report.bytes_after > budget => tracing::warn!(
                "the cache has {} MiB, which is more than `max-cache-size` allows, and all of it is in use",
                report.bytes_after >> 20
            ),
            Ok(report) => tracing::info!("{} records were dropped from the cache", report.dropped_records),
            Err(error) => tracing::warn!("{error}; nothing was dropped from it"),
        }
    }
}

/// Takes out of the inventory what is to be dropped.
fn drop_dead(inventory: &mut Inventory, limits: GarbageLimits) {
    let now = now();
    let mut bytes: u64 = inventory.items.iter().map(Item::disk_bytes).sum();
    let mut dead: Vec<(u64, usize)> = inventory
        .items
        .iter()
        .enumerate()
        .filter(|(_, item)| !item.is_live)
        .map(|(index, item)| (item.at, index))
        .collect();
    dead.sort_unstable();
    let mut is_dropped = vec![false; inventory.items.len()];
    for (at, index) in dead {
        let is_old = now.saturating_sub(at) > limits.older_than.as_secs();
        if !is_old && bytes <= limits.max_bytes {
            break;
        }
        is_dropped[index] = true;
        bytes -= inventory.items[index].disk_bytes();
    }
    let mut is_dropped = is_dropped.into_iter();
    inventory.items.retain(|_| !is_dropped.next().unwrap_or(false));
}

/// The records that tell how old the others are and how much was left, ascending by key.
fn besides(kept: &[Item], bytes: u64) -> Vec<(RecordKey, Vec<u8>)> {
    let mut by_time: BTreeMap<u64, Vec<RecordKey>> = BTreeMap::new();
    for item in kept {
        let at = if item.is_live { now() } else { item.at / DAY * DAY };
        by_time.entry(at).or_default().push(item.key);
    }
    let written = by_time.into_iter().filter_map(|(at, keys)| Written::record(at, keys.into_iter()));
    let left = Record::encode(&bytes).map(|left| (left_key(), left));
    let mut records: Vec<_> = written.chain(left).map(|(key, record)| (key, record.bytes().to_vec())).collect();
    records.sort_unstable();
    records
}
