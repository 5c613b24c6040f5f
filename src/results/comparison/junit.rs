//! A comparison for continuous integration: JUnit XML.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::Comparison;
use super::arms::Standing;
use super::trials::Bits;
use crate::text::printable;

/// The comparison as two test suites: the bits of every trial, of which changed ones fail, and the standing of every arm, of which
/// regressed ones fail. What is missing or cannot be compared is skipped.
///
/// # Errors
/// In words, when the XML cannot be written.
pub fn junit(comparison: &Comparison) -> Result<String, String> {
    let clean = |text: &str| -> String { text.chars().map(printable).collect() };
    let failed = |message: &str| {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(clean(message));
        status
    };
    let skipped = |message: &str| {
        let mut status = TestCaseStatus::skipped();
        status.set_message(clean(message));
        status
    };
    let mut numerics = TestSuite::new("numerics");
    for trial in &comparison.trials {
        let status = match &trial.bits {
            Bits::Same | Bits::New => TestCaseStatus::success(),
            Bits::Other { .. } => failed(&trial.bits.sentence()),
            Bits::Missing | Bits::Incomparable(_) => skipped(&trial.bits.sentence()),
        };
        let mut case = TestCase::new(clean(&format!("{} replicate {}", trial.arm, trial.replicate)), status);
        case.set_classname("numerics");
        numerics.add_test_case(case);
    }
    let mut arms = TestSuite::new("results");
    for arm in &comparison.arms {
        let status =
            if arm.standing == Standing::Regressed { failed(&arm.sentence()) } else { TestCaseStatus::success() };
        let mut case = TestCase::new(clean(&arm.label), status);
        case.set_classname("results");
        arms.add_test_case(case);
    }
    let mut report = Report::new("longlag compare");
    report.add_test_suite(numerics);
    report.add_test_suite(arms);
    report.to_string().map_err(|error| error.to_string())
}
