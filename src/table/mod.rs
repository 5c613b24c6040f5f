//! What tables, figures and reports read: the stored trials of the current plan, beside the arms they belong to.

mod results;

pub use results::{Arm, Results, Setting, Target};
