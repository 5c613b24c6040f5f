//! The files of a report.

use std::path::PathBuf;

use super::contents::Report;
use super::{html, markdown};
use crate::store::layout;

impl Report {
    /// The report's files, relative to the run's folder: `report.md`, `report.html`, and the tables and figures that it shows.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = vec![
            (PathBuf::from(layout::REPORT_MARKDOWN), markdown::write(self).into_bytes()),
            (PathBuf::from(layout::REPORT_HTML), html::write(self).into_bytes()),
        ];
        for table in self.claims.iter().chain(&self.tables).filter(|table| !table.csv.is_empty()) {
            files.push((layout::csv(&table.id), table.csv.clone().into_bytes()));
        }
        for figure in &self.figures {
            files.push((layout::figure(&figure.file_name("svg")), figure.svg.clone().into_bytes()));
        }
        files
    }
}

#[cfg(test)]
mod tests {
    use super::super::contents::example;
    use super::super::experimental_setup::Fact;
    use super::*;

    #[test]
    fn files_are_the_report_and_its_figures_within_the_folder() {
        let names: Vec<PathBuf> = example().files().into_iter().map(|(name, _)| name).collect();
        let expected = [
            "report.md",
            "report.html",
            "tables/verdicts.csv",
            "figures/gradient-by-lag.svg",
            "figures/---learning-curves.svg",
        ];
        assert_eq!(names, expected.map(PathBuf::from));
    }

    #[test]
    fn the_same_report_gives_the_same_bytes() {
        assert_eq!(example().files(), example().files());
    }

    /// Whatever a suite's author or a shell put into a text, no file of the report holds what no document may.
    #[test]
    fn no_file_holds_control_characters() {
        let hostile = || "\u{0}\u{1b}[31m\u{7}\u{85}\u{202e}\u{2028}\u{feff}\u{ffff}<b>&\"'|`*_\r\n# x".to_owned();
        let mut report = example();
        report.name = hostile();
        report.about = hostile();
        report.doubts = vec![hostile()];
        report.setup.facts = vec![Fact::plain(hostile(), hostile())];
        report.setup.swept = vec![(hostile(), hostile())];
        report.setup.suite = hostile();
        report.commands = vec![hostile()];
        report.manifest = vec![(hostile(), hostile())];
        for table in &mut report.tables {
            (table.title, table.caption) = (hostile(), hostile());
        }
        for figure in &mut report.figures {
            (figure.title, figure.caption) = (hostile(), hostile());
        }
        for (name, bytes) in report.files() {
            let text = String::from_utf8(bytes).unwrap();
            let found = text.chars().find(|&char| char != '\n' && crate::text::printable(char) != char);
            assert_eq!(found, None, "{}", name.display());
            // Within the indented code of the Markdown it is only text.
            let is_markup = name.ends_with(layout::REPORT_HTML) && text.contains("<b>");
            assert!(!is_markup, "{}", name.display());
        }
    }

    #[test]
    fn an_empty_report_is_still_a_page() {
        let files = Report::default().files();
        assert_eq!(files.len(), 2);
        assert!(files.iter().all(|(_, bytes)| !bytes.is_empty()));
    }
}
