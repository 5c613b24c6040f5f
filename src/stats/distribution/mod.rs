//! Distributions and what computing them takes, over the pinned `libm`: the same bits on every machine.
//!
//! They are not those of statrs, which calls the standard library's `ln` and `exp`, whose last bits differ between machines, and has no
//! studentized range.

pub(super) mod beta;
pub(super) mod binomial;
pub(super) mod gamma;
pub(super) mod normal;
pub(super) mod quadrature;
pub(super) mod root;
pub(super) mod studentized_range;
