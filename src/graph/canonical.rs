//! Graphs as text, to tell whether two compute the same in the same way.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
};

use super::{Binary, Clock, Graph, Kind, Law, Node, NodeId, Op, Relation, Renewal, Unary};

/// The nodes that `results` depend on as text, one line each. Neither the order in which they were written down nor nodes that no
/// result needs change it; every operation, width and constant does.
pub fn canonical(nodes: &[Node], results: &[NodeId]) -> String {
    let mut writer = Writer { nodes, numbers: HashMap::new(), text: String::new() };
    for &result in results {
        let number = writer.number(result);
        let _ = writeln!(writer.text, "result {number}");
    }
    writer.text
}

impl Graph {
    /// The step as text: parameters and states in order, then what [`canonical`] says of its nodes.
    pub fn canonical(&self) -> String {
        let mut text = String::new();
        for parameter in &self.parameters {
            let kind = match parameter.kind {
                Kind::Input => "input",
                Kind::Recurrent => "recurrent",
                Kind::Bias => "bias",
            };
            let _ = writeln!(text, "parameter {} {:?} {kind}", parameter.name, parameter.shape);
        }
        for state in &self.states {
            let _ = writeln!(text, "state {} {}", state.name, state.width);
        }
        text + &canonical(&self.nodes, &self.results())
    }

    /// The order in which the readers of each vector and each parameter stand, where there are several, one line each. Gradients are added
    /// up in it, so that graphs of one [`canonical`](Self::canonical) text that differ in it may differ in their last bits.
    ///
    /// What a suite writes is identified with it. The definition of a registered cell has no need of it: under one `NUMERICS` its bits are
    /// held by the golden chains, so that nobody can exchange its lines without raising that.
    pub fn order_of_readers(&self) -> String {
        spelled(self.readers())
    }

    /// The [order of readers](Self::order_of_readers) where it is another than that of the canonical text.
    pub fn own_order_of_readers(&self) -> String {
        let mut readers = self.readers();
        readers.retain(|_, readers| !readers.is_sorted());
        spelled(readers)
    }

    /// The readers of each vector and of each parameter that has several, in their order, by their numbers in the canonical text.
    fn readers(&self) -> BTreeMap<(bool, usize), Vec<usize>> {
        let mut writer = Writer { nodes: &self.nodes, numbers: HashMap::new(), text: String::new() };
        for result in self.results() {
            writer.number(result);
        }
        let numbers = writer.numbers;
        let mut readers: BTreeMap<(bool, usize), Vec<usize>> = BTreeMap::new();
        for (index, node) in self.nodes.iter().enumerate() {
            let Some(reader) = numbers.get(&NodeId(index)) else { continue };
            let mut read: Vec<(bool, usize)> =
                node.op.operands().iter().map(|operand| (false, numbers[operand])).collect();
            if let Op::Linear { weight, .. } | Op::Parameter(weight) = &node.op {
                read.push((true, weight.0));
            }
            read.into_iter().for_each(|value| readers.entry(value).or_default().push(*reader));
        }
        readers.retain(|_, readers| readers.len() > 1);
        readers
    }

    fn results(&self) -> Vec<NodeId> {
        self.states.iter().map(|state| state.next).chain([self.output]).collect()
    }
}

fn spelled(readers: BTreeMap<(bool, usize), Vec<usize>>) -> String {
    readers
        .into_iter()
        .map(|((is_parameter, value), readers)| format!("{is_parameter} {value}: {readers:?}\n"))
        .collect()
}

/// Numbers nodes in the order in which results need them.
struct Writer<'a> {
    nodes: &'a [Node],
    numbers: HashMap<NodeId, usize>,
    text: String,
}

