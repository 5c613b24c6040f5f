//! The checksum of a table that an older version wrote: over the whole file, inside the file's metadata.

/// The beginning of its value.
const MARK: &str = "blake3 of the file with zeros here: ";
/// Hexadecimal digits of the checksum.
const DIGITS: usize = 64;

/// Whether a file has the checksum that it was written with; nothing of one without a checksum, as other programs write it.
pub(super) fn is_intact(bytes: &[u8]) -> Option<bool> {
    let start = bytes.windows(MARK.len()).rposition(|window| window == MARK.as_bytes())? + MARK.len();
    let (before, rest) = bytes.split_at_checked(start)?;
    let (found, after) = rest.split_at_checked(DIGITS)?;
    let checksum = blake3::Hasher::new().update(before).update(&[b'0'; DIGITS]).update(after).finalize();
    Some(checksum.to_hex().as_bytes() == found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_byte_anywhere_is_noticed() {
        let blank = format!("{MARK}{}", "0".repeat(DIGITS));
        let mut bytes = format!("data {blank}more{blank}end").into_bytes();
        assert_eq!(is_intact(&bytes), Some(false), "zeros are not the checksum");
        let start = bytes.len() - 3 - DIGITS;
        let checksum = blake3::hash(&bytes).to_hex();
        bytes[start..start + DIGITS].copy_from_slice(checksum.as_bytes());
        assert_eq!(is_intact(&bytes), Some(true));
        // Within the mark the checksum is no longer found.
        for at in (0..start - MARK.len()).chain(start..bytes.len()) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert_eq!(is_intact(&damaged), Some(false), "byte {at}");
        }
        assert_eq!([&b"a file of another program"[..], MARK.as_bytes()].map(is_intact), [None, None]);
    }
}
