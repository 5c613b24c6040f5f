//! From a graph to its equations.

mod expression;
mod family;
mod matrix;
mod names;
mod order;
mod pattern;
mod printed;

pub use self::{
    family::Sized,
    printed::{Printed, print, print_value},
};
