//! Outputs, loss, gradients and state gradients of every registered cell, by both engines in both precisions.

use dfdx::{tensor::Cpu, tensor_ops::Device};
use longlag::{
    component::{
        cell::CellSpec,
        init::InitSpec,
        probe::StateGradient,
        task::{Batch, Dimensions, Goal, Targets},
    },
    model::{ModelSpec, Network},
};
use serde_json::{Value, json};

use super::record::{count, names, numbers, read, singles};
use crate::support::{
    engines::{Precision, engines, narrow, widened},
    relative_error,
};

/// One stored file, as our network and batch.
struct Golden {
    name: String,
    file: Value,
    model: ModelSpec,
    batch: Batch,
}

impl Golden {
    /// Every file that holds a cell: one put beside the others is tested like them.
    fn all() -> Vec<Self> {
        let files = names().into_iter().map(|name| (read(&name), name));
        files.filter(|(file, _)| file.get("cell").is_some()).map(|(file, name)| Self::new(name, file)).collect()
    }

    fn new(name: String, file: Value) -> Self {
        let cell: CellSpec = serde_json::from_value(file["cell"].clone())
            .unwrap_or_else(|error| panic!("{name}: {}: {error}", file["cell"]));
        let of = |dimension: &str| count(&file["dims"][dimension]);
        let (size, steps, width) = (of("batch"), of("steps"), of("output"));
        let model = ModelSpec { cell, hidden: of("hidden"), layers: count(&file["layers"]), ..ModelSpec::default() };
        // Only the last step is read.
        let mut targets = vec![0.0; (steps - 1) * size * width];
        targets.extend(singles(&file["target"]));
        let mut read = vec![false; (steps - 1) * size];
        read.extend(vec![true; size]);
        let batch = Batch {
            size,
            dimensions: Dimensions { inputs: of("input"), goal: Goal::Numbers(width), steps },
            input: singles(&file["x"]),
            targets: Targets::Numbers(targets),
            scored: read.clone(),
            read,
            addresses: (0..size as u64).collect(),
        };
        Self { name, file, model, batch }
    }

    fn network(&self) -> Network {
        Network::new(&self.model, self.batch.dimensions)
    }

    /// The key under `parameters` and `gradients` of our parameter `name`.
    fn key(&self, name: &str) -> String {
        let name = name.replace("readout0.", "readout.");
        if self.model.layers == 1 { name.replace("layer0.", "") } else { name }
    }

    /// The stored parameters as the flat buffer of `network`.
    fn parameters<E: Precision>(&self, network: &Network) -> Vec<E> {
        let stored = self.file["parameters"].as_object().expect("named parameters");
        assert_eq!(stored.len(), network.parameters.len(), "{}: a parameter is missing or too many", self.name);
        let values = network.parameters.iter().flat_map(|parameter| {
            let values = singles(&stored[&self.key(&parameter.name)]);
            assert_eq!(values.len(), parameter.range().len(), "{}: {}", self.name, parameter.name);
            values
        });
        values.map(|value| narrow(f64::from(value))).collect()
    }

    fn assert_close<E: Precision>(&self, engine: &str, what: &str, got: &[E], wanted: &[f64], bound: f64) {
        let error = relative_error(&widened(got), wanted);
        assert!(error <= bound, "{engine}, {}, {what} in {}: {error:e}", self.name, std::any::type_name::<E>());
    }
}

fn predictions_losses_and_gradients<E: Precision>(bound: f64)
where
    Cpu: Device<E>,
{
    for golden in Golden::all() {
        let network = golden.network();
        let parameters: Vec<E> = golden.parameters(&network);
        for (name, mut engine) in engines::<E>(&network) {
            let (loss, outputs, gradient) = engine.differentiate(&parameters, &golden.batch, None);
            golden.assert_close(name, "prediction", &outputs, &numbers(&golden.file["prediction"]), bound);
            golden.assert_close(name, "loss", &[loss], &numbers(&golden.file["loss"]), bound);
            for parameter in &network.parameters {
                let wanted = numbers(&golden.file["gradients"][golden.key(&parameter.name)]);
                golden.assert_close(name, &parameter.name, &gradient[parameter.range()], &wanted, bound);
            }
        }
    }
}

#[test]
fn predictions_losses_and_gradients_are_those_of_pytorch() {
    predictions_losses_and_gradients::<f32>(1e-5);
    predictions_losses_and_gradients::<f64>(1e-10);
}

/// A readout that is the identity, read at every step, shows the last layer's outputs.
fn outputs_of_every_step<E: Precision>(bound: f64)
where
    Cpu: Device<E>,
{
    let init =
        serde_json::from_value::<InitSpec>(json!({"readout": {"kind": "identity"}})).expect("a known initializer");
    for golden in Golden::all() {
        let mut batch = golden.batch.clone();
        let rows = batch.dimensions.steps * batch.size;
        let wanted = numbers(&golden.file["outputs"]);
        let width = wanted.len() / rows;
        batch.dimensions.goal = Goal::Numbers(width);
        batch.targets = Targets::Numbers(vec![0.0; rows * width]);
        batch.read = vec![true; rows];
        let network = Network::new(&golden.model, batch.dimensions);
        let mut parameters: Vec<E> = network.initialize(&init, 0, 0).into_iter().map(|x| narrow(x.into())).collect();
        let recurrent = golden.network();
        let stored: Vec<E> = golden.parameters(&recurrent);
        let stage = network.readout[0].first_parameter;
        let end = network.parameters[stage].offset;
        parameters[..end].copy_from_slice(&stored[..end]);
        for (name, mut engine) in engines::<E>(&network) {
            let (_, outputs) = engine.evaluate(&parameters, &batch);
            golden.assert_close(name, "outputs", &outputs, &wanted, bound);
        }
    }
}

#[test]
fn outputs_of_every_step_are_those_of_pytorch() {
    outputs_of_every_step::<f32>(1e-5);
    outputs_of_every_step::<f64>(1e-10);
}

/// Ours are of each sequence's own loss, PyTorch's of the mean over the batch.
fn state_gradients<E: Precision>(bound: f64)
where
    Cpu: Device<E>,
{
    for golden in Golden::all() {
        let Some(stored) = golden.file["state_gradients"].as_object() else {
            assert!(golden.model.layers > 1, "{} has no state gradients", golden.name);
            continue;
        };
        let network = golden.network();
        let parameters: Vec<E> = golden.parameters(&network);
        for (name, mut engine) in engines::<E>(&network) {
            let found = engine.carried_gradients(&parameters, &golden.batch);
            assert_eq!(found.len(), stored.len(), "{name}, {}", golden.name);
            for StateGradient { layer, state, width, values: gradient, .. } in found {
                let wanted: Vec<f64> = numbers(&stored[&state]).iter().map(|g| g * golden.batch.size as f64).collect();
                let rows = golden.batch.dimensions.steps * golden.batch.size;
                assert_eq!((layer, rows * width), (0, wanted.len()), "{name}, {}: {state}", golden.name);
                golden.assert_close(name, &state, &gradient, &wanted, bound);
            }
        }
    }
}

#[test]
fn state_gradients_are_those_of_pytorch() {
    state_gradients::<f32>(1e-5);
    state_gradients::<f64>(1e-10);
}
