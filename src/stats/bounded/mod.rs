//! Statistics of values within known bounds, such as scores from 0 to 1, with intervals that assume nothing else.

mod interquartile_mean;
mod mean;
mod shares;

pub use interquartile_mean::bounded_interquartile_mean;
pub use mean::{bounded_mean, stratified_mean};
pub use shares::DRAWS;
