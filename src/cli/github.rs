//! Annotations and summaries for GitHub Actions.

use std::{
    env,
    fs::OpenOptions,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    io::Write as _,
};

use super::terminal::print_error;
use crate::{
    suite::{Located, Problems},
    text::printable,
};

/// The bytes that GitHub takes as the summary of a step, less some for the line that ends it: 1 MiB (GitHub Docs, Workflow commands).
const SUMMARY: usize = 1024 * 1024 - 64;

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

/// Adds Markdown to the summary of the step, where the workflow has a file for it, as much as GitHub takes. A summary that cannot be written
/// is said and changes no verdict.
pub(super) fn summarize(markdown: &str) {
    let Some(path) = env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else { return };
    let added = OpenOptions::new().append(true).create(true).open(&path).and_then(|mut file| {
        let room = SUMMARY.saturating_sub(file.metadata()?.len() as usize);
        writeln!(file, "{}", fitting(markdown, room))
    });
    if let Err(error) = added {
        print_error(&format!("warning: could not write the step summary {}: {error}", path.display()));
    }
}

/// The text where it fits into `room` bytes; else its first lines and that there are more.
fn fitting(text: &str, room: usize) -> &str {
    if text.len() < room {
        return text;
    }
    let most = (0..=room.saturating_sub(1).min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text[..most].rfind('\n').map_or("", |end| &text[..end])
}

/// The lines between which nothing in standard output is a workflow command.
pub(super) fn fence() -> [String; 2] {
    // A word that no suite can have foreseen.
    let token = format!("longlag-{:016x}", RandomState::new().build_hasher().finish());
    [format!("::stop-commands::{token}\n"), format!("::{token}::\n")]
}

/// Text as workflow commands have it: line ends and the signs `and` as their codes.
fn escaped(text: &str, and: &[char]) -> String {
    let one = |sign: char| match sign {
        '%' | '\r' | '\n' => format!("%{:02X}", u32::from(sign)),
        sign if and.contains(&sign) => format!("%{:02X}", u32::from(sign)),
        sign => printable(sign).to_string(),
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
    fn text_of_others_is_no_command_and_no_more_than_fits() {
        let [stop, resume] = fence();
        assert_eq!(format!("::stop-commands::{}", resume.trim().trim_matches(':')), stop.trim());
        assert_ne!(fence(), fence());
        assert_eq!(annotation(Severity::Error, &[], "a\u{1b}[31mb").matches('\u{1b}').count(), 0);
        assert_eq!(fitting("ab\ncd\n", 100), "ab\ncd\n");
        assert_eq!(fitting("ab\ncä\n", 5), "ab");
        assert_eq!(fitting("ab\ncd\n", 0), "");
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
