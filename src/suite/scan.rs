//! The first pass over a text: refuses what YAML allows but a suite should not hold, before any of it is expanded.
//!
//! It reads one event after the other and remembers only the maps and lists around it, so that a hostile file costs no more
//! than its own length. It also counts what aliases would expand to, without expanding them.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, Tag};

use super::wording::shortened;
use super::{MAX_PROBLEMS, Path, Position, Problem, syntax};

/// The deepest nesting of maps and lists, aliases expanded.
pub const MAX_DEPTH: usize = 64;

/// The largest number of values, aliases expanded.
pub const MAX_VALUES: u64 = 1_000_000;

/// The longest text in characters, aliases expanded.
pub const MAX_TEXT: u64 = 16 * 1024 * 1024;

/// What one value expands to.
#[derive(Clone, Copy, Default)]
struct Extent {
    values: u64,
    text: u64,
    /// 0 for a scalar, else one more than the deepest value inside.
    height: usize,
}

/// A map or list whose end has not come yet.
struct Open {
    start: Marker,
    /// `[` or `{` when it was opened by one.
    bracket: Option<char>,
    anchor: usize,
    extent: Extent,
    /// The keys so far of a map; none for a list.
    keys: Option<BTreeMap<String, Position>>,
    /// In a map, whether a key comes next.
    key_next: bool,
}

struct Scan<'a> {
    text: &'a str,
    ascii: bool,
    characters: OnceCell<Vec<char>>,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Extent>,
    names: BTreeSet<String>,
    /// Where the event before this one ended, in characters.
    before: usize,
    total: Extent,
    documents: usize,
    problems: Vec<(Position, Problem)>,
}

/// Whether the rest of the text is worth reading.
type Go = Result<(), (Position, Problem)>;

/// Finds what is wrong with the form of `text`, all of it unless it is out of bounds or there is too much.
pub(super) fn scan(text: &str) -> Result<(), Vec<(Position, Problem)>> {
    let mut scan = Scan {
        text,
        ascii: text.is_ascii(),
        characters: OnceCell::new(),
        open: Vec::new(),
        anchors: BTreeMap::new(),
        names: BTreeSet::new(),
        before: 0,
        total: Extent::default(),
        documents: 0,
        problems: Vec::new(),
    };
    if let Err(problem) = scan.characters_allowed().and_then(|()| scan.events()) {
        scan.problems.push(problem);
    }
    if scan.problems.is_empty() { Ok(()) } else { Err(scan.problems) }
}

