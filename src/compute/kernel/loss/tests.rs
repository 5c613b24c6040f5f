use super::{BinaryCrossEntropy, BitRows, CrossEntropy, Rows, SigmoidNumber, SoftmaxNumber};
use crate::compute::kernel::{Isa, Place};

const WIDTHS: [usize; 10] = [1, 2, 9, 15, 16, 17, 31, 32, 40, 100];
const ROWS: usize = 5;

fn sets() -> impl Iterator<Item = Isa> {
    Isa::ALL.into_iter().filter(|isa| isa.available())
}

/// An arena for logits and cotangents with poison around and between, and both places.
fn arena<E: SoftmaxNumber>(width: usize, poison: E) -> (Vec<E>, Place, Place) {
    let size = width.div_ceil(16) * ROWS * 16;
    let logits = Place { start: 3, line: 16, panel: ROWS * 16 };
    let mut numbers = vec![poison; 2 * size + 9];
    for row in 0..ROWS {
        for column in 0..width {
            let z = ((row * 37 + column * 101 + 11) % 64) as f64 / 8.0 - 4.0;
            numbers[logits.index(row, column)] = E::narrow(z);
        }
    }
    (numbers, logits, Place { start: size + 6, ..logits })
}

/// ln Σ exp z − z_class and the softmax in f64.
fn plain(z: &[f64], class: usize) -> (f64, Vec<f64>) {
    let greatest = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = z.iter().map(|z| libm::exp(z - greatest)).collect();
    let sum: f64 = powers.iter().sum();
    (libm::log(sum) + greatest - z[class], powers.iter().map(|power| power / sum).collect())
}

fn is_the_plain_one<E: SoftmaxNumber>(tolerance: f64) {
    for width in WIDTHS {
        let classes: Vec<u32> = (0..ROWS as u32).map(|row| row * 7 % width as u32).collect();
        let weights = [0.5, 1.0, 0.0, 2.0, 0.125].map(E::narrow);
        let poison = E::narrow(777.0);
        let mut first: Option<(Vec<E>, Vec<E>)> = None;
        for isa in sets() {
            let (mut numbers, logits, cotangents) = arena(width, poison);
            let before = numbers.clone();
            let mut losses = vec![E::ZERO; ROWS];
            let rows = Rows { logits, cotangents, width, classes: &classes, weights: &weights };
            CrossEntropy::new(isa).run(&mut numbers, &rows, &mut losses);
            let mut seen = before.clone();
            for row in 0..ROWS {
                let z: Vec<f64> = (0..width).map(|column| before[logits.index(row, column)].widen()).collect();
                let class = classes[row] as usize;
                let (loss, softmax) = plain(&z, class);
                assert!(
                    (losses[row].widen() - loss).abs() <= tolerance * (1.0 + loss),
                    "{width} {:?} {loss}",
                    losses[row]
                );
                for (column, share) in softmax.iter().enumerate() {
                    let at = cotangents.index(row, column);
                    let wanted = weights[row].widen() * (share - f64::from(u8::from(column == class)));
                    assert!((numbers[at].widen() - wanted).abs() <= tolerance, "{:?} {wanted}", numbers[at]);
                    seen[at] = numbers[at];
                }
            }
            assert!(numbers == seen, "{} touches something else", isa.name());
            let bits = |numbers: &[E]| numbers.iter().map(|x| x.widen().to_bits()).collect::<Vec<_>>();
            let (other_numbers, other_losses) = first.get_or_insert_with(|| (numbers.clone(), losses.clone()));
            assert_eq!((bits(&numbers), bits(&losses)), (bits(other_numbers), bits(other_losses)), "{}", isa.name());

            // In place, of narrow rows without padding as well.
            let (mut numbers, logits, _) = arena(width, poison);
            let rows = Rows { cotangents: logits, ..rows };
            let mut again = vec![E::ZERO; ROWS];
            CrossEntropy::new(isa).run(&mut numbers, &rows, &mut again);
            assert_eq!(bits(&again), bits(other_losses));
            for row in 0..ROWS {
                for column in 0..width {
                    assert!(numbers[logits.index(row, column)] == other_numbers[cotangents.index(row, column)]);
                }
            }
        }
    }
}

#[test]
fn the_loss_is_the_plain_one_in_f32() {
    is_the_plain_one::<f32>(1e-6);
}

