//! Building a graph while it is written down.

use std::cell::RefCell;

use super::{
    Clock, GivenId, Graph, GraphParameter, Kind, Law, Node, NodeId, Op, ParameterId, Renewal, ScalarId, State, StateId,
};

/// Collects the nodes of one step. Misuse (a state that is never continued, one name for two shapes) is a mistake of the
/// cell's author, not of a user, so it panics with the cell's own words; the laws build every registered cell.
pub struct Builder {
    inputs: usize,
    hidden: usize,
    parts: RefCell<Parts>,
}

#[derive(Default)]
struct Parts {
    nodes: Vec<Node>,
    parameters: Vec<GraphParameter>,
    states: Vec<(String, usize, Option<NodeId>)>,
    output: Option<NodeId>,
    input: Option<NodeId>,
    /// Numbers handed in at each run.
    scalars: usize,
}

/// A vector in a graph under construction.
#[derive(Clone, Copy)]
pub struct Expr<'g> {
    pub(super) builder: &'g Builder,
    pub(super) id: NodeId,
}

/// A number that is handed in at each run of a graph: its product with a vector is rounded once, as that of a constant is.
#[derive(Clone, Copy)]
pub struct Scalar<'g> {
    pub(super) builder: &'g Builder,
    pub(super) id: ScalarId,
}

impl<'g> Expr<'g> {
    pub(super) fn new(builder: &'g Builder, id: NodeId) -> Self {
        Self { builder, id }
    }
}

impl<'g> Scalar<'g> {
    pub(super) fn new(builder: &'g Builder, id: ScalarId) -> Self {
        Self { builder, id }
    }
}

impl Builder {
    /// A step whose input has `inputs` units and whose states and outputs have `hidden` units unless they say otherwise.
    pub fn new(inputs: usize, hidden: usize) -> Self {
        Self { inputs, hidden, parts: RefCell::default() }
    }

    /// A builder that goes on where `nodes` end, to write derivatives behind them.
    pub fn extend(nodes: &[Node]) -> Self {
        let parts = Parts { nodes: nodes.to_vec(), ..Parts::default() };
        Self { inputs: 0, hidden: 0, parts: RefCell::new(parts) }
    }

    /// A builder for a step with the input, the states and the parameters of `graph`, under the same names and numbers, and
    /// none of its nodes.
    pub(super) fn again(graph: &Graph) -> Self {
        let inputs = graph.nodes.iter().find(|node| node.op == Op::Input).map_or(0, |node| node.width);
        let hidden = graph.states.first().map_or(0, |state| state.width);
        let states = graph.states.iter().map(|state| (state.name.clone(), state.width, None)).collect();
        let parts = Parts { parameters: graph.parameters.clone(), states, ..Parts::default() };
        Self { inputs, hidden, parts: RefCell::new(parts) }
    }

    /// The builder for an input of so many units.
    pub(super) fn with_inputs(self, inputs: usize) -> Self {
        Self { inputs, ..self }
    }

