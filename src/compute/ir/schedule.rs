//! From a selection to calls: what is computed in which stage, what stays in registers of a chunk, and where the rest is.

use super::{
    Bindings, Call, Instruction, Move, Operation, Reference, Slot, Term,
    selection::{Index, Item, Moved, Selection},
};
use crate::graph::NodeId;

/// The calls that evaluate the nodes for which `evaluated` holds, in order. Each node that is `wanted` is written to its place,
/// and stays there; a node may be wanted in several places.
pub fn schedule(bindings: &mut Bindings<'_>, evaluated: &[bool], wanted: &[(NodeId, Reference)]) -> Vec<Call> {
    let selection = Selection::new(bindings.nodes, evaluated, &|node| wanted.iter().any(|(wanted, _)| *wanted == node));
    let of = places_of_items(&selection, wanted, bindings);
    let place = |item: Index| of[item].expect("what others read has a place");
    let mut calls = vec![];
    let last = selection.stages.iter().copied().max().unwrap_or(-1);
    for stage in 0..=last {
        let items = || (0..selection.items.len()).filter(|&item| selection.stages[item] == stage);
        if stage % 2 == 0 {
            for item in items() {
                if let Item::Rearranged(moved) = &selection.items[item] {
                    let moves = moved.iter().map(|&Moved { from, first, step, to, count }| Move {
                        from: from.map(place),
                        first,
                        step,
                        to,
                        count,
                    });
                    calls.push(Call::Rearrange { to: place(item), moves: moves.collect() });
                }
                let Item::Product { initial, terms } = &selection.items[item] else { continue };
                let initial = match initial {
                    None => bindings.places.zeros(),
                    Some(initial) => match selection.items[*initial] {
                        Item::Source(node) => bindings.read_initial(node),
                        _ => place(*initial),
                    },
                };
                let terms = terms
                    .iter()
                    .map(|&(value, product)| Term { value: place(value), matrix: bindings.factor(product) });
                calls.push(Call::Product { to: place(item), initial, terms: terms.collect() });
            }
        } else {
            let mut widths: Vec<usize> = items().map(|item| selection.widths[item]).collect();
            widths.sort_unstable();
            widths.dedup();
            for width in widths {
                let group: Vec<Index> = items().filter(|&item| selection.widths[item] == width).collect();
                calls.extend(pointwise(width, &selection, &group, &of));
            }
        }
    }
    for (position, &(node, to)) in wanted.iter().enumerate() {
        let computed = selection.item(node).filter(|&item| selection.items[item].is_computed());
        let (from, first) = match computed {
            Some(item) => (place(item), wanted[..position].iter().all(|(other, _)| *other != node)),
            None => (bindings.read(node), false),
        };
        // What was there before, or is wanted in a second place, is copied.
        if !first {
            let copy = Instruction { operation: Operation::Copy, to: Slot::Operand(0), from: [Slot::Operand(1); 3] };
            let width = bindings.width(node);
            calls.push(Call::Pointwise { instructions: vec![copy], operands: vec![to, from], width });
        }
    }
    for &(node, place) in wanted.iter().rev().filter(|(node, _)| evaluated[node.0]) {
        bindings.bind(node, place);
    }
    calls
}

