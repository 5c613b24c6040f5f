//! Proportions, such as the share of trials that solved their task, and their differences.

mod clopper_pearson;
mod fisher;
mod newcombe;
mod wilson;

pub use clopper_pearson::clopper_pearson;
pub(super) use fisher::fisher_p;
pub use fisher::{fisher_exact_test, least_p_of_fisher};
pub use newcombe::{newcombe, newcombe_paired};
pub use wilson::wilson;
