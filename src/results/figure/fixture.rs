//! Made-up results for tests: a small set for exact comparison and a large one that looks like a real suite.

use std::collections::BTreeMap;

use serde_json::json;

use crate::results::Circumstances;
use crate::results::claim::{Claim, Contrast};
use crate::results::reach::{Estimated, Found, FoundArm};
use crate::results::table::{Arm, ArmResults, Lengths, Probed, Results, Setting, Target, TrialResults};
use crate::results::tuning::{Candidate, Ledger, TunedArm};
use crate::stats::{CONFIDENCE, CREDIBLE, Count, Ending, Psychometric, misfit};
use crate::store::{ProbeRow, Status, TrialRow};
use crate::train::{Measure, MetricName, Split};

/// The course of a made-up replicate.
struct Replicate {
    /// The update at which it reaches the target, if ever.
    solved_at: Option<u64>,
    /// The update at which it diverges, if ever.
    diverged_at: Option<u64>,
    /// Shifts its curve a little, to tell replicates apart.
    jitter: f64,
}

const BOUND: f64 = 0.01;
const CHANCE: f64 = 1.0 / 6.0;

/// Two cells, two lengths, three replicates: tanh learns nothing, the LSTM all but one.
pub(super) fn results() -> Results {
    let mut results = empty("fixture");
    for (cell, factor) in [("elman tanh", -0.5), ("lstm", -0.02)] {
        for length in [20_u32, 50] {
            let arm = push_arm(&mut results, &[("model.cell", cell)], length, 1000);
            for replicate in 0..3_u32 {
                let solved_at = match (cell, length, replicate) {
                    ("lstm", 20, _) => Some(300 + 100 * u64::from(replicate)),
                    ("lstm", 50, 0 | 1) => Some(600 + 200 * u64::from(replicate)),
                    _ => None,
                };
                let made = Replicate { solved_at, diverged_at: None, jitter: 0.1 * (f64::from(replicate) - 1.0) };
                push_trial(&mut results, arm, replicate, &made, 100, &[(0, factor), (1000, 0.4 * factor)], length);
            }
        }
    }
    results.planned = results.stored();
    results.claims = claims();
    results.circumstances.tuning = Some(ledger(&results, MetricName::UpdatesToTarget));
    results
}

/// Claims about the arms of [`results`]: one of each form, and one too sure to be supported.
pub(super) fn claims() -> Vec<Claim> {
    let claim = |id: &str, metric: &str, expect: &str, margin: f64, contrast: Contrast| {
        let statement = format!("Made up to test {id}.");
        let spec = json!({"id": id, "statement": statement, "metric": metric, "expect": expect, "margin": margin});
        Claim { spec: serde_json::from_value(spec).unwrap(), alpha: 0.5, contrast }
    };
    vec![
        claim("lstm-solves", "solved", "left > right", 0.0, Contrast::Arms(vec![[2, 0]])),
        claim("lstm-loses-less", "validation/loss", "left < right", 0.0, Contrast::Arms(vec![[2, 0], [3, 1]])),
        claim("lstm-as-bad", "validation/loss", "left = right", 0.01, Contrast::Arms(vec![[2, 0]])),
        claim("tanh-solves", "solved", "left > right", 0.0, Contrast::Level(vec![(0, 0.5)])),
        claim("reach", "gradient-by-lag/initial-growth", "increasing", 0.0, Contrast::Order(vec![vec![1, 0, 2]])),
        claim("same-size", "parameters", "left = right", 1.0, Contrast::Arms(vec![[2, 0]])),
        claim("never", "updates-to-target", "left > right", 0.0, Contrast::Arms(vec![[1, 3]])),
        claim(
            "trend",
            "updates-to-target",
            "increasing",
            0.0,
            Contrast::Trend(vec![vec![(1.0, 2), (2.0, 3), (3.0, 1)]]),
        ),
    ]
}

