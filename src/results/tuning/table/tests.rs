use super::*;
use crate::{results::tuning::TunedArm, train::MetricName};

/// An arm of so many candidates of two settings, of which the first is chosen, then the others in order; all but the first two need the
/// whole budget.
fn arm(candidates: usize) -> TunedArm {
    let candidate = |number: usize| Candidate {
        settings: vec![
            Setting::new("optimizer.learning-rate", (0.001 * (number + 1) as f64).into()),
            Setting::new("init.recurrent", "identity".into()),
        ],
        statuses: [(Status::Finished, 1)].into(),
        solved: Some(usize::from(number < 2)),
        loss: Some(0.5),
        score: Some(if number < 2 { 100.0 * (number + 1) as f64 } else { 1000.0 }),
        rank: Some(number + 1),
    };
    TunedArm { label: "lstm".to_owned(), candidates: (0..candidates).map(candidate).collect(), chosen: Some(0) }
}

fn ledger(candidates: usize) -> Ledger {
    Ledger { score: MetricName::UpdatesToTarget, replicates: 1, arms: vec![arm(candidates)] }
}

fn names(table: &Table) -> Vec<&str> {
    table.columns.iter().map(|column| column.name.as_str()).collect()
}

#[test]
fn an_overview_shows_a_few_candidates_one_by_one_and_many_not() {
    let few = overview(&ledger(3));
    assert_eq!(names(&few)[4..], ["chosen", "edge", "diverged"]);
    let shown: Vec<String> = few.rows[0][1..6].iter().map(Cell::shown).collect();
    let chosen = join(&arm(1).candidates[0].settings);
    assert_eq!(shown, ["at 100", "at 200", "loss 0.5", chosen.as_str(), "lowest learning-rate"]);
    let many = overview(&ledger(9));
    assert_eq!(names(&many), ["arm", "chosen", "edge", "diverged"]);
}

#[test]
fn the_budget_is_in_order_and_ends_at_what_was_chosen() {
    let table = budget_table(&ledger(4));
    let shown: Vec<String> = table.rows.iter().map(|row| row[2].shown()).collect();
    // One of four: (100 + 200 + 1000 + 1000)/4.
    assert_eq!(shown, ["575 [100, 1000]", "283 [100, 1000]", "125 [100, 200]", "100 [100, 100]"]);
    let mut unfinished = ledger(4);
    unfinished.arms[0].candidates[3].rank = None;
    assert_eq!(budget_table(&unfinished).rows.len(), 0);
}

/// A value that is no number has no edge, nor has one of two numbers, of which each is the least or the greatest.
#[test]
fn an_edge_is_the_least_or_the_greatest_of_three_numbers_or_more() {
    let edges =
        |arm: &TunedArm| -> Vec<String> { (0..arm.candidates.len()).map(|number| sides(&arm.edges(number))).collect() };
    assert_eq!(edges(&arm(3)), ["lowest learning-rate", "", "highest learning-rate"]);
    for few in [1, 2] {
        assert_eq!(edges(&arm(few)), vec![""; few]);
    }
    assert_eq!(arm(1).edges(7), []);
    // Two values, each tried with two of another setting, are still two.
    let twice = [arm(2), arm(2)].into_iter().flat_map(|arm| arm.candidates).collect();
    assert_eq!(edges(&TunedArm { candidates: twice, ..arm(2) }), [""; 4]);
}

#[test]
fn every_column_is_described_in_order() {
    let described = |columns: &[(&'static str, &str)]| columns.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    let table = candidate_table(&ledger(3));
    let own: Vec<&str> = names(&table).into_iter().filter(|name| !name.contains('.')).collect();
    let other: Vec<&str> = described(&LEDGER_COLUMNS).into_iter().filter(|name| !name.contains('.')).collect();
    assert_eq!(own, other);
    assert_eq!(names(&budget_table(&ledger(3))), described(&BUDGET_COLUMNS));
}
