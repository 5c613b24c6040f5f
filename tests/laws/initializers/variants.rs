//! Initializers, shapes, and what the literature says of each.

use longlag::{
    component::init::{
        Chrono, Constant, EchoState, Form, Henaff, Identity, InitializerSpec, Interval, Links, Lsuv, Normal,
        Orthogonal, PascanuSmartTanh, Property, Ramp, RingPhase, RingRadius, Shape, Sign, Uniform,
    },
    seed::{self, Purpose},
};

/// Every registered initializer, and those with settings with others than the default.
pub fn every_initializer() -> Vec<InitializerSpec> {
    let mut found = InitializerSpec::all();
    found.extend([
        InitializerSpec::Normal(Normal { deviation: 0.01, gain: None }),
        InitializerSpec::Normal(Normal { gain: Some(1.5), ..Normal::default() }),
        InitializerSpec::Uniform(Uniform { bound: Some(0.1) }),
        InitializerSpec::Orthogonal(Orthogonal { gain: 2.5, ..Orthogonal::default() }),
        InitializerSpec::Identity(Identity { scale: -0.5 }),
        InitializerSpec::Constant(Constant { value: 4.0 }),
        InitializerSpec::Interval(Interval { low: -0.1, high: 0.3 }),
        InitializerSpec::RingRadius(RingRadius { min: 0.9, max: 0.999 }),
        InitializerSpec::RingPhase(RingPhase { max: 0.1 }),
        InitializerSpec::Chrono(Chrono { max_lag: 100.0, sign: Sign::Negative }),
        InitializerSpec::Chrono(Chrono { max_lag: 2.5, sign: Sign::Positive }),
        InitializerSpec::Ramp(Ramp { from: -3.0, to: -6.0, levels: Some(2) }),
        InitializerSpec::Ramp(Ramp { from: 1.0, to: 5.0, levels: Some(1) }),
        InitializerSpec::EchoState(EchoState { non_zeros: 3, radius: 0.5 }),
        InitializerSpec::PascanuSmartTanh(PascanuSmartTanh { links: Links::Incoming, ..PascanuSmartTanh::default() }),
        InitializerSpec::PascanuSmartTanh(PascanuSmartTanh { non_zeros: 1, ..PascanuSmartTanh::default() }),
        InitializerSpec::Henaff(Henaff { form: Form::Skew }),
        InitializerSpec::Lsuv(Lsuv { variance: 2.0, ..Lsuv::default() }),
    ]);
    found
}

/// A matrix.
pub fn matrix(rows: usize, columns: usize) -> Shape {
    Shape { rows, columns, fan_in: columns, fan_out: rows, dense: false }
}

/// A bias of a layer whose state has as many units.
pub fn vector(width: usize) -> Shape {
    Shape { rows: width, columns: 1, fan_in: width, fan_out: width, dense: false }
}

/// The shapes at which the laws are tested, as far as they suit the initializer.
pub fn shapes(initializer: &InitializerSpec) -> Vec<Shape> {
    let mut found =
        [(1, 1), (2, 2), (33, 33), (64, 64), (40, 10), (10, 40)].map(|(rows, columns)| matrix(rows, columns)).to_vec();
    found.push(Shape { dense: true, ..matrix(2, 40) });
    if initializer.needs_square() {
        found.retain(|shape| shape.rows == shape.columns);
    }
    if initializer.fits_vectors() {
        // The second is the bias of a dense layer of one output.
        found.extend([vector(1), Shape { fan_in: 40, dense: true, ..vector(1) }, vector(33)]);
    }
    found
}

/// How the entries are distributed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Law {
    Normal,
    Uniform,
    /// By its range and median.
    Other,
    /// Not independent of each other, or not random.
    Joint,
}

