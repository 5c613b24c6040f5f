use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::{
    component::{
        activation::{ActivationSpec, Activations},
        cell::CellSpec,
    },
    fuzz::fuzz,
    graph::Builder,
};

fn numbers(pairs: &[(&str, f64)]) -> BTreeMap<String, f64> {
    pairs.iter().map(|(name, number)| ((*name).to_owned(), *number)).collect()
}

/// The graph of a step, or its first mistake: the text that is to blame, the message and the help.
fn read(step: &str, output: &str) -> Result<String, (String, String)> {
    let (constants, states) = (numbers(&[]), BTreeMap::new());
    let source = Source { step, output, constants: &constants, states: &states, functions: &Activations };
    match source.program(3, 5) {
        Ok(program) => {
            let builder = Builder::new(3, 5);
            program.write(&Activations, &builder);
            Ok(builder.finish().canonical())
        }
        Err(faults) => {
            let fault = &faults[0];
            let text = if fault.part == Part::Output { output } else { step };
            let blamed = text.get(fault.span.clone()).unwrap_or_default().to_owned();
            Err((blamed, format!("{}; {}", fault.message, fault.help)))
        }
    }
}

fn graph(step: &str) -> String {
    read(step, "h'").unwrap_or_else(|mistake| panic!("{step}: {mistake:?}"))
}

#[test]
fn notation_is_read_as_it_is_meant() {
    let same = [
        ("h' = tanh(W_x x + W_h h + b)", "h' = tanh((W_x x) + (W_h (h)) + b)"),
        ("h' = W x * h", "h' = (W x) * h"),
        ("h' = -h * W x", "h' = (-h) * (W x)"),
        ("h' = W x - h - 1 + 2 * 3", "h' = ((W x - h) - 1) + 6"),
        ("h' = W U x + h^2", "h' = W (U x) + square(h)"),
        ("h' = W [x, h]", "h' = W[x, h]"),
        ("h' = W[5] x + h", "h' = W x + h"),
        ("h' = W x ⊙ h − h", "h' = W x * h - h"),
        ("h' = W x\n  + h", "h' = W x +\n\n h # so"),
        ("z = W x; h' = z * h", "z=(W\n x)\nh' = z*h"),
        ("h' = W x + h[-1]", "h' = W x + h"),
        ("h' = W x + spread(sum(h) / 2)", "s = sum(h) / 2\nh' = W x + s"),
        ("h' = W x + h * spread(mean(h))", "h' = W x + h * (sum(h) / hidden)"),
        ("h' = W x + relu(h)", "h' = W x + where(h <= 0, 0, h)"),
        ("h' = W x + where(h > 1, h, 0)", "h' = W x + where(1 < h, h, 0)"),
        ("h' = leaky_relu(W x + h)", "h' = leaky_relu(W x + h, slope = 0.01)"),
        ("h' = W x + h + 2 * pi", "h' = W x + h + 6.283185307179586"),
        ("h' = W h + U x", "h' = W h + U_2 x"),
    ];
    for (one, other) in &same[..same.len() - 1] {
        assert_eq!(graph(one), graph(other), "{one}");
    }
    let (one, other) = same[same.len() - 1];
    assert_ne!(graph(one), graph(other));
}

#[test]
fn roles_and_widths_are_inferred() {
    let text = graph("z = W_z[2] (x * b_x)\nh' = U_z [z, h] + diagonal(u) * h + b + number(beta)");
    for parameter in [
        "parameter b_x [3] bias",
        "parameter w_z [2, 3] input",
        "parameter u_z [5, 7] recurrent",
        "parameter u [5] recurrent",
        "parameter b [5] bias",
        "parameter beta [1] bias",
    ] {
        assert!(text.contains(parameter), "{parameter}: {text}");
    }
    let delayed = graph("z = tanh(W x + U z[-2] + V x[-1])\nh' = z + h");
    assert!(delayed.contains("state z 5\nstate x 3\nstate h 5\n"), "{delayed}");
}

