//! Sequences that are not new: held-out ones whose input a network was trained on.

use std::collections::HashSet;

use super::sequences::Sequences;

/// How many sequences of the validation and of the test part have the input of a training sequence, by hashes of inputs.
pub(super) fn repeats(sequences: &Sequences) -> [usize; 2] {
    let mut bytes = vec![];
    let mut hash = |part: usize, number: usize| {
        bytes.clear();
        sequences.input_bytes(part, number, &mut bytes);
        *blake3::hash(&bytes).as_bytes()
    };
    let train: HashSet<[u8; 32]> = (0..sequences.count(0)).map(|number| hash(0, number)).collect();
    [1, 2].map(|part| (0..sequences.count(part)).filter(|&number| train.contains(&hash(part, number))).count())
}
