//! From results to the report's files.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
};

use super::{
    contents::{Report, ReportComponent, ReportFigure, ReportTable, Unfinished},
    curves::curves,
    experimental_setup::ExperimentalSetup,
};
use crate::{
    results::{
        Doubt,
        claim::{self, verdicts},
        doubts,
        figure::{FigureSpec, Fit, NothingToDraw, Picture, RenderError, refuse_averages_of_searches},
        reach::reach_table,
        reference::{Article, Group, articles},
        table::{self, Cell, Results, Table},
    },
    store::{Manifest, ManifestSession, layout},
    text::shell_quote,
};

/// The names of all tables that a report may have beside it as CSV.
pub const TABLES: [&str; 6] = ["verdicts", "reach", "pivot", "summary", "other-lengths", "tuning"];
/// Whatever a report tells of a run beside its results.
#[derive(Clone, Debug)]
pub struct Surroundings<'a> {
    /// The experimental setup.
    pub setup: ExperimentalSetup,
    /// The name and a digest of each stored table, so that a report shows which data it is of.
    pub data: Vec<(String, String)>,
    /// How far a run has come that goes on.
    pub unfinished: Option<Unfinished>,
    /// The circumstances of its sessions.
    pub manifest: &'a Manifest,
}

/// The most trials that a page lists, the most that it prints, and the most that stand in Markdown.
const LISTED: usize = 2000;
const PRINTED: usize = 120;
const IN_MARKDOWN: usize = 24;

/// A report as files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Composition {
    /// Each file relative to the run's folder, with its bytes. The same results give the same bytes.
    pub files: Vec<(PathBuf, Vec<u8>)>,
    /// For each figure that was asked for and cannot be drawn: why.
    pub notes: Vec<String>,
}

/// Composes the report of `results`.
///
/// `figures` are those that the suite names; without them each that says something of its plan is drawn. `tuning` is the table of
/// what was tried and chosen, of a suite with `tune`. A figure that fails costs the report nothing but itself.
pub fn compose(
    results: &Results,
    figures: Option<&[FigureSpec]>,
    tuning: Option<&Table>,
    surroundings: Surroundings<'_>,
) -> Composition {
    let Surroundings { setup, data, unfinished, manifest } = surroundings;
    // A search has few trials at each value by intention: other figures of them are for who asks.
    let of_search = |spec: &FigureSpec| results.circumstances.reach.is_none() || spec.is_of_search();
    let telling = || {
        let all = FigureSpec::all().into_iter();
        all.filter(|spec| of_search(spec) && spec.fits(results) == Ok(Fit::Telling)).collect()
    };
    let chosen: Vec<FigureSpec> = figures.map_or_else(telling, <[FigureSpec]>::to_vec);
    let asked = chosen.iter().map(|spec| Asked {
        name: spec.kind(),
        by_suite: figures.is_some(),
        draw: Box::new(|| refuse_averages_of_searches(&**spec, results).and_then(|()| spec.draw(results))),
    });
    let Drawn { figures, pictures, notes } = draw(asked);
    let summary = ReportTable::of(
        "summary",
        "Summary",
        "One row per arm, medians over replicates with 95 % intervals. Loss and accuracy are of the test set; chance is the best \
         predictor that ignores the input.",
        &table::summary(results),
    )
    .made_of(&["trials", "metrics"]);
    let tuning = tuning.map(|content| {
        ReportTable::of(
            "tuning",
            "Tuning",
            "What was tried to choose each arm's settings, on seeds of its own and judged by validation data. None of these \
             trials is part of any other number here.",
            content,
        )
        .made_of(&["trials", "metrics"])
    });
    let reach = results.circumstances.reach.as_ref().map(|found| {
        ReportTable::of(
            "reach",
            "Reach",
            "How far back each arm learns, as its search found it: one row per arm.",
            &reach_table(found),
        )
        .made_of(&["reach", "trials"])
    });
    let other_lengths = results.arms.iter().any(|arm| arm.arm.lengths.is_some()).then(|| {
        ReportTable::of(
            "other-lengths",
            "Other lengths",
            "What trained networks score on test sequences of other lengths than those that they were trained on: medians over \
             replicates with 95 % intervals, beside the best constant predictor.",
            &table::generalization(results),
        )
        .made_of(&["trials", "metrics"])
    });
    let verdicts = verdicts(results);
    let claims = (!verdicts.is_empty()).then(|| {
        ReportTable::of(
            "verdicts",
            "Verdicts",
            "What the suite states, put to the test. Supported: the interval of the effect, corrected for all claims, lies beyond \
             what the claim says; refuted: it lies on the other side; inconclusive: neither. n counts replicates.",
            &claim::table(&verdicts),
        )
        .made_of(&["trials", "metrics", "probes"])
    });
    let document =
        claims.iter().map(|_| (PathBuf::from(layout::CLAIMS), claim::document(&results.suite, &verdicts).into_bytes()));
    let document: Vec<(PathBuf, Vec<u8>)> = document.collect();
    let hashes: Vec<String> =
        results.claims.iter().map(|claim| format!("{} {}", claim.spec.id, claim.spec.hash())).collect();
    let digests: Vec<String> = data.iter().map(|(table, digest)| format!("{table} {digest}")).collect();
    let digests = (!digests.is_empty()).then(|| ("tables (BLAKE3)".to_owned(), digests.join(", ")));
    let hashes = (!hashes.is_empty()).then(|| ("claims (hash)".to_owned(), hashes.join(", ")));
    let report = Report {
        name: results.suite.clone(),
        about: results.about.clone(),
        claims,
        doubts: doubts(results).iter().map(Doubt::to_string).collect(),
        figures,
        tables: reach
            .into_iter()
            .chain(pivot(results))
            .chain([summary])
            .chain(other_lengths)
            .chain(tuning)
            .chain(trials(results))
            .collect(),
        components: components(&setup.components),
        curves: curves(results),
        unfinished,
        manifest: identity(manifest).into_iter().chain(digests).chain(hashes).collect(),
        commands: manifest.last_reported().map(command).into_iter().collect(),
        setup,
    };
    Composition { files: report.files().into_iter().chain(document).chain(pictures).collect(), notes }
}