#[test]
fn mistakes_are_pointed_out() {
    for (step, blamed, told) in [
        ("h' = sigmod(W x + h)", "sigmod(W x + h)", "there is no function `sigmod`; did you mean `sigmoid`?"),
        ("h' = W x + k + h", "k", "nothing says what `k` is"),
        ("gate = W x\nh' = gat * h", "gat", "did you mean `gate`?"),
        ("h' = W x + h * (x + x)", "h * (x + x)", "`h` has 5 units and `(x + x)` has 3"),
        ("h' = W x + U[4] h", "W x + U[4] h", "the state `h` has 5 units and `W x + U[4] h` has 4"),
        ("h' = tanh(z)\nz = W x + h", "z", "used before the line that says what it is"),
        ("h' = W x + U h'", "h'", "`h'` is used before the line that says what it is"),
        ("z = W x\nh' = U x + h", "z", "nothing uses `z`"),
        ("h' = W x + h\nc' = c + U x", "c", "the output does not depend on `c`"),
        ("h' = W x + c[-2]", "c", "nothing says what `c` is"),
        ("h' = h + 1", "h + 1", "the output does not depend on the input `x`"),
        ("h' = W^T x + h", "W^T x", "stands before any `W`"),
        ("h' = W x + W h", "W h", "`W` is applied to vectors of 3 units elsewhere, and `h` has 5"),
        ("h' = W x + w", "w", "nothing says what `w` is"),
        ("h' = W x + vector(w) + h", "vector(w)", "would be one parameter"),
        ("x = W x", "x", "`x` is the input and cannot be set"),
        ("tanh = W x", "tanh", "is the name of a function"),
        ("b_z = W x", "b_z", "is the name of a trained vector"),
        ("W = x", "W", "`W` is a matrix and cannot be set"),
        ("h' = W x + h; h' = W x", "h", "`h'` is said twice"),
        ("h = W x; h' = W x", "h", "is both a value of this step and a state"),
        ("h' = 2 W x", "W", "write `*` between factors"),
        ("h' = tanh(W x + h", "(", "this `(` is not closed"),
        ("h' = tanh(W x + h))", ")", "it closes nothing"),
        ("h' = W", "W", "applied to nothing"),
        ("h' = 3 / 0 + W x + h", "3 / 0", "is the number inf"),
        ("h' = W x + h ** 2", "**", "write `v^2`"),
        ("h' = W x + h^3", "3", "only squares"),
        ("h' = W x + h[3]", "3", "3 is no delay"),
        ("h' = W x + sum(h[0:9])", "h[0:9]", "no slice of 5 units"),
        ("h' = W x + where(h, 1, 2)", "h", "is no comparison"),
        ("h' = W x + dropout(h, 1)", "dropout(h, 1)", "no rate of dropout"),
        ("h' = W x + tanh(h, 1)", "1", "`tanh` has 1 arguments at most"),
        ("h' = W x + h § 2", "§", "has no meaning here"),
        ("h' = W x + 1e999 * h", "1e999", "too large"),
        (
            "h' = W x + 1dt * h",
            "dt",
            "`dt` follows the number 1 at once; write `1 * dt` for a product; a name begins with a letter",
        ),
        ("h' = W x + 2.5.1 * h", ".", "`.` follows the number 2.5 at once; a number has one point"),
        ("h' W x", "W", "expected `=`, found `W`"),
        ("", "h'", "no line says what the state `h` becomes"),
    ] {
        match read(step, "h'") {
            Ok(_) => assert!(told.is_empty(), "{step} is read"),
            Err(_) if told.is_empty() => {}
            Err((found, message)) => assert!(found == blamed && message.contains(told), "{step}: {found:?} {message}"),
        }
    }
    let (blamed, message) = read("h' = W x + h", "tanh(z)").expect_err("a mistake");
    assert!(blamed == "z" && message.contains("nothing says what `z` is"), "{message}");
}

