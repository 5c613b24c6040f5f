//! Counts with what they were counted by, as a file.

use std::{fs, path::PathBuf};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::Stop;

/// The circumstances that decide counts beside the sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    pub rustc: String,
    pub profile: String,
    pub architecture: String,
}

impl Setup {
    /// That of this program.
    pub fn this() -> Self {
        let known = |text: Option<&str>| text.unwrap_or("not known").to_owned();
        Self {
            rustc: known(option_env!("LONGLAG_RUSTC")),
            profile: known(option_env!("LONGLAG_PROFILE")),
            architecture: std::env::consts::ARCH.to_owned(),
        }
    }

    /// Refuses counts of another one.
    pub fn check(&self, now: &Self) -> Result<(), Stop> {
        let parts = [
            ("compiler", &self.rustc, &now.rustc),
            ("profile", &self.profile, &now.profile),
            ("architecture", &self.architecture, &now.architecture),
        ];
        match parts.into_iter().find(|(_, before, now)| before != now) {
            None => Ok(()),
            Some((what, before, now)) => Err(Stop::incomparable(format!(
                "the counts were recorded with the {what} `{before}`, this is `{now}`; record them anew with \
                 `scripts/bench-regression.sh --record`"
            ))),
        }
    }
}

/// Counts by name, in the order of the cases.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Counts {
    pub setup: Setup,
    pub counts: IndexMap<String, u64>,
}

impl Counts {
    fn path() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches/instructions/counts.json")
    }

    /// The recorded counts.
    pub fn read() -> Result<Self, Stop> {
        let path = Self::path();
        let told = |error: String| Stop::incomparable(format!("{}: {error}", path.display()));
        let text = fs::read_to_string(&path).map_err(|error| told(error.to_string()))?;
        serde_json::from_str(&text).map_err(|error| told(error.to_string()))
    }

    /// Records these.
    pub fn write(&self) -> Result<(), Stop> {
        let text = serde_json::to_string_pretty(self).map_err(|error| Stop::error(error.to_string()))?;
        let path = Self::path();
        fs::write(&path, text + "\n").map_err(|error| Stop::error(format!("{}: {error}", path.display())))?;
        println!("recorded in {}", path.display());
        Ok(())
    }

    /// The counts that are more than those of `before`, by more than the share `tolerance`, with that share.
    pub fn grown(&self, before: &Self, tolerance: f64) -> Vec<(&str, f64)> {
        let share = |(name, count): (&'_ String, &u64)| {
            let before = *before.counts.get(name)?;
            Some(*count as f64 / before as f64 - 1.0)
        };
        let all = self.counts.iter().filter_map(|(name, count)| Some((name.as_str(), share((name, count))?)));
        all.filter(|(_, share)| *share > tolerance).collect()
    }
}
