//! Comparison and selection.

use longlag::graph::{Relation, select};

use super::pointwise::{Argument, assert_matches, evaluate};

const RELATIONS: [Relation; 4] = [Relation::Less, Relation::LessOrEqual, Relation::Greater, Relation::GreaterOrEqual];

fn holds(relation: Relation, x: f64, threshold: f64) -> bool {
    match relation {
        Relation::Less => x < threshold,
        Relation::LessOrEqual => x <= threshold,
        Relation::Greater => x > threshold,
        Relation::GreaterOrEqual => x >= threshold,
    }
}

/// At the threshold itself, too; value and derivative follow the branch taken.
#[test]
fn the_branch_taken_is_the_one_whose_condition_holds() {
    for relation in RELATIONS {
        for threshold in [-0.5, 0.0, 1.25] {
            let points = [-2.0, -0.5, -0.25, 0.0, 0.5, 1.0, 1.25, 3.0];
            assert_matches(
                &format!("{relation:?} {threshold}"),
                &points,
                |_, x| select(x, relation, threshold, x * 3.0, x.unary(longlag::graph::Unary::Square)),
                |x| if holds(relation, x, threshold) { (3.0 * x, 3.0) } else { (x * x, 2.0 * x) },
            );
        }
    }
}

#[test]
fn no_comparison_holds_with_nan() {
    for relation in RELATIONS {
        let chosen = evaluate::<f64>(&[f64::NAN], Argument::Once, |_, x| {
            select(x, relation, 0.0, x.constant(1.0), x.constant(2.0))
        });
        assert_eq!(chosen[0].0, 2.0, "{relation:?}");
        let chosen = evaluate::<f32>(&[f64::NAN], Argument::EveryStep, |_, x| {
            select(x, relation, 0.0, x.constant(1.0), x.constant(2.0))
        });
        assert_eq!(chosen[0].0, 2.0, "{relation:?}");
    }
}

/// A number that is not finite in the branch not taken touches neither value nor derivative.
#[test]
fn the_branch_not_taken_is_not_seen() {
    let points = [0.25, 1.0, 4.0];
    let wanted = |x: f64| (2.0 * x, 2.0);
    assert_matches(
        "an infinity aside",
        &points,
        |_, x| select(x, Relation::Greater, 0.0, x * 2.0, x.constant(f64::INFINITY)),
        wanted,
    );
    assert_matches(
        "NaN aside",
        &points,
        |_, x| select(x, Relation::LessOrEqual, 0.0, x.constant(f64::NAN), x * 2.0),
        wanted,
    );
}

#[test]
fn both_branches_may_be_one_vector() {
    for relation in RELATIONS {
        let points = [-1.0, 0.0, 2.0];
        let wanted = |x: f64| (x, 1.0);
        assert_matches(&format!("{relation:?}"), &points, |_, x| select(x, relation, 0.0, x, x), wanted);
        let hidden = format!("{relation:?} with x·1");
        assert_matches(&hidden, &points, |_, x| select(x, relation, 0.0, x * 1.0, x), wanted);
    }
}

/// A parameter that is only compared has no influence on the derivative, but a gradient all the same.
#[test]
fn what_is_only_compared_has_a_derivative_of_zero() {
    let points = [-1.0, 2.0];
    let compared = |x: f64| (if x > 0.0 { 5.0 } else { 7.0 }, 0.0);
    assert_matches(
        "compared",
        &points,
        |_, x| select(x, Relation::Greater, 0.0, x.constant(5.0), x.constant(7.0)),
        compared,
    );
}
