//! A sample of what `scripts/elementary.sh --exhaustive` measures, and the values at the ends.

use super::{
    Elementary,
    reference::{REFERENCES, error_in_ulp},
};
use crate::compute::kernel::{
    Isa,
    lanes::Array,
    pointwise::{Instruction, Operation, Program, Scratch, Slot},
};

fn operation(name: &str) -> Operation {
    match name {
        "tanh" => Operation::Tanh,
        "sigmoid" => Operation::Sigmoid,
        "exp" => Operation::Exp,
        "expm1" => Operation::ExpM1,
        "ln" => Operation::Ln,
        "log1p" => Operation::Ln1P,
        "sin" => Operation::Sin,
        "cos" => Operation::Cos,
        _ => unreachable!("a reference without operation"),
    }
}

/// The function of every argument.
fn values(isa: Isa, name: &str, arguments: &[f32]) -> Vec<f32> {
    let instruction = Instruction::new(operation(name), Slot::Operand(0), &[Slot::Operand(0)]);
    let mut values = arguments.to_vec();
    Program::new(isa, vec![instruction]).run(&mut Scratch::default(), &mut values, arguments.len(), &[0]);
    values
}

fn sets() -> impl Iterator<Item = Isa> {
    Isa::ALL.into_iter().filter(|isa| isa.available())
}

/// Whether two numbers are the same bit for bit, or both NaN.
fn same(a: f32, b: f32) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

#[test]
fn errors_are_within_the_bounds_and_alike_on_all_sets() {
    let sample: Vec<f32> = (0..u32::MAX / 4099).map(|i| f32::from_bits(i * 4099)).collect();
    for function in &REFERENCES {
        let first = values(Isa::Portable, function.name, &sample);
        for isa in sets() {
            for ((&x, &a), &b) in sample.iter().zip(&first).zip(&values(isa, function.name, &sample)) {
                assert!(same(a, b), "{} of {x:e} is {b:e} on {}, not {a:e}", function.name, isa.name());
            }
        }
        for (&x, &value) in sample.iter().zip(&first) {
            // Of large arguments every 64th: f64 takes its time for them.
            if function.increases || x.abs() < 1e5 || x.to_bits() % 64 == 0 {
                let error = error_in_ulp(value, (function.value)(f64::from(x)));
                assert!(error <= function.bound, "{} of {x:e} is {value:e}: {error} ulp", function.name);
            }
        }
    }
}

/// Around the arguments where one formula takes over from another.
#[test]
fn increasing_functions_increase() {
    let seams = [
        0.549_306_1f32,
        1.039_720_8,
        9.010_914,
        10.0,
        0.346_573_6,
        16.635_53,
        17.0,
        88.0,
        103.9,
        1.333_333_4,
        0.666_666_7,
        1.0,
    ];
    for function in REFERENCES.iter().filter(|function| function.increases) {
        for seam in seams.into_iter().chain([f32::MIN_POSITIVE, 2.0]) {
            let near: Vec<f32> = (0..4000).map(|i| f32::from_bits(seam.to_bits() - 2000 + i)).collect();
            let negative: Vec<f32> = near.iter().rev().map(|x| -x).collect();
            for arguments in [near, negative] {
                // Where the function has no value, which the sample above compares, there is nothing to follow.
                let values =
                    values(Isa::Portable, function.name, &arguments).into_iter().filter(|value| !value.is_nan());
                assert!(values.is_sorted(), "{} near {seam}", function.name);
            }
        }
    }
}

