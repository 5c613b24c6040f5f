//! Sums, and what is done number by number.

use super::arena::{Dense, Workspace};
use crate::compute::kernel::{MatrixKernels, PANEL};

/// The most terms of one pass of a sum.
const TERMS: usize = 5;

impl<E: MatrixKernels> Workspace<E> {
    /// `out = Σ factor · matrix + identity · I`, or the same added to `out`.
    ///
    /// # Panics
    ///
    /// If shapes differ, or `out` is a term.
    pub fn combine(&mut self, out: Dense, sum: bool, terms: &[(f64, Dense)], identity: f64) {
        for (_, term) in terms {
            assert_eq!((term.rows, term.columns), (out.rows, out.columns), "shapes of a sum");
        }
        let mut sum = sum;
        if terms.is_empty() && !sum {
            self.panels_mut(out).fill(E::ZERO);
        }
        for terms in terms.chunks(TERMS) {
            // One pass for some terms: the matrices are read from beyond the first cache.
            match *terms {
                [a] => self.combine_some(out, sum, [a]),
                [a, b] => self.combine_some(out, sum, [a, b]),
                [a, b, c] => self.combine_some(out, sum, [a, b, c]),
                [a, b, c, d] => self.combine_some(out, sum, [a, b, c, d]),
                [a, b, c, d, e] => self.combine_some(out, sum, [a, b, c, d, e]),
                _ => unreachable!("chunks of at most five"),
            }
            sum = true;
        }
        if identity != 0.0 {
            for k in 0..out.rows.min(out.columns) {
                let entry = self.entry_mut(out, k, k);
                *entry = *entry + E::narrow(identity);
            }
        }
    }

    fn combine_some<const N: usize>(&mut self, out: Dense, sum: bool, terms: [(f64, Dense); N]) {
        let factors = terms.map(|(factor, _)| E::narrow(factor));
        // No two mutable borrows of one matrix: terms that are one matrix are read through the same slice.
        let (before, rest) = self.arena.split_at_mut(out.start);
        let (to, after) = rest.split_at_mut(out.range().len());
        let (before, after, end) = (&*before, &*after, out.range().end);
        let from = terms.map(|(_, term)| {
            assert!(term.start != out.start, "a sum into one of its terms");
            if term.start < out.start {
                &before[term.range()]
            } else {
                &after[term.start - end..term.range().end - end]
            }
        });
        let from = from.map(|from| &from[..to.len()]);
        for (k, to) in to.iter_mut().enumerate() {
            let mut value = factors[0] * from[0][k];
            for n in 1..N {
                value = value + factors[n] * from[n][k];
            }
            *to = if sum { *to + value } else { value };
        }
    }

    /// `matrix = factor · matrix + identity · I`.
    pub fn scale(&mut self, matrix: Dense, factor: f64, identity: f64) {
        let factor = E::narrow(factor);
        self.panels_mut(matrix).iter_mut().for_each(|number| *number = factor * *number);
        self.combine(matrix, true, &[], identity);
    }

    /// `to += from`ᵀ.
    pub(in crate::compute::matrix) fn add_transposed(&mut self, to: Dense, from: Dense) {
        let scratch = self.scratch((to.rows, to.columns));
        self.transpose(scratch, from);
        self.combine(to, true, &[(1.0, scratch)], 0.0);
    }

    /// `out = a · b` number by number, or the same added.
    pub(in crate::compute::matrix) fn times(&mut self, out: Dense, sum: bool, a: Dense, b: Dense) {
        for ((k, a), b) in (out.range()).zip(a.range()).zip(b.range()) {
            let product = self.arena[a] * self.arena[b];
            self.arena[k] = if sum { self.arena[k] + product } else { product };
        }
    }

    /// `out[r, c] = from[r, c] · by[c]`, or the same added.
    pub(in crate::compute::matrix) fn scale_columns(&mut self, out: Dense, sum: bool, from: Dense, by: Dense) {
        for column in (0..out.columns).step_by(PANEL) {
            let line = |matrix: Dense, rows: usize| {
                let start = matrix.index(0, column);
                start..start + rows * PANEL
            };
            let ranges = [line(out, out.rows), line(from, out.rows), line(by, 1)];
            let [to, from, by] = self.arena.get_disjoint_mut(ranges).expect("three matrices");
            for (to, from) in to.as_chunks_mut::<PANEL>().0.iter_mut().zip(from.as_chunks::<PANEL>().0) {
                for ((to, from), by) in to.iter_mut().zip(from).zip(&*by) {
                    *to = if sum { *to + *from * *by } else { *from * *by };
                }
            }
        }
    }

