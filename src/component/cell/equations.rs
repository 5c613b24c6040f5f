use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder, Misfit, Mistake};
use crate::{
    component::{activation::Activations, init::InitializerSpec},
    equations::{Fault, Part, Program, Source},
    text,
};

/// A cell that the suite writes as equations.
///
/// # Definition
///
/// `step` has an equation on each line, in the order in which they are evaluated; `output` is what the next layer or the readout
/// reads. `x` is the input.
///
/// | written | is |
/// |---|---|
/// | `W_z x` | a trained matrix, any name that begins with a capital letter, applied to the vector behind it; the parameter `w_z`. Wherever it stands it is one matrix. `W_z^T v` is its transpose, `W_z[32] v` makes 32 units |
/// | `b`, `b1`, `b_z` | a trained vector |
/// | `vector(gain)`, `diagonal(u_h)`, `number(beta)` | a trained vector of another name, one that weighs a state unit by unit, and a single trained number |
/// | `a + b`, `a - b`, `a * b`, `a / b`, `v^2` | unit by unit; numbers mix with vectors |
/// | `h' = …` | what the state `h` becomes; `h` is what it was one step before, 0 at first, and `h'` may be read below |
/// | `h[-3]`, `x[-1]` | the state or value of that name 3 steps before, the input 1 step before |
/// | `[a, b]`, `v[0:16]` | vectors side by side, and the units from 0 to 15 |
/// | `z = …` | a name for what is used several times |
/// | `where(a < b, then, else)` | a choice, unit by unit, with `<`, `<=`, `>` or `>=` |
/// | `sum(v)`, `mean(v)` | a single number, which spreads to the units of what it meets; `spread(…)` says so |
/// | `normalize(v)` | (v − mean) / √(variance + ε) |
/// | `dropout(v, rate)`, `bernoulli(p)`, `uniform()`, `normal()` | random numbers, new at each step; with `once = 1` for each sequence; `evaluation = …` in their place when the network is evaluated |
/// | `clock(1, 2, 4)`, `first(5)` | 1 for each group of units at multiples of its period, else 0; 1 at the first 5 steps, then 0 |
/// | `gather(v, 2, 0, 1)`, `shuffle(v)`, `swap(v)`, `pairs(v, a, b)`, `fourier(v)`, `inverse_fourier(v)`, `fixed(v, rows, [row, column, number], …)` | constant matrices: units by number, in a random order, neighbours exchanged, each number to two neighbours times a and b, the unitary transform of real and imaginary parts, any other |
/// | `hidden`, `inputs`, `pi`, `0.5` | numbers |
///
/// Functions: `tanh`, `sigmoid`, `exp`, `expm1`, `ln`, `log1p`, `sqrt`, `square`, `abs`, `sin`, `cos`, and every registered activation
/// with `_` in place of `-`. A matrix binds closer than `*`; `#` begins a comment; a line may go on behind or before a sign, and within
/// brackets; `;` ends an equation as a line does.
///
/// Widths follow from each other: states have `hidden` units unless `states` says otherwise, and so has what nothing else decides. A
/// matrix on what depends on a state is `recurrent`, as is a `diagonal`, other matrices are `input`, vectors `bias`; `init` names them as
/// in registered cells, and `start` gives the cell's own laws. A first line `state h, c` says in which order states are counted.
///
/// `longlag describe cell NAME` shows the equations of every registered cell.
///
/// # Why it is here
///
/// A new cell is a few lines of mathematics. Written here it trains as fast as a registered one, since it is the same graph, with exact
/// derivatives, probes and the same bits everywhere. A trial is identified by that graph: names of values, spaces and comments change
/// nothing.
///
/// # Example
///
/// ```yaml
/// model:
///   cell:
///     kind: equations
///     step: |
///       z  = sigmoid(W_z x + U_z h + b_z)
///       n  = tanh(W_n x + U_n (z * h) + b_n)
///       h' = (1 - z) * h + z * n
///     output: h'
/// ```
///
/// # References
///
/// Stimberg, Brette, Goodman 2019, Brian 2, an intuitive and efficient neural simulator (doi:10.7554/eLife.47314), for models as
/// equations in strings. Elman 1990 for the network that stands here where a program asks for any.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Equations {
    /// The name in labels of arms, in place of the equations.
    #[serde(default)]
    #[schemars(length(min = 1), regex(pattern = text::NAME), extend("x-form" = text::NAME_FORM))]
    pub name: Option<String>,
    /// The equations, one on each line.
    pub step: String,
    /// The vector that the next layer or the readout reads.
    pub output: String,
    /// Numbers by name, which a sweep reaches as `model.cell.constants.NAME`.
    #[serde(default)]
    pub constants: BTreeMap<String, f64>,
    /// The units of states that have not `hidden` ones, by name.
    #[serde(default)]
    pub states: BTreeMap<String, usize>,
    /// The laws by which parameters start unless `init.parameters` names others, by name.
    #[serde(default)]
    pub start: BTreeMap<String, InitializerSpec>,
}

