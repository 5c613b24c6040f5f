//! The difference of two computations of one trial beyond their parameters.

use std::collections::BTreeMap;

use crate::store::{MetricRow, ProbeRow, TrialRow};

/// The first column in which two computations of a trial ended otherwise, and its two values. Times and builds are none of them.
pub(super) fn ending(stored: &TrialRow, again: &TrialRow) -> Option<String> {
    fn shown<T: std::fmt::Debug + PartialEq>(name: &str, stored: &T, again: &T) -> Option<String> {
        (stored != again).then(|| format!("{name} is {again:?} and was stored as {stored:?}"))
    }
    let (a, b) = (stored, again);
    None.or_else(|| shown("status", &a.status.name(), &b.status.name()))
        .or_else(|| shown("updates", &a.updates, &b.updates))
        .or_else(|| shown("solved", &a.solved, &b.solved))
        .or_else(|| shown("updates_to_target", &a.updates_to_target, &b.updates_to_target))
        .or_else(|| shown("censored", &a.censored, &b.censored))
        .or_else(|| shown("first_nonfinite_update", &a.first_nonfinite_update, &b.first_nonfinite_update))
        .or_else(|| shown("nonfinite_quantity", &a.nonfinite_quantity, &b.nonfinite_quantity))
        .or_else(|| shown("parameters", &a.parameters, &b.parameters))
}

/// A row as its name, its place and its bits.
trait Figure {
    /// The quantity in words.
    fn name(&self) -> String;
    /// Where.
    fn key(&self) -> (u64, String);
    fn value(&self) -> f64;
}

impl Figure for MetricRow {
    fn name(&self) -> String {
        format!("{}/{}", self.split, self.metric)
    }

    fn key(&self) -> (u64, String) {
        (self.update, self.name())
    }

    fn value(&self) -> f64 {
        self.value
    }
}

impl Figure for ProbeRow {
    fn name(&self) -> String {
        format!("{} {}", self.probe, self.statistic)
    }

    fn key(&self) -> (u64, String) {
        let Self { layer, state, lag, index, .. } = self;
        (self.update, format!("{} {layer:?} {state:?} {lag:?} {index:?}", self.name()))
    }

    fn value(&self) -> f64 {
        self.value
    }
}

/// The first metric that is stored with another value, or that one computation lacks.
pub(super) fn metrics(stored: &[MetricRow], again: &[MetricRow]) -> Option<String> {
    figures(stored, again)
}

/// The first figure of a probe that is stored with another value, or that one computation lacks.
pub(super) fn probes(stored: &[ProbeRow], again: &[ProbeRow]) -> Option<String> {
    figures(stored, again)
}

fn figures<T: Figure>(stored: &[T], again: &[T]) -> Option<String> {
    let by_key = |rows: &[T]| -> BTreeMap<(u64, String), u64> {
        rows.iter().map(|row| (row.key(), row.value().to_bits())).collect()
    };
    let (before, now) = (by_key(stored), by_key(again));
    let differs = stored.iter().find(|row| now.get(&row.key()) != Some(&row.value().to_bits()));
    if let Some(row) = differs {
        let (name, update, value) = (row.name(), row.key().0, row.value());
        return Some(match now.get(&row.key()) {
            Some(bits) => format!("{name} at update {update} is {} and was stored as {value}", f64::from_bits(*bits)),
            None => format!("{name} at update {update} is stored and was not computed"),
        });
    }
    // A quantity that was stored nowhere is one that an older version did not measure.
    let names: std::collections::BTreeSet<String> = stored.iter().map(Figure::name).collect();
    let lacks = again.iter().find(|row| names.contains(&row.name()) && !before.contains_key(&row.key()));
    lacks.map(|row| format!("{} at update {} is not stored", row.name(), row.key().0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::record;

    #[test]
    fn the_first_difference_is_named() {
        let one = record(1);
        assert_eq!(ending(&one.trial, &TrialRow { train_seconds: 9.0, build: None, ..one.trial.clone() }), None);
        let other = TrialRow { solved: Some(false), ..one.trial.clone() };
        assert_eq!(ending(&one.trial, &other).unwrap(), "solved is Some(false) and was stored as Some(true)");
        assert_eq!((metrics(&one.metrics, &one.metrics), probes(&one.probes, &one.probes)), (None, None));
        let mut rows = one.metrics.clone();
        rows[1].value = f64::NAN;
        assert_eq!(metrics(&one.metrics, &rows).unwrap(), "test/loss at update 101 is NaN and was stored as 0.125");
        assert_eq!(metrics(&rows, &rows), None, "NaN is the same as itself");
        rows.remove(1);
        assert_eq!(metrics(&one.metrics, &rows).unwrap(), "test/loss at update 101 is stored and was not computed");
        // Of a version that did not measure it.
        assert_eq!(metrics(&rows, &one.metrics), None);
        let mut rows = one.probes.clone();
        rows[2].value = 0.5;
        let told = probes(&one.probes, &rows).unwrap();
        assert_eq!(told, "gradient-by-lag median at update 0 is 0.5 and was stored as 1");
        assert_eq!(probes(&one.probes[..2], &one.probes).unwrap(), "gradient-by-lag median at update 0 is not stored");
    }
}