/// The place of each item that has one: what is wanted, what a product reads or makes, and what crosses from one stage to another.
fn places_of_items(
    selection: &Selection,
    wanted: &[(NodeId, Reference)],
    bindings: &mut Bindings<'_>,
) -> Vec<Option<Reference>> {
    let mut needed = vec![false; selection.items.len()];
    // Of what was there before, a product that starts from a parameter vector needs no copy for every row.
    let mut read = vec![false; selection.items.len()];
    for (item, kind) in selection.items.iter().enumerate() {
        match kind {
            Item::Source(_) | Item::Absorbed | Item::Immediate(_) => {}
            Item::Product { initial, terms } => {
                needed[item] = true;
                for operand in initial.iter().copied().chain(terms.iter().map(|term| term.0)) {
                    needed[operand] = true;
                }
                terms.iter().for_each(|term| read[term.0] = true);
            }
            Item::Rearranged(_) => {
                needed[item] = true;
                for operand in selection.operands(item) {
                    (needed[operand], read[operand]) = (true, true);
                }
            }
            Item::Pointwise { .. } => {
                for operand in selection.operands(item) {
                    needed[operand] |= selection.stages[operand] != selection.stages[item];
                    read[operand] = true;
                }
            }
        }
    }
    let mut of: Vec<Option<Reference>> = vec![None; selection.items.len()];
    for (item, kind) in selection.items.iter().enumerate() {
        match kind {
            Item::Source(node) if read[item] => of[item] = Some(bindings.read(*node)),
            kind if kind.is_computed() => {
                let asked =
                    wanted.iter().find(|(node, _)| selection.item(*node) == Some(item)).map(|(_, place)| *place);
                let new = |bindings: &mut Bindings<'_>| {
                    bindings.places.rows(format!("t{item}"), selection.widths[item], 1, 0)
                };
                of[item] = asked.or_else(|| needed[item].then(|| new(bindings)));
            }
            _ => {}
        }
    }
    of
}

/// One program for the items of a stage that have one width.
fn pointwise(width: usize, selection: &Selection, group: &[Index], places: &[Option<Reference>]) -> Option<Call> {
    let mut slots =
        SlotAllocator { places, operands: vec![], locals: vec![None; selection.items.len()], free: vec![], count: 0 };
    let mut instructions = vec![];
    for (place, &item) in group.iter().enumerate() {
        let Item::Pointwise { operation, operands } = &selection.items[item] else { continue };
        for &operand in operands {
            // Constants are made where they are first used, and again when their register was given away.
            if let Item::Immediate(operation) = selection.items[operand]
                && slots.locals[operand].is_none()
            {
                let to = slots.local(operand);
                instructions.push(Instruction { operation, to, from: [to; 3] });
            }
        }
        let sources: Vec<Slot> = operands.iter().map(|&operand| slots.slot(operand)).collect();
        // Registers that are read for the last time may take the result.
        for &operand in operands {
            let read_later = group[place + 1..].iter().any(|&later| selection.operands(later).contains(&operand));
            if !read_later {
                slots.release(operand);
            }
        }
        let to = if places[item].is_some() { slots.slot(item) } else { slots.local(item) };
        let from = std::array::from_fn(|k| sources.get(k).copied().unwrap_or(to));
        instructions.push(Instruction { operation: *operation, to, from });
    }
    let operands = slots.operands.iter().map(|&item| places[item].expect("operands have places")).collect();
    (!instructions.is_empty()).then_some(Call::Pointwise { instructions, operands, width })
}

/// Assigns registers and operands.
struct SlotAllocator<'a> {
    places: &'a [Option<Reference>],
    /// The items bound as operands.
    operands: Vec<Index>,
    locals: Vec<Option<usize>>,
    free: Vec<usize>,
    count: usize,
}

impl SlotAllocator<'_> {
    fn slot(&mut self, item: Index) -> Slot {
        if let Some(local) = self.locals[item] {
            return Slot::Local(local);
        }
        assert!(self.places[item].is_some(), "an operand is computed before it is read");
        let known = self.operands.iter().position(|&operand| operand == item);
        Slot::Operand(known.unwrap_or_else(|| {
            self.operands.push(item);
            self.operands.len() - 1
        }))
    }

    fn local(&mut self, item: Index) -> Slot {
        let local = self.free.pop().unwrap_or_else(|| {
            self.count += 1;
            self.count - 1
        });
        self.locals[item] = Some(local);
        Slot::Local(local)
    }

    fn release(&mut self, item: Index) {
        if let Some(local) = self.locals[item].take() {
            self.free.push(local);
        }
    }
}
