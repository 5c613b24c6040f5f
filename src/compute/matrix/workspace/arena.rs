//! Matrices in one arena.

use std::{collections::BTreeMap, ops::Range};

use crate::compute::kernel::{Isa, Lines, MatrixKernels, PANEL, Packed, Place};

/// A matrix of a [`Workspace`], in panels of 16 columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dense {
    pub(super) start: usize,
    /// Rows, at least 1.
    pub rows: usize,
    /// Columns, at least 1.
    pub columns: usize,
}

impl Dense {
    pub(in crate::compute::matrix) fn range(self) -> Range<usize> {
        self.start..self.start + self.columns.next_multiple_of(PANEL) * self.rows
    }

    #[inline]
    pub(in crate::compute::matrix) fn place(self) -> Place {
        Place { start: self.start, line: PANEL, panel: PANEL * self.rows }
    }

    /// The index of an entry in the arena.
    #[inline]
    pub(in crate::compute::matrix) fn index(self, row: usize, column: usize) -> usize {
        self.place().index(row, column)
    }
}

/// The side of a matrix that is a factor of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The matrix as it is.
    Plain,
    /// Its transpose.
    Transposed,
}

impl Side {
    pub(super) fn shape(self, matrix: Dense) -> (usize, usize) {
        match self {
            Self::Plain => (matrix.rows, matrix.columns),
            Self::Transposed => (matrix.columns, matrix.rows),
        }
    }
}

/// Matrices in one arena, and the operations on them.
#[derive(Clone, Debug)]
pub struct Workspace<E> {
    pub(super) isa: Isa,
    pub(super) arena: Lines<E>,
    used: usize,
    /// 16 zeros: the initial value of products.
    pub(super) zeros: usize,
    /// Right factors, by their shape.
    pub(super) right: BTreeMap<(usize, usize), Packed<E>>,
    /// Transposed left factors, by their shape.
    pub(super) left: BTreeMap<(usize, usize), Dense>,
    /// Matrices to work in, by their shape.
    scratch: BTreeMap<(usize, usize), Dense>,
}

impl<E: MatrixKernels> Workspace<E> {
    /// An empty workspace.
    pub fn new(isa: Isa) -> Self {
        let arena = Lines::new(PANEL);
        let (right, left, scratch) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { isa, arena, used: PANEL, zeros: 0, right, left, scratch }
    }

    /// A matrix of zeros.
    pub fn allocate(&mut self, rows: usize, columns: usize) -> Dense {
        let matrix = Dense { start: self.used, rows, columns };
        self.used = matrix.range().end;
        if self.used > self.arena.len() {
            let mut arena = Lines::new(self.used.max(self.arena.len() * 3 / 2));
            arena[..self.arena.len()].copy_from_slice(&self.arena);
            self.arena = arena;
        }
        matrix
    }

    /// The numbers of a matrix in panels; columns beyond its last may hold anything.
    pub(in crate::compute::matrix) fn panels_mut(&mut self, matrix: Dense) -> &mut [E] {
        &mut self.arena[matrix.range()]
    }

    /// An entry.
    #[inline]
    pub(in crate::compute::matrix) fn entry(&self, matrix: Dense, row: usize, column: usize) -> E {
        self.arena[matrix.index(row, column)]
    }

    #[inline]
    pub(in crate::compute::matrix) fn entry_mut(&mut self, matrix: Dense, row: usize, column: usize) -> &mut E {
        &mut self.arena[matrix.index(row, column)]
    }

    /// Neighbouring entries of a row, all in one panel.
    pub(in crate::compute::matrix) fn piece(&self, matrix: Dense, row: usize, column: usize, count: usize) -> &[E] {
        let start = matrix.index(row, column);
        &self.arena[start..start + count]
    }

    pub(in crate::compute::matrix) fn piece_mut(
        &mut self,
        matrix: Dense,
        row: usize,
        column: usize,
        count: usize,
    ) -> &mut [E] {
        let start = matrix.index(row, column);
        &mut self.arena[start..start + count]
    }

    /// Sets a matrix to row-major numbers.
    ///
    /// # Panics
    ///
    /// If there are not as many as the matrix has.
    pub fn set(&mut self, matrix: Dense, numbers: &[E]) {
        let Dense { rows, columns, .. } = matrix;
        assert_eq!(numbers.len(), rows * columns, "a matrix of another shape");
        if numbers.is_empty() {
            return;
        }
        let panels = self.panels_mut(matrix).chunks_exact_mut(rows * PANEL);
        for (panel, first) in panels.zip((0..columns).step_by(PANEL)) {
            let count = PANEL.min(columns - first);
            for (line, row) in panel.as_chunks_mut::<PANEL>().0.iter_mut().zip(numbers.chunks_exact(columns)) {
                match row[first..].first_chunk::<PANEL>() {
                    Some(whole) => *line = *whole,
                    None => line[..count].copy_from_slice(&row[first..]),
                }
            }
        }
    }

    /// Writes a matrix as row-major numbers.
    ///
    /// # Panics
    ///
    /// If there are not as many as the matrix has.
    pub fn get(&self, matrix: Dense, numbers: &mut [E]) {
        let Dense { rows, columns, .. } = matrix;
        assert_eq!(numbers.len(), rows * columns, "a matrix of another shape");
        if numbers.is_empty() {
            return;
        }
        let panels = self.arena[matrix.range()].chunks_exact(rows * PANEL);
        for (panel, first) in panels.zip((0..columns).step_by(PANEL)) {
            let count = PANEL.min(columns - first);
            for (line, row) in panel.as_chunks::<PANEL>().0.iter().zip(numbers.chunks_exact_mut(columns)) {
                match row[first..].first_chunk_mut::<PANEL>() {
                    Some(whole) => *whole = *line,
                    None => row[first..].copy_from_slice(&line[..count]),
                }
            }
        }
    }

    /// The matrix of that shape of a map, allocated when first asked for.
    pub(super) fn kept(
        &mut self,
        shape: (usize, usize),
        map: impl Fn(&mut Self) -> &mut BTreeMap<(usize, usize), Dense>,
    ) -> Dense {
        if let Some(&matrix) = map(self).get(&shape) {
            return matrix;
        }
        let matrix = self.allocate(shape.0, shape.1);
        map(self).insert(shape, matrix);
        matrix
    }

    /// A matrix to work in, the same at every call.
    pub(in crate::compute::matrix) fn scratch(&mut self, shape: (usize, usize)) -> Dense {
        self.kept(shape, |workspace| &mut workspace.scratch)
    }
}
