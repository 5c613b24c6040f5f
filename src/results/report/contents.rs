//! The contents of a report as plain data.

use super::experimental_setup::ExperimentalSetup;

/// The heading of the setup.
pub(super) const SETUP: &str = "Setup";
/// The heading of the doubts.
pub(super) const DOUBTS: &str = "Doubts";
/// The word for a setting that differs between arms.
pub(super) const SWEPT: &str = "Swept";

/// A report. The same contents give the same bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// The suite's name; the page's title.
    pub name: String,
    /// The question the suite asks, as plain text.
    pub about: String,
    /// The experimental setup.
    pub setup: ExperimentalSetup,
    /// The verdicts on the suite's claims, where it states some.
    pub claims: Option<ReportTable>,
    /// Doubts about the results, foremost first. Plain text.
    pub doubts: Vec<String>,
    /// Figures in the order of the page.
    pub figures: Vec<ReportFigure>,
    /// Tables in the order of the page.
    pub tables: Vec<ReportTable>,
    /// The pages of the components that the suite names.
    pub components: Vec<ReportComponent>,
    /// The curves of single trials as JSON, in which no text of a suite stands.
    pub curves: Option<String>,
    /// How far a run has come that has not ended.
    pub unfinished: Option<Unfinished>,
    /// The facts that identify the run, such as version, engine, numerics: key and value.
    pub manifest: Vec<(String, String)>,
    /// Command lines that produce the run again.
    pub commands: Vec<String>,
}

/// The state of a run that goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unfinished {
    /// How far it has come, as plain text.
    pub text: String,
    /// The time of the drawing, in UTC as ISO 8601 has it.
    pub drawn: String,
    /// The seconds after which a page that has not been drawn again is that of a run that goes on no more.
    pub lasts: u64,
}

/// The page of a component.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportComponent {
    /// The kind, such as `cell`.
    pub kind: String,
    /// The name, such as `lstm`.
    pub name: String,
    /// The name of its place on the page, which is that of a heading in `html`.
    pub anchor: String,
    /// The page as HTML.
    pub html: String,
}

/// A table, rendered by the caller in both forms.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReportTable {
    /// The name of its place on the page, unique within the report.
    pub id: String,
    /// The heading above the table, as plain text.
    pub title: String,
    /// A sentence or two on what the table shows, as plain text.
    pub caption: String,
    /// A Markdown table; empty where it is on the page alone.
    pub markdown: String,
    /// An HTML `<table>`, escaped by the caller.
    pub html: String,
    /// The number of its rows: a long table is folded.
    pub rows: usize,
    /// The table as CSV, which lies beside the report as `tables/ID.csv`; empty where there is none.
    pub csv: String,
    /// The stored tables that it is made of, such as `trials`.
    pub made_of: &'static [&'static str],
    /// Whether it is too long for paper.
    pub screen_only: bool,
}

/// A figure, which lies beside the report as `figures/STEM.svg` and is part of the HTML page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReportFigure {
    /// The file's stem, such as `learning-curves`; unique within the report.
    pub stem: String,
    /// The heading above the figure, as plain text.
    pub title: String,
    /// A sentence or two on how to read the figure, as plain text.
    pub caption: String,
    /// The whole SVG document.
    pub svg: String,
}

impl ReportFigure {
    /// The name of one of its files within `figures/`, which ends so. Signs that could leave the folder or confuse a link become dashes.
    pub(super) fn file_name(&self, end: &str) -> String {
        let safe = |sign: char| if sign.is_ascii_alphanumeric() || sign == '-' || sign == '_' { sign } else { '-' };
        format!("{}.{end}", self.stem.chars().map(safe).collect::<String>())
    }
}

#[cfg(test)]
pub(super) fn example() -> Report {
    use super::experimental_setup::{Fact, Part};
    Report {
        name: "vanishing".to_owned(),
        about: "How far back does the gradient reach, & is \"L < 0.01\" learnt?".to_owned(),
        setup: ExperimentalSetup {
            facts: vec![
                Fact {
                    name: "Task".to_owned(),
                    parts: vec![
                        Part { text: "adding (length ".to_owned(), swept: false },
                        Part { text: "50 / 100".to_owned(), swept: true },
                        Part { text: ")".to_owned(), swept: false },
                    ],
                },
                Fact::plain("Clip", "none"),
            ],
            swept: vec![("task.length".to_owned(), "50, 100".to_owned())],
            components: vec![("cell".to_owned(), "lstm".to_owned()), ("task".to_owned(), "adding".to_owned())],
            suite: "version: 1\nname: vanishing\nabout: a <b> & `c`\n".to_owned(),
        },
        doubts: vec!["3 of 135 trials are missing.".to_owned()],
        claims: Some(ReportTable {
            id: "verdicts".to_owned(),
            csv: "claim,verdict\nlstm,supported\n".to_owned(),
            made_of: &["trials", "metrics"],
            screen_only: false,
            title: "Verdicts".to_owned(),
            rows: 1,
            caption: "What the suite states.".to_owned(),
            markdown: "| claim | verdict |\n|---|---|\n| lstm | supported |".to_owned(),
            html: "<table><thead><tr><th>claim</th><th>verdict</th></tr></thead>\
                   <tbody><tr><td>lstm</td><td>supported</td></tr></tbody></table>"
                .to_owned(),
        }),
        tables: vec![ReportTable {
            id: "summary".to_owned(),
            csv: String::new(),
            made_of: &[],
            screen_only: false,
            rows: 1,
            title: "Summary".to_owned(),
            caption: "One row per arm.".to_owned(),
            markdown: "| arm | solved |\n|---|---|\n| lstm | 5/5 |".to_owned(),
            html: "<table><thead><tr><th>arm</th><th>solved</th></tr></thead>\
                   <tbody><tr><td>lstm</td><td>5/5</td></tr></tbody></table>"
                .to_owned(),
        }],
        figures: vec![
            ReportFigure {
                stem: "gradient-by-lag".to_owned(),
                title: "How far back the gradient reaches".to_owned(),
                caption: "‖∂L/∂h‖ by lag <log>.".to_owned(),
                svg: "<svg viewBox=\"0 0 9 9\"><defs><g id=\"a\"/></defs><use href=\"#a\"/></svg>\n".to_owned(),
            },
            ReportFigure {
                stem: "../learning curves".to_owned(),
                title: "Learning curves".to_owned(),
                caption: "Median over replicates.".to_owned(),
                svg: "<?xml version=\"1.0\"?>\n<svg viewBox=\"0 0 9 9\"><defs><g id=\"a\"/></defs><rect fill=\"url(#a)\"/></svg>"
                    .to_owned(),
            },
        ],
        components: vec![ReportComponent {
            kind: "cell".to_owned(),
            name: "lstm".to_owned(),
            anchor: "cell-lstm".to_owned(),
            html: "<article><h3 id=\"cell-lstm\">lstm</h3></article>".to_owned(),
        }],
        curves: Some("{\"updates\":[],\"trials\":{}}".to_owned()),
        unfinished: None,
        manifest: vec![("engine".to_owned(), "fused".to_owned()), ("numerics".to_owned(), "1".to_owned())],
        commands: vec!["longlag run suites/vanishing.yaml --set 'task.length=50 && true'".to_owned()],
    }
}
