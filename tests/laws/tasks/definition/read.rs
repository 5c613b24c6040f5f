//! Which definition is whose.

use longlag::component::task::TaskSpec;

use super::{Reading, keeping, marks, order, recall};

/// Reads the input \[step\]\[unit\] of one sequence back. Panics where no sequence of the task has that input, and for a task that
/// is not told here.
pub fn read(task: &TaskSpec, input: &[&[f32]]) -> Reading {
    match task {
        TaskSpec::Adding(_) => marks::one_in_each_half(task, input, |[first, second]| first + second),
        TaskSpec::Multiplication(_) => marks::one_in_each_half(task, input, |[first, second]| first * second),
        TaskSpec::AddingTcn(_) => marks::anywhere(task, input, |[first, second]| first + second),
        TaskSpec::AddingPascanu(_) => marks::pascanu(task, input, |[first, second]| (first + second) / 2.0),
        TaskSpec::MultiplicationPascanu(_) => marks::pascanu(task, input, |[first, second]| first * second),
        TaskSpec::AddingHochreiter(_) => marks::hochreiter(task, input, -1.0, 0.0, |[a, b]| 0.5 + (a + b) / 4.0),
        TaskSpec::MultiplicationHochreiter(_) => marks::hochreiter(task, input, 0.0, 1.0, |[a, b]| a * b),
        TaskSpec::Xor(_) => marks::xor(task, input),
        TaskSpec::Copy(copy) => recall::copy(task, copy, input),
        TaskSpec::CopyScalar(copy) => recall::copy_scalar(task, copy, input),
        TaskSpec::Memorization(memorization) => recall::memorization(task, memorization, input),
        TaskSpec::DenoiseCopy(copy) => recall::denoise_copy(task, copy, input),
        TaskSpec::SelectiveCopy(copy) => recall::selective_copy(task, copy, input),
        TaskSpec::TemporalOrder2(_) => order::windows_at(task, input, &[0.1, 0.5]),
        TaskSpec::TemporalOrder3(_) => order::windows_at(task, input, &[0.1, 0.3, 0.6]),
        TaskSpec::TemporalOrderHochreiter2(_) => order::hochreiter(task, input, &[(10, 20), (50, 60)]),
        TaskSpec::TemporalOrderHochreiter3(_) => order::hochreiter(task, input, &[(10, 20), (33, 43), (66, 76)]),
        TaskSpec::Permutation(permutation) => keeping::permutation(task, permutation, input),
        TaskSpec::Latch(_) => keeping::latch(task, input),
        TaskSpec::DelayedXor(xor) => keeping::delayed_xor(task, xor, input),
        TaskSpec::Parity(_) => keeping::parity(task, input),
        TaskSpec::CycleNavigation(circle) => keeping::cycle_navigation(task, circle, input),
        TaskSpec::ModularArithmetic(arithmetic) => keeping::modular_arithmetic(arithmetic, input),
        TaskSpec::RandomData(data) => keeping::random_data(task, data, input),
        TaskSpec::Dataset(_) => panic!("the sequences of a data set are defined by its file"),
        #[allow(unreachable_patterns, reason = "reached by a task that was just added")]
        other => panic!("the task `{}` is not told in tests/laws/tasks/definition/read.rs", other.kind()),
    }
}
