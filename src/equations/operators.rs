//! Signs between values: `+`, `-`, `*`, `/`, and functions of one value.

use super::{
    fault::Spot,
    lower::{Lowering, Value},
    program::{Form, Place},
};
use crate::graph::{Binary, Unary};

impl Lowering<'_> {
    pub(super) fn plus(&mut self, left: Value, right: Value, spot: &Spot) -> Value {
        match (left, right) {
            (Value::Number(left), Value::Number(right)) => self.finite(left + right, spot),
            (Value::Vector(value), Value::Number(shift)) | (Value::Number(shift), Value::Vector(value)) => {
                self.affine(value, 1.0, shift, spot)
            }
            _ => self.binary(Binary::Add, left, right, spot),
        }
    }

    pub(super) fn minus(&mut self, left: Value, right: Value, spot: &Spot) -> Value {
        match (left, right) {
            (Value::Number(left), Value::Number(right)) => self.finite(left - right, spot),
            (Value::Vector(value), Value::Number(shift)) => self.affine(value, 1.0, -shift, spot),
            (Value::Number(shift), Value::Vector(value)) => self.affine(value, -1.0, shift, spot),
            _ => self.binary(Binary::Subtract, left, right, spot),
        }
    }

    pub(super) fn times(&mut self, left: Value, right: Value, spot: &Spot) -> Value {
        match (left, right) {
            (Value::Number(left), Value::Number(right)) => self.finite(left * right, spot),
            (value @ Value::Vector(_), Value::Number(scale)) | (Value::Number(scale), value @ Value::Vector(_)) => {
                self.scaled(value, scale, spot)
            }
            _ => self.binary(Binary::Multiply, left, right, spot),
        }
    }

    pub(super) fn over(&mut self, left: Value, right: Value, spot: &Spot) -> Value {
        match (left, right) {
            (Value::Number(left), Value::Number(right)) => self.finite(left / right, spot),
            (value @ Value::Vector(_), Value::Number(divisor)) => self.scaled(value, 1.0 / divisor, spot),
            (Value::Number(number), Value::Vector(divisor)) => {
                let place = self.push(Form::Constant(number), self.width(divisor), spot);
                if self.is_single(divisor) {
                    self.make_single(place);
                }
                self.binary(Binary::Divide, Value::Vector(place), right, spot)
            }
            _ => self.binary(Binary::Divide, left, right, spot),
        }
    }

    /// The product with a number.
    pub(super) fn scaled(&mut self, value: Value, scale: f64, spot: &Spot) -> Value {
        match value {
            Value::Number(number) => self.finite(number * scale, spot),
            Value::Vector(place) => self.affine(place, scale, 0.0, spot),
            Value::Wrong => Value::Wrong,
        }
    }

    pub(super) fn affine(&mut self, value: Place, scale: f64, shift: f64, spot: &Spot) -> Value {
        if let Value::Wrong = self.finite(scale, spot) {
            return Value::Wrong;
        }
        Value::Vector(self.push(Form::Affine { value, scale, shift }, self.width(value), spot))
    }

    fn finite(&mut self, number: f64, spot: &Spot) -> Value {
        if number.is_finite() {
            return Value::Number(number);
        }
        let shown = self.excerpt(spot);
        self.wrong(spot, format!("`{shown}` is the number {number}"), "keep numbers finite")
    }

    fn binary(&mut self, function: Binary, left: Value, right: Value, spot: &Spot) -> Value {
        let (Value::Vector(left), Value::Vector(right)) = (left, right) else { return Value::Wrong };
        let Some([left, right]) = self.meet([left, right], spot) else { return Value::Wrong };
        Value::Vector(self.push(Form::Binary { function, left, right }, self.width(left), spot))
    }

    /// Two vectors as vectors of one width, a single number spread; tells if they cannot be.
    pub(super) fn meet(&mut self, places: [Place; 2], spot: &Spot) -> Option<[Place; 2]> {
        let spreads = places.iter().any(|place| !self.is_single(*place));
        let [left, right] = places.map(|place| if spreads { self.spread(place) } else { place });
        let Err([one, other]) = self.widths.unify(self.width(left), self.width(right)) else {
            return Some([left, right]);
        };
        let [first, second] = places.map(|place| self.excerpt(&self.spot_of(place)));
        let message = format!("`{first}` has {one} units and `{second}` has {other}, and they meet unit by unit");
        let help = format!("a matrix takes one to the other, as in `W[{one}] v`, and `[a, b]` puts both side by side");
        self.wrong(spot, message, help);
        None
    }

    /// A single number in each unit of a vector of any width; other vectors as they are.
    pub(super) fn spread(&mut self, place: Place) -> Place {
        if !self.is_single(place) {
            return place;
        }
        let (width, spot) = (self.widths.open(), self.spot_of(place));
        self.push(Form::Spread(place), width, &spot)
    }

    pub(super) fn unary(&mut self, function: Unary, value: Value, spot: &Spot) -> Value {
        match value {
            Value::Number(number) => self.finite(of_number(function, number), spot),
            Value::Vector(value) => Value::Vector(self.push(Form::Unary { function, value }, self.width(value), spot)),
            Value::Wrong => Value::Wrong,
        }
    }
}

fn of_number(function: Unary, number: f64) -> f64 {
    match function {
        Unary::Tanh => libm::tanh(number),
        Unary::Sigmoid => 1.0 / (1.0 + libm::exp(-number)),
        Unary::Exp => libm::exp(number),
        Unary::ExpM1 => libm::expm1(number),
        Unary::Ln => libm::log(number),
        Unary::Ln1P => libm::log1p(number),
        Unary::Sqrt => libm::sqrt(number),
        Unary::Square => number * number,
        Unary::Abs => number.abs(),
        Unary::Sin => libm::sin(number),
        Unary::Cos => libm::cos(number),
    }
}
