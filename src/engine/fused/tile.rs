//! A tile: some sequences of a batch, run through all steps while their values are in the cache.

use std::ops::Range;

use super::{
    gradient::GradientSums,
    loss::{self, StepOutputs},
    network::CompiledNetwork,
    stage::{CompiledStage, VectorGradient, WeightGradient},
};
use crate::{
    component::{
        bptt::{self, BpttSpec},
        regularizer::OfSteps,
        task::Batch,
    },
    compute::{
        kernel::{self, Number, PANEL, Place, Track},
        lower::{Executor, KernelCall, Storage},
        memory::filled,
    },
    engine::noise::{self, Occasions},
    graph::{Clock, Renewal, StateId},
    model::{Network, Stage},
    seed::Stream,
};

/// The inputs that all tiles of a batch have in common.
pub(super) struct Job<'a, E> {
    pub network: &'a Network,
    pub sums: &'a GradientSums,
    /// For what passes back from step to step.
    pub rules: &'a [BpttSpec],
    pub penalties: OfSteps<'a>,
    /// The weight of a step of a sequence in penalties.
    pub penalty: E,
    pub parameters: &'a [E],
    pub batch: &'a Batch,
    pub read_steps: &'a [usize],
    /// The weight of every output that may be read, [read steps, size].
    pub weights: &'a [E],
    /// The share of each sequence in the loss, where there are rules.
    pub shares: &'a [E],
    /// Where random vectors come from; without it they have their values at evaluation.
    pub noise: Option<&'a Stream>,
    /// Whether the cotangents of the states are asked for.
    pub probe: bool,
}

/// The results of a tile. Rows are the sequences of the tile.
#[derive(Debug, Default)]
pub(super) struct Found<E> {
    /// [read steps, rows, width].
    pub outputs: Vec<E>,
    /// [read steps, rows]: the loss of each output, not weighted.
    pub losses: Vec<E>,
    /// [layers][states], if asked for.
    pub carried: Vec<Vec<Carried<E>>>,
}

/// The cotangents of a state as carried out of each step. Rows are sequences.
#[derive(Clone, Debug)]
pub(super) struct Carried<E> {
    /// [steps, rows, width].
    pub values: Vec<E>,
    /// [steps, rows]: Σ of squares of those of the earlier values that are carried as well; empty where there are none.
    pub earlier: Vec<f64>,
}

impl<E: Number> Carried<E> {
    /// Zeros for every state of `stage`.
    pub fn zeros(stage: &Stage, steps: usize, rows: usize) -> Vec<Self> {
        let states = stage.graph.states.iter().enumerate();
        let zeros = states.map(|(index, state)| Self {
            values: filled(E::ZERO, steps * rows * state.width),
            earlier: vec![0.0; if stage.graph.delay_of(StateId(index)) > 1 { steps * rows } else { 0 }],
        });
        zeros.collect()
    }
}

/// A tile at work.
pub(super) struct Tile<'a, E> {
    pub job: &'a Job<'a, E>,
    pub compiled: &'a CompiledNetwork<Storage, KernelCall<E>>,
    pub rows: usize,
    /// Which sequences of the batch.
    pub sequences: Range<usize>,
    pub executor: Executor<'a, E>,
}

