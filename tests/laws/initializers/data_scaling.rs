//! Initializers that look at data before training.

use longlag::{
    component::{
        cell::{CellSpec, Lstm},
        init::{GlorotUniform, InitSpec, InitializerSpec, Lsuv, Zeros},
        task::{Batch, Copy, Goal, Targets, TaskSpec},
    },
    compute::kernel::Isa,
    engine::dfdx::DfdxEngine,
    graph::{NodeId, Op},
    model::{ModelSpec, Network},
    train::{Splits, scale_to_data},
};

fn adding(length: usize) -> TaskSpec {
    serde_json::from_value(serde_json::json!({"kind": "adding", "length": length})).expect("a task")
}

fn lsuv(lsuv: Lsuv) -> InitSpec {
    let lsuv = InitializerSpec::Lsuv(lsuv);
    InitSpec { input: lsuv.clone(), recurrent: lsuv.clone(), readout: lsuv, ..InitSpec::default() }
}

fn fitted(model: &ModelSpec, task: &TaskSpec, init: &InitSpec) -> (Network, Splits, Vec<f32>) {
    let network = Network::new(model, task.dimensions());
    let splits = Splits::new(task, "a task", 0, 0);
    let mut parameters = network.initialize(init, 0, 0);
    scale_to_data(&network, init, &splits, Isa::Portable, &mut parameters);
    (network, splits, parameters)
}

/// The standard deviation of every product of the first layer, by the reference engine: (name of the matrix, deviation).
fn deviations(network: &Network, batch: &Batch, parameters: &[f32]) -> Vec<(String, f64)> {
    let mut found = vec![];
    let graph = &network.layers[0].graph;
    for (index, node) in graph.nodes.iter().enumerate() {
        let Op::Linear { weight, .. } = node.op else { continue };
        let mut shortened = network.clone();
        shortened.layers.truncate(1);
        shortened.readout.clear();
        shortened.layers[0].graph.output = NodeId(index);
        shortened.dimensions.goal = Goal::Numbers(node.width);
        let rows = batch.dimensions.steps * batch.size;
        let batch = Batch {
            dimensions: shortened.dimensions,
            targets: Targets::Numbers(vec![0.0; rows * node.width]),
            read: vec![true; rows],
            ..batch.clone()
        };
        let engine = DfdxEngine::<f32, _>::new(shortened, dfdx::tensor::Cpu::default());
        let products: Vec<f64> = engine.evaluate(parameters, &batch).1.into_iter().map(f64::from).collect();
        let count = products.len() as f64;
        let mean = products.iter().sum::<f64>() / count;
        let deviation = (products.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count).sqrt();
        found.push((graph.parameters[weight.0].name.clone(), deviation));
    }
    found
}

#[test]
fn lsuv_gives_products_the_wanted_variance() {
    let adding = adding(20);
    let copy = TaskSpec::Copy(Copy::default());
    let lstm = ModelSpec { cell: CellSpec::Lstm(Lstm {}), hidden: 12, ..ModelSpec::default() };
    let elman = ModelSpec { hidden: 20, ..ModelSpec::default() };
    for (model, task) in [(&elman, &adding), (&elman, &copy), (&lstm, &adding)] {
        for variance in [1.0, 0.25] {
            // Later matrices change the state, and with it the earlier products: a tolerance for both.
            let spec = Lsuv { variance, tolerance: 0.02, attempts: 30, sequences: 64 };
            let (network, splits, parameters) = fitted(model, task, &lsuv(spec));
            let batch = splits.training_batch(0, 64);
            let input = deviations(&network, &batch, &parameters);
            let input = input.iter().filter(|(name, _)| name.starts_with("w_x"));
            for (name, deviation) in input {
                let close = (deviation - variance.sqrt()).abs() <= 0.021;
                assert!(close, "{} of {} on {}: {deviation}", name, model.cell.kind(), task.kind());
            }
            let last = deviations(&network, &batch, &parameters);
            let (name, deviation) = last.last().expect("a product");
            let close = (deviation - variance.sqrt()).abs() <= 0.021;
            assert!(close, "{name} of {} on {}: {deviation}", model.cell.kind(), task.kind());
        }
    }
}

/// Scaling keeps the matrix orthogonal up to a factor; nothing else is touched.
#[test]
fn lsuv_only_scales() {
    let task = adding(10);
    let model = ModelSpec { hidden: 8, ..ModelSpec::default() };
    let init = InitSpec { bias: InitializerSpec::Zeros(Zeros {}), ..lsuv(Lsuv::default()) };
    let (network, _, parameters) = fitted(&model, &task, &init);
    let before = network.initialize(&init, 0, 0);
    for parameter in &network.parameters {
        let (before, after) = (&before[parameter.range()], &parameters[parameter.range()]);
        let factor = after[0] / before[0];
        for (before, after) in before.iter().zip(after) {
            assert!((before * factor - after).abs() <= 1e-5 * after.abs() || before == after, "{}", parameter.name);
        }
    }
    let changed = network.parameters.iter().filter(|p| before[p.range()] != parameters[p.range()]);
    assert!(changed.count() >= 2, "the input matrix and the recurrent one are scaled");
}

#[test]
fn without_lsuv_nothing_is_fitted() {
    let task = adding(10);
    let init = InitSpec { input: InitializerSpec::GlorotUniform(GlorotUniform::default()), ..InitSpec::default() };
    let (network, _, parameters) = fitted(&ModelSpec::default(), &task, &init);
    assert_eq!(parameters, network.initialize(&init, 0, 0));
}

/// Products that are all 0, as those of a state with no input matrix, leave the matrix as it is.
#[test]
fn lsuv_leaves_what_cannot_be_scaled() {
    let task = adding(10);
    let init = InitSpec { input: InitializerSpec::Zeros(Zeros {}), ..lsuv(Lsuv::default()) };
    let (network, _, parameters) = fitted(&ModelSpec::default(), &task, &init);
    assert_eq!(parameters, network.initialize(&init, 0, 0));
}
