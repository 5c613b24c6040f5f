//! The binary cross-entropy of independent bits, row by row.

use super::panels::{LANES, read, tree, write};
use crate::compute::kernel::{
    Isa, Place,
    function::Elementary,
    lanes::Real,
    pointwise::Number,
    versions::{in_f64, versions},
};

/// Rows of logits and the bits that are wanted of them.
#[derive(Clone, Copy, Debug)]
pub struct BitRows<'a, E> {
    /// The place of the logits z, \[rows, width\].
    pub logits: Place,
    /// The place of the cotangents, \[rows, width\]: that of the logits, or one apart from it.
    pub cotangents: Place,
    /// The number of bits.
    pub width: usize,
    /// The bits of the rows, 0 or 1: \[rows, width\].
    pub bits: &'a [f32],
    /// The weight of each row in the objective.
    pub weights: &'a [E],
}

/// The mean over the bits of −ln σ(±z), the sign that of the bit, and its derivative by the logits times the row's weight.
///
/// With a = −z for a bit that is 1 and a = z for one that is 0, the loss of a bit is max(a, 0) + ln(1 + e^−|a|), and its cotangent
/// weight / width · σ(a), with the sign of a/z: nothing cancels, however large z is. Sums run over the panels lane by lane, then over the 16 lanes in a
/// fixed tree, so that every instruction set gives the same bits.
///
/// A NaN logit makes the loss and its own cotangent NaN; an infinite one on the wrong side makes the loss ∞. A row of weight 0 has
/// cotangents of exactly 0, whatever its logits are; its loss is computed all the same.
#[derive(Clone, Copy, Debug)]
pub struct BinaryCrossEntropy<E> {
    kernel: Kernel<E>,
}

/// A compiled loss of one row.
type Kernel<E> = unsafe fn(row: BitRow<E>);

/// One row: its first logit and cotangent, and from a panel to the next.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct BitRow<E> {
    logits: *const E,
    logits_panel: usize,
    cotangents: *mut E,
    cotangents_panel: usize,
    width: usize,
    /// Whether all columns of the last panels lie within the arena.
    padded: bool,
    bits: *const f32,
    weight: E,
    loss: *mut E,
}

/// A number that the loss is compiled for.
pub trait SigmoidNumber: Number {
    #[doc(hidden)]
    fn sigmoid_loss(isa: Isa) -> unsafe fn(row: BitRow<Self>);
}

impl SigmoidNumber for f32 {
    fn sigmoid_loss(isa: Isa) -> unsafe fn(row: BitRow<f32>) {
        versions!(L => |row: BitRow<f32>| binary_cross_entropy::<L>(row)).of(isa)
    }
}

impl SigmoidNumber for f64 {
    fn sigmoid_loss(_: Isa) -> unsafe fn(row: BitRow<f64>) {
        in_f64!(L => |row: BitRow<f64>| binary_cross_entropy::<L>(row))
    }
}

impl<E: SigmoidNumber> BinaryCrossEntropy<E> {
    /// The loss for an instruction set.
    ///
    /// # Panics
    ///
    /// When the processor lacks it.
    pub fn new(isa: Isa) -> Self {
        assert!(isa.available(), "this processor has no {}", isa.name());
        Self { kernel: E::sigmoid_loss(isa) }
    }

    /// Writes the loss of each row, not weighted, to `losses`, and the cotangents to their place.
    ///
    /// # Panics
    ///
    /// When a place is not within the arena, or the numbers of rows differ.
    pub fn run(&self, arena: &mut [E], rows: &BitRows<'_, E>, losses: &mut [E]) {
        let (count, width) = (losses.len(), rows.width);
        assert!(
            rows.bits.len() == count * width && rows.weights.len() == count,
            "bits, weights and losses differ in number"
        );
        for place in [rows.logits, rows.cotangents] {
            let end = place.end(count, width);
            assert!(end <= arena.len() && end < usize::MAX, "{place:?} does not lie within {} numbers", arena.len());
        }
        let whole = |place: Place| place.end(count, width.next_multiple_of(LANES)) <= arena.len();
        let padded = whole(rows.logits) && whole(rows.cotangents);
        let arena = arena.as_mut_ptr();
        for (i, loss) in losses.iter_mut().enumerate() {
            // SAFETY: the rows lie within the arena and among the bits, checked above; the set is available.
            unsafe {
                (self.kernel)(BitRow {
                    logits: arena.add(rows.logits.start + i * rows.logits.line),
                    logits_panel: rows.logits.panel,
                    cotangents: arena.add(rows.cotangents.start + i * rows.cotangents.line),
                    cotangents_panel: rows.cotangents.panel,
                    width,
                    padded,
                    bits: rows.bits.as_ptr().add(i * width),
                    weight: rows.weights[i],
                    loss,
                });
            }
        }
    }
}

/// # Safety
///
/// The pointers are to a row of `width` numbers in panels each, to `width` bits, and to one number; all 16 columns of every panel
/// are there if `padded`; the processor has what the lanes need, of which COUNT divides 16.
#[inline(always)]
unsafe fn binary_cross_entropy<L: Elementary>(row: BitRow<L::Element>) {
    // SAFETY: the caller's; buffers have 16 numbers.
    unsafe {
        let (zero, one) = (L::Element::ZERO, L::Element::ONE);
        let share = one / L::Element::narrow(row.width as f64);
        let slope = row.weight * share;
        let mut sums = [zero; LANES];
        for start in (0..row.width).step_by(LANES) {
            let (panel, columns) = (start / LANES, LANES.min(row.width - start));
            let mut values = read::<L>(row.logits.add(panel * row.logits_panel), columns, row.padded, zero);
            // Where a column counts: a/z, and else 0.
            let (mut signs, mut counts) = ([one; LANES], [zero; LANES]);
            for column in 0..columns {
                counts[column] = one;
                if *row.bits.add(start + column) != 0.0 {
                    signs[column] = -one;
                }
            }
            for k in (0..LANES).step_by(L::COUNT) {
                let (sign, count) = (L::load(signs.as_ptr().add(k)), L::load(counts.as_ptr().add(k)));
                let a = L::load(values.as_ptr().add(k)).mul(sign);
                let power = L::splat(zero).sub(a.abs()).exp();
                let loss = L::splat(zero).larger(a).add(power.ln_1p());
                let sum = L::load(sums.as_ptr().add(k));
                sum.add(loss).select(count.eq(L::splat(one)), sum).store(sums.as_mut_ptr().add(k));
                a.sigmoid().mul(sign).mul(L::splat(slope)).store(values.as_mut_ptr().add(k));
            }
            if row.weight == zero {
                values = [zero; LANES];
            }
            write::<L>(row.cotangents.add(panel * row.cotangents_panel), &values, columns, row.padded);
        }
        *row.loss = tree(sums, |a, b| a + b) * share;
    }
}
