use super::*;
use crate::compute::kernel::product::scene::{Layout, Random, Scene, same, sets};

fn equals_the_definition<E: MatrixKernels>(seed: u64) {
    let mut scene = Scene::<E>::new(seed, f64::NAN);
    let (steps, rows, width) = (scene.random.below(5), scene.size(33), scene.size(200));
    let layout = scene.random.of(&[Layout::Panels, Layout::Rows, Layout::Raw, Layout::Broadcast]);
    let value = scene.track(layout, steps, rows, width);
    let sum = scene.numbers(width);
    for isa in sets() {
        let mut got = sum.clone();
        sum_rows(isa, &scene.arena, steps, rows, value, &mut got);
        for n in 0..width {
            let mut wanted = sum[n];
            for t in (0..steps).rev() {
                for r in 0..rows {
                    wanted = wanted + scene.arena[value.place.index(r, n) + t * value.step];
                }
            }
            assert!(same(got[n], wanted), "{isa:?}, seed {seed}, {value:?}: {:?}, not {wanted:?}", got[n]);
        }
    }
}

#[test]
fn every_set_gives_the_bits_of_the_definition() {
    for seed in 0..100 {
        equals_the_definition::<f32>(seed);
        equals_the_definition::<f64>(seed);
    }
}

#[test]
#[should_panic(expected = "outside the arena")]
fn a_value_outside_is_refused() {
    let place = crate::compute::kernel::Place { start: 1, line: 16, panel: 32 };
    sum_rows(Isa::Portable, &[0.0f32; 32], 1, 2, Track { place, step: 0, width: 16 }, &mut [0.0; 16]);
}

#[test]
fn squares_are_summed_chunk_by_chunk_in_sixteen_lanes() {
    for count in [0, 1, 15, 16, 17, 100, 1000, 4096, 4097, 10_000] {
        let values: Vec<f32> = Random(count as u64).numbers(count, false);
        let mut wanted = 0.0;
        for chunk in values.chunks(4096) {
            let mut lanes = [0.0f64; 16];
            for (i, value) in chunk.iter().enumerate() {
                lanes[i % 16] += f64::from(*value) * f64::from(*value);
            }
            let tree = |k: usize| lanes[k] + lanes[k + 8];
            let tree = |k: usize| tree(k) + tree(k + 4);
            let tree = |k: usize| tree(k) + tree(k + 2);
            wanted += tree(0) + tree(1);
        }
        for isa in sets() {
            assert!(same(sum_of_squares(isa, &values), wanted), "{isa:?}, {count}");
        }
    }
}

#[test]
fn squares_neither_overflow_nor_vanish() {
    for isa in sets() {
        assert_eq!(sum_of_squares(isa, &[f32::MAX; 4]), 4.0 * f64::from(f32::MAX) * f64::from(f32::MAX));
        let tiny = f64::from(f32::from_bits(1));
        assert_eq!(sum_of_squares(isa, &[f32::from_bits(1); 32]), 32.0 * tiny * tiny);
        assert!(sum_of_squares(isa, &[1.0, f32::NAN]).is_nan());
        assert_eq!(sum_of_squares(isa, &[1.0, f32::NEG_INFINITY]), f64::INFINITY);
    }
}

#[test]
fn one_number_that_is_not_finite_is_found_anywhere() {
    for count in [1, 63, 64, 65, 200] {
        let finite: Vec<f32> = Random(3).numbers(count, false);
        assert!(all_finite(&finite));
        for at in 0..count {
            for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -f32::NAN] {
                let mut values = finite.clone();
                values[at] = value;
                assert!(!all_finite(&values));
            }
        }
    }
    assert!(all_finite(&[]) && all_finite(&[f32::MAX, f32::MIN, -0.0, f32::from_bits(1)]));
}
