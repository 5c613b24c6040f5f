//! Everything of one update, to be computed again by someone else.

use std::collections::HashMap;

use safetensors::{Dtype, serialize, tensor::TensorView};
use serde_json::{Value, json};

use crate::{
    component::{
        parameter::Parameter,
        task::{Batch, Targets},
    },
    engine::Backend,
    model::Network,
    plan::{Plan, Trial},
    run::{
        RunError,
        description::{KEY, description},
        find_trial, setup,
    },
    train::{GradientDescent, Quantity, UpdateObserver, UpdateView, Updater as _},
};

/// Why an update cannot be audited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// Updates are counted from 1 to the budget.
    #[error("update {update} is not one of the trial's {budget}, which count from 1")]
    OutsideBudget {
        /// The number that was asked for.
        update: u64,
        /// The last update that the trial may take.
        budget: u64,
    },
    /// The training ended in an earlier update.
    #[error("the trial diverged before: the {quantity} was not finite at update {update}; give that or an earlier one")]
    Diverged {
        /// The update in which the training ended, from 1; 0 is before the first.
        update: u64,
        /// The quantity that was infinite or NaN.
        quantity: Quantity,
    },
    /// The trial's updates have no gradient.
    #[error("the algorithm guesses parameters: its updates have no gradient")]
    Guesses,
    /// The caller said stop.
    #[error("stopped")]
    Stopped,
}

/// Finds the trial whose id begins with `prefix`, and the plan that has it: `plan`, or its tuning, whose trials can be looked at
/// like those that are reported.
///
/// # Errors
///
/// When there is none, or there are several.
pub fn find_trial_of_any_stage(plan: &Plan, prefix: &str) -> Result<(Plan, Trial, String), RunError> {
    let tuning = plan.tuning().filter(|tuning| find_trial(tuning, prefix).is_ok());
    let plan = tuning.unwrap_or_else(|| plan.clone());
    let (trial, id) = find_trial(&plan, prefix)?;
    Ok((plan, trial, id))
}

/// Trains `trial` up to the end of update `wanted` (from 1) and gives all of that update in the safetensors format.
///
/// It goes on past a target that would have ended the trial. Where numbers stop being finite in that very update, what follows
/// in it is as it was before.
///
/// # Errors
///
/// If the trial has no such update, or its updates have no gradient.
pub fn audit(
    plan: &Plan,
    trial: Trial,
    wanted: u64,
    backend: Backend,
    mut go_on: impl FnMut() -> bool,
) -> Result<Vec<u8>, AuditError> {
    let (network, setup) = setup(plan, trial);
    if !setup.algorithm.takes_gradient() {
        return Err(AuditError::Guesses);
    }
    if !(1..=setup.budget).contains(&wanted) {
        return Err(AuditError::OutsideBudget { update: wanted, budget: setup.budget });
    }
    let sections = plan.sections(trial.arm);
    let mut engine = backend.engine(network.clone(), sections.bptt, sections.regularizers);
    let mut descent = GradientDescent::new(&setup);
    loop {
        if !go_on() {
            return Err(AuditError::Stopped);
        }
        let batch = setup.splits.training_batch(descent.updates(), setup.batch);
        let mut seen = Seen::default();
        let updated = descent.update(engine.as_mut(), &batch, &mut seen);
        let update = descent.updates();
        if update < wanted {
            if let Some(quantity) = updated.nonfinite {
                return Err(AuditError::Diverged { update, quantity });
            }
            continue;
        }
        let mut about = description(plan, trial, backend.names());
        about.insert("update".to_owned(), json!(update));
        about.insert("not_finite".to_owned(), json!(updated.nonfinite.map(|quantity| quantity.to_string())));
        let buffers = [
            ("parameters", &seen.parameters[..]),
            ("gradient", &seen.gradient),
            ("clipped", &seen.clipped),
            ("updated", descent.parameters()),
        ];
        // What raw parameters stand for, where there are some.
        let weights = (!setup.parametrized.is_trivial()).then_some(&seen.weights[..]);
        let weights = weights.map(|weights| ("weights", &network.parameters[..], weights));
        let buffers = buffers.map(|(kind, values)| (kind, &setup.layout[..], values)).into_iter().chain(weights);
        return Ok(tensors(&network, &batch, (seen.loss, &updated.outputs), buffers, &Value::Object(about)));
    }
}

