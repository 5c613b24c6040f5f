//! Tables for HTML reports.

use crate::text::html as escaped;

use super::cell::Cell;
use super::content::{Align, Column, Table};
use super::whole_words::columns_of_whole_words;

/// A column of text has room for so many signs without asking for it.
const SENTENCE: usize = 40;
/// A line of a table on paper has room for so many signs.
const PAPER: usize = 110;

/// The table as a `table` element, followed by one `p` element of class `note` per note. Cells of numbers have the class
/// `number`, those of a column of sentences `long`; all text is escaped.
pub fn html(table: &Table) -> String {
    written(table, "<table>".to_owned())
}

/// The table as [`html`] gives it, for a page whose script sorts by `data-sort` where that is not what is shown: `name` tells it from
/// the others, and `caption` says to a screen reader what it is.
pub fn html_of(table: &Table, name: &str, caption: &str) -> String {
    let (name, caption) = (escaped(name), escaped(caption));
    written(table, format!("<table class=\"data\" data-of=\"{name}\">\n<caption class=\"unseen\">{caption}</caption>"))
}

fn written(table: &Table, opening: String) -> String {
    let table = &table.readable();
    // A column of sentences needs room.
    let long = |index: usize| {
        let texts = table.rows.iter().filter_map(|row| match row.get(index) {
            Some(Cell::Text(text)) => Some(text.chars().count()),
            _ => None,
        });
        texts.max().unwrap_or(0) > SENTENCE
    };
    let whole = columns_of_whole_words(table, PAPER);
    let class = |(index, column): (usize, &Column)| match column.align {
        Align::Right => r#" class="number""#,
        Align::Left if long(index) => r#" class="long""#,
        Align::Left if whole.contains(&index) => r#" class="whole""#,
        Align::Left => "",
    };
    let classes: Vec<&str> = table.columns.iter().enumerate().map(class).collect();
    let mut lines = vec![opening, "<thead>".to_owned()];
    let heads = table.columns.iter().zip(&classes);
    let cells = heads.map(|(column, class)| format!(r#"<th scope="col"{class}>{}</th>"#, escaped(&column.head())));
    lines.push(format!("<tr>{}</tr>", cells.collect::<String>()));
    lines.extend(["</thead>".to_owned(), "<tbody>".to_owned()]);
    for row in &table.rows {
        let cells = row.iter().zip(&classes).map(|(cell, class)| {
            let sort = match cell {
                Cell::Share(_) | Cell::Estimate { .. } | Cell::Progress { .. } => {
                    format!(" data-sort=\"{}\"", escaped(&cell.exact()))
                }
                Cell::Null
                | Cell::Boolean(_)
                | Cell::Integer(_)
                | Cell::Number(_)
                | Cell::Setting(_)
                | Cell::Text(_) => String::new(),
            };
            format!("<td{class}{sort}>{}</td>", escaped(&cell.shown()))
        });
        lines.push(format!("<tr>{}</tr>", cells.collect::<String>()));
    }
    lines.extend(["</tbody>".to_owned(), "</table>".to_owned()]);
    lines.extend(table.notes.iter().map(|note| format!(r#"<p class="note">{}</p>"#, escaped(note))));
    lines.push(String::new());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_never_becomes_markup() {
        let page = html(&Table::sample());
        assert!(page.contains(r#"<td class="whole">elman · 50 % &quot;x&quot;, &lt;b&gt;&amp;|\{$#^~</td>"#), "{page}");
        assert!(page.contains(r#"<td class="number" data-sort="0.25">0.25 [0.125, &gt; 3000]</td>"#), "{page}");
        assert!(page.contains(r#"<th scope="col" class="number">time (s)</th>"#), "{page}");
        assert!(page.ends_with("</table>\n<p class=\"note\">Below 5 % &amp; above.</p>\n"), "{page}");
        assert_eq!(page.matches("<tr>").count(), 3);
        let named = html_of(&Table::sample(), "a\"b", "<c>");
        assert!(
            named.starts_with(
                "<table class=\"data\" data-of=\"a&quot;b\">\n<caption class=\"unseen\">&lt;c&gt;</caption>"
            ),
            "{named}"
        );
    }
}
