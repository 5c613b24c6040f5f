//! Long text in messages.

/// The longest piece of a file that a message repeats, in characters.
pub const MAX_QUOTE: usize = 60;

/// A text on one line, shortened when long.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
