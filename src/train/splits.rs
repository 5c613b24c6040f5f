//! The sequences a trial trains on and is judged by.

use crate::{
    component::{
        curriculum::{self, CurriculumSpec},
        task::{Batch, TaskSpec},
    },
    seed::{self, Draws, Purpose, Stream},
};

/// Sequences per batch of an evaluation: its memory does not depend on the set's size.
pub const EVALUATION_BATCH: usize = 256;

/// Named streams of one task and replicate. They do not depend on the method, so that methods are compared on the same
/// sequences and differences can be paired by replicate.
#[derive(Clone, Debug)]
pub struct Splits {
    task: TaskSpec,
    identity: String,
    seed: u64,
    replicate: String,
    data: Stream,
    curriculum: Option<CurriculumSpec>,
}

impl Splits {
    /// The streams of `task` under a suite's seed. `identity` tells this task from others with other settings.
    pub fn new(task: &TaskSpec, identity: &str, seed: u64, replicate: u32) -> Self {
        let replicate = replicate.to_string();
        let data = seed::stream(seed, Purpose::Data, &axes(identity, &replicate));
        Self { task: task.clone(), identity: identity.to_owned(), seed, replicate, data, curriculum: None }
    }

    /// With training sequences of the lengths that `curriculum` asks for.
    #[must_use]
    pub fn with_curriculum(self, curriculum: Option<CurriculumSpec>) -> Self {
        Self { curriculum, ..self }
    }

    fn stream(&self, purpose: Purpose) -> Stream {
        seed::stream(self.seed, purpose, &axes(&self.identity, &self.replicate))
    }

    /// The batch of update `update`, from 0: fresh sequences, or the next ones of a shuffled finite data set.
    pub fn training_batch(&self, update: u64, size: usize) -> Batch {
        let addresses: Vec<u64> = match self.task.finite() {
            None => (0..size as u64).map(|b| update * size as u64 + b).collect(),
            Some(sequences) => {
                let per_epoch = sequences.div_ceil(size) as u64;
                let (epoch, index) = (update / per_epoch, (update % per_epoch) as usize);
                let order = self.stream(Purpose::Shuffle).at(epoch).permutation(sequences);
                order[index * size..sequences.min((index + 1) * size)].iter().map(|&k| k as u64).collect()
            }
        };
        let Some(curriculum) = &self.curriculum else { return Batch::draw(&self.task, &self.data, &addresses) };
        let task = curriculum::at(curriculum, &self.task, update, &self.stream(Purpose::Curriculum));
        Batch::draw(&task, &self.data, &addresses)
    }

    /// The `count` sequences of `purpose`, in batches.
    pub fn evaluation_batches(&self, purpose: Purpose, count: usize) -> Vec<Batch> {
        let starts = (0..count).step_by(EVALUATION_BATCH);
        starts.map(|start| self.evaluation_batch(purpose, start..count.min(start + EVALUATION_BATCH))).collect()
    }

    /// The sequences of `purpose` at these addresses.
    pub fn evaluation_batch(&self, purpose: Purpose, addresses: std::ops::Range<usize>) -> Batch {
        let addresses: Vec<u64> = addresses.map(|address| address as u64).collect();
        Batch::draw(&self.task, &self.stream(purpose), &addresses)
    }

    /// Whether the sequences are those of a stored data set.
    pub fn are_stored(&self) -> bool {
        self.task.contents().is_some()
    }

    /// The `count` test sequences at another `length` of the task, in batches: of a stream for each length, and for every method the
    /// same. Nothing if the task does not come at that length.
    pub fn test_batches_at(&self, length: u32, count: usize) -> Option<Vec<Batch>> {
        let task = self.task.with_length(length as usize)?;
        let length = length.to_string();
        let [of_task, replicate] = axes(&self.identity, &self.replicate);
        let stream = seed::stream(self.seed, Purpose::OtherLengths, &[of_task, replicate, ("length", &length)]);
        let addresses: Vec<u64> = (0..count as u64).collect();
        Some(addresses.chunks(EVALUATION_BATCH).map(|chunk| Batch::draw(&task, &stream, chunk)).collect())
    }

    /// The `count` sequences of `purpose`, together.
    pub fn batch(&self, purpose: Purpose, count: usize) -> Batch {
        Batch::draw(&self.task, &self.stream(purpose), &(0..count as u64).collect::<Vec<_>>())
    }

    /// The `count` sequences that a probe measures on, together; at another `length` of the task, if one is given.
    ///
    /// # Panics
    /// If the task does not come at that length, which is found when a trial is planned.
    pub fn probe_batch(&self, length: Option<usize>, count: usize) -> Batch {
        let Some(length) = length else { return self.batch(Purpose::Probe, count) };
        let task = self.task.with_length(length).expect("a probe's length is one that the task has");
        Batch::draw(&task, &self.stream(Purpose::Probe), &(0..count as u64).collect::<Vec<_>>())
    }

    /// The stream of the dropout masks of `update`.
    pub fn dropout(&self, update: u64) -> Stream {
        seed::stream(self.seed, Purpose::Dropout, &[("replicate", &self.replicate), ("update", &update.to_string())])
    }

    /// The noise on the weights of `update`.
    pub fn weight_noise(&self, update: u64) -> Draws {
        seed::stream(self.seed, Purpose::WeightNoise, &[("replicate", &self.replicate)]).at(update)
    }

    /// The parameters guessed in `update`.
    pub fn guess(&self, update: u64) -> Draws {
        seed::stream(self.seed, Purpose::Guess, &[("replicate", &self.replicate)]).at(update)
    }
}

fn axes<'a>(task: &'a str, replicate: &'a str) -> [(&'static str, &'a str); 2] {
    [("task", task), ("replicate", replicate)]
}
