//! Entries of interfaces.

use std::ops::Range;

use super::{Bytes, Columns, Difference, Packed, from_optional};
use crate::{Entry, NameId, SymbolFlags, SymbolKind};

/// Columns: name, kind and whether it is public, flags, import, where facts and members start (as a difference from
/// where those of the entry before end) and how many there are, digest.
impl Packed for Entry {
    fn write(rows: &[Self], into: &mut Columns) {
        into.column(rows.iter().map(|row| row.name.0));
        into.column(rows.iter().map(|row| row.kind.code() * 2 + u32::from(row.is_public)));
        into.column(rows.iter().map(|row| row.flags.bits().into()));
        into.optional(rows.iter().map(|row| row.import));
        write_ranges(rows.iter().map(|row| &row.facts), into);
        write_ranges(rows.iter().map(|row| &row.members), into);
        into.bytes(rows.iter().map(|row| row.digest.to_le_bytes()));
    }

    fn read(count: usize, from: &mut Bytes<'_>) -> Option<Vec<Self>> {
        let mut rows = Vec::with_capacity(count);
        for _ in 0..count {
            rows.push(Self {
                name: NameId(from.small()?),
                kind: SymbolKind::Module,
                flags: SymbolFlags::empty(),
                is_public: false,
                import: None,
                facts: 0..0,
                members: 0..0,
                digest: 0,
            });
        }
        from.fill(&mut rows, |row, code| {
            row.kind = SymbolKind::from_code(code / 2)?;
            row.is_public = code % 2 == 1;
            Some(())
        })?;
        from.fill(&mut rows, |row, flags| {
            row.flags = SymbolFlags::from_bits_retain(u16::try_from(flags).ok()?);
            Some(())
        })?;
        for row in &mut rows {
            row.import = from_optional(from.number()?)?;
        }
        read_ranges(&mut rows, |row| &mut row.facts, from)?;
        read_ranges(&mut rows, |row| &mut row.members, from)?;
        for row in &mut rows {
            row.digest = u64::from_le_bytes(from.bytes()?);
        }
        Some(rows)
    }
}

fn write_ranges<'a>(ranges: impl Iterator<Item = &'a Range<u32>> + Clone, into: &mut Columns) {
    let mut end = 0;
    into.column(ranges.clone().map(|range| Difference(std::mem::replace(&mut end, range.end)).of(range.start)));
    into.column(ranges.map(|range| range.end.wrapping_sub(range.start)));
}

fn read_ranges(rows: &mut [Entry], range: fn(&mut Entry) -> &mut Range<u32>, from: &mut Bytes<'_>) -> Option<()> {
    from.fill(rows, |row, start| {
        range(row).start = start;
        Some(())
    })?;
    let mut end = 0;
    from.fill(rows, |row, length| {
        let range = range(row);
        range.start = Difference(end).undo(range.start);
        range.end = range.start.wrapping_add(length);
        end = range.end;
        Some(())
    })
}

#[cfg(test)]
mod tests {
    use super::super::round_trip;
    use super::*;

    #[test]
    fn entries_survive_the_round_trip() {
        let entries: Vec<Entry> = (0..6u32)
            .map(|index| Entry {
                name: NameId(index * 500),
                kind: SymbolKind::CODED[index as usize],
                flags: SymbolFlags::from_bits_retain(1 << index),
                is_public: index % 2 == 0,
                import: (index % 3 == 0).then_some(index),
                facts: index * 2..index * 3,
                members: 400 - index..400 + index,
                digest: u64::MAX / (u64::from(index) + 1),
            })
            .collect();
        assert_eq!(round_trip(&entries), entries);
    }
}
