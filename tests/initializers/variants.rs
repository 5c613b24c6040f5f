//! Initializers, shapes, and what the literature says of each.

use longlag::{
    init::{
        Constant, Identity, InitializerSpec, Interval, Normal, Orthogonal, Property, RingPhase, RingRadius, Shape,
        Uniform,
    },
    seed::{self, Role},
};

/// Every registered initializer, and those with settings with others than the default.
pub fn every_initializer() -> Vec<InitializerSpec> {
    let mut found = InitializerSpec::all();
    found.extend([
        InitializerSpec::Normal(Normal { deviation: 0.01, gain: None }),
        InitializerSpec::Normal(Normal { gain: Some(1.5), ..Normal::default() }),
        InitializerSpec::Uniform(Uniform { bound: Some(0.1) }),
        InitializerSpec::Orthogonal(Orthogonal { gain: 2.5 }),
        InitializerSpec::Identity(Identity { scale: -0.5 }),
        InitializerSpec::Constant(Constant { value: 4.0 }),
        InitializerSpec::Interval(Interval { low: -0.1, high: 0.3 }),
        InitializerSpec::RingRadius(RingRadius { min: 0.9, max: 0.999 }),
        InitializerSpec::RingPhase(RingPhase { max: 0.1 }),
    ]);
    found
}

/// A matrix.
pub fn matrix(rows: usize, columns: usize) -> Shape {
    Shape { rows, columns, fan_in: columns, fan_out: rows }
}

/// A bias of a layer whose state has as many units.
pub fn vector(width: usize) -> Shape {
    Shape { rows: width, columns: 1, fan_in: width, fan_out: width }
}

/// The shapes at which the laws are tested, as far as they suit the initializer.
pub fn shapes(initializer: &InitializerSpec) -> Vec<Shape> {
    let mut found =
        [(1, 1), (2, 2), (33, 33), (64, 64), (40, 10), (10, 40)].map(|(rows, columns)| matrix(rows, columns)).to_vec();
    if initializer.fits_vectors() {
        found.extend([vector(1), vector(33)]);
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

/// What the definition in the literature says; a new initializer does not compile until it is told here.
pub fn definition(initializer: &InitializerSpec, shape: Shape) -> (Law, Property) {
    let (fan_in, fan_out) = (shape.fan_in as f64, shape.fan_out as f64);
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
        InitializerSpec::Orthogonal(Orthogonal { gain }) => (Law::Joint, Property::Orthogonal { gain: *gain }),
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
    }
}

/// The values drawn at `address`, row-major.
pub fn draw(initializer: &InitializerSpec, shape: Shape, address: u64) -> Vec<f64> {
    let mut values = vec![f64::NAN; shape.rows * shape.columns];
    initializer.fill(shape, &mut seed::stream(4, Role::Init, &[]).at(address), &mut values);
    values
}
