//! Which draws give which values.

use longlag::component::init::{InitializerSpec, Property};

use super::variants::{definition, draw, every_initializer, shapes};

#[test]
fn the_same_draws_give_the_same_values() {
    for initializer in every_initializer() {
        for shape in shapes(&initializer) {
            let values = draw(&initializer, shape, 7);
            assert!(values.iter().all(|x| x.is_finite()), "{initializer:?} at {shape:?} leaves entries out");
            assert_eq!(values, draw(&initializer, shape, 7), "{initializer:?} at {shape:?}");
        }
    }
}

#[test]
fn other_draws_give_other_values_if_there_is_chance() {
    for initializer in every_initializer() {
        for shape in shapes(&initializer) {
            let random = match definition(&initializer, shape).1 {
                Property::Diagonal { .. } | Property::Ramp { .. } => false,
                // A single unit has no partner; the radius decides it but for a sign, which is that of positive definite
                // matrices always.
                Property::Pairs { .. } => shape.rows > 1,
                Property::Radius { non_zeros, .. } => shape.rows > 1 || non_zeros.is_some(),
                Property::Orthogonal { .. } => shape.rows > 1 || !matches!(initializer, InitializerSpec::Henaff(_)),
                Property::Variance(_) | Property::Range { .. } | Property::LogUniform { .. } => true,
            };
            let first = draw(&initializer, shape, 0);
            // An orthogonal matrix of one entry is a sign, which may come twice.
            let differs = (1..50).any(|address| draw(&initializer, shape, address) != first);
            assert_eq!(differs, random, "{initializer:?} at {shape:?}");
        }
    }
}