#[test]
fn the_loss_is_the_plain_one_in_f64() {
    is_the_plain_one::<f64>(1e-14);
}

#[test]
fn narrow_rows_may_lie_close() {
    for isa in sets() {
        let place = Place { start: 0, line: 3, panel: 0 };
        let mut numbers = vec![1.0f32, 2.0, 3.0, 3.0, 2.0, 1.0];
        let mut losses = [0.0; 2];
        let rows = Rows { logits: place, cotangents: place, width: 3, classes: &[2, 0], weights: &[1.0, 1.0] };
        CrossEntropy::new(isa).run(&mut numbers, &rows, &mut losses);
        assert!((losses[0] - 0.407_606).abs() < 1e-6 && losses[0].to_bits() == losses[1].to_bits());
        assert!(numbers[..3].iter().eq(numbers[3..].iter().rev()));
    }
}

/// The loss and the cotangents of one row.
fn row(isa: Isa, z: &[f32], class: u32, weight: f32) -> (f32, Vec<f32>) {
    let place = Place { start: 0, line: z.len(), panel: 16 };
    let (mut numbers, mut losses) = (z.to_vec(), [0.0]);
    numbers.resize(z.len().next_multiple_of(16), 5.0);
    let rows = Rows { logits: place, cotangents: place, width: z.len(), classes: &[class], weights: &[weight] };
    CrossEntropy::new(isa).run(&mut numbers, &rows, &mut losses);
    (losses[0], numbers[..z.len()].to_vec())
}

#[test]
fn what_is_not_finite_shows() {
    let infinity = f32::INFINITY;
    for isa in sets() {
        for place in [0, 5, 17] {
            let mut z = vec![0.5; 18];
            for bad in [f32::NAN, infinity] {
                z[place] = bad;
                for class in [0, 17] {
                    let (loss, cotangents) = row(isa, &z, class, 1.0);
                    assert!(!loss.is_finite() && cotangents.iter().any(|x| x.is_nan()));
                    let (loss, cotangents) = row(isa, &z, class, 0.0);
                    assert!(!loss.is_finite() && cotangents.iter().all(|x| x.to_bits() == 0));
                }
            }
            z[place] = -infinity;
            let (loss, cotangents) = row(isa, &z, place as u32, 1.0);
            assert!(loss == infinity && cotangents[place] == -1.0);
            let (loss, cotangents) = row(isa, &z, 1, 1.0);
            assert!(loss.is_finite() && cotangents[place] == 0.0 && cotangents.iter().all(|x| x.is_finite()));
        }
        assert!(row(isa, &[-infinity; 20], 3, 1.0).0.is_nan());
        // Great logits neither overflow nor lose the loss.
        assert_eq!(row(isa, &[3e38, -3e38], 0, 1.0), (0.0, vec![0.0, 0.0]));
        assert_eq!(row(isa, &[1000.0, 0.0], 1, 1.0).0, 1000.0);
    }
}

#[test]
#[should_panic(expected = "class 3 of 3")]
fn classes_are_below_the_width() {
    row(Isa::Portable, &[0.0; 3], 3, 1.0);
}

/// ln(1 + e^a) and σ(a) in f64.
fn softplus(a: f64) -> (f64, f64) {
    (a.max(0.0) + libm::log1p(libm::exp(-a.abs())), 1.0 / (1.0 + libm::exp(-a)))
}

