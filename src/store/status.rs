//! Ends of trials.

use serde::{Deserialize, Serialize};

/// The end of a trial. A diverged trial is a result, not a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Reached its target or its budget.
    Finished,
    /// A loss, gradient or parameter became NaN or infinite.
    Diverged,
    /// Took longer than `run --timeout` allows.
    Timeout,
    /// The device had not enough memory.
    OutOfMemory,
    /// The trial panicked or failed; `reason` says how.
    Error,
    /// Stopped from outside before its end.
    Interrupted,
}

impl Status {
    /// Every status, in the order of the enum.
    pub const ALL: [Self; 6] =
        [Self::Finished, Self::Diverged, Self::Timeout, Self::OutOfMemory, Self::Error, Self::Interrupted];

    /// The name in tables, such as `out-of-memory`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Diverged => "diverged",
            Self::Timeout => "timeout",
            Self::OutOfMemory => "out-of-memory",
            Self::Error => "error",
            Self::Interrupted => "interrupted",
        }
    }

    /// The status of that name in tables.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// Whether the trial says something about its arm: it finished or diverged.
    pub fn is_result(self) -> bool {
        matches!(self, Self::Finished | Self::Diverged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_names_are_those_of_serde_and_come_back() {
        for status in Status::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.name());
            assert_eq!(Status::from_name(status.name()), Some(status));
        }
        assert_eq!(Status::from_name("Finished"), None);
    }
}
