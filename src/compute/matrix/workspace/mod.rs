//! Matrices in one arena, and the operations on them.

mod arena;
mod combinations;
mod norms;
mod products;

pub use self::arena::{Dense, Side, Workspace};
