//! The arms of two runs, paired.

use std::collections::BTreeMap;

use super::side::Side;

/// Which arm of the baseline is which of the run.
#[derive(Clone, Debug, Default)]
pub(super) struct Pairs {
    /// In the order of the run.
    pub both: Vec<Pair>,
    /// Arms of the baseline alone.
    pub gone: Vec<usize>,
    /// Arms of the run alone.
    pub added: Vec<usize>,
}

/// An arm of both runs, by its places.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    /// In the baseline.
    pub baseline: usize,
    /// In the run.
    pub run: usize,
    /// Whether all its settings are the same.
    pub same_settings: bool,
}

impl Pairs {
    /// Pairs arms of equal settings, and of the others those of equal labels.
    pub fn new(baseline: &Side, run: &Side) -> Self {
        let mut open: Vec<bool> = vec![true; baseline.results.arms.len()];
        let by_config: BTreeMap<&str, usize> =
            baseline.definitions.iter().enumerate().map(|(arm, of)| (of.config.as_str(), arm)).collect();
        let by_label: BTreeMap<&str, usize> =
            baseline.results.arms.iter().enumerate().map(|(arm, of)| (of.arm.label.as_str(), arm)).collect();
        let mut found: Vec<Option<Pair>> = vec![None; run.results.arms.len()];
        for same_settings in [true, false] {
            for (arm, of) in run.results.arms.iter().enumerate() {
                let partner = match same_settings {
                    true => by_config.get(run.definitions[arm].config.as_str()),
                    false => by_label.get(of.arm.label.as_str()),
                };
                if let (None, Some(&partner)) = (found[arm], partner)
                    && open[partner]
                {
                    open[partner] = false;
                    found[arm] = Some(Pair { baseline: partner, run: arm, same_settings });
                }
            }
        }
        Self {
            gone: (0..open.len()).filter(|arm| open[*arm]).collect(),
            added: (0..found.len()).filter(|arm| found[*arm].is_none()).collect(),
            both: found.into_iter().flatten().collect(),
        }
    }
}
