//! Tasks: what is to be learnt, and what a network without memory scores. All but `dataset` are synthetic, with a known time lag.

mod adding;
mod adding_hochreiter;
mod adding_pascanu;
mod adding_tcn;
mod answers;
mod batch;
mod copy;
mod copy_scalar;
mod cycle_navigation;
mod dataset;
mod delayed_xor;
mod denoise_copy;
mod expectation;
mod hochreiter;
mod latch;
mod length;
mod memorization;
mod modular_arithmetic;
mod multiplication;
mod multiplication_hochreiter;
mod multiplication_pascanu;
mod parity;
mod permutation;
mod random_data;
mod selective_copy;
mod sequence;
mod temporal_order;
mod temporal_order_hochreiter;
mod xor;

pub use self::{
    adding::Adding,
    adding_hochreiter::AddingHochreiter,
    adding_pascanu::AddingPascanu,
    adding_tcn::AddingTcn,
    answers::Answers,
    batch::Batch,
    copy::Copy,
    copy_scalar::CopyScalar,
    cycle_navigation::CycleNavigation,
    dataset::{Contents, DataFiles, Dataset, KnownData, Outputs},
    delayed_xor::DelayedXor,
    denoise_copy::DenoiseCopy,
    expectation::{Chance, Lag, Solved},
    latch::Latch,
    length::{Length, Lengths},
    memorization::Memorization,
    modular_arithmetic::ModularArithmetic,
    multiplication::Multiplication,
    multiplication_hochreiter::MultiplicationHochreiter,
    multiplication_pascanu::MultiplicationPascanu,
    parity::Parity,
    permutation::{Permutation, Score as PermutationScore},
    random_data::RandomData,
    selective_copy::SelectiveCopy,
    sequence::{Goal, Sequence, Targets},
    temporal_order::{TemporalOrder2, TemporalOrder3},
    temporal_order_hochreiter::{TemporalOrderHochreiter2, TemporalOrderHochreiter3},
    xor::Xor,
};
use crate::{
    component::misfit::Misfit,
    data::Fault,
    registry,
    seed::{Draws, Stream},
};

/// Inputs, outputs and length of a task's sequences, to which a network is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dimensions {
    /// Units of the input at each step.
    pub inputs: usize,
    /// The meaning and the number of the outputs.
    pub goal: Goal,
    /// The longest sequence, in steps.
    pub steps: usize,
}

/// A source of sequences to learn from.
///
/// Laws in `tests/laws/tasks` hold every registered task to what is said here.
pub trait Task: std::fmt::Debug {
    /// Inputs, outputs and length of the sequences, the same for all of them.
    fn dimensions(&self) -> Dimensions;

