//! Neither the instruction set nor the number of threads changes a bit.

use longlag::{component::task::Goal, compute::kernel::Isa, engine::fused::FusedEngine};

use super::cases::{Case, Size, case, find, sets};
use crate::support::variants::variants;

const HIDDEN: [usize; 4] = [1, 7, 33, 128];
const BATCH: [usize; 3] = [1, 5, 32];
const STEPS: [usize; 3] = [1, 2, 17];

/// Twelve of the 36 combinations, such that every pair of a width and a batch, of a width and a length, and of a batch and a
/// length is among them: the length goes round with the sum of the other two's places. All 36 take minutes with the
/// portable kernels. Goals and numbers of layers alternate.
fn sizes() -> impl Iterator<Item = Size> {
    let pairs = (0..HIDDEN.len()).flat_map(|hidden| (0..BATCH.len()).map(move |batch| (hidden, batch)));
    pairs.map(|(hidden, batch)| Size {
        hidden: HIDDEN[hidden],
        batch: BATCH[batch],
        steps: STEPS[(hidden + batch + 1) % STEPS.len()],
        layers: if HIDDEN[hidden] == 7 { 2 } else { 1 },
        goal: [Goal::Numbers(2), Goal::Classes(3), Goal::Bits(2)][batch % 3],
    })
}

#[test]
fn every_pair_of_sizes_is_tried() {
    let sizes: Vec<Size> = sizes().collect();
    for steps in STEPS {
        assert!(HIDDEN.iter().all(|&hidden| sizes.iter().any(|size| (size.hidden, size.steps) == (hidden, steps))));
        assert!(BATCH.iter().all(|&batch| sizes.iter().any(|size| (size.batch, size.steps) == (batch, steps))));
    }
}

#[test]
fn every_cell_gives_the_same_bits_on_every_instruction_set_and_for_any_number_of_threads() {
    for cell in variants() {
        for size in sizes() {
            let Case { network, parameters, batch } = case(&cell, size);
            let found = |isa, threads| {
                let mut engine = FusedEngine::<f32>::new(network.clone(), isa, threads);
                find(&mut engine, &parameters, &batch)
            };
            let portable = found(Isa::Portable, 1);
            for isa in sets() {
                for threads in [1, 2] {
                    // One tile has work for one thread, and portable kernels are slow.
                    if isa == Isa::Portable && (threads == 1 || size.batch <= 16) {
                        continue;
                    }
                    let found = found(isa, threads);
                    assert!(found == portable, "{cell:?}, {size:?}: {} on {threads} threads differs", isa.name());
                }
            }
        }
    }
}
