//! Statistics as pure functions: no files, no plots, no clocks, no hidden randomness.
//!
//! The unit of replication is the replicate: one number per trial goes in, never one per sequence of a batch. An estimate comes
//! with its interval and its n, a test with its effect. Randomness comes in as a source of uniform 64-bit words: the crate's
//! stream for `bootstrap`, so that the same seed gives the same numbers on every machine.
//!
//! **Intervals.** Those that tables and figures show cover at least as often as they say, with 5 replicates or more, whatever the
//! distribution: [`median_interval`] and [`median_difference`], [`clopper_pearson`] for proportions, [`bounded_mean`] for means
//! of scores, the effect of [`fisher_exact_test`] for differences of proportions. [`Estimate::confidence`] says less where n is too
//! small for what was asked. Those of other functions assume what they name.
//!
//! **NaN and infinities.** Values come from trainings, and trainings diverge. A function that takes a [`NonFinite`] ranks every
//! value that is not finite as worse than every number, all of them equal; a result that falls among them is the infinity on
//! that side, never NaN. Nothing is dropped silently.

mod bootstrap;
mod bounded;
mod budget;
#[cfg(test)]
mod calibration;
mod distribution;
mod equivalence;
mod estimate;
mod median;
mod multiple;
mod order;
mod permutation;
mod power;
mod profile;
mod proportion;
mod psychometric;
mod quantile;
mod rank;
mod sign;
mod spread;
mod survival;
mod test;
#[cfg(test)]
mod test_words;

pub use bootstrap::{bca_bootstrap, bootstrap, stratified_bootstrap};
pub use bounded::{DRAWS, bounded_interquartile_mean, bounded_mean, stratified_mean};
pub use budget::budget_curve;
pub use distribution::normal::two_sided_z;
pub use equivalence::{equivalence_test, paired_equivalence_test};
pub use estimate::{CONFIDENCE, Estimate};
pub use median::median_interval;
pub use multiple::{benjamini_hochberg, holm, simultaneous_confidence};
pub use order::{NonFinite, ranked};
pub use permutation::{
    RESAMPLES, differences, least_p_of_permutations, least_p_of_sign_flips, permutation_test, sign_flip_test,
};
pub use power::{
    detectable_difference, pairs_needed, power_of_fisher, replicates_needed_for_proportions, replicates_to_reach,
};
pub use profile::performance_profile;
pub use proportion::{clopper_pearson, fisher_exact_test, least_p_of_fisher, newcombe, newcombe_paired, wilson};
pub use psychometric::{
    BATCH, Bound, CREDIBLE, Count, Ending, Misfit, Posterior, Psychometric, Reach, Search, Searching, Stop, misfit,
};
pub use quantile::{interquartile_mean, median, quantile};
pub use rank::{
    Friedman, friedman_test, least_p_of_correlation, least_p_of_page, mann_whitney_test, page_test,
    probability_of_improvement, rank_correlation, spearman_test,
};
pub use sign::{median_difference, sign_test};
pub use spread::{Spread, band_in_words, spread, tail};
pub use survival::{Observation, SurvivalStep, kaplan_meier, log_rank_test, quantile_with_censoring, restricted_mean};
pub use test::{Alternative, Hypothesis, Test};
