//! Value and derivative of every activation that PyTorch has, by both engines in both precisions.
//!
//! The argument of each unit is its recurrent layer's bias, and the loss is the mean of (y − target)² with targets that make
//! its gradient by y a chosen number.

use dfdx::{tensor::Cpu, tensor_ops::Device};
use longlag::{
    component::{
        activation::ActivationSpec,
        parameter::{Parameter, Role},
        task::{Batch, Dimensions, Goal, Targets},
    },
    graph::Builder,
    model::{Network, Stage},
};

use super::record::{list, numbers, read};
use crate::support::engines::{Precision, engines, narrow, widened};

/// f(z + x_t) for a trained z and an input of zeros, so that f is computed at every step.
fn network(activation: &ActivationSpec, width: usize) -> Network {
    let builder = Builder::new(width, width);
    builder.output(activation.apply(builder.vector("z") + builder.input()));
    let graph = builder.finish();
    let mut parameters: Vec<Parameter> = vec![];
    for parameter in &graph.parameters {
        let offset = parameters.last().map_or(0, |last| last.range().end);
        let (name, shape) = (parameter.name.clone(), parameter.shape.clone());
        parameters.push(Parameter { name, shape, role: Role::Bias, dense_inputs: None, offset, start: None });
    }
    Network {
        dimensions: Dimensions { inputs: width, goal: Goal::Numbers(width), steps: 1 },
        layers: vec![],
        readout: vec![Stage { graph, first_parameter: 0, first_site: 0 }],
        parameters,
    }
}

/// f and ∂f/∂(each parameter) of the engine at this place in the list.
fn evaluate<E: Precision>(which: usize, activation: &ActivationSpec, parameters: &[f64]) -> (Vec<f64>, Vec<f64>)
where
    Cpu: Device<E>,
{
    let width = match activation {
        ActivationSpec::ModRelu(_) => parameters.len() / 2,
        _ => parameters.len(),
    };
    let network = network(activation, width);
    assert_eq!(network.size(), parameters.len());
    let parameters: Vec<E> = parameters.iter().map(|&x| narrow(x)).collect();
    let mut batch = Batch {
        size: 1,
        dimensions: network.dimensions,
        input: vec![0.0; width],
        targets: Targets::Numbers(vec![0.0; width]),
        read: vec![true],
        scored: vec![true],
        addresses: vec![0],
    };
    let (_, mut engine) = engines::<E>(&network).into_iter().nth(which).expect("one of two");
    let values = widened(&engine.evaluate(&parameters, &batch).1);
    // Nearer to 0 by half of large values, where a difference of one would be lost.
    let targets: Vec<f32> = values.iter().map(|&y| (y as f32) * 0.5 - (y as f32).signum()).collect();
    batch.targets = Targets::Numbers(targets.clone());
    let (_, outputs, gradient) = engine.differentiate(&parameters, &batch, None);
    assert_eq!(widened(&outputs), values, "the outputs of both passes");
    let gradient = widened(&gradient);
    let outer = |k: usize| 2.0 * (values[k % width] - f64::from(targets[k % width])) / width as f64;
    let slopes = gradient.iter().enumerate().map(|(k, g)| g / outer(k)).collect();
    (values, slopes)
}

fn assert_close<E: Precision>(what: &str, points: &[f64], got: &[f64], wanted: &[f64], bound: f64) {
    assert_eq!(got.len(), wanted.len());
    for ((x, got), wanted) in points.iter().zip(got).zip(wanted) {
        let error = (got - wanted).abs() / wanted.abs().max(1.0);
        assert!(error <= bound, "{what} at {x} in {}: {got}, not {wanted}", std::any::type_name::<E>());
    }
}

fn every_case<E: Precision>(bound: f64)
where
    Cpu: Device<E>,
{
    let file = read("activations");
    let points = numbers(&file["points"]);
    for which in 0..2 {
        for case in list(&file["cases"]) {
            let activation: ActivationSpec = serde_json::from_value(case["activation"].clone()).expect("an activation");
            let (values, derivatives) = evaluate::<E>(which, &activation, &points);
            // What the page states of an approximation, and what torch is off: by taking softplus for the identity beyond
            // 20, and by holding the slope 1/6 in float32.
            let stated = match &activation {
                ActivationSpec::Gelu(_) => 5.4e-7,
                ActivationSpec::Softplus(_) => 2.1e-9,
                ActivationSpec::HardSigmoid(_) => 5e-9,
                _ => 0.0,
            };
            let what = format!("{activation:?} by engine {which}");
            assert_close::<E>(&what, &points, &values, &numbers(&case["value"]), bound + stated);
            let derivative = format!("the derivative of {what}");
            assert_close::<E>(&derivative, &points, &derivatives, &numbers(&case["derivative"]), bound + stated);
        }
        let case = &file["mod-relu"];
        let (arguments, biases) = (numbers(&case["argument"]), numbers(&case["bias"]));
        let activation = ActivationSpec::ModRelu(longlag::component::activation::ModRelu {});
        let (values, slopes) = evaluate::<E>(which, &activation, &[arguments.clone(), biases].concat());
        let what = format!("mod-relu by engine {which}");
        assert_close::<E>(&what, &arguments, &values, &numbers(&case["value"]), bound);
        let wanted = [numbers(&case["derivative"]), numbers(&case["by_bias"])].concat();
        assert_close::<E>(&what, &[arguments.clone(), arguments].concat(), &slopes, &wanted, bound);
    }
}

#[test]
fn values_and_derivatives_in_single_precision_are_those_of_pytorch() {
    every_case::<f32>(4e-6);
}

#[test]
fn values_and_derivatives_in_double_precision_are_those_of_pytorch() {
    every_case::<f64>(1e-12);
}
