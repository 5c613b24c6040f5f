//! Evaluates what is written in the graph's notation.

use dfdx::{tensor::Cpu, tensor_ops::Device};
use longlag::{
    component::{
        parameter::{Parameter, Role},
        task::{Batch, Dimensions, Goal, Targets},
    },
    engine::dfdx::{DfdxEngine, Real},
    graph::{Builder, Expr},
    model::{Network, Stage},
};

/// A network that is one hand-written cell, whose outputs are those of the cell.
pub fn network(inputs: usize, width: usize, steps: usize, write: impl FnOnce(&Builder)) -> Network {
    let builder = Builder::new(inputs, width);
    write(&builder);
    let graph = builder.finish();
    let mut parameters: Vec<Parameter> = vec![];
    for parameter in &graph.parameters {
        let offset = parameters.last().map_or(0, |last| last.range().end);
        let (name, shape) = (parameter.name.clone(), parameter.shape.clone());
        parameters.push(Parameter { name, shape, role: Role::Bias, dense_inputs: None, offset, start: None });
    }
    Network {
        dimensions: Dimensions { inputs, goal: Goal::Numbers(graph.nodes[graph.output.0].width), steps },
        layers: vec![Stage { graph, first_parameter: 0, first_site: 0 }],
        readout: vec![],
        parameters,
    }
}

/// A batch that reads every step, with all targets zero.
pub fn batch(dimensions: Dimensions, size: usize, input: Vec<f32>) -> Batch {
    let rows = dimensions.steps * size;
    assert_eq!(input.len(), rows * dimensions.inputs);
    Batch {
        size,
        dimensions,
        input,
        targets: Targets::Numbers(vec![0.0; rows * dimensions.goal.width()]),
        read: vec![true; rows],
        scored: vec![true; rows],
        addresses: (0..size as u64).collect(),
    }
}

/// Where an argument comes from: both ways have to give the same.
#[derive(Clone, Copy, Debug)]
pub enum Argument {
    /// From a parameter alone, so that the function is evaluated once per update.
    Once,
    /// From a parameter and the input, which is zero, so that it is evaluated at every step.
    EveryStep,
}

/// f at `points` by the engine: (f(x), f′(x)) for each; the derivative is NaN where f is not finite.
pub fn evaluate<E: Real>(
    points: &[f64],
    argument: Argument,
    f: impl for<'g> Fn(&'g Builder, Expr<'g>) -> Expr<'g>,
) -> Vec<(f64, f64)>
where
    Cpu: Device<E>,
{
    let count = points.len();
    let network = network(count, count, 1, |graph| {
        let a = graph.vector("a");
        let x = match argument {
            Argument::Once => a,
            Argument::EveryStep => a + graph.input(),
        };
        graph.output(f(graph, x));
    });
    let mut batch = batch(network.dimensions, 1, vec![0.0; count]);
    // Parameters of f itself are 0.
    let zeros = std::iter::repeat_n(&0.0, network.size() - count);
    let parameters: Vec<E> = points.iter().chain(zeros).map(|&x| E::narrow(x)).collect();
    let engine = DfdxEngine::new(network, Cpu::default());
    let values: Vec<f64> = engine.evaluate(&parameters, &batch).1.iter().map(|y| y.widen()).collect();
    // The loss is the mean of (y − target)²: a target below y, which f32 tells apart from it, shows f′.
    let target_of = |y: f64| match y.abs() {
        size if !size.is_finite() => 0.0,
        size if size > 1e4 => y as f32 * 0.5,
        _ => y as f32 - 1.0,
    };
    let targets: Vec<f32> = values.iter().map(|&y| target_of(y)).collect();
    batch.targets = Targets::Numbers(targets.clone());
    let gradient = engine.differentiate(&parameters, &batch, None).2;
    let derivative = |k: usize| gradient[k].widen() * count as f64 / (2.0 * (values[k] - f64::from(targets[k])));
    let finite = |k: usize| if values[k].is_finite() { derivative(k) } else { f64::NAN };
    (0..count).map(|k| (values[k], finite(k))).collect()
}

/// Checks f(x) and f′(x) at `points` in f64 and f32 against `wanted`, in both ways.
pub fn assert_matches(
    what: &str,
    points: &[f64],
    f: impl for<'g> Fn(&'g Builder, Expr<'g>) -> Expr<'g>,
    wanted: impl Fn(f64) -> (f64, f64),
) {
    assert_close(what, points, 0.0, f, wanted);
}

/// Checks f(x) and f′(x) of an approximation, which may be off by `error` beyond rounding.
pub fn assert_close(
    what: &str,
    points: &[f64],
    error: f64,
    f: impl for<'g> Fn(&'g Builder, Expr<'g>) -> Expr<'g>,
    wanted: impl Fn(f64) -> (f64, f64),
) {
    // f32 sees the argument rounded, too.
    let rounded: Vec<f64> = points.iter().map(|&x| f64::from(x as f32)).collect();
    for argument in [Argument::Once, Argument::EveryStep] {
        let double = evaluate::<f64>(points, argument, &f);
        let single = evaluate::<f32>(&rounded, argument, &f);
        for (points, got, bound) in [(points, double, 1e-12), (&rounded, single, 2e-6)] {
            for (&x, (value, derivative)) in points.iter().zip(got) {
                let wanted = wanted(x);
                let close = |got: f64, wanted: f64| (got - wanted).abs() <= error + bound * wanted.abs().max(1.0);
                let right = close(value, wanted.0) && close(derivative, wanted.1);
                assert!(right, "{what} at {x} ({argument:?}, {bound:e}): {value}, {derivative}, not {wanted:?}");
            }
        }
    }
}
