//! A comparison for continuous integration: JUnit XML.

use quick_junit::TestSuite;

use super::Comparison;
use super::arms::Standing;
use super::trials::Bits;
use crate::results::junit::{Status, case, document};

/// The comparison as two test suites: the bits of every trial, of which changed ones fail (and are skipped where other bits are accepted),
/// and the standing of every arm, of which regressed ones fail. What is missing or cannot be compared is an error; what too few replicates
/// leave open is skipped.
///
/// # Errors
/// In words, when the XML cannot be written.
pub fn junit(comparison: &Comparison) -> Result<String, String> {
    let mut numerics = TestSuite::new("numerics");
    for trial in &comparison.trials {
        let status = match &trial.bits {
            Bits::Same | Bits::New => Status::Passed,
            bits if bits.is_changed() && comparison.strictness.accept_numerics => Status::Skipped(bits.sentence()),
            Bits::Other { .. } | Bits::OtherRow(_) => Status::Failed(trial.bits.sentence()),
            Bits::Missing | Bits::Incomparable(_) => Status::Errored(trial.bits.sentence()),
        };
        numerics.add_test_case(case("numerics", &format!("{} replicate {}", trial.arm, trial.replicate), status));
    }
    let mut arms = TestSuite::new("results");
    for arm in &comparison.arms {
        let status = match arm.standing {
            Standing::Regressed => Status::Failed(arm.sentence()),
            Standing::NotCompared => Status::Errored(arm.sentence()),
            Standing::Undecided => Status::Skipped(arm.sentence()),
            Standing::Improved | Standing::WithinNoise | Standing::NoChange => Status::Passed,
        };
        arms.add_test_case(case("results", &arm.label, status));
    }
    document("longlag compare", [numerics, arms])
}
