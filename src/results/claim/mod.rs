//! Claims: what a suite states about its arms, put to the test by its results.
//!
//! A [`ClaimSpec`] is a claim as the suite has it, a [`Claim`] the same with the arms that its conditions pick, a [`Verdict`] what
//! the stored trials say of it. Whatever a claim compares, each replicate gives one number, the replicates are the unit of
//! statistics, and the verdict follows from an interval that is the inversion of the test whose p-value stands beside it.

mod attainable;
mod contrast;
mod document;
mod evidence;
mod form;
mod junit;
mod outcome;
mod quota;
mod sample;
mod spec;
mod table;
mod verdict;

pub use self::{
    attainable::{Shortage, shortages},
    contrast::{Claim, Contrast},
    document::{SCHEMA, document},
    form::{Bound, Form, Misfit},
    junit::junit,
    outcome::Outcome,
    quota::Quota,
    spec::{ClaimSpec, Conditions, Expectation, Level, Right},
    table::{TABLE_ABOUT, TABLE_COLUMNS, table},
    verdict::{Verdict, verdicts},
};

pub(in crate::results) use self::sample::Sample;

#[cfg(test)]
mod tests;