#[test]
fn what_is_hostile_is_refused() {
    let deep = format!("h' = {}W x{}", "(".repeat(100_000), ")".repeat(100_000));
    let calls = format!("h' = {}W x{}", "tanh(".repeat(5000), ")".repeat(5000));
    let terms = format!("h' = W x{}", " + h".repeat(15_000));
    let minus = format!("h' = {}W x + h", "-".repeat(60_000));
    let matrices = format!("h' = {}x + h", "W ".repeat(30_000));
    let many: String = (0..4000).map(|k| format!("a{k} = W x\n")).collect();
    // Each doubles the paths, not the nodes.
    let doubled: String = (1..200).map(|k| format!("a{k} = a{} + tanh(a{})\n", k - 1, k - 1)).collect();
    let doubled = format!("a0 = W x + h\n{doubled}h' = U a199");
    for text in [deep, calls, terms, minus, matrices, many] {
        assert!(read(&text, "h'").is_err(), "{}", &text[..40]);
    }
    assert!(read(&doubled, "h'").is_ok());
}

#[test]
fn formulas_work_unit_by_unit() {
    let constants = numbers(&[("beta", 1.5)]);
    let value = |of: &str| Value { of, constants: &constants, functions: &Activations }.program(4);
    for of in ["x * sigmoid(beta * x)", "m = abs(x); m / (beta + m)", "elu(x, alpha = beta) + vector(b_shift)"] {
        assert!(value(of).is_ok(), "{of}: {:?}", value(of));
    }
    for (of, told) in [
        ("beta * W x", "a matrix has no place in a formula"),
        ("beta * sum(x)", "`sum` has no place in a formula"),
        ("beta * h'", "a formula has no states"),
        ("beta * x[-1]", "a formula has no states"),
        ("beta * x + b_h", "cannot be called `b_h`"),
        ("beta", "does not depend on the input"),
        ("x", "do not use it"),
        ("beta * x; x", "a value stands before the last line"),
        ("a = beta * x", "there is no value"),
        ("beta * y", "the argument is `x`"),
    ] {
        let faults = value(of).expect_err(of);
        let found: Vec<String> = faults.iter().map(|fault| format!("{}; {}", fault.message, fault.help)).collect();
        assert!(found.iter().any(|found| found.contains(told)), "{of}: {found:?}");
    }
}

#[test]
fn registered_cells_are_printed_as_papers_have_them() {
    for (kind, step) in [
        ("elman", "h' = tanh(W_xh x + W_hh h + b_h)\n"),
        (
            "gru",
            "r = sigmoid(W_xr x + W_hr h + b_r)\nu = sigmoid(W_xu x + W_hu h + b_u)\nhn = r * (W_hn h + b_hn)\n\
             n = tanh(W_xn x + hn + b_n)\nh' = u * h + (1 - u) * n\n",
        ),
        (
            "lstm",
            "i = sigmoid(W_xi x + W_hi h + b_i)\nf = sigmoid(W_xf x + W_hf h + b_f)\ng = tanh(W_xg x + W_hg h + b_g)\n\
             o = sigmoid(W_xo x + W_ho h + b_o)\nc' = f * c + i * g\nh' = o * tanh(c')\n",
        ),
    ] {
        let cell = CellSpec::all().into_iter().find(|cell| cell.kind() == kind).expect("it is registered");
        let sized = |[inputs, hidden]: [usize; 2]| Sized { graph: cell.graph(inputs, hidden), inputs, hidden };
        let printed = print(&[[2, 8], [3, 12], [5, 20]].map(sized), &Activations).expect("equations");
        assert_eq!((printed.step.as_str(), printed.output.as_str(), printed.at_all_sizes), (step, "h'", true));
    }
}

/// The printed equations of every registered cell and activation.
fn corpus() -> Vec<String> {
    let cells = CellSpec::all().into_iter().filter_map(|cell| {
        let sized = |[inputs, hidden]: [usize; 2]| Sized { graph: cell.graph(inputs, hidden), inputs, hidden };
        let printed = print(&[[3, 16], [5, 24], [2, 40]].map(sized), &Activations)?;
        Some(format!("{}\u{0}{}", printed.step, printed.output))
    });
    let activations = ActivationSpec::all().into_iter().filter_map(|activation| {
        let builder = Builder::new(3, 3);
        let output = activation.apply(builder.input());
        builder.output(output);
        print_value(&builder.finish(), &Activations)
    });
    cells.chain(activations).collect()
}

