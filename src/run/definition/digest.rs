//! A hash over parts that cannot run into each other.

/// Collects parts of a definition.
pub(super) struct Digest(blake3::Hasher);

impl Digest {
    pub fn new(kind: &str) -> Self {
        let mut digest = Self(blake3::Hasher::new_derive_key("longlag 2026 definition"));
        digest.text(kind);
        digest
    }

    /// Adds a text.
    pub fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// Adds numbers, every bit of them.
    pub fn numbers(&mut self, numbers: impl IntoIterator<Item = f64>) {
        self.bytes(&numbers.into_iter().flat_map(f64::to_le_bytes).collect::<Vec<_>>());
    }

    /// Adds integers.
    pub fn integers(&mut self, integers: impl IntoIterator<Item = u64>) {
        self.bytes(&integers.into_iter().flat_map(u64::to_le_bytes).collect::<Vec<_>>());
    }

    /// Adds numbers in single precision, every bit of them.
    pub fn singles(&mut self, numbers: &[f32]) {
        self.bytes(&numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<_>>());
    }

    /// Adds bytes after their number.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    /// The hash: a letter that is no digit, so that it never reads as a number, and 15 digits.
    pub fn finish(self) -> String {
        format!("x{}", &self.0.finalize().to_hex()[..15])
    }
}
