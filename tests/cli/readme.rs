//! The README says what there is.

use longlag::cli::Exit;

const README: &str = include_str!("../../README.md");

#[test]
fn the_example_in_rust_is_the_one_that_is_run() {
    let example = include_str!("../../examples/run_a_suite.rs");
    // Without the first line, which is for the linter.
    let (_, shown) = example.split_once("\n\n").expect("an attribute, then the example");
    assert!(
        README.contains(&format!("```rust\n{shown}```\n")),
        "README does not show examples/run_a_suite.rs word for word"
    );
}

#[test]
fn exit_codes_are_those_of_the_program() {
    let rows: String = Exit::ALL.iter().map(|exit| format!("| {} | {} |\n", *exit as u8, exit.meaning())).collect();
    assert!(README.contains(&format!("| code | meaning |\n|---|---|\n{rows}\n")), "README's table is not:\n{rows}");
}
