//! A network run over all steps of a batch.

use ::dfdx::{shapes::HasShape as _, tensor::Tape, tensor_ops::Device};

use super::{
    Real,
    recorder::{Matrix, Recorder, Sources},
};
use crate::{
    model::{Network, Stage},
    seed::Stream,
    task::Batch,
};

/// The tensors of one run that the caller may ask about.
pub(super) struct Unrolled<E: Real, D: Device<E>> {
    /// In the order of the network's parameters; vectors as \[1, width\].
    pub parameters: Vec<Matrix<E, D>>,
    /// \[read steps · size, width\].
    pub outputs: Matrix<E, D>,
    /// \[steps\]\[layer\]\[state\]: the states as carried out of each step, if asked for.
    pub carried: Vec<Vec<Vec<Matrix<E, D>>>>,
}

/// The values of a graph's nodes; those that are the same at every step are there from the start.
struct Values<E: Real, D: Device<E>> {
    once: Vec<bool>,
    nodes: Vec<Option<Matrix<E, D>>>,
}

impl<E: Real, D: Device<E>> Unrolled<E, D> {
    /// Runs `network` over `batch`. With `carry` every carried state is a tensor of its own, so that its gradient does not
    /// contain paths within the step that made it.
    pub fn new<T: Tape<E, D>>(
        network: &Network,
        recorder: &mut Recorder<E, D, T>,
        parameters: &[E],
        batch: &Batch,
        dropout: Option<&Stream>,
        carry: bool,
    ) -> Self {
        let tensors: Vec<Matrix<E, D>> = network
            .parameters
            .iter()
            .map(|parameter| {
                let (rows, width) = match parameter.shape[..] {
                    [rows, width] => (rows, width),
                    _ => (1, parameter.range().len()),
                };
                recorder.matrix(rows, width, parameters[parameter.range()].to_vec())
            })
            .collect();
        let of = |stage: &Stage| &tensors[stage.first_parameter..][..stage.graph.parameters.len()];

        let mut values: Vec<Values<E, D>> =
            network.layers.iter().map(|stage| Values::new(recorder, stage, batch.size, of(stage))).collect();
        let mut states: Vec<Vec<Matrix<E, D>>> = network
            .layers
            .iter()
            .map(|stage| {
                let zeros = stage.graph.states.iter();
                zeros.map(|state| recorder.device.zeros_like(&(batch.size, state.width))).collect()
            })
            .collect();

        let (mut read, mut carried) = (vec![], vec![]);
        let read_steps = batch.read_steps();
        let step_size = batch.size * batch.dimensions.inputs;
        for t in 0..batch.dimensions.steps {
            let input = batch.input[t * step_size..][..step_size].iter().map(|&x| E::narrow(f64::from(x)));
            let mut signal = recorder.matrix(batch.size, batch.dimensions.inputs, input.collect());
            for ((stage, values), states) in network.layers.iter().zip(&mut values).zip(&mut states) {
                values.step(recorder, stage, &signal, states, of(stage));
                *states = stage.graph.states.iter().map(|state| values.node(state.next.0).clone()).collect();
                signal = values.node(stage.graph.output.0).clone();
                if carry {
                    for (state, next) in states.iter_mut().zip(&stage.graph.states) {
                        *state = recorder.apply(state, |state| state * E::narrow(1.0));
                        if next.next == stage.graph.output {
                            signal = state.clone();
                        }
                    }
                }
            }
            if carry {
                carried.push(states.clone());
            }
            if read_steps.contains(&t) {
                read.push(signal);
            }
        }
        let mut outputs = recorder.stack(&read);
        for (site, stage) in network.readout.iter().enumerate() {
            let rows = outputs.shape().0;
            if let Some(dropout) = dropout.filter(|_| stage.dropout > 0.0) {
                let mask = mask(batch, dropout, site, stage.dropout, rows, outputs.shape().1);
                let mask = recorder.matrix(rows, outputs.shape().1, mask);
                outputs = recorder.apply(&outputs, |outputs| outputs * mask);
            }
            let mut values = Values::new(recorder, stage, rows, of(stage));
            values.step(recorder, stage, &outputs, &[], of(stage));
            outputs = values.node(stage.graph.output.0).clone();
        }
        Self { parameters: tensors, outputs, carried }
    }
}

impl<E: Real, D: Device<E>> Values<E, D> {
    fn new<T: Tape<E, D>>(
        recorder: &mut Recorder<E, D, T>,
        stage: &Stage,
        rows: usize,
        parameters: &[Matrix<E, D>],
    ) -> Self {
        let once = stage.graph.once_per_update();
        let mut nodes = vec![None; stage.graph.nodes.len()];
        let sources = Sources { rows, input: None, states: &[], parameters };
        recorder.evaluate(&stage.graph, &sources, |index| once[index], &mut nodes);
        Self { once, nodes }
    }

    fn step<T: Tape<E, D>>(
        &mut self,
        recorder: &mut Recorder<E, D, T>,
        stage: &Stage,
        input: &Matrix<E, D>,
        states: &[Matrix<E, D>],
        parameters: &[Matrix<E, D>],
    ) {
        let sources = Sources { rows: input.shape().0, input: Some(input), states, parameters };
        let once = &self.once;
        recorder.evaluate(&stage.graph, &sources, |index| !once[index], &mut self.nodes);
    }

    fn node(&self, index: usize) -> &Matrix<E, D> {
        self.nodes[index].as_ref().expect("every node has been evaluated")
    }
}

/// A dropout mask \[rows, width\] of 0 and 1/(1 − rate). Each number is addressed by sequence, site, unit and how many of
/// the sequence's own outputs were read before (the stream is the update's own), so that the other sequences of the batch do
/// not change it. Outputs that are not read have no influence; their mask is 0.
fn mask<E: Real>(batch: &Batch, dropout: &Stream, site: usize, rate: f64, rows: usize, width: usize) -> Vec<E> {
    let keep = E::narrow(1.0 / (1.0 - rate));
    let mut mask = vec![E::narrow(0.0); rows * width];
    let read_steps = batch.read_steps();
    for (b, address) in batch.addresses.iter().enumerate() {
        let mut draws = dropout.at(address << 8 | site as u64);
        for (read, t) in read_steps.iter().enumerate() {
            if !batch.read[t * batch.size + b] {
                continue;
            }
            for unit in 0..width {
                if draws.uniform() >= rate {
                    mask[(read * batch.size + b) * width + unit] = keep;
                }
            }
        }
    }
    mask
}
