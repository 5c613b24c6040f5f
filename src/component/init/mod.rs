//! Initial values of parameters.

mod cayley;
mod chrono;
mod constant;
mod echo_state;
mod glorot_normal;
mod glorot_uniform;
mod he_normal;
mod he_uniform;
mod henaff;
mod identity;
mod interval;
mod lecun_normal;
mod lecun_uniform;
mod lsuv;
mod normal;
mod np_rnn;
mod orthogonal;
mod pairs;
mod pascanu_basic_tanh;
mod pascanu_sigmoid;
mod pascanu_smart_tanh;
mod pytorch;
mod ramp;
mod ring_phase;
mod ring_radius;
mod sparse;
mod spec;
mod standard_normal;
mod uniform;
mod zeros;

pub use self::{
    cayley::Cayley,
    chrono::{Chrono, Sign},
    constant::Constant,
    echo_state::EchoState,
    glorot_normal::GlorotNormal,
    glorot_uniform::GlorotUniform,
    he_normal::HeNormal,
    he_uniform::HeUniform,
    henaff::{Form, Henaff},
    identity::Identity,
    interval::Interval,
    lecun_normal::LecunNormal,
    lecun_uniform::LecunUniform,
    lsuv::Lsuv,
    normal::Normal,
    np_rnn::NpRnn,
    orthogonal::Orthogonal,
    pascanu_basic_tanh::PascanuBasicTanh,
    pascanu_sigmoid::PascanuSigmoid,
    pascanu_smart_tanh::PascanuSmartTanh,
    pytorch::Pytorch,
    ramp::Ramp,
    ring_phase::RingPhase,
    ring_radius::RingRadius,
    sparse::Links,
    spec::InitSpec,
    standard_normal::StandardNormal,
    uniform::Uniform,
    zeros::Zeros,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{compute::linalg::spectral_radius, registry, seed::Draws};

/// Shape and fans of a parameter: all that an initializer may know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The outputs of a matrix; the entries of a vector.
    pub rows: usize,
    /// The inputs of a matrix; 1 for a vector.
    pub columns: usize,
    /// The number of units that feed each output; for a bias of a recurrent layer, those of its state.
    pub fan_in: usize,
    /// The number of units that each input feeds.
    pub fan_out: usize,
    /// Whether the parameter is of a dense layer in the readout.
    pub dense: bool,
}

impl Shape {
    /// The shape of so many of these, one above the other.
    #[must_use]
    pub fn stacked(self, count: usize) -> Self {
        Self { rows: count * self.rows, fan_out: count * self.fan_out, ..self }
    }
}

/// The matrix of a gated cell that an initializer looks at as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Gates {
    /// Each gate's matrix by itself.
    #[default]
    Separate,
    /// All matrices of a layer that have one shape and one role, and start by this law, one above the other.
    Stacked,
}

/// A property of the matrices that an initializer fills, for the laws.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Property {
    /// Independent entries of mean 0 and this variance.
    Variance(f64),
    /// An orthogonal matrix times `gain`: WᵀW = gain²·I.
    Orthogonal {
        /// Each singular value.
        gain: f64,
    },
    /// The number `on` on the diagonal, `off` off it.
    Diagonal {
        /// Each entry on the diagonal.
        on: f64,
        /// Each entry off it.
        off: f64,
    },
    /// Independent entries from `low` to `high`, half of them below `median`.
    Range {
        /// The least that an entry can be.
        low: f64,
        /// The number that half of the entries are below.
        median: f64,
        /// The most that an entry can be.
        high: f64,
    },
    /// The largest |eigenvalue|, and where given the number of entries of each column or row that are not 0.
    Radius {
        /// The largest |eigenvalue|.
        radius: f64,
        /// The lines, columns or rows, that have a fixed number of entries that are not 0, and that number.
        non_zeros: Option<(Links, usize)>,
    },
    /// Zeros but for a number from `low` to `high` for each pair of units 2k, 2k + 1, in row 2k and column 2k + 1.
    Pairs {
        /// The least that such a number can be.
        low: f64,
        /// The most that it can be.
        high: f64,
    },
    /// Entries factor·ln u with u uniform on [1, high].
    LogUniform {
        /// The number that the logarithm is multiplied by.
        factor: f64,
        /// The upper end of the range of u, above 1.
        high: f64,
    },
    /// `levels` runs of equal numbers, in even steps from `from` to `to`; as many as there are entries if not given.
    Ramp {
        /// The number of the first run.
        from: f64,
        /// The number of the last run.
        to: f64,
        /// How many runs, at least 1.
        levels: Option<usize>,
    },
}

/// How a matrix is scaled to data before training: so that its products have this variance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DataScaling {
    /// The variance of the units of the product after scaling, above 0.
    pub variance: f64,
    /// The largest error of the standard deviation.
    pub tolerance: f64,
    /// The largest number of scalings.
    pub attempts: usize,
    /// The number of training sequences to look at.
    pub sequences: usize,
}

/// A law for the initial values of a parameter.
pub trait Initializer: std::fmt::Debug {
    /// Fills `values`, row-major \[rows, columns\], from `draws`.
    fn fill(&self, shape: Shape, draws: &mut Draws, values: &mut [f64]);

    /// The property of a matrix of this shape.
    fn property(&self, shape: Shape) -> Property;

    /// Whether the initializer makes sense for a bias vector.
    fn fits_vectors(&self) -> bool {
        true
    }

    /// Whether the initializer is for square matrices alone.
    fn needs_square(&self) -> bool {
        false
    }

    /// The name of a joint law: all parameters of a layer that start by one of that name are filled from the same draws.
    fn joint(&self) -> Option<&'static str> {
        None
    }

    /// The matrix that the law looks at as a whole.
    fn gates(&self) -> Gates {
        Gates::Separate
    }

    /// The scaling to data before training, if there is one.
    fn data_scaling(&self) -> Option<DataScaling> {
        None
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
        "ramp" => Ramp(Ramp),
        "chrono" => Chrono(Chrono),
        "lecun-uniform" => LecunUniform(LecunUniform),
        "lecun-normal" => LecunNormal(LecunNormal),
        "pytorch" => Pytorch(Pytorch),
        "pascanu-sigmoid" => PascanuSigmoid(PascanuSigmoid),
        "pascanu-basic-tanh" => PascanuBasicTanh(PascanuBasicTanh),
        "pascanu-smart-tanh" => PascanuSmartTanh(PascanuSmartTanh),
        "echo-state" => EchoState(EchoState),
        "np-rnn" => NpRnn(NpRnn),
        "henaff" => Henaff(Henaff),
        "cayley" => Cayley(Cayley),
        "lsuv" => Lsuv(Lsuv),
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

/// Scales `values` \[size, size\] so that the largest |eigenvalue| is `radius`. A matrix all whose eigenvalues are 0 stays.
fn scale_to_radius(radius: f64, size: usize, values: &mut [f64]) {
    let found = spectral_radius(values, size).expect("the entries are finite");
    if found > 0.0 {
        values.iter_mut().for_each(|value| *value = *value * radius / found);
    }
}
