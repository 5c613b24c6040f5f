//! Pointwise functions beside those of the step graph.

use crate::graph::Expr;

/// Functions of one vector that equations may call by name, with numbers as settings: `leaky_relu(x, slope = 0.1)`.
pub trait Functions {
    /// The names, in small letters, digits and `_`.
    fn names(&self) -> Vec<String>;

    /// The settings of the function `name`.
    fn settings(&self, name: &str) -> Vec<String>;

    /// The trained vectors of the function `name`, each as wide as its argument.
    fn vectors(&self, name: &str) -> Vec<String>;

    /// The function `name` of `x`; `x` itself if there is none of that name.
    fn apply<'g>(&self, name: &str, settings: &[(String, f64)], x: Expr<'g>) -> Expr<'g>;
}
