//! Whether outcomes are such as a psychometric function gives.

use super::curve::{Count, Psychometric};
use crate::stats::{Alternative, CONFIDENCE, fisher_exact_test};

/// A reason not to believe a threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Misfit {
    /// Longer lengths were solved more often than shorter ones.
    Rising {
        /// The shorter lengths, from … to.
        shorter: (u64, u64),
        /// Their successes and trials.
        of_shorter: (u32, u32),
        /// The longer lengths, from … to.
        longer: (u64, u64),
        /// Their successes and trials.
        of_longer: (u32, u32),
        /// The corrected p-value.
        p: f64,
    },
    /// Outcomes scatter more about the curve than independent seeds do.
    Scattered {
        /// The p-value of Pearson's statistic.
        p: f64,
    },
}

/// The fewest trials on either side of a comparison of shorter with longer lengths.
const BLOCK: u32 = 6;

/// The chance of a false alarm about rising success, which is smaller where success falls, and about scatter.
const RISING: f64 = 0.05;
const SCATTERED: f64 = 0.01;

/// Simulated outcomes with which Pearson's statistic is compared.
const DRAWS: usize = 2000;

/// The reason not to believe the threshold of `curve` after these outcomes, ascending by length, if there is one; `word` gives uniform 64-bit
/// words.
///
/// Rising success: at each place between two lengths the next shorter ones, as many as have 6 trials together, against the next longer
/// ones, and all shorter ones against all longer ones, by Fisher's exact test, corrected for the number of comparisons (Bonferroni). Scatter: Pearson's χ² of the outcomes about the
/// posterior's mean, against that of outcomes drawn from it.
pub fn misfit(curve: &Psychometric, counts: &[Count], mut word: impl FnMut() -> u64) -> Option<Misfit> {
    rising(counts).or_else(|| {
        let p = scatter(curve, counts, &mut word);
        (p <= SCATTERED).then_some(Misfit::Scattered { p })
    })
}

fn rising(counts: &[Count]) -> Option<Misfit> {
    let block = |places: &mut dyn Iterator<Item = &Count>, most: u32| {
        let (mut solved, mut tried, mut ends) = (0, 0, None::<(u64, u64)>);
        for count in places {
            if tried >= most {
                break;
            }
            solved += count.solved;
            tried += count.tried;
            let (low, high) = ends.unwrap_or((count.length, count.length));
            ends = Some((low.min(count.length), high.max(count.length)));
        }
        ends.filter(|_| tried >= BLOCK).map(|ends| (ends, (solved, tried)))
    };
    let compare = |(place, most): (usize, u32)| {
        let shorter = block(&mut counts[..place].iter().rev(), most)?;
        let longer = block(&mut counts[place..].iter(), most)?;
        let pair = |(solved, tried): (u32, u32)| (solved as usize, tried as usize);
        let p = fisher_exact_test(pair(shorter.1), pair(longer.1), Alternative::Less, CONFIDENCE)?.p;
        Some((p, shorter, longer))
    };
    let places = (1..counts.len()).flat_map(|place| [BLOCK, u32::MAX].map(|most| (place, most)));
    let compared: Vec<_> = places.filter_map(compare).collect();
    let places = compared.len() as f64;
    let (p, shorter, longer) = compared.into_iter().min_by(|a, b| a.0.total_cmp(&b.0))?;
    let p = (p * places).min(1.0);
    let rising = Misfit::Rising { shorter: shorter.0, of_shorter: shorter.1, longer: longer.0, of_longer: longer.1, p };
    (p <= RISING).then_some(rising)
}

/// The share of simulated outcomes that scatter as much as these.
fn scatter(curve: &Psychometric, counts: &[Count], word: &mut impl FnMut() -> u64) -> f64 {
    let posterior = curve.posterior(counts);
    let chances: Vec<f64> =
        counts.iter().map(|count| posterior.success(count.length as f64, CONFIDENCE).value).collect();
    let statistic = |solved: &mut dyn FnMut(&Count, f64) -> u32| -> f64 {
        let term = |(count, &chance): (&Count, &f64)| {
            let (tried, solved) = (f64::from(count.tried), f64::from(solved(count, chance)));
            let deviation = solved - tried * chance;
            deviation * deviation / (tried * chance * (1.0 - chance)).max(f64::MIN_POSITIVE)
        };
        counts.iter().zip(&chances).map(term).sum()
    };
    let observed = statistic(&mut |count, _| count.solved);
    let mut uniform = || (word() >> 11) as f64 / (1u64 << 53) as f64;
    let mut draw = |count: &Count, chance: f64| (0..count.tried).filter(|_| uniform() < chance).count() as u32;
    let as_far = (0..DRAWS).filter(|_| statistic(&mut draw) >= observed).count();
    (1 + as_far) as f64 / (1 + DRAWS) as f64
}
