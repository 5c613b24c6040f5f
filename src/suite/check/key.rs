//! Keys that do not belong where they stand.

use super::walk::Check;
use crate::suite::schema::{Map, NodeId, Shape};
use crate::suite::wording::{intended, suggestion};
use crate::suite::{At, Problem, meanings};
use crate::text::shortened;

/// How deep below a map the proper place of an unknown key is looked for.
const MAX_SEARCH: usize = 3;

impl Check<'_> {
    pub(super) fn unknown(&mut self, key: &str, map: &Map, component: Option<(&str, NodeId)>) {
        let shown = shortened(key);
        let valid = map.keys();
        let message = match component {
            Some(component) => format!("unknown key `{shown}` in {}", self.named(component)),
            None => format!("unknown key `{shown}`"),
        };
        let list = match (valid.is_empty(), component) {
            (false, _) => suggestion(key, &valid),
            (true, Some(component)) => format!("{} has no settings", self.named(component)),
            (true, None) => "this map has no keys".into(),
        };
        let elsewhere = match intended(key, &valid) {
            Some(_) => None,
            None => {
                let places = |key: &str| self.elsewhere(key, map, component);
                places(key).or_else(|| meanings(key).into_iter().find_map(places))
            }
        };
        let help = elsewhere.map(|place| format!("{place}; {list}")).unwrap_or(list);
        let problem = Problem::new(self.path.clone(), message).help(help).at(At::Key(key.to_owned()));
        self.problems.push(problem);
    }

    /// Where a key that is unknown here would be known: in another kind, or further down.
    fn elsewhere(&self, key: &str, map: &Map, component: Option<(&str, NodeId)>) -> Option<String> {
        if let Some((_, node)) = component
            && let Shape::Kinds(kinds) = &self.schema.node(node).shape
        {
            let knows = |node: &NodeId| matches!(&self.schema.node(*node).shape, Shape::Map(map) if map.property(key).is_some());
            let owners = kinds.iter().filter(|(_, node)| knows(node)).map(|(kind, _)| kind.as_str());
            let owners: Vec<&str> = owners.collect();
            if !owners.is_empty() {
                return Some(format!("`{key}` belongs to {}", owners.join(", ")));
            }
        }
        let place = self.search(key, map, MAX_SEARCH)?;
        let above = if self.path.is_root() { String::new() } else { format!("{}.", self.path) };
        Some(format!("`{key}` belongs under `{above}{place}`"))
    }

    /// The path below `map` of a key of that name, the nearest one.
    fn search(&self, key: &str, map: &Map, depth: usize) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        let below: Vec<(&str, Vec<&Map>)> =
            map.properties.iter().map(|property| (property.name.as_str(), self.schema.maps(property.node))).collect();
        let here = below.iter().find(|(_, maps)| maps.iter().any(|map| map.property(key).is_some()));
        here.map(|(name, _)| (*name).to_owned()).or_else(|| {
            let deeper = |(name, maps): &(&str, Vec<&Map>)| {
                let place = maps.iter().find_map(|map| self.search(key, map, depth))?;
                Some(format!("{name}.{place}"))
            };
            below.iter().find_map(deeper)
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::suite::sample::problem;

    #[test]
    fn unknown_keys_name_what_was_meant_and_what_is_valid() {
        let keys = "valid: name, updates, cell, spare, clip, init, law, nested, extra, rate, threads, free";
        assert_eq!(problem(json!({"treads": 1})), format!("unknown key `treads`; did you mean `threads`? {keys}"));
        assert_eq!(problem(json!({"zzz": 1})), format!("unknown key `zzz`; {keys}"));
        assert_eq!(problem(json!({"nested": {"dept": 1}})), {
            "nested: unknown key `dept`; did you mean `depth`? valid: cell, depth, verbose"
        });
    }

    #[test]
    fn unknown_keys_in_components_name_the_kind() {
        assert_eq!(problem(json!({"cell": {"kind": "elman", "aktivation": "relu"}})), {
            "cell: unknown key `aktivation` in the elman cell; did you mean `activation`? valid: activation, dropout"
        });
        assert_eq!(problem(json!({"cell": {"kind": "gru", "activation": "relu"}})), {
            "cell: unknown key `activation` in the gru cell; `activation` belongs to elman; the gru cell has no settings"
        });
        assert_eq!(problem(json!({"clip": ["norm", {"kind": "norm", "mx": 1}]})), {
            "clip[1]: unknown key `mx` in the norm gradient clip; did you mean `max`? valid: max"
        });
    }

    #[test]
    fn keys_of_another_place_are_sent_there() {
        assert!(
            problem(json!({"depth": 2})).starts_with("unknown key `depth`; `depth` belongs under `nested`; valid: ")
        );
        assert!(problem(json!({"peepholes": true})).contains("`peepholes` belongs under `cell`;"));
        assert!(problem(json!({"extra": {"forget-bias": 1}})).contains("`forget-bias` belongs under `extra.cell`;"));
    }
}
