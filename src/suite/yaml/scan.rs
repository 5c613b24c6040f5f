//! The one pass over a text: builds the tree of its values and their places, and refuses what YAML allows but a suite should
//! not hold.
//!
//! Aliases are not expanded here, only what they would expand to is counted, so that a hostile file costs no more than its own
//! length.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, Tag};

use super::fault;
use super::tree::{Content, MAX_DEPTH, NodeId, Tree};
use crate::suite::{MAX_PROBLEMS, Path, Position, Problem};
use crate::text::scalar::{out_of_range, resolve};
use crate::text::shortened;

/// The largest number of values, aliases expanded.
pub const MAX_VALUES: u64 = 1_000_000;

/// The longest text in characters, aliases expanded.
pub const MAX_TEXT: u64 = 16 * 1024 * 1024;

/// The size of a value, aliases expanded.
#[derive(Clone, Copy, Default)]
struct Extent {
    values: u64,
    text: u64,
    /// 0 for a scalar, else one more than the deepest value inside.
    height: usize,
}

/// A map or list whose end has not come yet.
struct Open {
    node: NodeId,
    start: Marker,
    /// `[` or `{` when it was opened by one.
    bracket: Option<char>,
    anchor: usize,
    extent: Extent,
    /// The keys so far of a map; none for a list.
    keys: Option<BTreeMap<String, Position>>,
    /// In a map, the key whose value comes next.
    key: Option<(String, Position)>,
}

struct Scan<'a> {
    text: &'a str,
    /// The largest number of values, and the longest text.
    most: (u64, u64),
    ascii: bool,
    characters: OnceCell<Vec<char>>,
    tree: Tree,
    open: Vec<Open>,
    anchors: BTreeMap<usize, (NodeId, Extent)>,
    names: BTreeSet<String>,
    /// Where the event before this one ended, in characters.
    before: usize,
    total: Extent,
    documents: usize,
    problems: Vec<(Position, Problem)>,
}

/// Whether the rest of the text is worth reading.
type Go = Result<(), (Position, Problem)>;

/// The values of `text` and their places.
///
/// # Errors
///
/// What is wrong with the form of `text`, all of it unless it is out of bounds or there is too much.
#[cfg(test)]
pub(in crate::suite) fn scan(text: &str) -> Result<Tree, Vec<(Position, Problem)>> {
    scan_within(text, 1)
}

