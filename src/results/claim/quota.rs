//! How many replicates a relation has to hold in, where the replicates themselves are what is claimed.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// So many of the first so many replicates, as `9 of 10`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(extend("pattern" = "^[1-9][0-9]{0,5} of [1-9][0-9]{0,5}$", "x-form" = "numbers like `9 of 10`"))]
pub struct Quota {
    /// The replicates in which the relation has to hold.
    pub wanted: usize,
    /// The replicates that are looked at, from the first one on.
    pub of: usize,
}

impl FromStr for Quota {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refuse = || format!("`{text}` is no number of replicates; write it like `9 of 10`");
        let (wanted, of) = text.split_once(" of ").ok_or_else(refuse)?;
        let number = |part: &str| part.trim().parse::<usize>().map_err(|_| refuse());
        Ok(Self { wanted: number(wanted)?, of: number(of)? })
    }
}

impl TryFrom<String> for Quota {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Quota> for String {
    fn from(quota: Quota) -> Self {
        quota.to_string()
    }
}

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.wanted, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_comes_back_and_nonsense_is_refused() {
        let quota: Quota = "9 of 10".parse().unwrap();
        assert_eq!((quota, quota.to_string().as_str()), (Quota { wanted: 9, of: 10 }, "9 of 10"));
        for text in ["", "9", "9/10", "-1 of 10", "9 of ten", "9.5 of 10"] {
            assert!(text.parse::<Quota>().is_err(), "{text}");
        }
    }
}
