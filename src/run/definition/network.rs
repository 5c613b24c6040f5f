//! The definition of a network: its graphs, the matrices that are made of raw parameters, the laws of initial values.

use super::digest::Digest;
use crate::{
    component::{
        init::{InitSpec, InitializerSpec, Shape},
        parametrization::{ParametrizationSpec, Parametrized, Tensor},
    },
    compute::{
        kernel::Isa,
        matrix::{Evaluator, Formula},
    },
    model::Network,
    seed::{self, Purpose},
};

/// The most rows and columns that are drawn of an initial matrix, beside its own fans.
const DRAWN: usize = 20;
/// The size of the matrices that formulae are evaluated for.
const FORMULA: usize = 6;

pub(super) fn hash(network: &Network, parametrized: &Parametrized, init: &InitSpec) -> String {
    let mut digest = Digest::new("network");
    for (kind, stages) in [("layer", &network.layers), ("readout", &network.readout)] {
        for stage in stages {
            digest.text(kind);
            digest.text(&stage.graph.canonical());
        }
    }
    for weight in &network.parameters {
        digest.text(&weight.name);
        let law = init.initializer(weight);
        let stack = network.stack(init, weight);
        add_law(&mut digest, law, weight.init_shape().stacked(stack.len()));
        // The others that start as one matrix with it, in whose order lies which part is whose.
        stack[1..].iter().for_each(|other| digest.text(&other.name));
        let Some(parametrization) = parametrized.of(&weight.name) else { continue };
        let size = weight.shape[0];
        for tensor in parametrization.tensors(size) {
            let name = format!("{}.{}", weight.name, tensor.name);
            digest.text(&name);
            digest.integers(tensor.kept().flat_map(|range| [range.start as u64, range.end as u64]));
            let local = name.split_once('.').map_or(name.as_str(), |(_, local)| local);
            let named = init.parameters.get(&name).or_else(|| init.parameters.get(local));
            let Tensor { rows, columns, .. } = tensor;
            let shape = Shape { rows, columns, fan_in: columns, fan_out: rows, dense: false };
            add_law(&mut digest, named.or(tensor.law.as_ref()).unwrap_or(law), shape);
        }
        add_formula(&mut digest, parametrization, size);
    }
    digest.finish()
}

/// Adds a law as it fills a corner of a tensor of this shape.
fn add_law(digest: &mut Digest, law: &InitializerSpec, shape: Shape) {
    let corner = Shape { rows: shape.rows.min(DRAWN), columns: shape.columns.min(DRAWN), ..shape };
    let mut drawn = vec![0.0; corner.rows * corner.columns];
    law.fill(corner, &mut seed::stream(0, Purpose::Init, &[("definition", "law")]).at(0), &mut drawn);
    digest.numbers(drawn);
    digest.text(law.joint().unwrap_or_default());
    if let Some(scaling) = law.data_scaling() {
        digest.numbers([scaling.variance, scaling.tolerance]);
        digest.integers([scaling.attempts, scaling.sequences].map(|count| count as u64));
    }
}

/// Adds the weights of raw numbers and how a gradient comes back to these, of a matrix that is small if there is one.
fn add_formula(digest: &mut Digest, parametrization: &ParametrizationSpec, size: usize) {
    let small = (2..=FORMULA.min(size)).rev().find(|small| parametrization.misfit(*small).is_none());
    let size = small.unwrap_or(size);
    let formula = Formula::new();
    // Whatever it is, the bits are the same.
    let isa = Isa::choose().unwrap_or(Isa::Portable);
    let mut evaluator = Evaluator::<f32>::new(isa, &formula, parametrization.formula(size, &formula));
    let numbers = |count: usize| -> Vec<f32> { (1..=count).map(|k| libm::sin(k as f64 * 1.7) as f32).collect() };
    let raw = numbers(parametrization.count(size));
    let (mut weights, mut by_raw) = (vec![0.0; size * size], vec![0.0; raw.len()]);
    evaluator.evaluate(&raw);
    evaluator.value(&mut weights);
    evaluator.vjp(&numbers(size * size), &mut by_raw);
    digest.singles(&weights);
    digest.singles(&by_raw);
}
