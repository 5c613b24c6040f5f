//! Doubts about results: what a reader should know before believing a number.

use std::{collections::BTreeMap, fmt};

use super::{
    circumstances::Circumstances,
    reach::misfit_in_words,
    table::{ArmResults, Results},
    tuning::Side,
};
use crate::{stats::Ending, store::Part, text::pluralize, train::Quantity};

/// The fewest values whose median has an exact interval of the usual confidence.
const ENOUGH: usize = 6;

/// A reason to doubt results; shown as one sentence.
#[derive(Clone, Debug, PartialEq)]
pub enum Doubt {
    /// It is the suite's small version.
    Quick,
    /// Trials were computed otherwise than they would be now, by the first part in which.
    Redefined {
        /// How many trials differ first in which part.
        parts: BTreeMap<Part, usize>,
    },
    /// Stored trials were computed in another way than those that are shown, and left out.
    Mixed {
        /// How many trials, at least 1.
        trials: usize,
        /// The engine, device and numerics version of the trials that are shown.
        shown: String,
    },
    /// Planned trials are not stored.
    Missing {
        /// How many trials, at least 1.
        missing: usize,
        /// How many the plan has.
        planned: usize,
    },
    /// Trials ended by an error or a limit of time or memory.
    Failed {
        /// How many trials, at least 1.
        trials: usize,
    },
    /// Trials diverged.
    Diverged {
        /// How many trials, at least 1.
        trials: usize,
    },
    /// Trials diverged because what the optimizer remembers overflowed.
    OptimizerState {
        /// How many trials, at least 1.
        trials: usize,
        /// The earliest update at which it did, from 1.
        first: u64,
    },
    /// Arms have a single replicate.
    OneReplicate,
    /// Arms have too few replicates for an interval of the usual confidence.
    FewReplicates,
    /// Tuned settings have the lowest or highest number that they could have: in how many arms, of how many, and on which side.
    AtEdge {
        /// How many tuned arms have such a setting, at least 1.
        arms: usize,
        /// How many arms are tuned.
        tuned: usize,
        /// How many of `arms` have one at the lowest number.
        lowest: usize,
        /// How many of `arms` have one at the highest number.
        highest: usize,
    },
    /// No candidate of some arms was any good.
    NoCandidate {
        /// How many arms, at least 1.
        arms: usize,
    },
    /// The searches of some arms are not over.
    Searching {
        /// So many arms.
        arms: usize,
        /// Of so many.
        of: usize,
    },
    /// The searches of some arms spent their trials before their intervals were as narrow as was asked for.
    Imprecise {
        /// So many arms.
        arms: usize,
        /// Of so many.
        of: usize,
    },
    /// Outcomes of some arms' searches are not such as a psychometric function gives; one of them, and why.
    NoReach {
        /// So many arms.
        arms: usize,
        /// The label of one of them.
        one: String,
        /// Why its reach may not be believed.
        why: String,
    },
    /// Trials reached their target before the first update.
    SolvedAtStart {
        /// How many trials, at least 1.
        trials: usize,
    },
    /// No update of trials changed what their networks compute.
    Untrained {
        /// How many trials, at least 1.
        trials: usize,
    },
    /// Arms are the same training under two names: one pair of them, and how many there are.
    SameChains {
        /// The label of one arm of the first pair.
        one: String,
        /// The label of the other.
        other: String,
        /// How many pairs of arms there are, at least 1.
        pairs: usize,
    },
    /// A curriculum ends before the task's length.
    ShortOfLength {
        /// How many arms, at least 1.
        arms: usize,
    },
    /// Test sequences are training sequences.
    FewSequences {
        /// How many arms, at least 1.
        arms: usize,
        /// The number of different sequences, estimated from how often they repeat; the fewest of these arms.
        sequences: u64,
    },
    /// Test sequences of a data set are training sequences.
    RepeatedSequences {
        /// How many arms, at least 1.
        arms: usize,
        /// How many test sequences have the input of a training sequence; the most of these arms.
        sequences: usize,
        /// Of how many.
        of: usize,
    },
    /// Stored trials are in the plan no more.
    Unplanned {
        /// How many trials, at least 1.
        trials: usize,
    },
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let trials = |count: &usize| pluralize(*count as u64, "trial");
        let arms = |count: &usize| pluralize(*count as u64, "arm");
        match self {
            Self::Quick => f.write_str("A quick run, the suite's small version: it shows that the suite works, no result."),
            Self::Redefined { parts } => {
                let each: Vec<String> = parts.iter().map(|(part, count)| format!("{count} {part}")).collect();
                let all = trials(&parts.values().sum());
                write!(f, "{all} would be computed otherwise now ({}): `longlag run` trains them again.", each.join(", "))
            }
            Self::Mixed { trials: count, shown } => write!(
                f,
                "{} of another engine, device or numerics version than the others ({shown}) are left out: they are no replicates of \
                 each other.",
                trials(count)
            ),
            Self::Missing { missing, planned } => {
                write!(f, "{missing} of {planned} trials are missing: run the suite again to do them.")
            }
            Self::Failed { trials: count } => {
                write!(f, "{} ended by an error or a limit and count for no number here.", trials(count))
            }
            Self::Diverged { trials: count } => {
                write!(f, "{} diverged: not solved, and the loss ranks as infinite.", trials(count))
            }
            Self::OptimizerState { trials: count, first } => {
                let remedy = Quantity::OptimizerState.remedy().unwrap_or_default();
                write!(f, "The optimizer's state overflowed in {}, first at update {first}: {remedy}.", trials(count))
            }
            Self::OneReplicate => f.write_str("One replicate of each arm: a difference may be chance."),
            Self::FewReplicates => f.write_str(
                "With fewer than 6 trials a median's brackets span all: they cover 94 % (n = 5), 88 % (4), 75 % (3), 50 % (2).",
            ),
            Self::AtEdge { arms: count, tuned, lowest, highest } => {
                let sides = match (lowest, highest) {
                    (0, _) => "all highest".to_owned(),
                    (_, 0) => "all lowest".to_owned(),
                    _ => format!("{lowest} lowest, {highest} highest"),
                };
                write!(
                    f,
                    "Tuned values lie at an edge of what they were chosen from in {count} of {} ({sides}): better ones may lie beyond.",
                    arms(tuned)
                )
            }
            Self::NoCandidate { arms: count } => {
                write!(f, "Every candidate diverged in {}: the first was taken.", arms(count))
            }
            Self::Searching { arms: count, of } => {
                write!(f, "The search of {count} of {} is not over: run the suite again to go on.", arms(of))
            }
            Self::Imprecise { arms: count, of } => {
                write!(f, "The reach of {count} of {} is less precise than was asked for: it takes more `trials`.", arms(of))
            }
            Self::NoReach { arms: count, one, why } => {
                let others = if *count > 1 { format!(", and of {} more", count - 1) } else { String::new() };
                write!(f, "The reach of `{one}`{others} may not be believed: {why}.")
            }
            Self::SolvedAtStart { trials: count } => {
                write!(f, "{} reached the target before the first update: it asks for nothing.", trials(count))
            }
            Self::Untrained { trials: count } => write!(
                f,
                "No update of {} changed the validation loss in a single bit: nothing was trained; too small a learning rate does that.",
                trials(count)
            ),
            Self::SameChains { one, other, pairs } => {
                write!(f, "`{one}` and `{other}` are the same training, bit for bit: what tells them apart has no effect")?;
                if *pairs > 1 { write!(f, "; {} in all.", pluralize(*pairs as u64, "such pair")) } else { write!(f, ".") }
            }
            Self::ShortOfLength { arms: count } => {
                write!(f, "The curriculum never comes to the task's length within the budget in {}.", arms(count))
            }
            Self::FewSequences { arms: count, sequences } => write!(
                f,
                "Sequences of the task repeat as if there were only about {sequences}, so that test sequences are training sequences, in {}.",
                arms(count)
            ),
            Self::RepeatedSequences { arms: count, sequences, of } => write!(
                f,
                "{sequences} of {of} test sequences have the input of a training sequence, so that test scores are too good, in {}.",
                arms(count)
            ),
            Self::Unplanned { trials: count } => write!(
                f,
                "{} of other versions of the suite, edited or by `--set`, are stored and count for no number here; `show --table trials --all` lists \
                 them.",
                trials(count)
            ),
        }
    }
}

