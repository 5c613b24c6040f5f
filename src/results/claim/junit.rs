//! Verdicts for continuous integration: JUnit XML.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::outcome::Outcome;
use super::verdict::Verdict;
use crate::text::printable;

/// The name of the format, which is none of tables.
pub const JUNIT: &str = "junit";

/// The verdicts on the claims of `suite` as one test suite: a refuted claim is a failure, an inconclusive one is skipped.
///
/// # Errors
/// In words, when the XML cannot be written.
pub fn junit(suite: &str, verdicts: &[Verdict]) -> Result<String, String> {
    let mut cases = TestSuite::new(suite);
    for verdict in verdicts {
        let sentence: String = verdict.sentence().chars().map(printable).collect();
        let status = match verdict.outcome {
            Outcome::Supported => TestCaseStatus::success(),
            Outcome::Refuted => {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                status.set_message(&*sentence).set_type(verdict.outcome.name());
                status
            }
            Outcome::Inconclusive => {
                let mut status = TestCaseStatus::skipped();
                status.set_message(&*sentence).set_type(verdict.outcome.name());
                status
            }
        };
        let mut case = TestCase::new(&*verdict.claim.spec.id, status);
        case.set_classname(suite).set_system_out(&*sentence);
        cases.add_test_case(case);
    }
    let mut report = Report::new("longlag claims");
    report.add_test_suite(cases);
    report.to_string().map_err(|error| error.to_string())
}
