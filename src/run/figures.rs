//! The figures that a plan cannot give, known before anything is trained.

use super::{Stages, arms, reach, tuning};
use crate::{
    plan::Plan,
    results::{
        Circumstances,
        figure::{FigureSpec, refuse_averages_of_searches},
        table::{ArmResults, Results},
    },
    suite::Suite,
};

/// For each figure that the suite names and that nothing the plan gives will draw: why.
pub fn undrawable_figures(suite: &Suite, plan: &Plan) -> Vec<String> {
    let figures = suite.file.figures.as_deref().unwrap_or_default();
    // What cannot even be staged says so elsewhere.
    let Some(stages) = (!figures.is_empty()).then(|| Stages::new(plan, None, |_, _, _| true).ok()).flatten() else {
        return vec![];
    };
    let reported = &stages.reported;
    // Of what is not stored there is nothing that cannot be read.
    let tuning = tuning::ledger(&stages, None, None).ok().flatten();
    let mut planned = Results {
        suite: suite.file.name.clone(),
        about: suite.file.about.clone(),
        arms: arms(reported).into_iter().map(|arm| ArmResults { arm, trials: vec![] }).collect(),
        planned: reported.len(),
        circumstances: Circumstances { tuning, ..Circumstances::default() },
        claims: reported.claims().to_vec(),
    };
    planned.circumstances.reach = reach::found(&stages, None, &planned);
    let reason = |figure: &FigureSpec| {
        let reason = refuse_averages_of_searches(&**figure, &planned).and_then(|()| figure.fits(&planned)).err()?;
        Some(format!("the figure `{}` will not be drawn: {reason}", figure.kind()))
    };
    figures.iter().filter_map(reason).collect()
}
