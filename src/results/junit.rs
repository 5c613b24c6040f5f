//! JUnit XML for continuous integration.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::text::printable;

/// The name of the format, which is none of tables.
pub const JUNIT: &str = "junit";

/// How a case ended; the reason is a sentence.
pub(super) enum Status {
    Passed,
    Failed(String),
    Errored(String),
    Skipped(String),
}

/// A case of the class `class`.
pub(super) fn case(class: &str, name: &str, status: Status) -> TestCase {
    let status = match status {
        Status::Passed => TestCaseStatus::success(),
        Status::Failed(reason) => with_reason(TestCaseStatus::non_success(NonSuccessKind::Failure), &reason),
        Status::Errored(reason) => with_reason(TestCaseStatus::non_success(NonSuccessKind::Error), &reason),
        Status::Skipped(reason) => with_reason(TestCaseStatus::skipped(), &reason),
    };
    let mut case = TestCase::new(clean(name), status);
    case.set_classname(clean(class));
    case
}

fn with_reason(mut status: TestCaseStatus, reason: &str) -> TestCaseStatus {
    status.set_message(clean(reason));
    status
}

/// Text without what XML cannot hold.
pub(super) fn clean(text: &str) -> String {
    text.chars().map(printable).collect()
}

/// The document with these suites.
///
/// # Errors
/// In words, when the XML cannot be written.
pub(super) fn document(name: &str, suites: impl IntoIterator<Item = TestSuite>) -> Result<String, String> {
    let mut report = Report::new(name);
    report.add_test_suites(suites);
    report.to_string().map_err(|error| error.to_string())
}
