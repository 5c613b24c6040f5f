//! A matrix in column panels.

use super::Lines;

/// A matrix [depth, width] in panels of 16 columns, `[ceil(width / 16)][depth][16]`: the right factor of a product.
///
/// The columns from `width` on to the end of the last panel are zero.
#[derive(Clone, Debug)]
pub struct Packed<E> {
    pub(super) lines: Lines<E>,
    pub(super) depth: usize,
    pub(super) width: usize,
}

impl<E> Packed<E> {
    /// The number of rows.
    #[inline]
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// The number of columns.
    #[inline]
    pub fn width(&self) -> usize {
        self.width
    }

    /// All panels, one after another.
    #[inline]
    pub fn panels(&self) -> &[E] {
        &self.lines
    }
}
