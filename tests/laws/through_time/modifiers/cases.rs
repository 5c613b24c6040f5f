//! Modifiers in settings that matter in short sequences, and the cells that they fit.

use longlag::{
    component::{
        cell::CellSpec,
        modifier::{
            Clockwork, DepthResidual, Dilation, InitialState, LayerNorm, ModifierSpec, Normalized, Per, Rate,
            RecurrentDropout, Skip, Start, Zoneout,
        },
        task::Dimensions,
    },
    compute::kernel::Isa,
    engine::fused::FusedEngine,
    graph::{Builder, Graph},
    model::ModelSpec,
};

use crate::through_time::case::{all_read, alone, noise};

pub fn zoneout(rate: f64, states: &[(&str, f64)]) -> ModifierSpec {
    let states = states.iter().map(|&(name, rate)| (name.to_owned(), Rate(rate))).collect();
    ModifierSpec::Zoneout(Zoneout { rate: Rate(rate), states })
}

pub fn recurrent_dropout(rate: f64) -> ModifierSpec {
    ModifierSpec::RecurrentDropout(RecurrentDropout { rate, per: Per::Step })
}

pub fn one_mask(rate: f64) -> ModifierSpec {
    ModifierSpec::RecurrentDropout(RecurrentDropout { rate, per: Per::Sequence })
}

pub fn layer_norm() -> ModifierSpec {
    ModifierSpec::LayerNorm(LayerNorm { epsilon: 0.01, ..LayerNorm::default() })
}

pub fn layer_norm_behind() -> ModifierSpec {
    ModifierSpec::LayerNorm(LayerNorm { epsilon: 0.01, of: Normalized::Output })
}

pub fn skip(steps: usize) -> ModifierSpec {
    ModifierSpec::Skip(Skip { steps })
}

pub fn clockwork(periods: &[usize]) -> ModifierSpec {
    ModifierSpec::Clockwork(Clockwork { periods: periods.to_vec() })
}

pub fn depth_residual() -> ModifierSpec {
    ModifierSpec::DepthResidual(DepthResidual {})
}

pub fn initial_state(start: Start) -> ModifierSpec {
    ModifierSpec::InitialState(InitialState { start, deviation: 0.5 })
}

pub fn dilation(steps: usize, growth: usize) -> ModifierSpec {
    ModifierSpec::Dilation(Dilation { steps, growth })
}

/// Every registered modifier, and some after one another.
pub fn lists() -> Vec<Vec<ModifierSpec>> {
    let lists = vec![
        vec![zoneout(0.3, &[])],
        vec![zoneout(0.0, &[("h", 0.6)])],
        vec![recurrent_dropout(0.4)],
        vec![dilation(2, 1)],
        vec![dilation(1, 3)],
        vec![dilation(3, 1), zoneout(0.3, &[]), recurrent_dropout(0.4)],
        vec![zoneout(0.3, &[]), dilation(2, 2)],
        vec![one_mask(0.4)],
        vec![layer_norm()],
        vec![layer_norm_behind()],
        vec![skip(3)],
        vec![clockwork(&[1, 2])],
        vec![depth_residual()],
        vec![initial_state(Start::Learned)],
        vec![initial_state(Start::Noise)],
        vec![skip(2), clockwork(&[1, 3]), depth_residual(), initial_state(Start::Learned)],
    ];
    for modifier in ModifierSpec::all() {
        assert!(lists.iter().flatten().any(|tested| tested.kind() == modifier.kind()), "{}", modifier.kind());
    }
    lists
}

/// Layer `layer` of a network of `cell` with these modifiers, if they fit it in long sequences.
pub fn fitted(cell: &Graph, modifiers: &[ModifierSpec], layer: usize) -> Option<Graph> {
    modifiers.iter().try_fold(cell.clone(), |step, modifier| {
        modifier.misfit(&step, layer, 1000).is_none().then(|| modifier.modify(&step, layer))
    })
}

/// The lists that fit each layer of a network of `cell`.
pub fn fitting(cell: &CellSpec, inputs: usize, hidden: usize, layers: usize) -> Vec<Vec<ModifierSpec>> {
    let fits = |modifiers: &Vec<ModifierSpec>| {
        let below = |width: Option<usize>, layer: usize| {
            let step = fitted(&cell.graph(width?, hidden), modifiers, layer)?;
            Some(step.nodes[step.output.0].width)
        };
        (0..layers).fold(Some(inputs), below).is_some()
    };
    lists().into_iter().filter(fits).collect()
}

pub fn model(cell: &CellSpec, modifiers: &[ModifierSpec], hidden: usize, layers: usize) -> ModelSpec {
    ModelSpec { cell: cell.clone(), modifiers: modifiers.to_vec(), hidden, layers, ..ModelSpec::default() }
}

/// The outputs of a hand-written cell of one unit for 1000 inputs, in training and at evaluation.
pub fn traces(modifier: &ModifierSpec, input: &[f32], write: impl FnOnce(&Builder)) -> [Vec<f64>; 2] {
    let builder = Builder::new(1, 1);
    write(&builder);
    let step = modifier.modify(&builder.finish(), 0);
    let mut network = alone(step, input.len());
    network.dimensions = Dimensions { inputs: 1, ..network.dimensions };
    let batch = all_read(network.dimensions, input.to_vec());
    let parameters = vec![1.0; network.size()];
    let mut engine = FusedEngine::<f64>::new(network, Isa::Portable, 1);
    let training = engine.differentiate(&parameters, &batch, Some(&noise())).1;
    [training, engine.evaluate(&parameters, &batch).1]
}
