//! Writing a step again with changes: what modifiers of cells are made of.

use std::cell::RefCell;

use super::{Builder, Expr, Graph, NodeId, Op, State};

/// A cell's step while it is written again, as far as it is written.
pub struct Rewriting<'g, 'c> {
    /// Of the new step. It has the cell's states and parameters already, under the same names and numbers.
    pub builder: &'g Builder,
    /// The step as it was.
    pub cell: &'c Graph,
    /// The replacement of each node of the cell.
    written: Vec<Expr<'g>>,
    variants: RefCell<Vec<(NodeId, Expr<'g>)>>,
}

impl<'g> Rewriting<'g, '_> {
    /// The replacement of an earlier node of the cell.
    pub fn written(&self, node: NodeId) -> Expr<'g> {
        self.written[node.0]
    }

    /// The node of the cell as it was, but for its operands, in place of which their replacements stand.
    pub fn same(&self, node: NodeId) -> Expr<'g> {
        match self.cell.nodes[node.0].op {
            Op::Input => self.builder.input(),
            Op::Previous { state, delay } => self.previous(&self.cell.states[state.0], delay),
            _ => self.same_of(node, |operand| self.written(operand)),
        }
    }

    /// The node of the cell as it was, but of other operands.
    pub fn same_of(&self, node: NodeId, operand: impl Fn(NodeId) -> Expr<'g>) -> Expr<'g> {
        let old = &self.cell.nodes[node.0];
        let op = old.op.clone().with_operands(|node| operand(node).id());
        self.builder.expr(self.builder.push(op, old.width))
    }

    /// A state of the cell as carried out of the step `delay` steps before.
    pub fn previous(&self, state: &State, delay: usize) -> Expr<'g> {
        self.builder.delayed(&state.name, state.width, delay)
    }

    /// The result of `make` for an earlier node of the cell; made once, however often it is asked for.
    pub fn variant(&self, node: NodeId, make: impl FnOnce(Expr<'g>) -> Expr<'g>) -> Expr<'g> {
        let known = self.variants.borrow().iter().find(|(of, _)| *of == node).map(|(_, made)| *made);
        known.unwrap_or_else(|| {
            let made = make(self.written(node));
            self.variants.borrow_mut().push((node, made));
            made
        })
    }
}

impl Graph {
    /// This step written again: `node` says what stands in place of each node, `next` what each state carries on in place of
    /// its next value. Where the output is a state, it stays that state. All else that reads a next value within the step
    /// reads it as it is before `next`.
    pub fn rewrite(
        &self,
        node: impl for<'g> Fn(&Rewriting<'g, '_>, NodeId) -> Expr<'g>,
        next: impl for<'g> Fn(&Rewriting<'g, '_>, &State, Expr<'g>) -> Expr<'g>,
    ) -> Self {
        self.rewrite_output(node, next, |_, output| output)
    }

    /// As [`rewrite`](Self::rewrite); `shown` says what stands in place of the output.
    pub fn rewrite_output(
        &self,
        node: impl for<'g> Fn(&Rewriting<'g, '_>, NodeId) -> Expr<'g>,
        next: impl for<'g> Fn(&Rewriting<'g, '_>, &State, Expr<'g>) -> Expr<'g>,
        shown: impl for<'g> Fn(&Rewriting<'g, '_>, Expr<'g>) -> Expr<'g>,
    ) -> Self {
        let builder = Builder::again(self);
        self.write(&builder, node, next, shown);
        builder.finish()
    }

    /// This step for an input of `inputs` units, of which `make` makes what it reads in place of the input that it has.
    #[must_use]
    pub fn behind(&self, inputs: usize, make: impl for<'g> Fn(&'g Builder) -> Expr<'g>) -> Self {
        let builder = Builder::again(self).with_inputs(inputs);
        self.write(
            &builder,
            |so_far, node| if self.nodes[node.0].op == Op::Input { make(so_far.builder) } else { so_far.same(node) },
            |_, _, next| next,
            |_, output| output,
        );
        builder.finish()
    }

    fn write<'g>(
        &self,
        builder: &'g Builder,
        node: impl Fn(&Rewriting<'g, '_>, NodeId) -> Expr<'g>,
        next: impl Fn(&Rewriting<'g, '_>, &State, Expr<'g>) -> Expr<'g>,
        shown: impl Fn(&Rewriting<'g, '_>, Expr<'g>) -> Expr<'g>,
    ) {
        let mut rewriting = Rewriting { builder, cell: self, written: vec![], variants: RefCell::default() };
        for index in 0..self.nodes.len() {
            let expr = node(&rewriting, NodeId(index));
            rewriting.written.push(expr);
        }
        let mut output = rewriting.written(self.output);
        for state in &self.states {
            let carried = builder.next(&state.name, next(&rewriting, state, rewriting.written(state.next)));
            if state.next == self.output {
                output = carried;
            }
        }
        builder.output(shown(&rewriting, output));
    }
}