#[test]
fn special_values() {
    let infinity = f32::INFINITY;
    let nan = f32::NAN;
    let least = f32::from_bits(1);
    let cases: [(&str, &[(f32, f32)]); 8] = [
        (
            "tanh",
            &[
                (0.0, 0.0),
                (-0.0, -0.0),
                (infinity, 1.0),
                (-infinity, -1.0),
                (9.1, 1.0),
                (f32::MAX, 1.0),
                (least, least),
                (-least, -least),
                (-1e-39, -1e-39),
            ],
        ),
        (
            "sigmoid",
            &[
                (0.0, 0.5),
                (-0.0, 0.5),
                (infinity, 1.0),
                (-infinity, 0.0),
                (f32::MAX, 1.0),
                (f32::MIN, 0.0),
                (-103.9, least),
                (-104.1, 0.0),
            ],
        ),
        (
            "exp",
            &[
                (0.0, 1.0),
                (-0.0, 1.0),
                (infinity, infinity),
                (-infinity, 0.0),
                (88.722_84, infinity),
                (-103.9, least),
                (-104.0, 0.0),
                (least, 1.0),
            ],
        ),
        (
            "expm1",
            &[
                (0.0, 0.0),
                (-0.0, -0.0),
                (infinity, infinity),
                (-infinity, -1.0),
                (f32::MIN, -1.0),
                (-30.0, -1.0),
                (88.722_84, infinity),
                (least, least),
                (-least, -least),
                (-1e-39, -1e-39),
            ],
        ),
        (
            "ln",
            &[
                (1.0, 0.0),
                (0.0, -infinity),
                (-0.0, -infinity),
                (infinity, infinity),
                (-infinity, nan),
                (-1.0, nan),
                (-least, nan),
                (least, -103.278_93),
            ],
        ),
        (
            "log1p",
            &[
                (0.0, 0.0),
                (-0.0, -0.0),
                (-1.0, -infinity),
                (infinity, infinity),
                (-infinity, nan),
                (-1.5, nan),
                (least, least),
                (-least, -least),
                (-1e-39, -1e-39),
                (f32::MAX, 88.722_84),
            ],
        ),
        ("sin", &[(0.0, 0.0), (-0.0, -0.0), (infinity, nan), (-infinity, nan), (least, least), (-least, -least)]),
        ("cos", &[(0.0, 1.0), (-0.0, 1.0), (infinity, nan), (-infinity, nan), (least, 1.0)]),
    ];
    for isa in sets() {
        for (name, pairs) in cases {
            for &(x, wanted) in pairs.iter().chain(&[(nan, nan), (-nan, nan)]) {
                // Beside a lane that goes another way.
                let got = values(isa, name, &[x, 1e6, 0.3]);
                assert!(same(got[0], wanted), "{name} of {x:e} is {:e} on {}, not {wanted:e}", got[0], isa.name());
            }
        }
    }
}

#[test]
fn sines_of_large_arguments_are_the_pinned_ones() {
    let large = [1e5f32.next_up(), -3e5, 1e10, -1e20, f32::MAX];
    for isa in sets() {
        assert_eq!(values(isa, "sin", &large), large.map(libm::sinf));
        assert_eq!(values(isa, "cos", &large), large.map(libm::cosf));
    }
}

#[test]
fn f64_goes_to_the_pinned_library() {
    let x = [0.3, -1.7, 800.0, -800.0, f64::INFINITY, f64::NEG_INFINITY, -0.0, f64::NAN];
    // SAFETY: arrays need no instruction set; the pointers are to eight numbers.
    let of = |f: unsafe fn(Array<f64, 8>) -> Array<f64, 8>| unsafe {
        use crate::compute::kernel::lanes::Lanes as _;
        let mut values = [0.0; 8];
        f(Array::load(x.as_ptr())).store(values.as_mut_ptr());
        values
    };
    let alike = |a: [f64; 8], f: fn(f64) -> f64| {
        assert!(a.iter().zip(x).all(|(a, x)| a.to_bits() == f(x).to_bits() || (a.is_nan() && f(x).is_nan())));
    };
    alike(of(Elementary::tanh), libm::tanh);
    alike(of(Elementary::exp), libm::exp);
    alike(of(Elementary::exp_m1), libm::expm1);
    alike(of(Elementary::ln), libm::log);
    alike(of(Elementary::ln_1p), libm::log1p);
    alike(of(Elementary::sin), libm::sin);
    alike(of(Elementary::cos), libm::cos);
    let sigmoid = of(Elementary::sigmoid);
    assert!(sigmoid[2..7] == [1.0, 0.0, 1.0, 0.0, 0.5] && sigmoid[7].is_nan());
    assert!((sigmoid[1] - 1.0 / (1.0 + libm::exp(1.7))).abs() < 1e-16);
}
