//! How far a method reaches: the threshold of success along a setting that makes a task harder, such as its length.
//!
//! The chance that a training of length L succeeds is taken to be
//!
//! ```text
//! p(L) = (1 − λ)·σ((ln m − ln L)/s)        σ(η) = 1/(1 + e^−η)
//! ```
//!
//! with the threshold m, at which half of the seeds that learn at all still do; the spread s, in ln L; and the lapse rate λ, the
//! share of seeds that fail at any length. This is the psychometric function of perception research with the guess rate 0.
//!
//! [`Psychometric`] is the curve with the prior of its three parameters on a grid, [`Posterior`] what is known of them after some
//! trials, [`Search`] the rule by which lengths are chosen while trials come in.
//!
//! # Sources
//!
//! The function and its lapse rate: Wichmann and Hill 2001, "The psychometric function: I", equation 1. The posterior on a grid, from
//! which both the next stimulus and the estimate come: Kontsevich and Tyler 1999, "Bayesian adaptive estimation of psychometric slope
//! and threshold"; Watson 2017, "QUEST+". Interval from the marginal posterior: Schütt et al. 2016, "Painfree and accurate Bayesian
//! estimation of psychometric functions", section 2.4.

mod curve;
mod doubt;
mod information;
mod posterior;
mod search;

pub use curve::{Count, Psychometric};
pub use doubt::{Misfit, misfit};
pub use posterior::{Bound, Posterior, Reach};
pub use search::{BATCH, CREDIBLE, Ending, Search, Searching, Stop};
