//! `longlag check`.

use std::io::Write;

use super::{Exit, Failure, arguments};
use crate::{
    plan::{Plan, PlanOptions},
    suite::Suite,
};

pub(super) fn check(options: &arguments::Check, out: &mut dyn Write) -> Result<Exit, Failure> {
    let mut problems = vec![];
    for path in &options.suites {
        let checked = Suite::load(path, vec![], false).and_then(|suite| Plan::new(&suite, &PlanOptions::default()));
        match checked {
            Ok(plan) => {
                for warning in &plan.warnings {
                    super::run::eprintln_quietly(&format!("warning: {}: {warning}", path.display()));
                }
                let (arms, trials) = (plan.arms(), plan.len());
                writeln!(out, "{}: ok, {arms} arms, {trials} trials", path.display())?;
            }
            Err(found) => problems.push(found.to_string()),
        }
    }
    if problems.is_empty() { Ok(Exit::Ok) } else { Err(Failure::usage(problems.join("\n"))) }
}
