//! The cost of parametrizations per update: `cargo bench --bench parametrizations`, on one core by `taskset -c 0`.
//!
//! Each line gives the median of many samples, in microseconds: of making a weight matrix of its raw parameters, of pulling the
//! gradient back, and of both, which is what an update pays for each parametrized matrix. An update of an elman network of 128
//! units, with batches of 32 sequences of 100 steps, takes about 1500: all cost less than 30 % of it, non-normal some 35 %. Add words to see only the lines that have them all:
//! `-- avx512 householder`.
#![expect(clippy::print_stdout, reason = "a benchmark's output is its table")]

use std::{hint::black_box, time::Instant};

use longlag::{
    component::parametrization::ParametrizationSpec,
    compute::{
        kernel::Isa,
        matrix::{Evaluator, Formula},
    },
    seed::{Purpose, stream},
};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    println!("{:<42} {:>8} {:>10} {:>8}", "", "weights", "pull back", "both");
    for isa in Isa::ALL.into_iter().filter(|isa| isa.available()) {
        for parametrization in ParametrizationSpec::all() {
            for size in [64, 128, 256] {
                let name = format!("{} {} {size}", isa.name(), parametrization.kind());
                if words.iter().all(|word| name.contains(word.as_str())) {
                    line(&name, isa, &parametrization, size);
                }
            }
        }
    }
}

fn line(name: &str, isa: Isa, parametrization: &ParametrizationSpec, size: usize) {
    let formula = Formula::new();
    let mut evaluator: Evaluator<f32> = Evaluator::new(isa, &formula, parametrization.formula(size, &formula));
    // Of the size that orthogonal matrices and normal ones of gain 1 have: eigenvalues of A − Aᵀ of magnitude up to 2.8.
    let mut draws = stream(0, Purpose::Init, &[]).at(0);
    let mut numbers =
        |count: usize| -> Vec<f32> { (0..count).map(|_| (draws.normal() / (size as f64).sqrt()) as f32).collect() };
    let (raw, cotangent) = (numbers(parametrization.count(size)), numbers(size * size));
    let (mut weights, mut gradient) = (vec![0.0; size * size], vec![0.0; raw.len()]);
    let (mut forward, mut backward, mut both) = (vec![], vec![], vec![]);
    let start = Instant::now();
    while both.len() < 20 || (start.elapsed().as_millis() < 150 && both.len() < 1000) {
        let begin = Instant::now();
        evaluator.evaluate(black_box(&raw));
        evaluator.value(&mut weights);
        let made = begin.elapsed();
        evaluator.vjp(black_box(&cotangent), &mut gradient);
        let done = begin.elapsed();
        forward.push(made.as_secs_f64());
        backward.push((done - made).as_secs_f64());
        both.push(done.as_secs_f64());
    }
    let [forward, backward, both] = [forward, backward, both].map(|samples| 1e6 * median(samples));
    println!("{name:<42} {forward:>8.0} {backward:>10.0} {both:>8.0}");
}

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}
