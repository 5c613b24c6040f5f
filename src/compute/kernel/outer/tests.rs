use super::*;
use crate::compute::kernel::{
    Place,
    product::scene::{Layout, Scene, same, sets},
};

fn equals_the_definition<E: MatrixKernels>(seed: u64, poison: f64) {
    let mut scene = Scene::<E>::new(seed, poison);
    let (steps, rows) = (scene.random.below(6), scene.size(33));
    let layouts = [Layout::Panels, Layout::Panels, Layout::Rows, Layout::Raw, Layout::Broadcast];
    let (layout, width) = (scene.random.of(&layouts), scene.size(70));
    let left = scene.track(layout, steps, rows, width);
    let (layout, width) = (scene.random.of(&[Layout::Panels, Layout::Rows]), scene.size(70));
    let right = scene.track(layout, steps, rows, width);
    let sum = scene.numbers(left.width * right.width.next_multiple_of(PANEL));
    for isa in sets() {
        let mut got = sum.clone();
        outer(isa, &scene.arena, steps, rows, left, right, &mut got);
        for i in 0..left.width {
            for n in 0..right.width {
                let index = (n / PANEL * left.width + i) * PANEL + n % PANEL;
                let mut wanted = sum[index];
                for t in (0..steps).rev() {
                    for r in 0..rows {
                        let a = scene.arena[left.place.index(r, i) + t * left.step];
                        wanted = a.multiply_add(scene.arena[right.place.index(r, n) + t * right.step], wanted);
                    }
                }
                assert!(
                    same(got[index], wanted),
                    "{isa:?}, seed {seed}, {steps} × {rows} rows of {left:?} and {right:?}: {:?}, not {wanted:?}",
                    got[index]
                );
            }
        }
    }
}

#[test]
fn every_set_gives_the_bits_of_the_definition() {
    for seed in 0..100 {
        equals_the_definition::<f32>(seed, f64::NAN);
    }
    for seed in 0..20 {
        equals_the_definition::<f64>(seed, f64::NAN);
    }
}

const LEFT: Track = Track { place: Place { start: 0, line: 2, panel: 0 }, step: 6, width: 2 };
const RIGHT: Track = Track { place: Place { start: 12, line: 16, panel: 48 }, step: 48, width: 5 };

/// Two steps of three rows, in an arena of 12 + 96 numbers.
fn refused(left: Track, right: Track, size: usize) {
    outer(Isa::Portable, &[0.0f32; 108], 2, 3, left, right, &mut vec![0.0; size]);
}

#[test]
fn the_very_end_of_an_arena_is_within_it() {
    refused(LEFT, RIGHT, 32);
    refused(Track { place: Place { start: 96, ..LEFT.place }, ..LEFT }, RIGHT, 32);
}

#[test]
#[should_panic(expected = "left value lies outside")]
fn a_left_value_outside_is_refused() {
    refused(Track { step: usize::MAX, ..LEFT }, RIGHT, 32);
}

#[test]
#[should_panic(expected = "right value lies outside")]
fn a_right_value_outside_is_refused() {
    refused(LEFT, Track { step: 49, ..RIGHT }, 32);
}

#[test]
#[should_panic(expected = "the sum is 2 × 16")]
fn a_sum_of_another_size_is_refused() {
    refused(LEFT, RIGHT, 48);
}