impl Writer<'_> {
    /// The number of a node, which is written with all that it needs if it is new.
    fn number(&mut self, id: NodeId) -> usize {
        if let Some(&known) = self.numbers.get(&id) {
            return known;
        }
        let nodes = self.nodes;
        let node = &nodes[id.0];
        let operands: Vec<usize> = node.op.operands().into_iter().map(|operand| self.number(operand)).collect();
        let number = self.numbers.len();
        self.numbers.insert(id, number);
        let _ = write!(self.text, "{number} [{}] ", node.width);
        self.operation(id, &node.op);
        for operand in operands {
            let _ = write!(self.text, " {operand}");
        }
        self.text.push('\n');
        number
    }

    /// Writes an operation without its operands. `{:?}` keeps every bit of a number.
    fn operation(&mut self, id: NodeId, op: &Op) {
        let side = |transposed: &bool| if *transposed { " transposed" } else { "" };
        let text = &mut self.text;
        let _ = match op {
            Op::Input => write!(text, "input"),
            Op::Previous { state, delay } => write!(text, "state {} delayed {delay}", state.0),
            Op::Given(given) => write!(text, "given {}", given.0),
            Op::Random { law, renewal, evaluation } => {
                // Random numbers are addressed by the place of their node among the random ones.
                let before = self.nodes[..id.0].iter().filter(|node| matches!(node.op, Op::Random { .. })).count();
                let renewal = match renewal {
                    Renewal::Step => "step",
                    Renewal::Sequence => "sequence",
                };
                let law = match law {
                    Law::Bernoulli { probability, value } => format!("bernoulli {probability:?} {value:?}"),
                    Law::Uniform => "uniform".to_owned(),
                    Law::Normal => "normal".to_owned(),
                };
                write!(text, "random {before} {law} per {renewal} else {evaluation:?}")
            }
            Op::Parameter(parameter) => write!(text, "parameter {}", parameter.0),
            Op::Constant(value) => write!(text, "constant {value:?}"),
            Op::Scalar(scalar) => write!(text, "scalar {}", scalar.0),
            Op::Clock(Clock::Periods(periods)) => write!(text, "clock {periods:?}"),
            Op::Clock(Clock::First(steps)) => write!(text, "first {steps}"),
            Op::Linear { weight, transposed, .. } => write!(text, "linear {}{}", weight.0, side(transposed)),
            Op::Fixed { matrix, transposed, .. } => {
                // Too many for text.
                let mut entries = blake3::Hasher::new();
                for &(row, column, entry) in matrix.entries() {
                    entries.update(&[row as u64, column as u64, entry.to_bits()].map(u64::to_le_bytes).concat());
                }
                let (rows, columns, entries) = (matrix.rows(), matrix.columns(), entries.finalize());
                write!(text, "fixed {rows}x{columns} {}{}", entries.to_hex(), side(transposed))
            }
            Op::Concat(_) => write!(text, "concat"),
            Op::Affine { scale, shift, .. } => write!(text, "affine {scale:?} {shift:?}"),
            Op::Scale { scalar, .. } => write!(text, "scale {}", scalar.0),
            Op::Unary { function, .. } => write!(text, "{}", unary(*function)),
            Op::Binary { function, .. } => write!(text, "{}", binary(*function)),
            Op::Select { relation, threshold, .. } => write!(text, "select {} {threshold:?}", sign(*relation)),
        };
    }
}

fn unary(function: Unary) -> &'static str {
    match function {
        Unary::Tanh => "tanh",
        Unary::Sigmoid => "sigmoid",
        Unary::Exp => "exp",
        Unary::ExpM1 => "expm1",
        Unary::Ln => "ln",
        Unary::Ln1P => "log1p",
        Unary::Sqrt => "sqrt",
        Unary::Square => "square",
        Unary::Abs => "abs",
        Unary::Sin => "sin",
        Unary::Cos => "cos",
    }
}

fn binary(function: Binary) -> &'static str {
    match function {
        Binary::Add => "add",
        Binary::Subtract => "subtract",
        Binary::Multiply => "multiply",
        Binary::Divide => "divide",
    }
}

fn sign(relation: Relation) -> &'static str {
    match relation {
        Relation::Less => "<",
        Relation::LessOrEqual => "<=",
        Relation::Greater => ">",
        Relation::GreaterOrEqual => ">=",
    }
}

#[cfg(test)]
mod tests {
    use crate::graph::{Builder, Expr};

    fn step(of: impl for<'g> Fn(&'g Builder, Expr<'g>, Expr<'g>) -> Expr<'g>) -> String {
        let graph = Builder::new(2, 3);
        let (x, h) = (graph.input(), graph.state("h"));
        let after = of(&graph, x, h);
        graph.output(graph.next("h", after));
        graph.finish().canonical()
    }

    #[test]
    fn what_is_computed_decides_and_not_how_it_was_written_down() {
        let plain = step(|graph, x, h| (x.linear("w") + h.linear("u") + graph.vector("b")).tanh());
        // Another order of statements, and a node that nothing needs.
        let same = step(|graph, x, h| {
            let product = x.linear("w");
            let _ = product * 3.0;
            let state = h.linear("u");
            let bias = graph.vector("b");
            (product + state + bias).tanh()
        });
        assert_eq!(plain, same);
        let others = [
            step(|graph, x, h| (x.linear("w") + h.linear("u") + graph.vector("b")).sigmoid()),
            step(|graph, x, h| (h.linear("u") + x.linear("w") + graph.vector("b")).tanh()),
            step(|graph, x, h| (x.linear("w") + h.linear("v") + graph.vector("b")).tanh()),
            step(|graph, x, h| (x.linear("w") - h.linear("u") + graph.vector("b")).tanh()),
            step(|graph, x, h| (x.linear("w") + h.linear("u") * (1.0 + 1e-16 + 1e-15) + graph.vector("b")).tanh()),
            step(|graph, x, h| (x.linear("w") + h.dropout(0.5).linear("u") + graph.vector("b")).tanh()),
            step(|graph, x, h| (x.linear("w") + h.linear("u").sum().spread(3) + graph.vector("b")).tanh()),
        ];
        for (index, other) in others.iter().enumerate() {
            assert!(*other != plain && !others[..index].contains(other), "{other}");
        }
    }
}