/// The values of `text`, which may be so many times as much as people write, and their places.
///
/// # Errors
///
/// What is wrong with the form of `text`, all of it unless it is out of bounds or there is too much.
pub(in crate::suite) fn scan_within(text: &str, times: u64) -> Result<Tree, Vec<(Position, Problem)>> {
    let mut scan = Scan {
        text,
        most: (MAX_VALUES * times, MAX_TEXT * times),
        ascii: text.is_ascii(),
        characters: OnceCell::new(),
        tree: Tree::default(),
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
    if scan.problems.is_empty() { Ok(scan.tree) } else { Err(scan.problems) }
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
                let (position, message) = fault::explain(error.info(), (*error.marker()).into(), self.text, bracket);
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
                self.scalar(&value, style, anchor, tag.as_deref(), span.start)?
            }
            Event::SequenceStart(anchor, tag) => self.begin(anchor, tag.as_deref(), span.start, None)?,
            Event::MappingStart(anchor, tag) => {
                self.begin(anchor, tag.as_deref(), span.start, Some(BTreeMap::new()))?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(Open { node, anchor, mut extent, start, .. }) = self.open.pop() {
                    extent.values += 1;
                    extent.height += 1;
                    self.end(node, anchor, extent, start)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, anchor: usize, tag: Option<&Tag>, start: Marker) -> Go {
        self.tag(tag, start);
        self.anchor(anchor, start);
        let extent = Extent { values: 1, text: text.chars().count() as u64, height: 0 };
        if self.at_key() {
            self.key(text, style, start);
            if anchor > 0 {
                let node = self.tree.add(start.into(), Content::Scalar(text.into()));
                self.anchors.insert(anchor, (node, extent));
            }
            return self.count(extent, start);
        }
        let content = match style {
            ScalarStyle::Plain if text.is_empty() => Content::Empty,
            ScalarStyle::Plain => {
                self.range(text, start);
                Content::Scalar(resolve(text))
            }
            _ => Content::Scalar(text.into()),
        };
        let node = self.tree.add(start.into(), content);
        self.end(node, anchor, extent, start)
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
        let content = if keys.is_some() { Content::Map(vec![]) } else { Content::List(vec![]) };
        let node = self.tree.add(start.into(), content);
        self.open.push(Open { node, start, bracket, anchor, extent: Extent::default(), keys, key: None });
        Ok(())
    }

    fn alias(&mut self, anchor: usize, start: Marker) -> Go {
        if self.at_key() {
            return self.stop(start, "an alias cannot be a key; write the key itself");
        }
        // An anchor is known once its value has ended.
        let Some((target, extent)) = self.anchors.get(&anchor).copied() else {
            return self.stop(start, "this alias stands inside the very value it names");
        };
        if self.open.len() + extent.height > MAX_DEPTH {
            return self.stop(start, format!("by this alias maps and lists are nested more than {MAX_DEPTH} deep"));
        }
        let node = self.tree.add(start.into(), Content::Alias(target));
        self.end(node, 0, extent, start)
    }

    /// Gives a value that ends here to what holds it.
    fn end(&mut self, node: NodeId, anchor: usize, extent: Extent, start: Marker) -> Go {
        if anchor > 0 {
            self.anchors.insert(anchor, (node, extent));
        }
        if let Some(open) = self.open.last_mut() {
            match (&open.keys, open.key.take()) {
                (Some(_), Some((key, key_start))) => self.tree.insert(open.node, key, key_start, node),
                _ => self.tree.append(open.node, node),
            }
        }
        self.count(extent, start)
    }

    /// Counts a key or value towards what holds it.
    fn count(&mut self, extent: Extent, start: Marker) -> Go {
        let (most_values, most_text) = self.most;
        let whole = self.open.last_mut().map_or(&mut self.total, |open| &mut open.extent);
        whole.values = whole.values.saturating_add(extent.values);
        whole.text = whole.text.saturating_add(extent.text);
        whole.height = whole.height.max(extent.height);
        if whole.values > most_values || whole.text > most_text {
            let bound = if whole.values > most_values {
                format!("{most_values} values")
            } else {
                format!("{most_text} characters")
            };
            return self.stop(
                start,
                format!("here the file grows beyond {bound}, each alias counted as what it stands for; shorten it"),
            );
        }
        Ok(())
    }

    fn key(&mut self, key: &str, style: ScalarStyle, start: Marker) {
        if style == ScalarStyle::Plain && (!resolve(key).is_string() || out_of_range(key).is_some()) {
            let message = match key {
                "" => "a key is missing before this `:`".into(),
                key => format!("the key `{}` is not a text; put it in quotes", shortened(key)),
            };
            self.note(start, message);
        }
        let Some(open) = self.open.last_mut() else { return };
        open.key = Some((key.to_owned(), start.into()));
        let first = open.keys.as_mut().and_then(|keys| match keys.get(key) {
            None => keys.insert(key.to_owned(), start.into()),
            first => first.copied(),
        });
        if let Some(first) = first {
            let message =
                format!("the key `{}` stands twice in this map, first in line {}", shortened(key), first.line);
            let help = if key == "<<" { "merge several maps by `<<: [*a, *b]`" } else { "remove one of the two" };
            self.problems.push((start.into(), Problem::new(Path::root(), message).help(help)));
        }
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

    /// Refuses a second anchor of the same name, and signs in a name: readers of YAML differ in what an alias then stands for,
    /// and in where the name ends.
    fn anchor(&mut self, anchor: usize, start: Marker) {
        if anchor == 0 {
            return;
        }
        let Some(name) = self.anchor_name(start.index()) else { return };
        if !name.chars().all(|sign| sign.is_alphanumeric() || "-_".contains(sign)) {
            let shown = shortened(&name);
            self.note(start, format!("the anchor `&{shown}` has a sign in its name; use letters, digits, `-` and `_`"));
        }
        if !self.names.insert(name.clone()) {
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
    fn range(&mut self, word: &str, start: Marker) {
        if let Some((message, help)) = out_of_range(word) {
            let problem = Problem::new(Path::root(), message);
            self.problems.push((start.into(), help.into_iter().fold(problem, Problem::help)));
        }
    }

    fn at_key(&self) -> bool {
        self.open.last().is_some_and(|open| open.keys.is_some() && open.key.is_none())
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