fn bits_are_the_plain_ones<E: SoftmaxNumber + SigmoidNumber>(tolerance: f64) {
    for width in WIDTHS {
        let bits: Vec<f32> = (0..ROWS * width).map(|at| f32::from(u8::from(at * 5 % 7 < 3))).collect();
        let weights = [0.5, 1.0, 0.0, 2.0, 0.125].map(E::narrow);
        let poison = E::narrow(777.0);
        let mut first: Option<(Vec<u64>, Vec<u64>)> = None;
        for isa in sets() {
            let (mut numbers, logits, cotangents) = arena(width, poison);
            let before = numbers.clone();
            let mut losses = vec![E::ZERO; ROWS];
            let rows = BitRows { logits, cotangents, width, bits: &bits, weights: &weights };
            BinaryCrossEntropy::new(isa).run(&mut numbers, &rows, &mut losses);
            let mut seen = before.clone();
            for row in 0..ROWS {
                let mut loss = 0.0;
                for column in 0..width {
                    let sign = if bits[row * width + column] == 0.0 { 1.0 } else { -1.0 };
                    let (own, slope) = softplus(sign * before[logits.index(row, column)].widen());
                    loss += own / width as f64;
                    let at = cotangents.index(row, column);
                    let wanted = weights[row].widen() * sign * slope / width as f64;
                    let error = (numbers[at].widen() - wanted).abs();
                    assert!(error <= tolerance * wanted.abs(), "{:?} {wanted}", numbers[at]);
                    seen[at] = numbers[at];
                }
                let error = (losses[row].widen() - loss).abs();
                assert!(error <= tolerance * loss, "{width} {:?} {loss}", losses[row]);
            }
            assert!(numbers == seen, "{} touches something else", isa.name());
            let bits_of = |numbers: &[E]| numbers.iter().map(|x| x.widen().to_bits()).collect::<Vec<_>>();
            let found = (bits_of(&numbers), bits_of(&losses));
            assert_eq!(found, *first.get_or_insert_with(|| found.clone()), "{}", isa.name());

            // In place.
            let (mut numbers, logits, _) = arena(width, poison);
            let mut again = vec![E::ZERO; ROWS];
            BinaryCrossEntropy::new(isa).run(&mut numbers, &BitRows { cotangents: logits, ..rows }, &mut again);
            assert_eq!(bits_of(&again), found.1);
            for (row, column) in (0..ROWS).flat_map(|row| (0..width).map(move |column| (row, column))) {
                assert_eq!(
                    numbers[logits.index(row, column)].widen().to_bits(),
                    found.0[cotangents.index(row, column)]
                );
            }
        }
    }
}

#[test]
fn bits_have_the_plain_loss_in_f32() {
    bits_are_the_plain_ones::<f32>(1e-6);
}

#[test]
fn bits_have_the_plain_loss_in_f64() {
    bits_are_the_plain_ones::<f64>(1e-14);
}

/// The loss and the cotangents of one row of bits.
fn bit_row(isa: Isa, z: &[f32], bits: &[f32], weight: f32) -> (f32, Vec<f32>) {
    let place = Place { start: 0, line: z.len(), panel: 16 };
    let (mut numbers, mut losses) = (z.to_vec(), [0.0]);
    numbers.resize(z.len().next_multiple_of(16), 5.0);
    let rows = BitRows { logits: place, cotangents: place, width: z.len(), bits, weights: &[weight] };
    BinaryCrossEntropy::new(isa).run(&mut numbers, &rows, &mut losses);
    (losses[0], numbers[..z.len()].to_vec())
}

#[test]
fn bits_that_are_not_finite_show_and_great_ones_do_not_overflow() {
    let infinity = f32::INFINITY;
    for isa in sets() {
        for place in [0, 5, 17] {
            let (mut z, bits) = (vec![0.5; 18], vec![1.0; 18]);
            z[place] = f32::NAN;
            let (loss, cotangents) = bit_row(isa, &z, &bits, 1.0);
            assert!(loss.is_nan() && cotangents.iter().enumerate().all(|(k, x)| x.is_nan() == (k == place)));
            let (loss, cotangents) = bit_row(isa, &z, &bits, 0.0);
            assert!(loss.is_nan() && cotangents.iter().all(|x| x.to_bits() == 0));
            z[place] = -infinity;
            let (loss, cotangents) = bit_row(isa, &z, &bits, 18.0);
            assert!(loss == infinity && (cotangents[place] + 1.0).abs() <= 1e-6);
            z[place] = infinity;
            let (loss, cotangents) = bit_row(isa, &z, &bits, 1.0);
            assert!(loss.is_finite() && cotangents[place] == 0.0);
        }
        assert_eq!(bit_row(isa, &[3e38, -3e38], &[1.0, 0.0], 1.0).0, 0.0);
        assert_eq!(bit_row(isa, &[3e38], &[0.0], 1.0), (3e38, vec![1.0]));
        // ln(1 + e^−30) is far below the spacing of numbers near 1.
        let (loss, cotangents) = bit_row(isa, &[30.0], &[1.0], 1.0);
        assert!((loss / 9.357_623e-14 - 1.0).abs() <= 1e-6 && (cotangents[0] / -9.357_623e-14 - 1.0).abs() <= 1e-6);
    }
}
