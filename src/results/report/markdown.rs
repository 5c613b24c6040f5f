//! The report as Markdown, for a terminal or a repository's page.

use std::fmt::Write as _;

use super::contents::{Report, ReportTable};
use crate::text::printable;

pub(super) fn write(report: &Report) -> String {
    let mut text = format!("# {}\n", escape(&report.name));
    paragraph(&mut text, &escape(&report.about));
    if !report.warnings.is_empty() {
        text.push_str("\n## Mind these first\n\n");
        for warning in &report.warnings {
            let _ = writeln!(text, "- {}", escape(warning));
        }
    }
    if let Some(claims) = &report.claims {
        section(&mut text, claims);
    }
    if !report.reading.is_empty() {
        text.push_str("\n## How to read this\n");
        for reading in &report.reading {
            paragraph(&mut text, &escape(reading));
        }
    }
    for table in &report.tables {
        section(&mut text, table);
    }
    for figure in &report.figures {
        let title = escape(&figure.title);
        let _ = writeln!(text, "\n## {title}\n\n![{title}](figures/{})", figure.file_name());
        paragraph(&mut text, &escape(&figure.caption));
    }
    if !report.commands.is_empty() {
        text.push_str("\n## Reproduce\n\n");
        // Indented code holds any text, fences included.
        for line in report.commands.iter().flat_map(|command| command.lines()) {
            let _ = writeln!(text, "    {}", line.chars().map(printable).collect::<String>());
        }
    }
    if !report.manifest.is_empty() {
        text.push_str("\n## Manifest\n\n| | |\n|---|---|\n");
        for (key, value) in &report.manifest {
            let _ = writeln!(text, "| {} | {} |", escape(key), escape(value));
        }
    }
    text
}

/// A table with its heading.
fn section(text: &mut String, table: &ReportTable) {
    let _ = writeln!(text, "\n## {}", escape(&table.title));
    paragraph(text, &escape(&table.caption));
    paragraph(text, table.markdown.trim_end());
}

fn paragraph(text: &mut String, words: &str) {
    if !words.is_empty() {
        let _ = writeln!(text, "\n{words}");
    }
}

/// Plain text that Markdown shows as it is, on one line.
fn escape(text: &str) -> String {
    let escaped = crate::text::markdown(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    // A first sign that would begin a list or a heading.
    if escaped.starts_with(['-', '+', '#']) { format!("\\{escaped}") } else { escaped }
}

#[cfg(test)]
mod tests {
    use super::super::contents::example;
    use super::*;

    #[test]
    fn shows_plain_text_as_it_is() {
        assert_eq!(escape("a_b | <c> & *d*\nnext"), "a\\_b \\| &lt;c&gt; &amp; \\*d\\* next");
        assert_eq!(escape("- x"), "\\- x");
        assert_eq!(escape("# 1 of #"), "\\# 1 of #");
    }

    #[test]
    fn refers_to_the_figures_files() {
        let text = write(&example());
        assert!(text.starts_with("# vanishing\n\nHow far back"));
        assert!(text.contains("![Learning curves](figures/---learning-curves.svg)"));
        assert!(text.contains("| lstm | 5/5 |"));
        assert!(text.contains("    longlag run suites/vanishing.yaml --set 'task.length=50 && true'"));
        assert!(!text.contains("\n\n\n"));
    }
}
