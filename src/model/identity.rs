//! The settings by which one model is told from another.

use serde_json::{Value, json};

use super::ModelSpec;
use crate::{
    component::{
        activation::ActivationSpec,
        cell::{Cell as _, CellSpec, Equations},
    },
    graph::{Builder, canonical},
};

impl ModelSpec {
    /// The settings of the model as a tree in which the graph stands in place of the text of equations and formulas: another name for
    /// a value, a space or a comment makes no other model.
    pub fn identity(&self) -> Value {
        let mut tree = json!(self);
        if let CellSpec::Equations(equations) = &self.cell
            && let Some(graph) = step(equations, self.hidden)
        {
            tree["cell"] = json!(Equations { step: graph, start: equations.start.clone(), ..Equations::default() });
        }
        let formula = |activation: &ActivationSpec, place: &mut Value| {
            if matches!(activation, ActivationSpec::Formula(_)) && activation.mistakes().is_empty() {
                *place = json!({"kind": activation.kind(), "of": function(activation), "constants": {}});
            }
        };
        // A cell has one activation.
        for activation in self.cell.activations() {
            formula(activation, &mut tree["cell"]["activation"]);
        }
        for (index, dense) in self.readout.dense.iter().enumerate() {
            formula(&dense.activation, &mut tree["readout"]["dense"][index]["activation"]);
        }
        tree
    }
}

/// The step as text, for inputs of some sizes; none if it does not fit any.
fn step(equations: &Equations, hidden: usize) -> Option<String> {
    // Where the number of inputs is named, two tell how it counts.
    let named = [&equations.step, &equations.output].iter().any(|text| text.contains("inputs"));
    let fitting = [3, hidden, 1, 2, 7].into_iter().filter(|inputs| equations.misfit(*inputs, hidden).is_none());
    let graphs: Vec<String> = fitting
        .take(1 + usize::from(named))
        .map(|inputs| <dyn crate::component::cell::Cell>::graph(equations, inputs, hidden))
        .map(|graph| graph.canonical() + &graph.order_of_readers())
        .collect();
    (!graphs.is_empty()).then(|| blake3::hash(graphs.join("\n").as_bytes()).to_hex().to_string())
}

/// A function as text.
fn function(activation: &ActivationSpec) -> String {
    let builder = Builder::new(2, 2);
    let output = activation.apply(builder.input());
    builder.output(output);
    let graph = builder.finish();
    let names: Vec<&str> = graph.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    let text =
        format!("{}\n{}", names.join(" "), canonical(&graph.nodes, &[graph.output])) + &graph.own_order_of_readers();
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use crate::{plan::Plan, suite::Suite};

    fn ids(step: &str, more: &str) -> Vec<String> {
        let step = step.lines().map(|line| format!("      {line}\n")).collect::<String>();
        let text = format!(
            "version: 1\nname: x\ntask: {{kind: adding, length: 9}}\nmodel:\n  hidden: 4\n  cell:\n    kind: equations\n    \
             output: h'\n    step: |\n{step}{more}"
        );
        let plan = Plan::new(&Suite::parse(&text).expect("a suite"), &Default::default()).expect("a plan");
        plan.trials().map(|trial| plan.trial_id(trial)).collect()
    }

    #[test]
    fn the_graph_and_not_the_text_identifies_a_trial() {
        let plain = ids("z = sigmoid(W_z x + U_z h + b_z)\nh' = z * h + (1 - z) * tanh(W_c x)", "");
        for same in [
            "gate = sigmoid(W_z x + U_z h + b_z)  # renamed\nh'=gate*h+(1-gate)*(tanh(W_c x))",
            "z = sigmoid(W_z x + U_z h\n   + b_z)\nc = tanh(W_c x)\nh' = z * h + (1 - z) * c",
        ] {
            assert_eq!(ids(same, ""), plain, "{same}");
        }
        let constants = "    constants: {one: 1}\n";
        assert_eq!(ids("z = sigmoid(W_z x + U_z h + b_z)\nh' = z * h + (one - z) * tanh(W_c x)", constants), plain);
        for other in [
            // Gradients by x are added up in another order.
            "c = tanh(W_c x)\nz = sigmoid(W_z x + U_z h + b_z)\nh' = z * h + (1 - z) * c",
            "z = sigmoid(W_y x + U_z h + b_z)\nh' = z * h + (1 - z) * tanh(W_c x)",
            "z = sigmoid(W_z x + U_z h + b_z)\nh' = z * h + (1 - z) * sin(W_c x)",
            "z = sigmoid(W_z x + U_z h + b_z)\nh' = z * h + (inputs - z) * tanh(W_c x)",
        ] {
            assert_ne!(ids(other, ""), plain, "{other}");
        }
        let start = "    start: {b_z: {kind: constant, value: 1}}\n";
        assert_ne!(ids("z = sigmoid(W_z x + U_z h + b_z)\nh' = z * h + (1 - z) * tanh(W_c x)", start), plain);
    }

    #[test]
    fn the_function_and_not_its_text_identifies_a_trial() {
        let ids = |activation: &str| {
            let text = format!(
                "version: 1\nname: x\ntask: {{kind: adding, length: 9}}\nmodel:\n  cell: {{kind: elman, activation: {{kind: formula, \
                 {activation}}}}}\n  readout: {{dense: [{{units: 4, activation: {{kind: formula, {activation}}}}}]}}\n"
            );
            let plan = Plan::new(&Suite::parse(&text).expect("a suite"), &Default::default()).expect("a plan");
            plan.trials().map(|trial| plan.trial_id(trial)).collect::<Vec<_>>()
        };
        let plain = ids("of: x * sigmoid(1.702 * x)");
        assert_eq!(ids("of: \"s = sigmoid(1.702*x); x * s\""), plain);
        assert_eq!(ids("of: x * sigmoid(beta * x), constants: {beta: 1.702}"), plain);
        assert_ne!(ids("of: x * sigmoid(1.703 * x)"), plain);
        // Of three gradients by x the order counts, in which they are added up.
        let usual = ids("of: \"s = sin(x); a = abs(x); s * a * x\"");
        assert_eq!(ids("of: sin(x) * abs(x) * x"), usual);
        assert_ne!(ids("of: \"a = abs(x); s = sin(x); s * a * x\""), usual);
    }
}
