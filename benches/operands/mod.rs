//! Operands of the matrix kernels, laid out as the engine lays them out.

use longlag::compute::kernel::{Lines, PANEL, Packed, Place, Track};

/// Numbers between −1 and 1, none of them special.
pub fn numbers(count: usize) -> Vec<f32> {
    (0..count).map(|i| (i * 7919 % 2003) as f32 / 1001.5 - 1.0).collect()
}

/// Operands of a product: so many rows of `depth` numbers by a matrix of `depth` × `width`, with a bias.
pub struct Product {
    pub weight: Packed<f32>,
    pub arena: Lines<f32>,
    pub value: Place,
    pub out: Place,
    pub bias: Place,
}

impl Product {
    pub fn new(rows: usize, (depth, width): (usize, usize)) -> Self {
        let mut weight = Packed::new(depth, width);
        weight.pack(&numbers(depth * width));
        let value = Place { start: 0, line: PANEL, panel: rows * PANEL };
        let out = value.moved(rows * depth.next_multiple_of(PANEL));
        let bias = Place { start: out.start + rows * width.next_multiple_of(PANEL), line: 0, panel: PANEL };
        let arena = filled(bias.start + width.next_multiple_of(PANEL));
        Self { weight, arena, value, out, bias }
    }
}

/// Operands of a sum of outer products over rows and steps: left of `depth`, right of `width` numbers.
pub struct Outer {
    pub arena: Lines<f32>,
    pub left: Track,
    pub right: Track,
    pub sum: Lines<f32>,
}

impl Outer {
    pub fn new(rows: usize, steps: usize, (depth, width): (usize, usize)) -> Self {
        let track = |start, width: usize| Track {
            place: Place { start, line: PANEL, panel: rows * PANEL },
            step: rows * width.next_multiple_of(PANEL),
            width,
        };
        let left = track(0, depth);
        let right = track(steps * left.step, width);
        let arena = filled(right.place.start + steps * right.step);
        Self { arena, left, right, sum: Lines::new(depth * width.next_multiple_of(PANEL)) }
    }
}

fn filled(length: usize) -> Lines<f32> {
    let mut arena = Lines::new(length);
    let length = arena.len();
    arena.copy_from_slice(&numbers(length));
    arena
}
