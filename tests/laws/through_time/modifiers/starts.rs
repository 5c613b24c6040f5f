//! Initial states, learned and random.

use longlag::{component::modifier::Start, graph::Builder};

use super::cases::{initial_state, traces};
use crate::through_time::case::{Case, noise};

/// The start is a trained 1, seen by every read from before the first step.
#[test]
fn a_learned_initial_state_is_read_before_the_first_step() {
    let input: Vec<f32> = (0..9).map(|t| (t % 7) as f32 + 1.0).collect();
    let [training, evaluation] = traces(&initial_state(Start::Learned), &input, |graph| {
        let sum = graph.state("h") * 0.5 + graph.delayed("h", 1, 3) * 0.25;
        graph.output(graph.next("h", sum + graph.input()));
    });
    assert_eq!(training, evaluation);
    for t in 0..9 {
        let before = |delay: usize| if delay <= t { training[t - delay] } else { 1.0 };
        assert_eq!(training[t], 0.5 * before(1) + 0.25 * before(3) + f64::from(input[t]), "step {t}");
    }
}

/// One start for all reads of a state, another for each sequence, none at evaluation.
#[test]
fn a_noisy_initial_state_is_drawn_once_per_sequence() {
    let builder = Builder::new(2, 3);
    let (near, far) = (builder.state("h"), builder.delayed("h", 3, 2));
    builder.next("h", near * 0.0);
    builder.output(near + far * 2.0);
    let mut noises = vec![];
    let case = Case::alone(initial_state(Start::Noise).modify(&builder.finish(), 0), 3, 400);
    let outputs = case.fused(&[]).differentiate(&case.parameters, &case.batch, Some(&noise())).1;
    for (sequence, first) in outputs[..1200].chunks(3).enumerate() {
        let at = |t: usize| &outputs[1200 * t + 3 * sequence..][..3];
        assert_eq!(at(2), [0.0; 3]);
        for (first, second) in first.iter().zip(at(1)) {
            assert!((first / 3.0 - second / 2.0).abs() <= 1e-14, "sequence {sequence}");
            noises.push(first / 3.0);
        }
    }
    let variance = noises.iter().map(|x| x * x).sum::<f64>() / 1200.0;
    // Five standard errors.
    assert!((variance - 0.25).abs() <= 5.0 * 0.25 * (2.0f64 / 1200.0).sqrt(), "{variance}");
    assert_eq!(case.fused(&[]).evaluate(&case.parameters, &case.batch).1, [0.0; 3600]);
}
