//! Writing a cell: a graph, and the laws by which its parameters start.

use std::{cell::RefCell, collections::BTreeMap, ops::Deref};

use crate::{
    component::init::InitializerSpec,
    graph::{Builder, Graph},
};

/// Collects the step of a cell, as [`Builder`] does, and the cell's own laws for the initial values of single parameters.
pub struct CellBuilder {
    graph: Builder,
    laws: RefCell<Laws>,
}

/// Initializers by the local names of parameters.
pub type Laws = BTreeMap<String, InitializerSpec>;

impl CellBuilder {
    /// A step whose input has `inputs` units and whose states and outputs have `hidden` units unless they say otherwise.
    pub(super) fn new(inputs: usize, hidden: usize) -> Self {
        Self { graph: Builder::new(inputs, hidden), laws: RefCell::default() }
    }

    /// Says by which law the parameter `name`, which is there already, starts, unless the suite names another for it.
    ///
    /// # Panics
    /// If there is no such parameter.
    pub fn start(&self, name: &str, law: InitializerSpec) {
        assert!(self.graph.has_parameter(name), "there is no parameter `{name}` to start");
        self.laws.borrow_mut().insert(name.to_owned(), law);
    }

    pub(super) fn finish(self) -> (Graph, Laws) {
        (self.graph.finish(), self.laws.into_inner())
    }
}

impl Deref for CellBuilder {
    type Target = Builder;

    fn deref(&self) -> &Builder {
        &self.graph
    }
}
