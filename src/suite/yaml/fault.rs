//! Mistakes of YAML syntax, in words that say how to mend them.

use saphyr_parser::Marker;

use super::tree::MAX_DEPTH;
use crate::suite::Position;
use crate::text::shortened;

/// A mistake of syntax, as a writer would see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    AfterBlockHeader,
    AfterEnd,
    AfterQuote,
    AliasUnknown,
    AnchorUnnamed,
    BracketUnopened,
    ColonMisplaced,
    ColonMissing,
    ColonUnspaced,
    CommentInside,
    Depth,
    Directive,
    EntryExpected,
    EntryMisplaced,
    Escape,
    FlowUnclosed,
    Indentation,
    KeyColumn,
    KeyExpected,
    QuestionMark,
    QuoteUnclosed,
    Start,
    Tab,
    ValueExpected,
}

/// The messages of saphyr-parser, which has no other way to tell its errors apart, and what they mean. One that is not here is
/// shown as it is.
const MESSAGES: &[(&str, Fault)] = &[
    ("\"-\" is only valid inside a block", Fault::EntryMisplaced),
    ("'-' must be followed by a valid YAML whitespace", Fault::Tab),
    ("':' may not precede any of `[{` in flow mapping", Fault::ColonUnspaced),
    ("':' must be followed by a valid YAML whitespace", Fault::Tab),
    ("a block scalar content cannot start with a tab", Fault::Tab),
    ("block sequence entries are not allowed in this context", Fault::EntryMisplaced),
    ("comment intercepting the multiline text", Fault::CommentInside),
    ("did not find expected <document start>", Fault::KeyColumn),
    ("illegal placement of ':' indicator", Fault::FlowUnclosed),
    ("invalid content after document end marker", Fault::AfterEnd),
    ("invalid indentation", Fault::Indentation),
    ("invalid indentation in flow construct", Fault::Indentation),
    ("invalid indentation in quoted scalar", Fault::QuoteUnclosed),
    ("invalid trailing content after double-quoted scalar", Fault::AfterQuote),
    ("mapping keys are not allowed in this context", Fault::QuestionMark),
    ("mapping values are not allowed in this context", Fault::ColonMisplaced),
    ("misplaced bracket", Fault::BracketUnopened),
    ("plain scalar cannot start with '-' followed by ,[]{}", Fault::EntryMisplaced),
    ("recursion limit exceeded", Fault::Depth),
    ("simple key expect ':'", Fault::ColonMissing),
    ("tabs disallowed within this context (block indentation)", Fault::Tab),
    ("unexpected character", Fault::Start),
    ("while parsing a block collection, did not find expected '-' indicator", Fault::EntryExpected),
    ("while parsing a block mapping, did not find expected key", Fault::KeyExpected),
    ("while parsing a flow mapping, did not find expected ',' or '}'", Fault::FlowUnclosed),
    ("while parsing a flow sequence, expected ',' or ']'", Fault::FlowUnclosed),
    ("while parsing a node, did not find expected node content", Fault::ValueExpected),
    ("while parsing a quoted scalar, did not find expected hexadecimal number", Fault::Escape),
    ("while parsing a quoted scalar, found invalid Unicode character escape code", Fault::Escape),
    ("while parsing a quoted scalar, found unknown escape character", Fault::Escape),
    ("while parsing node, found unknown anchor", Fault::AliasUnknown),
    ("while scanning a YAML directive, did not find expected digit or '.' character", Fault::Directive),
    ("while scanning a block scalar, did not find expected comment or line break", Fault::AfterBlockHeader),
    ("while scanning a block scalar, found an indentation indicator equal to 0", Fault::AfterBlockHeader),
    ("while scanning a plain scalar, found a tab", Fault::Tab),
    ("while scanning a quoted scalar, found unexpected document indicator", Fault::QuoteUnclosed),
    ("while scanning a quoted scalar, found unexpected end of stream", Fault::QuoteUnclosed),
    ("while scanning an anchor or alias, did not find expected alphabetic or numeric character", Fault::AnchorUnnamed),
    ("wrongly indented line in block scalar", Fault::Indentation),
];