/// Parts that mutations put into a text.
const SCRAPS: [&str; 36] = [
    "h",
    "x",
    "W ",
    "U_z ",
    "b_z",
    "'",
    "[-2]",
    "[0:3]",
    "[",
    "]",
    "(",
    ")",
    " + ",
    " - ",
    " * ",
    " / ",
    "^2",
    "^T ",
    "=",
    ",",
    "\n",
    "1e308",
    "0",
    "65536",
    "-1",
    "hidden",
    "sum(",
    "spread(",
    "where(h < ",
    "fourier(",
    "[x, h]",
    "state h, c[2 * hidden]\n",
    "diagonal(u)",
    "clock(1, 2)",
    "mod_relu(",
    "pairs(h, 1, 2)",
];

/// A text of random signs, or one of the corpus with parts cut out, doubled and put in.
fn texts(corpus: Vec<String>) -> impl Strategy<Value = String> {
    let mutated = (prop::sample::select(corpus), prop::collection::vec((any::<u16>(), any::<u16>(), 0..40usize), 0..6));
    let mutated = mutated.prop_map(|(text, changes)| {
        let mut signs: Vec<char> = text.chars().collect();
        for (at, length, change) in changes {
            let at = usize::from(at) % (signs.len() + 1);
            let end = (at + usize::from(length) % 12).min(signs.len());
            match SCRAPS.get(change) {
                Some(scrap) => drop(signs.splice(at..at, scrap.chars())),
                None if change % 2 == 0 => drop(signs.drain(at..end)),
                None => {
                    let copy = signs[at..end].to_vec();
                    signs.splice(end..end, copy);
                }
            }
        }
        signs.into_iter().collect::<String>()
    });
    let scraps = prop::collection::vec(prop::sample::select(SCRAPS.to_vec()), 0..40).prop_map(|scraps| scraps.concat());
    let bytes =
        prop::collection::vec(any::<u8>(), 0..80).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    prop_oneof![4 => mutated, 2 => scraps, 1 => bytes, 1 => "(.|\n){0,60}"]
}

/// How long this thread has run, where Linux tells; else nothing.
fn running() -> std::time::Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split_whitespace().next()?.parse().ok());
    std::time::Duration::from_nanos(nanoseconds.unwrap_or(0))
}

/// Any text is refused, at a place in it, or makes a graph; what it makes is printed and reads back, or is said to have no equations.
#[test]
fn any_text_is_read_or_refused() {
    let slowest = std::cell::RefCell::new([(); 2].map(|()| (std::time::Duration::ZERO, String::new())));
    fuzz(3000, &texts(corpus()), |text| {
        let begun = running();
        let (step, output) = text.split_once('\u{0}').unwrap_or((&text, "h'"));
        let (constants, states) = (BTreeMap::new(), BTreeMap::new());
        let source = Source { step, output, constants: &constants, states: &states, functions: &Activations };
        let mut printing = std::time::Duration::ZERO;
        match source.program(3, 16) {
            Ok(program) => {
                let builder = Builder::new(3, 16);
                program.write(&Activations, &builder);
                let graph = builder.finish();
                graph.canonical();
                // To be printed again is not what a suite asks for.
                let read = running() - begun;
                print(&[Sized { graph, inputs: 3, hidden: 16 }], &Activations);
                printing = running() - begun - read;
            }
            Err(faults) => {
                prop_assert!(!faults.is_empty());
                for fault in faults {
                    let text = if fault.part == Part::Output { output } else { step };
                    prop_assert!(text.get(fault.span.clone()).is_some(), "{fault:?}");
                    prop_assert!(!fault.message.is_empty() && !fault.help.is_empty());
                }
            }
        }
        let value = Value { of: step, constants: &constants, functions: &Activations };
        if let Ok(program) = value.program(4) {
            let builder = Builder::new(4, 4);
            builder.output(program.apply(&Activations, builder.input()));
            builder.finish();
        }
        for (slowest, took) in slowest.borrow_mut().iter_mut().zip([running() - begun - printing, printing]) {
            if took > slowest.0 {
                *slowest = (took, text.clone());
            }
        }
        Ok(())
    });
    #[expect(clippy::print_stderr, reason = "whoever fuzzes for minutes asks how long one text took")]
    if std::env::var_os("LONGLAG_FUZZ_SECONDS").is_some() {
        eprintln!("the slowest to read and to print: {:#?}", slowest.borrow());
    }
}
