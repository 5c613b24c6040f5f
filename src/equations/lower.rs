//! From the syntax tree to a program: names are resolved, widths found.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    fault::{Fault, Part, Spot},
    functions::Functions,
    names::{CALLS, NUMBERS, UNARY, is_bias, is_reserved},
    program::{Form, Node, Place},
    source::{MAX_NODES, Source, Value as ValueSource},
    syntax::{self, Statement, Tree},
    width::{MAX_WIDTH, Rule, WidthId, Widths},
};
use crate::{
    graph::Kind,
    text::{nearest, shortened},
};

/// The furthest step before this one that a state is read from.
pub(super) const MAX_DELAY: usize = 10_000;

/// The meaning of an expression.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value {
    Number(f64),
    Vector(Place),
    /// A mistake in it is told already.
    Wrong,
}

/// A value with a name.
pub(super) struct Local {
    pub value: Value,
    pub spot: Spot,
    pub used: bool,
}

/// A state as far as it is known.
pub(super) struct Draft {
    pub name: String,
    pub width: WidthId,
    pub spot: Spot,
}

/// The next value of a state.
pub(super) struct Next {
    pub place: Option<Place>,
}

/// A matrix that was met.
pub(super) struct Matrix {
    pub rows: WidthId,
    pub columns: WidthId,
}

/// The lowering of one text.
pub(super) struct Lowering<'a> {
    pub(super) functions: &'a dyn Functions,
    pub(super) constants: &'a BTreeMap<String, f64>,
    pub(super) declared: Option<&'a BTreeMap<String, usize>>,
    pub(super) texts: [&'a str; 2],
    pub(super) sizes: Option<[usize; 2]>,
    pub(super) input: WidthId,
    pub(super) part: Part,
    pub(super) nodes: Vec<Node>,
    pub(super) spots: Vec<Spot>,
    pub(super) widths: Widths,
    pub(super) locals: BTreeMap<String, Local>,
    /// The names that lines say, plain and primed.
    pub(super) said: [BTreeSet<String>; 2],
    pub(super) next: BTreeMap<String, Next>,
    pub(super) states: Vec<Draft>,
    pub(super) previous: BTreeMap<(usize, usize), Place>,
    pub(super) read_input: Option<Place>,
    pub(super) matrices: BTreeMap<String, Matrix>,
    pub(super) vectors: BTreeMap<String, (Place, Kind)>,
    pub(super) function_vectors: BTreeMap<String, WidthId>,
    pub(super) used_constants: BTreeSet<String>,
    pub(super) faults: Vec<Fault>,
}

impl<'a> Lowering<'a> {
    pub(super) fn of_cell(source: &Source<'a>, inputs: usize, hidden: usize) -> Self {
        let texts = [source.step, source.output];
        let mut lowering = Self::new(source.functions, source.constants, texts, Some([inputs, hidden]));
        lowering.declared = Some(source.states);
        lowering.input = lowering.widths.of(inputs);
        lowering
    }

    pub(super) fn of_value(source: &ValueSource<'a>, width: usize) -> Self {
        let mut lowering = Self::new(source.functions, source.constants, [source.of, ""], None);
        lowering.input = lowering.widths.of(width);
        lowering
    }

    fn new(
        functions: &'a dyn Functions,
        constants: &'a BTreeMap<String, f64>,
        texts: [&'a str; 2],
        sizes: Option<[usize; 2]>,
    ) -> Self {
        let mut widths = Widths::default();
        Self {
            functions,
            constants,
            declared: None,
            texts,
            sizes,
            input: widths.open(),
            part: Part::Step,
            nodes: vec![],
            spots: vec![],
            widths,
            locals: BTreeMap::new(),
            said: Default::default(),
            next: BTreeMap::new(),
            states: vec![],
            previous: BTreeMap::new(),
            read_input: None,
            matrices: BTreeMap::new(),
            vectors: BTreeMap::new(),
            function_vectors: BTreeMap::new(),
            used_constants: BTreeSet::new(),
            faults: vec![],
        }
    }

    pub(super) fn functions(&self) -> &'a dyn Functions {
        self.functions
    }

    /// Whether the text is one function, unit by unit, and no cell.
    pub(super) fn is_pointwise(&self) -> bool {
        self.sizes.is_none()
    }

    pub(super) fn spot(&self, tree: &Tree) -> Spot {
        Spot { part: self.part.clone(), span: tree.span.clone() }
    }

