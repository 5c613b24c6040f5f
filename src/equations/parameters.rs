//! Trained matrices and vectors.

use super::{
    fault::Spot,
    lower::{Lowering, Matrix, Value},
    names::parameter_of,
    program::Form,
    syntax::Tree,
    width::WidthId,
};
use crate::graph::Kind;

impl Lowering<'_> {
    pub(super) fn matrix(
        &mut self,
        name: &str,
        rows: Option<&Tree>,
        transposed: bool,
        of: &Tree,
        spot: &Spot,
    ) -> Value {
        if self.is_pointwise() {
            return self.not_pointwise("a matrix", spot);
        }
        let value = self.vector_value(of);
        let rows = match rows {
            Some(rows) => self.integer(rows, 1).map(Some),
            None => Some(None),
        };
        let (Some(value), Some(rows)) = (value, rows) else { return Value::Wrong };
        let parameter = parameter_of(name);
        if self.vectors.contains_key(&parameter) || self.function_vectors.contains_key(&parameter) {
            let message = format!("the matrix `{name}` and the vector `{parameter}` would be one parameter");
            return self.wrong(spot, message, "give one of them another name");
        }
        if transposed && !self.matrices.contains_key(&parameter) {
            let message = format!("`{name}^T` stands before any `{name}`");
            return self.wrong(spot, message, "the first product with a matrix is the plain one");
        }
        let of_width = self.width(value);
        if !self.matrices.contains_key(&parameter) {
            let rows = self.widths.open();
            self.matrices.insert(parameter.clone(), Matrix { rows, columns: of_width });
        }
        let Matrix { rows: out, columns } = self.matrices[&parameter];
        let (from, to) = if transposed { (out, columns) } else { (columns, out) };
        if let Err([have, needs]) = self.widths.unify(of_width, from) {
            let shown = self.excerpt(&self.spot(of));
            let form = if transposed { format!("{name}^T") } else { name.to_owned() };
            let message =
                format!("`{form}` is applied to vectors of {needs} units elsewhere, and `{shown}` has {have}");
            return self.wrong(spot, message, "give one of the matrices another name");
        }
        if let Some(rows) = rows {
            let said = self.widths.of(rows);
            if let Err([have, _]) = self.widths.unify(to, said) {
                let message = format!("`{name}` makes {have} units elsewhere, and {rows} here");
                return self.wrong(spot, message, "give one of the matrices another name");
            }
        }
        Value::Vector(self.push(Form::Linear { value, name: parameter, transposed }, to, spot))
    }

    /// The trained vector `name`, the same wherever it is named.
    pub(super) fn vector(&mut self, name: &str, kind: Kind, width: Option<usize>, spot: &Spot) -> Value {
        if self.matrices.contains_key(name) {
            let message = format!("the vector `{name}` and a matrix would be one parameter");
            return self.wrong(spot, message, "give one of them another name");
        }
        let said = width.map(|units| self.widths.of(units));
        if let Some(&(place, known)) = self.vectors.get(name) {
            if known != kind {
                let message = format!("`{name}` is a diagonal of weights in one place and a vector in another");
                return self.wrong(spot, message, "write `diagonal(…)` or `vector(…)` in both");
            }
            if let Some(said) = said
                && let Err([have, other]) = self.widths.unify(self.width(place), said)
            {
                let message = format!("`{name}` has {have} units elsewhere and {other} here");
                return self.wrong(spot, message, "give one of them another name");
            }
            return Value::Vector(place);
        }
        if self.is_pointwise() && !is_formula_vector(name) {
            let message = format!("a trained vector of a formula cannot be called `{name}`");
            let help = "call it `b_` and a word of at least three letters, such as `b_shift`, which no cell has";
            return self.wrong(spot, message, help);
        }
        let width = match self.function_vectors.get(name) {
            Some(known) => *known,
            None if self.is_pointwise() => self.input,
            None => said.unwrap_or_else(|| self.widths.open()),
        };
        let place = self.push(Form::Vector { name: name.to_owned(), kind }, width, spot);
        self.vectors.insert(name.to_owned(), (place, kind));
        Value::Vector(place)
    }

    /// Ties the trained vectors of a function to the width of its argument.
    pub(super) fn function_vectors(&mut self, function: &str, width: WidthId, spot: &Spot) {
        for name in self.functions.vectors(function) {
            let own = self.vectors.get(&name).copied();
            if self.matrices.contains_key(&name) || own.is_some_and(|(_, kind)| kind != Kind::Bias) {
                let message = format!("`{function}` has a trained vector `{name}`, and so have the equations");
                self.wrong(spot, message, "give the other one another name");
                continue;
            }
            let known = *self.function_vectors.entry(name).or_insert(width);
            let own = own.map(|(place, _)| self.width(place));
            for other in own.into_iter().chain([known]) {
                if let Err([have, units]) = self.widths.unify(other, width) {
                    let message = format!("`{function}` is applied to {have} units and to {units}");
                    self.wrong(spot, message, "its trained vector has one width");
                }
            }
        }
    }
}

/// Whether no cell has a parameter of that name.
fn is_formula_vector(name: &str) -> bool {
    name.strip_prefix("b_").is_some_and(|word| word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_lowercase()))
}
