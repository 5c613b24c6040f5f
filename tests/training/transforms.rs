//! Regularizers, retractions and parametrizations in the training loop.

use longlag::{
    cell::{CellSpec, Elman},
    kernel::Isa,
    model::InitSpec,
    parametrization::{ParametrizationSpec, ParametrizeSpec},
    regularizer::RegularizerSpec,
    retraction::RetractionSpec,
    task::{Adding, TaskSpec},
    train::{Outcome, Trained, Updates},
};
use serde_json::json;

use crate::laboratory::Laboratory;

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
        let mut updates = Updates::new(&laboratory.setup);
        updates.regularize();
        for parameter in &laboratory.setup.layout {
            let changed = updates.gradient()[parameter.range()].iter().any(|g| *g != 0.0);
            assert_eq!(changed, regularizer.roles().contains(&parameter.role), "{}", parameter.name);
        }
    }
}

#[test]
fn a_retraction_bounds_what_it_names_after_every_update() {
    let retraction = |settings| -> RetractionSpec { serde_json::from_value(settings).expect("a known retraction") };
    let named = json!({"kind": "max-magnitude", "parameters": ["w_hh"], "bound": 0.125});
    for retraction in [retraction(named), retraction(json!({"kind": "max-magnitude", "bound": 0.125}))] {
        let mut laboratory = laboratory();
        laboratory.setup.retractions = vec![retraction];
        let trained = laboratory.run();
        assert_eq!(trained.outcome, Outcome::Spent);
        let weights = recurrent(&laboratory, &trained);
        assert!(weights.iter().all(|w| w.abs() <= 0.125) && weights.iter().any(|w| w.abs() == 0.125), "{weights:?}");
        assert!(trained.parameters.iter().any(|w| w.abs() > 0.125), "the others are free");
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
        let start = Updates::new(&laboratory.setup).weights().to_vec();
        let trained = laboratory.run();
        let loss = |position: usize| trained.metrics[position].3;
        let last = trained.metrics.iter().rposition(|row| row.1 == "validation" && row.2 == "loss").expect("a loss");
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
                // Of singular values, symmetric parts and the rest: src/parametrization/tests.rs.
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
        setup.retractions = RetractionSpec::all();
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
