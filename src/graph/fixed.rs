//! Constant matrices: what rearranges units, adds them up, or transforms them in a way that nothing trains.

use std::sync::Arc;

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

    /// Units of M·v.
    pub fn rows(&self) -> usize {
        self.0.rows
    }

    /// Units of v.
    pub fn columns(&self) -> usize {
        self.0.columns
    }

    /// The entries that are not zero: row, column, entry; by row, then column.
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