    /// Writes one sequence into `sequence`, which comes with all inputs zero and nothing to predict. A sequence may end before
    /// the longest one does: its last output is read at its own last step, and what follows stays zero.
    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence);

    /// Writes the sequence at `address` of `stream` as [`Task::generate`] writes one: the one of the draws there, unless sequences are
    /// stored, by the purpose of the stream.
    fn sequence(&self, stream: &Stream, address: u64, sequence: &mut Sequence) {
        self.generate(&mut stream.at(address), sequence);
    }

    /// Writes the best outputs there are, from the inputs \[step\]\[unit\] of one sequence up to its own end. They are right
    /// wherever accuracy counts, and their loss is [`Task::floor`]. `false` if the targets are no function of the inputs.
    ///
    /// Inputs that no sequence has must not make it panic: what changes an answer is how the lag is tested.
    fn oracle(&self, input: &[&[f32]], answers: &mut Answers) -> bool;

    /// The loss of the oracle, which is 0 unless something is to be predicted that cannot be known.
    fn floor(&self) -> f64 {
        0.0
    }

    /// The steps between a scored output and the inputs that it depends on, over all sequences; nothing if it depends on none.
    fn lag(&self) -> Option<Lag>;

    /// The scores of the best predictor that ignores the input.
    fn chance(&self) -> Chance;

    /// The fraction of sequences all of whose scored outputs the best predictor answers right that ignores the input. Nothing where a
    /// sequence has a single scored output, of which that is the accuracy.
    fn exact_match(&self) -> Option<f64> {
        None
    }

    /// The loss of the best predictor that has forgotten, of the inputs that an output depends on, only the earliest one: where
    /// networks with too short a memory get stuck. Nothing where it is not known.
    fn plateau(&self) -> Option<f64>;

    /// When the task counts as solved, by its source; a suite asks for it by `target: {metric: solved}`.
    fn solved(&self) -> Option<Solved>;

    /// The largest error of an output that counts as right, for tasks with numbers as targets.
    fn tolerance(&self) -> f64 {
        0.0
    }

    /// Number of distinct training sequences, for a task with a finite data set.
    fn finite(&self) -> Option<usize> {
        None
    }

    /// The facts about a data set whose sequences are stored and not drawn.
    fn contents(&self) -> Option<Contents> {
        None
    }

    /// Reads what the sequences are made of, if it was not read before.
    ///
    /// # Errors
    /// When it cannot be read, or is another than it was when the task was bound to it.
    fn ready(&self) -> Result<(), Fault> {
        Ok(())
    }

    /// The values of the setting `length`, for a task that has it.
    fn lengths(&self) -> Option<Lengths> {
        None
    }

    /// This task at one `length`, in the measure of that setting, with the same inputs and outputs. Nothing if the task does
    /// not come at that length.
    fn with_length(&self, length: usize) -> Option<TaskSpec> {
        let _ = length;
        None
    }
}

registry! {
    /// A task: a source of sequences to learn from.
    pub enum TaskSpec: Task {
        "adding" => Adding(Adding),
        "adding-pascanu" => AddingPascanu(AddingPascanu),
        "copy" => Copy(Copy),
        "temporal-order-2" => TemporalOrder2(TemporalOrder2),
        "temporal-order-3" => TemporalOrder3(TemporalOrder3),
        "random-data" => RandomData(RandomData),
        "adding-tcn" => AddingTcn(AddingTcn),
        "adding-hochreiter" => AddingHochreiter(AddingHochreiter),
        "multiplication" => Multiplication(Multiplication),
        "multiplication-pascanu" => MultiplicationPascanu(MultiplicationPascanu),
        "multiplication-hochreiter" => MultiplicationHochreiter(MultiplicationHochreiter),
        "xor" => Xor(Xor),
        "temporal-order-hochreiter-2" => TemporalOrderHochreiter2(TemporalOrderHochreiter2),
        "temporal-order-hochreiter-3" => TemporalOrderHochreiter3(TemporalOrderHochreiter3),
        "copy-scalar" => CopyScalar(CopyScalar),
        "memorization" => Memorization(Memorization),
        "denoise-copy" => DenoiseCopy(DenoiseCopy),
        "selective-copy" => SelectiveCopy(SelectiveCopy),
        "permutation" => Permutation(Permutation),
        "latch" => Latch(Latch),
        "delayed-xor" => DelayedXor(DelayedXor),
        "parity" => Parity(Parity),
        "cycle-navigation" => CycleNavigation(CycleNavigation),
        "modular-arithmetic" => ModularArithmetic(ModularArithmetic),
        "dataset" => Dataset(Dataset),
    }
}

impl TaskSpec {
    /// Finds the file of a task that has one.
    ///
    /// # Errors
    /// As of [`Dataset::bind`].
    pub fn bind(&mut self, files: &DataFiles) -> Result<(), Misfit> {
        match self {
            Self::Dataset(dataset) => dataset.bind(files),
            _ => Ok(()),
        }
    }

    /// The facts about the data set of a task that has one.
    pub fn known(&self) -> Option<KnownData> {
        match self {
            Self::Dataset(dataset) => Some(dataset.known()),
            _ => None,
        }
    }
}
