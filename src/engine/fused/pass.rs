//! One pass over a batch: its tiles, side by side as far as there are threads, and their sums in the order of the tiles.

use std::{collections::BTreeMap, ops::Range};

use super::{
    mode::Mode,
    network::{BLOCK, CompiledNetwork, LoweredNetwork},
    tile::{Carried, Found, Job, ROWS, Tile},
};
use crate::{
    compute::{
        ir::{Call, Factors, Places, Reference},
        kernel::{Isa, Lines, Number, Packed},
        lower::{Executor, WorkingMemory, pack},
        memory::filled,
    },
    model::{Network, Stage},
};

/// The compiled networks of a mode, by the rows of their tiles, and the weights they share.
pub(super) struct CompiledNetworks<E> {
    mode: Mode,
    /// Steps of a block.
    pub block: usize,
    /// Compiled when it is first needed.
    network: Option<CompiledNetwork<Reference, Call>>,
    places: Places,
    factors: Factors,
    packed: Vec<Packed<E>>,
    by_rows: BTreeMap<usize, LoweredNetwork<E>>,
}

/// The memory of a thread.
#[derive(Debug, Default)]
pub(super) struct Worker<E> {
    arena: Lines<E>,
    memory: WorkingMemory<E>,
    /// The gradients of one tile.
    sums: Lines<E>,
    found: Found<E>,
}

/// The results of a pass over a batch.
pub(super) struct Pass<E> {
    /// [read steps, size, width].
    pub outputs: Vec<E>,
    /// [read steps, size]: the loss of each output, not weighted.
    pub losses: Vec<E>,
    /// [layers][states].
    pub carried: Vec<Vec<Carried<E>>>,
}

impl<E: Number> CompiledNetworks<E> {
    pub fn new(mode: Mode) -> Self {
        Self {
            mode,
            block: BLOCK,
            network: None,
            places: Places::default(),
            factors: Factors::default(),
            packed: vec![],
            by_rows: BTreeMap::new(),
        }
    }

    /// As these, not compiled yet.
    pub fn anew(&self) -> Self {
        Self { block: self.block, ..Self::new(self.mode) }
    }

    /// Runs `job`; a mode that differentiates writes the gradient. `gradient` and the workers' memory may hold anything before.
    pub fn run(
        &mut self,
        isa: Isa,
        job: &Job<'_, E>,
        workers: &mut [Worker<E>],
        pool: Option<&rayon::ThreadPool>,
        gradient: &mut [E],
    ) -> Pass<E> {
        let size = job.batch.size;
        let tiles: Vec<Range<usize>> = (0..size).step_by(ROWS).map(|first| first..size.min(first + ROWS)).collect();
        let parts = (job.network, job.sums, job.rules, job.penalties);
        let Self { mode, block, network, places, factors, .. } = self;
        let network = network.get_or_insert_with(|| CompiledNetwork::new(parts, *mode, *block, places, factors));
        for tile in &tiles {
            self.by_rows.entry(tile.len()).or_insert_with(|| network.lower(isa, &self.places, tile.len()));
        }
        self.pack(job.network, job.parameters);
        let networks = &*self;
        let mut pass = Pass::new(job);
        gradient.fill(E::ZERO);
        let mut flat = filled(E::ZERO, if tiles.len() > 1 { gradient.len() } else { 0 });
        let mut first = true;
        for wave in tiles.chunks(workers.len()) {
            let busy = &mut workers[..wave.len()];
            match pool {
                Some(pool) => pool.in_place_scope(|scope| {
                    for (worker, tile) in busy.iter_mut().zip(wave) {
                        scope.spawn(move |_| networks.tile(isa, job, tile.clone(), worker));
                    }
                }),
                None => {
                    busy.iter_mut().zip(wave).for_each(|(worker, tile)| networks.tile(isa, job, tile.clone(), worker))
                }
            }
            for (worker, tile) in busy.iter_mut().zip(wave) {
                pass.place(job.network, size, tile, &worker.found);
                if self.mode == Mode::Differentiate && first {
                    job.sums.flatten(job.network, &mut worker.sums, gradient);
                } else if self.mode == Mode::Differentiate {
                    job.sums.flatten(job.network, &mut worker.sums, &mut flat);
                    gradient.iter_mut().zip(&flat).for_each(|(sum, tile)| *sum = *sum + *tile);
                }
                first = false;
            }
        }
        pass
    }

    fn tile(&self, isa: Isa, job: &Job<'_, E>, sequences: Range<usize>, worker: &mut Worker<E>) {
        let lowered = &self.by_rows[&sequences.len()];
        if worker.arena.len() < lowered.size {
            worker.arena = Lines::new(lowered.size);
        }
        let executor = Executor::new(isa, lowered.rows, &mut worker.arena, &self.packed, &mut worker.memory);
        let tile = Tile { job, compiled: &lowered.network, rows: lowered.rows, sequences, executor };
        worker.found = match self.mode {
            Mode::Evaluate => tile.evaluate(),
            Mode::Differentiate => {
                if worker.sums.len() < job.sums.size {
                    worker.sums = Lines::new(job.sums.size);
                }
                worker.sums.fill(E::ZERO);
                tile.differentiate(&mut worker.sums)
            }
        };
    }

    /// Packs the weights as they are now.
    fn pack(&mut self, network: &Network, parameters: &[E]) {
        pack(&self.factors, &mut self.packed, |parameter| {
            let parameter = &network.parameters[parameter];
            let [out, inputs] = parameter.shape[..] else { unreachable!("only matrices are multiplied by") };
            (&parameters[parameter.range()], [out, inputs])
        });
    }
}

impl<E: Number> Pass<E> {
    fn new(job: &Job<'_, E>) -> Self {
        let (batch, reads) = (job.batch, job.read_steps.len());
        let carried = |stage: &Stage| Carried::zeros(stage, batch.dimensions.steps, batch.size);
        Self {
            outputs: filled(E::ZERO, reads * batch.size * batch.dimensions.goal.width()),
            losses: filled(E::ZERO, reads * batch.size),
            carried: if job.probe { job.network.layers.iter().map(carried).collect() } else { vec![] },
        }
    }

    /// Puts what a tile found in its place.
    fn place(&mut self, network: &Network, size: usize, sequences: &Range<usize>, found: &Found<E>) {
        let place = |to: &mut [E], from: &[E], width: usize| place_rows(to, from, size * width, sequences, width);
        place(&mut self.outputs, &found.outputs, network.dimensions.goal.width());
        place(&mut self.losses, &found.losses, 1);
        for ((to, from), stage) in self.carried.iter_mut().zip(&found.carried).zip(&network.layers) {
            for ((to, from), state) in to.iter_mut().zip(from).zip(&stage.graph.states) {
                place(&mut to.values, &from.values, state.width);
                place_rows(&mut to.earlier, &from.earlier, size, sequences, 1);
            }
        }
    }
}

/// Puts the numbers of some sequences, step by step, in their place among those of all, of which a step has `size`.
fn place_rows<T: Copy>(to: &mut [T], from: &[T], size: usize, sequences: &Range<usize>, width: usize) {
    for (to, from) in to.chunks_mut(size).zip(from.chunks(sequences.len() * width)) {
        to[sequences.start * width..sequences.end * width].copy_from_slice(from);
    }
}
