//! Moving units within rows: slices, concatenations, permutations.

use super::{MatrixKernels, PANEL, Place};

/// Units of one value that become neighbouring units of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The value whose units are moved; zeros are written without one.
    pub from: Option<Place>,
    /// The first unit that is read.
    pub first: usize,
    /// The distance from a unit read to the next: 1, or 0 for the same one again and again.
    pub step: usize,
    /// The unit that the first becomes.
    pub to: usize,
    /// How many units.
    pub count: usize,
}

/// Writes the units of `runs` to the value at `to`, for `rows` rows.
///
/// # Panics
///
/// When one lies outside the arena.
pub fn rearrange<E: MatrixKernels>(arena: &mut [E], rows: usize, to: Place, runs: &[Run]) {
    for &run in runs {
        match run.from {
            None => zeros(arena, rows, to, run),
            Some(from) if run.step == 0 => spread(arena, rows, from, to, run),
            Some(from) => shift(arena, rows, from, to, run),
        }
    }
}

/// The units `first..first + count` as (first, count) of pieces that lie in one panel each.
fn pieces(first: usize, count: usize) -> impl Iterator<Item = (usize, usize)> {
    let end = first + count;
    let starts = std::iter::once(first).chain((first.next_multiple_of(PANEL)..end).step_by(PANEL));
    let piece = move |start: usize| (start, end.min((start + 1).next_multiple_of(PANEL)) - start);
    starts.map(piece).filter(|(_, count)| *count > 0).skip(usize::from(first.is_multiple_of(PANEL)))
}

fn zeros<E: MatrixKernels>(arena: &mut [E], rows: usize, to: Place, run: Run) {
    for (unit, count) in pieces(run.to, run.count) {
        let mut write = to.index(0, unit);
        for _ in 0..rows {
            write_line(arena, write, [E::ZERO; PANEL], count);
            write += to.line;
        }
    }
}

/// Writes the first `count` numbers of a line to the arena. All of them are one store: arrays have a length that is known, where
/// a slice's `copy_from_slice` would stay a call.
#[inline(always)]
fn write_line<E: MatrixKernels>(arena: &mut [E], to: usize, line: [E; PANEL], count: usize) {
    if count == PANEL {
        *arena[to..].first_chunk_mut().expect("a panel's row lies within the arena") = line;
    } else {
        for (unit, number) in line[..count].iter().enumerate() {
            arena[to + unit] = *number;
        }
    }
}

/// One unit again and again.
fn spread<E: MatrixKernels>(arena: &mut [E], rows: usize, from: Place, to: Place, run: Run) {
    let read = from.index(0, run.first);
    for (unit, count) in pieces(run.to, run.count) {
        let mut write = to.index(0, unit);
        for row in 0..rows {
            let line = [arena[read + row * from.line]; PANEL];
            write_line(arena, write, line, count);
            write += to.line;
        }
    }
}

/// Neighbours that stay neighbours.
fn shift<E: MatrixKernels>(arena: &mut [E], rows: usize, from: Place, to: Place, run: Run) {
    let mut done = 0;
    while done < run.count {
        // As far as both stay within one panel.
        let (source, target) = (run.first + done, run.to + done);
        let piece = (PANEL - source % PANEL).min(PANEL - target % PANEL).min(run.count - done);
        let (mut read, mut write) = (from.index(0, source), to.index(0, target));
        for _ in 0..rows {
            if piece == PANEL {
                let line = *arena[read..].first_chunk().expect("a panel's row lies within the arena");
                write_line(arena, write, line, PANEL);
            } else {
                for unit in 0..piece {
                    arena[write + unit] = arena[read + unit];
                }
            }
            read += from.line;
            write += to.line;
        }
        done += piece;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A value [rows, width] in panels, as the engine lays it out.
    fn place(start: usize, rows: usize) -> Place {
        Place { start, line: PANEL, panel: rows * PANEL }
    }

    #[test]
    fn units_come_from_where_the_runs_say() {
        for rows in [1, 3, 16] {
            let (from, to) = (place(0, rows), place(4 * rows * PANEL, rows));
            for (first, step, start, count) in
                [(0, 1, 0, 50), (3, 1, 20, 30), (16, 1, 0, 32), (5, 1, 5, 40), (7, 0, 2, 33), (49, 1, 0, 1)]
            {
                let mut arena: Vec<f32> = (0..8 * rows * PANEL).map(|k| k as f32).collect();
                let before = arena.clone();
                let zero = Run { from: None, first: 0, step: 1, to: start + count, count: 1 };
                let run = Run { from: Some(from), first, step, to: start, count };
                rearrange(&mut arena, rows, to, &[run, zero]);
                for row in 0..rows {
                    for unit in 0..4 * PANEL {
                        let got = arena[to.index(row, unit)];
                        let wanted = match unit.checked_sub(start) {
                            Some(k) if k < count => before[from.index(row, first + step * k)],
                            Some(k) if k == count => 0.0,
                            _ => before[to.index(row, unit)],
                        };
                        assert_eq!(got, wanted, "row {row}, unit {unit} of {run:?}");
                        assert_eq!(arena[from.index(row, unit)], before[from.index(row, unit)]);
                    }
                }
            }
        }
    }
}
