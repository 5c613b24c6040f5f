//! A model as a suite writes it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    component::{
        activation::ActivationSpec,
        cell::{CellSpec, Laws},
        modifier::ModifierSpec,
    },
    graph::Graph,
};

/// Recurrent layers and a readout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct ModelSpec {
    /// A matrix between the task's input and the first layer, as papers put before tasks on symbols; none if not given.
    pub embedding: Option<Embedding>,
    /// The recurrent cell of every layer.
    pub cell: CellSpec,
    /// Changes of the cell's step, in order; the second changes what the first has made.
    #[schemars(length(max = 64))]
    pub modifiers: Vec<ModifierSpec>,
    /// Units of every layer's state.
    #[schemars(range(min = 1, max = 65536))]
    pub hidden: usize,
    /// Number of recurrent layers; each feeds the next at the same step.
    #[schemars(range(min = 1, max = 64))]
    pub layers: usize,
    /// From the last layer's output to the task's outputs.
    pub readout: Readout,
}

impl Default for ModelSpec {
    fn default() -> Self {
        Self {
            embedding: None,
            cell: CellSpec::default(),
            modifiers: vec![],
            hidden: 64,
            layers: 1,
            readout: Readout::default(),
        }
    }
}

impl ModelSpec {
    /// The step of recurrent layer `layer`, counted from 0, for an input of `inputs` units and `hidden` units of state.
    pub fn step(&self, layer: usize, inputs: usize, hidden: usize) -> Graph {
        let cell = self.cell.graph(self.cell_inputs(layer, inputs), hidden);
        let step = self.modifiers.iter().fold(cell, |step, modifier| modifier.modify(&step, layer));
        match &self.embedding {
            Some(embedding) if layer == 0 => {
                step.behind(inputs, |graph| graph.input().linear_to("w_ex", embedding.units))
            }
            _ => step,
        }
    }

    /// The units that the cell of a layer reads, where the layer is given `inputs`.
    pub fn cell_inputs(&self, layer: usize, inputs: usize) -> usize {
        self.embedding.as_ref().filter(|_| layer == 0).map_or(inputs, |embedding| embedding.units)
    }

    /// The laws by which parameters of that step start, unless the suite names others for them.
    pub fn laws(&self, layer: usize, inputs: usize, hidden: usize) -> Laws {
        let inputs = self.cell_inputs(layer, inputs);
        let (mut step, mut laws) = (self.cell.graph(inputs, hidden), self.cell.laws(inputs, hidden));
        for modifier in &self.modifiers {
            laws.extend(modifier.laws(&step, layer));
            step = modifier.modify(&step, layer);
        }
        laws
    }
}

/// An embedding of the task's input: e_t = W·x_t with a trained matrix `layer0.w_ex` \[units, inputs\], which the first layer reads in
/// place of x_t. Of a symbol in one-hot form that is a column of W, a vector of its own. It starts as `init.input` says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Embedding {
    /// Units of e_t.
    #[schemars(range(min = 1, max = 65536))]
    pub units: usize,
}

/// Dense layers between the recurrent layers and the loss. A last linear layer of the task's width is always there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Readout {
    /// Fraction of the recurrent output's units dropped in training.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1.0))]
    pub dropout: f64,
    /// Dense layers before the last linear one.
    pub dense: Vec<Dense>,
}

/// A dense layer with an activation and dropout behind it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Dense {
    /// Units of the layer.
    #[schemars(range(min = 1, max = 65536))]
    pub units: usize,
    /// The nonlinearity.
    pub activation: ActivationSpec,
    /// Fraction of the units dropped in training.
    #[serde(default)]
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1.0))]
    pub dropout: f64,
}
