//! Tests of ranks: of correlation, of trends, of differences between two samples and among several.

mod correlation;
mod friedman;
mod mann_whitney;
mod midranks;
mod page;
mod permutations;
mod spearman;

pub use correlation::rank_correlation;
pub use friedman::{Friedman, friedman_test};
pub use mann_whitney::{mann_whitney_test, probability_of_improvement};
pub use page::{least_p_of_page, page_test};
pub use spearman::{least_p_of_correlation, spearman_test};
