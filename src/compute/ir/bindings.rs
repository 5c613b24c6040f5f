//! Where a graph's nodes are, as far as they outlive the program that computes them.

use super::{Factor, FactorId, Factors, Places, Reference};
use crate::graph::{GraphParameter, Node, NodeId, Op, ParameterId};

/// The places of a graph's nodes, made as programs ask for them.
pub struct Bindings<'a> {
    pub nodes: &'a [Node],
    pub places: &'a mut Places,
    factors: &'a mut Factors,
    parameters: &'a [GraphParameter],
    first_parameter: usize,
    of: Vec<Option<Reference>>,
    /// Parameter vectors by their index in the graph.
    pub vectors: Vec<VectorPlaces>,
}

/// Where a parameter vector is, if anybody asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct VectorPlaces {
    /// As one row, from which products start.
    pub row: Option<Reference>,
    /// The same row for every sequence.
    pub full: Option<Reference>,
}

impl<'a> Bindings<'a> {
    /// Nothing is bound. `parameters` are the graph's, the first of which is number `first_parameter` of the network.
    pub fn new(
        nodes: &'a [Node],
        parameters: &'a [GraphParameter],
        first_parameter: usize,
        places: &'a mut Places,
        factors: &'a mut Factors,
    ) -> Self {
        let of = vec![None; nodes.len()];
        Self { nodes, places, factors, parameters, first_parameter, of, vectors: vec![] }
    }

    /// The width of a node.
    pub fn width(&self, node: NodeId) -> usize {
        self.nodes[node.0].width
    }

    /// A new place for the value of `node`.
    pub fn allocate(&mut self, node: NodeId, slots: usize) -> Reference {
        self.places.rows(format!("v{}", node.0), self.nodes[node.0].width, slots, 0)
    }

    /// Says where `node` is.
    pub fn bind(&mut self, node: NodeId, place: Reference) {
        self.of[node.0] = Some(place);
    }

    /// Where a program finds the value of `node`, which it does not compute itself.
    pub fn read(&mut self, node: NodeId) -> Reference {
        if let Op::Parameter(parameter) = self.nodes[node.0].op {
            let full = self.vector(parameter).full;
            let place = full.unwrap_or_else(|| self.places.rows(self.name(parameter), self.width(node), 1, 0));
            self.vector(parameter).full = Some(place);
            return place;
        }
        self.of[node.0].unwrap_or_else(|| panic!("node {} is read before it is computed", node.0))
    }

    /// Where a product starts from the value of `node`.
    pub fn read_initial(&mut self, node: NodeId) -> Reference {
        let Op::Parameter(parameter) = self.nodes[node.0].op else { return self.read(node) };
        let row = self.vector(parameter).row;
        let place = row.unwrap_or_else(|| self.places.row(self.name(parameter), self.width(node)));
        self.vector(parameter).row = Some(place);
        place
    }

    /// The matrix that `node`, a product, multiplies by.
    pub fn factor(&mut self, node: NodeId) -> FactorId {
        let factor = match &self.nodes[node.0].op {
            Op::Linear { weight, transposed, .. } => Factor::Weight {
                parameter: self.first_parameter + weight.0,
                name: self.name(*weight),
                transposed: *transposed,
            },
            Op::Fixed { matrix, transposed, .. } => Factor::Fixed { matrix: matrix.clone(), transposed: *transposed },
            op => unreachable!("{op:?} is no product"),
        };
        self.factors.number(factor)
    }

    fn name(&self, parameter: ParameterId) -> String {
        self.parameters[parameter.0].name.clone()
    }

    fn vector(&mut self, parameter: ParameterId) -> &mut VectorPlaces {
        if self.vectors.len() <= parameter.0 {
            self.vectors.resize_with(parameter.0 + 1, VectorPlaces::default);
        }
        &mut self.vectors[parameter.0]
    }
}
