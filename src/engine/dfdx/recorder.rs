//! Evaluates a graph's operations on dfdx tensors while one tape travels along.

use ::dfdx::{
    shapes::{HasShape as _, Rank0},
    tensor::{Gradients, NoneTape, PutTape as _, SplitTape as _, Storage, Tape, Tensor, WithEmptyTape as _},
    tensor_ops::{
        ChooseFrom as _, Device, PermuteTo as _, ReshapeTo as _, TryGe as _, TryGt as _, TryLe as _, TryLt as _,
        TryMatMul as _, TryStack as _,
    },
};

use super::Real;
use crate::graph::{Binary, Graph, NodeId, Op, Relation, Unary};

/// A matrix without a tape: \[rows, width\].
pub(super) type Matrix<E, D> = Tensor<(usize, usize), E, D>;

/// A parameter: a matrix \[out, in\], or a vector as \[1, width\].
type Taped<E, D, T> = Tensor<(usize, usize), E, D, T>;

/// The values that a graph is evaluated on.
pub(super) struct Sources<'a, E: Real, D: Device<E>> {
    /// Sequences of the batch.
    pub rows: usize,
    /// t.
    pub step: usize,
    /// x_t \[rows, inputs\]; none while only nodes that do not depend on it are evaluated.
    pub input: Option<&'a Matrix<E, D>>,
    /// The random vectors of this step, by the index of their node.
    pub random: &'a [Option<Matrix<E, D>>],
    /// The graph's parameters.
    pub parameters: &'a [Matrix<E, D>],
}

/// Holds the tape between operations. All tensors outside are without one, so that each may be used many times.
pub(super) struct Recorder<E: Real, D: Device<E>, T: Tape<E, D>> {
    pub device: D,
    tape: T,
    precision: std::marker::PhantomData<E>,
}

impl<E: Real, D: Device<E>, T: Tape<E, D>> Recorder<E, D, T> {
    pub fn new(device: D) -> Self {
        Self { device, tape: T::default(), precision: std::marker::PhantomData }
    }

    /// A matrix of these numbers, row-major.
    pub fn matrix(&self, rows: usize, width: usize, values: Vec<E>) -> Matrix<E, D> {
        self.device.tensor_from_vec(values, (rows, width))
    }

    /// Applies `f` to `value` with the tape attached.
    pub fn apply<S: ::dfdx::shapes::Shape>(
        &mut self,
        value: &Matrix<E, D>,
        f: impl FnOnce(Taped<E, D, T>) -> Tensor<S, E, D, T>,
    ) -> Tensor<S, E, D> {
        let (result, tape) = f(value.clone().put_tape(std::mem::take(&mut self.tape))).split_tape();
        self.tape = tape;
        result
    }

    /// `left`·`right`, where both have a place in memory for every element.
    ///
    /// dfdx's CUDA device hands cuBLAS the address and a leading dimension; of a view that repeats its rows or columns (a stride of 0)
    /// it makes a whole matrix, which reads, and backward writes, beyond the allocation.
    ///
    /// # Panics
    ///
    /// In tests and under debug assertions, if an operand is such a view.
    #[expect(clippy::disallowed_methods, reason = "here is where operands are looked at")]
    pub fn product(&mut self, left: &Matrix<E, D>, right: &Matrix<E, D>) -> Matrix<E, D> {
        if cfg!(any(test, debug_assertions)) {
            assert!(self.is_stored(left) && self.is_stored(right), "a matrix product of a view with a stride of 0");
        }
        let right = right.clone();
        self.apply(left, |left| left.matmul(right))
    }

    /// `rows` times the row `vector` \[1, width\], as a product with ones: its gradient is a product as well, in an order that the
    /// product fixes, where dfdx's own broadcast is a view whose gradient CUDA threads add in any order.
    pub fn repeated(&mut self, rows: usize, vector: &Matrix<E, D>) -> Matrix<E, D> {
        let ones = self.matrix(rows, 1, vec![E::narrow(1.0); rows]);
        self.product(&ones, vector)
    }

