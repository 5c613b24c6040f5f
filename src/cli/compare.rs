//! `longlag compare`.

use std::{io::Write, path::Path};

use super::{
    Exit, Failure, arguments, github,
    terminal::{print_error, width},
    verdict_format::verdict_format,
};
use crate::{
    results::{
        comparison::{
            self, Bits, Comparison, Standing, Strictness, arms_table, document, settings_table, trials_table,
        },
        table::{Format, Table},
    },
    run::{StoredRun, baseline_folder},
    store::layout::RESULTS,
    text::{markdown, pluralize, shell_quote},
};

/// The most arms without any change that are shown to a reader.
const UNCHANGED: usize = 20;
/// The most trials that are annotated: GitHub shows no more of a step.
const ANNOTATIONS: usize = 10;

pub(super) fn compare(options: &arguments::Compare, out: &mut dyn Write) -> Result<Exit, Failure> {
    let format = verdict_format(&options.format)?;
    let strictness = strictness(options)?;
    let open = |path: &Path| -> Result<comparison::Side, Failure> {
        Ok(StoredRun::open(path)?.side(path.display().to_string())?)
    };
    let (before, run) = match (&options.folders[..], &options.baseline) {
        ([before, run], None) => (before.clone(), run),
        ([run], Some(name)) => (baseline_folder(Path::new(RESULTS), name)?, run),
        ([_], None) => {
            return Err(Failure::usage(
                "name two runs, BASELINE and RUN, or the baseline by --baseline NAME and one run",
            ));
        }
        _ => return Err(Failure::usage("with --baseline NAME name one run, the one that is compared with it")),
    };
    if let (Some(name), false) = (&options.baseline, before.is_dir()) {
        let there = shell_quote(name);
        print_error(&format!(
            "there is no baseline {}; `longlag run SUITE.yaml --save-baseline {there}` makes it",
            before.display()
        ));
        return Ok(Exit::NothingComparable);
    }
    let found = comparison::compare(&open(&before)?, &open(run)?, strictness);

    let sections = sections(&found);
    match format {
        None => out.write_all(comparison::junit(&found).map_err(Failure::operational)?.as_bytes())?,
        Some(Format::Json) => out.write_all(document(&found).as_bytes())?,
        // What a spreadsheet takes is one table.
        Some(format @ Format::Csv) => {
            out.write_all(format.render(&arms_table(&found, usize::MAX), None)?.as_bytes())?
        }
        Some(Format::Markdown) => out.write_all(in_markdown(&found, &sections)?.as_bytes())?,
        Some(format) => {
            for (title, table) in &sections {
                writeln!(out, "{title}\n{}", format.render(table, width())?)?;
            }
        }
    }
    if github::is_active() {
        annotate(&found);
        github::summarize(&in_markdown(&found, &sections)?)?;
    }
    facts(&found).iter().for_each(|fact| print_error(fact));
    print_error(&summary(&found));
    let regressed = found.standing(Standing::Regressed).count();
    Ok(if regressed > 0 || (found.changed() > 0 && !options.accept_numerics) {
        Exit::Mismatch
    } else if found.arms.is_empty()
        || found.missing() + found.incomparable() > 0
        || !found.gone.is_empty()
        || found.standing(Standing::Undecided).next().is_some()
    {
        Exit::NothingComparable
    } else {
        Exit::Ok
    })
}

fn strictness(options: &arguments::Compare) -> Result<Strictness, Failure> {
    let &arguments::Compare { threshold, alpha, .. } = options;
    if !(threshold >= 0.0 && threshold.is_finite()) {
        return Err(Failure::usage(format!("--threshold {threshold}: give a number of at least 0, such as 0.05")));
    }
    if !(alpha > 0.0 && alpha <= 0.5) {
        return Err(Failure::usage(format!(
            "--alpha {alpha}: give a probability above 0 and at most 0.5, such as 0.05"
        )));
    }
    Ok(Strictness { threshold, alpha })
}

