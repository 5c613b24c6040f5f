//! Matrices in column panels, as products read them and outer products leave them.

mod lines;
mod panels;
pub(crate) mod transpose;

use self::transpose::transpose;
pub use self::{lines::Lines, panels::Packed};
use super::{MatrixKernels, PANEL};

/// The columns that are copied at a time.
const STRIP: usize = 4 * PANEL;

impl<E: MatrixKernels> Packed<E> {
    /// A matrix of zeros.
    ///
    /// # Panics
    ///
    /// When its size is beyond counting.
    pub fn new(depth: usize, width: usize) -> Self {
        let size = width.checked_next_multiple_of(PANEL).and_then(|width| width.checked_mul(depth));
        Self { lines: Lines::new(size.expect("a matrix has fewer than 2^64 elements")), depth, width }
    }

    /// Sets this to the transpose of a row-major [width, depth], such as weights W[out, in] on their way forward:
    /// element (k, n) is `matrix[n · depth + k]`.
    ///
    /// # Panics
    ///
    /// When `matrix` has another number of elements.
    pub fn pack(&mut self, matrix: &[E]) {
        let Self { depth, width, .. } = *self;
        assert_eq!(matrix.len(), depth * width, "the matrix has to be {width} × {depth}");
        for n in (0..width).step_by(PANEL) {
            let rows = PANEL.min(width - n);
            transpose((rows, depth), &matrix[n * depth..], depth, &mut self.lines[n * depth..], PANEL);
        }
    }

    /// Sets this to a row-major [depth, width], such as weights W[out, in] on their way back: element (k, n) is
    /// `matrix[k · width + n]`.
    ///
    /// # Panics
    ///
    /// When `matrix` has another number of elements.
    pub fn pack_transposed(&mut self, matrix: &[E]) {
        let Self { depth, width, .. } = *self;
        assert_eq!(matrix.len(), depth * width, "the matrix has to be {depth} × {width}");
        // Some panels at a time: reads go on along a row, and writes to few places at once.
        for column in (0..width).step_by(STRIP) {
            for k in 0..depth {
                let row = &matrix[k * width + column..][..STRIP.min(width - column)];
                let to = &mut self.lines[column * depth + k * PANEL..];
                let (whole, rest) = row.as_chunks::<PANEL>();
                for (p, piece) in whole.iter().enumerate() {
                    // An array, which is one load and one store: a slice's `copy_from_slice` would stay a call.
                    *to[p * depth * PANEL..].first_chunk_mut().expect("a row of a panel") = *piece;
                }
                if !rest.is_empty() {
                    to[whole.len() * depth * PANEL..][..rest.len()].copy_from_slice(rest);
                }
            }
        }
    }

    /// Sets this to a matrix [depth, width] that is in such panels already.
    ///
    /// # Panics
    ///
    /// When there are not as many numbers as depth and width say.
    pub fn copy(&mut self, panels: &[E]) {
        let size = self.width.div_ceil(PANEL) * self.depth * PANEL;
        assert_eq!(panels.len(), size, "the panels have to be {} × {}", self.depth, self.width);
        self.lines[..size].copy_from_slice(panels);
    }

    /// Sets this to `depth` rows from `first` on of a matrix [rows, width] that is in such panels.
    ///
    /// # Panics
    ///
    /// When there are not as many numbers as the rows say, or rows beyond them are asked for.
    pub fn copy_rows(&mut self, panels: &[E], rows: usize, first: usize) {
        let depth = self.depth;
        assert!(panels.len() == self.width.div_ceil(PANEL) * rows * PANEL && first + depth <= rows, "rows of a matrix");
        if rows > 0 && depth > 0 {
            let to = self.lines.chunks_exact_mut(depth * PANEL);
            for (from, to) in panels.chunks_exact(rows * PANEL).zip(to) {
                to.copy_from_slice(&from[first * PANEL..][..depth * PANEL]);
            }
        }
    }

    /// Sets this to the transpose of a matrix [width, depth] in panels `[ceil(depth / 16)][width][16]`.
    ///
    /// # Panics
    ///
    /// When there are not as many numbers as depth and width say.
    pub fn copy_transposed(&mut self, panels: &[E]) {
        transpose_panels(panels, self.width, self.depth, &mut self.lines);
    }
}

