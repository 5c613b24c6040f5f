//! `longlag check`.

use std::{io::Write, path::Path};

use super::{Exit, Failure, arguments, github, terminal::print_error};
use crate::{
    plan::{Plan, PlanOptions},
    run::undrawable_figures,
    suite::{Problems, Suite},
    text::pluralize,
};

pub(super) fn check(options: &arguments::Check, out: &mut dyn Write) -> Result<Exit, Failure> {
    let mut problems = vec![];
    for path in &options.suites {
        match planned(path) {
            Ok((plan, figures)) => {
                for warning in plan.warnings.iter().chain(&figures) {
                    if github::is_active() {
                        let file = path.display().to_string();
                        print_error(&github::annotation(github::Severity::Warning, &[("file", &file)], warning));
                    }
                    print_error(&format!("warning: {}: {warning}", path.display()));
                }
                let arms = plan.searched_arms();
                let each = plan.along().map_or(plan.replicates(), |along| along.spec.trials);
                let reported = arms * each as usize;
                let up_to = if plan.along().is_some() { "up to " } else { "" };
                let trials =
                    up_to.to_owned() + &pluralize(reported + plan.tuning().map_or(0, |tuning| tuning.len()), "trial");
                let arms = pluralize(arms, "arm");
                writeln!(out, "{}: ok, {arms}, {trials}", path.display())?;
            }
            Err(found) => {
                if github::is_active() {
                    github::annotations(&found).iter().for_each(|annotation| print_error(annotation));
                }
                problems.push(found.to_string());
            }
        }
    }
    if problems.is_empty() { Ok(Exit::Ok) } else { Err(Failure::usage(problems.join("\n"))) }
}

/// The plan of the suite, whose small version was checked as well, and why figures that the suite names will not be drawn.
fn planned(path: &Path) -> Result<(Plan, Vec<String>), Problems> {
    let plan = |quick: bool| {
        let suite = Suite::load(path, vec![], quick)?;
        Ok((Plan::new(&suite, &PlanOptions::default())?, suite))
    };
    let (whole, suite) = plan(false)?;
    if suite.file.quick.is_some() {
        plan(true)?;
    }
    let figures = undrawable_figures(&suite, &whole);
    Ok((whole, figures))
}
