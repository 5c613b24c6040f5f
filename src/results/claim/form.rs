//! The form of a claim, and whether its keys agree on one.

use super::spec::{ClaimSpec, Conditions, Expectation, Level, Right};
use crate::train::MetricName;

/// The form of a claim: what it compares with what.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Form<'a> {
    /// Two arms.
    Arms {
        /// The arm on the left.
        left: &'a Conditions,
        /// The arm on the right.
        right: &'a Conditions,
    },
    /// An arm and a number.
    Level {
        /// The arm.
        left: &'a Conditions,
        /// The number.
        bound: Bound,
    },
    /// Several arms, each with the next.
    Order(&'a [Conditions]),
    /// Arms along the values of a setting.
    Trend(&'a str),
    /// Two metrics over arms.
    Correlation(MetricName),
}

/// The number that an arm is compared with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// A number of the suite.
    Number(f64),
    /// The score of the best constant predictor on the arm's task.
    Chance,
}

/// A key of a claim that does not fit the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The key to point at; empty for the claim as a whole.
    pub key: &'static str,
    /// The complaint, as a sentence fragment.
    pub message: String,
}

impl Misfit {
    fn new(key: &'static str, message: impl Into<String>) -> Self {
        Self { key, message: message.into() }
    }
}

impl ClaimSpec {
    /// The form of the claim.
    ///
    /// # Errors
    /// The first key that does not fit the others.
    pub fn form(&self) -> Result<Form<'_>, Misfit> {
        let sides = self.left.is_some() || self.right.is_some();
        let given = [
            (sides, "left"),
            (self.order.is_some(), "order"),
            (self.over.is_some(), "over"),
            (self.with.is_some(), "with"),
        ];
        let given: Vec<&'static str> = given.into_iter().filter(|(given, _)| *given).map(|(_, key)| key).collect();
        let form = match given[..] {
            [] => {
                return Err(Misfit::new(
                    "",
                    "the claim compares nothing; give `left` and `right`, `order`, `over` (a trend) or `with` (a correlation)",
                ));
            }
            [_] if sides => self.sides()?,
            ["order"] => Form::Order(self.order.as_deref().unwrap_or_default()),
            ["over"] => Form::Trend(self.over.as_deref().unwrap_or_default()),
            [_] => Form::Correlation(self.with.unwrap_or(self.metric)),
            [first, second, ..] => {
                return Err(Misfit::new(second, format!("a claim has one form; keep `{first}` or `{second}`")));
            }
        };
        self.check(&form)?;
        Ok(form)
    }

    fn sides(&self) -> Result<Form<'_>, Misfit> {
        let Some(left) = &self.left else { return Err(Misfit::new("right", "there is no `left` to compare with")) };
        match &self.right {
            None => {
                Err(Misfit::new("left", "there is no `right` to compare with: settings of an arm, a number, or chance"))
            }
            Some(Right::Arm(right)) => Ok(Form::Arms { left, right }),
            Some(Right::Number(number)) => Ok(Form::Level { left, bound: Bound::Number(*number) }),
            Some(Right::Level(Level::Chance)) => match self.metric {
                MetricName::Measured(..) => Ok(Form::Level { left, bound: Bound::Chance }),
                metric => Err(Misfit::new(
                    "right",
                    format!("`{metric}` has no chance level; give a number, or a metric such as test/loss"),
                )),
            },
        }
    }

    fn check(&self, form: &Form) -> Result<(), Misfit> {
        use Expectation::{Decreasing, Equal, Greater, Increasing, Less, Negative, Positive};
        let fits: &[Expectation] = match form {
            Form::Arms { .. } | Form::Level { .. } => &[Greater, Less, Equal],
            Form::Order(_) | Form::Trend(_) => &[Increasing, Decreasing],
            Form::Correlation(_) => &[Positive, Negative],
        };
        if !fits.contains(&self.expect) {
            let names: Vec<String> = fits.iter().map(|fit| format!("`{}`", fit.name())).collect();
            let subject = match form {
                Form::Arms { .. } | Form::Level { .. } => "`left` and `right`",
                Form::Order(_) => "`order`",
                Form::Trend(_) => "`over`",
                Form::Correlation(_) => "`with`",
            };
            let message =
                format!("`{}` is nothing that {subject} can be; expect {}", self.expect.name(), names.join(" or "));
            return Err(Misfit::new("expect", message));
        }
        if self.expect == Equal && (self.margin.is_nan() || self.margin <= 0.0) {
            return Err(Misfit::new(
                "margin",
                "`left = right` needs a margin above 0, the largest difference that counts as equal",
            ));
        }
        if matches!(form, Form::Trend(_) | Form::Correlation(_)) && (self.margin.is_nan() || self.margin.abs() >= 1.0) {
            let message = format!(
                "a rank correlation lies between -1 and 1, so that the margin {} decides the claim by itself",
                self.margin
            );
            return Err(Misfit::new("margin", message));
        }
        if let Some(quota) = self.in_at_least.filter(|quota| quota.wanted == 0 || quota.wanted > quota.of) {
            let message = format!("`{quota}` is no part of {} replicates; give 1 to {0} of {0}", quota.of);
            return Err(Misfit::new("in-at-least", message));
        }
        if self.in_at_least.is_some() && !matches!(form, Form::Arms { .. } | Form::Level { .. }) {
            return Err(Misfit::new("in-at-least", "replicates are counted of claims with `left` and `right` only"));
        }
        match form {
            Form::Order(steps) if steps.len() < 2 => Err(Misfit::new("order", "an order needs two arms or more")),
            Form::Correlation(with) if *with == self.metric => {
                Err(Misfit::new("with", format!("`{with}` correlates with itself; name another metric")))
            }
            _ => Ok(()),
        }
    }
}
