//! A network run over all steps of a batch.

use ::dfdx::{shapes::HasShape as _, tensor::Tape, tensor_ops::Device};

use super::{
    Real,
    passing::Passing,
    recorder::{Matrix, Recorder, Sources},
};
use crate::{
    component::task::Batch,
    engine::noise::{self, Occasions},
    graph::{Op, Renewal, State},
    model::{Network, Stage},
    seed::Stream,
};

/// The tensors of one run that the caller may ask about.
pub(super) struct Unrolled<E: Real, D: Device<E>> {
    /// In the order of the network's parameters; vectors as \[1, width\].
    pub parameters: Vec<Matrix<E, D>>,
    /// \[read steps · size, width\].
    pub outputs: Matrix<E, D>,
    /// \[steps\]\[layer\]: what is carried out of each step, if asked for.
    pub carried: Vec<Vec<Ring<E, D>>>,
}

/// \[steps\]\[states\]: the values of a layer's states that a later step can read, the latest last.
pub(super) type Ring<E, D> = Vec<Vec<Matrix<E, D>>>;

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
        passing: &Passing<'_, E>,
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

        let (size, steps) = (batch.size, batch.dimensions.steps);
        let random = |recorder: &Recorder<E, D, T>, stage: &Stage, occasions: Occasions| {
            Random::new(recorder, stage, batch, dropout, occasions)
        };
        let mut values: Vec<Values<E, D>> =
            network.layers.iter().map(|stage| Values::new(recorder, stage, size, of(stage))).collect();
        let noise: Vec<Random<E, D>> =
            network.layers.iter().map(|stage| random(recorder, stage, Occasions::Steps)).collect();
        // Of each layer the states of the last steps, as many as its graph can read.
        let mut states: Vec<Ring<E, D>> = network
            .layers
            .iter()
            .map(|stage| {
                let zero = |state: &State| recorder.device.zeros_like(&(size, state.width));
                (0..stage.graph.longest_delay()).map(|_| stage.graph.states.iter().map(zero).collect()).collect()
            })
            .collect();

        let (mut read, mut carried) = (vec![], vec![]);
        let read_steps = batch.read_steps();
        let step_size = size * batch.dimensions.inputs;
        for t in 0..steps {
            let input = batch.input[t * step_size..][..step_size].iter().map(|&x| E::narrow(f64::from(x)));
            let mut signal = recorder.matrix(size, batch.dimensions.inputs, input.collect());
            let mut carried_now = vec![];
            for (layer, stage) in network.layers.iter().enumerate() {
                let (values, states) = (&mut values[layer], &mut states[layer]);
                values.read(recorder, passing, stage, t, states);
                values.step(recorder, stage, t, (&signal, &noise[layer].steps[t]), of(stage));
                let mut next: Vec<_> =
                    stage.graph.states.iter().map(|state| values.node(state.next.0).clone()).collect();
                signal = values.node(stage.graph.output.0).clone();
                if carry {
                    for (value, state) in next.iter_mut().zip(&stage.graph.states) {
                        *value = recorder.apply(value, |value| value * E::narrow(1.0));
                        if state.next == stage.graph.output {
                            signal = value.clone();
                        }
                    }
                }
                let latest = carry.then(|| next.clone());
                states.push(next);
                states.remove(0);
                if let Some(latest) = latest {
                    // Values of earlier steps are coordinates of their own of what this step carries on.
                    let earlier = states.len().saturating_sub(1);
                    for value in states[..earlier].iter_mut().flatten() {
                        *value = recorder.apply(value, |value| value * E::narrow(1.0));
                    }
                    carried_now.push(states[..earlier].iter().cloned().chain([latest]).collect());
                }
            }
            if carry {
                carried.push(carried_now);
            }
            if read_steps.contains(&t) {
                read.push(signal);
            }
        }
        let mut outputs = recorder.stack(&read);
        for stage in &network.readout {
            let rows = outputs.shape().0;
            let noise = random(recorder, stage, Occasions::Reads).stacked(recorder, &read_steps);
            let mut values = Values::new(recorder, stage, rows, of(stage));
            values.step(recorder, stage, 0, (&outputs, &noise), of(stage));
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
        let sources = Sources { rows, step: 0, input: None, random: &[], parameters };
        recorder.evaluate(&stage.graph, &sources, |index| once[index], &mut nodes);
        Self { once, nodes }
    }

    /// Reads the states that step `t` needs out of those of the last steps, the latest last.
    fn read<T: Tape<E, D>>(
        &mut self,
        recorder: &mut Recorder<E, D, T>,
        passing: &Passing<'_, E>,
        stage: &Stage,
        t: usize,
        states: &[Vec<Matrix<E, D>>],
    ) {
        for (value, node) in self.nodes.iter_mut().zip(&stage.graph.nodes) {
            if let Op::Previous { state, delay } = node.op {
                *value = Some(passing.read(recorder, (t, delay), &states[states.len() - delay][state.0]));
            }
        }
    }

    fn step<T: Tape<E, D>>(
        &mut self,
        recorder: &mut Recorder<E, D, T>,
        stage: &Stage,
        t: usize,
        (input, random): (&Matrix<E, D>, RandomOf<'_, E, D>),
        parameters: &[Matrix<E, D>],
    ) {
        let sources = Sources { rows: input.shape().0, step: t, input: Some(input), random, parameters };
        let (once, nodes) = (&self.once, &stage.graph.nodes);
        let wanted = |index: usize| !once[index] && !matches!(nodes[index].op, Op::Previous { .. });
        recorder.evaluate(&stage.graph, &sources, wanted, &mut self.nodes);
    }

    fn node(&self, index: usize) -> &Matrix<E, D> {
        self.nodes[index].as_ref().expect("every node has been evaluated")
    }
}

