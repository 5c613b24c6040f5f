//! Programs and their interpreter.

use super::{Instruction, Number, Slot, number::Kernel};
use crate::compute::kernel::Isa;

/// Numbers per chunk: a slot of f32 takes 2 KiB of a chunk, so that 24 of them stay in a first-level cache of 48 KiB.
pub const CHUNK: usize = 256;
/// Kernels work on multiples of it; what is left of a place goes through scratch.
const GRAIN: usize = 16;

/// A list of instructions, resolved for an instruction set.
#[derive(Clone, Debug)]
pub struct Program<E> {
    calls: Vec<Call<E>>,
    locals: usize,
    operands: usize,
    /// The operands that an instruction writes, in increasing order.
    written: Vec<usize>,
    /// Calls whose first parameter is handed in at each run, and which of the numbers handed in it is.
    fed: Vec<(usize, usize)>,
}

/// A call of a kernel with its slots.
#[derive(Clone, Copy, Debug)]
struct Call<E> {
    kernel: Kernel<E>,
    /// to, a, b, c; those that the kernel does not read repeat `to`.
    slots: [Slot; 4],
    s: E,
    t: E,
}

/// A call with its slots found: chunk number i of a slot is at `base + i · CHUNK` if it advances, else at `base`.
#[derive(Clone, Copy, Debug)]
struct Bound<E> {
    kernel: Kernel<E>,
    bases: [*mut E; 4],
    /// All ones where a slot advances, else 0.
    advances: [usize; 4],
    s: E,
    t: E,
}

/// Working memory of runs, one per thread: kept from run to run, so that running allocates nothing.
#[derive(Debug)]
pub struct Scratch<E> {
    /// Locals of `CHUNK` numbers, then one grain for each operand.
    numbers: Vec<E>,
    bound: Vec<Bound<E>>,
}

// SAFETY: the pointers in `bound` are used only within the call of `Program::run` that set them.
unsafe impl<E: Send> Send for Scratch<E> {}
// SAFETY: as above; a shared scratch gives access to nothing.
unsafe impl<E: Sync> Sync for Scratch<E> {}

impl<E> Default for Scratch<E> {
    fn default() -> Self {
        Self { numbers: Vec::new(), bound: Vec::new() }
    }
}

impl<E> Clone for Scratch<E> {
    /// An empty one: a scratch holds nothing that lasts.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<E: Number> Program<E> {
    /// Resolves the instructions.
    ///
    /// # Panics
    ///
    /// When the processor lacks `isa`, or an instruction reads a local slot that none before it writes.
    pub fn new(isa: Isa, instructions: Vec<Instruction>) -> Self {
        assert!(isa.available(), "this processor has no {}", isa.name());
        let (mut written_locals, mut operands, mut written) = (Vec::new(), 0, Vec::new());
        let (mut calls, mut fed) = (Vec::with_capacity(instructions.len()), Vec::new());
        for instruction in instructions {
            for &source in instruction.sources() {
                match source {
                    Slot::Local(i) => {
                        assert!(written_locals.contains(&i), "{instruction:?} reads a local slot before it is written");
                    }
                    Slot::Operand(i) => operands = operands.max(i + 1),
                }
            }
            match instruction.to {
                Slot::Local(i) => written_locals.push(i),
                Slot::Operand(i) => {
                    operands = operands.max(i + 1);
                    written.push(i);
                }
            }
            let mut slots = [instruction.to; 4];
            slots[1..=instruction.sources().len()].copy_from_slice(instruction.sources());
            fed.extend(instruction.operation.scalar().map(|scalar| (calls.len(), scalar)));
            let [s, t] = instruction.operation.parameters().map(E::narrow);
            calls.push(Call { kernel: E::kernel(instruction.operation, isa), slots, s, t });
        }
        written.sort_unstable();
        written.dedup();
        let locals = written_locals.into_iter().max().map_or(0, |last| last + 1);
        Self { calls, locals, operands, written, fed }
    }

    /// The number of places that a run binds.
    pub fn operands(&self) -> usize {
        self.operands
    }

    /// The number of local slots.
    pub fn locals(&self) -> usize {
        self.locals
    }

    /// As [`run_with`](Self::run_with), for a program that is handed no numbers.
    pub fn run(&self, scratch: &mut Scratch<E>, arena: &mut [E], count: usize, operands: &[usize]) {
        self.run_with(scratch, arena, count, operands, &[]);
    }

