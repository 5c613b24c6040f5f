//! Places inside of texts: where a character of a value stands in the file.

use crate::suite::Position;

/// The place of the character at byte `offset` of the text `value`, which is written in `file` from `start` on, in whichever of YAML's
/// styles. Where that character is a space, the place behind the word before it.
pub(in crate::suite) fn place_within(file: &str, start: Position, value: &str, offset: usize) -> Position {
    // YAML changes spaces and ends of lines and nothing else, so that signs are told by their number.
    let before = value.char_indices().take_while(|(at, sign)| at + sign.len_utf8() <= offset);
    let before = before.filter(|(_, sign)| !sign.is_whitespace()).count();
    let at_sign = value.get(offset..).and_then(|rest| rest.chars().next()).is_some_and(|sign| !sign.is_whitespace());
    let signs = Signs::new(file, start);
    if at_sign {
        return signs.into_iter().nth(before).unwrap_or(start);
    }
    let last = before.checked_sub(1).and_then(|last| signs.into_iter().nth(last));
    last.map_or(start, |last| Position { column: last.column + 1, ..last })
}

/// How a text is written.
#[derive(Clone, Copy, PartialEq)]
enum Style {
    Plain,
    Single,
    Double,
}

/// The places of the signs of a text that are no spaces.
struct Signs<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    place: Position,
    style: Style,
}

impl<'a> Signs<'a> {
    fn new(file: &'a str, start: Position) -> Self {
        let lines = file.split_inclusive('\n').take(start.line - 1).map(str::len).sum::<usize>();
        let line = &file[lines..];
        let column = line.char_indices().nth(start.column - 1).map_or(line.len(), |(at, _)| at);
        let mut signs = Self { rest: line[column..].chars().peekable(), place: start, style: Style::Plain };
        if signs.rest.peek() == Some(&'&') {
            // An anchor, and the space behind it.
            while signs.rest.peek().is_some_and(|sign| !sign.is_whitespace()) {
                signs.step();
            }
            while signs.rest.peek().is_some_and(|sign| sign.is_whitespace()) {
                signs.step();
            }
        }
        match signs.rest.peek() {
            Some('|' | '>') => while signs.step().is_some_and(|sign| sign != '\n') {},
            Some('\'') => (signs.style, _) = (Style::Single, signs.step()),
            Some('"') => (signs.style, _) = (Style::Double, signs.step()),
            _ => {}
        }
        signs
    }

    /// The next character of the file.
    fn step(&mut self) -> Option<char> {
        let sign = self.rest.next()?;
        match sign {
            '\n' => self.place = Position { line: self.place.line + 1, column: 1 },
            _ => self.place.column += 1,
        }
        Some(sign)
    }

    /// Whether the escape behind `\` is a sign and no space.
    fn escaped(&mut self) -> bool {
        let digits = match self.step() {
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            Some('n' | 't' | 'r' | 'N' | '_' | 'L' | 'P' | 'v' | 'f' | ' ' | '\t' | '\n') | None => return false,
            Some(_) => return true,
        };
        let code = (0..digits).filter_map(|_| self.step()?.to_digit(16)).fold(0u32, |code, digit| code << 4 | digit);
        char::from_u32(code).is_none_or(|sign| !sign.is_whitespace())
    }
}

impl Iterator for Signs<'_> {
    type Item = Position;

    fn next(&mut self) -> Option<Position> {
        loop {
            let place = self.place;
            let sign = self.step()?;
            let is_sign = match (self.style, sign) {
                (Style::Single, '\'') => {
                    // The end, unless it is doubled.
                    self.rest.peek().filter(|next| **next == '\'')?;
                    self.step();
                    true
                }
                (Style::Double, '"') => return None,
                (Style::Double, '\\') => self.escaped(),
                _ => !sign.is_whitespace(),
            };
            if is_sign {
                return Some(place);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::suite::{At, Document, Path};

    /// In every style, each sign of the value is found where it stands.
    #[test]
    fn signs_are_found_in_every_style() {
        let value = "z  = é'(\"x\")\n  + \\ y\nh = z\n";
        let block: String = value.lines().map(|line| format!("     {line}\n")).collect();
        let double = serde_json::to_string(value).expect("JSON");
        let single = format!("'{}'", value.trim_end().replace('\'', "''").replace('\n', "\n\n   "));
        let (shown, folded) = (value.trim_end(), block.replace('\n', "\n\n"));
        for (written, value) in [
            (format!("|\n{block}"), value.to_owned()),
            (format!("|-  # why\n{block}"), shown.to_owned()),
            (format!("&a |\n{block}"), value.to_owned()),
            (format!(">\n{folded}"), String::new()),
            (double, value.to_owned()),
            (single, String::new()),
            ("z = é'(\"x\")\n   + \\ y".to_owned(), String::new()),
        ] {
            let file = format!("a:\n  b: 1\n  step: {written}\nc: 2\n");
            let document = Document::parse(&file, "x.yaml").expect("YAML");
            let path: Path = "a.step".parse().expect("a path");
            let found = path.get(document.value()).and_then(|value| value.as_str()).expect("a text").to_owned();
            assert!(value.is_empty() || found == value, "{file}");
            for (offset, sign) in found.char_indices().filter(|(_, sign)| !sign.is_whitespace()) {
                let at = At::Within { text: found.clone(), offset };
                let place = document.position(&path, &at).expect("a place");
                let line = file.lines().nth(place.line - 1).expect("a line");
                let there: String = line.chars().skip(place.column - 1).collect();
                let escaped = there.starts_with('\\') && there.chars().nth(1) == Some(sign);
                assert!(there.starts_with(sign) || escaped, "{sign} of {found:?} at {place} of {file}");
            }
        }
    }

    /// A text that stands elsewhere, such as among swept values, is found there.
    #[test]
    fn a_text_is_found_wherever_it_stands() {
        let document = Document::parse("step: abc\nsweep: [x, {y: ' d ef'}]\n", "x.yaml").expect("YAML");
        let place = |text: &str, offset| {
            let at = At::Within { text: text.to_owned(), offset };
            document.position(&"step".parse().expect("a path"), &at).expect("a place").to_string()
        };
        assert_eq!(place("abc", 1), "1:8");
        assert_eq!(place(" d ef", 3), "2:20");
        assert_eq!(place(" d ef", 5), "2:22");
        assert_eq!(place("is nowhere", 5), "1:7");
    }
}