/// The random vectors of a step, by the index of their node.
type RandomOf<'a, E, D> = &'a [Option<Matrix<E, D>>];

/// The random vectors of a stage.
struct Random<E: Real, D: Device<E>> {
    /// \[steps\]\[nodes\]: matrices \[size, width\] where the node is random.
    steps: Vec<Vec<Option<Matrix<E, D>>>>,
}

impl<E: Real, D: Device<E>> Random<E, D> {
    /// Drawn from `stream`, or their values at evaluation.
    fn new<T: Tape<E, D>>(
        recorder: &Recorder<E, D, T>,
        stage: &Stage,
        batch: &Batch,
        stream: Option<&Stream>,
        occasions: Occasions,
    ) -> Self {
        let (size, steps) = (batch.size, batch.dimensions.steps);
        let mut found = vec![vec![None; stage.graph.nodes.len()]; steps];
        for (site, (node, law, renewal, evaluation)) in stage.graph.random_vectors().enumerate() {
            let occasions = if renewal == Renewal::Sequence { Occasions::Once } else { occasions };
            let width = stage.graph.nodes[node.0].width;
            let mut numbers = vec![vec![E::narrow(evaluation); size * width]; steps];
            if let Some(stream) = stream {
                let site = (stage.first_site + site, law, width);
                noise::draw(batch, 0..size, stream, site, occasions, |t, b, drawn| {
                    let to = numbers[t][b * width..][..width].iter_mut();
                    to.zip(drawn).for_each(|(to, number)| *to = E::narrow(*number));
                });
            }
            for t in 0..steps {
                let numbers = &numbers[if renewal == Renewal::Sequence { 0 } else { t }];
                found[t][node.0] = Some(recorder.matrix(size, width, numbers.clone()));
            }
        }
        Self { steps: found }
    }

    /// The matrices of `steps`, stacked to \[steps · size, width\].
    fn stacked<T: Tape<E, D>>(
        mut self,
        recorder: &mut Recorder<E, D, T>,
        steps: &[usize],
    ) -> Vec<Option<Matrix<E, D>>> {
        let nodes = self.steps.first().map_or(0, Vec::len);
        (0..nodes)
            .map(|node| {
                let matrices: Option<Vec<_>> = steps.iter().map(|&t| self.steps[t][node].take()).collect();
                matrices.filter(|matrices| !matrices.is_empty()).map(|matrices| recorder.stack(&matrices))
            })
            .collect()
    }
}
