//! Annotations and summaries for GitHub Actions.

use std::{env, fs::OpenOptions, io::Write as _};

use super::Failure;
use crate::suite::{Located, Problems};

/// How much an annotation stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Severity {
    Error,
    Warning,
    Notice,
}

/// Whether this is a step of a workflow.
pub(super) fn is_active() -> bool {
    env::var_os("GITHUB_ACTIONS").is_some_and(|value| !value.is_empty() && value != "false")
}

/// The workflow command that makes an annotation, on one line; what it is about is named by properties such as `file`.
pub(super) fn annotation(severity: Severity, properties: &[(&str, &str)], message: &str) -> String {
    let command = match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Notice => "notice",
    };
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", escaped(value, &[':', ',']))).collect();
    let gap = if properties.is_empty() { "" } else { " " };
    format!("::{command}{gap}{}::{}", properties.join(","), escaped(message, &[]))
}

/// The annotations of what is wrong with suites, each at its place.
pub(super) fn annotations(problems: &Problems) -> Vec<String> {
    let one = |located: &Located| {
        let place = located.position.map(|position| (position.line.to_string(), position.column.to_string()));
        let mut properties = vec![];
        // A setting of the command line is no file.
        if let Some((line, column)) = &place {
            properties.extend([("file", located.origin.as_str()), ("line", line), ("col", column)]);
        }
        let message = if place.is_some() { located.problem.to_string() } else { located.to_string() };
        annotation(Severity::Error, &properties, &message)
    };
    problems.iter().map(one).collect()
}

/// Adds Markdown to the summary of the step, where the workflow has a file for it.
///
/// # Errors
/// When that cannot be written.
pub(super) fn summarize(markdown: &str) -> Result<(), Failure> {
    let Some(path) = env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else { return Ok(()) };
    let failed = |error| Failure::operational(format!("could not write the step summary {}: {error}", path.display()));
    let mut file = OpenOptions::new().append(true).create(true).open(&path).map_err(failed)?;
    writeln!(file, "{markdown}").map_err(failed)
}

/// Text as workflow commands have it: line ends and the signs `and` as their codes.
fn escaped(text: &str, and: &[char]) -> String {
    let one = |sign: char| match sign {
        '%' | '\r' | '\n' => format!("%{:02X}", u32::from(sign)),
        sign if and.contains(&sign) => format!("%{:02X}", u32::from(sign)),
        sign => sign.to_string(),
    };
    text.chars().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::{Path, Position, Problem};

    #[test]
    fn commands_are_one_line_whatever_the_text() {
        let made = annotation(Severity::Warning, &[("file", "a,b:c.yaml"), ("line", "3")], "50 %\r\nof it: all, ok");
        assert_eq!(made, "::warning file=a%2Cb%3Ac.yaml,line=3::50 %25%0D%0Aof it: all, ok");
        assert_eq!(annotation(Severity::Error, &[], "x"), "::error::x");
    }

    #[test]
    fn problems_are_annotated_at_their_place() {
        let problem = Problem::new(Path::root().key("model"), "is wrong");
        let problems = Problems::one("suites/x.yaml", Some(Position { line: 7, column: 2 }), problem.clone());
        assert_eq!(annotations(&problems), ["::error file=suites/x.yaml,line=7,col=2::model: is wrong"]);
        let problems = Problems::one("--set a=1", None, problem);
        assert_eq!(annotations(&problems), ["::error::--set a=1: model: is wrong"]);
    }
}
