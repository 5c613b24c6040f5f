//! The equations of registered cells and activations, ready to copy into a suite.

use serde_json::json;

use crate::{
    component::{
        activation::{ActivationSpec, Activations},
        cell::CellSpec,
    },
    equations::{Sized, print, print_value},
    graph::Builder,
    text::spelled,
};

/// Inputs and hidden units at which a cell is printed; the first are those of the example.
const SIZES: [[usize; 2]; 4] = [[2, 64], [3, 80], [5, 48], [7, 96]];

/// A section of Markdown with the equations of the component `name` of the kind `kind`; none where there are no such.
pub fn equations(kind: &str, name: &str) -> Option<String> {
    let (text, told) = match kind {
        "cell" => cell(CellSpec::all().into_iter().find(|cell| cell.kind() == name)?)?,
        "activation" => activation(&ActivationSpec::all().into_iter().find(|activation| activation.kind() == name)?)?,
        _ => return None,
    };
    Some(format!("\n# Equations\n\n{told}\n\n```yaml\n{text}```\n"))
}

fn cell(cell: CellSpec) -> Option<(String, String)> {
    if matches!(cell, CellSpec::Equations(_)) {
        return None;
    }
    let sized = |[inputs, hidden]: [usize; 2]| Sized { graph: cell.graph(inputs, hidden), inputs, hidden };
    let printed = print(&SIZES.map(sized), &Activations)?;
    let [inputs, hidden] = SIZES[0];
    let laws = cell.laws(inputs, hidden);
    let mut lines = vec!["model:".to_owned(), format!("  hidden: {hidden}"), "  cell:".to_owned()];
    lines.extend(["    kind: equations".to_owned(), "    step: |".to_owned()]);
    lines.extend(printed.step.lines().map(|line| format!("      {line}")));
    if printed.step.is_empty() {
        // Nothing is named: all is in the output.
        *lines.last_mut()? = "    step: \"\"".to_owned();
    }
    lines.push(format!("    output: {}", spelled(&json!(printed.output))));
    if !laws.is_empty() {
        lines.push(format!("    start: {}", spelled(&json!(laws))));
    }
    let same = "The same cell with its default settings, trained to the same bits";
    let depends = SIZES[1..].iter().any(|[inputs, hidden]| cell.laws(*inputs, *hidden) != laws);
    let told = match (printed.at_all_sizes, depends) {
        (true, false) => format!("{same}, in any size:"),
        (true, true) => {
            format!("{same}; the numbers under `start` are those of {inputs} inputs and {hidden} hidden units:")
        }
        (false, _) => format!("{same}, for {hidden} hidden units:"),
    };
    Some((lines.join("\n") + "\n", told))
}

fn activation(activation: &ActivationSpec) -> Option<(String, String)> {
    if matches!(activation, ActivationSpec::Formula(_)) {
        return None;
    }
    let builder = Builder::new(5, 5);
    let output = activation.apply(builder.input());
    builder.output(output);
    let of = print_value(&builder.finish(), &Activations)?;
    let text =
        format!("model: {{cell: {{kind: elman, activation: {{kind: formula, of: {}}}}}}}\n", spelled(&json!(of)));
    Some((text, "The same function with its default settings:".to_owned()))
}
