//! Scores at their edges: ties, tolerances, what is not read, and the bounds of targets.

use longlag::{
    component::task::{Batch, Dimensions, Goal, Targets},
    train::{Metric, Score, Tally, TargetSpec, score},
};

const NAN: f32 = f32::NAN;

/// One sequence with an output at every step, all of them read and scored.
fn batch(goal: Goal, targets: Targets, steps: usize) -> Batch {
    Batch {
        size: 1,
        dimensions: Dimensions { inputs: 1, goal, steps },
        input: vec![0.0; steps],
        targets,
        read: vec![true; steps],
        scored: vec![true; steps],
        addresses: vec![0],
    }
}

fn classified(logits: [f32; 3], class: u32) -> f64 {
    score(&batch(Goal::Classes(3), Targets::Classes(vec![class]), 1), &logits, 0.0).accuracy
}

fn bits(logits: [f32; 2], bits: [f32; 2]) -> f64 {
    score(&batch(Goal::Bits(2), Targets::Numbers(bits.to_vec()), 1), &logits, 0.0).accuracy
}

fn number(output: f32, target: f32, tolerance: f64) -> f64 {
    score(&batch(Goal::Numbers(1), Targets::Numbers(vec![target]), 1), &[output], tolerance).accuracy
}

/// The class with the one largest logit is the answer; a tie is none, whichever class it is, and so is NaN.
#[test]
fn a_class_is_right_if_no_other_logit_is_as_large() {
    for class in 0..3u32 {
        let with = |value: f32, others: f32| {
            let mut logits = [others; 3];
            logits[class as usize] = value;
            classified(logits, class)
        };
        assert_eq!(with(1.0f32.next_up(), 1.0), 1.0);
        assert_eq!(with(1.0, 1.0), 0.0, "a tie of all");
        assert_eq!(with(0.0, 1.0), 0.0);
        assert_eq!(with(NAN, 0.0), 0.0);
        assert_eq!(with(0.0, NAN), 0.0);
        assert_eq!(with(f32::INFINITY, 0.0), 1.0);
        let mut tied = [0.0; 3];
        (tied[class as usize], tied[(class as usize + 1) % 3]) = (1.0, 1.0);
        assert_eq!(classified(tied, class), 0.0, "a tie of two");
    }
}

/// A bit is right on its own side of zero; zero is on neither.
#[test]
fn bits_are_right_if_every_logit_is_on_its_side_of_zero() {
    let tiny = f32::from_bits(1);
    for (logits, given, wanted) in [
        ([tiny, -tiny], [1.0, 0.0], 1.0),
        ([0.0, -tiny], [1.0, 0.0], 0.0),
        ([tiny, 0.0], [1.0, 0.0], 0.0),
        ([tiny, -0.0], [1.0, 0.0], 0.0),
        ([-tiny, -tiny], [1.0, 0.0], 0.0),
        ([5.0, NAN], [1.0, 0.0], 0.0),
    ] {
        assert_eq!(bits(logits, given), wanted, "{logits:?} for {given:?}");
    }
}

/// The tolerance itself is within the tolerance.
#[test]
fn a_number_is_right_up_to_the_tolerance() {
    for (output, wanted) in [
        (1.0, 1.0),
        (1.25, 1.0),
        (0.75, 1.0),
        (1.25f32.next_up(), 0.0),
        (0.75f32.next_down(), 0.0),
        (NAN, 0.0),
        (f32::INFINITY, 0.0),
    ] {
        assert_eq!(number(output, 1.0, 0.25), wanted, "{output}");
    }
    assert_eq!((number(1.0, 1.0, 0.0), number(1.0f32.next_up(), 1.0, 0.0)), (1.0, 0.0));
    // All numbers of an output have to be.
    let pair = batch(Goal::Numbers(2), Targets::Numbers(vec![0.0, 0.0]), 1);
    let accuracy = |outputs: [f32; 2]| score(&pair, &outputs, 0.25).accuracy;
    assert_eq!([[0.25, -0.25], [0.5, 0.0], [0.0, 0.5]].map(accuracy), [1.0, 0.0, 0.0]);
}

