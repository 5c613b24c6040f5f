//! Nodes as expressions.

use std::collections::BTreeMap;

use super::{
    family::{Factor, Family},
    matrix,
    order::Order,
};
use crate::{
    equations::names::{UNARY, is_bias, is_name, matrix_of},
    graph::{Binary, Clock, Graph, Kind, Law, NodeId, Op, Relation, Renewal},
    text::spelled_double,
};

/// How close the parts of an expression bind: those of a sum least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Sum,
    Product,
    Signed,
    Applied,
    Primary,
}

/// Writes expressions.
pub(super) struct Expressions<'a> {
    pub family: Family<'a>,
    pub order: &'a Order<'a>,
    /// The names of nodes with lines of their own.
    pub names: BTreeMap<NodeId, String>,
    /// Whether widths are said wherever they are not `hidden`.
    pub explicit: bool,
}

impl Expressions<'_> {
    fn graph(&self) -> &Graph {
        self.family.first()
    }

    /// A value where it is read.
    fn read(&self, node: NodeId, level: Level) -> Option<String> {
        match self.names.get(&node) {
            Some(name) => Some(name.clone()),
            None => self.whole(node, level),
        }
    }

    /// A value in full, in parentheses if it binds less than `level`.
    pub fn whole(&self, node: NodeId, level: Level) -> Option<String> {
        let (text, own) = self.text(node)?;
        Some(if own < level { format!("({text})") } else { text })
    }

    fn text(&self, node: NodeId) -> Option<(String, Level)> {
        let primary = |text: String| Some((text, Level::Primary));
        if let Some(function) = self.order.functions.get(&node) {
            return primary(format!("{}({})", function.name, self.read(function.argument, Level::Sum)?));
        }
        match &self.graph().nodes[node.0].op {
            Op::Input => primary("x".to_owned()),
            Op::Previous { state, delay } => {
                let name = &self.graph().states[state.0].name;
                primary(if *delay == 1 && name != "x" { name.clone() } else { format!("{name}[-{delay}]") })
            }
            Op::Parameter(parameter) => primary(self.vector(node, parameter.0)?),
            Op::Constant(_) => {
                let number = self.number(node)?;
                primary(match self.width(node) {
                    Some(width) => format!("constant({number}, {width})"),
                    None => format!("constant({number})"),
                })
            }
            Op::Random { law, renewal, evaluation } => primary(self.random(node, *law, *renewal, *evaluation)),
            Op::Clock(clock) => primary(self.clock(node, clock)?),
            Op::Linear { value, weight, transposed } => {
                let name = matrix_of(&self.graph().parameters[weight.0].name)?;
                let rows = self.width(node).filter(|_| !transposed);
                let rows = rows.map(|rows| format!("[{rows}]")).unwrap_or_default();
                let transposed = if *transposed { "^T" } else { "" };
                let value = self.read(*value, Level::Applied)?;
                Some((format!("{name}{rows}{transposed} {value}"), Level::Applied))
            }
            Op::Fixed { value, transposed: false, .. } => {
                let [inside, before] = [self.read(*value, Level::Sum)?, self.read(*value, Level::Primary)?];
                primary(matrix::product(self.family, node, [&inside, &before], self.explicit)?)
            }
            Op::Concat(parts) => {
                let parts: Option<Vec<String>> = parts.iter().map(|part| self.read(*part, Level::Sum)).collect();
                primary(format!("[{}]", parts?.join(", ")))
            }
            Op::Affine { value, .. } => self.affine(node, *value),
            Op::Unary { function, value } => {
                let (name, _) = UNARY.iter().find(|(_, known)| known == function)?;
                primary(format!("{name}({})", self.read(*value, Level::Sum)?))
            }
            Op::Binary { function, left, right } => self.binary(*function, *left, *right),
            Op::Select { value, relation, threshold, then, otherwise } => {
                let sign = match relation {
                    Relation::Less => "<",
                    Relation::LessOrEqual => "<=",
                    Relation::Greater => ">",
                    Relation::GreaterOrEqual => ">=",
                };
                let (value, threshold) = (self.read(*value, Level::Sum)?, spelled_double(*threshold));
                let [then, otherwise] = [self.branch(*then)?, self.branch(*otherwise)?];
                primary(format!("where({value} {sign} {threshold}, {then}, {otherwise})"))
            }
            Op::Given(_) | Op::Scalar(_) | Op::Scale { .. } | Op::Fixed { .. } => None,
        }
    }

    /// A branch of a choice, where a constant is its number.
    fn branch(&self, node: NodeId) -> Option<String> {
        match self.graph().nodes[node.0].op {
            Op::Constant(_) if !self.names.contains_key(&node) => self.number(node),
            _ => self.read(node, Level::Sum),
        }
    }

    /// The width of a node, if it is to be said and is not `hidden`.
    fn width(&self, node: NodeId) -> Option<String> {
        let width = self.family.integer(|sized| sized.graph.nodes[node.0].width)?;
        let is_hidden = self.family.0.iter().all(|sized| sized.graph.nodes[node.0].width == sized.hidden);
        (self.explicit && !is_hidden).then_some(width)
    }

    fn vector(&self, node: NodeId, parameter: usize) -> Option<String> {
        let parameter = &self.graph().parameters[parameter];
        let name = is_name(&parameter.name).then_some(&parameter.name)?;
        let width = self.width(node);
        let is_single = self.family.nodes(node).all(|node| node.width == 1);
        let is_wide = self.family.0.iter().all(|sized| sized.hidden > 1);
        Some(match (parameter.kind, width) {
            (Kind::Bias, None) if is_bias(name) && !(is_single && is_wide) => name.clone(),
            (Kind::Bias, _) if is_single && is_wide => format!("number({name})"),
            (kind, width) => {
                let function = if kind == Kind::Bias { "vector" } else { "diagonal" };
                let width = width.map(|width| format!(", {width}")).unwrap_or_default();
                format!("{function}({name}{width})")
            }
        })
    }

    /// A constant, which is the same at all sizes.
    fn number(&self, node: NodeId) -> Option<String> {
        let factor = self.family.factor(|sized| match sized.graph.nodes[node.0].op {
            Op::Constant(number) => number,
            _ => f64::NAN,
        });
        match factor? {
            Factor::Number(number) => Some(spelled_double(number)),
            Factor::Inverse(_) => None,
        }
    }

    fn random(&self, node: NodeId, law: Law, renewal: Renewal, evaluation: f64) -> String {
        let (name, mut arguments) = match law {
            Law::Bernoulli { probability, value } => {
                ("bernoulli", vec![spelled_double(probability), format!("value = {}", spelled_double(value))])
            }
            Law::Uniform => ("uniform", vec![]),
            Law::Normal => ("normal", vec![]),
        };
        arguments.push(format!("evaluation = {}", spelled_double(evaluation)));
        if renewal == Renewal::Sequence {
            arguments.push("once = 1".to_owned());
        }
        arguments.extend(self.width(node).map(|width| format!("width = {width}")));
        format!("{name}({})", arguments.join(", "))
    }

    fn clock(&self, node: NodeId, clock: &Clock) -> Option<String> {
        let Clock::Periods(periods) = clock else {
            let Clock::First(steps) = clock else { return None };
            let width = self.width(node).map(|width| format!(", {width}")).unwrap_or_default();
            return Some(format!("first({steps}{width})"));
        };
        let mut groups = periods.to_vec();
        groups.dedup();
        let grouped = self.family.nodes(node).all(|node| match &node.op {
            Op::Clock(Clock::Periods(periods)) => Clock::grouped(node.width, &groups)[..] == periods[..],
            _ => false,
        });
        let periods = if grouped { &groups[..] } else { &periods[..] };
        let single = grouped || self.family.0.len() == 1;
        single.then(|| format!("clock({})", periods.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")))
    }

    fn affine(&self, node: NodeId, value: NodeId) -> Option<(String, Level)> {
        let of = |which: usize| {
            self.family.factor(|sized| match sized.graph.nodes[node.0].op {
                Op::Affine { scale, shift, .. } => [scale, shift][which],
                _ => f64::NAN,
            })
        };
        let (scale, shift) = (of(0)?, of(1)?);
        let plain_zero = |number: f64| number == 0.0 && number.is_sign_positive();
        let read = |level: Level| self.read(value, level);
        let found = match (scale, shift) {
            (Factor::Inverse(units), Factor::Number(shift)) if plain_zero(shift) => {
                let units = if units.contains(' ') { format!("({units})") } else { units };
                (format!("{} / {units}", read(Level::Product)?), Level::Product)
            }
            (Factor::Number(scale), Factor::Number(shift)) => {
                let (factor, number) = (spelled_double(scale), spelled_double(shift));
                if scale == -1.0 && plain_zero(shift) {
                    (format!("-{}", read(Level::Applied)?), Level::Signed)
                } else if plain_zero(shift) {
                    (format!("{factor} * {}", read(Level::Signed)?), Level::Product)
                } else if scale == -1.0 && (shift != 0.0) {
                    (format!("{number} - {}", read(Level::Product)?), Level::Sum)
                } else if scale == 1.0 && shift.is_sign_negative() {
                    (format!("{} - {}", read(Level::Sum)?, spelled_double(-shift)), Level::Sum)
                } else if scale == 1.0 {
                    (format!("{} + {number}", read(Level::Sum)?), Level::Sum)
                } else {
                    (format!("affine({}, {factor}, {number})", read(Level::Sum)?), Level::Primary)
                }
            }
            _ => return None,
        };
        Some(found)
    }

    fn binary(&self, function: Binary, left: NodeId, right: NodeId) -> Option<(String, Level)> {
        let (sign, level, behind) = match function {
            Binary::Add => ("+", Level::Sum, Level::Product),
            Binary::Subtract => ("-", Level::Sum, Level::Product),
            Binary::Multiply => ("*", Level::Product, Level::Signed),
            Binary::Divide => ("/", Level::Product, Level::Signed),
        };
        let is_number = function == Binary::Divide && !self.names.contains_key(&left);
        let left = match self.graph().nodes[left.0].op {
            Op::Constant(_) if is_number => self.number(left)?,
            _ => self.read(left, level)?,
        };
        Some((format!("{left} {sign} {}", self.read(right, behind)?), level))
    }
}
