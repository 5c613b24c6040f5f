//! Components, and enums with contents.

use serde_json::{Map as Json, Value};

use super::walk::Check;
use crate::suite::schema::{KIND, NodeId, Property, Shape};
use crate::suite::vocabulary::moved;
use crate::suite::wording::{found, intended, quoted, suggestion};
use crate::suite::{At, Problem};
use crate::text::shortened;

impl Check<'_> {
    pub(super) fn kinds(
        &mut self,
        entries: &Json<String, Value>,
        kinds: &[(String, NodeId)],
        id: NodeId,
        property: Option<&Property>,
    ) {
        let names: Vec<&str> = kinds.iter().map(|(name, _)| name.as_str()).collect();
        let inside = At::Inside(KIND.to_owned());
        let problem = match entries.get(KIND) {
            Some(Value::String(name)) => match kinds.iter().find(|(kind, _)| kind == name) {
                Some((kind, node)) => {
                    if let Shape::Map(map) = &self.schema.node(*node).shape {
                        self.map(entries, map, Some((kind, id)));
                    }
                    return;
                }
                None => {
                    let help = match name.split_once(':') {
                        // `{kind:lstm}` and `cell: kind:lstm`
                        Some((_, rest)) if names.contains(&rest.trim()) => {
                            format!("write `kind: {}` with a space after the colon", rest.trim())
                        }
                        _ => match moved(name) {
                            Some(now) => format!("write `{now}`, a section of its own; {}", suggestion(name, &names)),
                            None => suggestion(name, &names),
                        },
                    };
                    let message = format!("unknown kind `{}`", shortened(name));
                    Problem::new(self.path.clone(), message).help(help).at(inside)
                }
            },
            Some(Value::Null) => Problem::new(self.path.clone(), "`kind` is empty")
                .help(format!("valid: {}", names.join(", ")))
                .at(inside),
            Some(other) => {
                let message = format!("`kind` must be the name of a component, found {}", found(other));
                Problem::new(self.path.clone(), message).help(format!("valid: {}", names.join(", "))).at(inside)
            }
            None => {
                let near = entries.keys().find(|key| intended(key, &[KIND]).is_some());
                let default = property.and_then(|property| property.default.as_ref()?.get(KIND)?.as_str());
                let mut help = format!("valid: {}", names.join(", "));
                if let Some(default) = default {
                    help = format!("add `kind: {default}` for the default; {help}");
                }
                if let Some(near) = near {
                    help = format!("write `kind` instead of `{near}`; {help}");
                }
                Problem::new(self.path.clone(), "missing `kind`").help(help)
            }
        };
        self.problems.push(problem);
    }

    pub(super) fn tagged(&mut self, value: &Value, names: &[String], contents: &[(String, NodeId)], id: NodeId) {
        let keys: Vec<&str> = contents.iter().map(|(name, _)| name.as_str()).collect();
        match value {
            Value::String(name) if names.contains(name) => {}
            Value::String(name) if keys.contains(&name.as_str()) => {
                self.note(format!("`{name}` needs a value: write `{{{name}: …}}`"));
            }
            Value::String(name) => {
                let valid: Vec<&str> = names.iter().map(String::as_str).chain(keys).collect();
                self.report(format!("unknown value {}", quoted(name)), suggestion(name, &valid));
            }
            Value::Object(entries) if entries.len() != 1 => {
                self.note(format!("must have exactly one of the keys {}, found {}", keys.join(", "), entries.len()));
            }
            Value::Object(entries) => {
                for (key, value) in entries {
                    match contents.iter().find(|(name, _)| name == key) {
                        Some((_, node)) => self.beneath(key, value, *node, None),
                        None => {
                            let message = format!("unknown key `{}`", shortened(key));
                            let problem = Problem::new(self.path.clone(), message).help(suggestion(key, &keys));
                            self.problems.push(problem.at(At::Key(key.clone())));
                        }
                    }
                }
            }
            _ => self.mismatch(value, id),
        }
    }

    /// `the elman cell`.
    pub(super) fn named(&self, (kind, node): (&str, NodeId)) -> String {
        format!("the {kind} {}", self.schema.node(node).noun.as_deref().unwrap_or("component"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::suite::sample::problem;

    #[test]
    fn kinds_must_be_known() {
        let valid = "valid: elman, lstm, gru, stack";
        assert_eq!(
            problem(json!({"cell": "lstmm"})),
            format!("cell: unknown kind `lstmm`; did you mean `lstm`? {valid}")
        );
        assert_eq!(
            problem(json!({"spare": {"kind": "transformer"}})),
            format!("spare: unknown kind `transformer`; {valid}")
        );
        assert_eq!(problem(json!({"cell": {"activation": "relu"}})), {
            format!("cell: missing `kind`; add `kind: elman` for the default; {valid}")
        });
        assert_eq!(problem(json!({"spare": {"type": "lstm"}})), format!("spare: missing `kind`; {valid}"));
        assert_eq!(problem(json!({"spare": {"Kind": "lstm"}})), {
            format!("spare: missing `kind`; write `kind` instead of `Kind`; {valid}")
        });
        assert_eq!(problem(json!({"cell": {"kind": null}})), format!("cell: `kind` is empty; {valid}"));
        assert_eq!(problem(json!({"cell": {"kind": 3}})), {
            format!("cell: `kind` must be the name of a component, found the number 3; {valid}")
        });
        assert_eq!(problem(json!({"cell": "kind:lstm"})), {
            "cell: unknown kind `kind:lstm`; write `kind: lstm` with a space after the colon"
        });
        assert_eq!(problem(json!({"cell": 3})), "cell: expected a cell (elman, lstm, gru, stack), found the number 3");
        assert_eq!(problem(json!({"clip": [[]]})), "clip[0]: expected a gradient clip (norm, value), found a list");
    }

    #[test]
    fn names_and_enums_with_contents() {
        let activation = |name: Value| json!({"cell": {"kind": "elman", "activation": name}});
        assert_eq!(problem(activation(json!("tan"))), {
            "cell.activation: unknown value \"tan\"; did you mean `tanh`? valid: leaky-relu, sine, tanh, relu"
        });
        assert_eq!(problem(activation(json!(1))), {
            "cell.activation: expected one of leaky-relu, sine, tanh, relu, found the number 1"
        });
        assert_eq!(problem(json!({"law": {"log-uniformly": [1, 2]}})), {
            "law: unknown key `log-uniformly`; did you mean `log-uniform`? valid: log-uniform, values"
        });
        assert_eq!(problem(json!({"law": "fix"})), {
            "law: unknown value \"fix\"; did you mean `fixed`? valid: fixed, log-uniform, values"
        });
        assert_eq!(problem(json!({"law": "values"})), "law: `values` needs a value: write `{values: …}`");
        assert_eq!(problem(json!({"law": {}})), "law: must have exactly one of the keys log-uniform, values, found 0");
        assert_eq!(problem(json!({"law": 3})), {
            "law: expected one of fixed, {log-uniform: …}, {values: …}, found the number 3"
        });
        assert_eq!(
            problem(json!({"law": {"values": [1, "x"]}})),
            "law.values[1]: expected a number, found the text \"x\""
        );
    }
}
