//! The end of a text: widths, and what is left over.

use std::collections::BTreeSet;

use super::{
    fault::{Fault, Part, Spot},
    lower::{Lowering, Value},
    names::{is_name, is_reserved},
    program::{Form, Place, Program, State},
    syntax::{Tree, is_matrix},
    width::MAX_WIDTH,
};
use crate::text::nearest;

/// The most entries that all constant matrices have together.
const MAX_ENTRIES: usize = 1 << 24;

impl Lowering<'_> {
    /// The program whose output is `output`.
    pub(super) fn finish(mut self, part: Part, output: &Tree) -> Result<Program, Vec<Fault>> {
        self.part = part;
        let value = self.value(output);
        let spot = self.spot(output);
        self.is_too_large();
        let output = match value {
            Value::Vector(place) => place,
            Value::Number(number) => self.push(Form::Constant(number), self.input, &spot),
            Value::Wrong => return Err(self.faults),
        };
        if self.is_pointwise()
            && let Err([_, units]) = self.widths.unify(self.width(output), self.input)
        {
            self.wrong(&spot, format!("the value has {units} units, and `x` has others"), "work unit by unit");
        }
        let next = self.continued();
        let hidden = self.sizes.map_or(1, |[_, hidden]| hidden);
        for (spot, message) in self.widths.solve(hidden) {
            let shown = self.excerpt(&spot);
            let help = "say how many units a matrix makes, as in `W[32] v`, and a state has, as in `states: {c: 32}`";
            self.wrong(&spot, format!("in `{shown}`, {message}"), help);
        }
        self.unused();
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        let widths: Vec<usize> = (0..self.nodes.len()).map(|node| self.units(Place(node))).collect();
        self.check_entries(&widths);
        let states: Vec<State> = std::mem::take(&mut self.states)
            .into_iter()
            .zip(next)
            .filter_map(|(draft, next)| {
                Some(State { name: draft.name, width: self.widths.known(draft.width)?, next: next? })
            })
            .collect();
        self.without_effect(&states, output);
        if self.faults.is_empty() {
            Ok(Program { nodes: self.nodes, widths, states, output })
        } else {
            Err(self.faults)
        }
    }

    pub(super) fn units(&mut self, place: Place) -> usize {
        self.widths.known(self.width(place)).unwrap_or(1)
    }

    /// Tells of names that nothing uses.
    pub(super) fn unused(&mut self) {
        let unused: Vec<(String, Spot)> = (self.locals.iter().filter(|(_, local)| !local.used))
            .map(|(name, local)| (name.clone(), local.spot.clone()))
            .collect();
        for (name, spot) in unused {
            self.wrong(&spot, format!("nothing uses `{name}`"), "use it or delete the line");
        }
        for name in self.constants.keys().filter(|name| !self.used_constants.contains(*name)) {
            let spot = Spot { part: Part::Constant(name.clone()), span: 0..0 };
            let (message, help) = match self.no_constant(name) {
                Some((message, help)) => (message, help.to_owned()),
                None => {
                    let known: Vec<&str> =
                        self.constants.keys().filter(|key| *key != name).map(String::as_str).collect();
                    let meant =
                        nearest(name, &known).map(|meant| format!("did you mean `{meant}`? ")).unwrap_or_default();
                    ("the equations do not use it".to_owned(), meant + "use it or delete it")
                }
            };
            self.faults.push(spot.fault(message, help));
        }
        for (name, units) in self.declared.into_iter().flatten() {
            let spot = Spot { part: Part::State(name.clone()), span: 0..0 };
            if !self.states.iter().any(|state| state.name == *name) {
                let message = format!("the equations have no state `{name}`");
                self.faults.push(spot.fault(message, format!("write `{name}' = …` or delete it")));
            } else if *units == 0 || *units > MAX_WIDTH {
                self.faults.push(spot.fault(format!("a state has no {units} units"), format!("give 1 to {MAX_WIDTH}")));
            }
        }
    }

    pub(super) fn no_constant(&self, name: &str) -> Option<(String, &'static str)> {
        if !is_name(name) || is_matrix(name) {
            let message = format!("`{name}` is no name of a constant");
            return Some((message, "take letters, digits and `_`, and begin with a small letter"));
        }
        (is_reserved(name) || self.is_function(name))
            .then(|| (format!("`{name}` has a meaning of its own"), "choose another name"))
    }

    /// Bounds the work of constant matrices.
    pub(super) fn check_entries(&mut self, widths: &[usize]) {
        let mut entries = 0usize;
        for (index, node) in self.nodes.iter().enumerate() {
            let operands = node.form.operands();
            let widest = operands.iter().map(|operand| widths[operand.0]).fold(widths[index], usize::max);
            entries = entries.saturating_add(match node.form {
                Form::Fourier { .. } => widths[index].saturating_mul(widths[index]),
                Form::Fixed { ref entries, .. } => entries.len(),
                Form::Slice { .. } | Form::Gather { .. } | Form::Sum(_) | Form::Mean(_) | Form::Spread(_) => widest,
                Form::Normalized { .. } => 4 * widest,
                Form::Shuffled(_) | Form::Swapped { .. } | Form::Paired { .. } => widest,
                _ => 0,
            });
            if entries > MAX_ENTRIES {
                let spot = self.spots[index].clone();
                let message = "the constant matrices have more than 16 million entries together";
                self.faults.push(spot.fault(message, "lower `hidden`, or shorten the equations"));
                return;
            }
        }
    }

    /// Tells of what the output does not depend on, at this step or a later one.
    pub(super) fn without_effect(&mut self, states: &[State], output: Place) {
        let mut live = vec![false; self.nodes.len()];
        let mut open = vec![output];
        while let Some(place) = open.pop() {
            if std::mem::replace(&mut live[place.0], true) {
                continue;
            }
            let form = &self.nodes[place.0].form;
            open.extend(form.operands());
            if let Form::Previous { state, .. } = form {
                open.extend(states.get(*state).map(|state| state.next));
            }
        }
        let mut told = BTreeSet::new();
        for (index, live) in live.iter().enumerate() {
            let name = match &self.nodes[index].form {
                Form::Linear { name, .. } | Form::Vector { name, .. } => name.clone(),
                Form::Previous { state, .. } => states.get(*state).map(|state| state.name.clone()).unwrap_or_default(),
                Form::Input => "x".to_owned(),
                _ => continue,
            };
            if !live && told.insert(name.clone()) {
                let message = format!("the output does not depend on `{name}`, at this step or a later one");
                self.faults.push(self.spots[index].fault(message, "use it or delete it"));
            }
        }
        let reads_input = self.read_input.is_some_and(|place| live[place.0]);
        if !reads_input && self.faults.is_empty() {
            let message = "the output does not depend on the input `x`";
            self.faults.push(self.spots[output.0].fault(message, "use `x`"));
        }
    }
}
