//! `longlag predict`.

use std::{fs, io::Write};

use safetensors::SafeTensors;

use super::{
    Exit, Failure, arguments,
    results::{RunResults, find_trial},
    run::{model_path, terminal_width},
};
use crate::{
    component::task::{Batch, Goal, Targets},
    model::Network,
    results::table::{Cell, Column, Format, View},
    run::alone,
    seed::{self, Role},
    store::StoreError,
};

pub(super) fn predict(options: &arguments::Predict, out: &mut dyn Write) -> Result<Exit, Failure> {
    let backend = options.computing.backend()?;
    let format: Format = options.format.parse()?;
    let run = RunResults::open(&options.folder.run)?;
    let hint = format!(
        "`longlag show {} --table trials` lists them",
        crate::text::shell_quote(&run.dir.display().to_string())
    );
    let (trial, id) = find_trial(run.plan(), &options.trial, &hint)?;
    let sections = run.plan().sections(trial.arm);
    let network = Network::new(&sections.model, sections.task.dimensions());
    let parameters = load(&run, &network, &id)?;
    let stream = seed::stream(run.plan().seed(), Role::Predict, &[("trial", &id)]);
    let addresses: Vec<u64> = (0..u64::from(options.sequences)).collect();
    let batch = Batch::draw(&sections.task, &stream, &addresses);
    let outputs = alone(|| backend.engine(network, vec![], vec![]).outputs(&parameters, &batch));
    let whole = !matches!(format, Format::Table);
    let view = view(&batch, &outputs, whole);
    out.write_all(format.render(&view, terminal_width())?.as_bytes())?;
    Ok(Exit::Ok)
}

fn load(run: &RunResults, network: &Network, id: &str) -> Result<Vec<f32>, Failure> {
    let path = model_path(&run.dir, id);
    if !path.is_file() {
        let message = format!("there is no {}; add `keep: models` to the suite and run it again", path.display());
        return Err(Failure::usage(message));
    }
    let bytes = fs::read(&path).map_err(StoreError::io("read", &path))?;
    let damaged = |what: String| Failure::operational(format!("{} is damaged: {what}", path.display()));
    let tensors = SafeTensors::deserialize(&bytes).map_err(|error| damaged(error.to_string()))?;
    let mut parameters = vec![0.0; network.size()];
    for parameter in &network.parameters {
        let tensor = tensors.tensor(&parameter.name).map_err(|error| damaged(error.to_string()))?;
        if tensor.shape() != parameter.shape || tensor.dtype() != safetensors::Dtype::F32 {
            return Err(damaged(format!("`{}` has another shape than the model", parameter.name)));
        }
        for (value, bytes) in parameters[parameter.range()].iter_mut().zip(tensor.data().as_chunks::<4>().0) {
            *value = f32::from_le_bytes(*bytes);
        }
    }
    Ok(parameters)
}

/// One row for each output that is scored: its sequence, step, input up to there, target and prediction.
fn view(batch: &Batch, outputs: &[f32], whole: bool) -> View {
    let width = batch.dimensions.goal.width();
    let mut view = View {
        columns: vec![
            Column::number("sequence"),
            Column::number("step"),
            Column::text("input"),
            Column::number("target"),
            Column::number("prediction"),
        ],
        ..View::default()
    };
    if !matches!(batch.dimensions.goal, Goal::Numbers(_)) {
        view.columns.push(Column::number("probability"));
    }
    let steps = batch.read_steps();
    for b in 0..batch.size {
        let input = input(batch, b, whole);
        for (read, &t) in steps.iter().enumerate().filter(|(_, t)| batch.scored[*t * batch.size + b]) {
            let at = t * batch.size + b;
            let output = &outputs[(read * batch.size + b) * width..][..width];
            let place = [Cell::Integer(b as i128), Cell::Integer(t as i128), Cell::Text(input.clone())];
            let answer = match &batch.targets {
                Targets::Numbers(bits) if matches!(batch.dimensions.goal, Goal::Bits(_)) => {
                    let (target, probability) = (bits[at * width], 1.0 / (1.0 + libm::exp(-f64::from(output[0]))));
                    let bit = i128::from(output[0] > 0.0);
                    let of_bit = if bit == 1 { probability } else { 1.0 - probability };
                    vec![Cell::Integer(target as i128), Cell::Integer(bit), Cell::Number(of_bit)]
                }
                Targets::Numbers(numbers) => {
                    vec![Cell::Number(numbers[at * width].into()), Cell::Number(output[0].into())]
                }
                Targets::Classes(targets) => {
                    let best = (0..width).fold(0, |best, k| if output[k] > output[best] { k } else { best });
                    let sum: f64 = output.iter().map(|logit| libm::exp(f64::from(logit - output[best]))).sum();
                    vec![Cell::Integer(targets[at].into()), Cell::Integer(best as i128), Cell::Number(1.0 / sum)]
                }
            };
            view.rows.push(place.into_iter().chain(answer).collect());
        }
    }
    view
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
