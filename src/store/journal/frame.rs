//! The bytes of one record in a journal, and the search for the next one behind damage.
//!
//! ```text
//! record: 8 bytes of a marker · u64 length of the payload · 16 bytes of BLAKE3(u32 version ‖ length ‖ payload) · payload
//! ```
//!
//! Up to schema 4 there was neither a marker nor the version under the checksum.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use crate::store::column::SCHEMA_VERSION;

/// The sign that a record begins: no text holds its first byte.
pub(super) const MARKER: [u8; 8] = *b"\xf5lagrec\xf5";
const CHECKSUM: usize = 16;
/// Bytes that are searched for a marker at a time.
const WINDOW: usize = 1 << 16;

/// The layout of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// With a marker.
    Marked,
    /// As up to schema 4.
    Bare,
}

/// The place of a record's payload in a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Place {
    /// Its first byte.
    pub(super) start: u64,
    /// Its length in bytes.
    pub(super) length: u64,
}

impl Place {
    pub(super) fn end(self) -> u64 {
        self.start + self.length
    }
}

impl Framing {
    /// Bytes before a record's payload.
    pub(super) fn prefix(self) -> u64 {
        let marker = if self == Self::Marked { MARKER.len() } else { 0 };
        (marker + 8 + CHECKSUM) as u64
    }

    fn checksum(self, length: u64, payload: &[u8]) -> [u8; CHECKSUM] {
        let mut hasher = blake3::Hasher::new();
        if self == Self::Marked {
            hasher.update(&SCHEMA_VERSION.to_le_bytes());
        }
        let hash = hasher.update(&length.to_le_bytes()).update(payload).finalize();
        std::array::from_fn(|index| hash.as_bytes()[index])
    }
}

/// A record as it is written.
pub(super) fn framed(payload: &[u8]) -> Vec<u8> {
    let length = payload.len() as u64;
    let checksum = Framing::Marked.checksum(length, payload);
    [&MARKER[..], &length.to_le_bytes(), &checksum, payload].concat()
}

/// A journal's file of a length that was looked at once: what another process appends later is none of this reader's.
pub(super) struct Frames<'a> {
    pub(super) file: &'a File,
    pub(super) length: u64,
    pub(super) framing: Framing,
}

/// The sort of bytes that begin at a place in a journal.
pub(super) enum Begins {
    /// An intact record.
    Record(Place, Vec<u8>),
    /// Nothing but the beginning of a record, which a killed process did not complete.
    Torn,
    /// Damage.
    Damage,
}

impl Frames<'_> {
    pub(super) fn read(&self, range: Range<u64>) -> io::Result<Vec<u8>> {
        let length = usize::try_from(range.end - range.start).map_err(io::Error::other)?;
        let mut bytes = vec![0; length];
        let mut file = self.file;
        file.seek(SeekFrom::Start(range.start))?;
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// The sort of bytes that begin at `offset`, by the length that is written there.
    pub(super) fn begins(&self, offset: u64) -> io::Result<Begins> {
        let start = offset + self.framing.prefix();
        if start > self.length {
            let bytes = self.read(offset..self.length)?;
            let marked = self.framing == Framing::Bare || MARKER.iter().zip(&bytes).all(|(one, other)| one == other);
            return Ok(if marked { Begins::Torn } else { Begins::Damage });
        }
        let prefix = self.read(offset..start)?;
        let (marker, rest) = prefix.split_at(prefix.len() - 8 - CHECKSUM);
        if self.framing == Framing::Marked && marker != MARKER {
            return Ok(Begins::Damage);
        }
        let mut length = [0; 8];
        length.copy_from_slice(&rest[..8]);
        let length = u64::from_le_bytes(length);
        // Compared before anything is allocated: a damaged length may be anything.
        if length > self.length - start {
            return Ok(Begins::Torn);
        }
        self.record(Place { start, length }, &rest[8..])
    }

    /// The payload at `place`, if it is still the one that was there.
    pub(super) fn payload(&self, place: Place) -> io::Result<Option<Vec<u8>>> {
        if place.end() > self.length {
            return Ok(None);
        }
        let expected = self.read(place.start - CHECKSUM as u64..place.start)?;
        Ok(match self.record(place, &expected)? {
            Begins::Record(_, payload) => Some(payload),
            Begins::Torn | Begins::Damage => None,
        })
    }

    /// The record at `place`, if its checksum is right.
    fn record(&self, place: Place, expected: &[u8]) -> io::Result<Begins> {
        let payload = self.read(place.start..place.end())?;
        let right = self.framing.checksum(place.length, &payload) == expected;
        Ok(if right { Begins::Record(place, payload) } else { Begins::Damage })
    }

    /// The record from `offset` to `end` whose marker or length was damaged, if only they were.
    pub(super) fn of_length(&self, offset: u64, end: u64) -> io::Result<Option<(Place, Vec<u8>)>> {
        let start = offset + self.framing.prefix();
        if start > end {
            return Ok(None);
        }
        let place = Place { start, length: end - start };
        Ok(self.payload(place)?.map(|payload| (place, payload)))
    }

    /// The first intact record that begins after `offset`, by its marker: where it begins.
    pub(super) fn next_intact(&self, offset: u64) -> io::Result<Option<u64>> {
        if self.framing == Framing::Bare {
            return Ok(None);
        }
        let mut from = offset + 1;
        while from + MARKER.len() as u64 <= self.length {
            let until = self.length.min(from + WINDOW as u64);
            let bytes = self.read(from..until)?;
            for at in bytes.windows(MARKER.len()).enumerate().filter(|(_, window)| *window == MARKER).map(|(at, _)| at)
            {
                let found = from + at as u64;
                if matches!(self.begins(found)?, Begins::Record(..)) {
                    return Ok(Some(found));
                }
            }
            // A marker may lie across the end.
            from = if until == self.length { until } else { until - (MARKER.len() as u64 - 1) };
        }
        Ok(None)
    }
}
