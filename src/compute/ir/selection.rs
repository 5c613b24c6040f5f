//! Instruction selection, a graph's nodes as kernels see them: sums of products become one accumulation, pairs of operations that one instruction
//! does become one.

use super::Operation;
use crate::graph::{Binary, Node, NodeId, Op, Unary};

/// Neighbouring units of an item that become neighbouring units of another, or zeros.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moved {
    pub from: Option<Index>,
    pub first: usize,
    /// 1, or 0 for the same unit again and again.
    pub step: usize,
    pub to: usize,
    pub count: usize,
}

/// Index in [`Selection::items`].
pub(super) type Index = usize;

/// A group of nodes that is computed at once.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item {
    /// A node whose value is there already.
    Source(NodeId),
    /// A number in every unit, made where it is used: a constant, or one handed in at each run.
    Immediate(Operation),
    Pointwise {
        operation: Operation,
        operands: Vec<Index>,
    },
    /// initial + Σ matrix·value, each with the node that says which matrix it is.
    Product {
        initial: Option<Index>,
        terms: Vec<(Index, NodeId)>,
    },
    /// Units of other items.
    Rearranged(Vec<Moved>),
    /// An item that became part of another one.
    Absorbed,
}

impl Item {
    /// Whether a program or kernel makes its value.
    pub fn is_computed(&self) -> bool {
        matches!(self, Self::Pointwise { .. } | Self::Product { .. } | Self::Rearranged(_))
    }
}

/// Items in order of evaluation.
#[derive(Debug, Default)]
pub(super) struct Selection {
    pub items: Vec<Item>,
    pub widths: Vec<usize>,
    /// The stage in which each is computed: products and rearrangements in even ones, pointwise operations in odd ones; −1 for what is there
    /// before.
    pub stages: Vec<i32>,
    /// The item of each node.
    of: Vec<Option<Index>>,
}

/// The stage of what is there before the first.
const BEFORE: i32 = -1;

struct Selector<'a> {
    nodes: &'a [Node],
    evaluated: &'a [bool],
    /// How many times each node is used by evaluated nodes.
    uses: Vec<usize>,
    wanted: &'a dyn Fn(NodeId) -> bool,
    selection: Selection,
}

impl Selection {
    /// The items that evaluate the nodes for which `evaluated` holds. Nodes that are `wanted` keep items of their own.
    pub fn new(nodes: &[Node], evaluated: &[bool], wanted: &dyn Fn(NodeId) -> bool) -> Self {
        let mut uses = vec![0; nodes.len()];
        for (node, _) in nodes.iter().zip(evaluated).filter(|(_, evaluated)| **evaluated) {
            node.op.operands().into_iter().for_each(|operand| uses[operand.0] += 1);
        }
        let selection = Self { of: vec![None; nodes.len()], ..Self::default() };
        let mut selector = Selector { nodes, evaluated, uses, wanted, selection };
        // Sums that are part of a larger sum, and products that are added to one, are written with it.
        let mut absorbed = vec![false; nodes.len()];
        for index in (0..nodes.len()).rev().filter(|&index| evaluated[index]) {
            if let Op::Binary { function: Binary::Add, left, right } = nodes[index].op {
                for operand in [left, right] {
                    let sum = matches!(nodes[operand.0].op, Op::Binary { function: Binary::Add, .. });
                    let linear = multiplies(&nodes[operand.0].op);
                    absorbed[operand.0] =
                        selector.private(operand) && (linear || sum && selector.sums_products(operand));
                }
            }
        }
        for index in (0..nodes.len()).filter(|&index| evaluated[index] && !absorbed[index]) {
            let item = selector.write(NodeId(index), &absorbed);
            selector.selection.of[index] = Some(item);
        }
        selector.selection
    }

    /// The item of `node`, if it was evaluated on its own or read.
    pub fn item(&self, node: NodeId) -> Option<Index> {
        self.of[node.0]
    }

