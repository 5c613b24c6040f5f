//! Tables for Markdown reports.

use crate::text::markdown as escaped;

use super::content::{Align, Table};

/// The table as a Markdown table (GitHub's flavour), its notes as a paragraph below.
pub fn markdown(table: &Table) -> String {
    let table = &table.readable();
    let mut lines = vec![
        row(table.columns.iter().map(|column| escaped(&column.head()))),
        row(table.columns.iter().map(|column| if column.align == Align::Left { ":--" } else { "--:" }.to_owned())),
    ];
    lines.extend(table.rows.iter().map(|cells| row(cells.iter().map(|cell| escaped(&cell.shown())))));
    if !table.notes.is_empty() {
        lines.push(String::new());
        lines.push(table.notes.iter().map(|note| escaped(note)).collect::<Vec<_>>().join(" "));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn row(cells: impl Iterator<Item = String>) -> String {
    format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_do_not_break_the_table_or_become_markup() {
        let expected = [
            r"| a\_rm | n | time (s) | loss | ok |",
            "| :-- | --: | --: | --: | :-- |",
            r#"| elman · 50 % "x", &lt;b&gt;&amp;\|\\{\$#^\~ | -3 | 1.5e-9 | 0.25 \[0.125, &gt; 3000\] | true |"#,
            r"| \[two lines |  | NaN |  |  |",
            "",
            "Below 5 % &amp; above.",
            "",
        ];
        assert_eq!(markdown(&Table::sample()), expected.join("\n"));
    }
}
