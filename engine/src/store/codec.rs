//! The envelope of a record.
//!
//! | bytes | what |
//! |---|---|
//! | 0 | format version, [`FORMAT`] |
//! | 1 | how the payload lies behind: 0 as it is, 1 as an LZ4 block |
//! | 2..34 | BLAKE3 of the payload |
//! | 34..38 | length of the payload, little-endian |
//! | 38.. | the payload: the stage's result in postcard encoding |
//!
//! Records are compressed one by one where they are made, in parallel, rather than by the block where they are written:
//! that halves what a cold run holds in memory until the end.

use std::cell::RefCell;

use lz4_flex::block::{CompressTable, compress_into_with_table, get_maximum_output_size};
use postcard::ser_flavors::Flavor;

use crate::digest::Digest;

/// The version of the envelope. Raise it when the layout above changes.
const FORMAT: u8 = 1;
const HEADER: usize = 1 + 1 + 32 + 4;
const PLAIN: u8 = 0;
const LZ4: u8 = 1;

/// Payloads of fewer bytes are left as they are: what little there is to gain does not make up for preparing to look
/// for it. The keys that resolutions are found by are among them.
const MIN_COMPRESSED: usize = 128;

/// What a byte of an LZ4 block can stand for at most. A record that claims more asks for memory that it cannot fill.
const MAX_EXPANSION: usize = 255;

/// A stage's result as it is stored, with the digest by which it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    digest: Digest,
    bytes: Vec<u8>,
    payload_len: usize,
}

/// The payload of a record that passed its checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Payload {
    digest: Digest,
    bytes: Vec<u8>,
}

/// Why a stored record is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Damage {
    #[error("it is shorter than its header")]
    Truncated,
    #[error("it has the format version {0}, not {FORMAT}")]
    ForeignFormat(u8),
    #[error("its digest does not match its payload")]
    DigestMismatch,
    #[error("its payload does not decode")]
    Undecodable,
}

impl Record {
    /// Encodes a result. `None` if it has no postcard form, which only a faulty `Serialize` brings about.
    pub(crate) fn encode<T: serde::Serialize>(value: &T) -> Option<Self> {
        SPACE.with_borrow_mut(|space| space.record(value))
    }

    /// The digest of the payload.
    pub(crate) fn digest(&self) -> Digest {
        self.digest
    }

    /// How many bytes the record takes.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// How many bytes its payload takes.
    pub(crate) fn payload_len(&self) -> usize {
        self.payload_len
    }

    /// The whole record as it is stored.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Payload {
    /// Takes the payload out of a stored record, checking it.
    pub(crate) fn open(record: &[u8]) -> Result<Self, Damage> {
        let (header, stored) = record.split_at_checked(HEADER).ok_or(Damage::Truncated)?;
        if header[0] != FORMAT {
            return Err(Damage::ForeignFormat(header[0]));
        }
        let length: [u8; 4] = header[34..].try_into().map_err(|_| Damage::Truncated)?;
        let length = u32::from_le_bytes(length) as usize;
        let bytes = match header[1] {
            PLAIN => stored.to_vec(),
            LZ4 if length <= stored.len().saturating_mul(MAX_EXPANSION) => {
                lz4_flex::block::decompress(stored, length).map_err(|_| Damage::Undecodable)?
            }
            _ => return Err(Damage::Undecodable),
        };
        let digest = Digest::of(&bytes);
        if bytes.len() != length || header[2..34] != digest.0 {
            return Err(Damage::DigestMismatch);
        }
        Ok(Self { digest, bytes })
    }

    /// Takes the payload out of a record that this process made.
    pub(crate) fn of(record: &Record) -> Result<Self, Damage> {
        let bytes = match record.bytes[1] {
            PLAIN => record.bytes[HEADER..].to_vec(),
            _ => lz4_flex::block::decompress(&record.bytes[HEADER..], record.payload_len)
                .map_err(|_| Damage::Undecodable)?,
        };
        Ok(Self { digest: record.digest, bytes })
    }

    /// Decodes the result.
    pub(crate) fn decode<T: serde::de::DeserializeOwned>(&self) -> Result<T, Damage> {
        match postcard::take_from_bytes(&self.bytes) {
            Ok((value, [])) => Ok(value),
            _ => Err(Damage::Undecodable),
        }
    }

    /// These bytes as the payload of a record with a digest that fits.
    #[cfg(feature = "fuzzing")]
    pub(crate) fn forged(bytes: &[u8]) -> Self {
        Self { digest: Digest::of(bytes), bytes: bytes.to_vec() }
    }

    /// A compressed record whose envelope goes on like this behind its digest, which fits if what is behind it can be
    /// decompressed.
    #[cfg(feature = "fuzzing")]
    pub(crate) fn forged_envelope(rest: &[u8]) -> Vec<u8> {
        let length = rest.first_chunk().map_or(0, |length| u32::from_le_bytes(*length) as usize);
        let stored = rest.get(4..).unwrap_or_default();
        let length = if length <= stored.len().saturating_mul(MAX_EXPANSION) { length } else { 0 };
        let payload = lz4_flex::block::decompress(stored, length).unwrap_or_default();
        [&[FORMAT, LZ4][..], &Digest::of(&payload).0, rest].concat()
    }

