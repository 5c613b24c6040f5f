//! Psychometric functions against psignifit, where the priors are the same.

use std::{fs, path::Path};

use longlag::stats::{Bound, Count, Psychometric};
use serde_json::Value;

use super::record::{list, numbers};

/// The step between thresholds in ln L.
const STEP: f64 = 0.03;
/// The quotient of neighbouring spreads.
const QUOTIENT: f64 = 1.53;
/// The widest step between lapse rates that these cases reach.
const LAPSE_STEP: f64 = 0.1;

#[test]
fn thresholds_spreads_and_lapses_agree_with_psignifit_within_the_grids_resolution() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/psychometric.json");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let golden: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let range = numbers(&golden["range"]);
    let curve = Psychometric::new(range[0] as u64, range[1] as u64);
    let cases = golden["cases"].as_object().expect("cases");
    assert_eq!(cases.len(), 4);
    for (name, case) in cases {
        let counts = list(&case["counts"]).iter().map(|row| {
            let row = numbers(row);
            Count { length: row[0] as u64, solved: row[1] as u32, tried: row[2] as u32 }
        });
        let counts: Vec<Count> = counts.collect();
        let posterior = curve.posterior(&counts);
        for share in ["0.95", "0.9", "0.68"] {
            let wanted = numbers(&case["threshold"][share]);
            let reach = posterior.threshold(share.parse().expect("a share"));
            for (end, wanted) in [reach.low, reach.high].into_iter().zip(wanted) {
                let Bound::At(length) = end else { panic!("{name}: {end:?}") };
                let off = (libm::log(length) - wanted).abs();
                assert!(off <= STEP, "{name}, {share}: ln {length} for {wanted}");
            }
        }
        let number = |value: &Value| value.as_f64().expect("a number");
        let spread = posterior.spread(0.95);
        assert!((spread.value / number(&case["spread"]["mean"]) - 1.0).abs() <= 0.05, "{name}: {spread:?}");
        let lapse = posterior.lapse(0.95);
        assert!((lapse.value - number(&case["lapse"]["mean"])).abs() <= 0.01, "{name}: {lapse:?}");
        let ends = numbers(&case["spread"]["0.95"]);
        for (end, wanted) in [spread.low, spread.high].into_iter().zip(ends) {
            assert!((end / wanted).max(wanted / end) <= QUOTIENT, "{name}: spread {end} for {wanted}");
        }
        let ends = numbers(&case["lapse"]["0.95"]);
        for (end, wanted) in [lapse.low, lapse.high].into_iter().zip(ends) {
            assert!((end - wanted).abs() <= LAPSE_STEP, "{name}: lapse {end} for {wanted}");
        }
    }
}
