//! A matrix between the task's input and the first layer.

use longlag::{
    component::{
        cell::{CellSpec, Elman, Lstm},
        init::InitSpec,
        modifier::{DepthResidual, ModifierSpec},
        task::{Dimensions, Goal},
    },
    model::{Embedding, ModelSpec, Network},
};

use super::case::{Case, all_read};
use crate::support::{engines::engines, relative_error, variants::variants};

const INPUTS: usize = 3;

fn network(model: &ModelSpec) -> Network {
    Network::new(model, Dimensions { inputs: INPUTS, goal: Goal::Numbers(2), steps: 5 })
}

/// With the identity as its matrix, the network gives what it gives without one.
#[test]
fn the_identity_changes_nothing() {
    for cell in variants() {
        let plain = ModelSpec { cell: cell.clone(), hidden: 4, layers: 2, ..ModelSpec::default() };
        if cell.misfit(INPUTS, 4).is_some() {
            continue;
        }
        let embedded = ModelSpec { embedding: Some(Embedding { units: INPUTS }), ..plain.clone() };
        let (plain, embedded) = (network(&plain), network(&embedded));
        let values: Vec<f64> =
            plain.initialize(&InitSpec::default(), 0, 0).into_iter().map(|value| f64::from(value) + 0.01).collect();
        let mut moved = vec![0.0; embedded.size()];
        for parameter in &embedded.parameters {
            let same = plain.parameters.iter().find(|other| other.name == parameter.name);
            match same {
                Some(same) => moved[parameter.range()].copy_from_slice(&values[same.range()]),
                None => {
                    assert_eq!((&parameter.name[..], &parameter.shape[..]), ("layer0.w_ex", &[INPUTS, INPUTS][..]));
                    (0..INPUTS).for_each(|k| moved[parameter.range()][k * INPUTS + k] = 1.0);
                }
            }
        }
        let input: Vec<f32> = (0..5 * 2 * INPUTS).map(|k| libm::sinf(k as f32)).collect();
        let batch = all_read(plain.dimensions, input);
        for (wanted, got) in engines::<f64>(&plain).iter_mut().zip(engines::<f64>(&embedded).iter_mut()) {
            let (wanted, got) = (wanted.1.evaluate(&values, &batch).1, got.1.evaluate(&moved, &batch).1);
            assert!(relative_error(&got, &wanted) <= 1e-14, "{cell:?}");
        }
    }
}

#[test]
fn engines_agree_and_gradients_match_central_differences() {
    let residual = vec![ModifierSpec::DepthResidual(DepthResidual {})];
    for (cell, modifiers) in [(CellSpec::Elman(Elman::default()), vec![]), (CellSpec::Lstm(Lstm::default()), residual)]
    {
        let embedding = Some(Embedding { units: 6 });
        let model = ModelSpec { embedding, cell, modifiers, hidden: 4, layers: 2, ..ModelSpec::default() };
        let network = network(&model);
        let shape = |name: &str| &network.parameters.iter().find(|parameter| parameter.name == name).unwrap().shape;
        assert_eq!(shape("layer0.w_ex"), &[6, INPUTS]);
        let input: Vec<f32> = (0..5 * 3 * INPUTS).map(|k| libm::sinf(1.7 * k as f32)).collect();
        let batch = all_read(network.dimensions, input);
        let case = Case::new(network, batch);
        case.assert_engines_agree("an embedding", &[], None);
        case.assert_central_differences("an embedding", None);
    }
}
