//! The measure of the elementary functions: the same functions in f64, and errors in units in the last place.
//!
//! Part of the tests, and of `benches/elementary.rs`, which includes this file.

/// A function, as f64 has it.
pub struct Reference {
    pub name: &'static str,
    pub value: fn(f64) -> f64,
    pub increases: bool,
    /// No f32 has a greater error, in units in the last place; found by trying them all.
    pub bound: f64,
}

pub const REFERENCES: [Reference; 8] = [
    Reference { name: "tanh", value: libm::tanh, increases: true, bound: 1.34 },
    Reference { name: "sigmoid", value: sigmoid, increases: true, bound: 1.70 },
    Reference { name: "exp", value: libm::exp, increases: true, bound: 1.02 },
    Reference { name: "expm1", value: libm::expm1, increases: true, bound: 1.47 },
    Reference { name: "ln", value: libm::log, increases: true, bound: 0.94 },
    Reference { name: "log1p", value: libm::log1p, increases: true, bound: 0.89 },
    Reference { name: "sin", value: libm::sin, increases: false, bound: 1.49 },
    Reference { name: "cos", value: libm::cos, increases: false, bound: 1.49 },
];

fn sigmoid(x: f64) -> f64 {
    let e = libm::exp(-x.abs());
    if x < 0.0 { e / (1.0 + e) } else { 1.0 / (1.0 + e) }
}

/// The distance of `value` from `exact` in units in the last place of `exact` in f32: between powers of two, the distance of two
/// neighbours; in the subnormal range, 2⁻¹⁴⁹. An infinite or NaN `exact`, or one beyond f32's range, has to be met: else ∞.
pub fn error_in_ulp(value: f32, exact: f64) -> f64 {
    // Halfway between the largest number and what would be the next.
    const OVERFLOW: f64 = 340_282_356_779_733_661_637_539_395_458_142_568_448.0;
    if exact.is_nan() || value.is_nan() {
        return if exact.is_nan() && value.is_nan() { 0.0 } else { f64::INFINITY };
    }
    if value.is_infinite() || exact.is_infinite() {
        let met = value.is_infinite() && exact.abs() >= OVERFLOW && (value > 0.0) == (exact > 0.0);
        return if met { 0.0 } else { f64::INFINITY };
    }
    let exponent = ((exact.to_bits() >> 52) & 0x7ff).cast_signed() - 1023;
    let unit = f64::from_bits(((exponent.clamp(-126, 127) - 23 + 1023) << 52).cast_unsigned());
    (f64::from(value) - exact).abs() / unit
}
