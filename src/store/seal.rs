//! The seal of a Parquet file: checksums inside its footer, by which damage is found before anything is decoded, and costs only the part
//! that it is in.
//!
//! Parquet readers do not check what they read, and polars may abort the process on damaged pages. So before the footer, where readers of
//! Parquet do not look, stands the BLAKE3 of each part of the file, a part for each row group and one for the page index behind them:
//!
//! ```text
//! row group · row group · … · page index · checksums of these as text · u64 length of the text · footer
//! ```
//!
//! The footer's metadata has the BLAKE3 of all from that text on, with zeros in its own place. It is the seal, and stands for the
//! contents of the whole file.

/// The key of the seal in a file's metadata; of older versions that of the file's checksum.
pub(super) const KEY: &str = "longlag.checksum";
/// The beginning of its value.
const MARK: &str = "blake3 of the end of the file with zeros here: ";
/// Hexadecimal digits of a seal.
const DIGITS: usize = 64;
/// Hexadecimal digits of a part's checksum.
const PART_DIGITS: usize = 32;
/// The sign that ends a Parquet file after the length of its footer.
const MAGIC: &[u8; 4] = b"PAR1";
/// Bytes of the footer's length and the sign at the file's end.
pub(super) const TAIL: usize = 8;
/// Bytes of the length of the parts' text.
pub(super) const LENGTH: usize = 8;

/// The value before the checksum is known.
pub(super) fn blank() -> String {
    format!("{MARK}{}", "0".repeat(DIGITS))
}

/// A part of the file: its end in bytes, and the checksum from the end of the part before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) end: u64,
    pub(super) checksum: String,
}

impl Part {
    pub(super) fn new(end: u64, hasher: &blake3::Hasher) -> Self {
        Self { end, checksum: hasher.finalize().to_hex()[..PART_DIGITS].to_owned() }
    }

    /// Whether these are the part's bytes.
    pub(super) fn is_of(&self, bytes: &[u8]) -> bool {
        blake3::hash(bytes).to_hex()[..PART_DIGITS] == self.checksum
    }
}

/// The parts as text, and its length.
pub(super) fn spelled(parts: &[Part]) -> Vec<u8> {
    let parts = parts.iter().map(|part| format!("{}:{}", part.end, part.checksum)).collect::<Vec<_>>().join(",");
    [parts.as_bytes(), &(parts.len() as u64).to_le_bytes()].concat()
}

/// The parts from their text; nothing where it is none, or they do not cover the file up to the text at `start`.
pub(super) fn parts(text: &[u8], start: u64) -> Option<Vec<Part>> {
    let part = |text: &str| -> Option<Part> {
        let (end, checksum) = text.split_once(':')?;
        Some(Part { end: end.parse().ok()?, checksum: checksum.to_owned() })
    };
    let parts: Vec<Part> = std::str::from_utf8(text).ok()?.split(',').map(part).collect::<Option<_>>()?;
    let ascending = parts.windows(2).all(|pair| pair[0].end <= pair[1].end);
    (ascending && parts.last()?.end == start).then_some(parts)
}

/// The length of the footer, by the last bytes of a file of `length`; nothing where it has none.
pub(super) fn footer_length(tail: &[u8], length: u64) -> Option<u64> {
    let (size, magic) = tail.split_at_checked(TAIL - MAGIC.len())?;
    let size = u64::from(u32::from_le_bytes(size.try_into().ok()?)) + TAIL as u64;
    (magic == MAGIC && size <= length).then_some(size)
}

/// The offset of the seal's digits in the end of a file.
pub(super) fn digits(end: &[u8]) -> Option<usize> {
    let start = end.windows(MARK.len()).rposition(|window| window == MARK.as_bytes())? + MARK.len();
    (start + DIGITS <= end.len()).then_some(start)
}

/// The seal of the end of a file that has [`blank`] in it.
pub(super) fn seal(end: &[u8]) -> String {
    blake3::hash(end).to_hex().to_string()
}

/// The seal in the end of a file, and whether it is its own; nothing of a file without one.
pub(super) fn sealed(end: &[u8]) -> Option<(String, bool)> {
    let start = digits(end)?;
    let found = String::from_utf8_lossy(&end[start..start + DIGITS]).into_owned();
    let mut blank = end.to_vec();
    blank[start..start + DIGITS].fill(b'0');
    let intact = seal(&blank) == found;
    Some((found, intact))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_byte_of_a_footer_is_noticed() {
        let mut footer = format!("columns {}arrow{}end", blank(), blank()).into_bytes();
        assert!(!sealed(&footer).unwrap().1, "zeros are not the checksum");
        let (start, seal) = (digits(&footer).unwrap(), seal(&footer));
        footer[start..start + DIGITS].copy_from_slice(seal.as_bytes());
        assert_eq!(sealed(&footer), Some((seal, true)));
        for at in (0..start - MARK.len()).chain(start..footer.len()) {
            let mut damaged = footer.clone();
            damaged[at] ^= 1;
            assert!(!sealed(&damaged).unwrap().1, "byte {at}");
        }
        assert_eq!(sealed(b"a footer of another program"), None);
    }

    #[test]
    fn parts_cover_the_file_or_are_none() {
        let made =
            [Part::new(4, blake3::Hasher::new().update(b"PAR1")), Part::new(6, blake3::Hasher::new().update(b"xy"))];
        let text = spelled(&made);
        let (text, length) = text.split_at(text.len() - LENGTH);
        assert_eq!(length, (text.len() as u64).to_le_bytes());
        assert_eq!(parts(text, 6).unwrap(), made);
        assert!(made[1].is_of(b"xy") && !made[1].is_of(b"xz"));
        for (text, start) in [(text, 7), (b"6:ab,4:cd", 4), (b"x", 1), (b"", 0), (b"\xff:ab", 255)] {
            assert_eq!(parts(text, start), None, "{text:?}");
        }
        assert_eq!(footer_length(b"\x02\0\0\0PAR1", 10), Some(10));
        assert_eq!(footer_length(b"\x03\0\0\0PAR1", 10), None);
        assert_eq!(footer_length(b"\x02\0\0\0PAR2", 10), None);
        assert_eq!(footer_length(b"PAR1", 4), None);
    }
}