    /// The text at a spot, as messages show it.
    pub(super) fn excerpt(&self, spot: &Spot) -> String {
        let text = if spot.part == Part::Output { self.texts[1] } else { self.texts[0] };
        let text = text.get(spot.span.clone()).unwrap_or_default();
        shortened(&text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// Notes a mistake.
    pub(super) fn wrong(&mut self, spot: &Spot, message: impl Into<String>, help: impl Into<String>) -> Value {
        self.faults.push(spot.fault(message, help));
        Value::Wrong
    }

    /// Adds a node.
    pub(super) fn push(&mut self, form: Form, width: WidthId, spot: &Spot) -> Place {
        let single = match &form {
            Form::Sum(_) | Form::Mean(_) => true,
            Form::Affine { .. } | Form::Unary { .. } | Form::Binary { .. } | Form::Function { .. } => {
                form.operands().iter().all(|operand| self.nodes[operand.0].single)
            }
            Form::Select { value, .. } => self.nodes[value.0].single,
            _ => false,
        };
        self.nodes.push(Node { form, width, single });
        self.spots.push(spot.clone());
        Place(self.nodes.len() - 1)
    }

    pub(super) fn width(&self, place: Place) -> WidthId {
        self.nodes[place.0].width
    }

    pub(super) fn is_single(&self, place: Place) -> bool {
        self.nodes[place.0].single
    }

    /// Makes a vector a single number, which is spread where it meets others.
    pub(super) fn make_single(&mut self, place: Place) {
        self.nodes[place.0].single = true;
    }

    pub(super) fn spot_of(&self, place: Place) -> Spot {
        self.spots[place.0].clone()
    }

    /// Reads lines, in their order.
    pub(super) fn statements(&mut self, part: Part, statements: &[Statement]) {
        self.part = part;
        for statement in statements {
            if let Statement::Assigned { name, primed, .. } = statement {
                self.said[usize::from(*primed)].insert(name.clone());
            }
        }
        for statement in statements {
            if self.is_too_large() {
                return;
            }
            match statement {
                Statement::Assigned { name, primed: false, name_span, value } => {
                    let spot = Spot { part: self.part.clone(), span: name_span.clone() };
                    self.local(name, &spot, value);
                }
                Statement::Assigned { name, name_span, value, .. } => {
                    let spot = Spot { part: self.part.clone(), span: name_span.clone() };
                    self.becomes(name, &spot, value);
                }
                Statement::States(names) => {
                    for (name, span, width) in names {
                        let spot = Spot { part: self.part.clone(), span: span.clone() };
                        self.announced(name, width.as_ref(), &spot);
                    }
                }
            }
        }
    }

    /// Whether there are more vectors than a text may make, which is told once.
    pub(super) fn is_too_large(&mut self) -> bool {
        let too_large = self.nodes.len() > MAX_NODES;
        if too_large && !self.faults.iter().any(|fault| fault.message.contains("vectors at each step")) {
            let spot = self.spots[MAX_NODES].clone();
            let message = format!("from here on there are more than {MAX_NODES} vectors at each step");
            self.wrong(&spot, message, "shorten the equations");
        }
        too_large
    }

    pub(super) fn local(&mut self, name: &str, spot: &Spot, tree: &Tree) {
        let value = self.value(tree);
        if let Some((message, help)) = self.no_name(name) {
            self.wrong(spot, message, help);
        } else if self.said[1].contains(name) {
            let message = format!("`{name}` is both a value of this step and a state");
            self.wrong(spot, message, format!("`{name}'` says what the state becomes; give the value another name"));
        } else if self.locals.contains_key(name) {
            self.wrong(spot, format!("`{name}` is said twice"), "give one of them another name");
        } else {
            self.locals.insert(name.to_owned(), Local { value, spot: spot.clone(), used: false });
        }
    }

    /// Why nothing can be called so.
    pub(super) fn no_name(&self, name: &str) -> Option<(String, &'static str)> {
        if name == "x" {
            return Some(("`x` is the input and cannot be set".to_owned(), "choose another name"));
        }
        if is_reserved(name) {
            return Some((format!("`{name}` has a meaning of its own"), "choose another name"));
        }
        if self.constants.contains_key(name) {
            return Some((format!("`{name}` is one of the constants"), "choose another name"));
        }
        if is_bias(name) {
            let message = format!("`{name}` is the name of a trained vector and cannot be set");
            return Some((message, "choose another name; `b`, `b1` and `b_…` are trained"));
        }
        self.is_function(name).then(|| (format!("`{name}` is the name of a function"), "choose another name"))
    }

    pub(super) fn is_function(&self, name: &str) -> bool {
        CALLS.iter().any(|(known, _)| *known == name)
            || UNARY.iter().any(|(known, _)| *known == name)
            || self.functions.names().iter().any(|known| known == name)
    }

    /// The value of an expression.
    pub(super) fn value(&mut self, tree: &Tree) -> Value {
        if self.nodes.len() > MAX_NODES {
            return Value::Wrong;
        }
        let spot = self.spot(tree);
        match &tree.form {
            syntax::Form::Number(number) => Value::Number(*number),
            syntax::Form::Name { name, primed: false } => self.name(name, &spot),
            syntax::Form::Name { name, .. } => self.primed(name, &spot),
            syntax::Form::Index { of, at } => self.delayed(of, at, &spot),
            syntax::Form::Slice { of, from, to } => self.slice(of, from.as_deref(), to.as_deref(), &spot),
            syntax::Form::Matrix { name, rows, transposed, of } => {
                self.matrix(name, rows.as_deref(), *transposed, of, &spot)
            }
            syntax::Form::Call { name, arguments } => self.call(name, arguments, &spot),
            syntax::Form::Concat(parts) => self.concat(parts, &spot),
            syntax::Form::Negative(of) => {
                let value = self.value(of);
                self.scaled(value, -1.0, &spot)
            }
            syntax::Form::Square(of) => {
                let value = self.value(of);
                self.unary(crate::graph::Unary::Square, value, &spot)
            }
            syntax::Form::Sum(terms) => self.chain(terms, &spot, |lowering, subtracted, left, right, spot| {
                if subtracted { lowering.minus(left, right, spot) } else { lowering.plus(left, right, spot) }
            }),
            syntax::Form::Product(factors) => self.chain(factors, &spot, |lowering, divides, left, right, spot| {
                if divides { lowering.over(left, right, spot) } else { lowering.times(left, right, spot) }
            }),
        }
    }

    pub(super) fn chain(
        &mut self,
        parts: &[(bool, Tree)],
        spot: &Spot,
        join: impl Fn(&mut Self, bool, Value, Value, &Spot) -> Value,
    ) -> Value {
        let mut parts = parts.iter();
        let Some((_, first)) = parts.next() else { return Value::Wrong };
        let mut value = self.value(first);
        while let Some((second, part)) = parts.next() {
            let right = self.value(part);
            if self.nodes.len() > MAX_NODES {
                return Value::Wrong;
            }
            let end = if parts.len() == 0 { spot.span.end } else { part.span.end };
            let spot = Spot { part: spot.part.clone(), span: spot.span.start..end };
            value = join(self, *second, value, right, &spot);
        }
        value
    }

    pub(super) fn name(&mut self, name: &str, spot: &Spot) -> Value {
        if let Some(constant) = self.constants.get(name) {
            self.used_constants.insert(name.to_owned());
            return Value::Number(*constant);
        }
        if let Some(local) = self.locals.get_mut(name) {
            local.used = true;
            return local.value;
        }
        if name == "x" {
            return self.read_input(spot);
        }
        match (name, self.sizes) {
            ("pi", _) => return Value::Number(std::f64::consts::PI),
            ("hidden", Some([_, hidden])) => return Value::Number(hidden as f64),
            ("inputs", Some([inputs, _])) => return Value::Number(inputs as f64),
            _ => {}
        }
        if is_bias(name) {
            return self.vector(name, Kind::Bias, None, spot);
        }
        let is_state = self.said[1].contains(name) || self.declared.is_some_and(|states| states.contains_key(name));
        if is_state && !self.is_pointwise() {
            return self.read(name, 1, spot);
        }
        if self.said[0].contains(name) {
            let message = format!("`{name}` is used before the line that says what it is");
            let help = format!(
                "move that line up; what it was one step before is `{name}[-1]`, and a state is continued by `{name}' = …`"
            );
            return self.wrong(spot, message, help);
        }
        self.unknown(name, spot)
    }

    pub(super) fn unknown(&mut self, name: &str, spot: &Spot) -> Value {
        if self.is_function(name) {
            let message = format!("`{name}` is a function and is applied to nothing");
            return self.wrong(spot, message, format!("write `{name}(…)`"));
        }
        let known: BTreeSet<&str> = (self.constants.keys().map(String::as_str))
            .chain(self.said.iter().flatten().map(String::as_str))
            .chain(["x"])
            .chain(NUMBERS.into_iter().filter(|_| !self.is_pointwise()))
            .collect();
        let known: Vec<&str> = known.into_iter().collect();
        let meant = nearest(name, &known).map(|meant| format!("did you mean `{meant}`? ")).unwrap_or_default();
        let message = format!("nothing says what `{name}` is");
        let help = match self.is_pointwise() {
            true => format!("{meant}the argument is `x`; numbers with names stand under `constants`"),
            false => format!(
                "{meant}write `{name} = …` above, `{name}' = …` if it is a state, `vector({name})` if it is trained, or give it \
                 under `constants`"
            ),
        };
        self.wrong(spot, message, help)
    }

    pub(super) fn read_input(&mut self, spot: &Spot) -> Value {
        let place = match self.read_input {
            Some(known) => known,
            None => self.push(Form::Input, self.input, spot),
        };
        self.read_input = Some(place);
        Value::Vector(place)
    }

    pub(super) fn slice(&mut self, of: &Tree, from: Option<&Tree>, to: Option<&Tree>, spot: &Spot) -> Value {
        if self.is_pointwise() {
            return self.not_pointwise("a slice", spot);
        }
        let of = self.vector_value(of);
        let from = from.map_or(Some(0), |from| self.integer(from, 0));
        let to = match to {
            Some(to) => self.integer(to, 0).map(Some),
            None => Some(None),
        };
        let (Some(value), Some(from), Some(to)) = (of, from, to) else { return Value::Wrong };
        let result = match to {
            Some(to) if to > from => self.widths.of(to - from),
            Some(to) => {
                let message = format!("no units lie between {from} and {to}");
                return self.wrong(
                    spot,
                    message,
                    "units count from 0, and the second number is the first one left out",
                );
            }
            None => self.widths.open(),
        };
        let of = self.width(value);
        self.widths.rule(Rule::Slice { of, from, to, result }, spot.clone());
        Value::Vector(self.push(Form::Slice { value, from }, result, spot))
    }

    pub(super) fn not_pointwise(&mut self, what: &str, spot: &Spot) -> Value {
        let help = "it works unit by unit; write a cell with `kind: equations` for more";
        self.wrong(spot, format!("{what} has no place in a formula"), help)
    }

    pub(super) fn concat(&mut self, parts: &[Tree], spot: &Spot) -> Value {
        if self.is_pointwise() {
            return self.not_pointwise("a list", spot);
        }
        if parts.is_empty() {
            return self.wrong(spot, "there is nothing to put side by side", "write `[x, h]`");
        }
        let places: Vec<Option<Place>> = parts.iter().map(|part| self.vector_value(part)).collect();
        let Some(places) = places.into_iter().collect::<Option<Vec<_>>>() else { return Value::Wrong };
        if let [only] = places[..] {
            return Value::Vector(only);
        }
        let whole = self.widths.open();
        let widths = places.iter().map(|place| self.width(*place)).collect();
        self.widths.rule(Rule::Concat { parts: widths, whole }, spot.clone());
        Value::Vector(self.push(Form::Concat(places), whole, spot))
    }

    /// The vector that an expression is.
    pub(super) fn vector_value(&mut self, tree: &Tree) -> Option<Place> {
        match self.value(tree) {
            Value::Vector(place) => Some(place),
            Value::Number(_) => {
                let spot = self.spot(tree);
                let shown = self.excerpt(&spot);
                self.wrong(&spot, format!("`{shown}` is a number, and a vector belongs here"), "write `constant(…)`");
                None
            }
            Value::Wrong => None,
        }
    }

    /// The number that an expression is.
    pub(super) fn number(&mut self, tree: &Tree) -> Option<f64> {
        match self.value(tree) {
            Value::Number(number) => Some(number),
            Value::Vector(_) => {
                let spot = self.spot(tree);
                let shown = self.excerpt(&spot);
                let help = "numbers are made of constants, `hidden`, `inputs` and `pi`";
                self.wrong(&spot, format!("`{shown}` is a vector, and a number belongs here"), help);
                None
            }
            Value::Wrong => None,
        }
    }

    /// The whole number that an expression is.
    pub(super) fn integer(&mut self, tree: &Tree, least: usize) -> Option<usize> {
        let number = self.number(tree)?;
        if number >= least as f64 && number <= MAX_WIDTH as f64 && number.fract() == 0.0 {
            return Some(number as usize);
        }
        let message = format!("{number} is no whole number from {least} to {MAX_WIDTH}");
        self.wrong(&self.spot(tree), message, "give one");
        None
    }
}
