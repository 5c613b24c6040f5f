//! Constant matrices: what rearranges units, adds them up, or transforms them in a way that nothing trains.

use std::sync::Arc;

use crate::seed::{self, Purpose};

/// A constant matrix M [rows, columns], as the entries that are not zero.
#[derive(Clone, Debug)]
pub struct Fixed(Arc<Entries>);

#[derive(Debug, PartialEq)]
struct Entries {
    rows: usize,
    columns: usize,
    /// (row, column, entry), by row, then column.
    entries: Vec<(usize, usize, f64)>,
}

impl PartialEq for Fixed {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl Fixed {
    /// The matrix [`rows`, `columns`] with `entry(row, column)`.
    pub fn new(rows: usize, columns: usize, entry: impl Fn(usize, usize) -> f64) -> Self {
        let all = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        let entries = all.map(|(row, column)| (row, column, entry(row, column)));
        Self(Arc::new(Entries { rows, columns, entries: entries.filter(|(_, _, entry)| *entry != 0.0).collect() }))
    }

    /// The matrix that takes unit `units[k]` of `columns` units to place k.
    ///
    /// # Panics
    /// If there is no such unit.
    pub fn gather(units: &[usize], columns: usize) -> Self {
        assert!(units.iter().all(|&unit| unit < columns), "one of the units {units:?} is beyond {columns}");
        let entries = units.iter().enumerate().map(|(row, &column)| (row, column, 1.0)).collect();
        Self(Arc::new(Entries { rows: units.len(), columns, entries }))
    }

    /// The matrix of these entries: row, column, entry; by row, then column, no place twice.
    ///
    /// # Panics
    /// If an entry lies outside.
    pub fn sparse(rows: usize, columns: usize, mut entries: Vec<(usize, usize, f64)>) -> Self {
        assert!(entries.iter().all(|&(row, column, _)| row < rows && column < columns), "an entry lies outside");
        entries.retain(|(_, _, entry)| *entry != 0.0);
        Self(Arc::new(Entries { rows, columns, entries }))
    }

    /// Complex units of the largest Fourier transform.
    pub const LARGEST_FOURIER: usize = 2048;

    /// The unitary discrete Fourier transform of the complex vector [re, im], with `n` units each: 1/√n·Σ_k e^{∓2πijk/n}·z_k.
    pub fn fourier(n: usize, inverse: bool) -> Self {
        Self::new(2 * n, 2 * n, |row, column| {
            let turn = std::f64::consts::TAU * ((row % n * (column % n)) % n) as f64 / n as f64;
            let scale = 1.0 / libm::sqrt(n as f64);
            let sine = if inverse { libm::sin(turn) } else { -libm::sin(turn) };
            match (row < n, column < n) {
                (true, true) | (false, false) => scale * libm::cos(turn),
                (true, false) => -scale * sine,
                (false, true) => scale * sine,
            }
        })
    }

    /// The matrix that takes number j to units `first` + 2j and `first` + 2j + 1 of `rows`, times the `signs`; other units are 0.
    pub fn paired(rows: usize, first: usize, signs: [f64; 2]) -> Self {
        let pairs = rows.saturating_sub(first) / 2;
        let entry = |pair: usize| [0, 1].map(|second| (first + 2 * pair + second, pair, signs[second]));
        Self::sparse(rows, pairs, (0..pairs).flat_map(entry).collect())
    }

    /// An order of `units` units in which neighbours change places, in pairs from unit `first` on.
    pub fn swapped(units: usize, first: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..units).collect();
        (first..units.saturating_sub(1)).step_by(2).for_each(|unit| order.swap(unit, unit + 1));
        order
    }

    /// A random order of `units` units, the same in every network.
    pub fn shuffled(units: usize) -> Vec<usize> {
        seed::stream(0, Purpose::Init, &[("permutation", "urnn")]).at(units as u64).permutation(units)
    }

    /// Units of M·v.
    #[inline]
    pub fn rows(&self) -> usize {
        self.0.rows
    }

    /// Units of v.
    #[inline]
    pub fn columns(&self) -> usize {
        self.0.columns
    }

    /// The entries that are not zero: row, column, entry; by row, then column.
    #[inline]
    pub fn entries(&self) -> &[(usize, usize, f64)] {
        &self.0.entries
    }

    /// Row-major, zeros included.
    pub fn dense(&self) -> Vec<f64> {
        let Entries { rows, columns, entries } = &*self.0;
        let mut dense = vec![0.0; rows * columns];
        entries.iter().for_each(|&(row, column, entry)| dense[row * columns + column] = entry);
        dense
    }

    /// For M, or Mᵀ, which unit each unit of the product is, or that it is zero; none if one is anything else.
    pub fn moves(&self, transposed: bool) -> Option<Vec<Option<usize>>> {
        let Entries { rows, columns, entries } = &*self.0;
        let mut moves = vec![None; if transposed { *columns } else { *rows }];
        for &(row, column, entry) in entries {
            let (to, from) = if transposed { (column, row) } else { (row, column) };
            if entry != 1.0 || moves[to].replace(from).is_some() {
                return None;
            }
        }
        Some(moves)
    }
}
