//! SVG documents as parts of one HTML page.

/// The document without its declaration, every id made unique by `prefix` along with the references to it.
pub(super) fn svg(document: &str, prefix: &str) -> String {
    let start = document.find("<svg").unwrap_or(0);
    let mut text = document[start..].trim_end().to_owned();
    for (before, after) in [("id=\"", "\""), ("href=\"#", "\""), ("url(#", ")")] {
        text = prefix_each(&text, before, after, prefix);
    }
    text
}

/// Puts `prefix-` before every name that stands between `before` and `after`. For `id=` only a whole attribute counts.
fn prefix_each(text: &str, before: &str, after: &str, prefix: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(before) {
        let whole = before.starts_with("url") || rest[..at].ends_with([' ', '\n', '\t', ':']);
        let (head, tail) = rest.split_at(at + before.len());
        result.push_str(head);
        if whole && tail.contains(after) {
            result.push_str(prefix);
            result.push('-');
        }
        rest = tail;
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_their_references_are_prefixed() {
        let document =
            "<?xml?>\n<svg><g id=\"a\" data-id=\"a\"/><use xlink:href=\"#a\"/><rect fill=\"url(#a)\"/></svg>\n";
        assert_eq!(
            svg(document, "f1"),
            "<svg><g id=\"f1-a\" data-id=\"a\"/><use xlink:href=\"#f1-a\"/><rect fill=\"url(#f1-a)\"/></svg>"
        );
    }
}