/// The definition in the literature.
pub fn definition(initializer: &InitializerSpec, shape: Shape) -> (Law, Property) {
    let (fan_in, fan_out) = (shape.fan_in as f64, shape.fan_out as f64);
    let radius =
        |radius, links, count: usize| Property::Radius { radius, non_zeros: Some((links, count.min(shape.rows))) };
    match initializer {
        InitializerSpec::StandardNormal(_) => (Law::Normal, Property::Variance(1.0)),
        InitializerSpec::Normal(Normal { gain: Some(gain), .. }) => {
            (Law::Normal, Property::Variance(gain * gain / fan_in))
        }
        InitializerSpec::Normal(Normal { deviation, gain: None }) => {
            (Law::Normal, Property::Variance(deviation * deviation))
        }
        InitializerSpec::Uniform(Uniform { bound: Some(bound) }) => {
            (Law::Uniform, Property::Variance(bound * bound / 3.0))
        }
        InitializerSpec::Uniform(Uniform { bound: None }) => (Law::Uniform, Property::Variance(1.0 / (3.0 * fan_in))),
        InitializerSpec::GlorotUniform(_) => (Law::Uniform, Property::Variance(2.0 / (fan_in + fan_out))),
        InitializerSpec::GlorotNormal(_) => (Law::Normal, Property::Variance(2.0 / (fan_in + fan_out))),
        InitializerSpec::HeUniform(_) => (Law::Uniform, Property::Variance(2.0 / fan_in)),
        InitializerSpec::HeNormal(_) => (Law::Normal, Property::Variance(2.0 / fan_in)),
        InitializerSpec::Orthogonal(Orthogonal { gain, .. }) => (Law::Joint, Property::Orthogonal { gain: *gain }),
        InitializerSpec::Identity(Identity { scale }) => (Law::Joint, Property::Diagonal { on: *scale, off: 0.0 }),
        InitializerSpec::Zeros(_) => (Law::Joint, Property::Diagonal { on: 0.0, off: 0.0 }),
        InitializerSpec::Constant(Constant { value }) => (Law::Joint, Property::Diagonal { on: *value, off: *value }),
        InitializerSpec::Interval(Interval { low, high }) => {
            (Law::Other, Property::Range { low: *low, median: (low + high) / 2.0, high: *high })
        }
        InitializerSpec::RingRadius(RingRadius { min, max }) => {
            // Where |λ|² is its smallest, its mean and its largest; 1 is left out.
            let stored = |square: f64| libm::log(-libm::log(square.sqrt().min(1.0 - 1e-9)));
            let squares = [max * max, (min * min + max * max) / 2.0, min * min];
            let [low, median, high] = squares.map(stored);
            (Law::Other, Property::Range { low, median, high })
        }
        InitializerSpec::RingPhase(RingPhase { max }) => {
            let (median, high) = (libm::log(max / 2.0), libm::log(*max));
            (Law::Other, Property::Range { low: f64::NEG_INFINITY, median, high })
        }
        InitializerSpec::Ramp(Ramp { from, to, levels }) => {
            (Law::Joint, Property::Ramp { from: *from, to: *to, levels: *levels })
        }
        InitializerSpec::Chrono(Chrono { max_lag, sign }) => {
            let factor = if *sign == Sign::Positive { 1.0 } else { -1.0 };
            (Law::Joint, Property::LogUniform { factor, high: max_lag - 1.0 })
        }
        InitializerSpec::LecunUniform(_) => (Law::Uniform, Property::Variance(1.0 / fan_in)),
        InitializerSpec::LecunNormal(_) => (Law::Normal, Property::Variance(1.0 / fan_in)),
        // `nn.RNN`: √(1/hidden_size) for all parameters; `nn.Linear`: √(1/in_features) for both.
        InitializerSpec::Pytorch(_) if shape.dense => (Law::Uniform, Property::Variance(1.0 / (3.0 * fan_in))),
        InitializerSpec::Pytorch(_) => (Law::Uniform, Property::Variance(1.0 / (3.0 * shape.rows as f64))),
        InitializerSpec::PascanuSigmoid(_) => (Law::Normal, Property::Variance(1e-4)),
        InitializerSpec::PascanuBasicTanh(_) => (Law::Normal, Property::Variance(1e-2)),
        InitializerSpec::PascanuSmartTanh(PascanuSmartTanh { non_zeros, radius: wanted, links }) => {
            (Law::Joint, radius(*wanted, *links, *non_zeros))
        }
        InitializerSpec::EchoState(EchoState { non_zeros, radius: wanted }) => {
            (Law::Joint, radius(*wanted, Links::Incoming, *non_zeros))
        }
        InitializerSpec::NpRnn(_) => (Law::Joint, Property::Radius { radius: 1.0, non_zeros: None }),
        InitializerSpec::Henaff(Henaff { form: Form::Orthogonal }) | InitializerSpec::Lsuv(_) => {
            (Law::Joint, Property::Orthogonal { gain: 1.0 })
        }
        InitializerSpec::Henaff(Henaff { form: Form::Skew }) => {
            (Law::Joint, Property::Pairs { low: -std::f64::consts::PI, high: std::f64::consts::PI })
        }
        InitializerSpec::Cayley(_) => (Law::Joint, Property::Pairs { low: -1.0, high: 0.0 }),
        #[allow(unreachable_patterns, reason = "reached by an initializer that was just added")]
        other => panic!("the initializer `{}` is not told in tests/laws/initializers/variants.rs", other.kind()),
    }
}

/// The values drawn at `address`, row-major.
pub fn draw(initializer: &InitializerSpec, shape: Shape, address: u64) -> Vec<f64> {
    let mut values = vec![f64::NAN; shape.rows * shape.columns];
    initializer.fill(shape, &mut seed::stream(4, Purpose::Init, &[]).at(address), &mut values);
    values
}
