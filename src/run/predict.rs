//! Predictions of a trained network on fresh sequences.

use std::fs;

use safetensors::{Dtype, SafeTensors};

use super::{StoredRun, alone, error::RunError, find_trial};
use crate::{
    component::task::{Batch, Goal, Targets},
    engine::Backend,
    model::Network,
    results::table::{Cell, Column, Table},
    seed::{self, Purpose},
};

/// Fresh sequences of a trial's task, and what its trained network makes of them.
#[derive(Clone, Debug)]
pub struct Prediction {
    /// The sequences.
    pub batch: Batch,
    /// [steps that are read, sequences, outputs], flat.
    pub outputs: Vec<f32>,
}

/// Lets the stored trial whose id begins with `trial` predict `sequences` fresh sequences, the same each time.
///
/// # Errors
///
/// When there is no such trial, or its parameters were not kept or cannot be read.
pub fn predict(run: &StoredRun, trial: &str, sequences: u16, backend: Backend) -> Result<Prediction, RunError> {
    let plan = run.plan();
    let (trial, id) = find_trial(plan, trial)?;
    let sections = plan.sections(trial.arm);
    let network = Network::new(&sections.model, sections.task.dimensions());
    let parameters = parameters(run, &network, &id)?;
    let stream = seed::stream(plan.seed(), Purpose::Predict, &[("trial", &id)]);
    let addresses: Vec<u64> = (0..u64::from(sequences)).collect();
    let batch = Batch::draw(&sections.task, &stream, &addresses);
    let outputs = alone(|| backend.engine(network, vec![], vec![]).outputs(&parameters, &batch))?;
    Ok(Prediction { batch, outputs })
}

/// The parameters of the trial `id`, as they were kept.
fn parameters(run: &StoredRun, network: &Network, id: &str) -> Result<Vec<f32>, RunError> {
    let path = run.model(id);
    if !path.is_file() {
        return Err(RunError::NoModel { path });
    }
    let bytes = fs::read(&path).map_err(RunError::io("read", &path))?;
    let damaged = |what: String| RunError::DamagedModel { path: path.clone(), what };
    let tensors = SafeTensors::deserialize(&bytes).map_err(|error| damaged(error.to_string()))?;
    let mut parameters = vec![0.0; network.size()];
    for parameter in &network.parameters {
        let tensor = tensors.tensor(&parameter.name).map_err(|error| damaged(error.to_string()))?;
        if tensor.shape() != parameter.shape || tensor.dtype() != Dtype::F32 {
            return Err(damaged(format!("`{}` has another shape than the model", parameter.name)));
        }
        for (value, bytes) in parameters[parameter.range()].iter_mut().zip(tensor.data().as_chunks::<4>().0) {
            *value = f32::from_le_bytes(*bytes);
        }
    }
    Ok(parameters)
}

impl Prediction {
    /// One row for each output that is scored: its sequence, step, input up to there, target and prediction. Long inputs are
    /// shortened unless they are to be `whole`.
    pub fn table(&self, whole: bool) -> Table {
        let batch = &self.batch;
        let width = batch.dimensions.goal.width();
        let mut table = Table {
            columns: vec![
                Column::number("sequence"),
                Column::number("step"),
                Column::text("input"),
                Column::number("target"),
                Column::number("prediction"),
            ],
            ..Table::default()
        };
        if !matches!(batch.dimensions.goal, Goal::Numbers(_)) {
            table.columns.push(Column::number("probability"));
        }
        let steps = batch.read_steps();
        for b in 0..batch.size {
            let input = input(batch, b, whole);
            for (read, &t) in steps.iter().enumerate().filter(|(_, t)| batch.scored[*t * batch.size + b]) {
                let output = &self.outputs[(read * batch.size + b) * width..][..width];
                let place = [Cell::Integer(b as i128), Cell::Integer(t as i128), Cell::Text(input.clone())];
                table.rows.push(place.into_iter().chain(answer(batch, t * batch.size + b, output)).collect());
            }
        }
        table
    }
}

/// The target at place `at` of the batch, the prediction that `output` is, and the probability it gives it.
fn answer(batch: &Batch, at: usize, output: &[f32]) -> Vec<Cell> {
    match &batch.targets {
        Targets::Numbers(bits) if matches!(batch.dimensions.goal, Goal::Bits(_)) => {
            let (target, probability) = (bits[at * output.len()], 1.0 / (1.0 + libm::exp(-f64::from(output[0]))));
            let bit = i128::from(output[0] > 0.0);
            let of_bit = if bit == 1 { probability } else { 1.0 - probability };
            vec![Cell::Integer(target as i128), Cell::Integer(bit), Cell::Number(of_bit)]
        }
        Targets::Numbers(numbers) => {
            vec![Cell::Number(numbers[at * output.len()].into()), Cell::Number(output[0].into())]
        }
        Targets::Classes(targets) => {
            let best = (0..output.len()).fold(0, |best, k| if output[k] > output[best] { k } else { best });
            let sum: f64 = output.iter().map(|logit| libm::exp(f64::from(logit - output[best]))).sum();
            vec![Cell::Integer(targets[at].into()), Cell::Integer(best as i128), Cell::Number(1.0 / sum)]
        }
    }
}

/// The input of sequence `b` in words: the symbols of a one-hot input, else the numbers of each step.
fn input(batch: &Batch, b: usize, whole: bool) -> String {
    let inputs = batch.dimensions.inputs;
    let step = |t: usize| &batch.input[(t * batch.size + b) * inputs..][..inputs];
    let symbol = |t: usize| {
        let hot = step(t).iter().position(|&x| x == 1.0);
        hot.filter(|_| step(t).iter().filter(|&&x| x != 0.0).count() == 1)
    };
    let steps = batch.dimensions.steps;
    let symbols: Option<Vec<String>> = (0..steps).map(|t| symbol(t).map(|k| k.to_string())).collect();
    let words = symbols.filter(|_| inputs > 2).unwrap_or_else(|| {
        let numbers = |t: usize| step(t).iter().map(|x| format!("{x:.2}")).collect::<Vec<_>>().join(",");
        (0..steps).map(numbers).collect()
    });
    let text = words.join(" ");
    const SHOWN: usize = 40;
    if whole || text.chars().count() <= SHOWN {
        text
    } else {
        format!("{}…", text.chars().take(SHOWN - 1).collect::<String>())
    }
}