/// The arms against the values of the setting that is swept in numbers, where that makes a table.
fn pivot(results: &Results) -> Option<ReportTable> {
    if results.circumstances.reach.is_some() {
        return None;
    }
    let content = table::pivot(results, None, None).ok()?;
    let cells = || content.rows.iter().flat_map(|row| &row[1..]);
    let known = cells().filter(|cell| **cell != Cell::Null).count();
    // Two by two at least, and more than half of it known.
    let is_table = content.rows.len() > 1 && content.columns.len() > 2 && 2 * known > cells().count();
    let caption = "How many replicates of each arm reached the target, and in how many updates.";
    is_table.then(|| ReportTable::of("pivot", "At a glance", caption, &content).made_of(&["trials", "metrics"]))
}

/// The trials, where they are not too many for a page.
fn trials(results: &Results) -> Option<ReportTable> {
    (1..=LISTED).contains(&results.stored()).then(|| {
        let caption = "One row per training, by arm and replicate.";
        let table = ReportTable::of("trials", "Trials", caption, &table::trials(results));
        // On a page of a repository nothing is folded.
        let markdown = if table.rows > IN_MARKDOWN { String::new() } else { table.markdown };
        ReportTable { markdown, csv: String::new(), screen_only: table.rows > PRINTED, ..table }.made_of(&["trials"])
    })
}

/// The pages of components, by kind and name.
fn components(named: &[(String, String)]) -> Vec<ReportComponent> {
    let is_named = |kind: &str, name: &str| named.iter().any(|(of, known)| of == kind && known == name);
    let mut groups = Group::all();
    groups.iter_mut().for_each(|group| group.pages.retain(|page| is_named(group.singular, page.name)));
    groups.retain(|group| !group.pages.is_empty());
    let article = |Article { kind, name, anchor, html }| ReportComponent { kind, name, anchor, html };
    articles(&groups).into_iter().map(article).collect()
}

impl ReportTable {
    /// The table with the stored tables that it is made of.
    fn made_of(self, tables: &'static [&'static str]) -> Self {
        Self { made_of: tables, ..self }
    }

    fn of(id: &str, title: &str, caption: &str, content: &Table) -> Self {
        Self {
            id: id.to_owned(),
            rows: content.rows.len(),
            csv: table::csv(content).unwrap_or_default(),
            made_of: &[],
            screen_only: false,
            title: title.to_owned(),
            caption: caption.to_owned(),
            markdown: table::markdown(content),
            html: table::html_of(content, id, title),
        }
    }
}

/// Figures for the page, the PNG and PDF files beside it, and why figures are absent.
#[derive(Default)]
struct Drawn {
    figures: Vec<ReportFigure>,
    pictures: Vec<(PathBuf, Vec<u8>)>,
    notes: Vec<String>,
}

