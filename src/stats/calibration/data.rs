//! Samples whose median and mean are known.

use crate::stats::distribution::normal::normal_quantile;
use crate::stats::test_words::words;

/// Uniform numbers in (0, 1).
pub(super) struct Uniform(Box<dyn FnMut() -> u64>);

impl Uniform {
    pub(super) fn new(seed: u64) -> Self {
        Self(Box::new(words(seed.wrapping_mul(0x2545_f491_4f6c_dd1d))))
    }

    pub(super) fn draw(&mut self) -> f64 {
        ((self.0() >> 11) as f64 + 0.5) * (1.0 / (1_u64 << 53) as f64)
    }

    pub(super) fn word(&mut self) -> u64 {
        self.0()
    }

    /// A standard normal (Box and Muller), faster than by the quantile function.
    pub(super) fn normal(&mut self) -> f64 {
        libm::sqrt(-2.0 * libm::log(self.draw())) * libm::cos(std::f64::consts::TAU * self.draw())
    }

    pub(super) fn sample(&mut self, data: &Data, n: usize) -> Vec<f64> {
        (0..n).map(|_| (data.draw)(self)).collect()
    }
}

/// A distribution by its quantile function; infinite values have not reached their target, or diverged.
#[derive(Clone, Copy)]
pub(super) struct Data {
    pub(super) name: &'static str,
    pub(super) quantile: fn(f64) -> f64,
    draw: fn(&mut Uniform) -> f64,
}

impl Data {
    pub(super) fn median(&self) -> f64 {
        (self.quantile)(0.5)
    }

    /// The mean, by the midpoints of so many equal parts.
    pub(super) fn mean(&self) -> f64 {
        const PARTS: u32 = 20_000;
        let parts = (0..PARTS).map(|part| (self.quantile)((f64::from(part) + 0.5) / f64::from(PARTS)));
        parts.sum::<f64>() / f64::from(PARTS)
    }

    /// The mean of the middle half.
    pub(super) fn middle(pooled: &[Self]) -> f64 {
        const PARTS: u32 = 10_000;
        let mut values: Vec<f64> = pooled
            .iter()
            .flat_map(|data| (0..PARTS).map(|part| (data.quantile)((f64::from(part) + 0.5) / f64::from(PARTS))))
            .collect();
        values.sort_by(f64::total_cmp);
        let middle = &values[values.len() / 4..values.len() - values.len() / 4];
        middle.iter().sum::<f64>() / middle.len() as f64
    }
}

/// Unbounded values, as of losses and of updates to a target.
pub(super) const UNBOUNDED: [Data; 5] = [
    data("normal", normal_quantile, Uniform::normal),
    data("skewed (log-normal)", |p| libm::exp(normal_quantile(p)), |random| libm::exp(random.normal())),
    data("skewed (exponential)", exponential, |random| exponential(random.draw())),
    data("censored, 30 % beyond the budget", censored, |random| censored(random.draw())),
    data("binary, 30 %", |p| above(0.7, p), |random| above(0.7, random.draw())),
];

/// Scores between 0 and 1, as of updates to the target over the budget: 1 is not reached.
pub(super) const SCORES: [Data; 6] = [
    data(
        "normal",
        |p| (0.5 + 0.15 * normal_quantile(p)).clamp(0.0, 1.0),
        |random| (0.5 + 0.15 * random.normal()).clamp(0.0, 1.0),
    ),
    data(
        "skewed",
        |p| p * p * p * p,
        |random| {
            let p = random.draw();
            p * p * p * p
        },
    ),
    data("skewed the other way", steep, |random| steep(random.draw())),
    data("censored", |p| exponential(p).min(1.0), |random| exponential(random.draw()).min(1.0)),
    data("binary, 90 %", |p| above(0.1, p), |random| above(0.1, random.draw())),
    data("binary, 50 %", |p| above(0.5, p), |random| above(0.5, random.draw())),
];

const fn data(name: &'static str, quantile: fn(f64) -> f64, draw: fn(&mut Uniform) -> f64) -> Data {
    Data { name, quantile, draw }
}

fn censored(p: f64) -> f64 {
    if p < 0.7 { exponential(p) } else { f64::INFINITY }
}

fn above(bound: f64, p: f64) -> f64 {
    f64::from(u8::from(p > bound))
}

fn steep(p: f64) -> f64 {
    1.0 - 0.9 * (1.0 - p) * (1.0 - p) * (1.0 - p)
}

fn exponential(p: f64) -> f64 {
    -libm::log1p(-p)
}
