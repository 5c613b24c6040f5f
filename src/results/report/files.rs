//! The files of a report.

use std::path::PathBuf;

use super::contents::Report;
use super::{html, markdown};
use crate::store::layout;

impl Report {
    /// The report's files, relative to the run's folder: `report.md`, `report.html` and the figures it shows.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = vec![
            (PathBuf::from(layout::REPORT_MARKDOWN), markdown::write(self).into_bytes()),
            (PathBuf::from(layout::REPORT_HTML), html::write(self).into_bytes()),
        ];
        for figure in &self.figures {
            files.push((layout::figure(&figure.file_name()), figure.svg.clone().into_bytes()));
        }
        files
    }
}

#[cfg(test)]
mod tests {
    use super::super::contents::example;
    use super::*;

    #[test]
    fn files_are_the_report_and_its_figures_within_the_folder() {
        let names: Vec<PathBuf> = example().files().into_iter().map(|(name, _)| name).collect();
        let expected = ["report.md", "report.html", "figures/gradient-by-lag.svg", "figures/---learning-curves.svg"];
        assert_eq!(names, expected.map(PathBuf::from));
    }

    #[test]
    fn the_same_report_gives_the_same_bytes() {
        assert_eq!(example().files(), example().files());
    }

    #[test]
    fn an_empty_report_is_still_a_page() {
        let files = Report::default().files();
        assert_eq!(files.len(), 2);
        assert!(files.iter().all(|(_, bytes)| !bytes.is_empty()));
    }
}
