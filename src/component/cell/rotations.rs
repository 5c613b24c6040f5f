//! Layers of rotations of pairs of units, of which unitary matrices are made.

use std::f64::consts::PI;

use super::{CellBuilder, Misfit, complex::Complex};
use crate::{
    component::init::{InitializerSpec, Interval},
    graph::{Expr, Fixed},
};

/// The pairs of layer `layer` of `units` units: (0, 1), (2, 3), … in even layers, (1, 2), (3, 4), … in odd ones. Units at the
/// ends may be in none.
fn pairs(layer: usize, units: usize) -> Vec<[usize; 2]> {
    (layer % 2..units.saturating_sub(1)).step_by(2).map(|first| [first, first + 1]).collect()
}

/// A trained angle for each pair of a layer, uniform on (−π, π) at first.
fn angles<'g>(graph: &'g CellBuilder, name: &str, pairs: &[[usize; 2]]) -> Expr<'g> {
    let angles = graph.vector_of(name, pairs.len());
    graph.start(name, InitializerSpec::Interval(Interval { low: -PI, high: PI }));
    angles
}

/// `capacity` layers of rotations with the angles `theta_1`, `theta_2`, …, which make an orthogonal matrix: in each pair
/// (a, b) ↦ (cos θ·a − sin θ·b, sin θ·a + cos θ·b).
pub(super) fn orthogonal<'g>(graph: &'g CellBuilder, capacity: usize, value: Expr<'g>) -> Expr<'g> {
    let layers = layers(capacity, value.width());
    layers.into_iter().fold(value, |value, (number, pairs)| {
        let theta = angles(graph, &format!("theta_{number}"), &pairs);
        turned(theta, &pairs, value)
    })
}

/// Layers of rotations of pairs of complex numbers (a, b), b being turned by e^(i·φ) first, with the angles `phi_1`, …: a unitary
/// matrix up to the phases of the units.
pub(super) fn unitary<'g>(graph: &'g CellBuilder, capacity: usize, value: Complex<'g>) -> Complex<'g> {
    let units = value.re.width();
    layers(capacity, units).into_iter().fold(value, |value, (number, pairs)| {
        let theta = angles(graph, &format!("theta_{number}"), &pairs);
        let phi = angles(graph, &format!("phi_{number}"), &pairs);
        let second = Fixed::new(units, pairs.len(), |unit, pair| f64::from(u8::from(pairs[pair][1] == unit)));
        value.times(Complex::phase(phi.fixed(&second))).each(|part| turned(theta, &pairs, part))
    })
}

/// Number, from 1, and pairs of each layer that has pairs.
fn layers(capacity: usize, units: usize) -> Vec<(usize, Vec<[usize; 2]>)> {
    let all = (0..capacity).map(|layer| (layer + 1, pairs(layer, units)));
    all.filter(|(_, pairs)| !pairs.is_empty()).collect()
}

fn turned<'g>(theta: Expr<'g>, pairs: &[[usize; 2]], value: Expr<'g>) -> Expr<'g> {
    let units = value.width();
    // The angle of each unit: θ for the first of a pair, −θ for the second, 0 for one that has no partner.
    let sign = |unit: usize, [first, second]: [usize; 2]| f64::from(i8::from(first == unit) - i8::from(second == unit));
    let angle = theta.fixed(&Fixed::new(units, pairs.len(), |unit, pair| sign(unit, pairs[pair])));
    let Complex { re: cos, im: sin } = Complex::phase(angle);
    let mut partner: Vec<usize> = (0..units).collect();
    pairs.iter().for_each(|&[first, second]| partner.swap(first, second));
    cos * value + (sin * value).gather(&partner)
}

/// Why a state of `hidden` units cannot have `capacity` layers of rotations.
pub(super) fn misfit(capacity: usize, hidden: usize) -> Option<Misfit> {
    (capacity > hidden).then(|| Misfit {
        setting: vec!["capacity".to_owned()],
        message: format!(
            "{capacity} layers of rotations are more than the {hidden} that make every matrix of {hidden} units"
        ),
        help: "lower `capacity`, or raise `hidden`".to_owned(),
    })
}
