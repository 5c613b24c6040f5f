//! `longlag compare`.

use std::{io::Write, path::Path};

use super::{
    Exit, Failure, arguments, github,
    tables::rendered,
    terminal::{opened, print_error},
    verdict_format::verdict_format,
};
use crate::{
    results::{
        comparison::{
            self, Bits, ComparedArm, Comparison, Standing, Strictness, Verdict, arms_table, document, settings_table,
            trials_table,
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
        Ok(opened(|| StoredRun::open(path))?.side(path.display().to_string())?)
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
        let message = format!(
            "there is no baseline {}; `longlag run SUITE.yaml --save-baseline {there}` makes it",
            before.display()
        );
        print_error(&message);
        if github::is_active() {
            print_error(&github::annotation(github::Severity::Error, &[("title", "no baseline")], &message));
            github::summarize(&format!("## {}\n\n{}\n", markdown(&run.display().to_string()), markdown(&message)));
        }
        return Ok(Exit::NothingComparable);
    }
    let found = comparison::compare(&open(&before)?, &open(run)?, strictness);

    let sections = sections(&found);
    let shown = match format {
        None => comparison::junit(&found).map_err(Failure::operational)?,
        Some(Format::Json) => document(&found),
        // What a spreadsheet takes is one table.
        Some(format @ Format::Csv) => format.render(&arms_table(&found, usize::MAX), None)?,
        Some(Format::Markdown) => in_markdown(&found, &sections)?,
        Some(format) => {
            let titled = |(title, table): &(&str, Table)| Ok(format!("{title}\n{}\n", rendered(format, table)?));
            sections.iter().map(titled).collect::<Result<String, Failure>>()?
        }
    };
    out.write_all(shown.as_bytes())?;
    let facts = facts(&found);
    if github::is_active() {
        annotate(&found, &facts);
        github::summarize(&in_markdown(&found, &sections)?);
    }
    facts.iter().for_each(|fact| print_error(fact));
    print_error(&summary(&found));
    Ok(match found.verdict() {
        Verdict::Passed => Exit::Ok,
        Verdict::Failed => Exit::Mismatch,
        Verdict::Incomplete => Exit::NothingComparable,
    })
}

fn strictness(options: &arguments::Compare) -> Result<Strictness, Failure> {
    let &arguments::Compare { threshold, alpha, accept_numerics, .. } = options;
    if !(threshold >= 0.0 && threshold.is_finite()) {
        return Err(Failure::usage(format!("--threshold {threshold}: give a number of at least 0, such as 0.05")));
    }
    if !(alpha > 0.0 && alpha <= 0.5) {
        return Err(Failure::usage(format!(
            "--alpha {alpha}: give a probability above 0 and at most 0.5, such as 0.05"
        )));
    }
    Ok(Strictness { threshold, alpha, accept_numerics })
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
    let [before, now] = &found.suites;
    if before != now {
        facts.push(format!("the suites differ: `{before}` before, `{now}` now; compared is what both have"));
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
    let arms_that = |count: usize| pluralize(count as u64, "arm");
    let mut reasons: Vec<&str> = found.arms.iter().filter_map(|arm| arm.reason.as_deref()).collect();
    reasons.sort_unstable();
    reasons.dedup();
    for reason in reasons {
        let count = found.arms.iter().filter(|arm| arm.reason.as_deref() == Some(reason)).count();
        facts.push(format!("{} not compared: {reason}", arms_that(count)));
    }
    let short = |arm: &&ComparedArm| arm.lacking > 0 && arm.standing != Standing::NotCompared;
    let short: Vec<usize> = found.arms.iter().filter(short).map(|arm| arm.lacking).collect();
    if !short.is_empty() {
        let replicates = pluralize(short.iter().sum::<usize>() as u64, "replicate");
        facts
            .push(format!("{} of which the run has no result of {replicates} of the baseline", arms_that(short.len())));
    }
    let undecided = found.standing(Standing::Undecided).count();
    if undecided > 0 {
        let remedy = match found.replicates_that_decide() {
            Some(replicates) => format!("{replicates} `replicates` in both could, or fewer in fewer arms (`--only`)"),
            None => "compare fewer arms (`--only`)".to_owned(),
        };
        facts.push(format!(
            "{} with too few replicates to tell a change from chance after the correction for all arms and metrics; {remedy}",
            arms_that(undecided)
        ));
    }
    for (labels, side) in [(&found.gone, "baseline"), (&found.added, "run")] {
        if !labels.is_empty() {
            let some: Vec<&str> = labels.iter().take(3).map(String::as_str).collect();
            let more = match labels.len() - some.len() {
                0 => String::new(),
                more => format!("; {more} more"),
            };
            let arms = pluralize(labels.len() as u64, "arm");
            facts.push(format!("{arms} of the {side} alone: {}{more}", some.join("; ")));
        }
    }
    facts
}

/// The outcome in a sentence.
fn summary(found: &Comparison) -> String {
    let listed = |counts: &[(usize, &str)]| -> String {
        let some: Vec<String> =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
        some.join(", ")
    };
    let trials = listed(&[
        (found.identical(), "identical"),
        (found.changed(), "changed"),
        (found.missing(), "missing"),
        (found.new_trials(), "new"),
        (found.incomparable(), "not comparable"),
    ]);
    let arms: Vec<(usize, &str)> =
        Standing::ALL.into_iter().map(|standing| (found.standing(standing).count(), standing.name())).collect();
    let trials = match found.trials.len() {
        0 => "no trial of the same settings and seed in both".to_owned(),
        count => format!("{}: {trials}", pluralize(count as u64, "trial")),
    };
    let arms = match found.arms.len() {
        0 => "no arm in both".to_owned(),
        count => format!("{}: {}", pluralize(count as u64, "arm"), listed(&arms)),
    };
    format!("{}: {trials}; {arms}", found.verdict().name())
}

/// Annotates what fails, and what is missing where that is why it does not pass.
fn annotate(found: &Comparison, facts: &[String]) {
    let tell = |severity, title: &str, message: &str| {
        print_error(&github::annotation(severity, &[("title", title)], message));
    };
    for arm in found.standing(Standing::Regressed).take(ANNOTATIONS) {
        tell(github::Severity::Error, "regressed", &arm.sentence());
    }
    let changed = found.trials.iter().filter(|trial| trial.bits.is_changed());
    let severity = if found.strictness.accept_numerics { github::Severity::Notice } else { github::Severity::Error };
    for trial in changed.take(ANNOTATIONS) {
        let message = format!("{} replicate {}: {}", trial.arm, trial.replicate, trial.bits.sentence());
        tell(severity, "numerics changed", &message);
    }
    if found.verdict() == Verdict::Incomplete {
        tell(github::Severity::Error, "not all can be compared", &summary(found));
    }
    for fact in facts.iter().take(ANNOTATIONS) {
        tell(github::Severity::Warning, "comparison", fact);
    }
}
