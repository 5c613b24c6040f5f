//! The homes of a stage's nodes, handed out as programs ask for them.

use super::{
    action::Pack,
    draft::Matrix,
    home::{Allocator, Home},
    packs::{Factor, Packs},
};
use crate::graph::{Node, NodeId, Op, ParameterId};

/// Where the nodes of a stage lie, as far as they outlive the program that computes them.
pub(crate) struct Homes<'a> {
    pub nodes: &'a [Node],
    pub rows: usize,
    pub allocator: &'a mut Allocator,
    packs: &'a mut Packs,
    first_parameter: usize,
    of: Vec<Option<Home>>,
    /// Parameter vectors by their index in the graph.
    pub vectors: Vec<VectorHomes>,
}

/// Where a parameter vector lies, if anybody asked.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct VectorHomes {
    /// As one row, from which products start.
    pub row: Option<Home>,
    /// The same row for every sequence.
    pub full: Option<Home>,
}

impl<'a> Homes<'a> {
    pub fn new(
        nodes: &'a [Node],
        rows: usize,
        allocator: &'a mut Allocator,
        packs: &'a mut Packs,
        first_parameter: usize,
    ) -> Self {
        Self { nodes, rows, allocator, packs, first_parameter, of: vec![None; nodes.len()], vectors: vec![] }
    }

    /// The width of a node.
    pub fn width(&self, node: NodeId) -> usize {
        self.nodes[node.0].width
    }

    /// A new home for the value of `node`.
    pub fn allocate(&mut self, node: NodeId, slots: usize) -> Home {
        self.allocator.home(self.rows, self.nodes[node.0].width, slots, 0)
    }

    /// Settles where `node` lies.
    pub fn settle(&mut self, node: NodeId, home: Home) {
        self.of[node.0] = Some(home);
    }

    /// Where a program finds the value of `node`, which it does not compute itself.
    pub fn read(&mut self, node: NodeId) -> Home {
        if let Op::Parameter(parameter) = self.nodes[node.0].op {
            let full = self.vector(parameter).full;
            let home = full.unwrap_or_else(|| self.allocate(node, 1));
            self.vector(parameter).full = Some(home);
            return home;
        }
        self.of[node.0].unwrap_or_else(|| panic!("node {} is read before it is computed", node.0))
    }

    /// Where a product starts from the value of `node`.
    pub fn read_initial(&mut self, node: NodeId) -> Home {
        let Op::Parameter(parameter) = self.nodes[node.0].op else { return self.read(node) };
        let row = self.vector(parameter).row;
        let home = row.unwrap_or_else(|| self.allocator.row(self.nodes[node.0].width));
        self.vector(parameter).row = Some(home);
        home
    }

    /// The packed form of a matrix.
    pub fn pack(&mut self, matrix: &Matrix, transposed: bool) -> Pack {
        self.packs.number(match matrix {
            Matrix::Weight(parameter) => Factor::Weight { parameter: self.first_parameter + parameter.0, transposed },
            Matrix::Fixed(matrix) => Factor::Fixed { matrix: matrix.clone(), transposed },
        })
    }

    fn vector(&mut self, parameter: ParameterId) -> &mut VectorHomes {
        if self.vectors.len() <= parameter.0 {
            self.vectors.resize_with(parameter.0 + 1, VectorHomes::default);
        }
        &mut self.vectors[parameter.0]
    }
}
