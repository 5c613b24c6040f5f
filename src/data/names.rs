//! The names of arrays.

use super::Fault;
use crate::text::nearest;

/// Refuses names that are none of the `known` ones.
pub(super) fn check_names(found: &[String], known: &[&str]) -> Result<(), Fault> {
    let Some(stranger) = found.iter().find(|name| !known.contains(&name.as_str())) else { return Ok(()) };
    let hint = match nearest(stranger, known) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("the names are {}", known.join(", ")),
    };
    Err(Fault::new("has a name that means nothing here", hint).of(stranger))
}
