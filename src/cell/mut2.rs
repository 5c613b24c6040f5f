use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, block::block};
use crate::graph::Builder;

/// MUT2, the second of three mutants of the GRU that an architecture search found.
///
/// # Definition
///
/// z = σ(W_xz·x_t + W_hz·h_{t−1} + b_z), r = σ(P·x_t + W_hr·h_{t−1} + b_r),
///
/// h_t = z ⊙ tanh(W_hh·(r ⊙ h_{t−1}) + W_xh·x_t + b_h) + (1 − z) ⊙ h_{t−1}.
///
/// State `h` \[hidden\], zero at first; the output is h_t. The paper has x_t itself in r, for an input as wide as the state:
/// P = I. Here P is the trained matrix `w_xr`, as in common reimplementations, which makes MUT2 the GRU with its reset gate
/// before the matrix; with `input: as-is` P repeats the units of x_t, from the first on again, until they fill the state (x_t
/// itself where the widths are equal; units beyond the state's width are not seen by r).
///
/// # Why it is here
///
/// Nearly a GRU; what sets it apart is that the reset gate sees the input unweighted.
///
/// # Example
///
/// ```yaml
/// cell: {kind: mut2, input: as-is}
/// ```
///
/// # References
///
/// Jozefowicz, Zaremba, Sutskever 2015, An empirical exploration of recurrent network architectures, ICML, section 4, MUT2.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Mut2 {}

