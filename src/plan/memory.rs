//! A trial's need of memory.

use crate::{
    component::task::TaskSpec,
    engine::{BLOCK, Backend, TILE_ROWS},
    model::ModelSpec,
    train::{EVALUATION_BATCH, TrainSpec},
};

/// The share of a model and a task in a trial's need of memory. In f64, so that nothing overflows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Footprint {
    /// Trained numbers.
    weights: f64,
    /// Numbers per sequence that one step makes.
    activations: f64,
    /// Numbers of these that the next step reads.
    states: f64,
    /// Numbers per sequence that the readout makes of one step that is read.
    readout: f64,
    steps: f64,
    /// Numbers per sequence of data.
    sequence: f64,
    /// Whether the evaluation sets are copied batch by batch out of a data set that all trials share.
    stored: bool,
}

impl Footprint {
    pub fn new(task: &TaskSpec, model: &ModelSpec) -> Self {
        let dimensions = task.dimensions();
        // The graph of a narrow cell tells how many vectors a step makes; the widths are put in here, so that sizes too large
        // to build are never built.
        let narrow = 8;
        let fits = model.cell.misfit(narrow, narrow).is_none();
        let probe = if fits { narrow } else { model.hidden };
        let graph = model.step(0, if fits { narrow } else { dimensions.inputs }, probe);
        let vectors = graph.activations() as f64 / probe as f64;
        let states = graph.states.iter().map(|state| state.width).sum::<usize>() as f64 / probe as f64;
        let matrices = graph.parameter_count() as f64 / (probe * probe) as f64;
        let (hidden, layers, steps) = (model.hidden as f64, model.layers as f64, dimensions.steps as f64);
        // Each layer of the readout is a matrix on what comes before, and makes a sum and what its activation makes of that.
        let widths = model.readout.dense.iter().map(|dense| dense.units as f64).chain([dimensions.goal.width() as f64]);
        let (mut before, mut dense, mut readout) = (hidden, 0.0, 0.0);
        for width in widths {
            dense += (before + 1.0) * width;
            readout += 2.0 * width;
            before = width;
        }
        Self {
            weights: matrices * hidden * hidden * layers + dense,
            activations: vectors * hidden * layers,
            states: states * hidden * layers,
            readout,
            steps,
            sequence: steps * (dimensions.inputs + dimensions.goal.width() + 1) as f64,
            stored: task.contents().is_some(),
        }
    }

    /// Bytes that one trial needs at most, roughly: parameters with their gradient and the `slots` numbers that the optimizer
    /// keeps of each, activations, and the sequences of the evaluation sets.
    pub fn bytes(&self, backend: Backend, slots: usize, train: &TrainSpec) -> f64 {
        let copies = 2.0 + slots as f64;
        let batch = train.batch as f64;
        let (copies, activations) = match backend {
            Backend::Fused { threads, .. } => {
                // Packed weights, forward and transposed, and each thread's sums; of each thread's tile the values that are
                // kept at every step, and all with their cotangents during a block of steps.
                let threads = threads.min(train.batch.div_ceil(TILE_ROWS)) as f64;
                let rows = batch.min(TILE_ROWS as f64) * threads;
                let readout = self.readout * self.steps * rows;
                (copies + 3.0 + threads, self.activations * (KEPT * self.steps + 2.0 * BLOCK as f64) * rows + readout)
            }
            // A value, its gradient, and what the tape keeps.
            _ => (copies, 3.0 * (self.activations + self.readout) * self.steps * batch),
        };
        // A checkpoint in the making: parameters and optimizer's state, and both as bytes.
        let checkpoint = 2.0 * (1.0 + slots as f64);
        let held_out = if self.stored { EVALUATION_BATCH } else { train.validation_sequences + train.test_sequences };
        let sequences = self.sequence * (batch + held_out as f64);
        4.0 * (self.weights * (copies + checkpoint).max(INITIALIZED) + activations + sequences)
    }
}

impl Footprint {
    /// Bytes that a test on `sequences` sequences needs beside the training: the data, and a network of its own.
    pub fn bytes_of_test(&self, backend: Backend, sequences: usize) -> f64 {
        let rows = match backend {
            Backend::Fused { threads, .. } => sequences.min(TILE_ROWS * threads.max(1)) as f64,
            _ => sequences.min(EVALUATION_BATCH) as f64,
        };
        // Forward only, block by block.
        let activations = (self.activations * BLOCK as f64 + self.readout * self.steps) * rows;
        4.0 * (self.sequence * sequences as f64 + activations + 2.0 * self.weights)
    }

    /// Bytes that a probe of `sequences` sequences needs beside the training: the data, all of their steps' values, and the gradient at
    /// each state of each step.
    pub fn bytes_of_probe(&self, backend: Backend, sequences: usize) -> f64 {
        let all = sequences as f64;
        let kept = match backend {
            Backend::Fused { threads, .. } => {
                let rows = sequences.min(TILE_ROWS * threads.max(1)) as f64;
                self.activations * (KEPT * self.steps + 2.0 * BLOCK as f64) * rows
            }
            _ => 3.0 * self.activations * self.steps * all,
        };
        4.0 * (self.sequence * all + self.states * self.steps * all + kept + self.readout * self.steps * all)
    }
}

/// Copies of all weights while they get their initial values: an orthogonal matrix is made of three and a half in f64.
const INITIALIZED: f64 = 8.0;

/// The part of a step's numbers that the fused engine keeps for the way back: 0.20 of elman's, 0.25 of gru's, 0.27 of lstm's.
const KEPT: f64 = 0.3;