/// The loss is the mean over what is read, the accuracy over what is scored of it; the rest counts for nothing.
#[test]
fn losses_are_of_what_is_read_and_accuracies_of_what_is_scored() {
    let mut batch = batch(Goal::Numbers(1), Targets::Numbers(vec![0.0; 4]), 4);
    batch.read = vec![false, true, true, true];
    batch.scored = vec![false, false, true, true];
    // There is no output for a step that nobody reads.
    let got = score(&batch, &[1.0, 0.5, 2.0], 1.0);
    assert_eq!(got, Score { loss: (1.0 + 0.25 + 4.0) / 3.0, accuracy: 0.5, exact_match: Some(0.0) });
    // Of two sequences only one is read at the second step: the output of the other is skipped.
    let mut two = Batch {
        size: 2,
        dimensions: Dimensions { steps: 2, ..batch.dimensions },
        read: vec![true, true, false, true],
        scored: vec![true, true, false, true],
        ..batch.clone()
    };
    let outputs = [1.0, 2.0, 100.0, 3.0];
    let wanted = Score { loss: 14.0 / 3.0, accuracy: 2.0 / 3.0, exact_match: Some(0.5) };
    assert_eq!(score(&two, &outputs, 2.0), wanted);
    two.scored = vec![false; 4];
    assert!(score(&two, &outputs, 2.0).accuracy.is_nan(), "nothing was scored");
}

/// Batches count by their outputs, not each the same.
#[test]
fn a_tally_is_the_mean_over_all_outputs_of_all_batches() {
    let (small, large) = (batch(Goal::Numbers(1), Targets::Numbers(vec![0.0]), 1), 3);
    let large = batch(Goal::Numbers(1), Targets::Numbers(vec![0.0; large]), large);
    let mut tally = Tally::default();
    tally.add(&small, &[4.0], 1.0);
    tally.add(&large, &[0.0, 1.0, 2.0], 1.0);
    // The sequence of one output is wrong, that of three is wrong at the last.
    assert_eq!(tally.score(), Score { loss: 21.0 / 4.0, accuracy: 0.5, exact_match: Some(0.0) });
}

/// A sequence counts if all that is scored of it is right; one without scored outputs counts for nothing.
#[test]
fn an_exact_match_is_of_all_scored_outputs_of_a_sequence() {
    let mut batch = Batch {
        size: 4,
        dimensions: Dimensions { inputs: 1, goal: Goal::Numbers(1), steps: 2 },
        input: vec![0.0; 8],
        targets: Targets::Numbers(vec![0.0; 8]),
        read: vec![true; 8],
        scored: vec![true, true, true, false, true, true, false, false],
        addresses: vec![0, 1, 2, 3],
    };
    // Right throughout, wrong at the end, right where it is scored, never scored.
    let outputs = [0.0, 0.0, 0.0, 9.0, 0.0, 9.0, 9.0, 9.0];
    let got = score(&batch, &outputs, 1.0);
    assert_eq!((got.accuracy, got.exact_match), (0.8, Some(2.0 / 3.0)));
    // Where no sequence has two it is the accuracy.
    batch.scored[4..].fill(false);
    assert_eq!(score(&batch, &outputs, 1.0).exact_match, None);
}

#[test]
fn a_target_is_reached_beyond_its_bound_and_not_at_it() {
    let target = |metric, below, above| TargetSpec { metric, below, above };
    let with = |loss, accuracy| Score { loss, accuracy, exact_match: None };
    let exact = target(Metric::ExactMatch, None, Some(0.5));
    assert!(exact.reached(Score { exact_match: Some(0.6), ..with(9.0, 0.4) }) && exact.reached(with(9.0, 0.6)));
    assert!(!exact.reached(Score { exact_match: Some(0.4), ..with(0.0, 0.9) }) && !exact.reached(with(0.0, 0.4)));
    let below = target(Metric::Loss, Some(0.5), None);
    assert!(below.reached(with(0.5f64.next_down(), 0.0)) && !below.reached(with(0.5, 1.0)));
    let above = target(Metric::Accuracy, None, Some(0.5));
    assert!(above.reached(with(9.0, 0.5f64.next_up())) && !above.reached(with(0.0, 0.5)));
    assert!(!above.reached(with(0.9, 0.1)) && !below.reached(with(0.9, 0.1)), "each looks at its own metric");
}