/// The doubts about `results`, foremost first.
pub fn doubts(results: &Results) -> Vec<Doubt> {
    let Circumstances {
        quick,
        unplanned,
        ref mixed,
        ref redefined,
        ref tuning,
        ref reach,
        short_of_length,
        few_sequences,
        repeated,
    } = results.circumstances;
    let mut doubts = vec![];
    let mut add = |holds: bool, doubt: Doubt| doubts.extend(holds.then_some(doubt));
    add(quick, Doubt::Quick);
    if let Some((trials, shown)) = mixed {
        add(true, Doubt::Mixed { trials: *trials, shown: shown.clone() });
    }
    add(!redefined.is_empty(), Doubt::Redefined { parts: redefined.clone() });
    let missing = results.planned.saturating_sub(results.stored());
    add(missing > 0, Doubt::Missing { missing, planned: results.planned });
    let failed = results.failed();
    add(failed > 0, Doubt::Failed { trials: failed });
    let diverged = results.diverged();
    add(diverged > 0, Doubt::Diverged { trials: diverged });
    let state = Some(Quantity::OptimizerState.name());
    let overflowed = results.trials().filter(|trial| trial.trial.nonfinite_quantity.as_deref() == state);
    let at: Vec<u64> = overflowed.filter_map(|trial| trial.trial.first_nonfinite_update).collect();
    add(!at.is_empty(), Doubt::OptimizerState { trials: at.len(), first: at.iter().copied().min().unwrap_or(0) });
    let counts = || results.arms.iter().map(|arm| arm.results().count());
    let one = results.planned == results.arms.len() && counts().any(|count| count == 1);
    // A search has few trials at each value by intention.
    let few = reach.is_none();
    add(few && one && counts().all(|count| count <= 1), Doubt::OneReplicate);
    add(few && counts().any(|count| (2..ENOUGH).contains(&count)), Doubt::FewReplicates);
    if let Some(found) = reach {
        let (of, ended) = (found.arms.len(), found.ended());
        add(ended < of, Doubt::Searching { arms: of - ended, of });
        let spent = found.arms.iter().filter(|arm| arm.ending == Some(Ending::Spent)).count();
        add(spent > 0, Doubt::Imprecise { arms: spent, of });
        let doubtful: Vec<(&str, String)> =
            found.arms.iter().filter_map(|arm| Some((arm.label.as_str(), misfit_in_words(arm)?))).collect();
        if let Some((one, why)) = doubtful.first() {
            add(true, Doubt::NoReach { arms: doubtful.len(), one: (*one).to_owned(), why: why.clone() });
        }
    }
    if let Some(ledger) = tuning {
        let (arms, tuned) = (ledger.at_edge(), ledger.tuned().count());
        let (lowest, highest) = (ledger.at_side(Side::Lowest), ledger.at_side(Side::Highest));
        add(arms > 0, Doubt::AtEdge { arms, tuned, lowest, highest });
        let arms = ledger.without_candidate();
        add(arms > 0, Doubt::NoCandidate { arms });
    }
    let at_start = results.trials().filter(|trial| trial.trial.updates_to_target == Some(0)).count();
    add(at_start > 0, Doubt::SolvedAtStart { trials: at_start });
    let untrained = results.trials().filter(|trial| trial.is_untrained()).count();
    add(untrained > 0, Doubt::Untrained { trials: untrained });
    doubts.extend(same_chains(&results.arms));
    let mut add = |holds: bool, doubt: Doubt| doubts.extend(holds.then_some(doubt));
    add(short_of_length > 0, Doubt::ShortOfLength { arms: short_of_length });
    if let Some((arms, sequences)) = few_sequences {
        add(true, Doubt::FewSequences { arms, sequences });
    }
    if let Some([arms, sequences, of]) = repeated {
        add(true, Doubt::RepeatedSequences { arms, sequences, of });
    }
    add(unplanned > 0, Doubt::Unplanned { trials: unplanned });
    doubts
}