/// A figure that is to be drawn.
struct Asked<'a> {
    name: &'a str,
    /// Whether the suite names it; otherwise it is drawn where it can be.
    by_suite: bool,
    draw: Box<dyn Fn() -> Result<Vec<Picture>, NothingToDraw> + 'a>,
}

/// A picture in its three forms.
struct Painted {
    picture: Picture,
    svg: String,
    png: Vec<u8>,
    pdf: Vec<u8>,
}

fn draw<'a>(asked: impl Iterator<Item = Asked<'a>>) -> Drawn {
    let mut result = Drawn::default();
    for Asked { name, by_suite, draw } in asked {
        let painted = match paint(&*draw) {
            Ok(painted) => painted,
            // A figure that the suite names and that cannot be drawn deserves a word; a default one does not.
            Err(Unpainted::Nothing(absent)) => {
                result.notes.extend(by_suite.then(|| format!("no figure `{name}`: {absent}")));
                continue;
            }
            Err(Unpainted::Failed(reason)) => {
                result.notes.push(format!("no figure `{name}`: {reason}"));
                continue;
            }
        };
        for Painted { picture, svg, png, pdf } in painted {
            let count = result.figures.iter().filter(|figure| figure.stem.starts_with(&picture.name)).count();
            let stem = if count == 0 { picture.name } else { format!("{}-{}", picture.name, count + 1) };
            result.pictures.push((layout::figure(&format!("{stem}.png")), png));
            result.pictures.push((layout::figure(&format!("{stem}.pdf")), pdf));
            result.figures.push(ReportFigure { stem, title: picture.title, caption: picture.caption, svg });
        }
    }
    result
}

/// Why a figure is absent.
enum Unpainted {
    /// The results hold nothing for it.
    Nothing(NothingToDraw),
    /// Drawing it failed.
    Failed(String),
}

/// All pictures of a figure, or none of them.
fn paint(draw: &dyn Fn() -> Result<Vec<Picture>, NothingToDraw>) -> Result<Vec<Painted>, Unpainted> {
    let paint_all = || {
        let paint = |picture: Picture| {
            let failed = |error: RenderError| Unpainted::Failed(error.to_string());
            let (svg, png) = (picture.drawing.svg().map_err(failed)?, picture.drawing.png().map_err(failed)?);
            let pdf = picture.drawing.pdf().map_err(failed)?;
            Ok(Painted { picture, svg, png, pdf })
        };
        draw().map_err(Unpainted::Nothing)?.into_iter().map(paint).collect()
    };
    // The drawing library panics where a picture is beyond it.
    catch_unwind(AssertUnwindSafe(paint_all)).unwrap_or_else(|_| {
        let reason = "drawing it failed; report this with the suite that led to it";
        Err(Unpainted::Failed(reason.to_owned()))
    })
}

/// The command line of a session, to be typed again.
fn command(session: &ManifestSession) -> String {
    let arguments = session.command.iter().skip(1).map(|argument| shell_quote(argument));
    ["longlag".into()].into_iter().chain(arguments).collect::<Vec<_>>().join(" ")
}

/// The facts that identify the stored data.
fn identity(manifest: &Manifest) -> Vec<(String, String)> {
    vec![("table schema".to_owned(), manifest.schema.to_string())]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever a figure does, the others come.
    #[test]
    fn a_figure_that_fails_costs_nothing_but_itself() {
        let figure = |name, draw: fn() -> Result<Vec<Picture>, NothingToDraw>| Asked {
            name,
            by_suite: false,
            draw: Box::new(draw),
        };
        let heatmap = |title: &str| crate::results::figure::Heatmap {
            title: title.to_owned(),
            subtitle: String::new(),
            key: String::new(),
            columns: vec![],
            rows: vec![],
            notes: vec![],
        };
        let good = move || {
            let drawing = crate::results::figure::Drawing::Heatmap(heatmap("good"));
            let (name, title) = ("good".to_owned(), "good".to_owned());
            Ok(vec![Picture { name, title, caption: String::new(), drawing }])
        };
        let asked = [
            figure("panics", || panic!("beyond the library")),
            figure("has nothing", || Err(NothingToDraw("nothing".to_owned()))),
            Asked { name: "good", by_suite: false, draw: Box::new(good) },
        ];
        let drawn = draw(asked.into_iter());
        assert_eq!(drawn.figures.len(), 1);
        assert_eq!(drawn.figures[0].stem, "good");
        assert_eq!(drawn.notes, ["no figure `panics`: drawing it failed; report this with the suite that led to it"]);
    }
}
