//! States that are read from further back than the step before.

use longlag::graph::{Builder, Expr};

use super::case::Case;

/// Reads a state `delays` steps back, each through a matrix of its own.
fn reader<'g>(graph: &'g Builder, delays: &[usize]) -> Expr<'g> {
    let start = graph.input().linear("w") + graph.vector("b");
    delays.iter().fold(start, |sum, &delay| sum + graph.delayed("h", 3, delay).linear(&format!("u{delay}")))
}

/// Sequences shorter than a delay among them.
#[test]
fn engines_agree() {
    for delays in [&[2][..], &[3], &[1, 2], &[3, 1], &[2, 3], &[1, 2, 3], &[5, 2]] {
        for steps in [1, 2, 3, 4, 5, 7, 18, 33] {
            for size in [1, 17] {
                let what = format!("delays {delays:?}, {steps} steps, {size} sequences");
                let case = Case::written(steps, size, |graph| {
                    graph.output(graph.next("h", reader(graph, delays).tanh()));
                });
                case.assert_engines_agree(&what, &[], None);
                // The output is no state, and another state is read at the ordinary delay only, or never.
                let case = Case::written(steps, size, |graph| {
                    let c = graph.state_of("c", 3);
                    let h = graph.next("h", (reader(graph, delays) + c).tanh());
                    graph.next("c", c * 0.5 + h);
                    graph.output(h * c + graph.delayed("h", 3, 2));
                });
                case.assert_engines_agree(&format!("{what}, two states"), &[], None);
            }
        }
    }
}

#[test]
fn gradients_match_central_differences() {
    for delays in [&[2][..], &[3], &[1, 3]] {
        let case = Case::written(7, 2, |graph| {
            graph.output(graph.next("h", reader(graph, delays).tanh()));
        });
        case.assert_central_differences(&format!("delays {delays:?}"), None);
    }
}
