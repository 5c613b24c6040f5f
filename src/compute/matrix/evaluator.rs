//! Formulae evaluated, and differentiated backwards.

use super::{
    exponential::Exponential,
    formula::{Formula, Function, Matrix, Node, Operation},
    inverse::Inverse,
    workspace::{Dense, Side, Workspace},
};
use crate::compute::kernel::{Isa, MatrixKernels};

use Side::{Plain, Transposed};

/// A formula with its values, which its derivative uses.
#[derive(Clone, Debug)]
pub struct Evaluator<E> {
    workspace: Workspace<E>,
    /// The nodes that the result needs, each after its operands.
    nodes: Vec<NodeState<E>>,
}

#[derive(Clone, Debug)]
struct NodeState<E> {
    node: Node,
    value: Dense,
    cotangent: Dense,
    kept: Kept<E>,
}

/// Memory of an operation beside its value and its operands'.
#[derive(Clone, Debug)]
enum Kept<E> {
    Nothing,
    /// A matrix of the value's shape to work in.
    Scratch(Dense),
    Inverse(Box<Inverse<E>>),
    Exponential(Box<Exponential>),
}

impl<E: MatrixKernels> Evaluator<E> {
    /// An evaluator of `result`, on an instruction set that has no influence on any bit.
    pub fn new(isa: Isa, formula: &Formula, result: Matrix<'_>) -> Self {
        let nodes = formula.nodes();
        let mut needed = vec![false; nodes.len()];
        needed[result.id] = true;
        for id in (0..nodes.len()).rev().filter(|&id| id <= result.id) {
            if needed[id] {
                nodes[id].operation.operands().into_iter().for_each(|operand| needed[operand] = true);
            }
        }
        let mut position = vec![usize::MAX; nodes.len()];
        let mut workspace = Workspace::new(isa);
        let mut states = vec![];
        for (id, mut node) in nodes.into_iter().enumerate().filter(|(id, _)| needed[*id]) {
            position[id] = states.len();
            node.operation.renumber(&position);
            let (rows, columns) = (node.rows, node.columns);
            let [value, cotangent] = [0; 2].map(|_| workspace.allocate(rows, columns));
            if let Operation::Constants(numbers) = &node.operation {
                workspace.set(value, &numbers.iter().map(|&number| E::narrow(number)).collect::<Vec<E>>());
            }
            let kept = match node.operation {
                Operation::NewtonSchulz(_) => Kept::Scratch(workspace.allocate(columns, columns)),
                Operation::Inverse(_) => Kept::Inverse(Box::new(Inverse::new(&mut workspace, rows))),
                Operation::Exponential(_) => Kept::Exponential(Box::new(Exponential::new(&mut workspace, rows))),
                _ => Kept::Nothing,
            };
            states.push(NodeState { node, value, cotangent, kept });
        }
        Self { workspace, nodes: states }
    }

    /// Computes the result of given numbers.
    ///
    /// # Panics
    ///
    /// If there are fewer than the formula names.
    pub fn evaluate(&mut self, given: &[E]) {
        for index in 0..self.nodes.len() {
            let (before, rest) = self.nodes.split_at_mut(index);
            let NodeState { node, value: out, kept, .. } = &mut rest[0];
            let (out, workspace) = (*out, &mut self.workspace);
            let value = |id: usize| before[id].value;
            match (&node.operation, kept) {
                (Operation::Given(start), _) => workspace.set(out, &given[*start..*start + node.rows * node.columns]),
                (Operation::Constants(_), _) => {}
                (Operation::Sum { terms, identity }, _) => {
                    let terms: Vec<(f64, Dense)> = terms.iter().map(|&(factor, id)| (factor, value(id))).collect();
                    workspace.combine(out, false, &terms, *identity);
                }
                (Operation::Transpose(from), _) => workspace.transpose(out, value(*from)),
                (Operation::Product { left, right }, _) => {
                    workspace.multiply(out, false, (value(left.0), left.1), (value(right.0), right.1));
                }
                (&Operation::Triangles { from, above, on, below }, _) => {
                    workspace.triangles(out, false, value(from), [above, on, below]);
                }
                (&Operation::Upper { from, first }, _) => workspace.upper(out, value(from), first),
                (Operation::Scatter { from, entries }, _) => {
                    for entry in entries {
                        let number = workspace.entry(value(*from), 0, entry.from);
                        *workspace.entry_mut(out, entry.row, entry.column) = E::narrow(entry.factor) * number;
                    }
                }
                (Operation::Each { from, function }, _) => {
                    for column in 0..node.columns {
                        for row in 0..node.rows {
                            let number = workspace.entry(value(*from), row, column);
                            *workspace.entry_mut(out, row, column) = E::narrow(function.of(number.widen()));
                        }
                    }
                }
                (&Operation::Times(a, b), _) => workspace.times(out, false, value(a), value(b)),
                (&Operation::ScaleColumns { from, by }, _) => {
                    workspace.scale_columns(out, false, value(from), value(by))
                }
                (Operation::Inverse(from), Kept::Inverse(inverse)) => {
                    workspace.combine(out, false, &[(1.0, value(*from))], 0.0);
                    inverse.invert(workspace, out);
                }
                (Operation::Exponential(from), Kept::Exponential(exponential)) => {
                    exponential.apply(workspace, out, value(*from));
                }
                (Operation::NewtonSchulz(from), Kept::Scratch(scratch)) => {
                    workspace.newton_schulz(out, value(*from), *scratch)
                }
                (operation, _) => unreachable!("{operation:?} without its scratch"),
            }
        }
    }

