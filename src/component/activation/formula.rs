use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Activation, Activations};
use crate::{
    component::misfit::{Misfit, Mistake},
    equations::{Fault, Part, Program, Value},
    graph::{Builder, Expr, Op},
};

/// An activation that the suite writes as a formula.
///
/// # Definition
///
/// f(x) is the value of `of`, unit by unit: an expression of `x`, numbers and functions, behind lines or parts ended by `;` that give
/// names to what is used several times.
///
/// - Signs: `+`, `-`, `*`, `/`, `v^2`, parentheses.
/// - Functions: `tanh`, `sigmoid`, `exp`, `expm1`, `ln`, `log1p`, `sqrt`, `square`, `abs`, `sin`, `cos`, and every registered
///   activation, `_` in place of `-` in its name, with its settings behind a comma: `leaky_relu(x, slope = 0.1)`.
/// - `where(a < b, then, else)` with `<`, `<=`, `>` or `>=`: a comparison with NaN is false; the derivative is that of the branch
///   taken.
/// - `vector(b_shift)`: a trained vector of one number per unit, called `b_` and a word of three letters at least.
/// - Numbers with names stand under `constants`, where a sweep reaches them: `model.cell.activation.constants.beta`.
///
/// The derivative is exact. Functions that are NaN for large numbers, such as ∞·0, need a `where` that keeps these away.
///
/// # Why it is here
///
/// An idea for an activation is a line of mathematics; it can be tried without a line of Rust.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: elman, activation: {kind: formula, of: "x * sigmoid(beta * x)", constants: {beta: 1.702}}}}
/// ```
///
/// # References
///
/// LeCun, Bottou, Orr, Müller 1998, Efficient BackProp, section 4.4, for 1.7159·tanh(2/3·x), the formula that stands here where a
/// program asks for any. Stimberg, Brette, Goodman 2019, Brian 2, an intuitive and efficient neural simulator, for models as
/// equations in strings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Formula {
    /// f(x), as text.
    pub of: String,
    /// Numbers by name.
    #[serde(default)]
    pub constants: BTreeMap<String, f64>,
}

impl Default for Formula {
    fn default() -> Self {
        Self { of: "1.7159 * tanh(2 / 3 * x)".to_owned(), constants: BTreeMap::new() }
    }
}

impl Formula {
    fn program(&self, width: usize) -> Result<Program, Vec<Fault>> {
        Value { of: &self.of, constants: &self.constants, functions: &Activations }.program(width)
    }
}

impl Activation for Formula {
    fn apply<'g>(&self, x: Expr<'g>) -> Expr<'g> {
        // Its mistakes are told before anything is trained; what is built until then may have any function here.
        self.program(x.width()).map_or(x, |program| program.apply(&Activations, x))
    }

    fn kinks(&self) -> Vec<f64> {
        let builder = Builder::new(1, 1);
        let x = builder.input();
        self.apply(x);
        let nodes = builder.into_nodes();
        let mut kinks: Vec<f64> = nodes
            .iter()
            .filter_map(|node| match node.op {
                Op::Select { value, threshold, .. } if nodes[value.0].op == Op::Input => Some(threshold),
                _ => None,
            })
            .collect();
        kinks.sort_by(f64::total_cmp);
        kinks.dedup();
        kinks
    }

    fn mistakes(&self) -> Vec<Mistake> {
        let faults = self.program(1).err().into_iter().flatten();
        let mistake = |Fault { part, span, message, help }| {
            let (setting, within) = match part {
                Part::Constant(name) | Part::State(name) => (vec!["constants".to_owned(), name], None),
                Part::Step | Part::Output => (vec!["of".to_owned()], Some((self.of.clone(), span))),
            };
            Mistake { misfit: Misfit { setting, message, help }, within }
        };
        faults.map(mistake).collect()
    }
}
