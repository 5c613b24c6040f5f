//! Cells of equations beside the rest of a suite.

use serde_json::json;

use super::*;

fn cell(step: &str) -> Value {
    json!({"kind": "equations", "step": step, "output": "h'"})
}

/// The first line of what is said of a suite of this cell, without the file's name, and of what it would be after these settings.
fn told(cell: &Value, set: &[&str]) -> String {
    let keys = json!({"model": {"cell": cell, "hidden": 4}});
    planned(&keys, &PlanOptions::default(), set).map(|plan| plan.warnings.join("; ")).unwrap_or_else(|told| told)
}

/// The default law of recurrent parameters makes matrices: the vector that needs one of its own is pointed out, and the remedy works.
#[test]
fn a_diagonal_without_a_law_is_pointed_out_in_the_equations() {
    // A name that begins alike is another.
    let ind = cell("u_h1 = W x; h' = tanh(u_h1 + diagonal(u_h) * h + b)");
    let said = told(&ind, &[]);
    let step = "h' = tanh(u_h1 + diagonal(";
    let place = said.split(": ").next().expect("a place").rsplit(':').next().expect("a column").to_owned();
    let column: usize = place.parse().expect("a number");
    let text = json!({"version": 1, "name": "x", "replicates": 2, "task": {"kind": "adding", "length": 10},
        "model": {"cell": ind, "hidden": 4}, "train": {"updates": 3, "evaluate-every": 1}});
    let expected = text.to_string().find(step).expect("the equations") + step.len() + 1;
    assert_eq!(column, expected, "{said}");
    let remedy = "init: {parameters: {u_h: {kind: interval, low: 0, high: 1}}}";
    assert!(said.contains("model.cell.step: `orthogonal` makes matrices and `layer0.u_h` is a vector; "), "{said}");
    assert!(said.contains(remedy), "{said}");
    let (path, value) = ("init.parameters.u_h", "{kind: interval, low: 0, high: 1}");
    assert_eq!(told(&ind, &[&format!("{path}={value}")]), "");

    // A law that the suite chose is blamed itself.
    let said = told(&ind, &["init.recurrent={kind: orthogonal, gain: 0.5}"]);
    assert!(said.contains("init.recurrent") && said.contains(remedy), "{said}");
    let said = told(&ind, &["init.parameters.u_h=orthogonal"]);
    assert!(said.contains("init.parameters.u_h") && said.contains("such as `uniform` or `constant`"), "{said}");
    for law in ["uniform", "constant"] {
        let value = if law == "constant" { "{kind: constant, value: 1}" } else { law };
        assert_eq!(told(&ind, &[&format!("init.parameters.u_h={value}")]), "", "{law}");
    }
}

#[test]
fn constants_that_nothing_uses_are_told_with_the_nearest_name() {
    let mut leaky = cell("h' = h + dt * tanh(W x + U h + b)");
    leaky["constants"] = json!({"dt": 0.1});
    assert_eq!(told(&leaky, &[]), "");
    let said = told(&leaky, &["model.cell.constants.dtt=0.2"]);
    assert!(said.contains("the equations do not use it; did you mean `dt`? use it or delete it"), "{said}");
    let said = told(&leaky, &["model.cell.constants.momentum=0.2"]);
    assert!(said.contains("the equations do not use it; use it or delete it"), "{said}");
}

#[test]
fn cells_of_one_name_are_told() {
    let named = |name: &str, step: &str| {
        let mut cell = cell(step);
        cell["name"] = json!(name);
        cell
    };
    let swept = |cells: [Value; 2]| {
        let keys = json!({"sweep": [{"kind": "grid", "over": {"model.cell": cells, "model.hidden": [4, 5]}}]});
        planned(&keys, &PlanOptions::default(), &[]).map(|plan| plan.warnings.join("; "))
    };
    let (one, other) = ("h' = tanh(W x + U h + b)", "h' = sin(W x + U h + b)");
    assert_eq!(swept([named("a", one), named("b", other)]).as_deref(), Ok(""));
    assert_eq!(
        swept([named("a", one), named("a", other)]).as_deref(),
        Ok("2 cells of different equations have the name `a`; give each its own, or labels show the equations")
    );
    let empty = swept([named("", one), named("b", other)]).expect_err("refused");
    assert!(empty.contains("must not be an empty text"), "{empty}");
}
