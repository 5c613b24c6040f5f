//! The lowering to the CPU: what runs the calls of `compute::ir`.
//!
//! A `Layout` gives each place room in an arena, in panels as kernels read them; `compile` turns calls into `KernelCall`s for an
//! instruction set, which an `Executor` makes in order. Matrices are packed once per update (`pack`).
//! [`Vectors`] are flat buffers, changed by pointwise [`Transform`]s.

mod executor;
mod layout;
mod packing;
mod pointwise;
mod transform;
mod vectors;

pub(crate) use self::{
    executor::{Executor, KernelCall, WorkingMemory, compile},
    layout::{Layout, Storage},
    packing::pack,
};
pub use self::{
    transform::{Inputs, Transform},
    vectors::Vectors,
};