/// The transpose of a matrix from panels `[ceil(width / 16)][depth][16]` to panels `[ceil(depth / 16)][width][16]`. The columns
/// from `depth` on stay as they are.
///
/// # Panics
///
/// When there are not as many numbers as depth and width say.
pub fn transpose_panels<E: MatrixKernels>(panels: &[E], depth: usize, width: usize, to: &mut [E]) {
    assert_eq!(panels.len(), width.div_ceil(PANEL) * depth * PANEL, "the panels have to be {depth} × {width}");
    assert_eq!(to.len(), depth.div_ceil(PANEL) * width * PANEL, "the panels have to be {width} × {depth}");
    for k in (0..depth).step_by(PANEL) {
        for n in (0..width).step_by(PANEL) {
            let block = (PANEL.min(depth - k), PANEL.min(width - n));
            transpose(block, &panels[(n * depth) + k * PANEL..], PANEL, &mut to[(k * width) + n * PANEL..], PANEL);
        }
    }
}

/// The way back from panels `[ceil(width / 16)][depth][16]` to a row-major [width, depth], as in gradients of W[out, in] that an
/// outer product leaves: `matrix[n · depth + k]` becomes element (k, n).
///
/// # Panics
///
/// When there are not as many numbers as depth and width say.
pub fn unpack<E: MatrixKernels>(panels: &[E], depth: usize, width: usize, matrix: &mut [E]) {
    assert_eq!(panels.len(), width.div_ceil(PANEL) * depth * PANEL, "the panels have to be {depth} × {width}");
    assert_eq!(matrix.len(), depth * width, "the matrix has to be {width} × {depth}");
    for n in (0..width).step_by(PANEL) {
        let columns = PANEL.min(width - n);
        transpose((depth, columns), &panels[n * depth..], PANEL, &mut matrix[n * depth..], depth);
    }
}

/// The way back from panels `[ceil(width / 16)][depth][16]` to a row-major [depth, width].
///
/// # Panics
///
/// When there are not as many numbers as depth and width say.
pub fn unpack_transposed<E: Copy>(panels: &[E], depth: usize, width: usize, matrix: &mut [E]) {
    assert_eq!(panels.len(), width.div_ceil(PANEL) * depth * PANEL, "the panels have to be {depth} × {width}");
    assert_eq!(matrix.len(), depth * width, "the matrix has to be {depth} × {width}");
    for column in (0..width).step_by(STRIP) {
        for k in 0..depth {
            let row = &mut matrix[k * width + column..][..STRIP.min(width - column)];
            let from = &panels[column * depth + k * PANEL..];
            let (whole, rest) = row.as_chunks_mut::<PANEL>();
            let count = whole.len();
            for (p, piece) in whole.iter_mut().enumerate() {
                *piece = *from[p * depth * PANEL..].first_chunk().expect("a row of a panel");
            }
            if !rest.is_empty() {
                rest.copy_from_slice(&from[count * depth * PANEL..][..rest.len()]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packs<E: MatrixKernels>() {
        for depth in [0, 1, 2, 3, 15, 16, 17, 33, 70] {
            for width in [0, 1, 2, 15, 16, 17, 31, 48, 65] {
                let matrix: Vec<E> = (1..=depth * width).map(|i| E::narrow(i as f64)).collect();
                let mut packed = Packed::new(depth, width);
                assert_eq!(packed.panels().as_ptr() as usize % 64, 0);
                for transposed in [false, true, false] {
                    let mut back = vec![E::ZERO; depth * width];
                    let mut other = Packed::new(width, depth);
                    other.copy_transposed(packed.panels());
                    let mut again = Packed::new(depth, width);
                    again.copy_transposed(other.panels());
                    assert_eq!(again.panels(), packed.panels());
                    again.copy(packed.panels());
                    assert_eq!(again.panels(), packed.panels());
                    if transposed {
                        packed.pack_transposed(&matrix);
                        unpack_transposed(packed.panels(), depth, width, &mut back);
                    } else {
                        packed.pack(&matrix);
                        unpack(packed.panels(), depth, width, &mut back);
                    }
                    assert_eq!(back, matrix);
                    for (i, value) in packed.panels().iter().enumerate() {
                        let (n, k) = (i / (depth * PANEL) * PANEL + i % PANEL, i / PANEL % depth);
                        let index = if transposed { k * width + n } else { n * depth + k };
                        assert_eq!(*value, if n < width { matrix[index] } else { E::ZERO }, "({k}, {n})");
                    }
                }
            }
        }
    }

    #[test]
    fn panels_hold_the_matrix_and_zeros_beside_it() {
        packs::<f32>();
        packs::<f64>();
    }

    #[test]
    #[should_panic(expected = "2 × 3")]
    fn a_matrix_of_another_size_is_refused() {
        Packed::new(3, 2).pack(&[0.0f32; 5]);
    }
}
