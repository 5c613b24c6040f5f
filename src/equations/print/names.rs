//! Names for values, made of the names of the parameters in them.

use std::collections::BTreeSet;

use crate::equations::{
    functions::Functions,
    names::{CALLS, UNARY, is_bias, is_name, is_reserved},
    syntax::is_matrix,
};

/// Names that are taken.
pub(super) struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// Names that are none of functions, and none of `others`.
    pub fn new<'a>(functions: &dyn Functions, others: impl IntoIterator<Item = &'a str>) -> Self {
        let mut taken: BTreeSet<String> = functions.names().into_iter().collect();
        taken.extend(CALLS.iter().map(|(name, _)| (*name).to_owned()));
        taken.extend(UNARY.iter().map(|(name, _)| (*name).to_owned()));
        taken.extend(others.into_iter().map(str::to_owned));
        Self { taken }
    }

    /// Whether a state can be called so.
    pub fn is_state(&self, name: &str) -> bool {
        let calls = CALLS.iter().map(|(name, _)| *name).chain(UNARY.iter().map(|(name, _)| *name));
        let is_function = calls.into_iter().any(|call| call == name);
        is_name(name) && !is_matrix(name) && !is_bias(name) && (name == "x" || !is_reserved(name)) && !is_function
    }

    /// A name for a value that is made of these parameters, and of no other value.
    pub fn fresh(&mut self, parameters: &[&str]) -> String {
        let end = |name: &str| name.split_once('_').map(|(_, end)| end.to_owned());
        let of_bias = parameters.iter().find(|name| name.starts_with("b_")).and_then(|name| end(name));
        let of_matrix = || {
            let matrix = parameters.iter().find(|name| name.starts_with("w_"))?;
            let end = end(matrix)?;
            let gate = end.strip_prefix(['x', 'h']).filter(|gate| !gate.is_empty()).unwrap_or(&end);
            Some(gate.to_owned())
        };
        let base = of_bias.or_else(of_matrix).or_else(|| parameters.first().map(|name| (*name).to_owned()));
        let base = base.map(|base| base.trim_start_matches('_').to_ascii_lowercase()).unwrap_or_default();
        let base = if base.starts_with(|first: char| first.is_ascii_digit()) { format!("g{base}") } else { base };
        let usable = is_name(&base) && !is_bias(&base) && !is_reserved(&base);
        let base = if usable { base } else { "v".to_owned() };
        let numbered = |number: usize| if number == 0 { base.clone() } else { format!("{base}{number}") };
        let free = |name: &String| !self.taken.contains(name) && !is_bias(name) && !is_reserved(name);
        let name = (0..).map(numbered).find(free).unwrap_or(base.clone());
        self.taken.insert(name.clone());
        name
    }
}
