//! Regularizers, constraints and parametrizations in the training loop.

use longlag::{
    component::{
        cell::{CellSpec, Elman},
        constraint::ConstraintSpec,
        init::InitSpec,
        parametrization::{OrthogonalExponential, ParametrizationSpec, ParametrizeSpec, SymmetricSkew},
        regularizer::RegularizerSpec,
        task::{Adding, TaskSpec},
    },
    compute::kernel::Isa,
    train::{GradientDescent, Outcome, Split, Trained, Updater as _},
};
use serde_json::json;

use super::laboratory::Laboratory;

const HIDDEN: usize = 6;

fn laboratory() -> Laboratory {
    let task = TaskSpec::Adding(Adding { length: 6.into() });
    Laboratory::new(&task, CellSpec::Elman(Elman::default()), HIDDEN, &InitSpec::default())
}

/// The final numbers of the recurrent matrix.
fn recurrent(laboratory: &Laboratory, trained: &Trained) -> Vec<f32> {
    let parameter = laboratory.setup.parametrized.weights().iter().find(|p| p.local_name() == "w_hh").expect("w_hh");
    trained.parameters[parameter.range()].to_vec()
}

#[test]
fn every_regularizer_makes_weights_smaller_and_leaves_biases_and_the_reported_loss() {
    let norm = |values: &[f32]| values.iter().map(|v| v * v).sum::<f32>();
    let plain = laboratory().run();
    // Those on what happens at a step are an engine's: tests/through_time/penalties.rs.
    for mut regularizer in RegularizerSpec::all().into_iter().filter(|regularizer| !regularizer.on_steps()) {
        match &mut regularizer {
            RegularizerSpec::L2(l2) => l2.weight = 1.0,
            RegularizerSpec::L1(l1) => l1.weight = 1.0,
            RegularizerSpec::Distance(distance) => (distance.from, distance.weight) = (0.0, 1.0),
            // No penalty, but noise where gradients are taken.
            RegularizerSpec::WeightNoise(_) => continue,
            // These make matrices orthogonal: below.
            RegularizerSpec::Orthogonality(_) | RegularizerSpec::Spectral(_) => continue,
            other => panic!("give `{}` a weight that is felt", other.kind()),
        }
        let mut laboratory = laboratory();
        laboratory.setup.regularizers = vec![regularizer.clone()];
        let trained = laboratory.run();
        let smaller = norm(&recurrent(&laboratory, &trained)) < 0.8 * norm(&recurrent(&laboratory, &plain));
        assert!(smaller, "{}", regularizer.kind());
        // Before the first update, losses are what they are without.
        assert_eq!(trained.metrics[0], plain.metrics[0], "{}", regularizer.kind());

        // Its part of the gradient is zero where its roles say so.
        let mut updates = GradientDescent::new(&laboratory.setup);
        updates.regularize();
        for parameter in &laboratory.setup.layout {
            let changed = updates.gradient()[parameter.range()].iter().any(|g| *g != 0.0);
            assert_eq!(changed, regularizer.is_for(parameter), "{}", parameter.name);
        }
    }
}

#[test]
fn a_constraint_bounds_what_it_names_after_every_update() {
    let constraint = |settings| -> ConstraintSpec { serde_json::from_value(settings).expect("a known constraint") };
    let named = json!({"kind": "max-magnitude", "parameters": ["w_hh"], "bound": 0.125});
    for constraint in [constraint(named), constraint(json!({"kind": "max-magnitude", "bound": 0.125}))] {
        let mut laboratory = laboratory();
        laboratory.setup.constraints = vec![constraint];
        let trained = laboratory.run();
        assert_eq!(trained.outcome, Outcome::Spent);
        let weights = recurrent(&laboratory, &trained);
        assert!(weights.iter().all(|w| w.abs() <= 0.125) && weights.iter().any(|w| w.abs() == 0.125), "{weights:?}");
        assert!(trained.parameters.iter().any(|w| w.abs() > 0.125), "the others are free");
    }
}

