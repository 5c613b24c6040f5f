//! Losses and their gradients by the outputs.
//!
//! A network cannot be fed outputs, but one whose recurrent layer and readout are the identity hands its inputs on as its
//! outputs. Its state gradient is then the gradient by the output, of each sequence's own loss; the readout's gradient
//! is summed over the batch and shows the averaging that is trained.

use dfdx::{tensor::Cpu, tensor_ops::Device};
use longlag::{
    component::{
        activation::{ActivationSpec, LeakyRelu},
        cell::{CellSpec, Elman},
        init::InitSpec,
        task::{Batch, Dimensions, Goal, Targets},
    },
    model::{ModelSpec, Network},
    train::score,
};
use serde_json::{Value, json};

use super::record::{count, list, numbers, read, singles, text};
use crate::support::{
    engines::{Precision, engines, narrow, widened},
    relative_error,
};

/// Outputs to judge with what PyTorch says of them.
struct Judged {
    name: String,
    /// Its input is what the outputs are to be.
    batch: Batch,
    loss: f64,
    /// By the outputs: \[steps, size, width\].
    gradient: Vec<f64>,
}

fn batch(outputs: Vec<f32>, size: usize, goal: Goal, targets: Targets, read: Vec<bool>) -> Batch {
    let steps = outputs.len() / (size * goal.width());
    Batch {
        size,
        dimensions: Dimensions { inputs: goal.width(), goal, steps },
        input: outputs,
        targets,
        scored: read.clone(),
        read,
        addresses: (0..size as u64).collect(),
    }
}

fn cases() -> Vec<Judged> {
    let file = read("losses");
    let of = |dimension: &str| count(&file["dims"][dimension]);
    let (size, classes) = (of("batch"), of("classes"));
    let judged = |name: &str, case: &Value, batch| Judged {
        name: name.to_owned(),
        batch,
        loss: numbers(&case["loss"])[0],
        gradient: numbers(&case["gradient"]),
    };
    let mse = &file["mse"];
    let targets = Targets::Numbers(singles(&mse["target"]));
    let goal = Goal::Numbers(of("output"));
    let mut found = vec![judged("mse", mse, batch(singles(&mse["prediction"]), size, goal, targets, vec![true; size]))];
    for case in list(&file["cross_entropy"]) {
        let targets = Targets::Classes(numbers(&case["target"]).into_iter().map(|class| class as u32).collect());
        let read = numbers(&case["mask"]).into_iter().map(|mask| mask == 1.0).collect();
        let batch = batch(singles(&case["logits"]), size, Goal::Classes(classes), targets, read);
        found.push(judged(text(&case["name"]), case, batch));
    }
    for case in list(&file["bits"]) {
        let targets = Targets::Numbers(singles(&case["target"]));
        let read = numbers(&case["mask"]).into_iter().map(|mask| mask == 1.0).collect();
        let batch = batch(singles(&case["logits"]), size, Goal::Bits(of("bits")), targets, read);
        found.push(judged(text(&case["name"]), case, batch));
    }
    found
}

/// A network that hands its inputs on, and its parameters.
fn identity<E: Precision>(dimensions: Dimensions) -> (Network, Vec<E>) {
    let activation = ActivationSpec::LeakyRelu(LeakyRelu { slope: 1.0 });
    let model =
        ModelSpec { cell: CellSpec::Elman(Elman { activation }), hidden: dimensions.inputs, ..ModelSpec::default() };
    let init = json!({"input": {"kind": "identity"}, "recurrent": {"kind": "zeros"}, "readout": {"kind": "identity"}});
    let init: InitSpec = serde_json::from_value(init).expect("known initializers");
    let network = Network::new(&model, dimensions);
    let parameters = network.initialize(&init, 0, 0).into_iter().map(|x| narrow(x.into())).collect();
    (network, parameters)
}

/// Compares the engine at this place in the list with PyTorch.
fn engine_losses<E: Precision>(which: usize, bound: f64)
where
    Cpu: Device<E>,
{
    for Judged { name, batch, loss, gradient } in cases() {
        let (network, parameters) = identity::<E>(batch.dimensions);
        let (engine_name, mut engine) = engines::<E>(&network).into_iter().nth(which).expect("one of two");
        let close = |what: &str, got: &[f64], wanted: &[f64]| {
            let error = relative_error(got, wanted);
            assert!(error <= bound, "{engine_name}, {name}, {what} in {}: {error:e}", std::any::type_name::<E>());
        };
        let (got, outputs, by_parameters) = engine.differentiate(&parameters, &batch, None);
        let width = batch.dimensions.goal.width();
        let read = batch.read_steps();
        let inputs = read.iter().flat_map(|t| &batch.input[t * batch.size * width..][..batch.size * width]);
        assert_eq!(widened(&outputs), inputs.copied().map(f64::from).collect::<Vec<_>>(), "{name}: not the identity");
        close("loss", &[got], &[loss]);

        // Each sequence's own loss averages over its own outputs.
        let carried = widened(&engine.carried_gradients(&parameters, &batch)[0].values);
        let own = |b: usize| batch.read.iter().skip(b).step_by(batch.size).filter(|&&read| read).count() as f64;
        let by_outputs: Vec<f64> =
            carried.iter().enumerate().map(|(k, g)| g * own(k / width % batch.size) / batch.reads() as f64).collect();
        close("gradient", &by_outputs, &gradient);

        // ∂L/∂b = Σ ∂L/∂y, ∂L/∂W = Σ ∂L/∂y·xᵀ.
        let mut bias = vec![0.0; width];
        let mut matrix = vec![0.0; width * width];
        for (g, x) in gradient.chunks(width).zip(batch.input.chunks(width)) {
            for i in 0..width {
                bias[i] += g[i];
                for j in 0..width {
                    matrix[i * width + j] += g[i] * f64::from(x[j]);
                }
            }
        }
        for (parameter, wanted) in [("readout0.b", &bias), ("readout0.w", &matrix)] {
            let known = network.parameters.iter().find(|known| known.name == parameter).expect("a readout");
            close(parameter, &widened(&by_parameters[known.range()]), wanted);
        }
    }
}

#[test]
fn the_losses_of_both_engines_are_those_of_pytorch() {
    for which in 0..2 {
        engine_losses::<f32>(which, 1e-5);
        engine_losses::<f64>(which, 1e-10);
    }
}

/// The reported loss is computed in f64 from the outputs, apart from the trained one.
#[test]
fn the_reported_losses_are_those_of_pytorch() {
    for Judged { name, batch, loss, .. } in cases() {
        let block = batch.size * batch.dimensions.inputs;
        let outputs: Vec<f32> =
            batch.read_steps().iter().flat_map(|t| &batch.input[t * block..][..block]).copied().collect();
        let error = (score(&batch, &outputs, 0.0).loss - loss).abs() / loss;
        assert!(error <= 1e-12, "{name}: {error:e}");
    }
}
