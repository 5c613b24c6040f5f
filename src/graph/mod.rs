//! The step graph: one description of a recurrent cell from which everything else about it is derived.
//!
//! A step graph is a small DAG over row vectors that takes the input at time t and the state at t−1 and gives the new state
//! and the output. Authors write it with [`Builder`] and [`Expr`]; engines, parameter layouts, operation counts and probes
//! read the [`Graph`].

mod builder;
mod canonical;
mod derivative;
mod expr;
mod fixed;
mod node;
mod read;
mod rewrite;

pub use builder::{Builder, Expr, Scalar};
pub use canonical::canonical;
pub use derivative::{
    Backflow, CotangentRule, Crossing, Leaving, Outer, Reverse, StepPenalties, Vjp, derivative, jvp, vjp,
};
pub use expr::{concat, select};
pub use fixed::Fixed;
pub use node::{
    Binary, Clock, GivenId, Graph, GraphParameter, Kind, Law, Node, NodeId, Op, ParameterId, Relation, Renewal,
    ScalarId, State, StateId, Unary,
};
pub use read::once_per_update;
pub use rewrite::Rewriting;
