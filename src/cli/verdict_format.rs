//! Formats of verdicts: those of tables, and JUnit XML.

use super::Failure;
use crate::results::{JUNIT, table::Format};

/// The format of tables that is asked for; none for JUnit XML.
pub(super) fn verdict_format(name: &str) -> Result<Option<Format>, Failure> {
    if name == JUNIT {
        return Ok(None);
    }
    name.parse().map(Some).map_err(|error| {
        let failure = Failure::from(error);
        Failure { message: format!("{}, {JUNIT}", failure.message), ..failure }
    })
}
