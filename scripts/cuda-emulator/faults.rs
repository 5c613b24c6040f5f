//! Puts back what must not happen on a GPU, by the calls with which dfdx would make it happen: the emulated driver has to tell of each.
//!
//! `cuda-faults bounds`: a view with a stride of 0 in a matrix product. `cuda-faults order`: a sum that many blocks of threads add up.
//! `cuda-faults call`: a kernel launched on no threads, which a driver refuses. `cuda-faults none`: none of them.

#![expect(clippy::disallowed_methods, reason = "what is banned elsewhere is shown to be caught here")]

use std::hint::black_box;

use dfdx::prelude::*;
// It brings the loader of NVIDIA's libraries along.
use longlag as _;

fn main() {
    let fault = std::env::args().nth(1).unwrap_or_default();
    let device = Cuda::default();
    let (rows, width) = (8, 16);
    let vector: Tensor<(usize,), f32, Cuda> = device.tensor_from_vec(vec![1.0; width], (width,));
    let square: Tensor<(usize, usize), f32, Cuda> = device.tensor_from_vec(vec![1.0; width * width], (width, width));
    match fault.as_str() {
        "bounds" => {
            let view = vector.broadcast_like::<_, Axis<0>>(&(rows, width));
            black_box(view.matmul(square).as_vec());
        }
        "order" => {
            let many: Tensor<(usize,), f32, Cuda> = device.tensor_from_vec(vec![1.0; 11_520], (11_520,));
            black_box(many.sum::<Rank0, _>().as_vec());
        }
        "call" => {
            let nothing: Tensor<(usize,), f32, Cuda> = device.tensor_from_vec(vec![], (0,));
            black_box(nothing.tanh().as_vec());
        }
        _ => {
            black_box(square.tanh().as_vec());
        }
    }
}
