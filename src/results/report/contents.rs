//! The contents of a report as plain data.

/// A report. The same contents give the same bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// The suite's name; the page's title.
    pub name: String,
    /// The question the suite asks, as plain text.
    pub about: String,
    /// Doubts about the results, foremost. Plain text.
    pub warnings: Vec<String>,
    /// The verdicts on the suite's claims, where it states some.
    pub claims: Option<ReportTable>,
    /// Paragraphs on how to read figures and tables, as plain text.
    pub reading: Vec<String>,
    pub tables: Vec<ReportTable>,
    pub figures: Vec<ReportFigure>,
    /// The facts that identify the run, such as version, engine, numerics: key and value.
    pub manifest: Vec<(String, String)>,
    /// Command lines that produce the run again.
    pub commands: Vec<String>,
}

/// A table, rendered by the caller in both forms.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReportTable {
    pub title: String,
    /// A sentence or two on what the table shows, as plain text.
    pub caption: String,
    /// A Markdown table.
    pub markdown: String,
    /// An HTML `<table>`, escaped by the caller.
    pub html: String,
}

/// A figure, which lies beside the report as `figures/STEM.svg` and is part of the HTML page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReportFigure {
    /// The file's stem, such as `learning-curves`; unique within the report.
    pub stem: String,
    pub title: String,
    /// A sentence or two on how to read the figure, as plain text.
    pub caption: String,
    /// The whole SVG document.
    pub svg: String,
}

impl ReportFigure {
    /// The file's name within `figures/`. Signs that could leave the folder or confuse a link become dashes.
    pub(super) fn file_name(&self) -> String {
        let safe = |sign: char| if sign.is_ascii_alphanumeric() || sign == '-' || sign == '_' { sign } else { '-' };
        format!("{}.svg", self.stem.chars().map(safe).collect::<String>())
    }
}

#[cfg(test)]
pub(super) fn example() -> Report {
    Report {
        name: "vanishing".to_owned(),
        about: "How far back does the gradient reach, & is \"L < 0.01\" learnt?".to_owned(),
        warnings: vec!["3 of 135 trials are missing.".to_owned()],
        claims: Some(ReportTable {
            title: "Claims".to_owned(),
            caption: "What the suite states.".to_owned(),
            markdown: "| claim | verdict |\n|---|---|\n| lstm | supported |".to_owned(),
            html: "<table><thead><tr><th>claim</th><th>verdict</th></tr></thead>\
                   <tbody><tr><td>lstm</td><td>supported</td></tr></tbody></table>"
                .to_owned(),
        }),
        reading: vec!["Level is good: the past weighs as much as the present.".to_owned()],
        tables: vec![ReportTable {
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
        manifest: vec![("engine".to_owned(), "fused".to_owned()), ("numerics".to_owned(), "1".to_owned())],
        commands: vec!["longlag run suites/vanishing.yaml --set 'task.length=50 && true'".to_owned()],
    }
}
