//! Mean ranks of methods, and which of them are told apart.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::data::rank_diagram::{RankDiagram, RankedMethod};
use super::drawing::Drawing;
use super::methods::{Comparison, Method, TASK, compare, needs_whole_methods};
use super::picture::{Figure, Fit, NothingToDraw, Picture};
use super::sentences::{left_out, planned_replicates, ran, target_in_words};
use crate::results::number;
use crate::results::table::Results;
use crate::stats::{Friedman, NonFinite, friedman_test};
use crate::text::pluralize;
use crate::train::MetricName;

/// The critical-difference diagram: methods on the scale of their mean ranks, those that a test does not tell apart joined by a bar.
///
/// # Definition
///
/// A method is what an arm sweeps beside its task. Within each block methods are ranked by their updates to the target over the budget, 1
/// for the soonest; trials that do not reach it, or diverge, share the last ranks. A block is one replicate of one task, in which all
/// methods meet the same sequences, or, with `blocks: tasks`, the mean over the replicates of a task. Friedman's test in Iman and
/// Davenport's form asks whether methods differ at all; Nemenyi's test, or Holm's step-down of all pairs, which of them do. A bar joins
/// methods of which no two are told apart at 5 %.
///
/// # Why it is here
///
/// Ranks ask no common scale of different tasks, and the diagram shows a whole comparison at once, with every pair corrected for
/// the others.
///
/// # How to read it
///
/// The further left, the better. Two methods without a common bar differ. Methods under one bar may differ all the same: few blocks tell
/// little apart. Blocks that are replicates speak of these tasks; only `blocks: tasks` speaks of tasks like them, and needs many.
///
/// # Example
///
/// ```yaml
/// figures:
///   - {kind: critical-difference, tasks: task, blocks: replicates, test: nemenyi}
/// ```
///
/// # References
///
/// Demšar 2006, jmlr.org/papers/v7/demsar06a. Friedman 1937, doi:10.1080/01621459.1937.10503522. Iman and Davenport 1980. Nemenyi 1963.
/// Holm 1979.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct CriticalDifference {
    /// The dotted path of what makes a task, such as `task`; swept settings at or beneath it are the tasks, all others the
    /// methods.
    pub tasks: String,
    /// Where methods are ranked.
    pub blocks: Blocks,
    /// The test of all pairs.
    pub test: PairTest,
}

/// Where methods are ranked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Blocks {
    /// In each replicate of each task.
    #[default]
    Replicates,
    /// In each task, by the mean over its replicates.
    Tasks,
}

/// The test of all pairs of methods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PairTest {
    /// Nemenyi's: one critical difference for all pairs.
    #[default]
    Nemenyi,
    /// The normal approximation of each pair, corrected by Holm's method.
    Holm,
}

impl Default for CriticalDifference {
    fn default() -> Self {
        Self { tasks: TASK.to_owned(), blocks: Blocks::default(), test: PairTest::default() }
    }
}

/// The probability of joining no methods that are alike.
const ALPHA: f64 = 0.05;
/// The fewest and the most methods that are drawn unasked.
const TELLING: std::ops::RangeInclusive<usize> = 3..=24;
/// The most methods that can be drawn.
const MOST: usize = 60;
/// The fewest blocks that tell anything apart.
const FEWEST_BLOCKS: usize = 5;

impl Figure for CriticalDifference {
    fn fits(&self, plan: &Results) -> Result<Fit, NothingToDraw> {
        target_in_words(plan)?;
        let Comparison { tasks, methods } = compare(plan, &self.tasks)?;
        needs_whole_methods(&methods, 3, "a critical-difference diagram")?;
        if methods.len() > MOST {
            return Err(NothingToDraw(format!(
                "a critical-difference diagram of {} methods cannot be read; see the figure `ranking`",
                methods.len()
            )));
        }
        let blocks = match self.blocks {
            Blocks::Replicates => tasks.len() * planned_replicates(plan),
            Blocks::Tasks => tasks.len(),
        };
        if blocks < 2 {
            let more = if self.blocks == Blocks::Tasks { "tasks" } else { "replicates" };
            return Err(NothingToDraw(format!("one block tells no methods apart; plan more {more}")));
        }
        Ok(Fit::telling(TELLING.contains(&methods.len()) && blocks >= FEWEST_BLOCKS))
    }

    fn averages_over_tasks(&self) -> bool {
        true
    }

