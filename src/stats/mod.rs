//! Statistics as pure functions: no files, no plots, no clocks, no hidden randomness.
//!
//! The unit of replication is the replicate: one number per trial goes in, never one per sequence of a batch. What comes out
//! as a point comes with its interval and its n.
//!
//! **NaN and infinities.** Values come from trainings, and trainings diverge. A function that takes a [`NonFinite`] ranks every
//! value that is not finite as worse than every number, all of them equal; a result that falls among them is the infinity on
//! that side, never NaN. Nothing is dropped silently.

mod bootstrap;
mod censored;
mod estimate;
mod median;
mod normal;
mod order;
mod proportion;
mod quantile;
mod spread;

pub use bootstrap::{bootstrap, stratified_bootstrap};
pub use censored::{Observation, quantile_with_censoring};
pub use estimate::{CONFIDENCE, Estimate};
pub use median::median_interval;
pub use normal::two_sided_z;
pub use order::{NonFinite, ranked};
pub use proportion::wilson;
pub use quantile::{interquartile_mean, median, quantile};
pub use spread::{Spread, band_in_words, spread, tail};
