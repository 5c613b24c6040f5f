//! The report as Markdown, for a terminal or a repository's page.

use std::fmt::Write as _;

use super::{
    contents::{DOUBTS, Report, ReportTable, SETUP, SWEPT},
    experimental_setup::{ExperimentalSetup, Part},
};
use crate::text::printable;

pub(super) fn write(report: &Report) -> String {
    let mut text = format!("# {}\n", escape(&report.name));
    paragraph(
        &mut text,
        report.unfinished.as_ref().map(|unfinished| escape(&unfinished.text)).as_deref().unwrap_or_default(),
    );
    paragraph(&mut text, &escape(&report.about));
    setup(&mut text, &report.setup);
    if let Some(claims) = &report.claims {
        section(&mut text, claims);
    }
    if !report.doubts.is_empty() {
        let _ = writeln!(text, "\n## {DOUBTS}\n");
        for doubt in &report.doubts {
            let _ = writeln!(text, "- {}", escape(doubt));
        }
    }
    for figure in &report.figures {
        let title = escape(&figure.title);
        let _ = writeln!(text, "\n## {title}\n\n![{title}](figures/{})", figure.file_name("svg"));
        paragraph(&mut text, &escape(&figure.caption));
    }
    for table in report.tables.iter().filter(|table| !table.markdown.is_empty()) {
        section(&mut text, table);
    }
    if !report.commands.is_empty() {
        text.push_str("\n## Reproduce\n\n");
        code(&mut text, report.commands.iter().flat_map(|command| command.lines()));
    }
    if !report.setup.suite.is_empty() {
        text.push_str("\n## Suite\n\n");
        code(&mut text, report.setup.suite.lines());
    }
    if !report.manifest.is_empty() {
        text.push_str("\n## Manifest\n\n| | |\n|---|---|\n");
        for (key, value) in &report.manifest {
            let _ = writeln!(text, "| {} | {} |", escape(key), escape(value));
        }
    }
    text
}

/// The experimental setup.
fn setup(text: &mut String, setup: &ExperimentalSetup) {
    if setup.facts.is_empty() && setup.swept.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n## {SETUP}\n\n| | |\n|:--|:--|");
    for fact in &setup.facts {
        let part = |part: &Part| {
            let words = crate::text::markdown(&part.text);
            if part.swept { format!("**{}**", words.trim()) } else { words }
        };
        let words: String = fact.parts.iter().map(part).collect();
        let _ = writeln!(text, "| {} | {words} |", escape(&fact.name));
    }
    if !setup.components.is_empty() {
        let named: Vec<String> =
            setup.components.iter().map(|(kind, name)| format!("{} ({kind})", escape(name))).collect();
        let _ = writeln!(text, "| Components | {} |", named.join(", "));
    }
    for (path, values) in &setup.swept {
        let _ = writeln!(text, "| {SWEPT}: {} | {} |", escape(path), escape(values));
    }
}

/// Lines as they are. Indented code holds any text, fences included.
fn code<'a>(text: &mut String, lines: impl Iterator<Item = &'a str>) {
    for line in lines {
        let _ = writeln!(text, "    {}", line.chars().map(printable).collect::<String>().trim_end());
    }
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