    /// The items that `item` reads.
    pub fn operands(&self, item: Index) -> Vec<Index> {
        match &self.items[item] {
            Item::Source(_) | Item::Immediate(_) | Item::Absorbed => vec![],
            Item::Pointwise { operands, .. } => operands.clone(),
            Item::Product { initial, terms } => {
                initial.iter().copied().chain(terms.iter().map(|term| term.0)).collect()
            }
            Item::Rearranged(moved) => moved.iter().filter_map(|moved| moved.from).collect(),
        }
    }

    fn push(&mut self, item: Item, width: usize) -> Index {
        let latest =
            |items: &mut dyn Iterator<Item = Index>| items.map(|item| self.stages[item]).max().unwrap_or(BEFORE);
        let stage = match &item {
            Item::Source(_) | Item::Immediate(_) | Item::Absorbed => BEFORE,
            // The first odd stage that is not before its operands'.
            Item::Pointwise { operands, .. } => latest(&mut operands.iter().copied()).max(0) | 1,
            // The first even stage after its operands'.
            Item::Product { initial, terms } => {
                let operands = initial.iter().copied().chain(terms.iter().map(|term| term.0));
                (latest(&mut { operands }) + 2) & !1
            }
            Item::Rearranged(moved) => (latest(&mut moved.iter().filter_map(|moved| moved.from)) + 2) & !1,
        };
        self.items.push(item);
        self.widths.push(width);
        self.stages.push(stage);
        self.items.len() - 1
    }
}