    fn draw(&self, results: &Results) -> Result<Vec<Picture>, NothingToDraw> {
        ran(results)?;
        self.fits(results)?;
        let target = target_in_words(results)?;
        let Comparison { tasks, methods } = compare(results, &self.tasks)?;
        let complete: Vec<&Method> = methods.iter().filter(|method| method.is_complete()).collect();
        let blocks = self.blocks(&complete, tasks.len());
        let rows: Vec<&[f64]> = blocks.iter().map(Vec::as_slice).collect();
        let found = friedman_test(&rows, NonFinite::Highest).filter(|found| found.blocks > 1 && complete.len() > 2);
        let Some(found) = found else {
            return Err(NothingToDraw(
                "fewer than three methods have finished the same replicates of all tasks; run the suite first"
                    .to_owned(),
            ));
        };
        let mut order: Vec<usize> = (0..complete.len()).collect();
        order.sort_by(|&a, &b| found.mean_ranks[a].total_cmp(&found.mean_ranks[b]));
        let groups = groups(&order, &self.together(&found));
        let differ = found.f_p < ALPHA;
        let of_blocks = match self.blocks {
            Blocks::Replicates => pluralize(found.blocks, "replicate"),
            Blocks::Tasks => pluralize(found.blocks, "task"),
        };
        let over = if self.blocks == Blocks::Replicates && tasks.len() > 1 {
            format!(" of {} tasks", tasks.len())
        } else {
            String::new()
        };
        let p = if found.f_p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {}", number::short(found.f_p)) };
        let test = if self.test == PairTest::Nemenyi { "Nemenyi" } else { "Holm" };
        let verdict = if differ { "methods differ" } else { "no difference between methods is found" };
        let title = "Critical differences".to_owned();
        let subtitle = format!(
            "{target}. Mean rank over {of_blocks}{over}, 1 is the soonest. Friedman's test: {verdict} ({p}). A bar joins methods that \
             are not told apart at 5 % ({test}, all pairs)."
        );
        let mut notes: Vec<String> = left_out(results).into_iter().collect();
        let lacking = methods.len() - complete.len();
        if lacking > 0 {
            notes.push(format!("{lacking} of {} methods have no trials on some task and are left out.", methods.len()));
        }
        let diagram = RankDiagram {
            title: title.clone(),
            subtitle,
            x: "mean rank".to_owned(),
            methods: order
                .iter()
                .map(|&index| RankedMethod { label: complete[index].label.clone(), rank: found.mean_ranks[index] })
                .collect(),
            groups,
            critical: (self.test == PairTest::Nemenyi).then(|| found.critical_difference(ALPHA)),
            notes,
        };
        let caption = "Methods by mean rank, the best on the left. Methods without a common bar are told apart; those under one bar \
                       may differ all the same, for few blocks tell little."
            .to_owned();
        let drawing = Drawing::RankDiagram(diagram);
        Ok(vec![Picture { name: "critical-difference".to_owned(), title, caption, drawing }])
    }
}

impl CriticalDifference {
    /// The scores of all methods, block by block: only blocks that every method has.
    fn blocks(&self, methods: &[&Method], tasks: usize) -> Vec<Vec<f64>> {
        let score =
            |updates: f64, budget: u64| if updates.is_finite() { updates / budget as f64 } else { f64::INFINITY };
        let mut blocks = vec![];
        for task in 0..tasks {
            let arms: Vec<_> = methods.iter().filter_map(|method| method.tasks[task].as_ref()).collect();
            if self.blocks == Blocks::Tasks {
                // A mean needs a number for what did not reach the target: the whole budget.
                let mean = |needed: &[f64], budget: u64| {
                    needed.iter().map(|updates| score(*updates, budget).min(1.0)).sum::<f64>() / needed.len() as f64
                };
                blocks.push(arms.iter().map(|(arm, needed)| mean(needed, arm.arm.budget)).collect());
                continue;
            }
            let mut replicates: Vec<u32> =
                arms.iter().flat_map(|(arm, _)| &arm.trials).map(|trial| trial.trial.replicate).collect();
            replicates.sort_unstable();
            replicates.dedup();
            for replicate in replicates {
                let of = |arm: &crate::results::table::ArmResults| {
                    let trial = arm.trials.iter().find(|trial| trial.trial.replicate == replicate)?;
                    Some(score(trial.value(MetricName::UpdatesToTarget)?, arm.arm.budget))
                };
                blocks.extend(arms.iter().map(|(arm, _)| of(arm)).collect::<Option<Vec<f64>>>());
            }
        }
        blocks.retain(|block| block.len() == methods.len());
        blocks
    }

