//! From results to the report's files.

use std::path::PathBuf;

use super::contents::{Report, ReportFigure, ReportTable};
use crate::{
    results::{
        Doubt, doubts,
        figure::{FigureSpec, RenderError},
        table::{self, Results, Table},
    },
    store::{Manifest, ManifestSession, layout},
    text::shell_quote,
};

/// A report as files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Composition {
    /// Each file relative to the run's folder, with its bytes. The same results give the same bytes.
    pub files: Vec<(PathBuf, Vec<u8>)>,
    /// For each figure that was asked for and cannot be drawn: why.
    pub notes: Vec<String>,
}

/// Why a report could not be composed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("could not draw `{figure}`: {source}")]
pub struct ComposeError {
    figure: String,
    source: RenderError,
}

/// Composes the report of `results`.
///
/// `figures` are those that the suite names; without them each that can be drawn is. `tuning` is the table of what was tried
/// and chosen, of a suite with `tune`.
///
/// # Errors
///
/// When the drawing library fails, which no data should make it do.
pub fn compose(
    results: &Results,
    figures: Option<&[FigureSpec]>,
    tuning: Option<&Table>,
    manifest: &Manifest,
) -> Result<Composition, ComposeError> {
    let Drawn { figures, pictures, notes } = draw(results, figures)?;
    let summary = ReportTable::of(
        "Summary",
        "One row per arm, medians over replicates with 95 % intervals. Loss and accuracy are of the test set; chance is the best \
         predictor that ignores the input.",
        &table::summary(results),
    );
    let tuning = tuning.map(|content| {
        ReportTable::of(
            "Tuning",
            "What was tried to choose each arm's settings, on seeds of its own and judged by validation data. None of these \
             trials is part of any other number here.",
            content,
        )
    });
    let report = Report {
        name: results.suite.clone(),
        about: results.about.clone(),
        warnings: doubts(results).iter().map(Doubt::to_string).collect(),
        reading: vec![],
        tables: [summary].into_iter().chain(tuning).collect(),
        figures,
        manifest: identity(manifest),
        commands: manifest.last().map(command).into_iter().collect(),
    };
    Ok(Composition { files: report.files().into_iter().chain(pictures).collect(), notes })
}

impl ReportTable {
    fn of(title: &str, caption: &str, content: &Table) -> Self {
        Self {
            title: title.to_owned(),
            caption: caption.to_owned(),
            markdown: table::markdown(content),
            html: table::html(content),
        }
    }
}

/// Figures for the page, the PNG files beside it, and why figures are absent.
#[derive(Default)]
struct Drawn {
    figures: Vec<ReportFigure>,
    pictures: Vec<(PathBuf, Vec<u8>)>,
    notes: Vec<String>,
}

fn draw(results: &Results, asked: Option<&[FigureSpec]>) -> Result<Drawn, ComposeError> {
    let all = FigureSpec::all();
    let mut result = Drawn::default();
    for spec in asked.unwrap_or(&all) {
        let drawn = match spec.draw(results) {
            Ok(drawn) => drawn,
            Err(absent) => {
                // A figure that the suite names and that cannot be drawn deserves a word; a default one does not.
                if asked.is_some() {
                    result.notes.push(format!("no figure `{}`: {absent}", spec.kind()));
                }
                continue;
            }
        };
        for named in drawn {
            let failed = |source| ComposeError { figure: named.name.clone(), source };
            let count = result.figures.iter().filter(|figure| figure.stem.starts_with(&named.name)).count();
            let stem = if count == 0 { named.name.clone() } else { format!("{}-{}", named.name, count + 1) };
            let svg = named.drawing.svg().map_err(failed)?;
            let png = named.drawing.png().map_err(failed)?;
            result.pictures.push((layout::figure(&format!("{stem}.png")), png));
            result.figures.push(ReportFigure { stem, title: named.title.clone(), caption: named.caption.clone(), svg });
        }
    }
    Ok(result)
}

/// The command line of a session, to be typed again.
fn command(session: &ManifestSession) -> String {
    let arguments = session.command.iter().skip(1).map(|argument| shell_quote(argument));
    ["longlag".into()].into_iter().chain(arguments).collect::<Vec<_>>().join(" ")
}

/// The facts that identify the run; no clocks, so that the same results give the same report.
fn identity(manifest: &Manifest) -> Vec<(String, String)> {
    let of_session = manifest.last().map(|session| {
        [
            ("longlag", session.longlag.clone()),
            ("engine", session.engine.clone()),
            ("device", session.device.clone()),
            ("numerics", session.numerics.to_string()),
        ]
    });
    let facts = of_session.into_iter().flatten().chain([("table schema", manifest.schema.to_string())]);
    facts.map(|(key, value)| (key.to_owned(), value)).collect()
}
