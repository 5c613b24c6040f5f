//! Distributions and what computing them takes, over the pinned `libm`: the same bits on every machine.

pub(super) mod beta;
pub(super) mod binomial;
pub(super) mod gamma;
pub(super) mod normal;
pub(super) mod quadrature;
pub(super) mod root;
pub(super) mod studentized_range;