/// Nine arms, three lengths, five replicates; gradients from 1e-40 and zero to overflow, some replicates diverging.
pub(super) fn showcase() -> Results {
    // Model, initialization, decades per lag before and after training, longest length learnt, replicates that diverge.
    let arms: [(&str, &str, f64, f64, u32, u32); 9] = [
        ("elman tanh", "standard-normal", 0.28, 0.12, 0, 2),
        ("elman tanh", "glorot-uniform", -0.31, -0.14, 0, 0),
        ("elman tanh", "orthogonal", -0.03, -0.02, 50, 0),
        ("elman relu", "identity", -0.004, 0.012, 100, 1),
        ("elman relu", "standard-normal", 0.52, 0.61, 0, 5),
        ("elman sigmoid", "orthogonal", -0.62, -0.6, 0, 0),
        ("lstm", "forget bias 1", -0.05, -0.008, 200, 0),
        ("gru", "orthogonal", -0.04, -0.005, 200, 0),
        ("unitary evolution", "capacity 2, orthogonal start", 0.0, 0.001, 100, 0),
    ];
    let mut results = empty("vanishing");
    let mut noise = Noise(7);
    for (cell, init, before, after, reach, diverging) in arms {
        for length in [50_u32, 100, 200] {
            let arm = push_arm(&mut results, &[("model.cell", cell), ("init.recurrent", init)], length, 3000);
            for replicate in 0..5_u32 {
                let hard = f64::from(length) / f64::from(reach.max(1));
                let solved = length <= reach && !(length == reach && replicate > 2);
                let solved_at = solved.then(|| 100 * (6.0 + 16.0 * hard + 6.0 * noise.next()) as u64);
                let diverged_at = (replicate < diverging).then(|| 100 * (1 + u64::from(replicate) * 5));
                let made = Replicate { solved_at, diverged_at, jitter: 0.3 * noise.next() - 0.15 };
                let rate = |rate: f64, noise: &mut Noise| rate * (1.0 + 0.25 * (noise.next() - 0.5));
                let probes = [(0, rate(before, &mut noise)), (3000, rate(after, &mut noise))];
                push_trial(&mut results, arm, replicate, &made, 100, &probes, length);
            }
        }
    }
    results.claims = claims();
    results.planned = results.stored();
    results.circumstances.tuning = Some(ledger(&results, MetricName::Measured(Split::Validation, Measure::Loss)));
    results.circumstances.reach = Some(found());
    results
}

/// Made-up searches: an arm of each ending, one with lapses, and one whose outcomes are no such curve.
fn found() -> Found {
    let (from, to) = (10, 1000);
    let curve = Psychometric::new(from, to);
    let arm = |label: &str, counts: &[(u64, u32, u32)], ending: Option<Ending>, gradient_reach: (u32, bool)| {
        let count = |&(length, solved, tried): &(u64, u32, u32)| Count { length, solved, tried };
        let counts: Vec<Count> = counts.iter().map(count).collect();
        let posterior = curve.posterior(&counts);
        let point = |step: u32| 10.0 * libm::pow(100.0, f64::from(step) / 40.0);
        let mut noise = Noise(5);
        FoundArm {
            label: label.to_owned(),
            settings: vec![],
            at_values: vec![],
            failed: 0,
            estimate: Some(Estimated {
                reach: posterior.threshold(CREDIBLE),
                of_all: posterior.threshold_of_all(CREDIBLE),
                spread: posterior.spread(CONFIDENCE),
                lapse: posterior.lapse(CONFIDENCE),
                misfit: misfit(&curve, &counts, || (noise.next() * u64::MAX as f64) as u64),
                curve: (0..=40).map(point).map(|at| (at, posterior.success(at, CONFIDENCE))).collect(),
            }),
            counts,
            ending,
            gradient_reach: Some(gradient_reach),
        }
    };
    let steep = [(10, 2, 2), (20, 2, 2), (40, 3, 4), (57, 4, 8), (80, 1, 8), (160, 0, 4)];
    let lapsing = [(10, 7, 10), (20, 5, 8), (80, 4, 6), (160, 5, 8), (320, 1, 9), (640, 0, 4)];
    let rising = [(10, 2, 2), (20, 1, 8), (40, 0, 6), (160, 7, 8), (320, 1, 8)];
    Found {
        path: "task.length".to_owned(),
        name: "length".to_owned(),
        from,
        to,
        trials: 80,
        definition: "Made up.".to_owned(),
        has_gradients: true,
        arms: vec![
            arm("elman tanh", &steep, Some(Ending::Precise), (35, false)),
            arm("lstm", &[(10, 4, 4), (40, 4, 4), (320, 4, 4), (1000, 12, 12)], Some(Ending::Beyond), (800, true)),
            arm("elman relu", &lapsing, Some(Ending::Spent), (700, false)),
            arm("residual elman", &[(10, 0, 8), (20, 0, 2)], Some(Ending::Below), (2, false)),
            arm("gru", &rising, None, (60, false)),
        ],
    }
}

