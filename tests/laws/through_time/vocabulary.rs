//! Operations that rearrange, add up and transform units, clocks, and random numbers that last, in cells written by hand.

use longlag::{
    component::{
        cell::{CellSpec, Goru},
        init::{Constant, InitSpec, InitializerSpec},
        task::{Adding, Task as _},
    },
    graph::{Builder, Fixed, Law, concat},
    model::{ModelSpec, Network},
};

use super::case::{Case, noise};

type Write = fn(&Builder);

/// f(W·x + U·h + b), continued as h.
fn plain(graph: &Builder) -> longlag::graph::Expr<'_> {
    graph.input().linear("w") + graph.state("h").linear("u") + graph.vector("b")
}

const CELLS: [(&str, Write); 16] = [
    ("slices and a concatenation", |graph| {
        let z = plain(graph).tanh();
        let turned = concat(&[z.slice(1..3), z.slice(0..1) * 0.5]);
        graph.output(graph.next("h", turned));
    }),
    ("one vector twice side by side", |graph| {
        let z = plain(graph).tanh();
        graph.next("h", z);
        graph.output(z.repeat(2));
    }),
    ("a concatenation with a constant and a parameter", |graph| {
        let z = plain(graph).tanh();
        graph.next("h", z);
        graph.output(concat(&[z.constant(0.5), z, graph.vector_of("c", 2)]));
    }),
    ("units in another order, some twice", |graph| {
        let z = plain(graph).tanh();
        graph.next("h", z.gather(&[2, 0, 1]));
        graph.output(z.gather(&[1, 1, 0, 2, 1]));
    }),
    ("units from before as a state", |graph| {
        let h = graph.state("h").gather(&[1, 2, 0]);
        graph.next("h", (graph.input().linear("w") + h * 0.5).tanh());
        graph.output(h);
    }),
    ("a sum spread again", |graph| {
        let z = plain(graph).tanh();
        graph.output(graph.next("h", z * z.sum().spread(3)));
    }),
    ("wide vectors", |graph| {
        let h = graph.state_of("h", 40);
        let z = (graph.input().linear_to("w", 40) + h.linear_to("u", 40) * 0.3).tanh();
        let turned = concat(&[z.slice(17..40), z.slice(0..17)]);
        graph.next("h", turned);
        graph.output(z.gather(&(0..40).rev().collect::<Vec<_>>()).slice(3..37));
    }),
    ("a constant matrix", |graph| {
        let z = plain(graph).tanh();
        let matrix = Fixed::new(4, 3, |row, column| 0.25 * (row as f64 - 1.5 * column as f64));
        graph.next("h", z);
        graph.output(z.fixed(&matrix) + graph.vector_of("c", 4));
    }),
    ("a constant matrix among products", |graph| {
        let (x, h) = (graph.input(), graph.state("h"));
        let matrix = Fixed::new(3, 3, |row, column| 0.5 - (row * column) as f64 * 0.3);
        graph.output(graph.next("h", (x.linear("w") + h.fixed(&matrix) + h.linear("u")).tanh()));
    }),
    ("a matrix and its transpose", |graph| {
        let h = graph.state("h");
        let skew = h.linear("u") - h.linear_transposed("u");
        graph.output(graph.next("h", h + 0.3 * (skew + graph.input().linear("w")).tanh()));
    }),
    ("trained numbers and a trained diagonal", |graph| {
        let h = graph.state("h");
        let z = graph.diagonal("u") * h + graph.input().linear("w");
        graph.output(graph.next("h", graph.scalar("s").sigmoid().spread(3) * z.tanh()));
    }),
    ("layer normalization", |graph| {
        graph.output(graph.next("h", plain(graph).normalized(1e-3).tanh()));
    }),
    ("a clock", |graph| {
        let (h, clock) = (graph.state("h"), graph.clock(&[1, 2, 3]));
        let fresh = plain(graph).tanh();
        graph.output(graph.next("h", clock * fresh + (1.0 - clock) * h));
    }),
    ("a trained start", |graph| {
        let before = graph.delayed("h", 3, 2) + graph.first(2, 3) * graph.vector("start");
        graph.output(graph.next("h", (graph.input().linear("w") + before.linear("u")).tanh()));
    }),
    ("random numbers for a whole sequence", |graph| {
        let mask = graph.random_once(Law::Bernoulli { probability: 0.5, value: 2.0 }, 1.0, 3);
        let new = graph.random(Law::Uniform, 0.5, 3);
        let z = graph.input().linear("w") + (graph.state("h") * mask).linear("u");
        graph.output(graph.next("h", (z + new).tanh()));
    }),
    ("states and outputs of other widths", |graph| {
        let c = graph.state_of("c", 19);
        let c = graph.next("c", (graph.input().linear_to("w", 19) + c.linear_to("u", 19)).tanh());
        graph.output(c.linear_to("v", 2));
    }),
];

#[test]
fn engines_agree() {
    for (what, write) in CELLS {
        for steps in [1, 2, 5, 18] {
            for size in [1, 3, 17] {
                let case = Case::written(steps, size, write);
                let what = format!("{what}, {steps} steps, {size} sequences");
                case.assert_engines_agree(&what, &[], Some(&noise()));
                case.assert_engines_agree(&what, &[], None);
            }
        }
    }
}

#[test]
fn gradients_match_central_differences() {
    for (what, write) in CELLS {
        Case::written(5, 2, write).assert_central_differences(what, Some(&noise()));
    }
}

/// A cell that shows its clocks: what they are is told here once more.
#[test]
fn clocks_say_what_the_step_is() {
    let case = Case::written(7, 2, |graph| {
        graph.output(concat(&[graph.clock(&[1, 2, 3]), graph.first(2, 1)]));
    });
    let (_, outputs) = case.fused(&[]).evaluate(&case.parameters, &case.batch);
    for t in 0..7 {
        let divides = |period: usize| f64::from(u8::from(t % period == 0));
        let wanted = [1.0, divides(2), divides(3), f64::from(u8::from(t < 2))];
        assert_eq!(outputs[t * 8..][..8], wanted.repeat(2), "step {t}");
    }
}

/// The same numbers at every step, other ones in another sequence.
#[test]
fn random_numbers_last_for_a_sequence() {
    let case = Case::written(4, 2, |graph| graph.output(graph.random_once(Law::Normal, 0.0, 3)));
    let (_, outputs, _) = case.fused(&[]).differentiate(&case.parameters, &case.batch, Some(&noise()));
    assert!(outputs.chunks(6).all(|step| step == &outputs[..6]));
    assert!(outputs[..3].iter().zip(&outputs[3..6]).all(|(first, second)| first != second));
    assert_eq!(case.fused(&[]).evaluate(&case.parameters, &case.batch).1, [0.0; 24]);
}

#[test]
fn a_parameter_starts_as_the_cell_says_unless_the_suite_names_it() {
    let model = ModelSpec { cell: CellSpec::Goru(Goru::default()), hidden: 4, ..ModelSpec::default() };
    let network = Network::new(&model, Adding { length: 5.into() }.dimensions());
    let bias =
        network.parameters.iter().find(|parameter| parameter.name == "layer0.b_r").expect("a bias of the gate r");
    assert_eq!(network.initialize(&InitSpec::default(), 0, 0)[bias.range()], [2.0; 4]);
    let mut named = InitSpec::default();
    named.parameters.insert("b_r".to_owned(), InitializerSpec::Constant(Constant { value: 3.0 }));
    assert_eq!(network.initialize(&named, 0, 0)[bias.range()], [3.0; 4]);
}