/// Arms whose trials ended with the same parameters, bit for bit, after an update at least.
fn same_chains(arms: &[ArmResults]) -> Option<Doubt> {
    let mut seen: BTreeMap<Vec<(u32, &str)>, &str> = BTreeMap::new();
    let (mut first, mut pairs) = (None, 0);
    for arm in arms {
        let trained = |trial: &crate::store::TrialRow| trial.updates > 0 && !trial.hash.is_empty();
        let trials = || arm.results().map(|trial| &*trial.trial);
        if trials().next().is_none() || !trials().all(trained) {
            continue;
        }
        let chains = trials().map(|trial| (trial.replicate, trial.hash.as_str())).collect();
        if let Some(one) = seen.get(&chains) {
            pairs += 1;
            first.get_or_insert((*one, arm.arm.label.as_str()));
        } else {
            seen.insert(chains, &arm.arm.label);
        }
    }
    first.map(|(one, other)| Doubt::SameChains { one: one.to_owned(), other: other.to_owned(), pairs })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        results::{
            table::{Arm, Setting, TrialResults},
            tuning::{Candidate, Ledger, TunedArm},
        },
        store::{Record, Status, samples::record},
        train::{Measure, MetricName, Split},
    };

    /// Two arms of so many replicates, all of them solved in time, that cast no doubt.
    fn sound(replicates: u64) -> Results {
        let trial = |n: u64, replicate: u64| {
            let Record { trial, metrics, .. } = record(n);
            let trial = crate::store::TrialRow {
                replicate: replicate as u32,
                status: Status::Finished,
                solved: Some(true),
                updates_to_target: Some(100),
                censored: Some(false),
                first_nonfinite_update: None,
                nonfinite_quantity: None,
                hash: format!("{n:064x}"),
                ..trial
            };
            TrialResults::new(trial, &metrics, vec![]).unwrap()
        };
        let arm = |index: u64| ArmResults {
            arm: Arm {
                label: format!("arm {index}"),
                settings: vec![],
                swept: vec![],
                own_label: vec![],
                chance: vec![],
                budget: 1000,
                target: None,
                lengths: None,
                probes: vec![],
            },
            trials: (0..replicates).map(|replicate| trial(index * replicates + replicate, replicate)).collect(),
        };
        Results {
            suite: "x".to_owned(),
            about: String::new(),
            arms: vec![arm(0), arm(1)],
            planned: 2 * replicates as usize,
            circumstances: Circumstances::default(),
            claims: vec![],
        }
    }

    /// Arms of three candidates each, of which these are chosen.
    fn ledger(chosen: &[usize]) -> Ledger {
        let candidate = |rate: f64| Candidate {
            settings: vec![Setting::new("optimizer.learning-rate", rate.into())],
            statuses: [(Status::Finished, 1), (Status::Diverged, 1)].into(),
            ..Candidate::default()
        };
        let arm = |&chosen: &usize| TunedArm {
            label: String::new(),
            candidates: [1e-3, 1e-2, 1e-1].map(candidate).into(),
            chosen: Some(chosen),
        };
        let arms = chosen.iter().map(arm).collect();
        Ledger { score: MetricName::Measured(Split::Validation, Measure::Loss), replicates: 2, arms }
    }

    /// Each doubt by what makes it appear, alone, in results that cast none.
    #[test]
    fn every_doubt_has_its_reason() {
        assert_eq!(doubts(&sound(6)), []);
        type Edit = fn(&mut Results);
        let edits: Vec<(Doubt, Edit)> = vec![
            (Doubt::Quick, |results| results.circumstances.quick = true),
            (Doubt::Redefined { parts: [(Part::Numerics, 2), (Part::Network, 3)].into() }, |results| {
                results.circumstances.redefined = [(Part::Network, 3), (Part::Numerics, 2)].into();
            }),
            (Doubt::Mixed { trials: 2, shown: "engine fused on cpu, numerics 5".to_owned() }, |results| {
                results.circumstances.mixed = Some((2, "engine fused on cpu, numerics 5".to_owned()));
            }),
            (Doubt::Missing { missing: 3, planned: 15 }, |results| results.planned += 3),
            (Doubt::Failed { trials: 1 }, |results| {
                results.planned += 1;
                let failed = results.arms[0].trials[0].clone();
                results.arms[0].trials.push(failed);
                results.arms[0].trials[6].trial.status = Status::Error;
            }),
            (Doubt::Diverged { trials: 1 }, |results| results.arms[1].trials[2].trial.status = Status::Diverged),
            (Doubt::OptimizerState { trials: 2, first: 7 }, |results| {
                for (arm, update) in [(0, 9), (1, 7)] {
                    let trial = &mut results.arms[arm].trials[0].trial;
                    trial.nonfinite_quantity = Some("optimizer-state".to_owned());
                    trial.first_nonfinite_update = Some(update);
                }
            }),
            (Doubt::OneReplicate, |results| *results = sound(1)),
            (Doubt::FewReplicates, |results| *results = sound(5)),
            (Doubt::AtEdge { arms: 3, tuned: 4, lowest: 1, highest: 2 }, |results| {
                results.circumstances.tuning = Some(ledger(&[0, 2, 1, 2]));
            }),
            (Doubt::AtEdge { arms: 2, tuned: 2, lowest: 0, highest: 2 }, |results| {
                results.circumstances.tuning = Some(ledger(&[2, 2]));
            }),
            (Doubt::NoCandidate { arms: 1 }, |results| {
                let mut ledger = ledger(&[1, 1]);
                for candidate in &mut ledger.arms[0].candidates {
                    candidate.statuses = [(Status::Diverged, 2)].into();
                }
                results.circumstances.tuning = Some(ledger);
            }),
            (Doubt::SolvedAtStart { trials: 1 }, |results| {
                results.arms[0].trials[0].trial.updates_to_target = Some(0);
            }),
            (Doubt::Untrained { trials: 1 }, |results| {
                let trial = &mut results.arms[0].trials[0];
                trial.curves.insert((Split::Validation, Measure::Loss), vec![(0, 0.5), (100, 0.5), (200, 0.5)]);
                // One that changed in its last bit, and one that was not looked at again.
                let next = f64::from_bits(0.5_f64.to_bits() + 1);
                let changed = vec![(0, 0.5), (100, next)];
                results.arms[0].trials[1].curves.insert((Split::Validation, Measure::Loss), changed);
                results.arms[0].trials[2].curves.insert((Split::Validation, Measure::Loss), vec![(0, 0.5)]);
            }),
            (Doubt::SameChains { one: "arm 0".to_owned(), other: "arm 1".to_owned(), pairs: 1 }, |results| {
                let hashes: Vec<String> = results.arms[0].trials.iter().map(|trial| trial.trial.hash.clone()).collect();
                results.arms[1].trials.iter_mut().zip(hashes).for_each(|(trial, hash)| trial.trial.hash = hash);
            }),
            (Doubt::ShortOfLength { arms: 2 }, |results| results.circumstances.short_of_length = 2),
            (Doubt::RepeatedSequences { arms: 1, sequences: 5, of: 9 }, |results| {
                results.circumstances.repeated = Some([1, 5, 9]);
            }),
            (Doubt::FewSequences { arms: 1, sequences: 32 }, |results| {
                results.circumstances.few_sequences = Some((1, 32));
            }),
            (Doubt::Unplanned { trials: 4 }, |results| results.circumstances.unplanned = 4),
        ];
        for (doubt, edit) in edits {
            let mut results = sound(6);
            edit(&mut results);
            assert_eq!(doubts(&results), std::slice::from_ref(&doubt));
            let sentence = doubt.to_string();
            assert!(sentence.ends_with('.') && sentence.len() < 180, "{sentence}");
        }
    }

    #[test]
    fn what_was_never_trained_is_not_the_same_training() {
        let mut results = sound(6);
        for trial in results.arms.iter_mut().flat_map(|arm| &mut arm.trials) {
            (trial.trial.hash, trial.trial.updates) = ("0".repeat(64), 0);
        }
        assert_eq!(doubts(&results), []);
    }
}