    /// The vector that `node` computes.
    pub fn expr(&self, node: NodeId) -> Expr<'_> {
        Expr::new(self, node)
    }

    /// The nodes as they are now.
    pub fn into_nodes(self) -> Vec<Node> {
        self.parts.into_inner().nodes
    }

    pub(super) fn node(&self, id: NodeId) -> Node {
        self.parts.borrow().nodes[id.0].clone()
    }

    /// The width of the input.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// The width of states.
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    /// x_t.
    pub fn input(&self) -> Expr<'_> {
        let known = self.parts.borrow().input;
        let id = known.unwrap_or_else(|| self.push(Op::Input, self.inputs));
        self.parts.borrow_mut().input = Some(id);
        Expr::new(self, id)
    }

    /// The state `name` as carried out of the step before; zero before the first.
    pub fn state(&self, name: &str) -> Expr<'_> {
        self.state_of(name, self.hidden)
    }

    /// The state `name` of `width` units as carried out of the step before; zero before the first.
    pub fn state_of(&self, name: &str, width: usize) -> Expr<'_> {
        self.delayed(name, width, 1)
    }

    /// The state `name` as carried out of the step `delay` steps before; zero before the first. A state may be read at
    /// several delays.
    ///
    /// # Panics
    /// If `delay` is 0, or the state is known with another width.
    pub fn delayed(&self, name: &str, width: usize, delay: usize) -> Expr<'_> {
        assert!(delay > 0, "the state `{name}` of this very step is what `next` gives back");
        let known = self.parts.borrow().states.iter().position(|(known, _, _)| known == name);
        let state = StateId(known.unwrap_or_else(|| {
            let states = &mut self.parts.borrow_mut().states;
            states.push((name.to_owned(), width, None));
            states.len() - 1
        }));
        assert_eq!(self.parts.borrow().states[state.0].1, width, "the state `{name}` is read with two widths");
        let op = Op::Previous { state, delay };
        let known = self.parts.borrow().nodes.iter().position(|node| node.op == op);
        Expr::new(self, known.map_or_else(|| self.push(op, width), NodeId))
    }

    /// Random numbers, new at every step, `evaluation` in their place when the network is evaluated.
    pub fn random(&self, law: Law, evaluation: f64, width: usize) -> Expr<'_> {
        Expr::new(self, self.push(Op::Random { law, renewal: Renewal::Step, evaluation }, width))
    }

    /// Random numbers, new for every sequence and the same at all its steps.
    pub fn random_once(&self, law: Law, evaluation: f64, width: usize) -> Expr<'_> {
        Expr::new(self, self.push(Op::Random { law, renewal: Renewal::Sequence, evaluation }, width))
    }

    /// A vector whose unit k is 1 at the steps that are multiples of `periods[k]`, the first among them, else 0.
    ///
    /// # Panics
    /// If a period is 0.
    pub fn clock(&self, periods: &[usize]) -> Expr<'_> {
        assert!(!periods.contains(&0), "a period has a step at least");
        Expr::new(self, self.push(Op::Clock(Clock::Periods(periods.into())), periods.len()))
    }

    /// A vector of `width` units that is 1 at the first `steps` steps, then 0.
    pub fn first(&self, steps: usize, width: usize) -> Expr<'_> {
        Expr::new(self, self.push(Op::Clock(Clock::First(steps)), width))
    }

    /// The same number in every unit of a vector of `width` units.
    pub fn constant(&self, value: f64, width: usize) -> Expr<'_> {
        Expr::new(self, self.push(Op::Constant(value), width))
    }

    /// A vector handed in from outside, with the next free number.
    pub fn given(&self, width: usize) -> Expr<'_> {
        let given = self.parts.borrow().nodes.iter().filter(|node| matches!(node.op, Op::Given(_))).count();
        Expr::new(self, self.push(Op::Given(GivenId(given)), width))
    }

    /// A number handed in at each run, with the next free number.
    pub fn given_scalar(&self) -> Scalar<'_> {
        let scalars = &mut self.parts.borrow_mut().scalars;
        *scalars += 1;
        Scalar::new(self, ScalarId(*scalars - 1))
    }

    /// The trained vector `name` of the cell's hidden units.
    pub fn vector(&self, name: &str) -> Expr<'_> {
        self.vector_of(name, self.hidden)
    }

    /// The trained vector `name` of `width` units.
    pub fn vector_of(&self, name: &str, width: usize) -> Expr<'_> {
        self.trained(name, width, Kind::Bias)
    }

    /// The trained number `name`, a vector of one unit; [`Expr::spread`] takes it to others.
    pub fn scalar(&self, name: &str) -> Expr<'_> {
        self.trained(name, 1, Kind::Bias)
    }

    /// The trained vector `name` of the cell's hidden units that a state is multiplied by unit by unit: a diagonal recurrent matrix.
    pub fn diagonal(&self, name: &str) -> Expr<'_> {
        self.diagonal_of(name, self.hidden)
    }

    /// The trained vector `name` of `width` units that a state is multiplied by unit by unit.
    pub fn diagonal_of(&self, name: &str, width: usize) -> Expr<'_> {
        self.trained(name, width, Kind::Recurrent)
    }

    fn trained(&self, name: &str, width: usize, kind: Kind) -> Expr<'_> {
        let parameter = self.parameter(name, vec![width], kind);
        Expr::new(self, self.push(Op::Parameter(parameter), width))
    }

    /// Whether the graph has a parameter `name` by now.
    pub fn has_parameter(&self, name: &str) -> bool {
        self.parts.borrow().parameters.iter().any(|parameter| parameter.name == name)
    }

    /// Carries `value` to the next step as the state `name`, and gives it back.
    ///
    /// # Panics
    ///
    /// When the graph has no such state, it is continued already, or the value is of another width.
    pub fn next<'g>(&'g self, name: &str, value: Expr<'g>) -> Expr<'g> {
        // Each state is a vector of its own, so that engines never see one tensor twice in an operation of the next step.
        let taken = self.parts.borrow().states.iter().any(|(_, _, next)| *next == Some(value.id()));
        // A constant is a part of the instructions that read it, and nothing that could be carried.
        let is_number = matches!(self.node(value.id()).op, Op::Constant(_));
        let value = if taken || is_number { value * 1.0 } else { value };
        let mut parts = self.parts.borrow_mut();
        let state = parts.states.iter_mut().find(|(known, _, _)| known == name);
        let (_, width, next) = state.unwrap_or_else(|| panic!("there is no state `{name}` to continue"));
        assert!(next.replace(value.id()).is_none(), "the state `{name}` is continued twice");
        let width = *width;
        assert_eq!(parts.nodes[value.id().0].width, width, "the state `{name}` changes its width");
        value
    }

    /// Declares the vector that the next layer or the readout reads.
    ///
    /// # Panics
    ///
    /// When there is an output already.
    pub fn output(&self, value: Expr<'_>) {
        assert!(self.parts.borrow_mut().output.replace(value.id()).is_none(), "the cell has two outputs");
    }

    /// The finished graph.
    ///
    /// # Panics
    /// If a state is not continued or there is no output.
    pub fn finish(self) -> Graph {
        let Parts { nodes, parameters, states, output, .. } = self.parts.into_inner();
        let states = states.into_iter().map(|(name, width, next)| {
            let next = next.unwrap_or_else(|| panic!("the state `{name}` is never continued"));
            State { name, width, next }
        });
        Graph { nodes, parameters, states: states.collect(), output: output.expect("the cell has no output") }
    }

    pub(super) fn push(&self, op: Op, width: usize) -> NodeId {
        let nodes = &mut self.parts.borrow_mut().nodes;
        nodes.push(Node { op, width });
        NodeId(nodes.len() - 1)
    }

    pub(super) fn width(&self, id: NodeId) -> usize {
        self.parts.borrow().nodes[id.0].width
    }

    pub(super) fn weight(&self, name: &str, units: usize, value: NodeId) -> ParameterId {
        let kind = if self.depends_on_state(value) { Kind::Recurrent } else { Kind::Input };
        self.parameter(name, vec![units, self.width(value)], kind)
    }

    /// The matrix `name` that the graph has already, and its shape.
    pub(super) fn known_weight(&self, name: &str) -> (ParameterId, [usize; 2]) {
        let parameters = &self.parts.borrow().parameters;
        let known = parameters.iter().position(|parameter| parameter.name == name);
        let known = known.unwrap_or_else(|| panic!("there is no matrix `{name}` yet"));
        let [out, inputs] = parameters[known].shape[..] else { panic!("`{name}` is no matrix") };
        (ParameterId(known), [out, inputs])
    }

    fn parameter(&self, name: &str, shape: Vec<usize>, kind: Kind) -> ParameterId {
        let parameters = &mut self.parts.borrow_mut().parameters;
        if let Some(known) = parameters.iter().position(|parameter| parameter.name == name) {
            assert_eq!(parameters[known].shape, shape, "the parameter `{name}` is used with two shapes");
            return ParameterId(known);
        }
        parameters.push(GraphParameter { name: name.to_owned(), shape, kind });
        ParameterId(parameters.len() - 1)
    }

    /// Whether a vector is made of a state, at any remove.
    fn depends_on_state(&self, value: NodeId) -> bool {
        let nodes = &self.parts.borrow().nodes;
        // Operands come before their users, so that one pass back sees each node once, however often it is used.
        let mut made_of = vec![false; value.0 + 1];
        made_of[value.0] = true;
        for index in (0..=value.0).rev() {
            if made_of[index] && matches!(nodes[index].op, Op::Previous { .. }) {
                return true;
            }
            if made_of[index] {
                nodes[index].op.operands().into_iter().for_each(|operand| made_of[operand.0] = true);
            }
        }
        false
    }
}
