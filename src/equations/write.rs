//! From a program to a graph.

use super::{
    functions::Functions,
    program::{Form, Place, Program},
};
use crate::graph::{Builder, Clock, Expr, Fixed, Kind, Renewal, concat, select};

impl Program {
    /// Writes one step of a cell into `builder`: states, their next values, and the output.
    pub fn write(&self, functions: &dyn Functions, builder: &Builder) {
        let values = self.values(functions, builder, || builder.input());
        for state in &self.states {
            builder.next(&state.name, values[state.next.0]);
        }
        builder.output(values[self.output.0]);
    }

    /// The names of the parameters of the step.
    pub fn parameters(&self, functions: &dyn Functions, inputs: usize, hidden: usize) -> Vec<String> {
        let builder = Builder::new(inputs, hidden);
        self.write(functions, &builder);
        builder.finish().parameters.into_iter().map(|parameter| parameter.name).collect()
    }

    /// Writes one function of `x` behind it.
    pub fn apply<'g>(&self, functions: &dyn Functions, x: Expr<'g>) -> Expr<'g> {
        self.values(functions, x.builder(), || x)[self.output.0]
    }

    /// The names of the states, in their order.
    pub fn states(&self) -> impl Iterator<Item = &str> {
        self.states.iter().map(|state| state.name.as_str())
    }

    fn values<'g>(
        &self,
        functions: &dyn Functions,
        builder: &'g Builder,
        input: impl Fn() -> Expr<'g>,
    ) -> Vec<Expr<'g>> {
        // A state's number is that of its first reading.
        for (index, state) in self.states.iter().enumerate() {
            let delays = self.nodes.iter().filter_map(|node| match node.form {
                Form::Previous { state, delay } if state == index => Some(delay),
                _ => None,
            });
            builder.delayed(&state.name, state.width, delays.min().unwrap_or(1));
        }
        let mut values: Vec<Expr<'g>> = Vec::with_capacity(self.nodes.len());
        for (node, &width) in self.nodes.iter().zip(&self.widths) {
            let at = |place: Place| values[place.0];
            let value = match &node.form {
                Form::Input => input(),
                Form::Previous { state, delay } => builder.delayed(&self.states[*state].name, width, *delay),
                Form::Vector { name, kind: Kind::Recurrent } => builder.diagonal_of(name, width),
                Form::Vector { name, .. } => builder.vector_of(name, width),
                Form::Constant(number) => builder.constant(*number, width),
                Form::Random { law, renewal: Renewal::Step, evaluation } => builder.random(*law, *evaluation, width),
                Form::Random { law, evaluation, .. } => builder.random_once(*law, *evaluation, width),
                Form::Clock(periods) => builder.clock(&Clock::grouped(width, periods)),
                Form::First(steps) => builder.first(*steps, width),
                Form::Linear { value, name, transposed: false } => at(*value).linear_to(name, width),
                Form::Linear { value, name, .. } => at(*value).linear_transposed(name),
                Form::Slice { value, from } => at(*value).slice(*from..from + width),
                Form::Gather { value, units } => at(*value).gather(units),
                Form::Sum(value) => at(*value).sum(),
                Form::Mean(value) => {
                    let value = at(*value);
                    value.sum() / value.width() as f64
                }
                Form::Spread(value) => at(*value).spread(width),
                Form::Normalized { value, epsilon } => at(*value).normalized(*epsilon),
                Form::Dropout { value, rate } => at(*value).dropout(*rate),
                Form::Fourier { value, inverse } => at(*value).fixed(&Fixed::fourier(width / 2, *inverse)),
                Form::Shuffled(value) => at(*value).gather(&Fixed::shuffled(width)),
                Form::Swapped { value, first } => at(*value).gather(&Fixed::swapped(width, *first)),
                Form::Paired { value, signs, first } => at(*value).fixed(&Fixed::paired(width, *first, *signs)),
                Form::Fixed { value, entries } => {
                    let value = at(*value);
                    value.fixed(&Fixed::sparse(width, value.width(), entries.clone()))
                }
                Form::Concat(parts) => concat(&parts.iter().map(|part| at(*part)).collect::<Vec<_>>()),
                Form::Affine { value, scale, shift } => at(*value).affine(*scale, *shift),
                Form::Unary { function, value } => at(*value).unary(*function),
                Form::Binary { function, left, right } => at(*left).binary(*function, at(*right)),
                Form::Select { value, relation, threshold, then, otherwise } => {
                    select(at(*value), *relation, *threshold, at(*then), at(*otherwise))
                }
                Form::Function { name, settings, value } => functions.apply(name, settings, at(*value)),
            };
            values.push(value);
        }
        values
    }
}