/// The largest entry of WᵀW − I.
fn orthogonality_error(weights: &[f32]) -> f64 {
    let entry = |i: usize, j: usize| f64::from(weights[i * HIDDEN + j]);
    (0..HIDDEN).flat_map(|i| (0..HIDDEN).map(move |j| (i, j))).fold(0.0, |largest, (i, j)| {
        let dot: f64 = (0..HIDDEN).map(|k| entry(k, i) * entry(k, j)).sum();
        let error = (dot - f64::from(u8::from(i == j))).abs();
        if error <= largest { largest } else { error }
    })
}

/// Through a parametrization too, the penalty is on the weights, not on what they are made of.
#[test]
fn penalties_on_matrices_draw_the_weights_towards_orthogonal_ones() {
    let init: InitSpec = serde_json::from_value(json!({"recurrent": {"kind": "normal", "gain": 1.0}})).expect("a law");
    for kind in ["orthogonality", "spectral"] {
        for parametrization in [None, Some(ParametrizationSpec::SymmetricSkew(SymmetricSkew::default()))] {
            let task = TaskSpec::Adding(Adding { length: 6.into() });
            let mut laboratory = Laboratory::new(&task, CellSpec::Elman(Elman::default()), HIDDEN, &init);
            if let Some(parametrization) = &parametrization {
                laboratory.parametrize(&recurrent_by(parametrization.clone()), &init);
            }
            laboratory.setup.budget = 400;
            let settings = json!([{"kind": kind, "weight": 1.0}]);
            laboratory.setup.regularizers = serde_json::from_value(settings).expect("known regularizers");
            let start = GradientDescent::new(&laboratory.setup).weights().to_vec();
            let trained = laboratory.run();
            let after = orthogonality_error(&recurrent(&laboratory, &trained));
            let before =
                orthogonality_error(&recurrent(&laboratory, &Trained { parameters: start, ..trained.clone() }));
            assert!(before >= 0.5 && after <= 0.1, "{kind}, {parametrization:?}: {before} to {after}");
        }
    }
}

#[test]
fn full_capacity_moves_an_orthogonal_matrix_and_keeps_it_so() {
    let mut laboratory = laboratory();
    let settings = json!([{"kind": "full-capacity", "learning-rate": 0.1}]);
    laboratory.setup.constraints = serde_json::from_value(settings).expect("a known constraint");
    laboratory.setup.budget = 200;
    let start = laboratory.setup.parameters.clone();
    let trained = laboratory.run();
    let weights = recurrent(&laboratory, &trained);
    let before = recurrent(&laboratory, &Trained { parameters: start, ..trained.clone() });
    let moved = weights.iter().zip(&before).map(|(a, b)| (a - b).abs()).fold(0.0f32, f32::max);
    assert!(moved >= 0.01, "{moved}");
    let error = orthogonality_error(&weights);
    assert!(error <= 1e-5, "{error:e}");
}

/// A new base changes nothing of the weights at once, and lets them go on as rotations.
#[test]
fn a_rebased_matrix_is_a_rotation_whose_raw_parameters_start_anew() {
    let mut laboratory = laboratory();
    laboratory.parametrize(
        &recurrent_by(ParametrizationSpec::OrthogonalExponential(OrthogonalExponential {})),
        &InitSpec::default(),
    );
    let weights = |laboratory: &Laboratory| GradientDescent::new(&laboratory.setup).weights().to_vec();
    let plain = weights(&laboratory);
    let chains = |laboratory: &mut Laboratory, every: u64| {
        laboratory.setup.constraints =
            serde_json::from_value(json!([{"kind": "rebase", "every": every}])).expect("a known constraint");
        laboratory.run()
    };
    let rebased = chains(&mut laboratory, 20);
    // Rounding aside, a base before the first update is the start without one.
    for (rebased, plain) in weights(&laboratory).iter().zip(&plain) {
        assert!((rebased - plain).abs() <= 1e-6, "{rebased} for {plain}");
    }
    // The last update took a base: the raw parameters are zero, and the chain knows the base.
    let updates = GradientDescent::new(&laboratory.setup);
    let raw = laboratory.setup.layout.iter().find(|raw| raw.local_name() == "w_hh").expect("w_hh");
    assert!(updates.parameters()[raw.range()].iter().all(|a| *a == 0.0));
    assert_eq!(updates.hashed().len(), updates.parameters().len() + HIDDEN * HIDDEN);
    for every in [1, 3, 1000] {
        let trained = chains(&mut laboratory, every);
        let error = orthogonality_error(&recurrent(&laboratory, &trained));
        assert!(error <= 1e-6, "{every}: {error:e}");
        assert_ne!(trained.chain, rebased.chain, "{every}");
        let last = trained
            .metrics
            .iter()
            .rposition(|row| row.split == Split::Validation && row.metric.name() == "loss")
            .expect("a loss");
        assert!(trained.metrics[last].value < trained.metrics[0].value, "{every}");
    }
}