impl Selector<'_> {
    /// Whether one evaluated node alone uses `node`, which is evaluated here and wanted by nobody else.
    fn private(&self, node: NodeId) -> bool {
        self.evaluated[node.0] && self.uses[node.0] == 1 && !(self.wanted)(node)
    }

    /// Whether a product is among the terms of a sum.
    fn sums_products(&self, node: NodeId) -> bool {
        match self.nodes[node.0].op {
            ref op if multiplies(op) => self.private(node),
            Op::Binary { function: Binary::Add, left, right } => {
                [left, right].into_iter().any(|operand| self.private(operand) && self.sums_products(operand))
            }
            _ => false,
        }
    }

    /// The item of an operand.
    fn read(&mut self, node: NodeId) -> Index {
        if let Some(known) = self.selection.of[node.0] {
            return known;
        }
        let Node { op, width } = &self.nodes[node.0];
        let item = match op {
            Op::Constant(value) => Item::Immediate(Operation::Constant(*value)),
            Op::Scalar(scalar) => Item::Immediate(Operation::Scalar(scalar.0)),
            _ => Item::Source(node),
        };
        let index = self.selection.push(item, *width);
        self.selection.of[node.0] = Some(index);
        index
    }

    /// The item of an operand of what reads from the arena: a number that is the same in every unit is written there.
    fn stored(&mut self, node: NodeId) -> Index {
        let item = self.read(node);
        match self.selection.items[item] {
            Item::Immediate(operation) => self.pointwise(operation, vec![], self.nodes[node.0].width),
            _ => item,
        }
    }

    fn write(&mut self, node: NodeId, absorbed: &[bool]) -> Index {
        let Node { op, width } = self.nodes[node.0].clone();
        match op {
            Op::Input
            | Op::Previous { .. }
            | Op::Given(_)
            | Op::Random { .. }
            | Op::Parameter(_)
            | Op::Constant(_)
            | Op::Scalar(_)
            | Op::Clock(_) => self.read(node),
            Op::Scale { value, scalar } => {
                let operand = self.read(value);
                self.pointwise(Operation::Scale { scalar: scalar.0 }, vec![operand], width)
            }
            Op::Linear { .. } => self.sum(node, width, absorbed),
            Op::Fixed { value, matrix, transposed } => match matrix.moves(transposed) {
                Some(moves) => {
                    let from = self.stored(value);
                    self.selection.push(Item::Rearranged(runs(from, &moves)), width)
                }
                None => self.sum(node, width, absorbed),
            },
            Op::Concat(values) => {
                let mut to = 0;
                let moved = values.into_iter().map(|value| {
                    let (from, count) = (self.stored(value), self.nodes[value.0].width);
                    to += count;
                    Moved { from: Some(from), first: 0, step: 1, to: to - count, count }
                });
                let moved = moved.collect();
                self.selection.push(Item::Rearranged(moved), width)
            }
            Op::Binary { function: Binary::Add, left, right } if absorbed[left.0] || absorbed[right.0] => {
                self.sum(node, width, absorbed)
            }
            Op::Affine { value, scale, shift } => {
                let operand = self.read(value);
                if let Some([squared]) = self.absorb(value, operand, Operation::Square) {
                    return self.pointwise(Operation::SquareAffine { scale, shift }, vec![squared], width);
                }
                self.pointwise(Operation::Affine { scale, shift }, vec![operand], width)
            }
            Op::Unary { function, value } => {
                let operand = self.read(value);
                self.pointwise(unary(function), vec![operand], width)
            }
            Op::Binary { function, left, right } => {
                let (a, b) = (self.read(left), self.read(right));
                self.binary(function, (left, a), (right, b), width)
            }
            Op::Select { value, relation, threshold, then, otherwise } => {
                let operands = [value, then, otherwise].map(|operand| self.read(operand)).to_vec();
                self.pointwise(Operation::Select { relation, threshold }, operands, width)
            }
        }
    }

    fn pointwise(&mut self, operation: Operation, operands: Vec<Index>, width: usize) -> Index {
        self.selection.push(Item::Pointwise { operation, operands }, width)
    }

    /// Takes the item of `node` apart if it is `operation` and nobody else needs its value: gives its operands.
    fn absorb<const N: usize>(&mut self, node: NodeId, item: Index, operation: Operation) -> Option<[Index; N]> {
        if !self.private(node) {
            return None;
        }
        let Item::Pointwise { operation: found, operands } = &self.selection.items[item] else { return None };
        let operands = <[Index; N]>::try_from(&operands[..]).ok().filter(|_| *found == operation)?;
        self.selection.items[item] = Item::Absorbed;
        Some(operands)
    }

    /// A product that only the operation at hand uses, and that is ready no earlier than it: its factors.
    fn factors(&mut self, (node, item): (NodeId, Index), other: Index) -> Option<[Index; 2]> {
        // In another stage the factors would have to be stored in place of the product.
        if self.selection.stages[item] < self.selection.stages[other] {
            return None;
        }
        let product = self.absorb(node, item, Operation::Multiply);
        product.or_else(|| self.absorb(node, item, Operation::Square).map(|[a]| [a, a]))
    }

    fn binary(&mut self, function: Binary, left: (NodeId, Index), right: (NodeId, Index), width: usize) -> Index {
        let (a, b) = (left.1, right.1);
        let (operation, operands) = match function {
            Binary::Add => {
                if let Some([x, y]) = self.factors(right, a) {
                    (Operation::MultiplyAdd, vec![x, y, a])
                } else if let Some([x, y]) = self.factors(left, b) {
                    (Operation::MultiplyAdd, vec![x, y, b])
                } else {
                    (Operation::Add, vec![a, b])
                }
            }
            Binary::Subtract => match self.factors(right, a) {
                Some([x, y]) => (Operation::NegativeMultiplyAdd, vec![x, y, a]),
                None => (Operation::Subtract, vec![a, b]),
            },
            Binary::Multiply => (Operation::Multiply, vec![a, b]),
            Binary::Divide => (Operation::Divide, vec![a, b]),
        };
        self.pointwise(operation, operands, width)
    }

    /// A sum with products among its terms: one accumulation, started from one of the other terms where that is ready. The
    /// input's product stays with the state's instead of being hoisted out of the loop over the steps: the sum is then loaded and
    /// stored once for both, the products reach the same rate for sixteen rows as for many, and the bits are the same.
    fn sum(&mut self, root: NodeId, width: usize, absorbed: &[bool]) -> Index {
        let (mut products, mut others) = (vec![], vec![]);
        self.terms(root, absorbed, &mut products, &mut others);
        let terms: Vec<(Index, NodeId)> = products
            .into_iter()
            .map(|node| match self.nodes[node.0].op {
                Op::Linear { value, .. } | Op::Fixed { value, .. } => (self.stored(value), node),
                _ => unreachable!("only products are collected"),
            })
            .collect();
        let others: Vec<Index> = others.into_iter().map(|node| self.read(node)).collect();
        let stage = (terms.iter().map(|term| self.selection.stages[term.0]).max().unwrap_or(BEFORE) + 2) & !1;
        let (mut early, late): (Vec<Index>, Vec<Index>) =
            others.into_iter().partition(|&other| self.selection.stages[other] < stage && !self.immediate(other));
        // All that is ready is added up beforehand, if that is still early enough; else one is taken.
        let rest = if early.len() > 1 && stage < 2 { early.split_off(1) } else { vec![] };
        let initial = early.into_iter().reduce(|sum, other| self.pointwise(Operation::Add, vec![sum, other], width));
        let product = self.selection.push(Item::Product { initial, terms }, width);
        rest.into_iter().chain(late).fold(product, |sum, other| self.pointwise(Operation::Add, vec![sum, other], width))
    }

    fn immediate(&self, item: Index) -> bool {
        matches!(self.selection.items[item], Item::Immediate(_))
    }

    fn terms(&self, node: NodeId, absorbed: &[bool], products: &mut Vec<NodeId>, others: &mut Vec<NodeId>) {
        match self.nodes[node.0].op {
            ref op if multiplies(op) => products.push(node),
            Op::Binary { function: Binary::Add, left, right } => {
                for operand in [left, right] {
                    if absorbed[operand.0] {
                        self.terms(operand, absorbed, products, others);
                    } else {
                        others.push(operand);
                    }
                }
            }
            _ => unreachable!("only sums and products are absorbed"),
        }
    }
}

