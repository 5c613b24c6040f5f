//! Tables for papers: LaTeX.

use std::collections::BTreeSet;

use crate::text::{latex as escaped, latex_has, printable};

use super::cell::{Cell, Infinite};
use super::content::{Align, Column, Table};

/// Signs that a line of text holds on a page of A4 in LaTeX's own `article`, and in `\footnotesize`.
const LINE: usize = 75;
const SMALL_LINE: usize = 95;
/// The fewest signs to which a column of text is wrapped.
const NARROWEST: usize = 14;
/// Rows that fit a page; a table of more goes on over several.
const PAGE: usize = 40;

/// The table in the style of the package `booktabs`, as wide as a page where that can be: text is wrapped where it must be, what is
/// still too wide is said in a comment. A `longtable` where it has more rows than a page, else a `tabular`. The packages to load and
/// the notes are comments above it. Special characters are escaped, numbers are right-aligned.
pub fn latex(table: &Table) -> String {
    let table = &table.readable();
    let layout = Layout::of(table);
    let long = table.rows.len() > PAGE;
    let packages = [("booktabs", true), ("longtable", long), ("array", layout.wraps())];
    let packages: Vec<&str> = packages.iter().filter(|(_, needed)| *needed).map(|(name, _)| *name).collect();
    let mut lines = vec![format!(r"% \usepackage{{{}}}", packages.join(","))];
    lines.extend(table.notes.iter().map(|note| format!("% {}", note.chars().map(printable).collect::<String>())));
    let cells = table.rows.iter().flatten().map(Cell::shown);
    let lacking: BTreeSet<char> = cells
        .chain(table.columns.iter().map(Column::head))
        .flat_map(|text| text.chars().filter(|sign| !latex_has(*sign)).collect::<Vec<_>>())
        .collect();
    if !lacking.is_empty() {
        let signs: Vec<String> = lacking.into_iter().map(String::from).collect();
        lines.push(format!(
            "% Signs that pdfLaTeX lacks, and XeLaTeX and LuaLaTeX take from a font: {}",
            signs.join(" ")
        ));
    }
    if layout.too_wide {
        lines.push("% Wider than a page of A4: leave columns out.".to_owned());
    }
    if layout.small {
        lines.push(r"\begingroup\footnotesize\setlength{\tabcolsep}{3pt}".to_owned());
    }
    let name = if long { "longtable" } else { "tabular" };
    lines.push(format!(r"\begin{{{name}}}{{{}}}", layout.columns.concat()));
    lines.push(r"\toprule".to_owned());
    lines.push(row(table.columns.iter().map(|column| escaped(&column.head()))));
    lines.push(r"\midrule".to_owned());
    if long {
        lines.push(r"\endhead".to_owned());
    }
    lines.extend(table.rows.iter().map(|cells| row(cells.iter().map(shown))));
    lines.extend([r"\bottomrule".to_owned(), format!(r"\end{{{name}}}")]);
    if layout.small {
        lines.push(r"\endgroup".to_owned());
    }
    lines.push(String::new());
    lines.join("\n")
}

/// How a table is set.
struct Layout {
    /// Of each column how it is aligned.
    columns: Vec<String>,
    /// Whether the letters are small.
    small: bool,
    /// Whether it is wider than a page all the same.
    too_wide: bool,
}

impl Layout {
    fn of(table: &Table) -> Self {
        let width = |index: usize| {
            let cells = table.rows.iter().filter_map(|row| row.get(index)).map(|cell| cell.shown().chars().count());
            cells.chain([table.columns[index].head().chars().count()]).max().unwrap_or(0)
        };
        let mut widths: Vec<usize> = (0..table.columns.len()).map(width).collect();
        let gaps = 2 * widths.len().saturating_sub(1);
        let small = widths.iter().sum::<usize>() + gaps > LINE;
        let is_text = |index: usize| table.columns[index].align == Align::Left;
        let mut wrapped = vec![false; widths.len()];
        // The widest text gives way, sign by sign.
        while widths.iter().sum::<usize>() + gaps > SMALL_LINE {
            let texts = (0..widths.len()).filter(|&index| is_text(index) && widths[index] > NARROWEST);
            let Some(widest) = texts.max_by_key(|&index| widths[index]) else { break };
            widths[widest] -= 1;
            wrapped[widest] = true;
        }
        let too_wide = widths.iter().sum::<usize>() + gaps > SMALL_LINE;
        let column = |index: usize| match (is_text(index), wrapped[index]) {
            (_, true) => {
                format!(
                    r">{{\raggedright\arraybackslash}}p{{{:.2}\linewidth}}",
                    widths[index] as f64 / SMALL_LINE as f64
                )
            }
            (true, false) => "l".to_owned(),
            (false, false) => "r".to_owned(),
        };
        Self { columns: (0..widths.len()).map(column).collect(), small, too_wide }
    }

