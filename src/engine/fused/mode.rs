//! The two modes of compiled networks.

/// Whether a compiled network differentiates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mode {
    Evaluate,
    Differentiate,
}
