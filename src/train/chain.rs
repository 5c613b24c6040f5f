//! The hash chain over a trial's parameters: two runs agree iff their chains do.

use serde::{Deserialize, Serialize};

/// h_k = BLAKE3(h_{k−1}, update, parameters), extended at every evaluation; h_0 is 32 zero bytes.
///
/// The hash is of h_{k−1}, the number of updates done as 64 bits, and every parameter's 32 bits in the order of the flat
/// buffer, integers and floats little-endian, every NaN as the one with the bits 7fc00000. An update that is evaluated
/// twice, as the last one is, has one link.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HashChain {
    links: Vec<(u64, [u8; 32])>,
}

impl HashChain {
    /// Adds the parameters as they are after `update` updates.
    pub fn extend(&mut self, update: u64, parameters: &[f32]) {
        let (before, last) = self.links.last().map_or((None, [0; 32]), |&(update, link)| (Some(update), link));
        if before == Some(update) {
            return;
        }
        let mut hasher = blake3::Hasher::new();
        hasher.update(&last);
        hasher.update(&update.to_le_bytes());
        for &parameter in parameters {
            let bits = if parameter.is_nan() { CANONICAL_NAN } else { parameter.to_bits() };
            hasher.update(&bits.to_le_bytes());
        }
        self.links.push((update, *hasher.finalize().as_bytes()));
    }

    /// Every link with its update, as 64 hexadecimal digits.
    pub fn links(&self) -> impl Iterator<Item = (u64, String)> {
        self.links.iter().map(|&(update, link)| (update, blake3::Hash::from_bytes(link).to_hex().to_string()))
    }

    /// The last link: 64 hexadecimal digits.
    pub fn to_hex(&self) -> String {
        self.links().last().map_or_else(|| "0".repeat(64), |(_, link)| link)
    }
}

const CANONICAL_NAN: u32 = 0x7fc0_0000;

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(updates: &[(u64, &[f32])]) -> HashChain {
        let mut chain = HashChain::default();
        updates.iter().for_each(|(update, parameters)| chain.extend(*update, parameters));
        chain
    }

    /// The definition, spelled out. It is part of the reproducibility contract: a change of it raises `NUMERICS`.
    #[test]
    fn a_link_hashes_the_last_one_the_update_and_the_bits() {
        let first = blake3::hash(&[&[0u8; 32][..], &0u64.to_le_bytes(), &1.5f32.to_le_bytes()].concat());
        let nan = [0x00, 0x00, 0xc0, 0x7f];
        let second = blake3::hash(&[&first.as_bytes()[..], &7u64.to_le_bytes(), &nan].concat());
        let links: Vec<_> = chain(&[(0, &[1.5]), (7, &[-f32::NAN])]).links().collect();
        assert_eq!(links, [(0, first.to_hex().to_string()), (7, second.to_hex().to_string())]);
    }

    #[test]
    fn one_bit_changes_every_later_link_and_no_earlier_one() {
        let links = |middle: f32| chain(&[(0, &[1.0]), (1, &[middle]), (2, &[3.0])]).links().collect::<Vec<_>>();
        let (one, other) = (links(0.0), links(-0.0));
        assert_eq!(one[0], other[0]);
        assert!(one[1] != other[1] && one[2] != other[2]);
    }

    #[test]
    fn an_update_has_one_link() {
        assert_eq!(chain(&[(3, &[1.0]), (3, &[1.0])]), chain(&[(3, &[1.0])]));
        assert_ne!(chain(&[(3, &[1.0])]), chain(&[(4, &[1.0])]));
        assert_eq!(HashChain::default().to_hex().len(), 64);
    }
}