/// The place and the explanation of an error that the parser met at `at` and calls `info`; `bracket` is the innermost `[` or
/// `{` still open there.
pub(super) fn explain(info: &str, at: Position, text: &str, bracket: Option<(char, Marker)>) -> (Position, String) {
    let line = || text.lines().nth(at.line - 1).unwrap_or_default();
    let known = MESSAGES.iter().find(|(message, _)| *message == kind_of(info));
    let Some((_, fault)) = known else { return (at, format!("not valid YAML: {info}")) };
    let message = match fault {
        Fault::AfterBlockHeader => "a text after `|` or `>` starts on the next line".into(),
        Fault::AfterEnd => "`...` ends the file, and nothing follows it; remove it".into(),
        Fault::AfterQuote => {
            "something follows the closing quote; a single quote inside single quotes is doubled: 'it''s'".into()
        }
        Fault::AliasUnknown => "this alias names no anchor (`&name`) above it".into(),
        Fault::AnchorUnnamed => "`&` and `*` start the name of an anchor or alias; put other texts in quotes".into(),
        Fault::BracketUnopened => "this bracket closes nothing".into(),
        Fault::ColonMisplaced => {
            "this `:` cannot stand here; check the indentation, that the key above has a space after its colon, \
             and put a text that contains `: ` in quotes"
                .into()
        }
        Fault::ColonMissing => {
            // The parser notices on the line after the one that lacks its colon.
            let (at, line) = line_above(text, at.line).unwrap_or((at, String::new()));
            let message =
                format!("`{line}` is neither `key: value` nor an entry of a list; does it lack a colon and a space?");
            return (at, message);
        }
        Fault::ColonUnspaced => {
            "a `:` between `{ }` or `[ ]` needs a space after it; put a text that contains it in quotes".into()
        }
        Fault::CommentInside => {
            "a text of several lines cannot have a comment inside; move the comment, or write the text after `>-`"
                .into()
        }
        Fault::Depth => format!("maps and lists are nested more than {MAX_DEPTH} deep here"),
        Fault::Directive => "a line that starts with `%` gives orders to the reader of YAML; remove it".into(),
        Fault::EntryExpected => "expected an entry of the list (`- `) here; check the indentation".into(),
        Fault::EntryMisplaced => {
            "an entry of a list cannot start here; put `- ` on a line of its own, or write the list as [a, b]".into()
        }
        Fault::Escape => {
            "unknown escape in a double-quoted text; write `\\\\` for a backslash, or use single quotes".into()
        }
        Fault::FlowUnclosed if path_with_bracket(line(), at.column).is_some() => {
            let path = path_with_bracket(line(), at.column).unwrap_or_default();
            format!("between `{{ }}` or `[ ]` a path with a bracket stands in quotes: \"{path}\"")
        }
        Fault::FlowUnclosed => match bracket {
            Some((bracket, marker)) => {
                let Position { line, column } = marker.into();
                format!(
                    "the `{bracket}` of line {line}, column {column} is not closed before here; check its commas and its end"
                )
            }
            None => "expected a `,` or a closing bracket here".into(),
        },
        Fault::Indentation => {
            "wrong indentation; the parts of one value start in the same column, to the right of its key".into()
        }
        Fault::KeyColumn => "expected a key here; keys of the same map start in the same column".into(),
        // A line that begins with a tab may have confused the parser in other ways too.
        Fault::KeyExpected if line()[..line().len() - line().trim_start().len()].contains('\t') => {
            return (tab_from(text, Position { column: 1, ..at }), TAB.into());
        }
        Fault::KeyExpected => {
            "expected a key here; check the indentation, and the quotes and brackets of the value above".into()
        }
        Fault::QuestionMark => "a text cannot start with `? `; put it in quotes".into(),
        Fault::QuoteUnclosed => "the quote opened here is not closed".into(),
        Fault::Start => {
            let start = line().chars().nth(at.column - 1).unwrap_or_default();
            format!("a text cannot start with `{start}`; put it in quotes")
        }
        Fault::Tab => {
            // The parser may notice after the tab.
            let before = line().chars().take(at.column - 1).collect::<String>();
            let tabs = before.chars().rev().take_while(|c| *c == '\t').count();
            return (tab_from(text, Position { column: at.column - tabs, ..at }), TAB.into());
        }
        Fault::ValueExpected => "expected a value here; are there two commas in a row?".into(),
    };
    (at, message)
}

