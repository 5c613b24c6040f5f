//! Tests of ranks: of correlation, of trends, of differences between two samples and among several.

mod midranks;
mod page;
mod permutations;
mod spearman;

pub use page::page_test;
pub use spearman::{least_p_of_correlation, spearman_test};
