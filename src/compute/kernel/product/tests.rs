use super::{
    scene::{Layout, Random, Scene, same, sets},
    *,
};
use crate::compute::kernel::Packed;

/// The definition, with the pinned fused multiply-add, over whole panels of the result.
fn naive<E: Real>(arena: &mut [E], rows: usize, out: Place, initial: Place, terms: &[Term<'_, E>]) {
    for r in 0..rows {
        for n in 0..terms[0].weight.width() {
            let mut sum = arena[initial.index(r, n)];
            for Term { value, weight } in terms {
                for k in 0..weight.depth() {
                    let factor = weight.panels()[(n / PANEL * weight.depth() + k) * PANEL + n % PANEL];
                    sum = arena[value.index(r, k)].multiply_add(factor, sum);
                }
            }
            arena[out.index(r, n)] = sum;
        }
    }
}

fn equals_the_definition<E: MatrixKernels>(seed: u64, poison: f64) {
    let mut scene = Scene::<E>::new(seed, poison);
    let (rows, width, count) = (scene.size(33), scene.size(70), 1 + scene.random.below(4));
    let mut weights = Vec::new();
    let mut values = Vec::new();
    for _ in 0..count {
        let mut weight = Packed::new(scene.size(70), width);
        weight.pack(&scene.numbers(weight.depth() * width));
        let layout = scene.random.of(&[Layout::Panels, Layout::Panels, Layout::Rows, Layout::Raw, Layout::Broadcast]);
        values.push(scene.value(layout, rows, weight.depth()));
        weights.push(weight);
    }
    let terms: Vec<_> = values.iter().zip(&weights).map(|(value, weight)| Term { value: *value, weight }).collect();
    let layout = scene.random.of(&[Layout::Panels, Layout::Rows]);
    let out = scene.value(layout, rows, width);
    let initial = match scene.random.below(4) {
        0 => out,
        1 => scene.value(Layout::Broadcast, rows, width),
        2 => scene.value(Layout::Line, rows, width),
        _ => scene.value(Layout::Panels, rows, width),
    };
    let mut expected = scene.arena.clone();
    naive(&mut expected, rows, out, initial, &terms);
    let padding: std::collections::BTreeSet<usize> = (0..rows)
        .flat_map(|r| (width..width.next_multiple_of(PANEL)).map(move |n| (r, n)))
        .map(|(r, n)| out.index(r, n))
        .collect();
    for isa in sets() {
        let mut arena = scene.arena.clone();
        product(isa, &mut arena, rows, out, initial, &terms);
        for (i, (got, wanted)) in arena.iter().zip(&expected).enumerate() {
            assert!(
                padding.contains(&i) || same(*got, *wanted),
                "{isa:?}, seed {seed}, {rows} rows, width {width}: {got:?}, not {wanted:?}, at {i} of {out:?}"
            );
        }
    }
}

#[test]
fn every_set_gives_the_bits_of_the_definition() {
    for seed in 0..150 {
        equals_the_definition::<f32>(seed, f64::NAN);
        equals_the_definition::<f32>(seed, 1234.5);
    }
    for seed in 0..40 {
        equals_the_definition::<f64>(seed, f64::NAN);
        equals_the_definition::<f64>(seed, 1234.5);
    }
}

#[test]
fn every_number_of_rows_and_panels_has_tiles() {
    let mut random = Random(0);
    for rows in 1..=20 {
        for width in (16..=16 * 11).step_by(16) {
            let mut weight = Packed::new(2, width);
            weight.pack(&random.numbers(2 * width, false));
            let mut arena: Vec<f32> = random.numbers(rows * (PANEL + width), false);
            let value = Place { start: 0, line: PANEL, panel: rows * PANEL };
            let out = Place { start: rows * PANEL, ..value };
            let terms = [Term { value, weight: &weight }];
            let mut expected = arena.clone();
            naive(&mut expected, rows, out, out, &terms);
            for isa in sets() {
                let mut arena = arena.clone();
                product(isa, &mut arena, rows, out, out, &terms);
                assert_eq!(arena, expected, "{isa:?}, {rows} rows, width {width}");
            }
            arena.clear();
        }
    }
}

#[test]
fn sums_of_products_in_one_call_or_two_are_the_same() {
    let mut random = Random(1);
    let weights: Vec<Packed<f32>> = [40, 24].map(|depth| packed(&mut random, depth, 48)).into();
    let rows = 5;
    let place = |start| Place { start, line: PANEL, panel: rows * PANEL };
    let arena: Vec<f32> = random.numbers(rows * (48 + 32 + 48), false);
    let terms = [Term { value: place(0), weight: &weights[0] }, Term { value: place(rows * 48), weight: &weights[1] }];
    let out = place(rows * 80);
    for isa in sets() {
        let (mut one, mut two) = (arena.clone(), arena.clone());
        product(isa, &mut one, rows, out, out, &terms);
        product(isa, &mut two, rows, out, out, &terms[..1]);
        product(isa, &mut two, rows, out, out, &terms[1..]);
        assert_eq!(one, two);
    }
}

fn packed(random: &mut Random, depth: usize, width: usize) -> Packed<f32> {
    let mut packed = Packed::new(depth, width);
    packed.pack(&random.numbers(depth * width, false));
    packed
}

const TILE: Place = Place { start: 64, line: PANEL, panel: 4 * PANEL };

/// Four rows of three columns times [3, 20], in an arena of 64 + 128 numbers.
fn refused(out: Place, initial: Place, value: Place) {
    let weight = packed(&mut Random(2), 3, 20);
    product(Isa::Portable, &mut [0.0; 192], 4, out, initial, &[Term { value, weight: &weight }]);
}

#[test]
fn the_very_end_of_an_arena_is_within_it() {
    refused(TILE, TILE, Place { start: 0, line: 3, panel: 0 });
    refused(Place { start: 0, ..TILE }, Place { start: 0, ..TILE }, Place { start: 180, line: 3, panel: 0 });
}

#[test]
#[should_panic(expected = "result lies outside")]
fn a_result_outside_is_refused() {
    refused(Place { start: 65, ..TILE }, TILE, Place { start: 0, line: 3, panel: 0 });
}

#[test]
#[should_panic(expected = "initial value lies outside")]
fn an_initial_value_outside_is_refused() {
    refused(TILE, Place { start: usize::MAX, ..TILE }, Place { start: 0, line: 3, panel: 0 });
}

#[test]
#[should_panic(expected = "a value lies outside")]
fn a_value_outside_is_refused() {
    refused(TILE, TILE, Place { start: 0, line: usize::MAX / 2, panel: 0 });
}

#[test]
#[should_panic(expected = "overlaps a value")]
fn a_value_in_the_result_is_refused() {
    refused(TILE, TILE, Place { start: 62, line: 3, panel: 0 });
}

#[test]
#[should_panic(expected = "overlaps the initial value")]
fn an_initial_value_in_the_result_is_refused() {
    refused(TILE, Place { start: 63, line: 0, panel: 0 }, Place { start: 0, line: 3, panel: 0 });
}

#[test]
#[should_panic(expected = "rows of the result overlap")]
fn a_result_of_one_row_is_refused() {
    refused(Place { line: 0, ..TILE }, TILE, Place { start: 0, line: 3, panel: 0 });
}

#[test]
#[should_panic(expected = "20 and 21 wide")]
fn terms_of_different_widths_are_refused() {
    let weights = [packed(&mut Random(2), 3, 20), packed(&mut Random(2), 3, 21)];
    let value = Place { start: 0, line: 3, panel: 0 };
    let terms = weights.each_ref().map(|weight| Term { value, weight });
    product(Isa::Portable, &mut [0.0; 192], 4, TILE, TILE, &terms);
}