    /// Runs the program on `count` numbers: operand i is `arena[operands[i]..][..count]`; further `operands` are ignored.
    ///
    /// `scalars` are the numbers handed in at this run; further ones are ignored.
    ///
    /// Operands may be the same place: an instruction then works in place. Places that overlap in part get unspecified values
    /// there. Nothing outside the places is touched.
    ///
    /// # Panics
    ///
    /// When there are too few `operands` or `scalars`, or a place is not within the arena.
    pub fn run_with(&self, scratch: &mut Scratch<E>, arena: &mut [E], count: usize, operands: &[usize], scalars: &[E]) {
        assert!(operands.len() >= self.operands, "{} of {} operands", operands.len(), self.operands);
        let operands = &operands[..self.operands];
        for &start in operands {
            let fits = start.checked_add(count).is_some_and(|end| end <= arena.len());
            assert!(fits, "{count} numbers from {start} on do not lie within {}", arena.len());
        }
        let pads = self.locals * CHUNK;
        if scratch.numbers.len() < pads + self.operands * GRAIN {
            scratch.numbers.resize(pads + self.operands * GRAIN, E::ZERO);
        }
        let (arena, locals) = (arena.as_mut_ptr(), scratch.numbers.as_mut_ptr());
        let (bulk, tail) = (count - count % GRAIN, count % GRAIN);
        if bulk > 0 {
            // SAFETY: operand i has `count` numbers from here on, checked above.
            self.bind(&mut scratch.bound, locals, |i| unsafe { arena.add(operands[i]) }, scalars);
            for start in (0..bulk).step_by(CHUNK) {
                let length = CHUNK.min(bulk - start);
                // SAFETY: operands have start + length ≤ count numbers, locals have CHUNK ≥ length; length is a multiple of
                // GRAIN; the set is available, checked by `new`.
                unsafe { execute(&scratch.bound, start, length) };
            }
        }
        if tail > 0 {
            // Operands in one place share a pad, so that one sees what is written through another.
            // SAFETY (all blocks below): a pad has GRAIN ≥ tail numbers and lies in the scratch, behind the locals; the last
            // `tail` numbers of an operand lie in the arena, which does not overlap the scratch.
            let pad = |i: usize| unsafe { locals.add(pads + first(operands, i) * GRAIN) };
            let place = |i: usize| unsafe { arena.add(operands[i] + bulk) };
            for i in 0..self.operands {
                unsafe { std::ptr::copy_nonoverlapping(place(i), pad(i), tail) };
            }
            self.bind(&mut scratch.bound, locals, pad, scalars);
            // SAFETY: pads have GRAIN numbers, locals CHUNK; the set is available, checked by `new`.
            unsafe { execute(&scratch.bound, 0, GRAIN) };
            for &i in &self.written {
                unsafe { std::ptr::copy_nonoverlapping(pad(i), place(i), tail) };
            }
        }
    }

    /// Finds the slots of all calls.
    fn bind(&self, bound: &mut Vec<Bound<E>>, locals: *mut E, operand: impl Fn(usize) -> *mut E, scalars: &[E]) {
        // Plain loops: adapters of iterators stay calls where the crate is compiled in many units.
        bound.clear();
        for call in &self.calls {
            let (mut bases, mut advances) = ([locals; 4], [0; 4]);
            for (i, slot) in call.slots.iter().enumerate() {
                match *slot {
                    // SAFETY: the scratch has room for all locals.
                    Slot::Local(local) => bases[i] = unsafe { locals.add(local * CHUNK) },
                    Slot::Operand(number) => (bases[i], advances[i]) = (operand(number), usize::MAX),
                }
            }
            bound.push(Bound { kernel: call.kernel, bases, advances, s: call.s, t: call.t });
        }
        for &(call, scalar) in &self.fed {
            bound[call].s = scalars[scalar];
        }
    }
}

/// The first operand in the same place as operand i.
fn first(operands: &[usize], i: usize) -> usize {
    operands.iter().position(|&start| start == operands[i]).unwrap_or(i)
}

/// Makes all calls on `length` numbers, those of operands from `start` on.
///
/// # Safety
///
/// Slots that advance have start + length numbers, the others `length`, a multiple of `GRAIN`; the processor has the set that
/// the kernels were compiled for.
unsafe fn execute<E: Copy>(bound: &[Bound<E>], start: usize, length: usize) {
    for call in bound {
        // SAFETY: the caller's.
        unsafe {
            let slot = |i: usize| call.bases[i].add(start & call.advances[i]);
            (call.kernel)(slot(0), slot(1), slot(2), slot(3), call.s, call.t, length);
        }
    }
}
