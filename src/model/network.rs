//! A model for a given task, read off the graphs of its layers.

use super::{Dense, ModelSpec};
use crate::{
    component::{
        activation::ActivationSpec,
        cell::Laws,
        init::{Gates, InitSpec},
        parameter::{Parameter, Role},
        task::Dimensions,
    },
    compute::memory::filled,
    graph::{Builder, Graph, Kind},
    seed,
};

/// A graph with the place of its parameters in the flat buffer.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// One step of the layer, or one dense layer of the readout.
    pub graph: Graph,
    /// Index of the graph's first parameter in [`Network::parameters`]; the others follow in order.
    pub first_parameter: usize,
    /// The site of the graph's first random vector; the others follow in order. No two random vectors of a network share one.
    pub first_site: usize,
}

/// A model for a given task.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// The dimensions of the task that it is made for.
    pub dimensions: Dimensions,
    /// Recurrent layers, from the input on.
    pub layers: Vec<Stage>,
    /// Stateless layers, at the steps that are read.
    pub readout: Vec<Stage>,
    /// In the order of the flat buffer.
    pub parameters: Vec<Parameter>,
}

impl Network {
    /// The network of `model` for a task of these dimensions.
    pub fn new(model: &ModelSpec, dimensions: Dimensions) -> Self {
        let mut network = Self { dimensions, layers: vec![], readout: vec![], parameters: vec![] };
        let mut width = dimensions.inputs;
        for layer in 0..model.layers {
            let (step, laws) = (model.step(layer, width, model.hidden), model.laws(layer, width, model.hidden));
            let stage = network.stage(&format!("layer{layer}"), step, laws, None);
            width = stage.graph.nodes[stage.graph.output.0].width;
            network.layers.push(stage);
        }
        let mut dropout = model.readout.dropout;
        for (index, Dense { units, activation, dropout: behind }) in model.readout.dense.iter().enumerate() {
            let graph = dense(width, *units, Some(activation), dropout);
            let stage = network.stage(&format!("readout{index}"), graph, Laws::new(), Some(width));
            network.readout.push(stage);
            (width, dropout) = (*units, *behind);
        }
        let last = dense(width, dimensions.goal.width(), None, dropout);
        let stage = network.stage(&format!("readout{}", model.readout.dense.len()), last, Laws::new(), Some(width));
        network.readout.push(stage);
        network
    }

    /// A stage; of a dense layer in the readout, `dense_inputs` are its inputs.
    fn stage(&mut self, prefix: &str, graph: Graph, mut laws: Laws, dense_inputs: Option<usize>) -> Stage {
        let first_parameter = self.parameters.len();
        for parameter in &graph.parameters {
            let role = match parameter.kind {
                Kind::Bias => Role::Bias,
                _ if dense_inputs.is_some() => Role::Readout,
                Kind::Input => Role::Input,
                Kind::Recurrent => Role::Recurrent,
            };
            let name = format!("{prefix}.{}", parameter.name);
            let (shape, offset, start) = (parameter.shape.clone(), self.size(), laws.remove(&parameter.name));
            self.parameters.push(Parameter { name, shape, role, dense_inputs, offset, start });
        }
        Stage { graph, first_parameter, first_site: self.random_vectors() }
    }

    /// Number of random vectors; their sites count from 0.
    pub fn random_vectors(&self) -> usize {
        let end = |stage: &Stage| stage.first_site + stage.graph.random_vectors().count();
        self.layers.iter().chain(&self.readout).map(end).max().unwrap_or(0)
    }

    /// Number of trained numbers.
    pub fn size(&self) -> usize {
        self.parameters.last().map_or(0, |last| last.range().end)
    }

    /// Floating-point operations of the matrix products of one update of `batch` sequences that are read at `reads` steps:
    /// forward once, backward twice, two operations for each multiply-add.
    pub fn flops_per_update(&self, batch: usize, reads: usize) -> u64 {
        let products = |stages: &[Stage]| stages.iter().map(|stage| stage.graph.multiply_adds()).sum::<usize>();
        let per_sequence = products(&self.layers) * self.dimensions.steps + products(&self.readout) * reads;
        6 * (per_sequence as u64) * (batch as u64)
    }

    /// Initial values of the flat buffer. They depend on the seed, the replicate and each parameter's name and shape only,
    /// so that models that share a parameter share its initial values; of a joint law, on its name in place of the parameter's.
    #[expect(clippy::missing_panics_doc, reason = "a stack has the parameter that it was asked for")]
    pub fn initialize(&self, init: &InitSpec, seed: u64, replicate: u32) -> Vec<f32> {
        let mut values = filled(0.0f32, self.size());
        for parameter in &self.parameters {
            let initializer = init.initializer(parameter);
            let joint = initializer.joint().map(|law| format!("{} {law}", parameter.layer()));
            // Of a stack the first matrix gives the name.
            let stack = self.stack(init, parameter);
            let name = joint.as_deref().unwrap_or(&stack[0].name);
            let axes = [("replicate", &replicate.to_string()[..]), ("parameter", name)];
            let mut draws = seed::stream(seed, seed::Purpose::Init, &axes).at(0);
            let count = parameter.range().len();
            let mut drawn = filled(0.0, stack.len() * count);
            initializer.fill(parameter.init_shape().stacked(stack.len()), &mut draws, &mut drawn);
            let place = stack.iter().position(|other| other.name == parameter.name).expect("a stack of it and others");
            for (value, drawn) in values[parameter.range()].iter_mut().zip(&drawn[place * count..]) {
                *value = *drawn as f32;
            }
        }
        values
    }

    /// The parameters that start as one matrix with `parameter`, in order, itself among them.
    pub fn stack<'a>(&'a self, init: &InitSpec, parameter: &'a Parameter) -> Vec<&'a Parameter> {
        let initializer = init.initializer(parameter);
        if initializer.gates() == Gates::Separate || parameter.shape.len() != 2 {
            return vec![parameter];
        }
        let of = |other: &Parameter| (other.layer().to_owned(), other.role, other.shape.clone());
        let same = |other: &&Parameter| of(other) == of(parameter) && init.initializer(other) == initializer;
        self.parameters.iter().filter(same).collect()
    }
}

/// f(W·dropout(x) + b), as a step without a state.
fn dense(inputs: usize, units: usize, activation: Option<&ActivationSpec>, dropout: f64) -> Graph {
    let graph = Builder::new(inputs, units);
    let z = graph.input().dropout(dropout).linear("w") + graph.vector("b");
    graph.output(activation.map_or(z, |activation| activation.apply(z)));
    graph.finish()
}
