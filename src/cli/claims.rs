//! `longlag claims`.

use std::io::Write;

use super::{
    Exit, Failure, arguments, github,
    tables::rendered,
    terminal::{opened, print_error},
    verdict_format::verdict_format,
};
use crate::{
    results::{
        claim::{self, Outcome, Verdict, verdicts},
        doubts,
        table::Format,
    },
    run::StoredRun,
    text::pluralize,
};

pub(super) fn claims(options: &arguments::Claims, out: &mut dyn Write) -> Result<Exit, Failure> {
    let format = verdict_format(&options.format)?;
    let claims = options.expectations.claims()?;
    let run = opened(|| StoredRun::open_with(&options.folder.run, claims))?;
    let results = run.results()?;
    doubts(&results).iter().for_each(|doubt| print_error(&doubt.to_string()));
    let verdicts = verdicts(&results);
    show(&results.suite, &verdicts, format, out)?;
    judge(&results.suite, &verdicts)
}

fn show(suite: &str, verdicts: &[Verdict], format: Option<Format>, out: &mut dyn Write) -> Result<(), Failure> {
    let shown = match format {
        None => claim::junit(suite, verdicts).map_err(Failure::operational)?,
        Some(Format::Json) => claim::document(suite, verdicts),
        Some(format) => rendered(format, &claim::table(verdicts))?,
    };
    Ok(out.write_all(shown.as_bytes())?)
}

/// The exit that the verdicts on claims of `suite` ask for, said on standard error and to GitHub.
pub(super) fn judge(suite: &str, verdicts: &[Verdict]) -> Result<Exit, Failure> {
    if github::is_active() {
        verdicts.iter().for_each(annotate);
        let table = Format::Markdown.render(&claim::table(verdicts), None)?;
        github::summarize(&format!("## Claims of {}\n\n{table}", crate::text::markdown(suite)));
    }
    if verdicts.is_empty() {
        print_error("the suite states no claims; add some under `claims` and run it again, or state one by --expect");
        return Ok(Exit::NothingComparable);
    }
    let count = |outcome: Outcome| verdicts.iter().filter(|verdict| verdict.outcome == outcome).count();
    let [supported, refuted, inconclusive] = [Outcome::Supported, Outcome::Refuted, Outcome::Inconclusive].map(count);
    let claims = pluralize(verdicts.len() as u64, "claim");
    print_error(&format!("{claims}: {supported} supported, {refuted} refuted, {inconclusive} inconclusive"));
    Ok(match (refuted, inconclusive) {
        (0, 0) => Exit::Ok,
        (0, _) => Exit::NothingComparable,
        _ => Exit::Mismatch,
    })
}

fn annotate(verdict: &Verdict) {
    let severity = match verdict.outcome {
        Outcome::Supported => github::Severity::Notice,
        Outcome::Refuted => github::Severity::Error,
        Outcome::Inconclusive => github::Severity::Warning,
    };
    let title = format!("{}: {}", verdict.claim.spec.id, verdict.outcome.name());
    print_error(&github::annotation(severity, &[("title", &title)], &verdict.sentence()));
}
