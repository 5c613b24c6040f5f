//! The matrix kernels beside the peak of the core they run on: `cargo bench --bench kernels`, on one core by `taskset -c 0`.
//!
//! The peak is what a loop of fused multiply-adds in registers reaches in the same run. A machine shared with others is noisy:
//! each line gives the best and the median of many samples. Add words to see only the lines that have them all:
//! `-- avx512 outer`.
#![expect(clippy::print_stdout, reason = "a benchmark's output is its table")]

use std::{hint::black_box, time::Instant};

mod operands;

use longlag::compute::kernel::{Isa, Packed, Term, all_finite, outer, product, sum_of_squares, sum_rows, unpack};
use operands::{Outer, Product, numbers};

/// Rows of a tile and steps of a block.
const ROWS: usize = 16;
const STEPS: usize = 16;

/// (depth, width).
const SIZES: [(usize, usize); 6] = [(2, 128), (64, 64), (64, 256), (128, 128), (128, 512), (256, 1024)];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    for isa in Isa::ALL.into_iter().filter(|isa| isa.available()) {
        let peak = peak(isa);
        println!("{}: peak {peak:.1} GFLOP/s", isa.name());
        let table = Table { isa, peak, words: words.clone() };
        for size in SIZES {
            for rows in [1, 4, ROWS] {
                table.product(rows, size);
            }
        }
        for size in SIZES {
            table.outer(size);
        }
        for size in SIZES {
            table.rest(size);
        }
    }
}

struct Table {
    isa: Isa,
    peak: f64,
    words: Vec<String>,
}

impl Table {
    fn product(&self, rows: usize, (depth, width): (usize, usize)) {
        let Product { weight, mut arena, value, out, bias } = Product::new(rows, (depth, width));
        let flops = 2 * rows * depth * width;
        self.line(&format!("product {rows} rows {depth}x{width}"), flops, 0, || {
            product(self.isa, &mut arena, rows, out, bias, &[Term { value, weight: &weight }]);
        });
    }

    fn outer(&self, (depth, width): (usize, usize)) {
        let Outer { arena, left, right, mut sum } = Outer::new(ROWS, STEPS, (depth, width));
        let flops = 2 * ROWS * STEPS * depth * width;
        self.line(&format!("outer {STEPS} steps {depth}x{width}"), flops, 0, || {
            outer(self.isa, &arena, STEPS, ROWS, left, right, &mut sum);
        });
        let mut sum = vec![0.0; width];
        self.line(&format!("sum_rows {STEPS} steps {width}"), 0, 4 * ROWS * STEPS * width, || {
            sum_rows(self.isa, &arena, STEPS, ROWS, right, &mut sum);
        });
    }

    fn rest(&self, (depth, width): (usize, usize)) {
        let mut weight = Packed::new(depth, width);
        let mut matrix = numbers(depth * width);
        let bytes = 4 * matrix.len();
        self.line(&format!("pack {depth}x{width}"), 0, bytes, || weight.pack(black_box(&matrix)));
        self.line(&format!("pack_transposed {depth}x{width}"), 0, bytes, || weight.pack_transposed(black_box(&matrix)));
        self.line(&format!("unpack {depth}x{width}"), 0, bytes, || unpack(weight.panels(), depth, width, &mut matrix));
        self.line(&format!("sum_of_squares {depth}x{width}"), 0, bytes, || {
            black_box(sum_of_squares(self.isa, black_box(&matrix)));
        });
        self.line(&format!("all_finite {depth}x{width}"), 0, bytes, || {
            black_box(all_finite(black_box(&matrix)));
        });
    }

    fn line(&self, name: &str, flops: usize, bytes: usize, work: impl FnMut()) {
        let full = format!("{} {name}", self.isa.name());
        if !self.words.iter().all(|word| full.contains(word.as_str())) {
            return;
        }
        let (best, median) = time(work);
        if flops > 0 {
            let rate = |time: f64| flops as f64 / time / 1e9;
            let (best_rate, rate) = (rate(best), rate(median));
            let (best_share, share) = (best_rate / self.peak * 100.0, rate / self.peak * 100.0);
            println!(
                "{full:44} {:9.2} µs  {best_rate:6.1} GFLOP/s {best_share:3.0} %  median {rate:6.1} GFLOP/s {share:3.0} %",
                best * 1e6
            );
        } else {
            let rate = |time: f64| bytes as f64 / time / 1e9;
            println!("{full:44} {:9.2} µs  {:6.1} GB/s  median {:6.1} GB/s", best * 1e6, rate(best), rate(median));
        }
    }
}

/// The best and the median of many samples, in seconds a call.
fn time(mut work: impl FnMut()) -> (f64, f64) {
    let mut sample = |calls: usize| {
        let start = Instant::now();
        for _ in 0..calls {
            work();
        }
        start.elapsed().as_secs_f64() / calls as f64
    };
    let once = sample(3).min(sample(3));
    let calls = ((2e-4 / once) as usize).max(1);
    // Fewer samples of what is slow: half a second at most, or five samples.
    let samples = ((0.5 / (once * calls as f64)) as usize).clamp(5, 200);
    let mut times: Vec<f64> = (0..samples).map(|_| sample(calls)).collect();
    times.sort_by(f64::total_cmp);
    (times[0], times[times.len() / 2])
}

/// Turns of the loop that the peak is measured by.
const TURNS: usize = 1000;

/// Fused multiply-adds in registers only, in GFLOP/s.
fn peak(isa: Isa) -> f64 {
    let (best, flops) = match isa {
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => (time(|| run_peak(registers::avx512)).0, 16 * 16 * TURNS),
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => (time(|| run_peak(registers::avx2)).0, 8 * 12 * TURNS),
        _ => (time(|| run_peak(registers::portable)).0, 16 * TURNS),
    };
    2.0 * flops as f64 / best / 1e9
}

#[expect(unsafe_code, reason = "calls a function compiled for an instruction set")]
fn run_peak(turns: unsafe fn(usize) -> f32) {
    // SAFETY: `peak` is asked for available sets only.
    black_box(unsafe { turns(black_box(TURNS)) });
}

mod registers {
    #[cfg(target_arch = "x86_64")]
    use std::arch::x86_64::*;
    use std::{array, hint::black_box};

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f")]
    pub fn avx512(turns: usize) -> f32 {
        let factor = _mm512_set1_ps(black_box(0.5));
        let mut sums: [__m512; 16] = [factor; 16];
        for _ in 0..turns {
            for sum in &mut sums {
                *sum = _mm512_fmadd_ps(*sum, factor, factor);
            }
        }
        let mut total = sums[0];
        for sum in sums {
            total = _mm512_add_ps(total, sum);
        }
        _mm512_reduce_add_ps(total)
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    pub fn avx2(turns: usize) -> f32 {
        let factor = _mm256_set1_ps(black_box(0.5));
        let mut sums: [__m256; 12] = [factor; 12];
        for _ in 0..turns {
            for sum in &mut sums {
                *sum = _mm256_fmadd_ps(*sum, factor, factor);
            }
        }
        let mut total = sums[0];
        for sum in sums {
            total = _mm256_add_ps(total, sum);
        }
        _mm256_cvtss_f32(total)
    }

    pub fn portable(turns: usize) -> f32 {
        let factor: f32 = black_box(0.5);
        let mut sums = [factor; 16];
        for _ in 0..turns {
            sums = array::from_fn(|i| {
                if cfg!(target_arch = "aarch64") {
                    sums[i].mul_add(factor, factor)
                } else {
                    libm::fmaf(sums[i], factor, factor)
                }
            });
        }
        sums.iter().sum()
    }
}