/// The tables that have rows, with their titles.
fn sections(found: &Comparison) -> Vec<(&'static str, Table)> {
    let all = [
        ("Settings that differ", settings_table(found)),
        ("Trials whose bits are not the same", trials_table(found)),
        ("Arms", arms_table(found, UNCHANGED)),
    ];
    all.into_iter().filter(|(_, table)| !table.rows.is_empty() || !table.notes.is_empty()).collect()
}

fn in_markdown(found: &Comparison, sections: &[(&'static str, Table)]) -> Result<String, Failure> {
    let mut text = format!("## {} against {}\n\n", markdown(&found.run), markdown(&found.baseline));
    text += &format!("{}\n", summary(found));
    for fact in facts(found) {
        text += &format!("\n- {}\n", markdown(&fact));
    }
    for (title, table) in sections {
        text += &format!("\n### {title}\n\n{}", Format::Markdown.render(table, None)?);
    }
    Ok(text)
}

/// Facts about what was not compared, one sentence each.
fn facts(found: &Comparison) -> Vec<String> {
    let mut facts = vec![];
    if found.arms.is_empty() {
        facts.push("nothing to compare: no arm of one has the settings or the label of one of the other".to_owned());
    }
    let [before, now] = &found.builds;
    if before != now {
        let told = |builds: &[String]| if builds.is_empty() { "not known".to_owned() } else { builds.join("; ") };
        facts.push(format!("the builds differ: {} before, {} now", told(before), told(now)));
    }
    let mut reasons: Vec<&str> = vec![];
    for trial in &found.trials {
        if let Bits::Incomparable(reason) = &trial.bits
            && !reasons.contains(&reason.as_str())
        {
            reasons.push(reason);
        }
    }
    for reason in reasons {
        let count = found.count(|bits| matches!(bits, Bits::Incomparable(other) if other == reason));
        facts.push(format!("{} not comparable: {reason}", pluralize(count as u64, "trial")));
    }
    let undecided = found.standing(Standing::Undecided).count() as u64;
    if undecided > 0 {
        let arms = pluralize(undecided, "arm");
        facts.push(format!(
            "{arms} with too few replicates to tell anything from chance after the correction; give more `replicates`"
        ));
    }
    for (labels, side) in [(&found.gone, "baseline"), (&found.added, "run")] {
        if !labels.is_empty() {
            let some: Vec<&str> = labels.iter().take(3).map(String::as_str).collect();
            let more = if labels.len() > some.len() { ", …" } else { "" };
            let arms = pluralize(labels.len() as u64, "arm");
            facts.push(format!("{arms} of the {side} alone: {}{more}", some.join("; ")));
        }
    }
    facts
}

/// The outcome in a sentence.
fn summary(found: &Comparison) -> String {
    let standing = |standing: Standing| found.standing(standing).count();
    format!(
        "{}: {} identical, {} changed, {} missing, {} new; {}: {} regressed, {} improved, {} of too few replicates, {} within noise, \
         {} without change",
        pluralize(found.trials.len() as u64, "trial"),
        found.identical(),
        found.changed(),
        found.missing(),
        found.count(|bits| *bits == Bits::New),
        pluralize(found.arms.len() as u64, "arm"),
        standing(Standing::Regressed),
        standing(Standing::Improved),
        standing(Standing::Undecided),
        standing(Standing::WithinNoise),
        standing(Standing::NoChange),
    )
}

fn annotate(found: &Comparison) {
    let error = |title: &str, message: &str| {
        print_error(&github::annotation(github::Severity::Error, &[("title", title)], message));
    };
    for arm in found.standing(Standing::Regressed).take(ANNOTATIONS) {
        error("regressed", &arm.sentence());
    }
    let changed = found.trials.iter().filter(|trial| matches!(trial.bits, Bits::Other { .. }));
    for trial in changed.take(ANNOTATIONS) {
        error("numerics changed", &format!("{} replicate {}: {}", trial.arm, trial.replicate, trial.bits.sentence()));
    }
}
