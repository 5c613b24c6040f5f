//! The Markdown of doc comments, as far as they use it: headings, paragraphs, lists, tables, fenced code; code, emphasis and
//! links within a line.

/// A part of a page.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Block {
    /// `# Definition`.
    Heading(String),
    Paragraph(String),
    /// Items, and whether they are numbered.
    List(Vec<String>, bool),
    /// Rows of cells, the header first.
    Table(Vec<Vec<String>>),
    /// Lines as they are.
    Code(String),
}

/// The parts of `text`.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut found: Vec<Block> = vec![];
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let trimmed = line.trim();
        if trimmed.starts_with("```") {
            let code: Vec<&str> = lines.by_ref().take_while(|line| !line.trim().starts_with("```")).collect();
            found.push(Block::Code(code.join("\n")));
        } else if let Some(heading) = trimmed.strip_prefix('#') {
            found.push(Block::Heading(heading.trim_start_matches('#').trim().to_owned()));
        } else if let Some((item, numbered)) = item(trimmed) {
            let mut items = vec![item.to_owned()];
            while let Some(next) = lines.next_if(|next| !next.trim().is_empty()) {
                match self::item(next.trim()) {
                    Some((item, _)) => items.push(item.to_owned()),
                    None => join(items.last_mut().expect("an item"), next),
                }
            }
            found.push(Block::List(items, numbered));
        } else if trimmed.starts_with('|') && trimmed.ends_with('|') && trimmed.len() > 1 {
            let mut rows = vec![cells(trimmed)];
            while let Some(next) = lines.next_if(|next| next.trim().starts_with('|')) {
                rows.push(cells(next.trim()));
            }
            // The line of dashes below the header.
            rows.retain(|row| !row.iter().all(|cell| cell.chars().all(|sign| matches!(sign, '-' | ':'))));
            found.push(Block::Table(rows));
        } else if !trimmed.is_empty() {
            let mut paragraph = trimmed.to_owned();
            let goes_on = |next: &&str| {
                let next = next.trim();
                !next.is_empty() && !next.starts_with("```") && !next.starts_with('#') && item(next).is_none()
            };
            while let Some(next) = lines.next_if(goes_on) {
                join(&mut paragraph, next);
            }
            found.push(Block::Paragraph(paragraph));
        }
    }
    found
}

/// The text after `- ` or `1. `, and whether it is numbered.
fn item(line: &str) -> Option<(&str, bool)> {
    if let Some(item) = line.strip_prefix("- ").or(line.strip_prefix("* ")) {
        return Some((item, false));
    }
    let (number, item) = line.split_once(". ")?;
    (!number.is_empty() && number.len() < 3 && number.chars().all(|sign| sign.is_ascii_digit())).then_some((item, true))
}

fn join(text: &mut String, line: &str) {
    text.push(' ');
    text.push_str(line.trim());
}

fn cells(row: &str) -> Vec<String> {
    let row = row.trim_matches('|').replace("\\|", "\u{0}");
    row.split('|').map(|cell| cell.trim().replace('\u{0}', "|")).collect()
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Span {
    Plain(String),
    Code(String),
    Emphasis(String),
    Strong(String),
    /// Words and an address.
    Link(String, String),
}

/// The parts of one paragraph. Papers named by their arXiv or DOI number become links.
pub(super) fn spans(text: &str) -> Vec<Span> {
    let mut found: Vec<Span> = vec![];
    let mut plain = String::new();
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        let boundary = plain.chars().next_back().is_none_or(|before| !before.is_alphanumeric());
        if let Some((span, length)) = special(rest, boundary) {
            if !plain.is_empty() {
                found.push(Span::Plain(std::mem::take(&mut plain)));
            }
            found.push(span);
            rest = &rest[length..];
        } else {
            let escaped =
                rest.strip_prefix('\\').and_then(|rest| rest.chars().next()).filter(char::is_ascii_punctuation);
            plain.push(escaped.unwrap_or(sign));
            rest = &rest[sign.len_utf8() + escaped.map_or(0, char::len_utf8)..];
        }
    }
    if !plain.is_empty() {
        found.push(Span::Plain(plain));
    }
    found
}

