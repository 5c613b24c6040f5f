//! Tests that rerandomize: the observed statistic among those of all ways in which chance could have dealt the same values.
//!
//! Their p-values are exact for few values, whatever the distribution. Their intervals hold every effect that the two-sided test
//! does not reject.

mod differences;
mod draws;
mod paired;
mod rerandomized;
mod total;
mod unpaired;

pub use differences::differences;
pub(super) use draws::{below, choose};
pub(super) use paired::flips;
pub use paired::{least_p_of_sign_flips, sign_flip_test};
pub use rerandomized::RESAMPLES;
pub(super) use unpaired::binomial;
pub use unpaired::{least_p_of_permutations, permutation_test};
