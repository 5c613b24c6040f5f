//! Pointwise changes of vectors, compiled once and run with other numbers each time.

use std::{
    cell::RefCell,
    fmt::{self, Write as _},
    sync::Arc,
};

use super::pointwise::{PointwisePrograms, Shape};
use crate::{
    compute::kernel::Number,
    graph::{Builder, Expr, Node, NodeId, Scalar, canonical},
};

/// The inputs of a transform while it is written down: numbers that are computed anew, in f64, at every run.
///
/// An expression is recorded once and holds for every later run; what the inputs decide must therefore be asked for here:
/// a number by [`scalar`](Self::scalar), a choice between expressions by [`choose`](Self::choose).
pub struct Inputs<'g, I> {
    builder: &'g Builder,
    now: I,
    recorded: RefCell<Recorded<I>>,
}

/// The computations of a run before its program.
struct Recorded<I> {
    /// In the order of the scalars, each gives one or more.
    scalars: Vec<Arc<ComputeScalars<I>>>,
    /// All hold where the program is the right one.
    guards: Vec<Arc<Guard<I>>>,
}

/// Appends the scalars that it makes of the inputs.
type ComputeScalars<I> = dyn Fn(I, &mut Vec<f64>) + Send + Sync;

/// Whether a choice falls out as it did when the expressions were recorded.
type Guard<I> = dyn Fn(I) -> bool + Send + Sync;

impl<I> Clone for Recorded<I> {
    fn clone(&self) -> Self {
        Self { scalars: self.scalars.clone(), guards: self.guards.clone() }
    }
}

impl<'g, I: Copy> Inputs<'g, I> {
    /// The number that `of` makes of the inputs of each run.
    pub fn scalar(&self, of: impl Fn(I) -> f64 + Send + Sync + 'static) -> Scalar<'g> {
        let [scalar] = self.scalars(move |inputs| [of(inputs)]);
        scalar
    }

    /// Several numbers that are computed together.
    pub fn scalars<const N: usize>(&self, of: impl Fn(I) -> [f64; N] + Send + Sync + 'static) -> [Scalar<'g>; N] {
        let compute = move |inputs, into: &mut Vec<f64>| into.extend(of(inputs));
        self.recorded.borrow_mut().scalars.push(Arc::new(compute));
        std::array::from_fn(|_| self.builder.given_scalar())
    }

    /// The result of `of` for the inputs of this run, for a choice between expressions. Runs with another result have expressions
    /// of their own.
    pub fn choose<T: PartialEq + Copy + Send + Sync + 'static>(
        &self,
        of: impl Fn(I) -> T + Send + Sync + 'static,
    ) -> T {
        let choice = of(self.now);
        self.recorded.borrow_mut().guards.push(Arc::new(move |inputs| of(inputs) == choice));
        choice
    }
}

/// The new values of vectors as a function of all of them: pairs of a vector's number and its new value.
type Definition<I> = dyn for<'g> Fn(&Inputs<'g, I>, &[Expr<'g>]) -> Vec<(usize, Expr<'g>)> + Send + Sync;

/// A pointwise change of [`Vectors`](super::Vectors), written in the notation of graphs. It is compiled when it is first run, once for each way
/// that its choices fall out, and then run with the inputs `I` of each time.
pub struct Transform<E, I> {
    definition: Arc<Definition<I>>,
    traces: Vec<Trace<E, I>>,
    /// The scalars of the run at hand, kept so that running allocates nothing.
    scalars: Vec<f64>,
}

/// The transform as compiled for vectors of one shape, where some guards hold.
#[derive(Clone)]
struct Trace<E, I> {
    recorded: Recorded<I>,
    compiled: PointwisePrograms<E>,
}

/// A transform as it is written down for some inputs.
struct Written<I> {
    nodes: Vec<Node>,
    /// The vectors as they are.
    before: Vec<NodeId>,
    /// The vectors that change, and what they become.
    after: Vec<(usize, NodeId)>,
    recorded: Recorded<I>,
}

impl<E: Clone, I> Clone for Transform<E, I> {
    fn clone(&self) -> Self {
        let traces = self
            .traces
            .iter()
            .map(|Trace { recorded, compiled }| Trace { recorded: recorded.clone(), compiled: compiled.clone() });
        Self { definition: Arc::clone(&self.definition), traces: traces.collect(), scalars: vec![] }
    }
}

impl<E, I> fmt::Debug for Transform<E, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transform").field("traces", &self.traces.len()).finish_non_exhaustive()
    }
}

impl<E: Number, I: Copy> Transform<E, I> {
    /// A transform that gives some vectors new values: `definition` gets the inputs and all vectors as they are, and gives
    /// pairs of a vector's number and what it becomes. It must be a function of its arguments alone.
    pub fn new(
        definition: impl for<'g> Fn(&Inputs<'g, I>, &[Expr<'g>]) -> Vec<(usize, Expr<'g>)> + Send + Sync + 'static,
    ) -> Self {
        Self { definition: Arc::new(definition), traces: vec![], scalars: vec![] }
    }

    /// The change of `count` vectors as text, as it is with each of these inputs: the graph and the numbers it is given. Two transforms
    /// that compute the same in the same way have the same.
    pub fn canonical(&self, count: usize, inputs: impl IntoIterator<Item = I>) -> String {
        let mut text = String::new();
        for inputs in inputs {
            let Written { nodes, after, recorded, .. } = self.write(count, 1, inputs);
            let results: Vec<NodeId> = after.iter().map(|(_, node)| *node).collect();
            let changed: Vec<usize> = after.iter().map(|(index, _)| *index).collect();
            let mut scalars = vec![];
            recorded.scalars.iter().for_each(|compute| compute(inputs, &mut scalars));
            let _ = writeln!(text, "vectors {changed:?} scalars {scalars:?}");
            text += &canonical(&nodes, &results);
        }
        text
    }

    /// Writes down the change of `count` vectors of `length` numbers.
    fn write(&self, count: usize, length: usize, inputs: I) -> Written<I> {
        let builder = Builder::new(length, length);
        let given: Vec<Expr<'_>> = (0..count).map(|_| builder.given(length)).collect();
        let recorded = RefCell::new(Recorded { scalars: vec![], guards: vec![] });
        let arguments = Inputs { builder: &builder, now: inputs, recorded };
        let after = (self.definition)(&arguments, &given).into_iter().map(|(index, expr)| (index, expr.id()));
        let (before, after) = (given.iter().map(|expr| expr.id()).collect(), after.collect());
        let recorded = arguments.recorded.into_inner();
        Written { nodes: builder.into_nodes(), before, after, recorded }
    }

    /// The program for vectors of this shape and these inputs, which is compiled if it is new, and its scalars.
    pub(super) fn prepare(&mut self, shape: Shape, inputs: I) -> (&PointwisePrograms<E>, &[f64]) {
        let fits = |trace: &Trace<E, I>| {
            trace.compiled.shape == shape && trace.recorded.guards.iter().all(|guard| guard(inputs))
        };
        let known = self.traces.iter().position(fits);
        let trace = known.unwrap_or_else(|| {
            let Written { nodes, before, after, recorded } = self.write(shape.count, shape.length, inputs);
            let compiled = PointwisePrograms::new(shape, &nodes, &before, after);
            self.traces.push(Trace { recorded, compiled });
            self.traces.len() - 1
        });
        let Trace { recorded, compiled } = &self.traces[trace];
        self.scalars.clear();
        recorded.scalars.iter().for_each(|compute| compute(inputs, &mut self.scalars));
        (compiled, &self.scalars)
    }
}