impl Default for Equations {
    fn default() -> Self {
        Self {
            name: None,
            step: "h' = tanh(W_xh x + W_hh h + b_h)".to_owned(),
            output: "h'".to_owned(),
            constants: BTreeMap::new(),
            states: BTreeMap::new(),
            start: BTreeMap::new(),
        }
    }
}

impl Equations {
    fn program(&self, inputs: usize, hidden: usize) -> Result<Program, Vec<Fault>> {
        let Self { step, output, constants, states, .. } = self;
        Source { step, output, constants, states, functions: &Activations }.program(inputs, hidden)
    }
}

impl Cell for Equations {
    fn step(&self, graph: &CellBuilder) {
        let inputs = graph.inputs();
        match self.program(inputs, graph.hidden()) {
            Ok(program) => program.write(&Activations, graph),
            // Its mistakes are told before anything is trained; what is built until then may be any cell.
            Err(_) => return graph.output(graph.next("h", graph.state("h"))),
        }
        for (name, law) in self.start.iter().filter(|(name, _)| graph.has_parameter(name)) {
            graph.start(name, law.clone());
        }
    }

    fn misfit(&self, inputs: usize, hidden: usize) -> Option<Misfit> {
        self.mistakes(inputs, hidden).into_iter().next().map(|mistake| mistake.misfit)
    }

    fn mistakes(&self, inputs: usize, hidden: usize) -> Vec<Mistake> {
        let program = match self.program(inputs, hidden) {
            Ok(program) => program,
            Err(faults) => return faults.into_iter().map(|fault| self.mistake(fault)).collect(),
        };
        let parameters = program.parameters(&Activations, inputs, hidden);
        let unknown = self.start.keys().filter(|name| !parameters.contains(name));
        let misfit = |name: &String| Misfit {
            setting: vec!["start".to_owned(), name.clone()],
            message: format!("the equations have no parameter `{name}`"),
            help: format!("their parameters: {}", parameters.join(", ")),
        };
        unknown.map(|name| misfit(name).into()).collect()
    }
}

impl Equations {
    /// A mistake of the parameter `name`, at the first place in the equations that names it; nothing where none does.
    pub fn at_parameter(&self, name: &str, message: &str, help: &str) -> Option<Mistake> {
        let is_of_word = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
        let stands_alone = |&(start, _): &(usize, &str)| {
            !self.step[..start].ends_with(is_of_word) && !self.step[start + name.len()..].starts_with(is_of_word)
        };
        let (start, _) = self.step.match_indices(name).find(stands_alone)?;
        let misfit = Misfit::new(message, help);
        let misfit = Misfit { setting: vec!["step".to_owned()], ..misfit };
        Some(Mistake { misfit, within: Some((self.step.clone(), start..start + name.len())) })
    }

    fn mistake(&self, Fault { part, span, message, help }: Fault) -> Mistake {
        let (setting, within) = match part {
            Part::Step => (vec!["step".to_owned()], Some((self.step.clone(), span))),
            Part::Output => (vec!["output".to_owned()], Some((self.output.clone(), span))),
            Part::Constant(name) => (vec!["constants".to_owned(), name], None),
            Part::State(name) => (vec!["states".to_owned(), name], None),
        };
        Mistake { misfit: Misfit { setting, message, help }, within }
    }
}
