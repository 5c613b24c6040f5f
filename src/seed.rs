//! Where every random number comes from: named, addressable streams of one portable generator.
//!
//! A stream's key is a hash of the suite's seed, the *named* purpose and the axes that may influence it. Within a stream every
//! sequence (or parameter, or update) has its own address, so that resuming, batch size and thread count change nothing.
//! Only raw 64-bit words are taken from the generator: ranges and distributions of the rand crates are not value-stable
//! across versions, so uniform, normal and permutation are ours, over the pinned `libm`.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng as _, SeedableRng as _},
};

/// The purpose of a stream. The name is hashed into the key, so that no two purposes share numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Training sequences.
    Data,
    /// Validation sequences: early stopping and targets.
    Validation,
    /// Test sequences: reported numbers.
    Test,
    /// Sequences of other lengths, on which trained networks are tested.
    OtherLengths,
    /// Sequences on which probes measure.
    Probe,
    /// The order of a finite data set within an epoch.
    Shuffle,
    /// Initial parameters.
    Init,
    /// Dropout masks.
    Dropout,
    /// Lengths of training sequences.
    Curriculum,
    /// Noise on weights.
    WeightNoise,
    /// Parameters guessed at random.
    Guess,
    /// Points of a random sweep.
    Sweep,
    /// Fresh sequences for a trained network.
    Predict,
    /// Resampling in statistics.
    Bootstrap,
    /// The division of a data set into parts.
    Split,
    /// A fixed order of the steps of all sequences.
    Permutation,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Validation => "validation",
            Self::Test => "test",
            Self::OtherLengths => "other-lengths",
            Self::Probe => "probe",
            Self::Shuffle => "shuffle",
            Self::Init => "init",
            Self::Dropout => "dropout",
            Self::Curriculum => "curriculum",
            Self::WeightNoise => "weight-noise",
            Self::Guess => "guess",
            Self::Sweep => "sweep",
            Self::Predict => "predict",
            Self::Bootstrap => "bootstrap",
            Self::Split => "split",
            Self::Permutation => "permutation",
        }
    }
}

/// A family of random sequences, one for each address.
#[derive(Clone, Debug)]
pub struct Stream {
    key: [u8; 32],
    purpose: Purpose,
}

/// The stream for `purpose` under `base_seed` and the axes that may influence it, such as `[("task", …), ("replicate", "3")]`.
pub fn stream(base_seed: u64, purpose: Purpose, axes: &[(&str, &str)]) -> Stream {
    let mut hasher = blake3::Hasher::new_derive_key("longlag 2026 random stream");
    hasher.update(&base_seed.to_le_bytes());
    let mut part = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    part(purpose.name());
    for (axis, value) in axes {
        part(axis);
        part(value);
    }
    Stream { key: *hasher.finalize().as_bytes(), purpose }
}

impl Stream {
    /// The purpose that it was made for.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The random numbers at `address`, from their beginning.
    pub fn at(&self, address: u64) -> Draws {
        let mut generator = ChaCha8Rng::from_seed(self.key);
        generator.set_stream(address);
        Draws { generator, spare: None }
    }
}

/// Random numbers in order.
#[derive(Clone, Debug)]
pub struct Draws {
    generator: ChaCha8Rng,
    /// The second half of the last pair of normals.
    spare: Option<f64>,
}

impl Draws {
    /// 64 uniform bits.
    pub fn bits(&mut self) -> u64 {
        self.generator.next_u64()
    }

    /// Uniform on [0, 1), a multiple of 2⁻⁵³.
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// True with this probability: whether a uniform number is below it.
    pub fn happens(&mut self, probability: f64) -> bool {
        // The uniform number is k·2⁻⁵³ for a whole k, and k < p·2⁵³ says the same without a division.
        ((self.bits() >> 11) as f64) < probability * (1u64 << 53) as f64
    }

    /// Uniform on [low, high).
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// A uniform integer below `bound`, without bias (Lemire's multiplication with rejection).
    ///
    /// # Panics
    /// If `bound` is zero.
    pub fn below(&mut self, bound: usize) -> usize {
        assert!(bound > 0, "there is no integer below 0");
        let bound = bound as u64;
        let threshold = bound.wrapping_neg() % bound;
        loop {
            let product = u128::from(self.bits()) * u128::from(bound);
            if product as u64 >= threshold {
                return (product >> 64) as usize;
            }
        }
    }

    /// Standard normal (Box–Muller).
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        // 1 − u lies in (0, 1], so that the logarithm is finite.
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.uniform()));
        let angle = std::f64::consts::TAU * self.uniform();
        self.spare = Some(radius * libm::sin(angle));
        radius * libm::cos(angle)
    }

    /// A uniform permutation of `0..count` (Fisher–Yates).
    pub fn permutation(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for last in (1..count).rev() {
            order.swap(last, self.below(last + 1));
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_axes_and_addresses_give_different_numbers() {
        let first = |seed, purpose, axes: &[(&str, &str)], address| stream(seed, purpose, axes).at(address).bits();
        let reference = first(0, Purpose::Data, &[("replicate", "1")], 0);
        assert_eq!(reference, first(0, Purpose::Data, &[("replicate", "1")], 0));
        for other in [
            first(1, Purpose::Data, &[("replicate", "1")], 0),
            first(0, Purpose::Test, &[("replicate", "1")], 0),
            first(0, Purpose::Data, &[("replicate", "2")], 0),
            first(0, Purpose::Data, &[("replicat", "e1")], 0),
            first(0, Purpose::Data, &[("replicate", "1")], 1),
        ] {
            assert_ne!(reference, other);
        }
    }

    /// These numbers are part of the reproducibility contract: a change of them raises `NUMERICS`.
    #[test]
    fn draws_are_stable() {
        let mut draws = stream(0, Purpose::Data, &[]).at(7);
        let got = (draws.bits(), draws.uniform().to_bits(), draws.below(10), draws.normal().to_bits());
        assert_eq!(got, GOLDEN);
    }

    const GOLDEN: (u64, u64, usize, u64) =
        (5_978_848_702_818_727_615, 4_593_419_407_949_663_336, 9, 4_604_188_141_276_538_738);

    #[test]
    fn moments_are_right() {
        let mut draws = stream(0, Purpose::Init, &[]).at(0);
        let count = 200_000;
        let normals: Vec<f64> = (0..count).map(|_| draws.normal()).collect();
        let mean = normals.iter().sum::<f64>() / count as f64;
        let variance = normals.iter().map(|x| x * x).sum::<f64>() / count as f64;
        let kurtosis = normals.iter().map(|x| x * x * x * x).sum::<f64>() / count as f64;
        assert!(mean.abs() <= 0.01 && (variance - 1.0).abs() <= 0.02 && (kurtosis - 3.0).abs() <= 0.15);
        let mut counts = [0; 6];
        for _ in 0..60_000 {
            counts[draws.below(6)] += 1;
        }
        assert!(counts.iter().all(|&n: &i32| (n - 10_000).abs() <= 500), "{counts:?}");
        let mut order = draws.permutation(100);
        assert_ne!(order, (0..100).collect::<Vec<_>>());
        order.sort_unstable();
        assert_eq!(order, (0..100).collect::<Vec<_>>());
    }
}
