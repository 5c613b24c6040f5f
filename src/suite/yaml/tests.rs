//! The one pass: what it refuses, and that it reads what serde_yaml reads.

use proptest::prelude::*;

use super::scan;
use crate::suite::{Position, Problem, sample};

fn problems(text: &str) -> String {
    let show = |(position, problem): (Position, Problem)| format!("{position} {problem}");
    match scan(text) {
        Ok(_) => String::new(),
        Err(problems) => problems.into_iter().map(show).collect::<Vec<_>>().join("\n"),
    }
}

#[test]
fn ordinary_yaml_passes() {
    for text in [
        "",
        "# only a comment\n",
        "---\na: 1\n...\n",
        "a: &x {b: [1, 2]}\nc: *x\nd: {<<: *x}\n",
        "a: 1.5e30\nb: -9223372036854775808\nc: 18446744073709551615\nd: 0x1F\ne: 007\n",
        "\"1\": text key\non: also a text\n.x: y\n-x: y\n",
        "a: |\n  block\n  text\nb: >-\n  folded\n",
    ] {
        assert_eq!(problems(text), "", "{text}");
    }
}

#[test]
fn keys_must_be_texts_and_unique() {
    assert_eq!(problems("a: 1\nb: 2\n\"a\": 3\n"), {
        "3:1 the key `a` stands twice in this map, first in line 1; remove one of the two"
    });
    assert_eq!(problems("x: [{a: 1, a: 2}]\n"), {
        "1:12 the key `a` stands twice in this map, first in line 1; remove one of the two"
    });
    assert_eq!(problems("<<: {a: 1}\n<<: {b: 1}\n"), {
        "2:1 the key `<<` stands twice in this map, first in line 1; merge several maps by `<<: [*a, *b]`"
    });
    assert_eq!(problems("1: x\n"), "1:1 the key `1` is not a text; put it in quotes");
    assert_eq!(problems("a: {true: x, ~: y}\n"), {
        "1:5 the key `true` is not a text; put it in quotes\n1:14 the key `~` is not a text; put it in quotes"
    });
    assert_eq!(problems("a:\n  : x\n"), "2:3 a key is missing before this `:`");
    let braces = "a key must be a text, not a map or list; put a text that starts with `{` or `[` in quotes";
    assert_eq!(problems("{{ name }}: x\n"), format!("1:1 {braces}"));
    assert_eq!(problems("a: &k b\n*k : x\n"), "2:1 an alias cannot be a key; write the key itself");
}

#[test]
fn tags_and_further_documents_are_refused() {
    let tag = |tag| format!("the tag `{tag}` has no meaning here; remove it; to make a text, use quotes");
    assert_eq!(problems("a: !Foo {b: 1}\n"), format!("1:4 {}", tag("!Foo")));
    assert_eq!(problems("a: !!str 1\n"), format!("1:4 {}", tag("!!str")));
    assert_eq!(problems("a: 1\n---\nb: 1\n"), {
        "2:1 a second YAML document starts here; keep one per file, without `---`"
    });
}

#[test]
fn numbers_beyond_their_range_are_refused() {
    let range = "the range is -9223372036854775808 to 18446744073709551615; a number may also be written like 1.5e30";
    for number in
        ["18446744073709551616", "-9223372036854775809", "123456789012345678901234567890", "0x1FFFFFFFFFFFFFFFF"]
    {
        assert_eq!(problems(&format!("a: [{number}]")), {
            format!("1:5 the whole number {number} does not fit in 64 bits; {range}")
        });
    }
    assert_eq!(problems("a: 1e400\n"), "1:4 the number 1e400 is too large; the largest is about 1.8e308");
    assert_eq!(problems("a: \"1e400\"\n"), "");
}

#[test]
fn anchors_are_unique() {
    assert_eq!(problems("a: &x 1\nb: &x 2\nc: *x\n"), {
        "2:4 the anchor `&x` is defined twice; give one another name"
    });
    assert_eq!(problems("a: &x # R&D\n  b: 1\nc: &D 2\nd: &y {e: &z [1]}\n"), "");
    assert_eq!(problems("a: &x\n  b: 1\nc: &x\n  - 1\n"), {
        "3:4 the anchor `&x` is defined twice; give one another name"
    });
    assert_eq!(problems("a: &x [*x]\n"), "1:8 this alias stands inside the very value it names");
    assert_eq!(problems("a: *x\n"), "1:4 this alias names no anchor (`&name`) above it");
    assert_eq!(problems("a: &b: c\n"), {
        "1:4 the anchor `&b:` has a sign in its name; use letters, digits, `-` and `_`"
    });
}

#[test]
fn hostile_files_are_refused_at_once() {
    let deep = "[".repeat(3_000_000);
    assert_eq!(problems(&deep), "1:256 maps and lists are nested more than 64 deep here");
    let block: String = (0..100).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert_eq!(problems(&block), "65:65 maps and lists are nested more than 64 deep here");

    let mut laughs = String::from("a0: &a0 [lol, lol]\n");
    for level in 1..40 {
        let list = vec![format!("*a{}", level - 1); 9].join(", ");
        laughs.push_str(&format!("a{level}: &a{level} [{list}]\n"));
    }
    let message = problems(&laughs);
    assert!(message.contains("grows beyond 1000000 values, each alias counted"), "{message}");

    let mut chain = String::from("a0: &a0 [x]\n");
    (1..70).for_each(|level| chain.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1)));
    assert_eq!(problems(&chain), "64:12 by this alias maps and lists are nested more than 64 deep");

    let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), vec!["*a"; 200].join(", "));
    assert!(problems(&long).contains("grows beyond 16777216 characters"));
    assert_eq!(problems("a: \"\u{7}\"\n"), "1:5 the character U+0007 is not allowed in YAML; delete it");
    assert_eq!(problems("a: 1\nb: \0\n"), "2:4 the character U+0000 is not allowed in YAML; delete it");
}

/// The value that serde_yaml reads, where it reads the text at all.
fn by_serde_yaml(text: &str) -> Option<serde_yaml::Value> {
    serde_yaml::from_str(text).ok()
}

#[test]
fn the_repositorys_suites_are_read_as_serde_yaml_reads_them() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let suites = std::fs::read_dir(root.join("suites")).expect("a folder").map(|entry| entry.expect("an entry").path());
    for file in suites.filter(|file| file.extension().is_some_and(|end| end == "yaml")) {
        let text = std::fs::read_to_string(&file).expect("a text");
        let tree = scan(&text).expect("YAML");
        assert_eq!(Some(tree.value()), by_serde_yaml(&text), "{}", file.display());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn any_text_is_read_as_serde_yaml_reads_it(text in prop_oneof![sample::scraps(), "([a-c]: |- |\\n| |[0-9.~\"'\\[\\],{}]){0,30}"]) {
        // Line breaks of YAML 1.1, which serde_yaml's parser follows here, are characters like others in YAML 1.2.
        prop_assume!(!text.contains(['\u{85}', '\u{2028}', '\u{2029}']));
        // Whether a block ends with the file's last line break depends on the reader where there is none.
        let text = text + "\n";
        if let (Ok(tree), Some(value)) = (scan(&text), by_serde_yaml(&text)) {
            prop_assert_eq!(tree.value(), value);
        }
    }
}

proptest! {
    #[test]
    fn what_serde_yaml_writes_is_read_as_it_was(suite in sample::suite()) {
        let text = serde_yaml::to_string(&serde_json::to_value(&suite).expect("JSON")).expect("YAML");
        prop_assert_eq!(Some(scan(&text).expect("YAML").value()), by_serde_yaml(&text));
    }
}
