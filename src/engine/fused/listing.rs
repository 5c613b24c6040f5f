//! Compiled networks as text.

use std::fmt::Write as _;

use super::{
    gradient::{GradientSums, SumForm},
    mode::Mode,
    network::{BLOCK, CompiledNetwork},
    stage::{CompiledStage, VectorGradient, WeightGradient},
};
use crate::{
    component::regularizer::OfSteps,
    compute::ir::{Call, Factors, Listing, Places, Reference},
    model::Network,
};

/// The instructions that the recurrent layers of `network` compile to, as text: the calls that run once per update and at
/// every step forward and backward, then the products and sums over steps and sequences that the gradients are made of.
pub fn listing(network: &Network) -> String {
    let (sums, mut places, mut factors) = (GradientSums::new(network), Places::default(), Factors::default());
    let compiled = CompiledNetwork::new(
        (network, &sums, &[], OfSteps(&[])),
        Mode::Differentiate,
        BLOCK,
        &mut places,
        &mut factors,
    );
    let listing = Listing { places: &places, factors: &factors };
    compiled.layers.iter().map(|layer| of_layer(network, &sums, layer, listing)).collect()
}

fn of_layer(
    network: &Network,
    sums: &GradientSums,
    layer: &CompiledStage<Reference, Call>,
    listing: Listing<'_>,
) -> String {
    let mut text = String::new();
    for (title, calls) in [("once", &layer.once), ("forward", &layer.forward), ("backward", &layer.backward)] {
        if !calls.is_empty() {
            write!(text, "{title}:\n{}", listing.of(calls, "  ")).expect("a string takes what is written");
        }
    }
    text.push_str("gradient:\n");
    let name = |reference: Reference| listing.reference(reference);
    for &WeightGradient { parameter, left, right, .. } in &layer.outers {
        // Of a matrix with few columns the transpose is summed.
        let narrow = matches!(sums.of[parameter].form, SumForm::Columns { .. });
        let (rows, columns) = if narrow { (right, left) } else { (left, right) };
        let line = format!("  {} += {} ⊗ {}\n", network.parameters[parameter].name, name(rows), name(columns));
        text.push_str(&line);
    }
    for &VectorGradient { parameter, cotangent, .. } in &layer.sums {
        text.push_str(&format!("  {} += {}\n", network.parameters[parameter].name, name(cotangent)));
    }
    text
}
