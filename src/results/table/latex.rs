//! Tables for papers: LaTeX.

use crate::text::{latex as escaped, printable};

use super::cell::Cell;
use super::content::{Align, Table};

/// The table as a `tabular` in the style of the package `booktabs`, which the document must load; the notes are comments
/// above it. Special characters are escaped, numbers are right-aligned.
pub fn latex(table: &Table) -> String {
    let table = &table.readable();
    let mut lines = vec![r"% \usepackage{booktabs}".to_owned()];
    lines.extend(table.notes.iter().map(|note| format!("% {}", note.chars().map(printable).collect::<String>())));
    let spec: String = table.columns.iter().map(|column| if column.align == Align::Left { 'l' } else { 'r' }).collect();
    lines.push(format!(r"\begin{{tabular}}{{{spec}}}"));
    lines.push(r"\toprule".to_owned());
    lines.push(row(table.columns.iter().map(|column| escaped(&column.head()))));
    lines.push(r"\midrule".to_owned());
    lines.extend(table.rows.iter().map(|cells| row(cells.iter().map(shown))));
    lines.extend([r"\bottomrule".to_owned(), r"\end{tabular}".to_owned(), String::new()]);
    lines.join("\n")
}

fn row(cells: impl Iterator<Item = String>) -> String {
    let cells = cells.collect::<Vec<_>>().join(" & ");
    // After the \\ of the row before, a bracket or star would be its argument.
    let guard = if cells.starts_with(['[', '*']) { "{}" } else { "" };
    format!(r"{guard}{cells} \\")
}

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => escaped(text),
        Cell::Estimate { estimate, infinite } => {
            Cell::Estimate { estimate: *estimate, infinite: escaped(infinite) }.shown_with(number)
        }
        other => other.shown_with(number),
    }
}

/// A number, given as text for a reader, in math mode where it needs it.
fn number(text: &str) -> String {
    match text.split_once('e') {
        Some((mantissa, exponent)) => format!(r"${mantissa} \times 10^{{{exponent}}}$"),
        None if text == "inf" => r"$\infty$".to_owned(),
        None if text == "-inf" => r"$-\infty$".to_owned(),
        None if text.starts_with('-') => format!("${text}$"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_characters_are_escaped_and_numbers_set_as_mathematics() {
        let expected = [
            r"% \usepackage{booktabs}",
            "% Below 5 % & above.",
            r"\begin{tabular}{lrrrl}",
            r"\toprule",
            r"a\_rm & n & time (s) & loss & ok \\",
            r"\midrule",
            concat!(
                r"elman $\cdot$ 50 \% ''x'', $<$b$>$\&$|$\textbackslash{}\{\$\#\textasciicircum{}\textasciitilde{} & ",
                r"$-3$ & $1.5 \times 10^{-9}$ & 0.25 [0.125, $>$ 3000] & true \\"
            ),
            r"{}[two lines &  & NaN &  &  \\",
            r"\bottomrule",
            r"\end{tabular}",
            "",
        ];
        assert_eq!(latex(&Table::sample()), expected.join("\n"));
    }

    #[test]
    fn infinities_are_signs() {
        assert_eq!(shown(&Cell::Number(f64::INFINITY)), r"$\infty$");
        assert_eq!(shown(&Cell::Number(f64::NEG_INFINITY)), r"$-\infty$");
        assert_eq!(shown(&Cell::Number(-2.5e-10)), r"$-2.5 \times 10^{-10}$");
    }
}
