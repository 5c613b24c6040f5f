//! Functions by name.

use super::{
    fault::Spot,
    lower::{Lowering, Value},
    names::{CALLS, UNARY, is_name, usage},
    program::{Form, Place},
    syntax::{self, Argument, Tree, is_matrix},
    width::{Rule, WidthId},
};
use crate::{
    graph::{Fixed, Kind, Law, Relation, Renewal},
    text::nearest,
};

/// The functions that work unit by unit, and what is trained in such.
const POINTWISE: [&str; 4] = ["where", "vector", "constant", "affine"];

/// Arguments by the names of parameters.
type Bound<'t> = Vec<Option<&'t Tree>>;

impl Lowering<'_> {
    /// The value of a call.
    pub(super) fn call(&mut self, name: &str, arguments: &[Argument], spot: &Spot) -> Value {
        if name != "where"
            && let Some(compared) = arguments.iter().find_map(|argument| argument.compared.as_ref())
        {
            let help = "comparisons stand in `where(a < b, then, else)`";
            return self.wrong(&self.spot(&compared.1), "a comparison is no value", help);
        }
        if let Some((_, function)) = UNARY.iter().find(|(known, _)| *known == name) {
            let Some(bound) = self.bound(name, arguments, &["v"], 1, spot) else { return Value::Wrong };
            let value = self.argument(&bound, 0);
            return self.unary(*function, value, spot);
        }
        if self.functions().names().iter().any(|known| known == name) {
            return self.function(name, arguments, spot);
        }
        if usage(name).is_none() {
            return self.unknown_function(name, spot);
        }
        if self.is_pointwise() && !POINTWISE.contains(&name) {
            return self.not_pointwise(&format!("`{name}`"), spot);
        }
        match name {
            "where" => self.choice(arguments, spot),
            "gather" | "clock" | "fixed" => self.of_list(name, arguments, spot),
            "vector" | "diagonal" | "number" => self.trained(name, arguments, spot),
            "constant" | "bernoulli" | "uniform" | "normal" | "first" => self.source(name, arguments, spot),
            _ => self.of_vector(name, arguments, spot),
        }
    }

    fn unknown_function(&mut self, name: &str, spot: &Spot) -> Value {
        let functions = self.functions().names();
        let is_own = |name: &&str| !UNARY.iter().any(|(known, _)| known == name);
        let all = || UNARY.iter().map(|(name, _)| *name).chain(functions.iter().map(String::as_str).filter(is_own));
        let calls = CALLS.iter().map(|(name, _)| *name).filter(|name| !self.is_pointwise() || POINTWISE.contains(name));
        let known: Vec<&str> = all().chain(calls).collect();
        let help = match name {
            "max" => "write `where(a > b, a, b)`".to_owned(),
            "min" => "write `where(a < b, a, b)`".to_owned(),
            "log" => "the natural logarithm is `ln`".to_owned(),
            "concat" => "write `[a, b]`".to_owned(),
            "softmax" => "write `e = exp(v)` and `e / sum(e)`".to_owned(),
            "norm" => "write `sqrt(sum(v^2))`".to_owned(),
            _ => match nearest(name, &known) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("valid: {}", known.join(", ")),
            },
        };
        self.wrong(spot, format!("there is no function `{name}`"), help)
    }

    /// The arguments of a call by the parameters' `names`, of which the first `needed` must be given.
    fn bound<'t>(
        &mut self,
        function: &str,
        arguments: &'t [Argument],
        names: &[&str],
        needed: usize,
        spot: &Spot,
    ) -> Option<Bound<'t>> {
        let help = usage(function).map_or_else(|| format!("write `{function}(v)`"), |usage| format!("write `{usage}`"));
        let mut bound: Bound<'t> = vec![None; names.len()];
        for (index, argument) in arguments.iter().enumerate() {
            let at = match &argument.name {
                Some(name) => names.iter().position(|known| known == name),
                None => (index < names.len()).then_some(index),
            };
            let given = at.and_then(|at| bound.get_mut(at)).filter(|slot| slot.is_none());
            let Some(slot) = given else {
                let message = match &argument.name {
                    Some(name) if at.is_none() => format!("`{function}` has no argument `{name}`"),
                    Some(name) => format!("`{name}` is given twice"),
                    None if at.is_some() => format!("an argument of `{function}` is given twice"),
                    None => format!("`{function}` has {} arguments at most", names.len()),
                };
                self.wrong(&self.spot(&argument.value), message, help);
                return None;
            };
            *slot = Some(&argument.value);
        }
        if let Some(missing) = bound[..needed].iter().position(Option::is_none) {
            self.wrong(spot, format!("`{function}` lacks its argument `{}`", names[missing]), help);
            return None;
        }
        Some(bound)
    }

    fn argument(&mut self, bound: &Bound<'_>, index: usize) -> Value {
        bound[index].map_or(Value::Wrong, |tree| self.value(tree))
    }

    fn vector_argument(&mut self, bound: &Bound<'_>, index: usize) -> Option<Place> {
        bound[index].and_then(|tree| self.vector_value(tree))
    }

    fn number_or(&mut self, bound: &Bound<'_>, index: usize, otherwise: f64) -> Option<f64> {
        bound[index].map_or(Some(otherwise), |tree| self.number(tree))
    }

    fn integer_or(&mut self, bound: &Bound<'_>, index: usize, least: usize, otherwise: usize) -> Option<usize> {
        bound[index].map_or(Some(otherwise), |tree| self.integer(tree, least))
    }

    /// A width that is said, or open.
    fn width_or_open(&mut self, bound: &Bound<'_>, index: usize) -> Option<WidthId> {
        match bound[index] {
            Some(tree) => self.integer(tree, 1).map(|units| self.widths.of(units)),
            None => Some(self.widths.open()),
        }
    }

    fn function(&mut self, name: &str, arguments: &[Argument], spot: &Spot) -> Value {
        let settings = self.functions().settings(name);
        let names: Vec<&str> = ["v"].into_iter().chain(settings.iter().map(String::as_str)).collect();
        let Some(bound) = self.bound(name, arguments, &names, 1, spot) else { return Value::Wrong };
        let value = self.vector_argument(&bound, 0);
        let mut given = vec![];
        for (index, setting) in settings.iter().enumerate() {
            if let Some(tree) = bound[index + 1] {
                let Some(number) = self.number(tree) else { return Value::Wrong };
                given.push((setting.clone(), number));
            }
        }
        let Some(value) = value else { return Value::Wrong };
        let width = self.width(value);
        self.function_vectors(name, width, spot);
        Value::Vector(self.push(Form::Function { name: name.to_owned(), settings: given, value }, width, spot))
    }

    fn choice(&mut self, arguments: &[Argument], spot: &Spot) -> Value {
        let [condition, then, otherwise] = arguments else {
            return self.wrong(spot, "`where` has three arguments", "write `where(a < b, then, else)`");
        };
        let Some((relation, right)) = &condition.compared else {
            let message = "the first argument of `where` is no comparison";
            return self.wrong(&self.spot(&condition.value), message, "write `where(a < b, then, else)`");
        };
        let left = self.value(&condition.value);
        let right = self.value(right);
        let (value, relation, threshold) = match (left, right) {
            (Value::Vector(value), Value::Number(threshold)) => (value, *relation, threshold),
            (Value::Number(threshold), Value::Vector(value)) => (value, flipped(*relation), threshold),
            (Value::Number(left), Value::Number(right)) => {
                let holds = match relation {
                    Relation::Less => left < right,
                    Relation::LessOrEqual => left <= right,
                    Relation::Greater => left > right,
                    Relation::GreaterOrEqual => left >= right,
                };
                let (then, otherwise) = (self.value(&then.value), self.value(&otherwise.value));
                return if holds { then } else { otherwise };
            }
            _ => match self.minus(left, right, spot) {
                Value::Vector(difference) => (difference, *relation, 0.0),
                _ => return Value::Wrong,
            },
        };
        let branches = [self.value(&then.value), self.value(&otherwise.value)];
        let singles = branches.iter().all(|branch| match branch {
            Value::Vector(place) => self.is_single(*place),
            _ => true,
        });
        let value = if singles { value } else { self.spread(value) };
        let mut places = vec![];
        for branch in branches {
            let place = match branch {
                Value::Number(number) => self.push(Form::Constant(number), self.width(value), spot),
                Value::Vector(place) => match self.meet([value, place], spot) {
                    Some([_, place]) => place,
                    None => return Value::Wrong,
                },
                Value::Wrong => return Value::Wrong,
            };
            places.push(place);
        }
        let (then, otherwise) = (places[0], places[1]);
        Value::Vector(self.push(Form::Select { value, relation, threshold, then, otherwise }, self.width(value), spot))
    }

    /// A trained vector, whose name is no value.
    fn trained(&mut self, function: &str, arguments: &[Argument], spot: &Spot) -> Value {
        let names: &[&str] = if function == "number" { &["name"] } else { &["name", "width"] };
        let Some(bound) = self.bound(function, arguments, names, 1, spot) else { return Value::Wrong };
        let Some(tree) = bound[0] else { return Value::Wrong };
        let name = match &tree.form {
            syntax::Form::Name { name, primed: false } if is_name(name) && !is_matrix(name) => name,
            _ => {
                let shown = self.excerpt(&self.spot(tree));
                let help = format!("write `{function}(gain)`; names of vectors begin with a small letter");
                return self.wrong(&self.spot(tree), format!("`{shown}` is no name of a trained vector"), help);
            }
        };
        let width = match bound.get(1).copied().flatten() {
            Some(tree) => match self.integer(tree, 1) {
                Some(width) => Some(width),
                None => return Value::Wrong,
            },
            None => (function == "number").then_some(1),
        };
        let kind = if function == "diagonal" { Kind::Recurrent } else { Kind::Bias };
        let value = self.vector(name, kind, width, spot);
        if let (Value::Vector(place), "number") = (value, function) {
            self.make_single(place);
        }
        value
    }

    /// A vector that is made of none.
    fn source(&mut self, function: &str, arguments: &[Argument], spot: &Spot) -> Value {
        let (names, needed): (&[&str], usize) = match function {
            "constant" => (&["value", "width"], 1),
            "first" => (&["steps", "width"], 1),
            "bernoulli" => (&["probability", "value", "evaluation", "once", "width"], 1),
            _ => (&["evaluation", "once", "width"], 0),
        };
        let Some(bound) = self.bound(function, arguments, names, needed, spot) else { return Value::Wrong };
        let Some(width) = self.width_or_open(&bound, names.len() - 1) else { return Value::Wrong };
        let form = match function {
            "constant" => self.number_or(&bound, 0, 0.0).map(Form::Constant),
            "first" => self.integer_or(&bound, 0, 1, 1).map(Form::First),
            "bernoulli" => self.bernoulli(&bound, spot),
            _ => {
                let (law, middle) = if function == "uniform" { (Law::Uniform, 0.5) } else { (Law::Normal, 0.0) };
                let (evaluation, renewal) = (self.number_or(&bound, 0, middle), self.renewal(&bound, 1));
                evaluation.zip(renewal).map(|(evaluation, renewal)| Form::Random { law, renewal, evaluation })
            }
        };
        match form {
            Some(form) => Value::Vector(self.push(form, width, spot)),
            None => Value::Wrong,
        }
    }

    fn bernoulli(&mut self, bound: &Bound<'_>, spot: &Spot) -> Option<Form> {
        let probability = self.number_or(bound, 0, 0.5)?;
        let (value, evaluation) = (self.number_or(bound, 1, 1.0)?, self.number_or(bound, 2, 1.0)?);
        let renewal = self.renewal(bound, 3)?;
        if !(0.0..=1.0).contains(&probability) {
            self.wrong(spot, format!("{probability} is no probability"), "give a number from 0 to 1");
            return None;
        }
        Some(Form::Random { law: Law::Bernoulli { probability, value }, renewal, evaluation })
    }

    fn renewal(&mut self, bound: &Bound<'_>, index: usize) -> Option<Renewal> {
        Some(if self.number_or(bound, index, 0.0)? == 0.0 { Renewal::Step } else { Renewal::Sequence })
    }

    /// A vector that is made of another one.
    fn of_vector(&mut self, function: &str, arguments: &[Argument], spot: &Spot) -> Value {
        let (names, needed): (&[&str], usize) = match function {
            "affine" => (&["v", "scale", "shift"], 3),
            "dropout" => (&["v", "rate"], 2),
            "normalize" => (&["v", "epsilon"], 1),
            "spread" => (&["v", "width"], 1),
            "swap" => (&["v", "first"], 1),
            "pairs" => (&["v", "a", "b", "first"], 3),
            _ => (&["v"], 1),
        };
        let Some(bound) = self.bound(function, arguments, names, needed, spot) else { return Value::Wrong };
        let Some(value) = self.vector_argument(&bound, 0) else { return Value::Wrong };
        self.made_of(function, value, &bound, spot).map_or(Value::Wrong, Value::Vector)
    }

    fn made_of(&mut self, function: &str, value: Place, bound: &Bound<'_>, spot: &Spot) -> Option<Place> {
        let width = self.width(value);
        let (form, width) = match function {
            "affine" => {
                let (scale, shift) = (self.number_or(bound, 1, 1.0)?, self.number_or(bound, 2, 0.0)?);
                (Form::Affine { value, scale, shift }, width)
            }
            "dropout" => {
                let rate = self.number_or(bound, 1, 0.0)?;
                if !(0.0..1.0).contains(&rate) {
                    self.wrong(spot, format!("{rate} is no rate of dropout"), "give a number from 0 to below 1");
                    return None;
                }
                (Form::Dropout { value, rate }, width)
            }
            "normalize" => {
                let epsilon = self.number_or(bound, 1, 1e-5)?;
                if epsilon <= 0.0 {
                    self.wrong(spot, format!("{epsilon} is no epsilon"), "give a number above 0");
                    return None;
                }
                (Form::Normalized { value, epsilon }, width)
            }
            "sum" => (Form::Sum(value), self.widths.of(1)),
            "mean" => (Form::Mean(value), self.widths.of(1)),
            "spread" => {
                let one = self.widths.of(1);
                if let Err([units, _]) = self.widths.unify(width, one) {
                    let message = format!("only a single number is spread, and this has {units} units");
                    self.wrong(spot, message, "write `spread(sum(v))`, or another single number");
                    return None;
                }
                (Form::Spread(value), self.width_or_open(bound, 1)?)
            }
            "swap" => {
                let first = self.integer_or(bound, 1, 0, 0)?;
                (Form::Swapped { value, first }, width)
            }
            "pairs" => {
                let signs = [self.number_or(bound, 1, 1.0)?, self.number_or(bound, 2, 1.0)?];
                let first = self.integer_or(bound, 3, 0, 0)?;
                let units = self.widths.open();
                self.widths.rule(Rule::Pairs { pairs: width, units, first }, spot.clone());
                (Form::Paired { value, signs, first }, units)
            }
            "shuffle" => (Form::Shuffled(value), width),
            _ => {
                self.widths.rule(Rule::Halves { of: width, most: Fixed::LARGEST_FOURIER }, spot.clone());
                (Form::Fourier { value, inverse: function == "inverse_fourier" }, width)
            }
        };
        Some(self.push(form, width, spot))
    }

    /// A vector that is made with a list of numbers.
    fn of_list(&mut self, function: &str, arguments: &[Argument], spot: &Spot) -> Value {
        let help = usage(function).map(|usage| format!("write `{usage}`")).unwrap_or_default();
        if let Some(named) = arguments.iter().find(|argument| argument.name.is_some()) {
            return self.wrong(&self.spot(&named.value), format!("`{function}` has no such argument"), help);
        }
        let least = if function == "fixed" { 3 } else { 2 - usize::from(function == "clock") };
        if arguments.len() < least {
            return self.wrong(spot, format!("`{function}` lacks an argument"), help);
        }
        let trees: Vec<&Tree> = arguments.iter().map(|argument| &argument.value).collect();
        let made = match function {
            "clock" => self.clock(&trees, spot),
            "gather" => self.gathered(&trees, spot),
            _ => self.fixed(&trees, spot),
        };
        made.map_or(Value::Wrong, Value::Vector)
    }

    fn integers(&mut self, trees: &[&Tree], least: usize) -> Option<Vec<usize>> {
        trees.iter().map(|tree| self.integer(tree, least)).collect()
    }

    fn clock(&mut self, trees: &[&Tree], spot: &Spot) -> Option<Place> {
        let periods = self.integers(trees, 1)?;
        let width = self.widths.open();
        self.widths.rule(Rule::AtLeast { of: width, least: periods.len() }, spot.clone());
        Some(self.push(Form::Clock(periods), width, spot))
    }

    fn gathered(&mut self, trees: &[&Tree], spot: &Spot) -> Option<Place> {
        let value = self.vector_value(trees[0])?;
        let units = self.integers(&trees[1..], 0)?;
        let least = units.iter().max().map_or(0, |most| most + 1);
        self.widths.rule(Rule::AtLeast { of: self.width(value), least }, spot.clone());
        let width = self.widths.of(units.len());
        Some(self.push(Form::Gather { value, units }, width, spot))
    }

    fn fixed(&mut self, trees: &[&Tree], spot: &Spot) -> Option<Place> {
        let value = self.vector_value(trees[0])?;
        let rows = self.integer(trees[1], 1)?;
        let mut entries = vec![];
        let mut columns = 0;
        for tree in &trees[2..] {
            let syntax::Form::Concat(parts) = &tree.form else {
                self.wrong(&self.spot(tree), "an entry is `[row, column, number]`", "rows and columns count from 0");
                return None;
            };
            let [row, column, entry] = &parts[..] else {
                self.wrong(&self.spot(tree), "an entry is `[row, column, number]`", "rows and columns count from 0");
                return None;
            };
            let (row, column, entry) = (self.integer(row, 0)?, self.integer(column, 0)?, self.number(entry)?);
            if row >= rows {
                self.wrong(&self.spot(tree), format!("there is no row {row} of {rows}"), "rows count from 0");
                return None;
            }
            columns = columns.max(column + 1);
            entries.push((row, column, entry));
        }
        entries.sort_by_key(|(row, column, _)| (*row, *column));
        if entries.windows(2).any(|pair| pair[0].0 == pair[1].0 && pair[0].1 == pair[1].1) {
            self.wrong(spot, "one entry is given twice", "delete one of them");
            return None;
        }
        self.widths.rule(Rule::AtLeast { of: self.width(value), least: columns }, spot.clone());
        let width = self.widths.of(rows);
        Some(self.push(Form::Fixed { value, entries }, width, spot))
    }
}

/// The relation with its sides exchanged.
fn flipped(relation: Relation) -> Relation {
    match relation {
        Relation::Less => Relation::Greater,
        Relation::LessOrEqual => Relation::GreaterOrEqual,
        Relation::Greater => Relation::Less,
        Relation::GreaterOrEqual => Relation::LessOrEqual,
    }
}
