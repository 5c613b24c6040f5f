//! Networks and batches of any size, and what an engine finds on them.

use longlag::{
    component::{
        activation::ActivationSpec,
        cell::CellSpec,
        init::InitSpec,
        task::{Batch, Dimensions, Goal, Targets},
    },
    compute::kernel::Isa,
    engine::fused::FusedEngine,
    model::{Dense, ModelSpec, Network, Readout},
    seed::{self, Purpose, Stream},
};

/// A case: a network, a task and a size of batches.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub hidden: usize,
    pub batch: usize,
    pub steps: usize,
    pub layers: usize,
    pub goal: Goal,
}

/// A network with its parameters and a batch.
pub struct Case {
    pub network: Network,
    pub parameters: Vec<f32>,
    pub batch: Batch,
}

/// `cell` at some size: three inputs, a dense layer with dropout before the outputs, which are read at the last step and now
/// and then before, not by every sequence at once.
pub fn case(cell: &CellSpec, size: Size) -> Case {
    let Size { hidden, batch, steps, layers, goal } = size;
    let readout =
        Readout { dropout: 0.25, dense: vec![Dense { units: 5, activation: ActivationSpec::default(), dropout: 0.0 }] };
    let model = ModelSpec { cell: cell.clone(), hidden, layers, readout, ..ModelSpec::default() };
    let dimensions = Dimensions { inputs: 3, goal, steps };
    let network = Network::new(&model, dimensions);
    let mut draws = seed::stream(2, Purpose::Init, &[]).at(0);
    let mut parameters = network.initialize(&InitSpec::default(), 2, 0);
    parameters.iter_mut().for_each(|parameter| *parameter += 0.05 * draws.normal() as f32);
    let rows = steps * batch;
    let read: Vec<bool> = (0..rows).map(|at| at / batch == steps - 1 || at % 3 == 0).collect();
    let input = (0..rows * dimensions.inputs).map(|_| draws.normal() as f32).collect();
    let targets = match goal {
        Goal::Classes(classes) => Targets::Classes((0..rows).map(|_| draws.below(classes) as u32).collect()),
        Goal::Bits(width) => Targets::Numbers((0..rows * width).map(|_| draws.below(2) as f32).collect()),
        // All on one side of the outputs, so that a gradient is no small difference of large sums.
        Goal::Numbers(width) => Targets::Numbers((0..rows * width).map(|_| 3.0 + draws.normal() as f32).collect()),
    };
    let addresses = (0..batch as u64).map(|b| 7 * b + 1).collect();
    let batch = Batch { size: batch, dimensions, input, targets, scored: read.clone(), read, addresses };
    Case { network, parameters, batch }
}

/// The stream of the dropout masks.
pub fn noise() -> Stream {
    seed::stream(2, Purpose::Dropout, &[])
}

/// All that the fused engine finds, bit by bit; NaNs are one.
#[derive(Debug, PartialEq)]
pub struct Found {
    loss: u64,
    outputs: Vec<u32>,
    gradient: Vec<u32>,
    evaluated: Vec<u32>,
    carried: Vec<Vec<u32>>,
    earlier: Vec<Vec<u64>>,
}

pub fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| if value.is_nan() { f32::NAN.to_bits() } else { value.to_bits() }).collect()
}

pub fn find(engine: &mut FusedEngine<f32>, parameters: &[f32], batch: &Batch) -> Found {
    let (loss, outputs, gradient) = engine.differentiate(parameters, batch, Some(&noise()));
    let carried = engine.carried_gradients(parameters, batch).into_iter();
    let (carried, earlier) =
        carried.map(|found| (bits(&found.values), found.earlier.iter().map(|sum| sum.to_bits()).collect())).unzip();
    Found {
        loss: if loss.is_nan() { f64::NAN.to_bits() } else { loss.to_bits() },
        outputs: bits(&outputs),
        gradient: bits(&gradient),
        evaluated: bits(&engine.evaluate(parameters, batch).1),
        carried,
        earlier,
    }
}

/// The instruction sets of this processor.
pub fn sets() -> impl Iterator<Item = Isa> {
    Isa::ALL.into_iter().filter(|isa| isa.available())
}