/// Fifty-six cells on three tasks, five replicates: from what learns all to what learns nothing.
pub(super) fn zoo() -> Results {
    let mut results = empty("zoo");
    let mut noise = Noise(11);
    for number in 0..56_u32 {
        let name = match number % 7 {
            0 => format!("elman number {number} · identity"),
            1 => format!("lstm no output activation, peephole {number}"),
            number_of_kind => format!("cell {number_of_kind}{number}"),
        };
        for (place, task) in ["adding length 40", "copy length 20", "temporal-order-2 length 40"].iter().enumerate() {
            let texts = [("model.cell", name.as_str()), ("task", *task)];
            let arm = push_arm(&mut results, &texts, 40, 1500);
            results.arms[arm].arm.swept.pop();
            results.arms[arm].arm.settings.pop();
            let hard = f64::from(number) / 56.0 + 0.15 * place as f64;
            for replicate in 0..5_u32 {
                let needed = hard + 0.4 * noise.next();
                let solved_at = (needed < 1.0).then(|| 50 * (30.0 * needed).ceil().max(1.0) as u64);
                let made = Replicate { solved_at, diverged_at: None, jitter: noise.next() - 0.5 };
                push_trial(&mut results, arm, replicate, &made, 500, &[], 2);
            }
        }
    }
    results.planned = results.stored();
    results.circumstances.tuning = Some(ledger(&results, MetricName::UpdatesToTarget));
    results
}

/// The candidates of each arm's tuning.
pub(super) const CANDIDATES: usize = 8;

/// The ledger of eight rates for each arm, two replicates each: one rate suits it, the others the less the farther they are, and of every
/// other arm the two greatest diverge.
pub(super) fn ledger(results: &Results, score: MetricName) -> Ledger {
    let arm = |(number, arm): (usize, &ArmResults)| {
        let budget = arm.arm.budget as f64;
        let suited = 1 + (5 * number + number / 3) % (CANDIDATES - 3);
        let candidate = |tried: usize| {
            let apart = suited.abs_diff(tried) as f64 + 0.01 * tried as f64;
            let ease = 0.1 + 0.8 * ((17 * number + 5) % 29) as f64 / 29.0;
            let diverged = number % 2 == 0 && tried + 2 >= CANDIDATES;
            let loss = CHANCE * (1.0 - libm::exp(-ease * (0.1 + apart)));
            let needed = (budget * ease * (1.0 + 0.4 * apart * apart)).min(budget);
            Candidate {
                settings: vec![Setting::new(
                    "optimizer.learning-rate",
                    libm::pow(10.0, 0.5 * tried as f64 - 4.0).into(),
                )],
                statuses: [(if diverged { Status::Diverged } else { Status::Finished }, 2)].into(),
                solved: Some(if needed < budget && !diverged { 2 } else { 0 }),
                loss: (!diverged).then_some(loss),
                score: Some(match score {
                    MetricName::UpdatesToTarget if diverged => budget,
                    MetricName::UpdatesToTarget => needed,
                    _ if diverged => f64::INFINITY,
                    _ => loss,
                }),
                rank: None,
            }
        };
        let mut candidates: Vec<Candidate> = (0..CANDIDATES).map(candidate).collect();
        let mut order: Vec<usize> = (0..CANDIDATES).collect();
        order.sort_by(|&one, &other| candidates[one].score.unwrap().total_cmp(&candidates[other].score.unwrap()));
        (1..).zip(&order).for_each(|(rank, &number)| candidates[number].rank = Some(rank));
        TunedArm { label: arm.arm.label.clone(), candidates, chosen: Some(order[0]) }
    };
    Ledger { score, replicates: 2, arms: results.arms.iter().enumerate().map(arm).collect() }
}

/// Forgets all that is stored, so that only the plan is left.
pub(super) fn forget(results: &mut Results) {
    results.arms.iter_mut().for_each(|arm| arm.trials.clear());
    for arm in results.circumstances.tuning.iter_mut().flat_map(|ledger| &mut ledger.arms) {
        arm.chosen = None;
        for candidate in &mut arm.candidates {
            *candidate = Candidate { settings: candidate.settings.clone(), ..Candidate::default() };
        }
    }
    for arm in results.circumstances.reach.iter_mut().flat_map(|found| &mut found.arms) {
        (arm.counts, arm.failed, arm.estimate, arm.ending, arm.gradient_reach) = (vec![], 0, None, None, None);
    }
}

fn empty(suite: &str) -> Results {
    Results {
        suite: suite.to_owned(),
        about: "How far back does the gradient reach, and does that decide what is learnt?".to_owned(),
        arms: Vec::new(),
        planned: 0,
        circumstances: Circumstances::default(),
        claims: vec![],
    }
}

