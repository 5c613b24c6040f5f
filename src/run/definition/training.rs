//! The definition of a training: what becomes of a gradient, and when the training ends.

use super::digest::Digest;
use crate::{
    component::{
        algorithm::{AlgorithmSpec, Keep},
        bptt::{self, BpttSpec},
        clip::{ClipSpec, Fallback, Norms},
        constraint::{ConstraintSpec, Rule},
        curriculum,
        optim::{OptimizerSpec, StepContext, gradient_transform, optimizer_step},
        parametrization::Parametrized,
        probe::{ProbeSpec, StateGradient, StateGradients},
        regularizer::{OfSteps, RegularizerSpec},
        schedule,
        task::{Adding, Batch, Lengths, TaskSpec},
    },
    compute::{
        kernel::Isa,
        matrix::{Evaluator, Formula, Workspace},
    },
    graph::{Backflow, Builder, Crossing, Expr, StepPenalties as _, canonical},
    seed::{self, Purpose},
    suite::Sections,
};

/// The vectors of a regularizer, a clip or a constraint: parameters and gradient.
const VECTORS: usize = 2;
/// The most places at which a function of the update or of the step is looked at.
const PLACES: u64 = 4096;
/// The steps at which an optimizer is looked at: its first ones, and late ones.
const STEPS: [u64; 6] = [1, 2, 3, 7, 100, 1_000_000];

pub(super) fn hash(sections: &Sections, parametrized: &Parametrized) -> String {
    let mut digest = Digest::new("training");
    let Sections { task, train, .. } = sections;
    let budget = train.budget(task.finite());
    digest.integers([budget, train.evaluation_interval(task.finite())]);
    digest.integers([train.batch, train.validation_of(task), train.test_of(task)].map(|count| count as u64));
    if let Some(target) = train.target.as_ref().and_then(|target| target.resolved(task)) {
        digest.text(&crate::train::MetricName::from(target.metric).to_string());
        digest.numbers([target.below, target.above].map(|bound| bound.unwrap_or(f64::NAN)));
    }
    digest.text(sections.algorithm.kind());
    if let AlgorithmSpec::RandomGuessing(settings) = &sections.algorithm {
        digest.numbers([settings.range]);
        digest.integers([u64::from(settings.keep == Keep::Right)]);
    }
    if sections.algorithm.takes_gradient() {
        add_optimizer(&mut digest, &sections.optimizer);
        if !sections.schedule.is_empty() {
            digest.numbers(places(budget).map(|update| schedule::factor(&sections.schedule, update, budget)));
        }
        for (factor, ranges) in sections.learning_rate_factors.groups(parametrized.raw()) {
            digest.numbers([factor]);
            digest.integers(ranges.iter().flat_map(|range| [range.start as u64, range.end as u64]));
        }
        sections.clip.iter().for_each(|clip| add_clip(&mut digest, clip));
        sections.regularizers.iter().for_each(|one| add_regularizer(&mut digest, one, parametrized));
        add_bptt(&mut digest, &sections.bptt, task.dimensions().steps);
    }
    sections.constraints.iter().for_each(|one| add_constraint(&mut digest, one, parametrized));
    if let (Some(curriculum), Some(Lengths { longest, .. })) = (&train.curriculum, task.lengths()) {
        digest.text("curriculum");
        let stream = seed::stream(0, Purpose::Curriculum, &[("definition", "curriculum")]);
        digest.integers(places(budget).map(|update| curriculum.length(update, longest, &stream) as u64));
        let steps = |update| curriculum::at(curriculum, task, update, &stream).dimensions().steps as u64;
        digest.integers((0..budget.min(8)).map(steps));
    }
    for probe in &sections.probes {
        digest.integers(places(budget).filter(|&update| probe.due(update)));
        if !probe.at_end() {
            digest.text("not at the end");
        }
        add_probe(&mut digest, probe);
    }
    digest.finish()
}

/// Gradients of no network, for probes to measure.
struct Waves;

impl StateGradients for Waves {
    fn state_gradients(&mut self, _: &[f32], batch: &Batch) -> Vec<StateGradient> {
        let state = |(layer, state, width): (usize, &str, usize)| {
            let values = numbers(batch.dimensions.steps * batch.size * width);
            // One of them is read at an earlier step, too.
            let earlier = if state == "c" { vec![0.5; batch.dimensions.steps * batch.size] } else { vec![] };
            StateGradient { layer, state: state.to_owned(), width, values, earlier }
        };
        [(0, "h", 3), (0, "c", 2), (1, "h", 3)].map(state).to_vec()
    }
}

/// Steps of which some probes leave some out.
const MANY: usize = 100;

/// Adds what a probe makes of gradients by states.
fn add_probe(digest: &mut Digest, probe: &ProbeSpec) {
    digest.integers([probe.sequences() as u64]);
    let stream = seed::stream(0, Purpose::Probe, &[("definition", "probe")]);
    let length = probe.length().unwrap_or(5);
    // What is kept of many steps, where it is not all.
    let thins = probe.figures(&[1], MANY) * length < probe.figures(&[1], length) * MANY;
    let length = if thins { MANY } else { length };
    let batch = Batch::draw(&TaskSpec::Adding(Adding { length: length.into() }), &stream, &[0, 1, 2, 3, 4, 5, 6]);
    for measured in probe.measure(&mut Waves, &[], &batch) {
        let places = [measured.layer, measured.lag, measured.index];
        digest.integers(places.map(|place| place.map_or(u64::MAX, |place| place as u64)));
        digest.text(measured.state.as_deref().unwrap_or_default());
        digest.text(&measured.statistic);
        digest.numbers([measured.value]);
    }
}