    /// `to[c] += Σ over r of a[r, c] · b[r, c]`.
    pub(in crate::compute::matrix) fn add_column_products(&mut self, to: Dense, a: Dense, b: Dense) {
        for column in (0..a.columns).step_by(PANEL) {
            let count = PANEL.min(a.columns - column);
            let mut sums = [E::ZERO; PANEL];
            sums[..count].copy_from_slice(self.piece(to, 0, column, count));
            let lines = |matrix: Dense| self.piece(matrix, 0, column, matrix.rows * PANEL).as_chunks::<PANEL>().0;
            for (a, b) in lines(a).iter().zip(lines(b)) {
                for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
                    *sum = *sum + *a * *b;
                }
            }
            self.piece_mut(to, 0, column, count).copy_from_slice(&sums[..count]);
        }
    }

    /// `out` = the entries of `from` above the diagonal, on it and below it, times a number each, or the same added.
    pub(in crate::compute::matrix) fn triangles(&mut self, out: Dense, sum: bool, from: Dense, factors: [f64; 3]) {
        let [above, on, below] = factors.map(E::narrow);
        for column in (0..out.columns).step_by(PANEL) {
            let lines = |matrix: Dense| {
                let start = matrix.index(0, column);
                start..start + matrix.rows * PANEL
            };
            let [to, from] = self.arena.get_disjoint_mut([lines(out), lines(from)]).expect("two matrices");
            let lines = to.as_chunks_mut::<PANEL>().0.iter_mut().zip(from.as_chunks::<PANEL>().0);
            for (row, (to, from)) in lines.enumerate() {
                let mut factors = [if row < column { above } else { below }; PANEL];
                if let Some(diagonal) = row.checked_sub(column).filter(|diagonal| *diagonal < PANEL) {
                    factors[diagonal] = on;
                    factors[diagonal + 1..].fill(above);
                }
                for ((to, from), factor) in to.iter_mut().zip(from).zip(factors) {
                    *to = if sum { *to + factor * *from } else { factor * *from };
                }
            }
        }
    }

    /// The numbers of the vector `from`, row by row, as the entries of `out` from the `first`-th right of the diagonal on. The
    /// others stay as they are.
    pub(in crate::compute::matrix) fn upper(&mut self, out: Dense, from: Dense, first: usize) {
        for (from, to, count) in upper_pieces(from, out, first) {
            self.arena.copy_within(from..from + count, to);
        }
    }

    /// The way back: adds those entries of `from` to the vector `to`.
    pub(in crate::compute::matrix) fn add_upper(&mut self, to: Dense, from: Dense, first: usize) {
        for (to, from, count) in upper_pieces(to, from, first) {
            for k in 0..count {
                self.arena[to + k] = self.arena[to + k] + self.arena[from + k];
            }
        }
    }
}

/// Numbers side by side, in a vector and among the entries right of a diagonal: where they start, and how many.
fn upper_pieces(vector: Dense, matrix: Dense, first: usize) -> impl Iterator<Item = (usize, usize, usize)> {
    let mut start = vector.start;
    (0..matrix.rows).flat_map(move |row| {
        let left = (row + first).min(matrix.columns);
        let from = start;
        start += matrix.columns - left;
        let columns = (left..matrix.columns).step_by(1).filter(move |&c| c == left || c.is_multiple_of(PANEL));
        columns.map(move |column| {
            let end = (column / PANEL + 1) * PANEL;
            (from + column - left, matrix.index(row, column), end.min(matrix.columns) - column)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compute::kernel::Isa;

    fn numbers(count: usize, seed: f64) -> Vec<f64> {
        (0..count).map(|k| libm::sin(k as f64 * 1.7 + seed)).collect()
    }

    #[test]
    fn sums_take_any_number_of_terms() {
        for count in 0..8 {
            let mut workspace: Workspace<f64> = Workspace::new(Isa::Portable);
            let out = workspace.allocate(3, 19);
            let terms: Vec<(f64, Dense)> = (0..count)
                .map(|k| {
                    let term = workspace.allocate(3, 19);
                    workspace.set(term, &numbers(57, k as f64));
                    (k as f64 - 1.5, term)
                })
                .collect();
            workspace.combine(out, false, &terms, 0.25);
            workspace.combine(out, true, &terms, 0.0);
            let mut got = vec![0.0; 57];
            workspace.get(out, &mut got);
            for (k, got) in got.into_iter().enumerate() {
                let sum: f64 = (0..count).map(|n| (n as f64 - 1.5) * numbers(57, n as f64)[k]).sum();
                let wanted = 2.0 * sum + if k % 20 == 0 { 0.25 } else { 0.0 };
                assert!((got - wanted).abs() <= 1e-12, "{count} terms, number {k}: {got} for {wanted}");
            }
        }
    }
}
