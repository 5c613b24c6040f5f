//! The ledger of a tuning.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    results::table::Setting,
    stats::{CONFIDENCE, Estimate, budget_curve},
    store::Status,
    train::MetricName,
};

/// All that was tried to choose the settings of each arm, all of it on validation data and on seeds of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Ledger {
    /// The metric of validation data whose mean over replicates is a candidate's score.
    pub score: MetricName,
    /// The replicates that each candidate is to have.
    pub replicates: usize,
    /// The arms in the order of the plan.
    pub arms: Vec<TunedArm>,
}

/// One arm with its candidates.
#[derive(Clone, Debug, PartialEq)]
pub struct TunedArm {
    /// The arm's label.
    pub label: String,
    /// All that was tried, in the order of the plan.
    pub candidates: Vec<Candidate>,
    /// The number of the chosen candidate, once all of them are trained.
    pub chosen: Option<usize>,
}

/// The candidates of an arm.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Candidate {
    /// The tuned settings, in one order for all.
    pub settings: Vec<Setting>,
    /// The replicates that are stored, by how they ended.
    pub statuses: BTreeMap<Status, usize>,
    /// The replicates that reached the target, where there is one.
    pub solved: Option<usize>,
    /// The mean of the last validation losses of the replicates that did not diverge.
    pub loss: Option<f64>,
    /// The score: a mean over the replicates, of which one that did not reach its target counts as the budget; none without results.
    pub score: Option<f64>,
    /// Its place among the arm's candidates by the rule of selection, 1 for the best; none until all are trained.
    pub rank: Option<usize>,
}

/// The fewest numbers of which the least and the greatest are edges.
const FEWEST: usize = 3;

/// A tuned setting with the least or the greatest of the numbers that were tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The name of the setting, such as `learning-rate`.
    pub setting: String,
    /// The side on which there was nothing more to try.
    pub side: Side,
}

/// A side of what was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Nothing less was tried.
    Lowest,
    /// Nothing more was tried.
    Highest,
}

impl Side {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lowest => "lowest",
            Self::Highest => "highest",
        }
    }
}

impl Ledger {
    /// The score in words, with the value of a replicate that has none.
    pub fn score_in_words(&self) -> String {
        match self.score {
            MetricName::UpdatesToTarget => "updates to target (the budget where it was not reached)".to_owned(),
            metric => metric.words(),
        }
    }

    /// The expected score of what would have been chosen of n of the candidates of arm `number`, for n = 1, 2, … ([`budget_curve`]):
    /// the random part is which n are tried. Nothing until all are trained, or without such an arm.
    pub fn budget_curve(&self, number: usize) -> Vec<Estimate> {
        let ranked: Option<BTreeMap<usize, f64>> = self
            .arms
            .get(number)
            .and_then(|arm| arm.candidates.iter().map(|one| Some((one.rank?, one.score?))).collect());
        let scores: Vec<f64> = ranked.unwrap_or_default().into_values().collect();
        budget_curve(&scores, self.score.non_finite(), CONFIDENCE)
    }

    /// The arms that have a chosen candidate.
    pub fn tuned(&self) -> impl Iterator<Item = &TunedArm> {
        self.arms.iter().filter(|arm| arm.chosen.is_some())
    }

    /// The number of arms whose choice lies at an edge of what was tried, on either side or on both.
    pub fn at_edge(&self) -> usize {
        self.tuned().filter(|arm| !arm.chosen_edges().is_empty()).count()
    }

    /// The number of arms whose choice lies at that edge of a setting.
    pub fn at_side(&self, side: Side) -> usize {
        self.tuned().filter(|arm| arm.chosen_edges().iter().any(|edge| edge.side == side)).count()
    }

    /// The number of arms all of whose candidates diverged in every replicate.
    pub fn without_candidate(&self) -> usize {
        let diverged = |one: &Candidate| one.statuses.keys().all(|status| *status == Status::Diverged);
        self.tuned().filter(|arm| arm.candidates.iter().all(diverged)).count()
    }
}

impl TunedArm {
    /// The settings of candidate `number` that are the least or the greatest of three numbers or more that were tried. What is no
    /// number has no order and so no edge; and of two numbers each is an edge, so that to choose one of them says nothing of what lies
    /// beyond.
    pub fn edges(&self, number: usize) -> Vec<Edge> {
        let Some(candidate) = self.candidates.get(number) else { return vec![] };
        let edge = |setting: &Setting| {
            let value = setting.number()?;
            let same = |other: &&Setting| other.path == setting.path;
            let tried = || self.candidates.iter().flat_map(|other| &other.settings).filter(same);
            let numbers = || tried().filter_map(Setting::number);
            let distinct: BTreeSet<u64> = numbers().map(f64::to_bits).collect();
            if distinct.len() < FEWEST {
                return None;
            }
            let side = match (numbers().any(|other| other < value), numbers().any(|other| other > value)) {
                (false, true) => Side::Lowest,
                (true, false) => Side::Highest,
                _ => return None,
            };
            Some(Edge { setting: setting.name.clone(), side })
        };
        candidate.settings.iter().filter_map(edge).collect()
    }

    /// The edges at which the chosen candidate lies.
    pub fn chosen_edges(&self) -> Vec<Edge> {
        self.chosen.map(|chosen| self.edges(chosen)).unwrap_or_default()
    }

    /// The paths that are tuned, and their names.
    pub(super) fn paths(&self) -> BTreeSet<&str> {
        self.candidates.iter().flat_map(|one| &one.settings).map(|setting| setting.path.as_str()).collect()
    }
}