    /// Whether every element of `matrix` has a place of its own in memory.
    fn is_stored(&self, matrix: &Matrix<E, D>) -> bool {
        // A gradient has as many numbers as what is stored.
        let mut sizes = Gradients::leaky();
        let stored = sizes.get_or_alloc_mut(matrix).unwrap_or_else(|error| panic!("{error:?}"));
        let (rows, width) = *matrix.shape();
        Storage::<E>::len(&self.device, stored) == rows * width
    }

    /// Has `change` run on the backward pass, before the gradients of what was recorded earlier are found.
    pub fn on_backward(&mut self, change: impl FnOnce(&mut Gradients<E, D>) -> Result<(), D::Err> + 'static) {
        self.tape.add_backward_op(change);
    }

    /// Stacks matrices \[rows, width\] to \[matrices · rows, width\].
    pub fn stack(&mut self, matrices: &[Matrix<E, D>]) -> Matrix<E, D> {
        if let [only] = matrices {
            return only.clone();
        }
        let (rows, width) = *matrices[0].shape();
        let mut tape = Some(std::mem::take(&mut self.tape));
        let taped = matrices.iter().map(|matrix| matrix.clone().put_tape(tape.take().unwrap_or_default()));
        let stacked = taped.collect::<Vec<_>>().stack().reshape_like(&(matrices.len() * rows, width));
        let (stacked, tape) = stacked.split_tape();
        self.tape = tape;
        stacked
    }

    /// Gives the tape back, attached to the loss.
    pub fn finish(self, loss: Tensor<Rank0, E, D>) -> Tensor<Rank0, E, D, T> {
        loss.put_tape(self.tape)
    }