const TAB: &str = "a tab cannot indent or separate here; use spaces";

/// The path such as `clip[0].max`, free of quotes, whose first bracket stands at `column`.
fn path_with_bracket(line: &str, column: usize) -> Option<String> {
    let signs: Vec<char> = line.chars().collect();
    let is_part = |sign: &char| sign.is_alphanumeric() || "._-[]".contains(*sign);
    let (before, after) = signs.split_at_checked(column.checked_sub(1)?)?;
    let start = before.iter().rev().take_while(|sign| is_part(sign) && !"[]".contains(**sign)).count();
    let number = after.strip_prefix(&['['])?.iter().take_while(|sign| sign.is_ascii_digit()).count();
    if start == 0 || number == 0 || after.get(number + 1) != Some(&']') {
        return None;
    }
    let rest = after.iter().take_while(|sign| is_part(sign));
    let path: String = before[before.len() - start..].iter().chain(rest).collect();
    // A bracket that closes a list around it is none of the path's.
    let count = |wanted: char| path.chars().filter(|sign| *sign == wanted).count();
    let closing = count(']').saturating_sub(count('['));
    Some(path[..path.len() - closing].to_owned())
}

/// The message without what differs from text to text.
fn kind_of(info: &str) -> &str {
    match info.split_once(": `") {
        Some((kind, _)) if kind == "unexpected character" => kind,
        _ => info,
    }
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::suite::yaml::scan;

    /// The parser's name for its error in `text`.
    fn info(text: &str) -> Option<String> {
        saphyr_parser::Parser::new_from_str(text).find_map(|event| event.err().map(|error| error.info().to_owned()))
    }

    #[test]
    fn every_message_of_the_parser_has_a_text_that_calls_for_it() {
        let colon = "this `:` cannot stand here; check the indentation, that the key above has a space after its colon, \
                     and put a text that contains `: ` in quotes";
        let place = "expected a key here; check the indentation, and the quotes and brackets of the value above";
        let entry = "an entry of a list cannot start here; put `- ` on a line of its own, or write the list as [a, b]";
        let escape = "unknown escape in a double-quoted text; write `\\\\` for a backslash, or use single quotes";
        let indentation = "wrong indentation; the parts of one value start in the same column, to the right of its key";
        let mut met = BTreeSet::new();
        for (text, expected) in [
            ("a:\n\t- 1\n", "2:1 a tab cannot indent or separate here; use spaces".to_owned()),
            ("a: {b: 1}\n\tc: 2\n", "2:1 a tab cannot indent or separate here; use spaces".into()),
            ("name: x\n\ttask: y\n", "2:1 a tab cannot indent or separate here; use spaces".into()),
            ("a:1\nb: 2\n", format!("2:2 {colon}")),
            ("a: b: c\n", format!("1:5 {colon}")),
            ("a: \"x\nb: 1\n", "1:4 the quote opened here is not closed".into()),
            ("a: \"x\n", "1:4 the quote opened here is not closed".into()),
            ("a: [1, 2\nb: 3\n", {
                "2:2 the `[` of line 1, column 4 is not closed before here; check its commas and its end".into()
            }),
            ("é: {b: 1\n", {
                "2:1 the `{` of line 1, column 4 is not closed before here; check its commas and its end".into()
            }),
            ("a: @x\n", "1:4 a text cannot start with `@`; put it in quotes".into()),
            ("a: `x`\n", "1:4 a text cannot start with ```; put it in quotes".into()),
            ("- 1\nb: 2\n", "2:1 expected an entry of the list (`- `) here; check the indentation".into()),
            ("a: [1, 2] x\n", format!("1:11 {place}")),
            ("a: 'it's'\n", {
                "1:8 something follows the closing quote; a single quote inside single quotes is doubled: 'it''s'"
                    .into()
            }),
            ("  a: 1\nb: 2\n", "2:1 expected a key here; keys of the same map start in the same column".into()),
            ("a: [1,,2]\n", "1:7 expected a value here; are there two commas in a row?".into()),
            ("a: ]\n", "1:4 this bracket closes nothing".into()),
            ("a: \"\\q\"\n", {
                "1:4 unknown escape in a double-quoted text; write `\\\\` for a backslash, or use single quotes".into()
            }),
            ("a: - 1\n", format!("1:4 {entry}")),
            ("a: |x\n  foo\n", "1:4 a text after `|` or `>` starts on the next line".into()),
            ("a: {b:[1]}\n", {
                "1:6 a `:` between `{ }` or `[ ]` needs a space after it; put a text that contains it in quotes".into()
            }),
            ("a: b # c\n  d\n", {
                "1:6 a text of several lines cannot have a comment inside; move the comment, or write the text after `>-`"
                    .into()
            }),
            ("a: |0\n  foo\n", "1:4 a text after `|` or `>` starts on the next line".into()),
            ("a: |\n\tx\n", format!("2:1 {TAB}")),
            ("a:\tb\n", format!("1:3 {TAB}")),
            ("- a\n-\t- c\n", format!("2:2 {TAB}")),
            ("a: 1\n... x\n", "2:5 `...` ends the file, and nothing follows it; remove it".into()),
            ("a: [\nb\n]\n", format!("2:1 {indentation}")),
            ("a: |2\n x\n", format!("2:2 {indentation}")),
            ("a:\n  [b,\nc]\n", format!("3:1 {indentation}")),
            ("a: {b: 1]\n", {
                "1:9 the `{` of line 1, column 4 is not closed before here; check its commas and its end".into()
            }),
            ("a: [1}\n", {
                "1:6 the `[` of line 1, column 4 is not closed before here; check its commas and its end".into()
            }),
            ("over: {clip[0].max: [1, 2]}\n", {
                "1:12 between `{ }` or `[ ]` a path with a bracket stands in quotes: \"clip[0].max\"".into()
            }),
            ("a: {b: 1, clip[1]: 2}\n", {
                "1:15 between `{ }` or `[ ]` a path with a bracket stands in quotes: \"clip[1]\"".into()
            }),
            ("a: [clip[12].max]\n", {
                "1:9 between `{ }` or `[ ]` a path with a bracket stands in quotes: \"clip[12].max\"".into()
            }),
            ("a: {b[c]: 1}\n", {
                "1:6 the `{` of line 1, column 4 is not closed before here; check its commas and its end".into()
            }),
            ("a: ? b\n", "1:4 a text cannot start with `? `; put it in quotes".into()),
            ("a: [ - ]\n", format!("1:6 {entry}")),
            ("a: [-,1]\n", format!("1:5 {entry}")),
            ("a: \"\\xzz\"\n", format!("1:4 {escape}")),
            ("a: \"\\ud800\"\n", format!("1:4 {escape}")),
            ("a: \"x\n---\ny\"\n", "1:4 the quote opened here is not closed".into()),
            ("a: *x\n", "1:4 this alias names no anchor (`&name`) above it".into()),
            ("a: & b\n", { "1:4 `&` and `*` start the name of an anchor or alias; put other texts in quotes".into() }),
            ("%YAML 1\n---\na: 1\n", {
                "1:1 a line that starts with `%` gives orders to the reader of YAML; remove it".into()
            }),
            ("a: !<x\n", { "1:4 not valid YAML: while scanning a verbatim tag, did not find the expected '>'".into() }),
            (&"[".repeat(300), "1:256 maps and lists are nested more than 64 deep here".into()),
            ("a: 1\nbeta\n\nc: 1\n", {
                "2:1 `beta` is neither `key: value` nor an entry of a list; does it lack a colon and a space?".into()
            }),
        ] {
            let problems = scan(text).expect_err(text);
            let shown: Vec<String> = problems.iter().map(|(place, problem)| format!("{place} {problem}")).collect();
            assert_eq!(shown, [expected], "{text}");
            met.extend(info(text).map(|info| kind_of(&info).to_owned()));
        }
        let missing: Vec<&str> =
            MESSAGES.iter().map(|(message, _)| *message).filter(|message| !met.contains(*message)).collect();
        assert_eq!(missing, [""; 0]);
    }
}