/// Whether an operation is a matrix product.
fn multiplies(op: &Op) -> bool {
    match op {
        Op::Linear { .. } => true,
        Op::Fixed { matrix, transposed, .. } => matrix.moves(*transposed).is_none(),
        _ => false,
    }
}

/// The runs of neighbours in `moves`, which say for each unit which unit of `from` it is.
fn runs(from: Index, moves: &[Option<usize>]) -> Vec<Moved> {
    let mut runs: Vec<Moved> = vec![];
    for (to, &unit) in moves.iter().enumerate() {
        let source = unit.map(|_| from);
        if let Some(last) = runs.last_mut()
            && last.from == source
        {
            // A run of one may go on either way.
            let next = |step: usize| unit.is_none_or(|unit| unit == last.first + step * last.count);
            let step = if last.count > 1 { last.step } else { usize::from(unit != Some(last.first)) };
            if next(step) {
                (last.step, last.count) = (step, last.count + 1);
                continue;
            }
        }
        runs.push(Moved { from: source, first: unit.unwrap_or(0), step: 1, to, count: 1 });
    }
    runs
}

fn unary(function: Unary) -> Operation {
    match function {
        Unary::Tanh => Operation::Tanh,
        Unary::Sigmoid => Operation::Sigmoid,
        Unary::Exp => Operation::Exp,
        Unary::ExpM1 => Operation::ExpM1,
        Unary::Ln => Operation::Ln,
        Unary::Ln1P => Operation::Ln1P,
        Unary::Sqrt => Operation::Sqrt,
        Unary::Square => Operation::Square,
        Unary::Abs => Operation::Abs,
        Unary::Sin => Operation::Sin,
        Unary::Cos => Operation::Cos,
    }
}
