//! Tables for HTML reports.

use crate::text::html as escaped;

use super::content::{Align, Table};

/// The table as a `table` element, followed by one `p` element of class `note` per note. Cells of numbers have the class
/// `number`; all text is escaped.
pub fn html(table: &Table) -> String {
    let table = &table.readable();
    let class = |align| if align == Align::Right { r#" class="number""# } else { "" };
    let mut lines = vec!["<table>".to_owned(), "<thead>".to_owned()];
    let cells = table
        .columns
        .iter()
        .map(|column| format!(r#"<th scope="col"{}>{}</th>"#, class(column.align), escaped(&column.head())));
    lines.push(format!("<tr>{}</tr>", cells.collect::<String>()));
    lines.extend(["</thead>".to_owned(), "<tbody>".to_owned()]);
    for row in &table.rows {
        let cells = row
            .iter()
            .zip(&table.columns)
            .map(|(cell, column)| format!("<td{}>{}</td>", class(column.align), escaped(&cell.shown())));
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
        assert!(page.contains(r"<td>elman · 50 % &quot;x&quot;, &lt;b&gt;&amp;|\{$#^~</td>"), "{page}");
        assert!(page.contains(r#"<td class="number">0.25 [0.125, &gt; 3000]</td>"#), "{page}");
        assert!(page.contains(r#"<th scope="col" class="number">time (s)</th>"#), "{page}");
        assert!(page.ends_with("</table>\n<p class=\"note\">Below 5 % &amp; above.</p>\n"), "{page}");
        assert_eq!(page.matches("<tr>").count(), 3);
    }
}