impl Scan<'_> {
    /// YAML's own list of characters; without this, an error about another one would come without its place.
    fn characters_allowed(&self) -> Go {
        let (mut line, mut column) = (1, 1);
        for character in self.text.chars() {
            match character {
                '\n' => (line, column) = (line + 1, 0),
                '\t'
                | '\r'
                | '\u{85}'
                | ' '..='~'
                | '\u{a0}'..='\u{fefe}'
                | '\u{ff00}'..='\u{fffd}'
                | '\u{10000}'.. => {}
                _ => {
                    let code = u32::from(character);
                    let message = format!("the character U+{code:04X} is not allowed in YAML; delete it");
                    return Err((Position { line, column }, Problem::new(Path::root(), message)));
                }
            }
            column += 1;
        }
        Ok(())
    }

    fn events(&mut self) -> Go {
        let mut parser = Parser::new_from_str(self.text);
        while let Some(next) = parser.next_event() {
            let (event, span) = next.map_err(|error| {
                let bracket = self.open.iter().rev().find_map(|open| Some((open.bracket?, open.start)));
                let (position, message) = syntax::explain(error.info(), (*error.marker()).into(), self.text, bracket);
                (position, Problem::new(Path::root(), message))
            })?;
            self.event(event, span)?;
            self.before = self.before.max(span.end.index());
            if self.problems.len() > MAX_PROBLEMS {
                break;
            }
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Go {
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    return self
                        .stop(span.start, "a second YAML document starts here; keep one per file, without `---`");
                }
            }
            Event::Alias(anchor) => self.alias(anchor, span.start)?,
            Event::Scalar(value, style, anchor, tag) => {
                self.tag(tag.as_deref(), span.start);
                self.anchor(anchor, span.start);
                if self.at_key() {
                    self.key(&value, style, span.start)?;
                } else if style == ScalarStyle::Plain {
                    self.number(&value, span.start);
                }
                let extent = Extent { values: 1, text: value.chars().count() as u64, height: 0 };
                self.close(anchor, extent, span.start)?;
            }
            Event::SequenceStart(anchor, tag) => self.begin(anchor, tag.as_deref(), span.start, None)?,
            Event::MappingStart(anchor, tag) => {
                self.begin(anchor, tag.as_deref(), span.start, Some(BTreeMap::new()))?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(Open { anchor, mut extent, start, .. }) = self.open.pop() {
                    extent.values += 1;
                    extent.height += 1;
                    self.close(anchor, extent, start)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn begin(
        &mut self,
        anchor: usize,
        tag: Option<&Tag>,
        start: Marker,
        keys: Option<BTreeMap<String, Position>>,
    ) -> Go {
        self.tag(tag, start);
        self.anchor(anchor, start);
        if self.at_key() {
            return self.stop(
                start,
                "a key must be a text, not a map or list; put a text that starts with `{` or `[` in quotes",
            );
        }
        if self.open.len() >= MAX_DEPTH {
            return self.stop(start, format!("maps and lists are nested more than {MAX_DEPTH} deep here"));
        }
        let bracket = self.character(start.index()).filter(|c| "[{".contains(*c));
        let key_next = keys.is_some();
        self.open.push(Open { start, bracket, anchor, extent: Extent::default(), keys, key_next });
        Ok(())
    }

    fn alias(&mut self, anchor: usize, start: Marker) -> Go {
        if self.at_key() {
            return self.stop(start, "an alias cannot be a key; write the key itself");
        }
        // An anchor is known once its value has ended.
        let Some(extent) = self.anchors.get(&anchor).copied() else {
            return self.stop(start, "this alias stands inside the very value it names");
        };
        if self.open.len() + extent.height > MAX_DEPTH {
            return self.stop(start, format!("by this alias maps and lists are nested more than {MAX_DEPTH} deep"));
        }
        self.close(0, extent, start)
    }

    /// Counts a value that ends here towards what holds it.
    fn close(&mut self, anchor: usize, extent: Extent, start: Marker) -> Go {
        if anchor > 0 {
            self.anchors.insert(anchor, extent);
        }
        let parent = self.open.last_mut();
        let whole = parent.map_or(&mut self.total, |open| {
            open.key_next = open.keys.is_some() && !open.key_next;
            &mut open.extent
        });
        whole.values = whole.values.saturating_add(extent.values);
        whole.text = whole.text.saturating_add(extent.text);
        whole.height = whole.height.max(extent.height);
        if whole.values > MAX_VALUES || whole.text > MAX_TEXT {
            let bound = if whole.values > MAX_VALUES {
                format!("{MAX_VALUES} values")
            } else {
                format!("{MAX_TEXT} characters")
            };
            return self.stop(
                start,
                format!("here the file grows beyond {bound}, each alias counted as what it stands for; shorten it"),
            );
        }
        Ok(())
    }

    fn key(&mut self, key: &str, style: ScalarStyle, start: Marker) -> Go {
        if style == ScalarStyle::Plain && !is_text(key) {
            let message = match key {
                "" => "a key is missing before this `:`".into(),
                key => format!("the key `{}` is not a text; put it in quotes", shortened(key)),
            };
            self.note(start, message);
        }
        let Some(keys) = self.open.last_mut().and_then(|open| open.keys.as_mut()) else { return Ok(()) };
        if let Some(first) = keys.get(key) {
            let message =
                format!("the key `{}` stands twice in this map, first in line {}", shortened(key), first.line);
            let help = if key == "<<" { "merge several maps by `<<: [*a, *b]`" } else { "remove one of the two" };
            self.problems.push((start.into(), Problem::new(Path::root(), message).help(help)));
        } else {
            keys.insert(key.to_owned(), start.into());
        }
        Ok(())
    }

    fn tag(&mut self, tag: Option<&Tag>, start: Marker) {
        if let Some(tag) = tag {
            let name = match tag.is_yaml_core_schema() {
                true => format!("!!{}", tag.suffix),
                false => format!("{}{}", tag.handle, tag.suffix),
            };
            let message = format!("the tag `{}` has no meaning here; remove it", shortened(&name));
            self.problems.push((start.into(), Problem::new(Path::root(), message).help("to make a text, use quotes")));
        }
    }

    /// Refuses a second anchor of the same name: readers of YAML differ in what an alias then stands for.
    fn anchor(&mut self, anchor: usize, start: Marker) {
        if anchor == 0 {
            return;
        }
        let name = self.anchor_name(start.index());
        if let Some(name) = name.filter(|name| !self.names.insert(name.clone())) {
            self.note(start, format!("the anchor `&{}` is defined twice; give one another name", shortened(&name)));
        }
    }

    /// Between two events there is nothing but indicators, tags, comments and the anchor.
    fn anchor_name(&self, start: usize) -> Option<String> {
        let characters = self.characters();
        let mut place = self.before.min(start);
        let mut name = None;
        while place < characters.len() && (place < start || characters[place] == '&') {
            match characters[place] {
                '#' => place += characters[place..].iter().take_while(|c| **c != '\n').count(),
                '&' => {
                    let rest = characters[place + 1..].iter();
                    let found: String = rest.take_while(|c| !c.is_whitespace() && !",[]{}".contains(**c)).collect();
                    place += 1 + found.chars().count();
                    name = Some(found);
                }
                _ => place += 1,
            }
        }
        name
    }

    /// Refuses numbers that no field could hold, before they turn into texts or lose digits.
    fn number(&mut self, value: &str, start: Marker) {
        let digits = value.strip_prefix(['-', '+']).unwrap_or(value);
        let radix = match digits.get(..2) {
            Some("0x") => 16,
            Some("0o") => 8,
            Some("0b") => 2,
            _ => 10,
        };
        let figures = if radix == 10 { digits } else { &digits[2..] };
        let leading_zero = radix == 10 && figures.len() > 1 && figures.starts_with('0');
        if !figures.is_empty() && !leading_zero && figures.chars().all(|c| c.is_digit(radix)) {
            let fits = match value.starts_with('-') {
                true => i64::from_str_radix(&format!("-{figures}"), radix).is_ok(),
                false => u64::from_str_radix(figures, radix).is_ok(),
            };
            if !fits {
                let message = format!("the whole number {} does not fit in 64 bits", shortened(value));
                let help =
                    format!("the range is {} to {}; a number may also be written like 1.5e30", i64::MIN, u64::MAX);
                self.problems.push((start.into(), Problem::new(Path::root(), message).help(help)));
            }
        } else if digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && value.parse::<f64>().is_ok_and(|number| number.is_infinite())
        {
            self.note(start, format!("the number {} is too large; the largest is about 1.8e308", shortened(value)));
        }
    }

    fn at_key(&self) -> bool {
        self.open.last().is_some_and(|open| open.key_next)
    }

    fn characters(&self) -> &[char] {
        self.characters.get_or_init(|| self.text.chars().collect())
    }

    fn character(&self, index: usize) -> Option<char> {
        match self.ascii {
            true => self.text.as_bytes().get(index).map(|byte| char::from(*byte)),
            false => self.characters().get(index).copied(),
        }
    }

    fn note(&mut self, start: Marker, message: impl Into<String>) {
        self.problems.push((start.into(), Problem::new(Path::root(), message)));
    }

    fn stop(&self, start: Marker, message: impl Into<String>) -> Go {
        Err((start.into(), Problem::new(Path::root(), message)))
    }
}

/// Whether a plain word is a text in YAML, unlike `1`, `true` and `~`.
fn is_text(word: &str) -> bool {
    let constant = ["", "~", "null", "true", "false"].contains(&word.to_ascii_lowercase().as_str());
    let number = word.len() < 400 && word.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    !(constant || number) || serde_yaml::from_str::<serde_yaml::Value>(word).map_or(true, |value| value.is_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> String {
        let show = |(position, problem): (Position, Problem)| format!("{position} {problem}");
        match scan(text) {
            Ok(()) => String::new(),
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
        let range =
            "the range is -9223372036854775808 to 18446744073709551615; a number may also be written like 1.5e30";
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

    #[test]
    fn syntax_errors_say_how_to_mend_them() {
        let colon = "this `:` cannot stand here; check the indentation, that the key above has a space after its colon, \
                     and put a text that contains `: ` in quotes";
        let place = "expected a key here; check the indentation, and the quotes and brackets of the value above";
        let entry = "an entry of a list cannot start here; put `- ` on a line of its own, or write the list as [a, b]";
        for (text, expected) in [
            ("a:\n\t- 1\n", "2:2 a tab cannot indent or separate here; use spaces".to_owned()),
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
            ("a: 1\nbeta\n\nc: 1\n", {
                "2:1 `beta` is neither `key: value` nor an entry of a list; does it lack a colon and a space?".into()
            }),
        ] {
            assert_eq!(problems(text), expected, "{text}");
        }
    }
}
