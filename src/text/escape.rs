//! Text as parts of documents, so that it is shown as it is and never becomes markup.

/// The character, or a space for one that no document and no terminal may be given: a control character, which could drive a
/// terminal, one that turns the direction of the text around it, a line end of Unicode's own, or one that XML does not allow.
pub fn printable(char: char) -> char {
    let is_forbidden = char.is_control()
        || matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || char as u32 & 0xfffe == 0xfffe;
    if is_forbidden { ' ' } else { char }
}

/// Text for the inside of an element or of a quoted attribute of HTML or SVG.
pub fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' => escaped.push('\n'),
            char => escaped.push(printable(char)),
        }
    }
    escaped
}

/// Text for the inside of a line of Markdown or of a cell of its tables.
///
/// At the beginning of a line `#`, `-` and `+` stay signs of Markdown.
pub fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '~' | '$' => escaped.extend(['\\', char]),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            char => escaped.push(printable(char)),
        }
    }
    escaped
}

/// Text for a paragraph or a cell of LaTeX.
pub fn latex(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => escaped.extend(['\\', char]),
            '\\' => escaped.push_str(r"\textbackslash{}"),
            '~' => escaped.push_str(r"\textasciitilde{}"),
            '^' => escaped.push_str(r"\textasciicircum{}"),
            '<' => escaped.push_str("$<$"),
            '>' => escaped.push_str("$>$"),
            '|' => escaped.push_str("$|$"),
            // Straight in the default encoding they would come out curly or doubled.
            '"' => escaped.push_str("''"),
            '·' => escaped.push_str(r"$\cdot$"),
            '×' => escaped.push_str(r"$\times$"),
            '−' => escaped.push_str("$-$"),
            '±' => escaped.push_str(r"$\pm$"),
            '≤' => escaped.push_str(r"$\leq$"),
            '≥' => escaped.push_str(r"$\geq$"),
            '∞' => escaped.push_str(r"$\infty$"),
            '→' => escaped.push_str(r"$\to$"),
            '–' => escaped.push_str("--"),
            '…' => escaped.push_str(r"\ldots{}"),
            char => escaped.push(printable(char)),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_shown_as_it_is() {
        let text = "a_b | <c> & *d* \"e\" 'f'\u{7}#%";
        assert_eq!(html(text), "a_b | &lt;c&gt; &amp; *d* &quot;e&quot; &#39;f&#39; #%");
        assert_eq!(markdown(text), "a\\_b \\| &lt;c&gt; &amp; \\*d\\* \"e\" 'f' #%");
        assert_eq!(latex(text), "a\\_b $|$ $<$c$>$ \\& *d* ''e'' 'f' \\#\\%");
        assert_eq!(html("two\nlines"), "two\nlines");
        assert_eq!(markdown("two\nlines"), "two lines");
    }
}