    /// The result, row-major.
    pub fn value(&self, numbers: &mut [E]) {
        self.workspace.get(self.last().value, numbers);
    }

    fn last(&self) -> &NodeState<E> {
        self.nodes.last().expect("a formula has a result")
    }

    /// The vector–Jacobian product at what [`evaluate`](Self::evaluate) was given last: sets `by_given` to the gradient by the given
    /// numbers, `by_result` being that by the result, both row-major. Numbers that the formula does not name get zero.
    pub fn vjp(&mut self, by_result: &[E], by_given: &mut [E]) {
        by_given.fill(E::ZERO);
        for node in &self.nodes {
            self.workspace.panels_mut(node.cotangent).fill(E::ZERO);
        }
        let cotangent = self.last().cotangent;
        self.workspace.set(cotangent, by_result);
        for index in (0..self.nodes.len()).rev() {
            let NodeState { node, value: out, cotangent: g, kept } = &self.nodes[index];
            let (out, g, workspace) = (*out, *g, &mut self.workspace);
            let (value, to) = (|id: usize| self.nodes[id].value, |id: usize| self.nodes[id].cotangent);
            match (&node.operation, kept) {
                (Operation::Given(start), _) => {
                    let numbers = &mut by_given[*start..*start + node.rows * node.columns];
                    // Given numbers may be named twice.
                    let mut own = vec![E::ZERO; numbers.len()];
                    workspace.get(g, &mut own);
                    numbers.iter_mut().zip(own).for_each(|(number, own)| *number = *number + own);
                }
                (Operation::Constants(_), _) => {}
                (Operation::Sum { terms, .. }, _) => {
                    terms.iter().for_each(|&(factor, id)| workspace.combine(to(id), true, &[(factor, g)], 0.0));
                }
                (Operation::Transpose(from), _) => workspace.add_transposed(to(*from), g),
                (Operation::Product { left, right }, _) => {
                    let (l, r) = ((value(left.0), left.1), (value(right.0), right.1));
                    match left.1 {
                        Plain => workspace.multiply(to(left.0), true, (g, Plain), (r.0, r.1.other())),
                        Transposed => workspace.multiply(to(left.0), true, r, (g, Transposed)),
                    }
                    match right.1 {
                        Plain => workspace.multiply(to(right.0), true, (l.0, l.1.other()), (g, Plain)),
                        Transposed => workspace.multiply(to(right.0), true, (g, Transposed), l),
                    }
                }
                (&Operation::Triangles { from, above, on, below }, _) => {
                    workspace.triangles(to(from), true, g, [above, on, below]);
                }
                (&Operation::Upper { from, first }, _) => workspace.add_upper(to(from), g, first),
                (Operation::Scatter { from, entries }, _) => {
                    for entry in entries {
                        let number = E::narrow(entry.factor) * workspace.entry(g, entry.row, entry.column);
                        let sum = workspace.entry_mut(to(*from), 0, entry.from);
                        *sum = *sum + number;
                    }
                }
                (Operation::Each { from, function }, _) => {
                    for column in 0..node.columns {
                        for row in 0..node.rows {
                            let slope = function.slope(workspace.entry(value(*from), row, column).widen());
                            let number = E::narrow(slope) * workspace.entry(g, row, column);
                            let sum = workspace.entry_mut(to(*from), row, column);
                            *sum = *sum + number;
                        }
                    }
                }
                (&Operation::Times(a, b), _) => {
                    workspace.times(to(a), true, g, value(b));
                    workspace.times(to(b), true, g, value(a));
                }
                (&Operation::ScaleColumns { from, by }, _) => {
                    workspace.scale_columns(to(from), true, g, value(by));
                    workspace.add_column_products(to(by), g, value(from));
                }
                (Operation::Inverse(from), _) => {
                    // −(M⁻¹)ᵀ·G·(M⁻¹)ᵀ. The cotangent itself is no longer needed.
                    let by_operand = to(*from);
                    let shape = (node.rows, node.columns);
                    let scratch = workspace.scratch(shape);
                    workspace.multiply(scratch, false, (out, Transposed), (g, Plain));
                    workspace.multiply(g, false, (scratch, Plain), (out, Transposed));
                    workspace.combine(by_operand, true, &[(-1.0, g)], 0.0);
                }
                (Operation::Exponential(from), Kept::Exponential(exponential)) => {
                    exponential.vjp(workspace, g, to(*from));
                }
                (Operation::NewtonSchulz(from), _) => workspace.combine(to(*from), true, &[(1.0, g)], 0.0),
                (operation, _) => unreachable!("{operation:?} without its scratch"),
            }
        }
    }
}

