//! Initial values of parameters.

mod constant;
mod glorot_normal;
mod glorot_uniform;
mod he_normal;
mod he_uniform;
mod householder;
mod identity;
mod interval;
mod normal;
mod orthogonal;
mod ring_phase;
mod ring_radius;
mod standard_normal;
mod uniform;
mod zeros;

pub use self::{
    constant::Constant, glorot_normal::GlorotNormal, glorot_uniform::GlorotUniform, he_normal::HeNormal,
    he_uniform::HeUniform, identity::Identity, interval::Interval, normal::Normal, orthogonal::Orthogonal,
    ring_phase::RingPhase, ring_radius::RingRadius, standard_normal::StandardNormal, uniform::Uniform, zeros::Zeros,
};
use crate::{registry, seed::Draws};

/// What an initializer may know of the parameter it fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Outputs of a matrix; entries of a vector.
    pub rows: usize,
    /// Inputs of a matrix; 1 for a vector.
    pub columns: usize,
    /// Units that feed each output; for a bias, of the layer's state.
    pub fan_in: usize,
    /// Units that each input feeds.
    pub fan_out: usize,
}

/// What an initializer promises of a square matrix of n rows, for the laws.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Property {
    /// Independent entries of mean 0 and this variance.
    Variance(f64),
    /// WᵀW = gain²·I.
    Orthogonal { gain: f64 },
    /// This number on the diagonal, another off it.
    Diagonal { on: f64, off: f64 },
    /// Independent entries from `low` to `high`, half of them below `median`.
    Range { low: f64, median: f64, high: f64 },
}

/// A law for the initial values of a parameter.
pub trait Initializer: std::fmt::Debug {
    /// Fills `values`, row-major \[rows, columns\], from `draws`.
    fn fill(&self, shape: Shape, draws: &mut Draws, values: &mut [f64]);

    /// What holds of a matrix of this shape.
    fn property(&self, shape: Shape) -> Property;

    /// Whether it makes sense for a bias vector.
    fn fits_vectors(&self) -> bool {
        true
    }
}

registry! {
    /// A law for the initial values of a parameter.
    pub enum InitializerSpec: Initializer {
        "standard-normal" => StandardNormal(StandardNormal),
        "normal" => Normal(Normal),
        "uniform" => Uniform(Uniform),
        "glorot-uniform" => GlorotUniform(GlorotUniform),
        "glorot-normal" => GlorotNormal(GlorotNormal),
        "he-uniform" => HeUniform(HeUniform),
        "he-normal" => HeNormal(HeNormal),
        "orthogonal" => Orthogonal(Orthogonal),
        "identity" => Identity(Identity),
        "zeros" => Zeros(Zeros),
        "constant" => Constant(Constant),
        "interval" => Interval(Interval),
        "ring-radius" => RingRadius(RingRadius),
        "ring-phase" => RingPhase(RingPhase),
    }
}

/// Fills `values` with independent numbers, uniform on ±√(3·variance).
fn fill_uniform(variance: f64, draws: &mut Draws, values: &mut [f64]) {
    let bound = libm::sqrt(3.0 * variance);
    values.iter_mut().for_each(|value| *value = draws.between(-bound, bound));
}

/// Fills `values` with independent normal numbers of this standard deviation.
fn fill_normal(deviation: f64, draws: &mut Draws, values: &mut [f64]) {
    values.iter_mut().for_each(|value| *value = deviation * draws.normal());
}
