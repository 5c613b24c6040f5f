//! Moving units within rows: slices, concatenations, permutations.

use super::{MatrixKernels, PANEL, Place};

/// Units of one value that become neighbouring units of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Where they come from; zeros if nowhere.
    pub from: Option<Place>,
    /// The first of them.
    pub first: usize,
    /// From one to the next: 1, or 0 for the same one again and again.
    pub step: usize,
    /// Where the first goes.
    pub to: usize,
    pub count: usize,
}

/// Writes the units of `runs` to the value at `to`, for `rows` rows.
///
/// # Panics
///
/// When one lies outside the arena.
pub fn rearrange<E: MatrixKernels>(arena: &mut [E], rows: usize, to: Place, runs: &[Run]) {
    for &Run { from, first, step, to: start, count } in runs {
        let Some(from) = from else {
            for row in 0..rows {
                (start..start + count).for_each(|unit| arena[to.index(row, unit)] = E::ZERO);
            }
            continue;
        };
        if step == 0 {
            for row in 0..rows {
                let value = arena[from.index(row, first)];
                let mut unit = start;
                while unit < start + count {
                    let end = (unit + PANEL - unit % PANEL).min(start + count);
                    let place = to.index(row, unit);
                    arena[place..place + end - unit].fill(value);
                    unit = end;
                }
            }
            continue;
        }
        let mut done = 0;
        while done < count {
            // As far as both stay within one panel.
            let (source, target) = (first + done, start + done);
            let piece = (PANEL - source % PANEL).min(PANEL - target % PANEL).min(count - done);
            let (mut read, mut write) = (from.index(0, source), to.index(0, target));
            for _ in 0..rows {
                if piece == PANEL {
                    let values: [E; PANEL] = std::array::from_fn(|unit| arena[read + unit]);
                    arena[write..write + PANEL].copy_from_slice(&values);
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
