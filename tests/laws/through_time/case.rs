//! A network, its parameters and a batch, run by both engines in f64.

use dfdx::tensor::Cpu;
use longlag::{
    component::{
        bptt::BpttSpec,
        cell::CellSpec,
        init::InitSpec,
        parameter::{Parameter, Role},
        task::{Adding, Batch, Copy, Dimensions, Goal, Targets, TaskSpec},
    },
    compute::kernel::Isa,
    engine::{dfdx::DfdxEngine, fused::FusedEngine},
    graph::{Builder, Graph},
    model::{ModelSpec, Network, Stage},
    seed::{self, Stream},
};

use crate::support::relative_error;

/// One that reads its last output, one that reads all.
pub fn tasks() -> [TaskSpec; 2] {
    [TaskSpec::Adding(Adding { length: 6.into() }), TaskSpec::Copy(Copy { length: 3.into(), symbols: 3, items: 2 })]
}

/// The stream that random vectors are drawn from.
pub fn noise() -> Stream {
    seed::stream(3, seed::Purpose::Dropout, &[])
}

pub struct Case {
    pub network: Network,
    pub parameters: Vec<f64>,
    pub batch: Batch,
}

impl Case {
    /// Random parameters, those of biases too, so that their place matters.
    pub fn new(network: Network, batch: Batch) -> Self {
        let mut draws = seed::stream(1, seed::Purpose::Init, &[]).at(0);
        let initial = network.initialize(&InitSpec::default(), 1, 0);
        let parameters = initial.into_iter().map(|initial| f64::from(initial) + 0.1 * draws.normal()).collect();
        Self { network, parameters, batch }
    }

    pub fn of(cell: &CellSpec, task: &TaskSpec, layers: usize, size: u64) -> Self {
        let model = ModelSpec { cell: cell.clone(), hidden: 5, layers, ..ModelSpec::default() };
        Self::with_model(&model, task, &(0..size).collect::<Vec<_>>())
    }

    pub fn with_model(model: &ModelSpec, task: &TaskSpec, addresses: &[u64]) -> Self {
        let batch = Batch::draw(task, &seed::stream(1, seed::Purpose::Data, &[]), addresses);
        Self::new(Network::new(model, task.dimensions()), batch)
    }

    /// One hand-written cell, all of whose outputs are read.
    pub fn written(steps: usize, size: usize, write: impl FnOnce(&Builder)) -> Self {
        let builder = Builder::new(2, 3);
        write(&builder);
        Self::alone(builder.finish(), steps, size)
    }

    /// One layer with two inputs, all of whose outputs are read.
    pub fn alone(step: Graph, steps: usize, size: usize) -> Self {
        let network = alone(step, steps);
        let mut draws = seed::stream(2, seed::Purpose::Data, &[]).at(0);
        let input = (0..steps * size * 2).map(|_| draws.normal() as f32).collect();
        let batch = all_read(network.dimensions, input);
        Self::new(network, batch)
    }

    pub fn reference(&self, rules: &[BpttSpec]) -> DfdxEngine<f64, Cpu> {
        DfdxEngine::new(self.network.clone(), Cpu::default()).with_backward(rules.to_vec())
    }

    pub fn fused(&self, rules: &[BpttSpec]) -> FusedEngine<f64> {
        FusedEngine::new(self.network.clone(), Isa::Portable, 1).with_backward(rules.to_vec())
    }

    pub fn gradient(&self, rules: &[BpttSpec]) -> Vec<f64> {
        self.fused(rules).differentiate(&self.parameters, &self.batch, None).2
    }