fn push_arm(results: &mut Results, texts: &[(&str, &str)], length: u32, budget: u64) -> usize {
    let mut settings: Vec<Setting> = texts.iter().map(|(path, text)| Setting::new(path, (*text).into())).collect();
    settings.push(Setting::new("task.length", length.into()));
    let words: Vec<&str> = texts.iter().map(|(_, text)| *text).collect();
    let arm = Arm {
        label: format!("{} · length {length}", words.join(" · ")),
        swept: settings.clone(),
        settings,
        own_label: vec![],
        chance: vec![(Measure::Loss, CHANCE)],
        budget,
        target: Some(Target { metric: "validation/loss".parse().unwrap(), below: Some(BOUND), above: None }),
        lengths: Some(Lengths {
            own: (length, length),
            others: tested(length).map(|other| (other, vec![(Measure::Loss, CHANCE)])).into(),
        }),
        probes: vec![Probed { kind: "gradient-by-lag".to_owned(), states: vec![vec!["h".to_owned()]] }],
    };
    results.arms.push(ArmResults { arm, trials: vec![] });
    results.arms.len() - 1
}

/// The lengths on which an arm is tested that is trained on `length`.
fn tested(length: u32) -> [u32; 4] {
    [length / 2, length, 2 * length, 4 * length]
}

fn push_trial(
    results: &mut Results,
    arm: usize,
    replicate: u32,
    made: &Replicate,
    every: u64,
    rates: &[(u64, f64)],
    length: u32,
) {
    let trial_id = format!("t{:015x}", results.stored() + 1);
    let arm = &mut results.arms[arm];
    let budget = arm.arm.budget;
    let (mut curve, mut probes) = (vec![], vec![]);
    let end = made.solved_at.or(made.diverged_at).unwrap_or(budget);
    for update in (0..=end).step_by(every as usize) {
        let progress = update as f64;
        let value = match made {
            Replicate { diverged_at: Some(at), .. } if update == *at => f64::NAN,
            Replicate { diverged_at: Some(at), .. } if *at < 3 * every + update => 2.0 * CHANCE * (1.0 + progress),
            Replicate { solved_at: Some(at), .. } if update == *at => 0.9 * BOUND,
            Replicate { solved_at: Some(at), .. } => {
                // A plateau at chance, then a fall.
                let through = progress / *at as f64;
                let plateau = CHANCE * (1.0 + 0.2 * made.jitter + 2.0 * libm::exp(-progress / 60.0));
                plateau * libm::pow(BOUND / CHANCE, libm::pow(through, 3.0))
            }
            _ => CHANCE * (1.0 + 0.1 * made.jitter + 2.0 * libm::exp(-progress / 60.0)),
        };
        curve.push((update, value));
    }
    for &(at, rate) in rates {
        let update = at.min(end);
        for lag in 0..length {
            // A norm in f32, that underflows to zero and overflows.
            let norm = |shift: f64| f64::from(libm::pow(10.0, -1.0 + shift + rate * f64::from(lag)) as f32);
            for (statistic, shift) in [("median", 0.0), ("q10", -0.4), ("q90", 0.4)] {
                probes.push(ProbeRow {
                    trial_id: trial_id.clone(),
                    update,
                    probe: "gradient-by-lag".to_owned(),
                    layer: Some(0),
                    state: Some("full".to_owned()),
                    lag: Some(lag),
                    index: None,
                    statistic: statistic.to_owned(),
                    value: norm(shift + if at == 0 { made.jitter } else { 2.0 * made.jitter }),
                });
            }
        }
    }
    let diverged = made.diverged_at.is_some();
    let mut curves = BTreeMap::from([((Split::Validation, Measure::Loss), curve)]);
    for other in tested(length) {
        let solved = made.solved_at.is_some();
        let beyond = f64::from(other) / f64::from(length);
        let loss = if solved { 0.9 * BOUND * beyond * (1.0 + made.jitter) } else { CHANCE * (1.0 + 0.1 * made.jitter) };
        curves.insert((Split::AtLength(other), Measure::Loss), vec![(end, loss.min(CHANCE))]);
    }
    arm.trials.push(TrialResults {
        curves,
        probes,
        trial: TrialRow {
            trial_id,
            config: "{}".to_owned(),
            replicate,
            status: if diverged { Status::Diverged } else { Status::Finished },
            reason: diverged.then(|| "the loss is not a number".to_owned()),
            updates: end,
            solved: Some(made.solved_at.is_some()),
            updates_to_target: made.solved_at,
            censored: Some(made.solved_at.is_none()),
            first_nonfinite_update: made.diverged_at,
            nonfinite_quantity: diverged.then(|| "loss".to_owned()),
            parameters: 1234,
            flops_per_update: 5678,
            hash: "00".to_owned(),
            engine: "fused".to_owned(),
            device: "cpu".to_owned(),
            numerics: 1,
            task_definition: None,
            network_definition: None,
            training_definition: None,
            build: None,
            train_seconds: 0.0,
        }
        .into(),
    });
}

/// Numbers between 0 and 1 for making results look measured (Lehmer's generator).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0 * 48_271 % 0x7fff_ffff;
        self.0 as f64 / f64::from(0x7fff_ffff)
    }
}
