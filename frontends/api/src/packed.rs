//! The stored form of tables with many rows: column by column, as one run of bytes.
//!
//! Rows differ little from those before them, and columns differ little from row to row: told as differences, nearly
//! every number is a single byte, and the bytes of one column repeat each other, which compresses well. To write and
//! read numbers in one loop takes a fraction of the time that it takes to hand them to a serializer one by one.
//!
//! | bytes | what |
//! |---|---|
//! | varint | the number of rows |
//! | varints or bytes | the first column, one number a row |
//! | … | the other columns |
//!
//! A varint is the number in groups of seven bits, the lowest first, each but the last with the top bit set. Bytes that
//! are no such table make an error, never a table that asks for more memory than a fixed multiple of their number.

mod entries;
mod references;
mod symbols;
mod values;

use std::fmt;
use std::marker::PhantomData;

use serde::de::Visitor;
use serde::{Deserializer, Serializer};

/// A row of a table that is stored by columns.
pub(crate) trait Packed: Sized {
    /// Writes the columns of all rows.
    fn write(rows: &[Self], into: &mut Columns);

    /// Reads so many rows; `None` if these are not their columns.
    fn read(count: usize, from: &mut Bytes<'_>) -> Option<Vec<Self>>;
}

/// What `#[serde(with = "crate::packed")]` calls.
pub(crate) fn serialize<T: Packed, S: Serializer>(rows: &[T], serializer: S) -> Result<S::Ok, S::Error> {
    let mut columns = Columns { bytes: Vec::with_capacity(rows.len() * 8 + 8), ..Columns::default() };
    columns.number(rows.len() as u64);
    T::write(rows, &mut columns);
    serializer.serialize_bytes(&columns.bytes)
}

/// What `#[serde(with = "crate::packed")]` calls.
pub(crate) fn deserialize<'de, T: Packed, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    deserializer.deserialize_bytes(TableVisitor(PhantomData))
}

/// For lists of numbers that ascend: as `#[serde(with = "crate::packed")]`, by their differences.
pub(crate) mod ascending {
    use super::{Bytes, Columns, Deserializer, Packed, Serializer};

    struct Step(u32);

    impl Packed for Step {
        fn write(rows: &[Self], into: &mut Columns) {
            into.column(rows.iter().map(|step| step.0));
        }

        fn read(count: usize, from: &mut Bytes<'_>) -> Option<Vec<Self>> {
            let mut sum = 0u32;
            (0..count)
                .map(|_| {
                    sum = sum.checked_add(from.small()?)?;
                    Some(Self(sum))
                })
                .collect()
        }
    }

    pub(crate) fn serialize<S: Serializer>(numbers: &[u32], serializer: S) -> Result<S::Ok, S::Error> {
        let mut before = 0;
        let steps = numbers.iter().map(|number| Step(number - std::mem::replace(&mut before, *number)));
        super::serialize(&steps.collect::<Vec<_>>(), serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u32>, D::Error> {
        let sums: Vec<Step> = super::deserialize(deserializer)?;
        Ok(sums.into_iter().map(|Step(sum)| sum).collect())
    }
}

struct TableVisitor<T>(PhantomData<T>);

impl<T: Packed> Visitor<'_> for TableVisitor<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the columns of a table")
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Vec<T>, E> {
        let mut bytes = Bytes(bytes);
        let rows = bytes.number().and_then(|count| {
            // Every row has a byte in every column.
            let count = usize::try_from(count).ok().filter(|count| *count <= bytes.0.len())?;
            T::read(count, &mut bytes)
        });
        rows.filter(|_| bytes.0.is_empty()).ok_or_else(|| E::custom("these are not the columns of such a table"))
    }
}

/// How many numbers are put together before they are added to a column, which is looked after only then.
const BLOCK: usize = 64;

/// How many bytes a varint of 32 bits has at most.
const MAX_BYTES: usize = 5;

/// Columns as they are written.
#[derive(Default)]
pub(crate) struct Columns {
    bytes: Vec<u8>,
    /// The column under way.
    numbers: Vec<u32>,
}

impl Columns {
    /// Adds a column of numbers.
    fn column(&mut self, numbers: impl Iterator<Item = u32>) {
        let Self { bytes, numbers: column } = self;
        column.clear();
        column.extend(numbers);
        if column.iter().fold(0, |all, number| all | number) < 0x80 {
            bytes.extend(column.iter().map(|number| *number as u8));
            return;
        }
        bytes.reserve(column.len() * 2);
        for numbers in column.chunks(BLOCK) {
            let mut block = [0; BLOCK * MAX_BYTES];
            let mut end = 0;
            for mut number in numbers.iter().copied() {
                while number >= 0x80 {
                    block[end] = number as u8 | 0x80;
                    number >>= 7;
                    end += 1;
                }
                block[end] = number as u8;
                end += 1;
            }
            bytes.extend_from_slice(&block[..end]);
        }
    }

    /// Adds a column of numbers that may be missing: one more than they are, or 0.
    fn optional(&mut self, numbers: impl Iterator<Item = Option<u32>>) {
        for number in numbers {
            match number.map_or(0, |number| u64::from(number) + 1) {
                number @ 0..0x80 => self.bytes.push(number as u8),
                number => self.number(number),
            }
        }
    }

    /// Adds a number alone.
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    /// Adds a column of bytes, as many for each row.
    fn bytes<const N: usize>(&mut self, each: impl Iterator<Item = [u8; N]>) {
        each.for_each(|bytes| self.bytes.extend_from_slice(&bytes));
    }
}

/// Columns that are being read.
pub(crate) struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    #[inline]
    fn number(&mut self) -> Option<u64> {
        match *self.0 {
            [one @ ..0x80, ref rest @ ..] => {
                self.0 = rest;
                Some(one.into())
            }
            [one, two @ ..0x80, ref rest @ ..] => {
                self.0 = rest;
                Some(u64::from(one & 0x7f) | u64::from(two) << 7)
            }
            _ => self.long_number(),
        }
    }