/// The span that `text` begins with, if it is not plain, and its length. Emphasis begins at a `boundary` between words only.
fn special(text: &str, boundary: bool) -> Option<(Span, usize)> {
    let between = |open: &str, close: &str| {
        let inner = text.strip_prefix(open)?;
        let end = inner.find(close).filter(|&end| end > 0)?;
        Some((inner[..end].to_owned(), open.len() + end + close.len()))
    };
    let inked = |(inner, length): (String, usize)| {
        (!inner.starts_with(' ') && !inner.ends_with(' ')).then_some((inner, length))
    };
    match text.chars().next()? {
        '`' => between("`", "`").map(|(code, length)| (Span::Code(code), length)),
        '*' if boundary => {
            let strong = between("**", "**").and_then(inked).map(|(inner, length)| (Span::Strong(inner), length));
            let emphasis = || between("*", "*").and_then(inked).map(|(inner, length)| (Span::Emphasis(inner), length));
            strong.or_else(emphasis)
        }
        '<' => between("<", ">")
            .filter(|(address, _)| address.starts_with("https://") || address.starts_with("http://"))
            .map(|(address, length)| (Span::Link(address.clone(), address), length)),
        '[' => {
            let (words, length) = between("[", "](")?;
            let (address, _) = text[length..].split_once(')')?;
            Some((Span::Link(words, address.to_owned()), length + address.len() + 1))
        }
        'a' | 'd' if boundary => {
            let number = |prefix: &str| {
                let rest = text.strip_prefix(prefix)?;
                let end = rest.find(|sign: char| !(sign.is_ascii_alphanumeric() || "./-_".contains(sign)));
                let number = rest[..end.unwrap_or(rest.len())].trim_end_matches('.');
                (!number.is_empty()).then(|| (number.to_owned(), prefix.len() + number.len()))
            };
            let link = |site: &str, (number, length): (String, usize)| {
                (Span::Link(text[..length].to_owned(), format!("{site}{number}")), length)
            };
            let arxiv = number("arXiv:").map(|found| link("https://arxiv.org/abs/", found));
            arxiv.or_else(|| number("doi:").map(|found| link("https://doi.org/", found)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_every_sort() {
        let text = "First\nline.\n\n# Definition\n\nW:\n\n- one\n  goes on\n- two\n\n1. a\n2. b\n\n| x | y |\n|---|:-:|\n| 1 | a\\|b |\n\n\
                    ```yaml\na: 1\n\nb: 2\n```\nEnd.";
        let texts = |items: &[&str]| items.iter().map(|&item| item.to_owned()).collect::<Vec<_>>();
        let wanted = vec![
            Block::Paragraph("First line.".to_owned()),
            Block::Heading("Definition".to_owned()),
            Block::Paragraph("W:".to_owned()),
            Block::List(texts(&["one goes on", "two"]), false),
            Block::List(texts(&["a", "b"]), true),
            Block::Table(vec![texts(&["x", "y"]), texts(&["1", "a|b"])]),
            Block::Code("a: 1\n\nb: 2".to_owned()),
            Block::Paragraph("End.".to_owned()),
        ];
        assert_eq!(blocks(text), wanted);
    }

    #[test]
    fn spans_of_every_sort() {
        let plain = |text: &str| Span::Plain(text.to_owned());
        let link = |words: &str, address: &str| Span::Link(words.to_owned(), address.to_owned());
        let cases = [
            ("x \\[n, n\\] and W_xh·h_{t−1}", vec![plain("x [n, n] and W_xh·h_{t−1}")]),
            (
                "is `a*b` *so* a*b",
                vec![
                    plain("is "),
                    Span::Code("a*b".to_owned()),
                    plain(" "),
                    Span::Emphasis("so".to_owned()),
                    plain(" a*b"),
                ],
            ),
            ("**two** 3 * 4 * 5", vec![Span::Strong("two".to_owned()), plain(" 3 * 4 * 5")]),
            (
                "(arXiv:1412.6980v9), eq. 1",
                vec![plain("("), link("arXiv:1412.6980v9", "https://arxiv.org/abs/1412.6980v9"), plain("), eq. 1")],
            ),
            ("doi:10.1080/016.10.", vec![link("doi:10.1080/016.10", "https://doi.org/10.1080/016.10"), plain(".")]),
            (
                "see <https://a.b/> or [this](c)",
                vec![plain("see "), link("https://a.b/", "https://a.b/"), plain(" or "), link("this", "c")],
            ),
            ("a < b, `open", vec![plain("a < b, `open")]),
        ];
        for (text, wanted) in cases {
            assert_eq!(spans(text), wanted, "{text}");
        }
    }
}
