//! A small suite with one of everything, for the tests.

use std::collections::BTreeMap;

use proptest::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Path, Schema};
use crate::component::registry::Page;

pub(super) trait Component {}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Activation {
    /// The hyperbolic tangent.
    Tanh,
    /// The positive part.
    Relu,
    LeakyRelu,
    Sine,
}

/// A plain recurrent cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Elman {
    /// The function that follows the sum.
    pub(super) activation: Activation,
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1.0))]
    pub(super) dropout: f32,
}

impl Default for Elman {
    fn default() -> Self {
        Self { activation: Activation::Tanh, dropout: 0.1 }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Lstm {
    pub(super) forget_bias: Option<f64>,
    pub(super) peepholes: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Gru {}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Stack {
    pub(super) inner: Option<Box<Cell>>,
}

impl Component for Elman {}
impl Component for Lstm {}
impl Component for Gru {}
impl Component for Stack {}

crate::registry! {
    /// A recurrent cell.
    pub(super) enum Cell: Component { "elman" => Elman(Elman), "lstm" => Lstm(Lstm), "gru" => Gru(Gru), "stack" => Stack(Stack) }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Norm {
    #[serde(default)]
    #[schemars(extend("exclusiveMinimum" = 0.0))]
    pub(super) max: Option<f64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Clamp {
    pub(super) max: f64,
}

impl Component for Norm {}
impl Component for Clamp {}

crate::registry! {
    /// A bound on gradients.
    pub(super) enum GradientClip: Component { "norm" => Norm(Norm), "value" => Clamp(Clamp) }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Zeros {}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Constant {
    pub(super) value: f64,
}

impl Component for Zeros {}
impl Component for Constant {}

crate::registry! {
    /// Where a parameter starts.
    pub(super) enum Initializer: Component { "zeros" => Zeros(Zeros), "constant" => Constant(Constant) }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Law {
    LogUniform([f64; 2]),
    Values(Vec<f64>),
    Fixed,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Nested {
    pub(super) cell: Cell,
    #[schemars(range(min = 1))]
    pub(super) depth: u32,
    pub(super) verbose: bool,
}

impl Default for Nested {
    fn default() -> Self {
        Self { cell: Cell::Lstm(Lstm { peepholes: true, forget_bias: None }), depth: 1, verbose: false }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Suite {
    #[schemars(regex(pattern = r"^[a-z0-9-]+$"), length(min = 1, max = 20))]
    #[schemars(extend("x-form" = "small letters, digits and hyphens"))]
    pub(super) name: String,
    pub(super) updates: u32,
    #[serde(default = "elman")]
    pub(super) cell: Cell,
    #[serde(default)]
    pub(super) spare: Option<Cell>,
    #[serde(default)]
    #[schemars(length(max = 3))]
    pub(super) clip: Vec<GradientClip>,
    #[serde(default)]
    pub(super) init: BTreeMap<String, Initializer>,
    #[serde(default = "fixed")]
    pub(super) law: Law,
    #[serde(default)]
    pub(super) nested: Nested,
    #[serde(default)]
    pub(super) extra: Option<Nested>,
    #[serde(default)]
    pub(super) rate: f32,
    #[serde(default)]
    #[schemars(range(min = 1, max = 8))]
    pub(super) threads: Option<u8>,
    #[serde(default)]
    pub(super) free: Value,
}

fn elman() -> Cell {
    Cell::Elman(Elman::default())
}

fn fixed() -> Law {
    Law::Fixed
}

impl Suite {
    /// A suite with every default.
    pub(super) fn plain() -> Self {
        serde_json::from_value(serde_json::json!({"name": "plain", "updates": 10})).expect("a suite")
    }
}

fn cell() -> impl Strategy<Value = Cell> {
    let activation =
        prop::sample::select(vec![Activation::Tanh, Activation::Relu, Activation::LeakyRelu, Activation::Sine]);
    let leaf = prop_oneof![
        (activation, 0.0_f32..0.9).prop_map(|(activation, dropout)| Cell::Elman(Elman { activation, dropout })),
        Just(elman()),
        (prop::option::of(-2.0..2.0), any::<bool>())
            .prop_map(|(forget_bias, peepholes)| Cell::Lstm(Lstm { forget_bias, peepholes })),
        Just(Cell::Lstm(Lstm::default())),
        Just(Cell::Gru(Gru {})),
    ];
    leaf.prop_recursive(2, 4, 1, |inner| {
        prop::option::of(inner).prop_map(|inner| Cell::Stack(Stack { inner: inner.map(Box::new) }))
    })
}

fn nested() -> impl Strategy<Value = Nested> {
    prop_oneof![
        Just(Nested::default()),
        (cell(), 1_u32..4, any::<bool>()).prop_map(|(cell, depth, verbose)| Nested { cell, depth, verbose }),
    ]
}

/// Any valid suite, often with defaults.
pub(super) fn suite() -> impl Strategy<Value = Suite> {
    let clip = prop_oneof![
        prop::option::of(0.5_f64..2.0).prop_map(|max| GradientClip::Norm(Norm { max })),
        (0.5_f64..2.0).prop_map(|max| GradientClip::Clamp(Clamp { max })),
    ];
    let initializer = prop_oneof![
        Just(Initializer::Zeros(Zeros {})),
        prop_oneof![Just(0.0), -1.0..1.0].prop_map(|value| Initializer::Constant(Constant { value })),
    ];
    let law = prop_oneof![
        Just(Law::Fixed),
        Just(Law::LogUniform([1.0, 2.0])),
        prop::collection::vec(0.0_f64..3.0, 0..3).prop_map(Law::Values),
    ];
    let free = prop_oneof![Just(Value::Null), any::<i32>().prop_map(Value::from)];
    let first = (cell(), prop::option::of(cell()), prop::collection::vec(clip, 0..3));
    let second = (prop::collection::btree_map("[a-c]", initializer, 0..3), law, nested(), prop::option::of(nested()));
    let third = (prop_oneof![Just(0.0_f32), -1.0_f32..1.0], prop::option::of(1_u8..9), free);
    (first, second, third).prop_map(|((cell, spare, clip), (init, law, nested, extra), (rate, threads, free))| Suite {
        cell,
        spare,
        clip,
        init,
        law,
        nested,
        extra,
        rate,
        threads,
        free,
        ..Suite::plain()
    })
}

/// Texts that look a little like YAML.
pub(super) fn scraps() -> impl Strategy<Value = String> {
    let scrap = prop_oneof![
        prop::sample::select(vec![
            "a",
            "b",
            ":",
            ": ",
            "- ",
            "\n",
            "\n  ",
            "\n    ",
            "[",
            "]",
            "{",
            "}",
            ", ",
            "\"",
            "'",
            "&a ",
            "*a",
            "!t ",
            "#",
            " #",
            "|",
            ">",
            "---",
            "...",
            "? ",
            "<<: ",
            "\t",
            "\r\n",
            "%",
            "1",
            "0x",
            ".inf",
            "~",
            "kind: lstm",
            "name: x",
            "\u{85}",
            "\u{2028}",
            "\\",
            "\\u00",
            "é",
            "@",
            "`",
            "|2-\n",
        ])
        .prop_map(str::to_owned),
        ".",
    ];
    prop::collection::vec(scrap, 0..40).prop_map(|scraps| scraps.concat())
}

/// The value with every map `{kind: name}` as its bare name.
pub(super) fn shortened(value: Value) -> Value {
    match value {
        Value::Object(map) if map.len() == 1 && map.contains_key("kind") => map["kind"].clone(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, shortened(value))).collect(),
        Value::Array(list) => list.into_iter().map(shortened).collect(),
        other => other,
    }
}

/// The problems of a suite that is fine but for these keys.
pub(super) fn problems(changes: Value) -> Vec<String> {
    let schema = Schema::of::<Suite>();
    let mut suite = serde_json::json!({"name": "x", "updates": 1});
    for (key, value) in changes.as_object().expect("a map") {
        suite[key] = value.clone();
    }
    schema.check(&schema.normalize(suite)).iter().map(ToString::to_string).collect()
}

/// The only problem of such a suite.
pub(super) fn problem(changes: Value) -> String {
    let mut all = problems(changes);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

/// The laws of every registry's components.
fn laws<T>(all: &[T], names: &[&str], kind: impl Fn(&T) -> &'static str, pages: &[Page])
where
    T: JsonSchema + Serialize + 'static,
{
    let schema = Schema::of::<T>();
    assert_eq!(all.iter().map(kind).collect::<Vec<_>>(), names);
    assert_eq!(pages.iter().map(|page| page.name).collect::<Vec<_>>(), names);
    for (component, name) in all.iter().zip(names) {
        let mut value = serde_json::to_value(component).expect("JSON");
        assert_eq!(schema.check(&value), [], "{name}");
        assert_eq!(schema.non_defaults(&value), [(Path::root().key("kind"), Value::from(*name))]);
        value["unknown-key"] = true.into();
        let problems = schema.check(&value);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].message.starts_with(&format!("unknown key `unknown-key` in the {name} ")), "{problems:?}");
    }
}

#[test]
fn every_registered_component_is_checked_by_its_kind() {
    laws(&Cell::all(), Cell::NAMES, Cell::kind, &Cell::pages());
    laws(&Initializer::all(), Initializer::NAMES, Initializer::kind, &Initializer::pages());
}

#[test]
fn a_setting_without_default_always_counts() {
    assert_eq!((GradientClip::NAMES.len(), GradientClip::pages().len()), (2, 2));
    for clip in GradientClip::all() {
        let leaves = Schema::of::<GradientClip>().non_defaults(&serde_json::to_value(&clip).expect("JSON"));
        assert_eq!(leaves.len(), if clip.kind() == "value" { 2 } else { 1 });
    }
}
