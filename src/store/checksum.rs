//! A checksum inside a Parquet file, over the whole file.
//!
//! Parquet readers do not check what they read, and polars may abort the process on damaged pages. So a file is written with
//! a value of [`blank`] in its metadata, and the BLAKE3 of all its bytes then takes the place of the zeros.

/// The key of the checksum in a file's metadata.
pub(super) const KEY: &str = "longlag.checksum";
/// The beginning of the value.
const MARK: &str = "blake3 of the file with zeros here: ";
/// Hexadecimal digits of the checksum.
const DIGITS: usize = 64;

/// The value before the checksum is known.
pub(super) fn blank() -> String {
    format!("{MARK}{}", "0".repeat(DIGITS))
}

/// Puts the checksum into the bytes of a file that has [`blank`] in its metadata.
pub(super) fn write(bytes: &mut [u8]) {
    if let Some(start) = digits(bytes) {
        let checksum = blake3::hash(bytes).to_hex();
        bytes[start..start + DIGITS].copy_from_slice(checksum.as_bytes());
    }
}

/// Whether a file has the checksum that it was written with. One without a checksum, as other programs write it, passes.
pub(super) fn is_intact(bytes: &[u8]) -> bool {
    let Some(start) = digits(bytes) else { return true };
    let (before, rest) = bytes.split_at(start);
    let (found, after) = rest.split_at(DIGITS);
    let checksum = blake3::Hasher::new().update(before).update(&[b'0'; DIGITS]).update(after).finalize();
    checksum.to_hex().as_bytes() == found
}

/// The offset of the checksum's digits; the metadata stands at the file's end.
fn digits(bytes: &[u8]) -> Option<usize> {
    let start = bytes.windows(MARK.len()).rposition(|window| window == MARK.as_bytes())? + MARK.len();
    (start + DIGITS <= bytes.len()).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_byte_anywhere_is_noticed() {
        let mut bytes = format!("data {}more{}end", blank(), blank()).into_bytes();
        assert!(!is_intact(&bytes), "zeros are not the checksum");
        write(&mut bytes);
        assert!(is_intact(&bytes));
        let mark = bytes.len() - 3 - DIGITS - MARK.len();
        // Within the mark the checksum is no longer found; all that it covers is intact then.
        for at in (0..mark).chain(mark + MARK.len()..bytes.len()) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert!(!is_intact(&damaged), "byte {at}");
        }
        assert!(is_intact(b"a file of another program"));
        let mut short = MARK.as_bytes().to_vec();
        write(&mut short);
        assert!(is_intact(&short));
    }
}
