//! Arms as a plan keeps them.

use super::version::Key;

/// An arm as a plan keeps it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Planned {
    pub key: Key,
    /// Which entry of the sweep it comes from.
    pub entry: u32,
    /// Which combination of the entry's values it has.
    pub index: u32,
}
