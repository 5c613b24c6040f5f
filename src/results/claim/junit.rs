//! Verdicts for continuous integration: JUnit XML.

use quick_junit::TestSuite;

use super::outcome::Outcome;
use super::verdict::Verdict;
use crate::results::junit::{Status, case, clean, document};

/// The verdicts on the claims of `suite` as one test suite: a refuted claim is a failure, an inconclusive one is skipped.
///
/// # Errors
/// In words, when the XML cannot be written.
pub fn junit(suite: &str, verdicts: &[Verdict]) -> Result<String, String> {
    let mut cases = TestSuite::new(suite);
    for verdict in verdicts {
        let sentence = verdict.sentence();
        let status = match verdict.outcome {
            Outcome::Supported => Status::Passed,
            Outcome::Refuted => Status::Failed(sentence.clone()),
            Outcome::Inconclusive => Status::Skipped(sentence.clone()),
        };
        let mut case = case(suite, &verdict.claim.spec.id, status);
        case.status.set_type(verdict.outcome.name());
        case.set_system_out(clean(&sentence));
        cases.add_test_case(case);
    }
    document("longlag claims", [cases])
}
