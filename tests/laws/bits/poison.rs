//! An engine's results do not depend on the contents of its memory before.

use longlag::{component::task::Goal, engine::fused::FusedEngine};

use super::cases::{Case, Size, case, find, sets};
use crate::support::variants::variants;

/// An engine that has met NaN and infinities is as good as a new one, at any size of a tile.
#[test]
fn non_finite_numbers_of_an_earlier_batch_leave_no_trace() {
    for cell in variants() {
        for (hidden, layers, goal) in [(7, 2, Goal::Classes(3)), (33, 1, Goal::Numbers(2)), (5, 1, Goal::Bits(18))] {
            // Tiles of 16 rows and of 4.
            let Case { network, parameters, batch } = case(&cell, Size { hidden, batch: 20, steps: 5, layers, goal });
            // The fastest set only: that the others give the same bits is another law.
            let isa = sets().next().expect("the portable set is always there");
            let mut used = FusedEngine::<f32>::new(network.clone(), isa, 2);
            for poison in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX] {
                let mut poisoned = batch.clone();
                poisoned.input.fill(poison);
                find(&mut used, &vec![poison; parameters.len()], &poisoned);
                let fresh = find(&mut FusedEngine::new(network.clone(), isa, 2), &parameters, &batch);
                assert!(find(&mut used, &parameters, &batch) == fresh, "{cell:?}, hidden {hidden}, after {poison}");
            }
        }
    }
}

/// The gradient is overwritten, not added to.
#[test]
fn what_the_gradient_held_before_is_gone() {
    use longlag::{component::cell::CellSpec, engine::Engine as _};
    let size = Size { hidden: 7, batch: 20, steps: 3, layers: 1, goal: Goal::Numbers(1) };
    let Case { network, parameters, batch } = case(&CellSpec::default(), size);
    for isa in sets() {
        let mut engine = FusedEngine::<f32>::new(network.clone(), isa, 1);
        let mut gradient = vec![f32::NAN; parameters.len()];
        engine.gradient(&parameters, &batch, &super::cases::noise(), &mut gradient);
        let (_, _, wanted) = engine.differentiate(&parameters, &batch, Some(&super::cases::noise()));
        assert_eq!(gradient, wanted, "{}", isa.name());
    }
}