    /// The fused engine's gradient is that of its loss, with the random vectors drawn from `noise`.
    pub fn assert_central_differences(&self, what: &str, noise: Option<&Stream>) {
        // A small step, for what bends as sharply as a normalization of nearly equal units.
        let (mut fused, step) = (self.fused(&[]), 3e-7);
        let gradient = fused.differentiate(&self.parameters, &self.batch, noise).2;
        let differences: Vec<f64> = (0..self.parameters.len())
            .map(|k| {
                let mut loss = |sign: f64| {
                    let mut moved = self.parameters.clone();
                    moved[k] += sign * step;
                    fused.differentiate(&moved, &self.batch, noise).0
                };
                (loss(1.0) - loss(-1.0)) / (2.0 * step)
            })
            .collect();
        let error = relative_error(&gradient, &differences);
        assert!(error <= 1e-7, "{what}: {error:e}");
    }

    /// Both engines agree on loss, outputs, gradient and the gradients by the states; gives the gradient.
    pub fn assert_engines_agree(&self, what: &str, rules: &[BpttSpec], noise: Option<&Stream>) -> Vec<f64> {
        let (reference, mut fused) = (self.reference(rules), self.fused(rules));
        let (p, b) = (&self.parameters, &self.batch);
        let (wanted, got) = (reference.differentiate(p, b, noise), fused.differentiate(p, b, noise));
        assert!((wanted.0 - got.0).abs() <= 1e-12 * wanted.0.abs(), "{what}: loss {} {}", wanted.0, got.0);
        let error = relative_error(&got.1, &wanted.1);
        assert!(error <= 1e-12, "{what}: outputs {error:e}");
        let error = relative_error(&got.2, &wanted.2);
        assert!(error <= 1e-10, "{what}: gradient {error:e}");
        let (wanted_evaluated, evaluated) = (reference.evaluate(p, b), fused.evaluate(p, b));
        let (loss, error) = (evaluated.0 - wanted_evaluated.0, relative_error(&evaluated.1, &wanted_evaluated.1));
        assert!(loss.abs() <= 1e-12 * wanted_evaluated.0.abs() && error <= 1e-12, "{what}: evaluated {error:e}");
        let carried = reference.carried_gradients(p, b);
        for (wanted, got) in carried.iter().zip(fused.carried_gradients(p, b)) {
            let (state, layer) = (&wanted.state, wanted.layer);
            assert_eq!((layer, state, wanted.width), (got.layer, &got.state, got.width));
            let error = relative_error(&got.values, &wanted.values);
            assert!(error <= 1e-10, "{what}: by {state} of layer {layer}: {error:e}");
            let error = relative_error(&got.earlier, &wanted.earlier);
            // What passes within a ring meets no rule, and the engines apply rules at different places of it.
            assert!(!rules.is_empty() || error <= 1e-10, "{what}: by earlier {state} of layer {layer}: {error:e}");
        }
        got.2
    }
}

/// A batch of which every output is read; its targets are all a quarter.
pub fn all_read(dimensions: Dimensions, input: Vec<f32>) -> Batch {
    let size = input.len() / dimensions.steps / dimensions.inputs;
    let rows = dimensions.steps * size;
    Batch {
        size,
        dimensions,
        input,
        targets: Targets::Numbers(vec![0.25; rows * dimensions.goal.width()]),
        read: vec![true; rows],
        scored: vec![true; rows],
        addresses: (0..size as u64).collect(),
    }
}

/// A network that is one layer, whose outputs are those of the cell.
pub fn alone(graph: Graph, steps: usize) -> Network {
    let mut parameters: Vec<Parameter> = vec![];
    for parameter in &graph.parameters {
        let offset = parameters.last().map_or(0, |last| last.range().end);
        let (name, shape) = (parameter.name.clone(), parameter.shape.clone());
        parameters.push(Parameter { name, shape, role: Role::Input, dense_inputs: None, offset, start: None });
    }
    let dimensions = Dimensions { inputs: 2, goal: Goal::Numbers(graph.nodes[graph.output.0].width), steps };
    let layers = vec![Stage { graph, first_parameter: 0, first_site: 0 }];
    Network { dimensions, layers, readout: vec![], parameters }
}
