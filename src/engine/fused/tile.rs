//! A tile: some sequences of a batch, run through all steps while their values are in the cache.

use std::ops::Range;

use super::{
    gradient::GradientSums,
    loss::{self, StepOutputs},
    network::{BLOCK, CompiledNetwork},
    stage::{CompiledStage, WeightGradient},
};
use crate::{
    component::{
        bptt::{self, BpttSpec},
        regularizer::OfSteps,
        task::Batch,
    },
    compute::{
        kernel::{self, Number, PANEL, Track},
        lower::{Executor, KernelCall, Storage},
    },
    engine::noise::{self, Occasions},
    graph::{Clock, Renewal},
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
    /// [layers][states]: [steps, rows, width], if asked for.
    pub carried: Vec<Vec<Vec<E>>>,
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
            if t % BLOCK == 0 {
                let block = t..steps.min(t + BLOCK);
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
        let carried = |stage: &Stage| -> Vec<Vec<E>> {
            let size = |width: usize| batch.dimensions.steps * self.rows * width;
            stage.graph.states.iter().map(|state| vec![E::ZERO; size(state.width)]).collect()
        };
        Found {
            outputs: vec![E::ZERO; read * batch.dimensions.goal.width()],
            losses: vec![E::ZERO; read],
            carried: if *probe { network.layers.iter().map(carried).collect() } else { vec![] },
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

    /// Adds what the steps of `block` contribute to the gradients of a stage.
    fn sum_up(&mut self, stage: &CompiledStage<Storage, KernelCall<E>>, block: Range<usize>, sums: &mut [E]) {
        let Executor { isa, rows, ref arena, .. } = self.executor;
        let track =
            |storage: Storage, width: usize| Track { place: storage.place(block.start), step: storage.stride(), width };
        for &WeightGradient { parameter, left, left_width, right, right_width } in &stage.outers {
            let sum = self.job.sums.of[parameter].of(sums);
            let (left, right) = (track(left, left_width), track(right, right_width));
            kernel::outer(isa, arena, block.len(), rows, left, right, sum);
        }
        for vector in &stage.sums {
            let sum = self.job.sums.of[vector.parameter].of(sums);
            kernel::sum_rows(isa, arena, block.len(), rows, track(vector.cotangent, vector.width), sum);
        }
    }

    /// Notes the cotangents of a layer's states as carried out of step `t`.
    fn probe(&self, t: usize, layer: usize, stage: &CompiledStage<Storage, KernelCall<E>>, carried: &mut [Vec<E>]) {
        let states = self.job.network.layers[layer].graph.states.iter();
        for ((storage, state), carried) in stage.carried.iter().zip(states).zip(carried) {
            let place = storage.place(t);
            let rows = carried.chunks_mut(state.width).skip(t * self.rows).take(self.rows);
            for (row, carried) in rows.enumerate() {
                for (unit, carried) in carried.iter_mut().enumerate() {
                    *carried = self.executor.arena[place.index(row, unit)];
                }
            }
        }
    }
}

/// The most rows of a tile. A constant under `NUMERICS`: gradients are summed tile by tile.
pub const ROWS: usize = PANEL;
