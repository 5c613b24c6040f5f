//! Sizes of type.

/// A size of type in points.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct TypeSize(pub(super) f64);

impl TypeSize {
    /// The size in points.
    pub fn points(self) -> f64 {
        self.0
    }

    /// The distance from the middle of a line to its baseline.
    pub fn drop(self) -> f64 {
        0.36 * self.0
    }
}

impl std::ops::Mul<TypeSize> for f64 {
    type Output = f64;

    fn mul(self, size: TypeSize) -> f64 {
        self * size.0
    }
}
