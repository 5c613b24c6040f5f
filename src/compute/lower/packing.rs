//! Matrices in the form that products read.

use crate::compute::{
    ir::{Factor, Factors},
    kernel::{Number, Packed},
};

/// Packs `factors` as they are now into `packed`, in the order of their numbers; `weight` gives a parameter's values, row-major,
/// and its shape. Constant matrices are packed when they are new.
pub fn pack<'w, E: Number>(
    factors: &Factors,
    packed: &mut Vec<Packed<E>>,
    weight: impl Fn(usize) -> (&'w [E], [usize; 2]),
) {
    for (index, factor) in factors.all().iter().enumerate() {
        let new = packed.len() == index;
        match factor {
            Factor::Weight { parameter, transposed, .. } => {
                let (values, [out, inputs]) = weight(*parameter);
                if new {
                    packed.push(empty(out, inputs, *transposed));
                }
                fill(&mut packed[index], values, *transposed);
            }
            Factor::Fixed { matrix, transposed } if new => {
                let values: Vec<E> = matrix.dense().into_iter().map(E::narrow).collect();
                packed.push(empty(matrix.rows(), matrix.columns(), *transposed));
                fill(&mut packed[index], &values, *transposed);
            }
            Factor::Fixed { .. } => {}
        }
    }
}

fn empty<E: Number>(out: usize, inputs: usize, transposed: bool) -> Packed<E> {
    if transposed { Packed::new(out, inputs) } else { Packed::new(inputs, out) }
}

fn fill<E: Number>(packed: &mut Packed<E>, values: &[E], transposed: bool) {
    if transposed {
        packed.pack_transposed(values);
    } else {
        packed.pack(values);
    }
}
