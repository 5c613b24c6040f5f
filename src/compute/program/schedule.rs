//! From a draft to kernel calls: what is computed in which stage, what stays in registers of a chunk, and where the rest lies.

use super::{
    action::Action,
    draft::{Draft, Index, Item, Moved},
    home::Home,
    homes::Homes,
};
use crate::{
    compute::kernel::{Instruction, Isa, Number, Operation, PANEL, Program, Run, Slot},
    graph::NodeId,
};

/// The kernel calls that evaluate the nodes for which `evaluated` holds, in order. What is `wanted` is written to its place, and
/// stays there; a node may be wanted in several places.
pub(crate) fn schedule<E: Number>(
    isa: Isa,
    homes: &mut Homes<'_>,
    evaluated: &[bool],
    wanted: &[(NodeId, Home)],
) -> Vec<Action<E>> {
    let draft = Draft::new(homes.nodes, evaluated, &|node| wanted.iter().any(|(wanted, _)| *wanted == node));
    let of = item_homes(&draft, wanted, homes);
    let home = |item: Index| of[item].expect("what others read has a home");
    let mut actions = vec![];
    let last = draft.stages.iter().copied().max().unwrap_or(-1);
    for stage in 0..=last {
        let items = || (0..draft.items.len()).filter(|&item| draft.stages[item] == stage);
        if stage % 2 == 0 {
            for item in items() {
                if let Item::Rearranged(moved) = &draft.items[item] {
                    let run = |&Moved { from, first, step, to, count }: &Moved| {
                        (from.map(home), Run { from: None, first, step, to, count })
                    };
                    actions.push(Action::Rearrange { to: home(item), runs: moved.iter().map(run).collect() });
                }
                let Item::Product { initial, terms } = &draft.items[item] else { continue };
                let initial = match initial {
                    None => homes.allocator.zeros(),
                    Some(initial) => match draft.items[*initial] {
                        Item::Source(node) => homes.read_initial(node),
                        _ => home(*initial),
                    },
                };
                let terms =
                    terms.iter().map(|(value, matrix, transposed)| (home(*value), homes.pack(matrix, *transposed)));
                actions.push(Action::Product { to: home(item), initial, terms: terms.collect() });
            }
        } else {
            let mut widths: Vec<usize> = items().map(|item| draft.widths[item]).collect();
            widths.sort_unstable();
            widths.dedup();
            for width in widths {
                let group: Vec<Index> = items().filter(|&item| draft.widths[item] == width).collect();
                actions.extend(pointwise(isa, homes.rows, width, &draft, &group, &of));
            }
        }
    }
    for (place, &(node, to)) in wanted.iter().enumerate() {
        let computed = draft.item(node).filter(|&item| draft.items[item].is_computed());
        let (from, first) = match computed {
            Some(item) => (home(item), wanted[..place].iter().all(|(other, _)| *other != node)),
            None => (homes.read(node), false),
        };
        // What was there before, or is wanted in a second place, is copied.
        if !first {
            let copy = Instruction { operation: Operation::Copy, to: Slot::Operand(0), from: [Slot::Operand(1); 3] };
            let count = count(homes.rows, homes.width(node));
            actions.push(Action::Pointwise { program: Program::new(isa, vec![copy]), operands: vec![to, from], count });
        }
    }
    for &(node, home) in wanted.iter().rev().filter(|(node, _)| evaluated[node.0]) {
        homes.settle(node, home);
    }
    actions
}

/// Numbers of a value [rows, width] in panels.
fn count(rows: usize, width: usize) -> usize {
    rows * width.next_multiple_of(PANEL)
}

/// The home of each item that has one: what is wanted, what a product reads or makes, and what crosses from one stage to another.
fn item_homes(draft: &Draft, wanted: &[(NodeId, Home)], homes: &mut Homes<'_>) -> Vec<Option<Home>> {
    let mut needed = vec![false; draft.items.len()];
    // Of what was there before, a product that starts from a parameter vector needs no copy for every row.
    let mut read = vec![false; draft.items.len()];
    for (item, kind) in draft.items.iter().enumerate() {
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
                for operand in draft.operands(item) {
                    (needed[operand], read[operand]) = (true, true);
                }
            }
            Item::Pointwise { .. } => {
                for operand in draft.operands(item) {
                    needed[operand] |= draft.stages[operand] != draft.stages[item];
                    read[operand] = true;
                }
            }
        }
    }
    let mut of: Vec<Option<Home>> = vec![None; draft.items.len()];
    for (item, kind) in draft.items.iter().enumerate() {
        match kind {
            Item::Source(node) if read[item] => of[item] = Some(homes.read(*node)),
            kind if kind.is_computed() => {
                let asked = wanted.iter().find(|(node, _)| draft.item(*node) == Some(item)).map(|(_, home)| *home);
                of[item] =
                    asked.or_else(|| needed[item].then(|| homes.allocator.home(homes.rows, draft.widths[item], 1, 0)));
            }
            _ => {}
        }
    }
    of
}

/// One program for the items of a stage that have one width.
fn pointwise<E: Number>(
    isa: Isa,
    rows: usize,
    width: usize,
    draft: &Draft,
    group: &[Index],
    homes: &[Option<Home>],
) -> Option<Action<E>> {
    let mut writer = Writer { homes, operands: vec![], locals: vec![None; draft.items.len()], free: vec![], count: 0 };
    let mut instructions = vec![];
    for (place, &item) in group.iter().enumerate() {
        let Item::Pointwise { operation, operands } = &draft.items[item] else { continue };
        for &operand in operands {
            // Constants are made where they are first used, and again when their register was given away.
            if let Item::Immediate(operation) = draft.items[operand]
                && writer.locals[operand].is_none()
            {
                let to = writer.local(operand);
                instructions.push(Instruction { operation, to, from: [to; 3] });
            }
        }
        let sources: Vec<Slot> = operands.iter().map(|&operand| writer.slot(operand)).collect();
        // Registers that are read for the last time may take the result.
        for &operand in operands {
            let read_later = group[place + 1..].iter().any(|&later| draft.operands(later).contains(&operand));
            if !read_later {
                writer.release(operand);
            }
        }
        let to = if homes[item].is_some() { writer.slot(item) } else { writer.local(item) };
        let from = std::array::from_fn(|k| sources.get(k).copied().unwrap_or(to));
        instructions.push(Instruction { operation: *operation, to, from });
    }
    let operands = writer.operands.iter().map(|&item| homes[item].expect("operands have homes")).collect();
    (!instructions.is_empty()).then(|| Action::Pointwise {
        program: Program::new(isa, instructions),
        operands,
        count: count(rows, width),
    })
}

/// Assigns registers and operands.
struct Writer<'a> {
    homes: &'a [Option<Home>],
    /// The items bound as operands.
    operands: Vec<Index>,
    locals: Vec<Option<usize>>,
    free: Vec<usize>,
    count: usize,
}

impl Writer<'_> {
    fn slot(&mut self, item: Index) -> Slot {
        if let Some(local) = self.locals[item] {
            return Slot::Local(local);
        }
        assert!(self.homes[item].is_some(), "an operand is computed before it is read");
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