    fn wraps(&self) -> bool {
        self.columns.iter().any(|column| column.len() > 1)
    }
}

fn row(cells: impl Iterator<Item = String>) -> String {
    let cells = cells.collect::<Vec<_>>().join(" & ");
    // After the \\ of the row before, a bracket or star would be its argument.
    let guard = if cells.starts_with(['[', '*']) { "{}" } else { "" };
    format!(r"{guard}{cells} \\")
}

fn shown(cell: &Cell) -> String {
    let text = match cell {
        Cell::Text(text) => return escaped(text),
        Cell::Estimate { estimate, infinite } => Cell::Estimate {
            estimate: *estimate,
            infinite: Infinite { below: escaped(&infinite.below), beyond: escaped(&infinite.beyond) },
        }
        .shown_with(number),
        other => other.shown_with(number),
    };
    // Numbers are as LaTeX needs them; of what stands around them a sign for percent would make the rest of the row a comment.
    text.replace(" %)", r" \%)")
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
    fn the_coverage_of_few_replicates_is_no_comment() {
        let estimate = crate::stats::Estimate { value: 0.5, low: 0.25, high: 1.0, n: 3, confidence: 0.75 };
        let cells = [Cell::Estimate { estimate, infinite: "> 5 %".into() }, Cell::Share(estimate)];
        for text in cells.iter().map(shown) {
            let bare = text.replace(r"\%", "");
            assert!(text.contains(r"(75 \%)") && !bare.contains('%'), "{text}");
        }
    }

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

    /// Whoever sets the table learns of the signs that the usual program stops at.
    #[test]
    fn signs_that_latex_lacks_are_named() {
        let table = |text: &str| Table {
            columns: vec![Column::text("α")],
            rows: vec![vec![Cell::Text(text.to_owned())], vec![Cell::Text("学".to_owned())]],
            notes: vec![],
        };
        let note = "% Signs that pdfLaTeX lacks, and XeLaTeX and LuaLaTeX take from a font: ж 学";
        assert!(latex(&table("жж σ·½ é")).contains(&format!("\n{note}\n")));
        let plain = Table { rows: vec![vec![Cell::Text("σ·½ é → ‖W‖".to_owned())]], ..table("") };
        assert!(!latex(&plain).contains("pdfLaTeX") && latex(&plain).contains(r"$\alpha$"));
    }

    #[test]
    fn a_wide_or_long_table_fits_the_page() {
        use crate::results::table::Column;
        let columns = |numbers: usize| {
            let numbers = (0..numbers).map(|n| Column::number(format!("number {n}")));
            [Column::text("arm"), Column::text("statement")].into_iter().chain(numbers).collect::<Vec<_>>()
        };
        let row = |numbers: usize| {
            let texts = [Cell::Text("lstm · 50".to_owned()), Cell::Text("word ".repeat(30))];
            texts.into_iter().chain((0..numbers).map(|_| Cell::Integer(12_345_678))).collect::<Vec<_>>()
        };
        let of = |numbers: usize, rows: usize| {
            latex(&Table { columns: columns(numbers), rows: vec![row(numbers); rows], notes: vec![] })
        };
        let wide = of(3, 2);
        assert!(wide.starts_with("% \\usepackage{booktabs,array}\n\\begingroup\\footnotesize"), "{wide}");
        assert!(wide.contains(r"{l>{\raggedright\arraybackslash}p{0.57\linewidth}rrr}"), "{wide}");
        assert!(wide.ends_with("\\end{tabular}\n\\endgroup\n") && !wide.contains("Wider"), "{wide}");
        let long = of(0, 41);
        assert!(long.contains("longtable,array") && long.contains("\\midrule\n\\endhead\n"), "{long}");
        assert!(of(9, 1).contains("% Wider than a page"));
    }

    #[test]
    fn infinities_are_signs() {
        assert_eq!(shown(&Cell::Number(f64::INFINITY)), r"$\infty$");
        assert_eq!(shown(&Cell::Number(f64::NEG_INFINITY)), r"$-\infty$");
        assert_eq!(shown(&Cell::Number(-2.5e-10)), r"$-2.5 \times 10^{-10}$");
    }
}