/// All of `0..count` if they are few, else some from the first to the last, the first ones among them.
fn places(count: u64) -> impl Iterator<Item = u64> {
    let first = count.min(PLACES / 2);
    let rest = count - first;
    let apart = rest.div_ceil(PLACES / 2).max(1);
    (0..first).chain((0..rest.div_ceil(apart)).map(move |k| first + k * apart))
}

fn add_optimizer(digest: &mut Digest, optimizer: &OptimizerSpec) {
    let slots = optimizer.slots();
    let at = STEPS.map(|step| StepContext { step, rate: optimizer.learning_rate() });
    digest.text(&optimizer_step(optimizer.clone()).canonical(VECTORS + slots.len(), at));
    digest.singles(&slots);
}

fn add_clip(digest: &mut Digest, clip: &ClipSpec) {
    let norms = || (-38..=38).map(|power| 1.7 * libm::pow(10.0, f64::from(power)));
    let means = [0.0, 1e-3, 1.0, 1e3];
    let all = || norms().flat_map(|now| means.map(|mean| Norms { now, mean }));
    let of = clip.clone();
    let transform = gradient_transform(move |norms, _, gradient| of.clip(gradient, norms));
    digest.text(clip.kind());
    digest.text(&transform.canonical(VECTORS, all()));
    digest.numbers(all().map(|norms| clip.mean(norms)));
    digest.integers([u64::from(clip.per_parameter())]);
    let fallback = |norm: f64| match clip.fallback(norm) {
        None => [0.0, 0.0],
        Some(Fallback::Stop) => [1.0, 0.0],
        Some(Fallback::Skip) => [2.0, 0.0],
        Some(Fallback::Shrink(factor)) => [3.0, factor],
    };
    digest.numbers(norms().chain([0.0, f64::INFINITY, f64::NAN]).flat_map(fallback));
}

fn add_regularizer(digest: &mut Digest, regularizer: &RegularizerSpec, parametrized: &Parametrized) {
    digest.text(&regularizer.transform().canonical(VECTORS, [()]));
    digest.numbers(regularizer.noise());
    add_ranges(digest, regularizer.ranges(parametrized.raw()));
    add_ranges(digest, regularizer.ranges(parametrized.weights()));
    if let Some(penalty) = regularizer.on_matrices() {
        let (rows, columns) = (5, 3);
        let mut workspace = Workspace::new(Isa::choose().unwrap_or(Isa::Portable));
        let matrix = workspace.allocate(rows, columns);
        workspace.set(matrix, &numbers(rows * columns));
        let gradient = penalty.gradient(&mut workspace, matrix);
        let mut found = vec![0.0; rows * columns];
        workspace.get(gradient, &mut found);
        digest.singles(&found);
    }
    let of_steps = OfSteps(std::slice::from_ref(regularizer));
    let builder = Builder::new(1, 1);
    let [a, b, c, d] = [3, 3, 2, 2].map(|width| builder.given(width));
    let on_states = of_steps.of_states(&[Crossing { before: a, after: b }, Crossing { before: c, after: d }]);
    let flows = [Backflow { entering: a, leaving: b }, Backflow { entering: c, leaving: d }];
    let on_gradients = of_steps.of_gradients(&flows);
    let results = [on_states, on_gradients].map(|result| result.map(Expr::id));
    let nodes = builder.into_nodes();
    for result in results {
        digest.text(&result.map(|result| canonical(&nodes, &[result])).unwrap_or_default());
    }
}

fn add_bptt(digest: &mut Digest, rules: &[BpttSpec], steps: usize) {
    if rules.is_empty() {
        return;
    }
    let builder = Builder::new(1, 1);
    let passed = bptt::pass(rules, builder.given(3), builder.given(3)).id();
    digest.text(&canonical(&builder.into_nodes(), &[passed]));
    digest.integers(places(steps as u64).filter(|&t| bptt::cut(rules, t as usize)));
}

fn add_constraint(digest: &mut Digest, constraint: &ConstraintSpec, parametrized: &Parametrized) {
    match constraint.rule() {
        Rule::Projection(_) => {
            let transform = constraint.transform();
            digest.text(&transform.map(|transform| transform.canonical(VECTORS, [()])).unwrap_or_default());
        }
        Rule::Step(step) => {
            let (formula, size) = (Formula::new(), 4);
            let (matrix, gradient) = (formula.matrix(0, size, size), formula.matrix(size * size, size, size));
            let isa = Isa::choose().unwrap_or(Isa::Portable);
            let mut next = Evaluator::<f32>::new(isa, &formula, step.step(matrix, gradient));
            next.evaluate(&numbers(2 * size * size));
            let mut found = vec![0.0; size * size];
            next.value(&mut found);
            digest.singles(&found);
        }
        Rule::Rebase { every } => digest.integers([every]),
    }
    add_ranges(digest, constraint.ranges(parametrized.raw()));
    add_ranges(digest, constraint.ranges(parametrized.weights()));
}

fn add_ranges(digest: &mut Digest, ranges: Vec<std::ops::Range<usize>>) {
    digest.integers(ranges.into_iter().flat_map(|range| [range.start as u64, range.end as u64]));
}

/// Numbers of no regularity.
fn numbers(count: usize) -> Vec<f32> {
    (1..=count).map(|k| libm::sin(k as f64 * 1.7) as f32).collect()
}