impl Operation {
    /// Operands by their new numbers.
    fn renumber(&mut self, position: &[usize]) {
        let change = |id: &mut usize| *id = position[*id];
        match self {
            Self::Given(_) | Self::Constants(_) => {}
            Self::Sum { terms, .. } => terms.iter_mut().for_each(|(_, id)| change(id)),
            Self::Product { left, right } => [&mut left.0, &mut right.0].into_iter().for_each(change),
            Self::Transpose(from)
            | Self::Triangles { from, .. }
            | Self::Upper { from, .. }
            | Self::Scatter { from, .. }
            | Self::Each { from, .. }
            | Self::Inverse(from)
            | Self::Exponential(from)
            | Self::NewtonSchulz(from) => change(from),
            Self::Times(a, b) | Self::ScaleColumns { from: a, by: b } => [a, b].into_iter().for_each(change),
        }
    }
}

impl Side {
    fn other(self) -> Self {
        match self {
            Plain => Transposed,
            Transposed => Plain,
        }
    }
}

impl Function {
    fn of(self, x: f64) -> f64 {
        match self {
            Self::Sine => libm::sin(x),
            Self::Cosine => libm::cos(x),
            Self::Sigmoid => 1.0 / (1.0 + libm::exp(-x)),
        }
    }

    fn slope(self, x: f64) -> f64 {
        match self {
            Self::Sine => libm::cos(x),
            Self::Cosine => -libm::sin(x),
            Self::Sigmoid => {
                let y = self.of(x);
                y * (1.0 - y)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compute::matrix::Entry;

    const N: usize = 19;

    /// The number of numbers that a formula is given, and the formula.
    type Case = (&'static str, usize, fn(&Formula) -> Matrix<'_>);

    /// A − Aᵀ.
    fn skew(formula: &Formula) -> Matrix<'_> {
        let a = formula.matrix(0, N, N);
        0.5 * (a - a.transposed())
    }

    const CASES: [Case; 9] = [
        ("a sum", 2 * N * N, |f| {
            let (a, b) = (f.matrix(0, N, N), f.matrix(N * N, N, N));
            2.0 * (a - b.transposed()).plus_identity(0.5) + a
        }),
        ("products", 2 * N * 3, |f| {
            let (a, b) = (f.matrix(0, N, 3), f.matrix(3 * N, 3, N));
            let ab = a * b;
            ab * ab.transposed() + ab.transposed() * ab + b.transposed() * a.transposed() + ab * ab
        }),
        ("triangles", N * N, |f| {
            let a = f.matrix(0, N, N);
            a.triangles(1.0, 0.5, -2.0) * a
        }),
        ("a vector above the diagonal", N * (N - 1) / 2 + 5 + 2 * N, |f| {
            let a = f.vector(3, N * (N - 1) / 2).upper(N, N, 1);
            let b = f.vector(0, N + N - 1).upper(2, N, 0);
            a * (a.plus_identity(1.0)) + b.transposed() * b
        }),
        ("scattered and scaled vectors", 2 * N, |f| {
            let (a, b) = (f.vector(0, N), f.vector(N, N));
            let entries =
                |factor: f64| (0..N).map(move |k| Entry { from: (k * 3) % N, row: k, column: (k * 7) % N, factor });
            let m = a.sine().times(b.cosine()).scattered(N, N, entries(0.5).collect());
            (m * m).columns_scaled(b.sigmoid() + f.constants(vec![0.5; N])) + b.scattered(N, N, entries(2.0).collect())
        }),
        ("an inverse", N * N, |f| skew(f).plus_identity(1.0).inverse()),
        ("an exponential", N * N, |f| skew(f).exponential()),
        ("an exponential by squaring", N * N, |f| (8.0 * skew(f)).exponential()),
        ("a reorthogonalized exponential", N * N, |f| skew(f).exponential().reorthogonalized()),
    ];

    fn numbers<E: MatrixKernels>(count: usize, seed: f64) -> Vec<E> {
        // Multiples of 2⁻¹², the same in f32 and f64.
        (0..count).map(|k| E::narrow((libm::sin(k as f64 * 1.3 + seed) * 2048.0).round() / 4096.0)).collect()
    }

    /// Values, and gradients of Σ cotangent · value.
    fn run<E: MatrixKernels>(isa: Isa, (_, count, write): Case, given: &[E], times: usize) -> (Vec<E>, Vec<E>) {
        let formula = Formula::new();
        let mut evaluator: Evaluator<E> = Evaluator::new(isa, &formula, write(&formula));
        let (mut value, mut gradient) = (vec![E::ZERO; N * N], vec![E::ONE; count]);
        for _ in 0..times {
            evaluator.evaluate(given);
            evaluator.value(&mut value);
            evaluator.vjp(&numbers::<E>(N * N, 40.0), &mut gradient);
        }
        (value, gradient)
    }

    #[test]
    fn gradients_are_those_of_central_differences() {
        for case in CASES {
            let given: Vec<f64> = numbers(case.1, 0.0);
            let (_, gradient) = run(Isa::Portable, case, &given, 1);
            let cotangent = numbers::<f64>(N * N, 40.0);
            for k in (0..given.len()).step_by(7) {
                let step = 1e-5;
                let sum = |by: f64| {
                    let mut moved = given.clone();
                    moved[k] += by;
                    let (value, _) = run(Isa::Portable, case, &moved, 1);
                    value.iter().zip(&cotangent).map(|(v, c)| v * c).sum::<f64>()
                };
                let wanted = (sum(step) - sum(-step)) / (2.0 * step);
                let error = (gradient[k] - wanted).abs();
                assert!(error <= 1e-7 * wanted.abs().max(1.0), "{}, number {k}: {} for {wanted}", case.0, gradient[k]);
            }
        }
    }

    #[test]
    fn single_precision_is_near_and_the_same_on_every_instruction_set() {
        for case in CASES {
            let wanted = run::<f64>(Isa::Portable, case, &numbers(case.1, 0.0), 1);
            let portable = run::<f32>(Isa::Portable, case, &numbers(case.1, 0.0), 1);
            for (got, wanted) in [(&portable.0, &wanted.0), (&portable.1, &wanted.1)] {
                let largest = wanted.iter().fold(0.0f64, |largest, x| largest.max(x.abs()));
                for (got, wanted) in got.iter().zip(wanted) {
                    let error = (f64::from(*got) - wanted).abs();
                    assert!(error <= 1e-5 * largest, "{}: {got} for {wanted}", case.0);
                }
            }
            for isa in Isa::ALL.into_iter().filter(|isa| isa.available()) {
                assert_eq!(run::<f32>(isa, case, &numbers(case.1, 0.0), 2), portable, "{} by {isa:?}", case.0);
            }
        }
    }

    #[test]
    fn nan_shows_in_values_and_gradients() {
        for case in CASES {
            let mut given: Vec<f32> = numbers(case.1, 0.0);
            given[4] = f32::NAN;
            let (value, gradient) = run(Isa::Portable, case, &given, 1);
            assert!(value.iter().any(|x| x.is_nan()), "{}", case.0);
            // That of a sum is the same wherever it is taken.
            assert!(case.0 == "a sum" || gradient.iter().any(|x| x.is_nan()), "{}", case.0);
        }
    }
}
