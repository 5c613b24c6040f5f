//! A journal's records, and what else it holds.

use std::fs::File;
use std::io;
use std::ops::Range;

use super::frame::{Begins, Frames, Framing, Place};
use crate::store::column::SCHEMA_VERSION;

const MAGIC: &[u8; 8] = b"longlagj";
/// Bytes before the first record.
pub(super) const HEADER: usize = MAGIC.len() + 8;
/// Bytes before the first record up to schema 4.
const OLD_HEADER: usize = MAGIC.len() + 4;
/// The last version without a marker before each record.
const LAST_BARE: u32 = 4;

/// The header of a journal: its sign and version, and the version's complement, by which a flipped bit is noticed.
pub(super) fn header() -> Vec<u8> {
    [&MAGIC[..], &SCHEMA_VERSION.to_le_bytes(), &(!SCHEMA_VERSION).to_le_bytes()].concat()
}

/// A header's statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Header {
    /// Records of this version follow.
    Own,
    /// Records of an older version follow.
    Older(u32),
    /// Records of a newer version follow.
    Newer(u32),
    /// It is damaged, or this is no journal.
    Unknown,
}

impl Header {
    fn of(bytes: &[u8]) -> Self {
        let number = |at: usize| bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes);
        let (Some(magic), Some(version)) = (bytes.get(..MAGIC.len()), number(MAGIC.len())) else {
            return Self::Unknown;
        };
        let complement = number(OLD_HEADER);
        let sure = complement == Some(!version);
        match version {
            SCHEMA_VERSION if sure && magic == MAGIC => Self::Own,
            _ if magic != MAGIC || (complement == Some(!SCHEMA_VERSION)) => Self::Unknown,
            _ if sure && version > SCHEMA_VERSION => Self::Newer(version),
            _ if sure || (1..=LAST_BARE).contains(&version) => Self::Older(version),
            _ => Self::Unknown,
        }
    }
}

/// The contents of a journal's file.
#[derive(Debug)]
pub(super) struct Contents {
    pub(super) header: Header,
    pub(super) framing: Framing,
    /// The intact records with their payloads' beginnings decoded by the reader.
    pub(super) places: Vec<Place>,
    /// Parts that are no records.
    pub(super) damaged: Vec<Range<u64>>,
    /// Records of which only the marker or the length was damaged.
    pub(super) mended: usize,
    /// The end of the last record or damaged part.
    pub(super) end: u64,
    /// Bytes after it: a record that a killed process did not complete.
    pub(super) torn: u64,
}

impl Contents {
    /// Whether all bytes up to a torn tail are as they were written, in the layout of this version.
    pub(super) fn is_sound(&self) -> bool {
        self.header == Header::Own && self.framing == Framing::Marked && self.damaged.is_empty() && self.mended == 0
    }

    /// Looks through `file`, handing each intact record to `each`.
    pub(super) fn of<E: From<io::Error>>(
        file: &File,
        each: &mut dyn FnMut(Place, Vec<u8>) -> Result<(), E>,
    ) -> Result<Self, E> {
        let length = file.metadata()?.len();
        let mut frames = Frames { file, length, framing: Framing::Marked };
        let header = Header::of(&frames.read(0..length.min(HEADER as u64))?);
        let mut at = HEADER as u64;
        if matches!(header, Header::Older(version) if version <= LAST_BARE) {
            frames.framing = Framing::Bare;
            at = OLD_HEADER as u64;
        }
        let mut contents = Self {
            header,
            framing: frames.framing,
            places: vec![],
            damaged: vec![],
            mended: 0,
            end: at.min(length),
            torn: 0,
        };
        while at < length {
            let begins = frames.begins(at)?;
            if let Begins::Record(place, payload) = begins {
                at = place.end();
                contents.places.push(place);
                each(place, payload)?;
                contents.end = at;
                continue;
            }
            let next = frames.next_intact(at)?;
            let end = next.unwrap_or(length);
            if let Some((place, payload)) = frames.of_length(at, end)? {
                contents.mended += 1;
                contents.places.push(place);
                each(place, payload)?;
            } else if next.is_none() && (matches!(begins, Begins::Torn) || is_zero(&frames.read(at..length)?)) {
                contents.torn = length - at;
                break;
            } else {
                contents.damaged.push(at..end);
            }
            (at, contents.end) = (end, end);
        }
        Ok(contents)
    }
}

/// Whether there are only zeros, as a crash of the machine leaves them.
fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}
