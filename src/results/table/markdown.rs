//! Tables for Markdown reports.

use crate::text::markdown as escaped;

use super::view::{Align, View};

/// The view as a Markdown table (GitHub's flavour), its notes as a paragraph below.
pub fn markdown(view: &View) -> String {
    let mut lines = vec![
        row(view.columns.iter().map(|column| escaped(&column.head()))),
        row(view.columns.iter().map(|column| if column.align == Align::Left { ":--" } else { "--:" }.to_owned())),
    ];
    lines.extend(view.rows.iter().map(|cells| row(cells.iter().map(|cell| escaped(&cell.shown())))));
    if !view.notes.is_empty() {
        lines.push(String::new());
        lines.push(view.notes.iter().map(|note| escaped(note)).collect::<Vec<_>>().join(" "));
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
            r#"| elman · 50 % "x", &lt;b&gt;&amp;\|\\{\$#^\~ | -3 | 1.5e-9 | 0.25 \[0.125, &gt; 3000\] | yes |"#,
            r"| \[two lines |  | NaN |  |  |",
            "",
            "Below 5 % &amp; above.",
            "",
        ];
        assert_eq!(markdown(&View::sample()), expected.join("\n"));
    }
}