    /// The digest of the payload.
    pub(crate) fn digest(&self) -> Digest {
        self.digest
    }

    /// How many bytes the payload takes.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }
}

thread_local! {
    static SPACE: RefCell<Space> = const { RefCell::new(Space { payload: Vec::new(), compressed: Vec::new(), tables: None }) };
}

/// What a thread encodes its records in, one after the other: most are so small that fresh memory for each would cost
/// as much as their encoding.
struct Space {
    payload: Vec<u8>,
    compressed: Vec<u8>,
    /// For payloads below 64 KiB, and for any.
    tables: Option<[CompressTable; 2]>,
}

impl Space {
    /// How much of each buffer is kept for the next record. Few records are larger.
    const KEPT: usize = 1 << 20;

    fn record<T: serde::Serialize>(&mut self, value: &T) -> Option<Record> {
        let Self { payload, compressed, tables } = self;
        payload.clear();
        postcard::serialize_with_flavor(value, Buffer(payload)).ok()?;
        let digest = Digest::of(payload);
        let mut stored = payload.as_slice();
        let mut how = PLAIN;
        if payload.len() >= MIN_COMPRESSED {
            let most = get_maximum_output_size(payload.len());
            if compressed.len() < most {
                compressed.resize(most, 0);
            }
            let [small, large] = tables.get_or_insert_with(|| [CompressTable::small(), CompressTable::large()]);
            let table = if payload.len() < usize::from(u16::MAX) { small } else { large };
            let length = compress_into_with_table(payload, compressed, table).ok()?;
            if length < payload.len() {
                (how, stored) = (LZ4, &compressed[..length]);
            }
        }
        let payload_len = payload.len();
        let mut bytes = Vec::with_capacity(HEADER + stored.len());
        bytes.extend_from_slice(&[FORMAT, how]);
        bytes.extend_from_slice(&digest.0);
        bytes.extend_from_slice(&u32::try_from(payload_len).ok()?.to_le_bytes());
        bytes.extend_from_slice(stored);
        for buffer in [payload, compressed] {
            buffer.truncate(Self::KEPT);
            buffer.shrink_to(Self::KEPT);
        }
        Some(Record { digest, bytes, payload_len })
    }
}

/// Takes postcard's bytes, which come a few at a time: most numbers are one byte, and to call for a copy of one costs
/// more than to push it.
struct Buffer<'a>(&'a mut Vec<u8>);

impl Flavor for Buffer<'_> {
    type Output = ();

    #[inline]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    #[inline]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        match *bytes {
            [one] => self.0.push(one),
            [one, two] => self.0.extend_from_slice(&[one, two]),
            [one, two, three] => self.0.extend_from_slice(&[one, two, three]),
            _ => self.0.extend_from_slice(bytes),
        }
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_survives_the_round_trip() {
        for value in [vec!["a".to_owned(), "b".to_owned()], vec!["abc".to_owned(); 1000], Vec::new()] {
            let record = Record::encode(&value).unwrap();
            let payload = Payload::open(&record.bytes).unwrap();
            assert_eq!(payload.digest(), record.digest());
            assert_eq!(payload.decode::<Vec<String>>(), Ok(value));
        }
    }

    #[test]
    fn what_repeats_is_stored_smaller() {
        let record = Record::encode(&vec!["abc"; 1000]).unwrap();
        assert!(record.len() < 100, "{} bytes", record.len());
    }

    #[test]
    fn every_truncation_and_every_flipped_bit_is_noticed() {
        for text in ["some text, long enough to matter".to_owned(), "la ".repeat(40)] {
            let bytes = Record::encode(&text).unwrap().bytes().to_vec();
            for length in 0..bytes.len() {
                assert!(Payload::open(&bytes[..length]).is_err(), "cut to {length} bytes");
            }
            for bit in 0..bytes.len() * 8 {
                let mut damaged = bytes.clone();
                damaged[bit / 8] ^= 1 << (bit % 8);
                // Another way to write the same payload is as good as the first one.
                if let Ok(payload) = Payload::open(&damaged) {
                    assert_eq!(payload.decode::<String>(), Ok(text.clone()), "bit {bit} flipped");
                }
            }
        }
    }

    #[test]
    fn a_record_cannot_ask_for_more_memory_than_it_can_fill() {
        let mut bytes = Record::encode(&"la ".repeat(100)).unwrap().bytes().to_vec();
        bytes[34..38].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(Payload::open(&bytes), Err(Damage::Undecodable));
    }

    #[test]
    fn a_record_of_another_type_does_not_decode() {
        let payload = Payload::open(&Record::encode(&(1u8, 2u8, 3u8)).unwrap().bytes).unwrap();
        assert_eq!(payload.decode::<Vec<String>>(), Err(Damage::Undecodable));
        assert_eq!(payload.decode::<u8>(), Err(Damage::Undecodable), "bytes are left over");
    }
}
