//! The hash chain over a trial's parameters: two runs agree iff their chains do.

/// h_k = BLAKE3(h_{k−1}, update, parameters), extended at every evaluation.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct HashChain([u8; 32]);

impl HashChain {
    /// Adds the parameters as they are after `update` updates, as little-endian bits, every NaN made the same.
    pub fn extend(&mut self, update: u64, parameters: &[f32]) {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.0);
        hasher.update(&update.to_le_bytes());
        for &parameter in parameters {
            let canonical = if parameter.is_nan() { f32::NAN } else { parameter };
            hasher.update(&canonical.to_bits().to_le_bytes());
        }
        self.0 = *hasher.finalize().as_bytes();
    }

    /// 64 hexadecimal digits.
    pub fn to_hex(&self) -> String {
        blake3::Hash::from_bytes(self.0).to_hex().to_string()
    }
}