    fn long_number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    #[inline]
    fn small(&mut self) -> Option<u32> {
        u32::try_from(self.number()?).ok()
    }

    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*bytes)
    }

    /// Reads a column into these rows.
    #[inline]
    fn fill<T>(&mut self, rows: &mut [T], mut set: impl FnMut(&mut T, u32) -> Option<()>) -> Option<()> {
        // Most columns have nothing but small numbers.
        if let Some((column, rest)) = self.0.split_at_checked(rows.len())
            && column.iter().fold(0, |all, byte| all | byte) < 0x80
        {
            self.0 = rest;
            return rows.iter_mut().zip(column).try_for_each(|(row, byte)| set(row, u32::from(*byte)));
        }
        rows.iter_mut().try_for_each(|row| set(row, self.small()?))
    }
}

fn from_optional(number: u64) -> Option<Option<u32>> {
    match number.checked_sub(1) {
        None => Some(None),
        Some(number) => u32::try_from(number).ok().map(Some),
    }
}

/// Gives differences between the numbers of a column and those before them, taken modulo 2³²; of either sign, small
/// ones come out small.
#[derive(Default)]
struct Difference(u32);

impl Difference {
    #[inline]
    fn of(&mut self, number: u32) -> u32 {
        zigzag(number.wrapping_sub(std::mem::replace(&mut self.0, number)))
    }

    #[inline]
    fn undo(&mut self, difference: u32) -> u32 {
        self.0 = self.0.wrapping_add(unzigzag(difference));
        self.0
    }
}

/// Maps small differences of either sign, taken modulo 2³², to small numbers.
fn zigzag(difference: u32) -> u32 {
    let signed = difference.cast_signed();
    ((signed << 1) ^ (signed >> 31)).cast_unsigned()
}

fn unzigzag(number: u32) -> u32 {
    (number >> 1) ^ (number & 1).wrapping_neg()
}

/// The numbers that stand for the variants of an enumeration, in the order of its declaration.
macro_rules! codes {
    ($kind:ident: $($variant:ident)*) => {
        impl $kind {
            pub(super) const CODED: &[Self] = &[$(Self::$variant),*];

            pub(super) fn code(self) -> u32 {
                // Without a wildcard, so that a variant cannot be forgotten.
                match self {
                    $(Self::$variant => self as u32,)*
                }
            }

            pub(super) fn from_code(code: u32) -> Option<Self> {
                Self::CODED.get(code as usize).copied()
            }
        }
    };
}
use codes;

impl Packed for u32 {
    fn write(rows: &[Self], into: &mut Columns) {
        into.column(rows.iter().copied());
    }

    fn read(count: usize, from: &mut Bytes<'_>) -> Option<Vec<Self>> {
        (0..count).map(|_| from.small()).collect()
    }
}

/// Digests: as they are, since no number of theirs is like another.
impl Packed for u64 {
    fn write(rows: &[Self], into: &mut Columns) {
        into.bytes(rows.iter().map(|digest| digest.to_le_bytes()));
    }

    fn read(count: usize, from: &mut Bytes<'_>) -> Option<Vec<Self>> {
        (0..count).map(|_| from.bytes().map(Self::from_le_bytes)).collect()
    }
}

/// Writes rows and reads them again.
#[cfg(test)]
fn round_trip<T: Packed>(rows: &[T]) -> Vec<T> {
    let mut columns = Columns::default();
    T::write(rows, &mut columns);
    let mut bytes = Bytes(&columns.bytes);
    let read = T::read(rows.len(), &mut bytes);
    assert!(bytes.0.is_empty());
    // Nothing shorter makes as many rows.
    for length in 0..columns.bytes.len() {
        assert!(T::read(rows.len(), &mut Bytes(&columns.bytes[..length])).is_none(), "cut to {length} bytes");
    }
    read.expect("what was written can be read")
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Table(#[serde(with = "super")] Vec<u32>);

    #[test]
    fn numbers_of_every_length_survive_the_round_trip() {
        let numbers: Vec<u32> = (0..32).flat_map(|bits| [(1 << bits) - 1, 1 << bits]).chain([u32::MAX]).collect();
        assert_eq!(round_trip(&numbers), numbers);
        let bytes = postcard::to_stdvec(&Table(numbers.clone())).unwrap();
        assert_eq!(postcard::from_bytes::<Table>(&bytes).unwrap().0, numbers);
        let digests = [0, u64::MAX, 1, 0x0123_4567_89ab_cdef];
        assert_eq!(round_trip(&digests), digests);
    }

    #[test]
    fn what_claims_more_rows_than_it_has_bytes_is_refused() {
        // Postcard writes a list of bytes as it writes bytes.
        let mut columns = Columns::default();
        columns.number(u64::MAX);
        columns.number(7);
        let bytes = postcard::to_stdvec(columns.bytes.as_slice()).unwrap();
        assert!(postcard::from_bytes::<Table>(&bytes).is_err());
        // As is a number that is too large for its column, and one that does not end.
        for column in [[0xff_u8; 12].as_slice(), &[0x80, 0x80, 0x80, 0x80, 0x10]] {
            let bytes = [&[1][..], column].concat();
            assert!(postcard::from_bytes::<Table>(&postcard::to_stdvec(bytes.as_slice()).unwrap()).is_err());
        }
    }
}
