//! From characters to words and signs, each with its place.

use std::ops::Range;

use super::fault::Mistake;
use crate::{graph::Relation, text::shortened};

/// The longest text, in bytes.
pub const MAX_TEXT: usize = 64 * 1024;

/// A word, a number or a sign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'t> {
    Name(&'t str),
    Number(f64),
    Plus,
    Minus,
    Times,
    Over,
    Power,
    Equals,
    Prime,
    Comma,
    Colon,
    Open,
    Close,
    OpenBracket,
    CloseBracket,
    Compared(Relation),
    /// The end of a line, or `;`.
    Line,
    End,
}

impl Token<'_> {
    /// The token as a message shows it.
    pub(super) fn shown(self, text: &str) -> String {
        match self {
            Self::Line => "the end of the line".to_owned(),
            Self::End => "the end".to_owned(),
            _ => format!("`{text}`"),
        }
    }
}

/// A token and the bytes that it stands on.
pub(super) type Placed<'t> = (Token<'t>, Range<usize>);

/// The tokens of `text`, an end behind them.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed<'_>>, Mistake> {
    if text.len() > MAX_TEXT {
        let message = format!("the text is longer than {} KiB", MAX_TEXT / 1024);
        return Err(Mistake::new(0..1, message, "a cell is a few lines of equations"));
    }
    let mut found = vec![];
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let start = at;
        let is = |next: char| text[start..].chars().nth(1) == Some(next);
        at += first.len_utf8();
        let token = match first {
            '\n' | ';' => Token::Line,
            _ if first.is_whitespace() => continue,
            '#' => {
                at += text[at..].find('\n').unwrap_or(text.len() - at);
                continue;
            }
            '+' => Token::Plus,
            '-' | '−' => Token::Minus,
            '*' if is('*') => {
                return Err(Mistake::new(start..start + 2, "`**` is no sign", "write `v^2`, or products"));
            }
            '*' | '·' | '⊙' | '×' => Token::Times,
            '/' | '⊘' => Token::Over,
            '^' => Token::Power,
            '\'' | '′' | '’' => Token::Prime,
            ',' => Token::Comma,
            ':' => Token::Colon,
            '(' => Token::Open,
            ')' => Token::Close,
            '[' => Token::OpenBracket,
            ']' => Token::CloseBracket,
            '=' if is('=') => {
                let help = "compare by <, <=, > or >= in `where(a < b, then, else)`";
                return Err(Mistake::new(start..start + 2, "`==` is no comparison", help));
            }
            '=' => Token::Equals,
            '<' | '>' => {
                let equal = is('=');
                at += usize::from(equal);
                Token::Compared(match (first, equal) {
                    ('<', false) => Relation::Less,
                    ('<', true) => Relation::LessOrEqual,
                    (_, false) => Relation::Greater,
                    (_, true) => Relation::GreaterOrEqual,
                })
            }
            '≤' => Token::Compared(Relation::LessOrEqual),
            '≥' => Token::Compared(Relation::GreaterOrEqual),
            '.' | '0'..='9' => {
                at = number_end(text, start);
                number(text, start..at)?
            }
            _ if first.is_ascii_alphabetic() => {
                let rest = text[start..].find(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '_'));
                at = rest.map_or(text.len(), |length| start + length);
                Token::Name(&text[start..at])
            }
            _ => {
                let message = format!("the sign {first:?} has no meaning here");
                let help = "names are letters, digits and `_`, and begin with a letter";
                return Err(Mistake::new(start..at, message, help));
            }
        };
        found.push((token, start..at));
    }
    found.push((Token::End, text.len()..text.len()));
    Ok(found)
}

/// Where the number ends that begins at `start`.
fn number_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let digits = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    };
    let mut end = digits(start);
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        if exponent > end + 1 + sign {
            end = exponent;
        }
    }
    end
}

fn number(text: &str, span: Range<usize>) -> Result<Token<'_>, Mistake> {
    let written = &text[span.clone()];
    let next = text[span.end..].chars().next();
    if let Some(next) = next.filter(|next| next.is_ascii_alphabetic() || matches!(next, '_' | '.')) {
        let rest = &text[span.end..];
        let end = rest.find(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '_')).unwrap_or(rest.len()).max(1);
        let message = format!("`{}` follows the number {written} at once", shortened(&rest[..end]));
        let help = match next {
            '.' => "a number has one point".to_owned(),
            _ => format!("write `{written} * {}` for a product; a name begins with a letter", shortened(&rest[..end])),
        };
        return Err(Mistake::new(span.end..span.end + end, message, help));
    }
    match written.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Token::Number(number)),
        Ok(_) => Err(Mistake::new(span.clone(), format!("`{written}` is too large"), "give a finite number")),
        Err(_) => {
            Err(Mistake::new(span.clone(), format!("`{written}` is no number"), "write it as in `0.5` or `1e-3`"))
        }
    }
}
