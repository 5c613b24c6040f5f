//! `longlag report`, and the report at the end of a run.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use super::{Exit, Failure, arguments, results::RunResults, tuning};
use crate::{
    results::{
        figure::FigureSpec,
        report::{Figure, Report, Summary},
        table::{self, Results, View},
    },
    store::{Manifest, StoreError, write_atomically},
    suite::Suite,
    text::shell_quote,
};

pub(super) fn report(options: &arguments::Report, out: &mut dyn Write) -> Result<Exit, Failure> {
    let run = RunResults::open(&options.folder.run)?;
    let results = run.gather()?;
    let tuning = tuning::candidates(&run.stages, &run.store)?;
    let manifest = Manifest::read(&run.dir)?;
    if !options.check {
        let report = write(&run.dir, &run.suite, &results, tuning.as_ref(), &manifest)?;
        writeln!(out, "{}", report.display())?;
        return Ok(Exit::Ok);
    }
    let stale: Vec<PathBuf> = files(&run.suite, &results, tuning.as_ref(), &manifest)?
        .into_iter()
        .filter(|(name, bytes)| fs::read(run.dir.join(name)).ok().as_ref() != Some(bytes))
        .map(|(name, _)| name)
        .collect();
    if stale.is_empty() {
        return Ok(Exit::Ok);
    }
    for name in stale {
        super::run::eprintln_quietly(&format!("stale: {}", run.dir.join(name).display()));
    }
    Ok(Exit::Mismatch)
}

/// Writes the report's files into `dir` and says where it is; `tuning` is the table of what was tried and chosen.
pub(super) fn write(
    dir: &Path,
    suite: &Suite,
    results: &Results,
    tuning: Option<&View>,
    manifest: &Manifest,
) -> Result<PathBuf, Failure> {
    let figures = dir.join("figures");
    fs::create_dir_all(&figures).map_err(StoreError::io("create the folder", &figures))?;
    for (name, bytes) in files(suite, results, tuning, manifest)? {
        let path = dir.join(name);
        write_atomically(&path, &bytes).map_err(StoreError::io("write", &path))?;
    }
    Ok(dir.join("report.html"))
}

/// Files with their bytes, relative to the run's folder.
type Files = Vec<(PathBuf, Vec<u8>)>;

/// Every file of the report.
fn files(suite: &Suite, results: &Results, tuning: Option<&View>, manifest: &Manifest) -> Result<Files, Failure> {
    let (figures, pictures) = draw(suite, results)?;
    let summary = table::summary(results);
    let tuning = tuning.map(|view| Summary {
        title: "Tuning".to_owned(),
        caption: "What was tried to choose each arm's settings, on seeds of its own and judged by validation data. None of these \
                  trials is part of any other number here."
            .to_owned(),
        markdown: table::markdown(view),
        html: table::html(view),
    });
    let report = Report {
        name: results.suite.clone(),
        about: results.about.clone(),
        warnings: warnings(results),
        reading: vec![],
        summaries: [Summary {
            title: "Summary".to_owned(),
            caption:
                "One row per arm, medians over replicates with 95 % intervals. Loss and accuracy are of the test set; \
                      chance is the best predictor that ignores the input."
                    .to_owned(),
            markdown: table::markdown(&summary),
            html: table::html(&summary),
        }]
        .into_iter()
        .chain(tuning)
        .collect(),
        figures,
        manifest: identity(manifest),
        commands: vec![command(manifest)],
    };
    Ok(report.files().into_iter().chain(pictures).collect())
}

/// The command line of the run, to be typed again.
fn command(manifest: &Manifest) -> String {
    let arguments = manifest.command.iter().skip(1).map(|argument| shell_quote(argument));
    ["longlag".into()].into_iter().chain(arguments).collect::<Vec<_>>().join(" ")
}

/// The suite's figures, for the page and as PNG files beside it.
fn draw(suite: &Suite, results: &Results) -> Result<(Vec<Figure>, Files), Failure> {
    let asked = suite.file.figures.clone();
    let specs = asked.clone().unwrap_or_else(FigureSpec::all);
    let (mut figures, mut pictures) = (vec![], vec![]);
    for spec in specs {
        let drawn = match spec.draw(results) {
            Ok(drawn) => drawn,
            Err(absent) => {
                // A figure that the suite names and that cannot be drawn deserves a word; a default one does not.
                if asked.is_some() {
                    super::run::eprintln_quietly(&format!("no figure `{}`: {absent}", spec.kind()));
                }
                continue;
            }
        };
        for named in drawn {
            let failed = |error| Failure::operational(format!("could not draw `{}`: {error}", named.name));
            let count = figures.iter().filter(|figure: &&Figure| figure.stem.starts_with(&named.name)).count();
            let stem = if count == 0 { named.name.clone() } else { format!("{}-{}", named.name, count + 1) };
            let svg = named.drawing.svg().map_err(failed)?;
            pictures.push((Path::new("figures").join(format!("{stem}.png")), named.drawing.png().map_err(failed)?));
            figures.push(Figure { stem, title: named.title.clone(), caption: named.caption.clone(), svg });
        }
    }
    Ok((figures, pictures))
}

/// Doubts about the results, foremost.
fn warnings(results: &Results) -> Vec<String> {
    let mut warnings = vec![];
    let missing = results.planned - results.stored();
    if missing > 0 {
        warnings.push(format!("{missing} of {} trials are missing: run the suite again to do them.", results.planned));
    }
    let failed = results.failed();
    if failed > 0 {
        warnings.push(format!("{failed} trials ended in an error and are not part of any number here."));
    }
    let diverged = results.diverged();
    if diverged > 0 {
        warnings.push(format!("{diverged} trials diverged; they count as not solved and their losses as infinite."));
    }
    warnings
}

/// What identifies the run; no clocks, so that the same results give the same report.
fn identity(manifest: &Manifest) -> Vec<(String, String)> {
    [
        ("longlag", manifest.longlag.clone()),
        ("engine", manifest.engine.clone()),
        ("device", manifest.device.clone()),
        ("numerics", manifest.numerics.to_string()),
        ("table schema", manifest.schema.to_string()),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .to_vec()
}