impl<E: Number> Tile<'_, E> {
    /// Runs forward only.
    pub fn evaluate(mut self) -> Found<E> {
        self.begin();
        let mut found = self.found();
        for t in 0..self.job.batch.dimensions.steps {
            self.forward(t);
            if let Ok(read) = self.job.read_steps.binary_search(&t) {
                for stage in &self.compiled.readout {
                    self.executor.run(&stage.forward, t);
                }
                self.losses(t, read, &mut found);
            }
        }
        found
    }

    /// Runs forward and backward; adds the gradients of the tile to `sums`.
    pub fn differentiate(mut self, sums: &mut [E]) -> Found<E> {
        self.begin();
        let mut found = self.found();
        let steps = self.job.batch.dimensions.steps;
        for t in 0..steps {
            self.forward(t);
        }
        for stage in &self.compiled.layers {
            stage.carried.iter().for_each(|storage| self.executor.arena[storage.range()].fill(E::ZERO));
        }
        for t in (0..steps).rev() {
            for stage in &self.compiled.layers {
                stage.fresh.iter().for_each(|storage| self.executor.arena[storage.range_at(t)].fill(E::ZERO));
            }
            if let Ok(read) = self.job.read_steps.binary_search(&t) {
                self.read(t, read, &mut found, sums);
            }
            for (layer, stage) in self.compiled.layers.iter().enumerate().rev() {
                if self.job.probe {
                    self.probe(t, layer, stage, &mut found.carried[layer]);
                }
                self.set_clocks(&stage.clocks, t, |clock| t + 1 == steps || clock.changes(t + 1));
                self.executor.run(&stage.backward, t);
            }
            if bptt::cut(self.job.rules, t) {
                self.cut(t);
            }
            let length = self.compiled.block;
            if t % length == 0 {
                let block = t..steps.min(t + length);
                self.compiled.layers.iter().for_each(|stage| self.sum_up(stage, block.clone(), sums));
            }
        }
        found
    }

    /// Forgets what was sent back to the steps before `t`.
    fn cut(&mut self, t: usize) {
        for stage in &self.compiled.layers {
            for delay in 1..=stage.longest_delay {
                let sent = stage.carried.iter().map(|storage| storage.delayed(delay).range_at(t));
                sent.for_each(|range| self.executor.arena[range].fill(E::ZERO));
            }
        }
    }

    fn found(&self) -> Found<E> {
        let Job { network, batch, read_steps, probe, .. } = self.job;
        let read = read_steps.len() * self.rows;
        Found {
            outputs: vec![E::ZERO; read * batch.dimensions.goal.width()],
            losses: vec![E::ZERO; read],
            carried: if *probe {
                network.layers.iter().map(|stage| Carried::zeros(stage, batch.dimensions.steps, self.rows)).collect()
            } else {
                vec![]
            },
        }
    }

    /// Lays out what the first step finds: parameter vectors, zeros, random vectors, inputs.
    fn begin(&mut self) {
        let compiled = self.compiled;
        self.executor.arena[compiled.zeros.range()].fill(E::ZERO);
        let Job { network, parameters, batch, noise, .. } = *self.job;
        let rows = self.rows;
        let layers = network.layers.iter().zip(&compiled.layers).map(|pair| (pair, Occasions::Steps));
        let readout = network.readout.iter().zip(&compiled.readout).map(|pair| (pair, Occasions::Reads));
        for ((stage, compiled), occasions) in layers.chain(readout) {
            for storage in &compiled.states {
                for before in 0..compiled.longest_delay {
                    self.executor.arena[storage.delayed(compiled.longest_delay).range_at(before)].fill(E::ZERO);
                }
            }
            for vector in &compiled.vectors {
                let values = &parameters[network.parameters[stage.first_parameter + vector.parameter].range()];
                for storage in vector.row.into_iter().chain(vector.full) {
                    self.scatter(storage, 0, rows, values.len(), |_, unit| values[unit]);
                }
            }
            for &(storage, width) in &compiled.shares {
                let shares = &self.job.shares[self.sequences.clone()];
                self.scatter(storage, 0, rows, width, |row, _| shares[row]);
            }
            if let Some(storage) = compiled.penalty {
                let penalty = self.job.penalty;
                self.scatter(storage, 0, rows, 1, |_, _| penalty);
            }
            for random in &compiled.random {
                let sequences = self.sequences.clone();
                let occasions = if random.renewal == Renewal::Sequence { Occasions::Once } else { occasions };
                match noise {
                    Some(stream) => {
                        self.executor.arena[random.place.range()].fill(E::ZERO);
                        let (arena, storage) = (&mut *self.executor.arena, random.place);
                        let put = |t: usize, b: usize, numbers: &[f64]| {
                            let (place, row) = (storage.place(t), b - sequences.start);
                            for (panel, numbers) in numbers.chunks(PANEL).enumerate() {
                                let to = &mut arena[place.index(row, panel * PANEL)..][..numbers.len()];
                                to.iter_mut().zip(numbers).for_each(|(to, number)| *to = E::narrow(*number));
                            }
                        };
                        let site = (random.site, random.law, random.width);
                        noise::draw(batch, sequences.clone(), stream, site, occasions, put);
                    }
                    None => self.executor.arena[random.place.range()].fill(E::narrow(random.evaluation)),
                }
            }
        }
        let inputs = batch.dimensions.inputs;
        for t in 0..batch.dimensions.steps {
            let first = (t * batch.size + self.sequences.start) * inputs;
            let from = &batch.input[first..][..rows * inputs];
            self.scatter(compiled.input, t, rows, inputs, |row, unit| E::narrow(f64::from(from[row * inputs + unit])));
        }
        for stage in compiled.layers.iter().chain(&compiled.readout) {
            self.executor.run(&stage.once, 0);
        }
    }

    /// Writes [rows, width] numbers to their storage at step `t`.
    fn scatter(&mut self, storage: Storage, t: usize, rows: usize, width: usize, value: impl Fn(usize, usize) -> E) {
        let place = storage.place(t);
        for row in 0..rows {
            for unit in 0..width {
                self.executor.arena[place.index(row, unit)] = value(row, unit);
            }
        }
    }

    /// Sets those clocks to step `t` that are `due`.
    fn set_clocks(&mut self, clocks: &[(Clock, Storage, usize)], t: usize, due: impl Fn(&Clock) -> bool) {
        for (clock, storage, width) in clocks.iter().filter(|(clock, _, _)| due(clock)) {
            let place = storage.place(t);
            for first in (0..*width).step_by(PANEL) {
                let units = PANEL.min(width - first);
                let values: [E; PANEL] =
                    std::array::from_fn(
                        |unit| {
                            if unit < units { E::narrow(clock.at(t, first + unit)) } else { E::ZERO }
                        },
                    );
                for row in 0..self.rows {
                    self.executor.arena[place.index(row, first)..][..PANEL].copy_from_slice(&values);
                }
            }
        }
    }

    fn forward(&mut self, t: usize) {
        for stage in &self.compiled.layers {
            self.set_clocks(&stage.clocks, t, |clock| clock.changes(t));
            self.executor.run(&stage.forward, t);
        }
    }

    /// Notes the outputs at step `t`, which is the `read`-th that is read, and their losses.
    fn losses(&mut self, t: usize, read: usize, found: &mut Found<E>) {
        self.gather(t, read, &mut found.outputs);
        let Job { batch, weights, .. } = self.job;
        let outputs = StepOutputs {
            batch,
            t,
            sequences: self.sequences.clone(),
            weights: &weights[read * batch.size..][self.sequences.clone()],
            outputs: self.compiled.output.place(t),
            cotangents: self.compiled.loss.place(t),
        };
        let losses = &mut found.losses[read * self.rows..][..self.rows];
        loss::losses(self.executor.isa, self.executor.arena, &outputs, losses);
    }

    /// The outputs at step `t`, which is the `read`-th that is read.
    fn gather(&mut self, t: usize, read: usize, outputs: &mut [E]) {
        let width = self.job.batch.dimensions.goal.width();
        let place = self.compiled.output.place(t);
        for (row, output) in outputs.chunks_mut(width).skip(read * self.rows).take(self.rows).enumerate() {
            for (unit, output) in output.iter_mut().enumerate() {
                *output = self.executor.arena[place.index(row, unit)];
            }
        }
    }

    /// Readout, loss and back again, at step `t`.
    fn read(&mut self, t: usize, read: usize, found: &mut Found<E>, sums: &mut [E]) {
        let compiled = self.compiled;
        for stage in &compiled.readout {
            self.executor.run(&stage.forward, t);
        }
        self.losses(t, read, found);
        self.executor.run(&compiled.hand_over, t);
        for stage in compiled.readout.iter().rev() {
            self.executor.run(&stage.backward, t);
            self.sum_up(stage, t..t + 1, sums);
        }
    }

    /// Adds what the steps of `block` contribute to the gradients of a stage, from the last step to the first. Where a parameter
    /// is used more than once, its uses are added step by step: the block's length is no part of the order.
    fn sum_up(&mut self, stage: &CompiledStage<Storage, KernelCall<E>>, block: Range<usize>, sums: &mut [E]) {
        stage.outers.iter().filter(|outer| !outer.shared).for_each(|outer| self.add_outer(outer, block.clone(), sums));
        stage.sums.iter().filter(|sum| !sum.shared).for_each(|sum| self.add_rows(sum, block.clone(), sums));
        for t in block.rev() {
            let step = t..t + 1;
            stage
                .outers
                .iter()
                .filter(|outer| outer.shared)
                .for_each(|outer| self.add_outer(outer, step.clone(), sums));
            stage.sums.iter().filter(|sum| sum.shared).for_each(|sum| self.add_rows(sum, step.clone(), sums));
        }
    }

    fn add_outer(&self, outer: &WeightGradient<Storage>, steps: Range<usize>, sums: &mut [E]) {
        let Executor { isa, rows, ref arena, .. } = self.executor;
        let (left, right) =
            (track(outer.left, outer.left_width, &steps), track(outer.right, outer.right_width, &steps));
        kernel::outer(isa, arena, steps.len(), rows, left, right, self.job.sums.of[outer.parameter].of(sums));
    }

    fn add_rows(&self, vector: &VectorGradient<Storage>, steps: Range<usize>, sums: &mut [E]) {
        let Executor { isa, rows, ref arena, .. } = self.executor;
        let (value, sum) = (track(vector.cotangent, vector.width, &steps), self.job.sums.of[vector.parameter].of(sums));
        kernel::sum_rows(isa, arena, steps.len(), rows, value, sum);
    }

    /// Notes the cotangents of a layer's states as carried out of step `t`.
    fn probe(&self, t: usize, layer: usize, stage: &CompiledStage<Storage, KernelCall<E>>, carried: &mut [Carried<E>]) {
        let graph = &self.job.network.layers[layer].graph;
        for (state, (storage, carried)) in stage.carried.iter().zip(carried).enumerate() {
            let width = graph.states[state].width;
            let numbers = |place: Place, row: usize| (0..width).map(move |unit| place.index(row, unit));
            let now = storage.place(t);
            for (row, values) in carried.values.chunks_mut(width).skip(t * self.rows).take(self.rows).enumerate() {
                values.iter_mut().zip(numbers(now, row)).for_each(|(value, at)| *value = self.executor.arena[at]);
            }
            for back in 1..graph.delay_of(StateId(state)) {
                let before = storage.delayed(back).place(t);
                for (row, sum) in carried.earlier[t * self.rows..][..self.rows].iter_mut().enumerate() {
                    let squares = numbers(before, row).map(|at| self.executor.arena[at].widen()).map(|g| g * g);
                    *sum += squares.sum::<f64>();
                }
            }
        }
    }
}

/// A value at some steps.
fn track(storage: Storage, width: usize, steps: &Range<usize>) -> Track {
    Track { place: storage.place(steps.start), step: storage.stride(), width }
}

/// The most rows of a tile. A constant under `NUMERICS`: gradients are summed tile by tile.
pub const ROWS: usize = PANEL;