    /// Evaluates the nodes of `graph` for which `wanted` holds, in order, into `values`. Nodes that are not wanted must have
    /// their values already.
    pub fn evaluate(
        &mut self,
        graph: &Graph,
        &Sources { rows, step, input, random, parameters }: &Sources<'_, E, D>,
        wanted: impl Fn(usize) -> bool,
        values: &mut [Option<Matrix<E, D>>],
    ) {
        for (index, node) in graph.nodes.iter().enumerate().filter(|&(index, _)| wanted(index)) {
            let value = |id: NodeId| values[id.0].as_ref().expect("operands come before their users");
            let result = match &node.op {
                Op::Input => input.expect("nodes that depend on the input are evaluated per step").clone(),
                Op::Previous { .. } => unreachable!("states are read before the step"),
                Op::Random { .. } => random[index].clone().expect("random vectors are drawn before the step"),
                Op::Scalar(_) | Op::Scale { .. } => unreachable!("only rules on flat buffers have numbers handed in"),
                Op::Given(_) => unreachable!("dfdx differentiates by its own tape: it runs no graphs of derivatives"),
                Op::Parameter(parameter) => self.repeated(rows, &parameters[parameter.0]),
                Op::Clock(clock) => {
                    let units = (0..node.width).map(|unit| E::narrow(clock.at(step, unit)));
                    let units: Vec<E> = units.collect();
                    self.matrix(rows, node.width, units.repeat(rows))
                }
                Op::Fixed { value: operand, matrix, transposed } => {
                    let dense = matrix.dense().into_iter().map(E::narrow).collect();
                    let dense = self.matrix(matrix.rows(), matrix.columns(), dense);
                    let dense = if *transposed { dense } else { dense.permute::<(usize, usize), _>() };
                    self.product(value(*operand), &dense)
                }
                Op::Concat(operands) => {
                    // Each part moved to its place between zeros, then added up: dfdx puts no matrices side by side.
                    let (mut sum, mut start): (Option<Matrix<E, D>>, usize) = (None, 0);
                    for &operand in operands {
                        let width = graph.nodes[operand.0].width;
                        let mut place = vec![E::narrow(0.0); width * node.width];
                        (0..width).for_each(|unit| place[unit * node.width + start + unit] = E::narrow(1.0));
                        let place = self.matrix(width, node.width, place);
                        let part = self.product(value(operand), &place);
                        sum = Some(match sum {
                            None => part,
                            Some(sum) => self.apply(&sum, |sum| sum + part),
                        });
                        start += width;
                    }
                    sum.expect("something is put side by side")
                }
                Op::Constant(constant) => self.matrix(rows, node.width, vec![E::narrow(*constant); rows * node.width]),
                Op::Linear { value: operand, weight, transposed } => {
                    let weight = parameters[weight.0].clone();
                    let weight = if *transposed { weight } else { weight.permute::<(usize, usize), _>() };
                    self.product(value(*operand), &weight)
                }
                Op::Affine { value: operand, scale, shift } => self.apply(value(*operand), |operand| {
                    // Times one is left out, but not if nothing else is done: v and 1·v have to be two tensors, since dfdx
                    // takes no tensor twice in one operation.
                    let scaled = if *scale == 1.0 && *shift != 0.0 { operand } else { operand * E::narrow(*scale) };
                    if *shift == 0.0 { scaled } else { scaled + E::narrow(*shift) }
                }),
                Op::Unary { function, value: operand } => self.apply(value(*operand), |x| match function {
                    Unary::Tanh => x.tanh(),
                    Unary::Sigmoid => x.sigmoid(),
                    Unary::Exp => x.exp(),
                    // (eˣ + 1)·tanh(x/2) is eˣ − 1 without a difference.
                    Unary::ExpM1 => {
                        let sum = x.with_empty_tape().exp() + E::narrow(1.0);
                        (x * E::narrow(0.5)).tanh() * sum
                    }
                    Unary::Ln => x.ln(),
                    // What rounding took from u = 1 + x is given back: ln u + (x − (u − 1)) / u. The derivative is that of ln u.
                    Unary::Ln1P => {
                        let one = E::narrow(1.0);
                        let (lone, sum) = (x.retaped::<NoneTape>(), x + one);
                        let rounded = sum.retaped::<NoneTape>();
                        let lost = (lone - (rounded.clone() - one)) / rounded;
                        sum.ln() + lost
                    }
                    Unary::Sqrt => x.sqrt(),
                    Unary::Square => x.square(),
                    Unary::Abs => x.abs(),
                    Unary::Sin => x.sin(),
                    Unary::Cos => x.cos(),
                }),
                Op::Binary { function, left, right } => {
                    let right = value(*right).clone();
                    self.apply(value(*left), |left| match function {
                        Binary::Add => left + right,
                        Binary::Subtract => left - right,
                        Binary::Multiply => left * right,
                        Binary::Divide => left / right,
                    })
                }
                Op::Select { value: operand, relation, threshold, then, otherwise } => {
                    let (operand, threshold) = (value(*operand), E::narrow(*threshold));
                    let mask = match relation {
                        Relation::Less => operand.lt(threshold),
                        Relation::LessOrEqual => operand.le(threshold),
                        Relation::Greater => operand.gt(threshold),
                        Relation::GreaterOrEqual => operand.ge(threshold),
                    };
                    let otherwise = value(*otherwise).clone();
                    self.apply(value(*then), |then| mask.choose(then, otherwise))
                }
            };
            values[index] = Some(result);
        }
    }
}

#[cfg(test)]
mod tests {
    use ::dfdx::{
        tensor::{Cpu, NoneTape},
        tensor_ops::BroadcastTo as _,
    };

    use super::*;

    /// Two rows of one vector: the view that dfdx's broadcast makes, or numbers of their own.
    #[expect(clippy::disallowed_methods, reason = "what is banned is shown to be refused")]
    fn multiplied(view: bool) -> Vec<f32> {
        let mut recorder = Recorder::<f32, Cpu, NoneTape>::new(Cpu::default());
        let vector = recorder.matrix(1, 3, vec![1.0, 2.0, 3.0]);
        let repeated = if view {
            vector.reshape_like(&(3,)).broadcast_like::<_, ::dfdx::shapes::Axis<0>>(&(2, 3))
        } else {
            recorder.repeated(2, &vector)
        };
        let ones = recorder.matrix(3, 1, vec![1.0; 3]);
        recorder.product(&repeated, &ones).as_vec()
    }

    #[test]
    fn repeated_rows_are_stored() {
        assert_eq!(multiplied(false), [6.0, 6.0]);
    }

    #[test]
    #[should_panic(expected = "a stride of 0")]
    fn no_view_is_multiplied() {
        multiplied(true);
    }
}
