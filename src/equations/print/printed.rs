//! Whole texts.

use std::collections::BTreeMap;

use super::{
    expression::{Expressions, Level},
    family::{Family, Sized},
    names::Names,
    order::Order,
    pattern::{Pattern, patterns},
};
use crate::{
    equations::{
        functions::Functions,
        source::{Source, Value},
    },
    graph::{Builder, Graph, NodeId, Op},
};

/// The equations of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    /// The statements.
    pub step: String,
    /// The output.
    pub output: String,
    /// Whether they are those of the graph at all sizes that were given, and not the first alone.
    pub at_all_sizes: bool,
}

/// The equations of one step at several sizes, from which exactly its graph is read again; none if they cannot say it.
pub fn print(sizes: &[Sized], functions: &dyn Functions) -> Option<Printed> {
    let patterns = patterns(functions);
    let first = sizes.get(..1)?;
    [(sizes, false), (sizes, true), (first, false), (first, true)].into_iter().find_map(|(sizes, explicit)| {
        let lines = lines(Family(sizes), functions, &patterns, explicit)?;
        let printed = Printed {
            step: lines.of_step.iter().map(|line| format!("{line}\n")).collect(),
            output: lines.value,
            at_all_sizes: sizes.len() > 1,
        };
        let reads_back = sizes.iter().all(|sized| reads_back(&printed, sized, functions));
        reads_back.then_some(printed)
    })
}

/// A function of the input, from which exactly its graph is read again; none if a formula cannot say it.
pub fn print_value(graph: &Graph, functions: &dyn Functions) -> Option<String> {
    let width = graph.nodes[graph.output.0].width;
    let sizes = [Sized { graph: graph.clone(), inputs: width, hidden: width }];
    let lines = lines(Family(&sizes), functions, &[], false)?;
    let text = lines.of_step.into_iter().chain([lines.value]).collect::<Vec<_>>().join("; ");
    let program = Value { of: &text, constants: &BTreeMap::new(), functions }.program(width).ok()?;
    let builder = Builder::new(width, width);
    let output = program.apply(functions, builder.input());
    builder.output(output);
    (builder.finish().canonical() == graph.canonical()).then_some(text)
}

fn reads_back(printed: &Printed, sized: &Sized, functions: &dyn Functions) -> bool {
    let none = (BTreeMap::new(), BTreeMap::new());
    let (step, output) = (&printed.step[..], &printed.output[..]);
    let source = Source { step, output, constants: &none.0, states: &none.1, functions };
    source.program(sized.inputs, sized.hidden).is_ok_and(|program| {
        let builder = Builder::new(sized.inputs, sized.hidden);
        program.write(functions, &builder);
        builder.finish().canonical() == sized.graph.canonical()
    })
}

struct Lines {
    of_step: Vec<String>,
    value: String,
}

fn lines(family: Family<'_>, functions: &dyn Functions, patterns: &[Pattern], explicit: bool) -> Option<Lines> {
    if !family.is_alike() {
        return None;
    }
    let graph = family.first();
    let order = Order::new(graph, patterns)?;
    let names = names(graph, &order, functions)?;
    let expressions = Expressions { family, order: &order, names, explicit };
    let mut of_step: Vec<String> = states(family, &order).into_iter().collect();
    for root in &order.lines {
        of_step.push(format!("{} = {}", expressions.names[root], expressions.whole(*root, Level::Sum)?));
    }
    // What is only named becomes a state here.
    for state in graph.states.iter().filter(|state| order.is_leaf(state.next) || !owns(graph, state.next, &state.name))
    {
        let value = match expressions.names.get(&state.next) {
            Some(name) => name.clone(),
            None => expressions.whole(state.next, Level::Sum)?,
        };
        of_step.push(format!("{}' = {value}", state.name));
    }
    let value = match expressions.names.get(&graph.output) {
        Some(name) => name.clone(),
        None => expressions.whole(graph.output, Level::Sum)?,
    };
    Some(Lines { of_step, value })
}

/// Whether a node's line is that of the state.
fn owns(graph: &Graph, node: NodeId, state: &str) -> bool {
    graph.states.iter().find(|known| known.next == node).is_some_and(|known| known.name == state)
}

/// The names of the nodes with lines of their own.
fn names(graph: &Graph, order: &Order<'_>, functions: &dyn Functions) -> Option<BTreeMap<NodeId, String>> {
    let parameters = graph.parameters.iter().map(|parameter| parameter.name.as_str());
    let states = graph.states.iter().map(|state| state.name.as_str());
    let mut free = Names::new(functions, parameters.chain(states));
    if !graph.states.iter().all(|state| free.is_state(&state.name)) {
        return None;
    }
    let name = |root: &NodeId| {
        let state = graph.states.iter().find(|state| state.next == *root);
        let name = state.map_or_else(
            || {
                let met = order.line(*root).into_iter().filter_map(|node| match graph.nodes[node.0].op {
                    Op::Linear { weight, .. } => Some(&graph.parameters[weight.0].name[..]),
                    Op::Parameter(parameter) => Some(&graph.parameters[parameter.0].name[..]),
                    _ => None,
                });
                free.fresh(&met.collect::<Vec<_>>())
            },
            |state| format!("{}'", state.name),
        );
        (*root, name)
    };
    Some(order.lines.iter().map(name).collect())
}

/// The line that says which states there are, where the others do not.
fn states(family: Family<'_>, order: &Order<'_>) -> Option<String> {
    let graph = family.first();
    let mut met: Vec<usize> = vec![];
    let mut meet = |state: usize| {
        if !met.contains(&state) {
            met.push(state);
        }
    };
    for root in order.roots() {
        for node in order.line(root) {
            if let Op::Previous { state, .. } = graph.nodes[node.0].op {
                meet(state.0);
            }
        }
        graph.states.iter().position(|state| state.next == root).into_iter().for_each(&mut meet);
    }
    let in_order = met.iter().enumerate().all(|(place, state)| place == *state);
    let width = |state: usize| {
        let sizes = family.0.iter();
        let mut usual = sizes.map(|sized| match &sized.graph.states[state] {
            state if state.name == "x" => state.width == sized.inputs,
            state => state.width == sized.hidden,
        });
        if usual.all(|usual| usual) { None } else { family.integer(|sized| sized.graph.states[state].width) }
    };
    let named: Vec<(String, bool)> = (0..graph.states.len())
        .map(|state| {
            let name = &graph.states[state].name;
            width(state).map_or((name.clone(), false), |width| (format!("{name}[{width}]"), true))
        })
        .collect();
    let said = !in_order || named.iter().any(|(_, wide)| *wide);
    said.then(|| format!("state {}", named.into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(", ")))
}
