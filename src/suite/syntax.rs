//! What the YAML parser stumbled over, in words that say how to mend it.

use saphyr_parser::Marker;

use super::wording::shortened;
use super::{MAX_DEPTH, Position};

/// The place and the explanation of a syntax error that a parser found at `at` and calls `info`; `bracket` is the innermost
/// `[` or `{` still open there.
pub(super) fn explain(info: &str, at: Position, text: &str, bracket: Option<(char, Marker)>) -> (Position, String) {
    let start = text.lines().nth(at.line - 1).and_then(|line| line.chars().nth(at.column - 1));
    let has = |part: &str| info.contains(part);
    let open = bracket.map(|(bracket, marker)| {
        let Position { line, column } = marker.into();
        format!(
            "the `{bracket}` of line {line}, column {column} is not closed before here; check its commas and its end"
        )
    });

    if has("recursion limit") {
        return (at, format!("maps and lists are nested more than {MAX_DEPTH} deep here"));
    }
    // A line that begins with a tab may have confused the parser in other ways too.
    let indented_by_tab = || {
        let line = text.lines().nth(at.line - 1).unwrap_or_default();
        line[..line.len() - line.trim_start().len()].contains('\t')
    };
    let from = if has("expected key") && indented_by_tab() { Position { column: 1, ..at } } else { at };
    if from != at || (has("tab") && !has("expected")) || (has("cannot start any token") && start == Some('\t')) {
        return (tab_from(text, from), "a tab cannot indent or separate here; use spaces".into());
    }
    if has("simple key expect") {
        // The parser notices on the line after the one that lacks its colon.
        let (at, line) = line_above(text, at.line).unwrap_or((at, String::new()));
        return (
            at,
            format!("`{line}` is neither `key: value` nor an entry of a list; does it lack a colon and a space?"),
        );
    }
    let message = if let Some(open) = open.filter(|_| has("flow") || has("':' indicator") || has("eof")) {
        open
    } else if has("unexpected ':'") {
        "a `:` between `{ }` or `[ ]` needs a space after it; put a text that contains it in quotes".into()
    } else if has("mapping values are not allowed") {
        "this `:` cannot stand here; check the indentation, that the key above has a space after its colon, \
         and put a text that contains `: ` in quotes"
            .into()
    } else if has("quoted scalar") && (has("indentation") || has("end of stream") || has("document indicator")) {
        "the quote opened here is not closed".into()
    } else if has("trailing content after") {
        "something follows the closing quote; a single quote inside single quotes is doubled: 'it''s'".into()
    } else if has("unknown escape") || has("hexadecimal") || has("escape code") {
        "unknown escape in a double-quoted text; write `\\\\` for a backslash, or use single quotes".into()
    } else if let Some(start) = start.filter(|_| has("unexpected character") || has("cannot start any token")) {
        format!("a text cannot start with `{start}`; put it in quotes")
    } else if has("unknown anchor") {
        "this alias names no anchor (`&name`) above it".into()
    } else if has("expected '-'") {
        "expected an entry of the list (`- `) here; check the indentation".into()
    } else if has("expected key") {
        "expected a key here; check the indentation, and the quotes and brackets of the value above".into()
    } else if has("<document start>") || has("next token") {
        "expected a key here; keys of the same map start in the same column".into()
    } else if has("block sequence entries") || has("cannot start with '-'") {
        "an entry of a list cannot start here; put `- ` on a line of its own, or write the list as [a, b]".into()
    } else if has("misplaced bracket") {
        "this bracket closes nothing".into()
    } else if has("node content") {
        "expected a value here; are there two commas in a row?".into()
    } else if has("comment or line break") && has("block scalar") {
        "a text after `|` or `>` starts on the next line".into()
    } else if has("anchor or alias") {
        "`&` and `*` start the name of an anchor or alias; put other texts in quotes".into()
    } else if has("indent") {
        "wrong indentation; the parts of one value start in the same column, to the right of its key".into()
    } else {
        format!("not valid YAML: {info}")
    };
    (at, message)
}

/// The first tab from `at` on; parsers tend to name the start of the value before it.
fn tab_from(text: &str, at: Position) -> Position {
    let lines = text.lines().enumerate().skip(at.line - 1);
    let mut tabs = lines.filter_map(|(line, content)| {
        let skipped = if line + 1 == at.line { at.column - 1 } else { 0 };
        let column = content.chars().skip(skipped).position(|c| c == '\t')?;
        Some(Position { line: line + 1, column: column + skipped + 1 })
    });
    tabs.next().unwrap_or(at)
}

/// The nearest line above line number `below` that holds more than a comment, and its start.
fn line_above(text: &str, below: usize) -> Option<(Position, String)> {
    let lines: Vec<&str> = text.lines().take(below.saturating_sub(1)).collect();
    let (number, line) = lines.iter().enumerate().rev().find(|(_, line)| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#')
    })?;
    let indent = line.chars().take_while(|c| c.is_whitespace()).count();
    Some((Position { line: number + 1, column: indent + 1 }, shortened(line.trim())))
}