/// An update before it is done, and on its way.
#[derive(Default)]
struct Seen {
    parameters: Vec<f32>,
    weights: Vec<f32>,
    loss: f64,
    gradient: Vec<f32>,
    clipped: Vec<f32>,
}

impl UpdateObserver for Seen {
    fn after_gradient(&mut self, view: &UpdateView) {
        (self.parameters, self.weights) = (view.parameters.to_vec(), view.weights.to_vec());
        (self.loss, self.gradient) = (view.loss, view.gradient.to_vec());
    }

    fn after_clip(&mut self, view: &UpdateView) {
        self.clipped = view.gradient.to_vec();
    }
}

struct Tensor {
    name: String,
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

fn tensors<'a>(
    network: &Network,
    batch: &Batch,
    (loss, outputs): (f64, &[f32]),
    buffers: impl Iterator<Item = (&'static str, &'a [Parameter], &'a [f32])>,
    about: &Value,
) -> Vec<u8> {
    let (steps, size) = (batch.dimensions.steps, batch.size);
    let width = batch.dimensions.goal.width();
    let read_steps = batch.read_steps();
    let flags = |name: &str, flags: &[bool]| Tensor {
        name: name.to_owned(),
        dtype: Dtype::BOOL,
        shape: vec![steps, size],
        bytes: flags.iter().map(|&flag| u8::from(flag)).collect(),
    };
    let mut found = vec![
        floats("batch/input", vec![steps, size, batch.dimensions.inputs], &batch.input),
        match &batch.targets {
            Targets::Numbers(numbers) => floats("batch/targets", vec![steps, size, width], numbers),
            Targets::Classes(classes) => {
                integers("batch/targets", vec![steps, size], classes.iter().map(|&class| i64::from(class)))
            }
        },
        flags("batch/read", &batch.read),
        flags("batch/scored", &batch.scored),
        integers("batch/read_steps", vec![read_steps.len()], read_steps.iter().map(|&t| t as i64)),
        floats("outputs", vec![read_steps.len(), size, width], outputs),
        Tensor { name: "loss".to_owned(), dtype: Dtype::F64, shape: vec![], bytes: loss.to_le_bytes().to_vec() },
    ];
    // The states of all steps before the first that a step can read: zeros.
    for (layer, stage) in network.layers.iter().enumerate() {
        for state in &stage.graph.states {
            let shape = vec![stage.graph.longest_delay().max(1), size, state.width];
            let zeros = vec![0.0; shape.iter().product()];
            found.push(floats(&format!("state/layer{layer}.{}", state.name), shape, &zeros));
        }
    }
    for (kind, layout, values) in buffers {
        found.extend(layout.iter().map(|parameter| {
            floats(&format!("{kind}/{}", parameter.name), parameter.shape.clone(), &values[parameter.range()])
        }));
    }
    let views = found.iter().map(|tensor| {
        let view = TensorView::new(tensor.dtype, tensor.shape.clone(), &tensor.bytes);
        (tensor.name.as_str(), view.expect("the bytes are those of the shape"))
    });
    // One entry, so that the same update gives the same bytes: a map of several has no order.
    let metadata = HashMap::from([(KEY.to_owned(), about.to_string())]);
    serialize(views, Some(metadata)).expect("tensors have distinct names")
}

fn floats(name: &str, shape: Vec<usize>, values: &[f32]) -> Tensor {
    let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    Tensor { name: name.to_owned(), dtype: Dtype::F32, shape, bytes }
}

fn integers(name: &str, shape: Vec<usize>, values: impl Iterator<Item = i64>) -> Tensor {
    let bytes = values.flat_map(i64::to_le_bytes).collect();
    Tensor { name: name.to_owned(), dtype: Dtype::I64, shape, bytes }
}
