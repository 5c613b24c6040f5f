//! Scaling matrices to data before training, for initializers that ask for it.

use super::Splits;
use crate::{
    component::{
        init::{DataScaling, InitSpec},
        task::{Batch, Goal, Targets},
    },
    compute::kernel::Isa,
    engine::fused::FusedEngine,
    graph::{NodeId, Op, ParameterId},
    model::{Network, Stage},
};

/// Scales the matrices of `network` whose initializer asks for it, in the order in which the network computes them, so that
/// their products with the first training sequences have the variance it asks for. Always by the fused engine, so that every
/// engine starts with the same bits.
pub fn scale_to_data(network: &Network, init: &InitSpec, splits: &Splits, isa: Isa, parameters: &mut [f32]) {
    let stages = network.layers.len() + network.readout.len();
    for stage in 0..stages {
        let Stage { graph, first_parameter, .. } = stage_of(network, stage);
        let mut done: Vec<ParameterId> = vec![];
        for node in &graph.nodes {
            let Op::Linear { weight, .. } = node.op else { continue };
            let parameter = &network.parameters[first_parameter + weight.0];
            let scaling = init.initializer(parameter).data_scaling().filter(|_| !done.contains(&weight));
            done.push(weight);
            let Some(scaling) = scaling else { continue };
            let batch = splits.training_batch(0, scaling.sequences);
            for _ in 0..scaling.attempts {
                let products = products(network, stage, weight, &batch, isa, parameters);
                let Some(factor) = factor(scaling, &products) else { break };
                parameters[parameter.range()].iter_mut().for_each(|entry| *entry = (f64::from(*entry) * factor) as f32);
            }
        }
    }
}

/// The factor for a matrix with these products; none if they are near enough already, or no factor helps.
fn factor(scaling: DataScaling, products: &[f32]) -> Option<f64> {
    let count = products.len() as f64;
    let mean = products.iter().map(|&x| f64::from(x)).sum::<f64>() / count;
    let deviation =
        libm::sqrt(products.iter().map(|&x| (f64::from(x) - mean) * (f64::from(x) - mean)).sum::<f64>() / count);
    let wanted = libm::sqrt(scaling.variance);
    let factor = wanted / deviation;
    ((deviation - wanted).abs() > scaling.tolerance && factor.is_finite() && factor > 0.0).then_some(factor)
}

fn stage_of(network: &Network, stage: usize) -> &Stage {
    network.layers.iter().chain(&network.readout).nth(stage).expect("a stage")
}

/// The products of the matrix `weight` of this stage with `batch` wherever it is used: \[uses, steps, size, units\].
fn products(
    network: &Network,
    stage: usize,
    weight: ParameterId,
    batch: &Batch,
    isa: Isa,
    parameters: &[f32],
) -> Vec<f32> {
    let nodes = stage_of(network, stage).graph.nodes.iter().enumerate();
    let uses = nodes.filter(|(_, node)| matches!(node.op, Op::Linear { weight: used, .. } if used == weight));
    let mut products = vec![];
    for (node, _) in uses {
        let shortened = shortened(network, stage, NodeId(node));
        let (steps, width) = (batch.dimensions.steps, shortened.dimensions.goal.width());
        // A layer's products are looked at at every step, those of the readout where it is read.
        let every = stage < network.layers.len();
        let batch = Batch {
            dimensions: shortened.dimensions,
            targets: Targets::Numbers(vec![0.0; steps * batch.size * width]),
            read: if every { vec![true; steps * batch.size] } else { batch.read.clone() },
            ..batch.clone()
        };
        let mut engine = FusedEngine::<f32>::new(shortened, isa, 1);
        products.extend(engine.evaluate(parameters, &batch).1);
    }
    products
}

/// The network up to this stage, which ends at `node`.
fn shortened(network: &Network, stage: usize, node: NodeId) -> Network {
    let mut shortened = network.clone();
    let layers = shortened.layers.len();
    shortened.layers.truncate(stage + 1);
    shortened.readout.truncate((stage + 1).saturating_sub(layers));
    let last = shortened.readout.last_mut().or(shortened.layers.last_mut()).expect("a stage");
    last.graph.output = node;
    shortened.dimensions.goal = Goal::Numbers(last.graph.nodes[node.0].width);
    shortened
}
