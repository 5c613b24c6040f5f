//! The cross-entropy of a softmax, row by row.

use super::panels::{LANES, read, tree, write};
use crate::compute::kernel::{
    Isa, Place,
    function::Elementary,
    lanes::Real,
    pointwise::Number,
    versions::{in_f64, versions},
};

/// Rows of logits and what is wanted of them: one class and one weight per row.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a, E> {
    /// The place of the logits z, \[rows, width\].
    pub logits: Place,
    /// The place of the cotangents, \[rows, width\]: that of the logits, or one apart from it.
    pub cotangents: Place,
    /// The number of classes.
    pub width: usize,
    /// The right class of each row.
    pub classes: &'a [u32],
    /// The weight of each row in the objective.
    pub weights: &'a [E],
}

/// −ln softmax(z)_class of each row, and its derivative with respect to the logits times the row's weight.
///
/// With M = max z over the columns and S = Σ exp(z − M): the loss is ln S + (M − z_class), the cotangent weight · exp(z − M) / S,
/// and at the class weight · (exp(z − M) / S − 1). Sums run over the panels lane by lane, then over the 16 lanes in a fixed
/// tree (each half is added to the other), so that every instruction set gives the same bits. Columns beyond the width count for
/// nothing and stay what they are.
///
/// A NaN logit, an infinite one that is the greatest, or a row of nothing but −∞ makes the loss and the row's cotangents NaN; −∞ at
/// the class makes the loss ∞. A row of weight 0 has cotangents of exactly 0, whatever its logits are; its loss is computed all
/// the same.
#[derive(Clone, Copy, Debug)]
pub struct CrossEntropy<E> {
    kernel: Kernel<E>,
}

/// A compiled loss of one row.
type Kernel<E> = unsafe fn(row: Row<E>);

/// One row: its first logit and cotangent, and from a panel to the next.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Row<E> {
    logits: *const E,
    logits_panel: usize,
    cotangents: *mut E,
    cotangents_panel: usize,
    width: usize,
    /// Whether all columns of the last panels lie within the arena.
    padded: bool,
    class: usize,
    weight: E,
    loss: *mut E,
}

/// A number that the loss is compiled for.
pub trait SoftmaxNumber: Number {
    #[doc(hidden)]
    fn softmax(isa: Isa) -> unsafe fn(row: Row<Self>);
}

impl SoftmaxNumber for f32 {
    fn softmax(isa: Isa) -> unsafe fn(row: Row<f32>) {
        versions!(L => |row: Row<f32>| cross_entropy::<L>(row)).of(isa)
    }
}

impl SoftmaxNumber for f64 {
    fn softmax(_: Isa) -> unsafe fn(row: Row<f64>) {
        in_f64!(L => |row: Row<f64>| cross_entropy::<L>(row))
    }
}

impl<E: SoftmaxNumber> CrossEntropy<E> {
    /// The loss for an instruction set.
    ///
    /// # Panics
    ///
    /// When the processor lacks it.
    pub fn new(isa: Isa) -> Self {
        assert!(isa.available(), "this processor has no {}", isa.name());
        Self { kernel: E::softmax(isa) }
    }

    /// Writes the loss of each row, not weighted, to `losses`, and the cotangents to their place.
    ///
    /// # Panics
    ///
    /// When a place is not within the arena, a class not below the width, or the numbers of rows differ.
    pub fn run(&self, arena: &mut [E], rows: &Rows<'_, E>, losses: &mut [E]) {
        let count = losses.len();
        assert!(
            rows.classes.len() == count && rows.weights.len() == count,
            "classes, weights and losses differ in number"
        );
        for place in [rows.logits, rows.cotangents] {
            let end = place.end(count, rows.width);
            assert!(end <= arena.len() && end < usize::MAX, "{place:?} does not lie within {} numbers", arena.len());
        }
        let width = rows.width;
        let whole = |place: Place| place.end(count, width.next_multiple_of(LANES)) <= arena.len();
        let padded = whole(rows.logits) && whole(rows.cotangents);
        let arena = arena.as_mut_ptr();
        for (i, loss) in losses.iter_mut().enumerate() {
            let class = rows.classes[i] as usize;
            assert!(class < width, "class {class} of {width}");
            // SAFETY: the rows lie within the arena, and the class within the row, checked above; the set is available.
            unsafe {
                (self.kernel)(Row {
                    logits: arena.add(rows.logits.start + i * rows.logits.line),
                    logits_panel: rows.logits.panel,
                    cotangents: arena.add(rows.cotangents.start + i * rows.cotangents.line),
                    cotangents_panel: rows.cotangents.panel,
                    width,
                    padded,
                    class,
                    weight: rows.weights[i],
                    loss,
                });
            }
        }
    }
}

/// # Safety
///
/// The pointers are to a row of `width` numbers in panels each, and to one number; `class < width`; all 16 columns of every panel
/// are there if `padded`; the processor has what the lanes need, of which COUNT divides 16.
#[inline(always)]
unsafe fn cross_entropy<L: Elementary>(row: Row<L::Element>) {
    // SAFETY: the caller's; buffers have 16 numbers.
    unsafe {
        let least = L::Element::narrow(f64::NEG_INFINITY);
        let zero = L::Element::ZERO;
        let right = *row.logits.add(row.class / LANES * row.logits_panel + row.class % LANES);
        let panels = || (0..row.width).step_by(LANES).map(|start| (start / LANES, LANES.min(row.width - start)));

        let mut lanes = [least; LANES];
        for (panel, columns) in panels() {
            let z = read::<L>(row.logits.add(panel * row.logits_panel), columns, row.padded, least);
            for k in (0..LANES).step_by(L::COUNT) {
                // A NaN is dropped here, and comes back by the sum.
                let greatest = L::load(lanes.as_ptr().add(k));
                L::load(z.as_ptr().add(k)).larger(greatest).store(lanes.as_mut_ptr().add(k));
            }
        }
        let greatest = tree(lanes, |a, b| if a > b { a } else { b });

        let mut lanes = [zero; LANES];
        for (panel, columns) in panels() {
            let mut z = read::<L>(row.logits.add(panel * row.logits_panel), columns, row.padded, least);
            for k in (0..LANES).step_by(L::COUNT) {
                let power = L::load(z.as_ptr().add(k)).sub(L::splat(greatest)).exp();
                power.store(z.as_mut_ptr().add(k));
                L::load(lanes.as_ptr().add(k)).add(power).store(lanes.as_mut_ptr().add(k));
            }
            write::<L>(row.cotangents.add(panel * row.cotangents_panel), &z, columns, row.padded);
        }
        let sum = tree(lanes, |a, b| a + b);
        let mut logarithm = [sum; LANES];
        L::splat(sum).ln().store(logarithm.as_mut_ptr());
        *row.loss = logarithm[0] + (greatest - right);

        let at_class = row.cotangents.add(row.class / LANES * row.cotangents_panel + row.class % LANES);
        let class_power = *at_class;
        for (panel, columns) in panels() {
            let to = row.cotangents.add(panel * row.cotangents_panel);
            let mut values = [zero; LANES];
            if row.weight != zero {
                values = read::<L>(to, columns, row.padded, zero);
                for k in (0..LANES).step_by(L::COUNT) {
                    let share = L::load(values.as_ptr().add(k)).div(L::splat(sum));
                    share.mul(L::splat(row.weight)).store(values.as_mut_ptr().add(k));
                }
            }
            write::<L>(to, &values, columns, row.padded);
        }
        if row.weight != zero {
            *at_class = row.weight * (class_power / sum - L::Element::ONE);
        }
    }
}
