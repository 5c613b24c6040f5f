//! States: what they become, and what they were.

use super::{
    fault::Spot,
    lower::{Draft, Lowering, MAX_DELAY, Next, Value},
    program::{Form, Place},
    syntax::{self, Tree},
    width::WidthId,
};

impl Lowering<'_> {
    /// A state on a line of its own, and its width if that is said.
    pub(super) fn announced(&mut self, name: &str, width: Option<&Tree>, spot: &Spot) {
        if self.is_pointwise() {
            return self.no_states(spot);
        }
        let known = self.states.len();
        let state = self.state(name, spot);
        let Some(tree) = width else { return };
        let Some(units) = self.integer(tree, 1) else { return };
        if state < known || self.declared.is_some_and(|declared| declared.contains_key(name)) || name == "x" {
            let message = format!("the width of `{name}` is known already");
            self.wrong(spot, message, "say it once");
        } else {
            self.states[state].width = self.widths.of(units);
        }
    }

    pub(super) fn no_states(&mut self, spot: &Spot) {
        let help = "it works unit by unit at each step; write a cell with `kind: equations` for more";
        self.wrong(spot, "a formula has no states", help);
    }

    pub(super) fn becomes(&mut self, name: &str, spot: &Spot, tree: &Tree) {
        if self.is_pointwise() {
            return self.no_states(spot);
        }
        let value = self.value(tree);
        if let Some((message, help)) = self.no_name(name).filter(|_| name != "x") {
            self.wrong(spot, message, help);
            return;
        }
        if self.next.contains_key(name) {
            let help = format!("one line says what `{name}` becomes");
            self.wrong(spot, format!("`{name}'` is said twice"), help);
            return;
        }
        let state = self.state(name, spot);
        let width = self.states[state].width;
        let place = match value {
            Value::Number(number) => Some(self.push(Form::Constant(number), width, &self.spot(tree))),
            Value::Vector(place) => Some(place),
            Value::Wrong => None,
        };
        if let Some(place) = place
            && let Err([units, have]) = self.widths.unify(self.width(place), width)
        {
            let shown = self.excerpt(&self.spot(tree));
            let message = format!("the state `{name}` has {have} units and `{shown}` has {units}");
            let help = match self.is_single(place) {
                true => "write `spread(…)` to have the number in each unit".to_owned(),
                false => format!(
                    "a matrix takes one to the other, as in `W[{have}] v`; or give `states: {{{name}: {units}}}`"
                ),
            };
            self.wrong(&self.spot(tree), message, help);
        }
        self.next.insert(name.to_owned(), Next { place });
    }

    /// The number of a state, which is new if it was not met before.
    pub(super) fn state(&mut self, name: &str, spot: &Spot) -> usize {
        if let Some(known) = self.states.iter().position(|state| state.name == name) {
            return known;
        }
        let declared = self.declared.and_then(|declared| declared.get(name)).copied();
        let width = match (declared, self.sizes) {
            (Some(units), _) => self.widths.of(units),
            _ if name == "x" => self.input,
            (_, Some([_, hidden])) if !self.said[0].contains(name) => self.widths.of(hidden),
            _ => self.widths.open(),
        };
        self.states.push(Draft { name: name.to_owned(), width, spot: spot.clone() });
        self.states.len() - 1
    }

    pub(super) fn read(&mut self, name: &str, delay: usize, spot: &Spot) -> Value {
        let state = self.state(name, spot);
        let width = self.states[state].width;
        let known = self.previous.get(&(state, delay)).copied();
        let place = known.unwrap_or_else(|| self.push(Form::Previous { state, delay }, width, spot));
        self.previous.insert((state, delay), place);
        Value::Vector(place)
    }

    pub(super) fn primed(&mut self, name: &str, spot: &Spot) -> Value {
        if self.is_pointwise() {
            self.no_states(spot);
            return Value::Wrong;
        }
        if let Some(next) = self.next.get(name) {
            return next.place.map_or(Value::Wrong, Value::Vector);
        }
        if self.said[1].contains(name) {
            let message = format!("`{name}'` is used before the line that says what it is");
            let help = format!("move that line up, or read `{name}`, what it was one step before");
            return self.wrong(spot, message, help);
        }
        let message = format!("no line says what the state `{name}` becomes");
        self.wrong(spot, message, format!("write `{name}' = …` above"))
    }

    pub(super) fn delayed(&mut self, of: &Tree, at: &Tree, spot: &Spot) -> Value {
        let syntax::Form::Name { name, primed: false } = &of.form else {
            let help = "only what has a name is read some steps before, as in `h[-3]`; a slice is `v[0:16]`";
            return self.wrong(spot, "a delay stands behind the name of a state", help);
        };
        if self.is_pointwise() {
            self.no_states(spot);
            return Value::Wrong;
        }
        let at_spot = self.spot(at);
        let Some(number) = self.number(at) else { return Value::Wrong };
        if !(number <= -1.0 && number >= -(MAX_DELAY as f64) && number.fract() == 0.0) {
            let message = format!("{number} is no delay");
            let help = format!(
                "write `{name}[-1]` for the step before, down to -{MAX_DELAY}; a slice is `{name}[0:16]`, one unit of it `{name}[3:4]`"
            );
            return self.wrong(&at_spot, message, help);
        }
        let is_state = self.said.iter().any(|said| said.contains(name))
            || self.declared.is_some_and(|states| states.contains_key(name));
        if name != "x" && !is_state {
            return self.unknown(name, &self.spot(of));
        }
        if let Some(local) = self.locals.get_mut(name) {
            local.used = true;
        }
        self.read(name, (-number) as usize, spot)
    }

    /// The next value of each state.
    pub(super) fn continued(&mut self) -> Vec<Option<Place>> {
        let states: Vec<(String, WidthId, Spot)> =
            self.states.iter().map(|state| (state.name.clone(), state.width, state.spot.clone())).collect();
        let mut found = vec![];
        for (name, width, spot) in states {
            if let Some(next) = self.next.get(&name) {
                found.push(next.place);
                continue;
            }
            let value = if name == "x" {
                Some(self.read_input(&spot))
            } else {
                self.locals.get(&name).map(|local| local.value)
            };
            let place = match value {
                Some(Value::Vector(place)) => {
                    if let Err([units, have]) = self.widths.unify(self.width(place), width) {
                        let message = format!("the state `{name}` has {have} units and its next value {units}");
                        self.wrong(&spot, message, format!("give `states: {{{name}: {units}}}`"));
                    }
                    Some(place)
                }
                Some(Value::Number(number)) => Some(self.push(Form::Constant(number), width, &spot)),
                Some(Value::Wrong) => None,
                None => {
                    let message = format!("the state `{name}` is read and never continued");
                    self.wrong(&spot, message, format!("write `{name}' = …`"));
                    None
                }
            };
            found.push(place);
        }
        found
    }
}
