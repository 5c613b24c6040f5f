//! Curricula: the lengths of the training sequences of each update. Evaluation is at the task's full length always.

mod growing;
mod mixed;

pub use self::{growing::Growing, mixed::Mixed};
use crate::{
    component::{misfit::Misfit, task::Lengths},
    registry,
    seed::Stream,
};

/// A rule for the length of the sequences of an update, in the measure of the task's setting `length`.
pub trait Curriculum: std::fmt::Debug {
    /// The shortest length that it asks for.
    fn from(&self) -> usize;

    /// The length at `update`, counted from 0, from [`from`](Self::from) to `longest`, the task's; a function of its arguments
    /// alone, so that a training can be taken up anywhere. `stream` has an address for every update.
    fn length(&self, update: u64, longest: usize, stream: &Stream) -> usize;

    /// Why it makes no sense for a task of these lengths.
    fn misfit(&self, lengths: Lengths) -> Option<Misfit> {
        let (from, Lengths { least, longest, .. }) = (self.from(), lengths);
        if from < least {
            return Some(Misfit::new(
                format!("it starts from a length of {from}, and the task takes {least} at least"),
                format!("give `from: {least}` or more"),
            ));
        }
        (from > longest).then(|| {
            let message = format!("it starts from a length of {from}, and the task's is {longest}");
            Misfit::new(message, format!("give `from: {longest}` or less, or lengthen the task"))
        })
    }
}

registry! {
    /// The length of the training sequences of each update.
    pub enum CurriculumSpec: Curriculum {
        "growing" => Growing(Growing),
        "mixed" => Mixed(Mixed),
    }
}

/// The task as it is at `update`: at the length that the curriculum asks for, or as it is where that is its own.
pub fn at(
    spec: &CurriculumSpec,
    task: &crate::component::task::TaskSpec,
    update: u64,
    stream: &Stream,
) -> crate::component::task::TaskSpec {
    let own = || task.clone();
    let Some(Lengths { longest, .. }) = task.lengths() else { return own() };
    let length = spec.length(update, longest, stream);
    if length >= longest { own() } else { task.with_length(length).unwrap_or_else(own) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::{self, Purpose};

    fn lengths(spec: &CurriculumSpec, longest: usize) -> Vec<usize> {
        let stream = seed::stream(0, Purpose::Curriculum, &[]);
        (0..3000).map(|update| spec.length(update, longest, &stream)).collect()
    }

    #[test]
    fn lengths_lie_between_the_first_and_the_task_s() {
        for spec in CurriculumSpec::all() {
            for longest in [spec.from(), spec.from() + 1, 50, 1000] {
                let found = lengths(&spec, longest);
                let within = found.iter().all(|length| (spec.from()..=longest).contains(length));
                assert!(within, "{} to {longest}", spec.kind());
                assert_eq!(found, lengths(&spec, longest), "{}: one update, two lengths", spec.kind());
                assert!(found.contains(&longest), "{} never comes to {longest}", spec.kind());
            }
        }
    }

    #[test]
    fn growing_grows_evenly_and_stays() {
        let spec = CurriculumSpec::Growing(Growing { from: 10, over: 1000 });
        let found = lengths(&spec, 60);
        assert_eq!([found[0], found[100], found[500], found[999], found[1000], found[2999]], [10, 15, 35, 59, 60, 60]);
        assert!(found.is_sorted());
    }

    #[test]
    fn mixed_lengths_are_uniform() {
        let found = lengths(&CurriculumSpec::Mixed(Mixed { from: 5 }), 9);
        for length in 5..=9 {
            let count = found.iter().filter(|&&found| found == length).count();
            // Five standard deviations of 3000 draws with probability 1/5.
            assert!(count.abs_diff(600) <= 110, "{length} came {count} times");
        }
    }

    #[test]
    fn a_length_that_the_task_has_not_is_a_misfit() {
        let lengths = Lengths { least: 4, shortest: 20, longest: 20 };
        let misfit = |from: usize| Mixed { from }.misfit(lengths).is_some();
        assert_eq!([3, 4, 20, 21].map(misfit), [true, false, false, true]);
    }
}
