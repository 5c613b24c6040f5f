//! From graphs to kernel calls: what the fused engine does at each step, and what optimizers and their like do to flat buffers.
//!
//! A graph's nodes become items (`draft`), items become matrix products, rearrangements and pointwise programs (`schedule`)
//! over places in an arena (`home`, `homes`) and packed matrices (`packs`), which a runner calls in order (`action`). [`Vectors`] are the buffers of rules that are pointwise
//! throughout.

pub(crate) mod action;
mod draft;
pub(crate) mod home;
pub(crate) mod homes;
pub(crate) mod packs;
pub(crate) mod schedule;
mod transform;
mod vectors;

pub use self::{
    transform::{Inputs, Transform},
    vectors::Vectors,
};
