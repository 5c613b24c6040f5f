//! Tasks that ask in which order symbols came among distractors.

use longlag::component::task::{Lengths, TaskSpec};

use super::reading::{Answer, Reading, choice, length, one_hot};

/// Units A, B, c, d, e, f. As the source's code has it, in floating point: `randint(int(l*.1)) + int(l*.5)` is the place of a
/// symbol whose window begins at the `fraction` .5 of the length l.
pub fn windows_at(task: &TaskSpec, input: &[&[f32]], fractions: &[f64]) -> Reading {
    let end = input.len();
    let symbols: Vec<usize> = input.iter().map(|step| one_hot(step)).collect();
    assert!(input.iter().all(|step| step.len() == 6));
    let places: Vec<usize> = (0..end).filter(|&t| symbols[t] < 2).collect();
    assert_eq!(places.len(), fractions.len(), "as many symbols as windows");
    let (mut class, mut choices) = (0, vec![]);
    let whole = |fraction: f64| (end as f64 * fraction) as usize;
    for (k, (&place, &fraction)) in places.iter().zip(fractions).enumerate() {
        let window = whole(fraction)..whole(fraction) + whole(0.1);
        assert!(window.contains(&place), "symbol {k} at {place}");
        class += symbols[place] << k;
        choices.push(choice(&format!("place of symbol {k} of {end}"), place - window.start, window.len()));
        choices.push(choice(&format!("symbol {k}"), symbols[place], 2));
    }
    choices.push(choice("first distractor", symbols[0] - 2, 4));
    choices.push(choice("last distractor", symbols[end - 1] - 2, 4));
    let choices = vec![length(task, end), choices];
    Reading::at_the_end(end, Answer::Class { class, scored: true }, places[0], choices)
}

/// Units E, B, X, Y, a, b, c, d; windows in hundredths of the shortest length, ends included.
pub fn hochreiter(task: &TaskSpec, input: &[&[f32]], windows: &[(usize, usize)]) -> Reading {
    let end = input.len();
    let Lengths { shortest, longest, .. } = task.lengths().expect("a task with lengths");
    let symbols: Vec<usize> = input.iter().map(|step| one_hot(step)).collect();
    assert!((shortest..=longest + longest / 10).contains(&end) && input[0].len() == 8);
    assert!(symbols[end - 1] == 1 && (symbols[0] == 0 || (2..4).contains(&symbols[0])));
    assert!(symbols[1..end - 1].iter().all(|&symbol| symbol >= 2));
    let places: Vec<usize> = (0..end).filter(|&t| (2..4).contains(&symbols[t])).collect();
    assert_eq!(places.len(), windows.len(), "as many symbols as windows");
    let (mut class, mut choices) = (0, vec![]);
    for (k, (&place, &(from, to))) in places.iter().zip(windows).enumerate() {
        class += (symbols[place] - 2) << k;
        choices.push(choice(&format!("symbol {k}"), symbols[place] - 2, 2));
        if shortest == longest {
            let (first, last) = (from * shortest / 100, to * shortest / 100);
            choices.push(choice(&format!("place of symbol {k}"), place - first, last - first + 1));
        }
    }
    let fixed = shortest == longest;
    let length = fixed.then(|| choice("length", end - shortest, shortest / 10 + 1)).into_iter().collect();
    Reading::at_the_end(end, Answer::Class { class, scored: true }, places[0], vec![length, choices])
}
