//! Whether intervals cover and verdicts err as often as they say, by simulation and, where outcomes can be counted, computed.
//!
//! `cargo test --lib stats::calibration` holds them to it; `cargo test --lib stats::calibration -- --ignored --nocapture` prints the
//! tables of src/stats/README.md, with more simulations and with the intervals that cover too little beside those that are shown.

mod coverage;
mod data;
mod proportions;
mod reach;
mod tables;
mod verdicts;