fn recurrent_by(parametrization: ParametrizationSpec) -> ParametrizeSpec {
    ParametrizeSpec { recurrent: Some(parametrization), ..ParametrizeSpec::default() }
}

/// Training moves the weights, and they keep their property.
#[test]
fn every_parametrization_holds_after_training() {
    for parametrization in ParametrizationSpec::all() {
        let mut laboratory = laboratory();
        laboratory.parametrize(&recurrent_by(parametrization.clone()), &InitSpec::default());
        let start = GradientDescent::new(&laboratory.setup).weights().to_vec();
        let trained = laboratory.run();
        let loss = |position: usize| trained.metrics[position].value;
        let last = trained
            .metrics
            .iter()
            .rposition(|row| row.split == Split::Validation && row.metric.name() == "loss")
            .expect("a loss");
        assert!(loss(last) < loss(0), "{}: {} to {}", parametrization.kind(), loss(0), loss(last));
        let weights = recurrent(&laboratory, &trained);
        assert_ne!(weights, recurrent(&laboratory, &Trained { parameters: start, ..trained.clone() }));
        let half = HIDDEN / 2;
        for (i, j) in (0..HIDDEN).flat_map(|i| (0..HIDDEN).map(move |j| (i, j))) {
            let entry = |i: usize, j: usize| weights[i * HIDDEN + j];
            let one = if i == j { 1.0 } else { 0.0 };
            let (got, wanted) = match &parametrization {
                ParametrizationSpec::Antisymmetric(settings) => {
                    (entry(i, j) + entry(j, i), -2.0 * one * settings.gamma as f32)
                }
                ParametrizationSpec::OrthogonalCayley(_)
                | ParametrizationSpec::OrthogonalExponential(_)
                | ParametrizationSpec::Householder(_) => {
                    ((0..HIDDEN).map(|k| entry(i, k) * entry(j, k)).sum::<f32>(), one)
                }
                ParametrizationSpec::Complex(_) => match (i < half, j < half) {
                    (true, true) => (entry(i, j), entry(i + half, j + half)),
                    (true, false) => (entry(i, j), -entry(i + half, j - half)),
                    _ => continue,
                },
                // Of singular values, symmetric parts and the rest: src/component/parametrization/tests.rs.
                ParametrizationSpec::SpectralMargin(_)
                | ParametrizationSpec::SymmetricSkew(_)
                | ParametrizationSpec::NonNormal(_)
                | ParametrizationSpec::Free(_) => continue,
            };
            assert!((got - wanted).abs() <= 1e-5, "{}, ({i}, {j}): {got}", parametrization.kind());
        }
    }
}

/// Everything that happens to flat buffers at once.
#[test]
fn chains_are_the_same_on_every_instruction_set() {
    let chain = |isa: Isa| {
        let mut laboratory = laboratory();
        let setup = &mut laboratory.setup;
        setup.isa = isa;
        setup.regularizers = RegularizerSpec::all();
        setup.constraints = ConstraintSpec::all();
        setup.clip =
            serde_json::from_value(json!([{"kind": "value", "max": 0.1}, {"kind": "global-norm", "max": 0.1}]))
                .expect("known clips");
        let parametrization = ParametrizationSpec::all().pop().expect("a parametrization");
        laboratory.parametrize(&recurrent_by(parametrization), &InitSpec::default());
        laboratory.run().chain
    };
    let wanted = chain(Isa::Portable);
    for isa in Isa::ALL.into_iter().filter(|isa| isa.available()) {
        assert_eq!(chain(isa), wanted, "{isa:?}");
    }
}
