//! A number that is not finite ends a training with a stated reason and is not hidden.

use longlag::{
    component::{
        activation::{ActivationSpec, Relu},
        cell::{CellSpec, Elman},
        optim::{OptimizerSpec, Sgd},
        task::{Adding, TaskSpec},
    },
    train::{GradientDescent, Metric, Outcome, Quantity, Split, TargetSpec, Trained, Updater as _},
};
use serde_json::json;

use super::laboratory::{Laboratory, init, metric};

/// A ReLU network with standard normal weights, which explodes.
fn exploding(length: usize, hidden: usize, learning_rate: f64) -> Laboratory {
    let cell = CellSpec::Elman(Elman { activation: ActivationSpec::Relu(Relu {}) });
    let init = init(json!({"recurrent": {"kind": "standard-normal"}}));
    let mut laboratory = Laboratory::new(&TaskSpec::Adding(Adding { length: length.into() }), cell, hidden, &init);
    laboratory.setup.optimizer = OptimizerSpec::Sgd(Sgd { learning_rate, ..Sgd::default() });
    laboratory
}

fn assert_diverged(trained: &Trained, wanted: Quantity) -> u64 {
    let Outcome::Diverged { update, quantity } = trained.outcome else { panic!("{:?}", trained.outcome) };
    assert_eq!(quantity, wanted, "at update {update}");
    assert_eq!(trained.updates, update);
    // Whatever the network scores, and be it finite, there is no result of a training that diverged.
    for measure in ["loss", "accuracy"] {
        let test = metric(trained, Split::Test, measure);
        assert!(test.len() == 1 && test[0].1.is_nan(), "{measure}: {test:?}");
    }
    update
}

/// The loss of a validation sequence is ∞ before any update.
#[test]
fn an_overflow_before_training_is_seen() {
    let trained = exploding(100, 64, 0.1).run();
    assert_eq!(assert_diverged(&trained, Quantity::ValidationLoss), 0);
    let test = metric(&trained, Split::Test, "loss")[0].1;
    assert!(!test.is_finite(), "{test}");
}

/// The forward pass is finite at first; the first steps are so large that a later one is not.
#[test]
fn an_overflow_of_the_loss_is_seen() {
    let mut laboratory = exploding(10, 8, 10.0);
    laboratory.setup.evaluate_every = 1000;
    let trained = laboratory.run();
    let update = assert_diverged(&trained, Quantity::Loss);
    assert!(update >= 2, "{update}");
    assert!(metric(&trained, Split::Validation, "loss")[0].1.is_finite());
}

/// Between outputs whose squares are finite and those whose are not lie some with a finite loss and an infinite gradient.
#[test]
fn an_overflow_of_the_gradient_is_seen() {
    let mut laboratory = exploding(50, 16, 0.1);
    // The matrix on the input comes first.
    let input = 0..16 * 2;
    let found = (0..60).find_map(|exponent| {
        let scale = libm::exp2(f64::from(exponent)) as f32;
        let start = laboratory.setup.parameters.clone();
        laboratory.setup.parameters[input.clone()].iter_mut().for_each(|w| *w *= scale);
        let trained = laboratory.run();
        laboratory.setup.parameters = start;
        matches!(trained.outcome, Outcome::Diverged { update: 1, quantity: Quantity::Gradient }).then_some(trained)
    });
    assert_diverged(&found.expect("an overflow of the gradient only"), Quantity::Gradient);
}

/// A finite gradient, but a step that is too large.
#[test]
fn an_overflow_of_the_parameters_is_seen() {
    let trained = exploding(10, 16, 1e38).run();
    assert_eq!(assert_diverged(&trained, Quantity::Parameters), 1);
}

/// A finite gradient whose square overflows: what an optimizer remembers of it would be infinite for good, and its parameter would
/// stand still while all that is reported stays finite.
#[test]
fn an_overflow_of_the_optimizers_state_is_seen() {
    let mut keeping_finite = vec![];
    for optimizer in OptimizerSpec::all() {
        let mut laboratory = Laboratory::new(
            &TaskSpec::Adding(Adding { length: 5.into() }),
            CellSpec::Elman(Elman { activation: ActivationSpec::Relu(Relu {}) }),
            4,
            &init(json!({})),
        );
        let mut settings = serde_json::to_value(&optimizer).expect("plain data");
        settings["learning-rate"] = json!(1e-33);
        laboratory.setup.optimizer = serde_json::from_value(settings).expect("an optimizer");
        // Its gradient is weight·w.
        laboratory.setup.regularizers =
            serde_json::from_value(json!([{"kind": "l2", "weight": 1e30}])).expect("a regularizer");
        let mut descent = GradientDescent::new(&laboratory.setup);
        let batch = laboratory.setup.splits.training_batch(0, laboratory.setup.batch);
        let updated = descent.update(&mut laboratory.engine, &batch, &mut ());
        let state = descent.state();
        assert!(descent.gradient().iter().all(|g| g.is_finite()) && state.parameters.iter().all(|p| p.is_finite()));
        let overflowed = state.slots.iter().flatten().any(|number| !number.is_finite());
        assert_eq!(updated.nonfinite, overflowed.then_some(Quantity::OptimizerState), "{}", optimizer.kind());
        if overflowed {
            let trained = laboratory.run();
            assert_eq!(assert_diverged(&trained, Quantity::OptimizerState), 1, "{}", optimizer.kind());
            // Clipping is the remedy.
            laboratory.setup.clip =
                serde_json::from_value(json!([{"kind": "global-norm", "max": 1.0}])).expect("a clip");
            assert!(!matches!(laboratory.run().outcome, Outcome::Diverged { .. }), "{}", optimizer.kind());
        } else {
            keeping_finite.push(optimizer.kind());
        }
    }
    // They remember means of gradients and no squares.
    assert_eq!(keeping_finite, ["sgd", "lion"]);
}

#[test]
fn nan_never_reaches_a_target() {
    let beyond = |metric, below, above| TargetSpec { metric, below, above };
    let targets = [
        beyond(Metric::Loss, Some(f64::INFINITY), None),
        beyond(Metric::Loss, None, Some(-1.0)),
        beyond(Metric::Accuracy, Some(2.0), None),
        beyond(Metric::ExactMatch, Some(2.0), None),
        beyond(Metric::Accuracy, None, Some(-1.0)),
    ];
    let nan = longlag::train::Score { loss: f64::NAN, accuracy: f64::NAN, exact_match: Some(f64::NAN) };
    for target in targets {
        assert!(!target.reached(nan), "{target:?}");
        let mut laboratory = exploding(10, 4, 0.1);
        laboratory.setup.parameters.fill(f32::NAN);
        laboratory.setup.target = Some(target.clone());
        let trained = laboratory.run();
        assert_diverged(&trained, Quantity::ValidationLoss);
    }
}

/// Clipping keeps a training alive that explodes without it.
#[test]
fn clipping_bounds_the_step() {
    let diverges = |clip: serde_json::Value| {
        let mut laboratory = exploding(20, 16, 0.01);
        laboratory.setup.clip = serde_json::from_value(clip).expect("known clips");
        matches!(laboratory.run().outcome, Outcome::Diverged { .. })
    };
    assert!(diverges(json!([])));
    assert!(!diverges(json!([{"kind": "global-norm", "max": 1.0}])));
}
