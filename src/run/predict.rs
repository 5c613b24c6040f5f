//! Predictions of a trained network on fresh sequences.

use safetensors::Dtype;

use super::{EngineTrainer, StoredRun, alone, error::RunError, find_trial, model};
use crate::{
    component::task::{Batch, Goal, Targets},
    engine::Backend,
    model::Network,
    results::table::{Cell, Column, Table},
    seed::{self, Purpose},
    store::read_regular,
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
/// When there is no such trial, its parameters were not kept or cannot be read, or the backend's device is not there.
pub fn predict(run: &StoredRun, trial: &str, sequences: u16, backend: Backend) -> Result<Prediction, RunError> {
    let plan = run.plan();
    let (trial, id) = find_trial(plan, trial)?;
    let sections = plan.sections(trial.arm);
    let network = Network::new(&sections.model, sections.task.dimensions());
    let parameters = parameters(run, &network, &id)?;
    backend.probe()?;
    sections.task.ready()?;
    let stream = seed::stream(plan.seed(), Purpose::Predict, &[("trial", &id)]);
    let addresses: Vec<u64> = (0..u64::from(sequences)).collect();
    let batch = Batch::draw(&sections.task, &stream, &addresses);
    let outputs = alone(&EngineTrainer { backend, keep_models: false }, || {
        backend.engine(network, vec![], vec![]).outputs(&parameters, &batch)
    })?;
    Ok(Prediction { batch, outputs })
}

/// The parameters of the trial `id`, as they were kept.
fn parameters(run: &StoredRun, network: &Network, id: &str) -> Result<Vec<f32>, RunError> {
    let path = run.model(id);
    if !path.is_file() {
        return Err(RunError::NoModel { path });
    }
    let bytes = read_regular(&path).map_err(RunError::io("read", &path))?;
    let damaged = |fault: String| RunError::DamagedModel { path: path.clone(), fault };
    let hash = run.store.trials().get(id).map_or("", |trial| trial.hash.as_str());
    let tensors = model::checked(&bytes, id, hash).map_err(damaged)?;
    let mut parameters = vec![0.0; network.size()];
    for parameter in &network.parameters {
        let tensor = tensors.tensor(&parameter.name).map_err(|error| damaged(format!("is damaged: {error}")))?;
        if tensor.shape() != parameter.shape || tensor.dtype() != Dtype::F32 {
            return Err(damaged(format!("is damaged: `{}` has another shape than the model", parameter.name)));
        }
        for (value, bytes) in parameters[parameter.range()].iter_mut().zip(tensor.data().as_chunks::<4>().0) {
            *value = f32::from_le_bytes(*bytes);
        }
    }
    if !parameters.iter().all(|parameter| parameter.is_finite()) {
        return Err(RunError::NotFinite { trial_id: id.to_owned() });
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

/// The input of sequence `b` in words: the symbols of a one-hot input, else the numbers of each step, which read back as the same
/// bits. Unless it is to be `whole`, of a long one the steps that matter, each behind its number.
fn input(batch: &Batch, b: usize, whole: bool) -> String {
    let (steps, inputs) = (batch.dimensions.steps, batch.dimensions.inputs);
    let step = |t: usize| &batch.input[(t * batch.size + b) * inputs..][..inputs];
    let symbol = |t: usize| {
        let hot = step(t).iter().position(|&x| x == 1.0);
        hot.filter(|_| step(t).iter().filter(|&&x| x != 0.0).count() == 1)
    };
    let symbols: Option<Vec<String>> = (0..steps).map(|t| symbol(t).map(|k| k.to_string())).collect();
    let numbers = |t: usize| step(t).iter().map(f32::to_string).collect::<Vec<_>>().join(",");
    let words = symbols.filter(|_| inputs > 2).unwrap_or_else(|| (0..steps).map(numbers).collect());
    let text = words.join(" ");
    if whole || text.chars().count() <= SHOWN {
        return text;
    }
    let mattering: Vec<String> = marked(steps, inputs, step).map(|t| format!("{t}:{}", words[t])).collect();
    let text = if mattering.is_empty() { text } else { mattering.join(" ") };
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The characters of an input that a terminal is shown.
const SHOWN: usize = 80;

/// The steps that matter: those at which an input that is only ever 0, 1 or −1, as marks and symbols are, is not what it mostly is.
fn marked<'a>(steps: usize, inputs: usize, step: impl Fn(usize) -> &'a [f32]) -> impl Iterator<Item = usize> {
    let usual = |input: usize| {
        let values = || (0..steps).map(|t| step(t)[input]);
        let count = |value: f32| values().filter(|other| *other == value).count();
        let most = [0.0, 1.0, -1.0].into_iter().max_by_key(|value| (count(*value), *value == 0.0));
        most.filter(|_| values().all(|value| [0.0, 1.0, -1.0].contains(&value)))
    };
    let usual: Vec<Option<f32>> = (0..inputs).map(usual).collect();
    let differs =
        |t: &usize| step(*t).iter().zip(&usual).any(|(value, usual)| usual.is_some_and(|usual| *value != usual));
    (0..steps).filter(differs).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{component::task::TaskSpec, seed::Purpose};

    fn batch(task: serde_json::Value) -> Batch {
        let task: TaskSpec = serde_json::from_value(task).unwrap();
        Batch::draw(&task, &seed::stream(0, Purpose::Predict, &[]), &[0, 1])
    }

    #[test]
    fn inputs_read_back_as_the_same_bits() {
        let batch = batch(serde_json::json!({"kind": "adding", "length": 50}));
        for b in 0..batch.size {
            let read: Vec<f32> = input(&batch, b, true).split([' ', ',']).map(|x| x.parse().unwrap()).collect();
            let written = (0..50).flat_map(|t| batch.input[(t * batch.size + b) * 2..][..2].iter().copied());
            assert!(read.into_iter().map(f32::to_bits).eq(written.map(f32::to_bits)));
        }
    }

    #[test]
    fn of_a_long_input_the_marks_are_shown() {
        let adding = batch(serde_json::json!({"kind": "adding", "length": 500}));
        let copy = batch(serde_json::json!({"kind": "copy", "length": 500}));
        for b in 0..adding.size {
            let marks: Vec<String> = (0..500)
                .map(|t| (t, &adding.input[(t * adding.size + b) * 2..][..2]))
                .filter(|(_, step)| step[1] == 1.0)
                .map(|(t, step)| format!("{t}:{},1", step[0]))
                .collect();
            assert_eq!((marks.len(), input(&adding, b, false)), (2, marks.join(" ")));
            let symbols = input(&copy, b, false);
            assert!(symbols.starts_with("0:") && symbols.contains(" 9:"), "{symbols}");
        }
    }
}