    /// For each pair of methods (i < j, by i, then j), whether they are not told apart.
    fn together(&self, found: &Friedman) -> Vec<bool> {
        let p = match self.test {
            PairTest::Nemenyi => found.nemenyi(),
            PairTest::Holm => found.pairwise_holm(),
        };
        // Without any difference at all no pair differs.
        let differs = |p: f64| p < ALPHA && found.f_p < ALPHA;
        p.into_iter().map(|p| !differs(p)).collect()
    }
}

/// The longest stretches of the methods in `order` of which no two are told apart, each its first and last place.
fn groups(order: &[usize], together: &[bool]) -> Vec<(usize, usize)> {
    let methods = order.len();
    let pair = |a: usize, b: usize| {
        let (i, j) = (order[a].min(order[b]), order[a].max(order[b]));
        together[i * methods - i * (i + 1) / 2 + j - i - 1]
    };
    let mut groups: Vec<(usize, usize)> = vec![];
    for from in 0..methods {
        let fits = |to: &usize| (from..*to).all(|a| (a + 1..=*to).all(|b| pair(a, b)));
        let to = (from..methods).take_while(|to| fits(to)).last().unwrap_or(from);
        if to > from && groups.last().is_none_or(|(_, end)| *end < to) {
            groups.push((from, to));
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    fn diagram(figure: &CriticalDifference, results: &Results) -> RankDiagram {
        let named = figure.draw(results).unwrap();
        let Drawing::RankDiagram(diagram) = &named[0].drawing else { panic!("not a rank diagram") };
        diagram.clone()
    }

    #[test]
    fn groups_are_the_longest_stretches_without_a_difference() {
        // Of four methods 0 and 2, 0 and 3, 1 and 3 differ: pairs 01 02 03 12 13 23.
        let together = [true, false, false, true, false, true];
        assert_eq!(groups(&[0, 1, 2, 3], &together), [(0, 1), (1, 2), (2, 3)]);
        assert_eq!(groups(&[0, 1, 2, 3], &[true; 6]), [(0, 3)]);
        assert_eq!(groups(&[3, 2, 1, 0], &[false; 6]), []);
        // The order is that of the ranks, not of the plan.
        assert_eq!(groups(&[2, 0, 1], &[false, true, false]), [(0, 1)]);
    }

    #[test]
    fn ranks_are_those_within_the_replicates() {
        let diagram = diagram(&CriticalDifference::default(), &fixture::showcase());
        assert_eq!(diagram.methods.len(), 9);
        assert!(diagram.methods.is_sorted_by(|a, b| a.rank <= b.rank));
        let sum: f64 = diagram.methods.iter().map(|method| method.rank).sum();
        assert!((sum - 45.0).abs() <= 1e-9, "{sum}");
        assert!(diagram.subtitle.contains("15 replicates of 3 tasks"), "{}", diagram.subtitle);
        assert!(["lstm", "gru"].iter().any(|name| diagram.methods[0].label.starts_with(name)), "{:?}", diagram.methods);
        // No two of a group are farther apart than the critical difference, and neighbours beyond it are in none together.
        let critical = diagram.critical.unwrap();
        for &(from, to) in &diagram.groups {
            assert!(diagram.methods[to].rank - diagram.methods[from].rank < critical);
        }
        let (first, last) = (diagram.methods[0].rank, diagram.methods[8].rank);
        assert!(last - first > critical && diagram.groups.iter().all(|group| *group != (0, 8)));
    }

    #[test]
    fn too_little_to_compare_is_told_beforehand() {
        let reason = CriticalDifference::default().fits(&fixture::results()).unwrap_err();
        assert!(reason.0.contains("three methods or more"), "{reason}");
        let mut results = fixture::showcase();
        results.planned = results.arms.len();
        let few = CriticalDifference { blocks: Blocks::Tasks, ..CriticalDifference::default() };
        assert_eq!(few.fits(&results), Ok(Fit::OnRequest));
        let mut results = fixture::zoo();
        results.arms.retain(|arm| arm.arm.label.contains("copy"));
        results.planned = results.arms.len();
        let reason = few.fits(&results).unwrap_err();
        assert!(reason.0.contains("plan more tasks"), "{reason}");
    }
}
