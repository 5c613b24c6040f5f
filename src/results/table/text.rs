//! Tables for a terminal.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Row, TableStyle, Width};

use super::content::{Align, Table};
use super::records::{has_sentences, records};
use super::whole_words::least_widths;

/// A rule under the head; nothing between rows or columns.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─'));
/// Spaces between columns.
const GAP: usize = 2;
/// The width that columns of text keep, together, where numbers are to stay on one line.
const TEXT: usize = 16;

/// The table as lines of text, at most `width` columns wide where one is given: cells are broken over lines to fit, text
/// before numbers.
pub fn text(table: &Table, width: Option<u16>) -> String {
    let table = &table.readable();
    let cells: Vec<Vec<String>> =
        table.rows.iter().map(|row| row.iter().map(|cell| printable(&cell.shown())).collect()).collect();
    let content = |index: usize| {
        cells.iter().filter_map(|row| row.get(index)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let heads: Vec<String> =
        table.columns.iter().enumerate().map(|(index, column)| head(&column.head(), content(index))).collect();

    let mut grid = comfy_table::Table::new();
    grid.load_style(STYLE);
    grid.set_header(Row::from(heads.clone()));
    grid.add_rows(cells.iter().cloned().map(Row::from));
    let last = table.columns.len().saturating_sub(1);
    for (index, (column, shown)) in table.columns.iter().zip(grid.column_iter_mut()).enumerate() {
        shown.set_padding((0, if index == last { 0 } else { GAP as u16 }));
        shown.set_cell_alignment(match column.align {
            Align::Left => CellAlignment::Left,
            Align::Right => CellAlignment::Right,
        });
    }
    // `suppor/ted` is no word.
    let least = least_widths(table);
    let room = width.map(usize::from);
    if let Some(room) =
        room.filter(|room| has_sentences(&cells) && least.iter().map(|one| one + GAP).sum::<usize>() > *room)
    {
        return with_notes(records(table, &cells, room), table);
    }
    if let Some(width) = width {
        // Only what does not fit is broken.
        grid.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        let is_number = |index: &usize| table.columns[*index].align == Align::Right;
        let numbers = (0..table.columns.len()).filter(is_number);
        let taken = |index: usize| {
            heads[index].lines().map(|line| line.chars().count()).max().unwrap_or(0).max(content(index)) + GAP
        };
        let with_gap = |index: usize| (least[index] + if index == last { 0 } else { GAP }) as u16;
        let of_texts: usize =
            (0..table.columns.len()).filter(|index| !is_number(index)).map(|index| least[index] + GAP).sum();
        let of_numbers = numbers.clone().map(taken).sum::<usize>();
        if of_numbers + TEXT.max(if has_sentences(&cells) { of_texts } else { 0 }) <= usize::from(width) {
            for index in numbers {
                if let Some(column) = grid.column_mut(index) {
                    column.set_constraint(ColumnConstraint::ContentWidth);
                }
            }
        }
        if has_sentences(&cells) {
            for index in 0..table.columns.len() {
                if let Some(column) = grid.column_mut(index).filter(|column| column.constraint().is_none()) {
                    column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(with_gap(index))));
                }
            }
        }
    }
    let mut text = grid.trim_fmt();
    text.push('\n');
    with_notes(text, table)
}

fn with_notes(mut text: String, table: &Table) -> String {
    for note in &table.notes {
        text.push_str(&printable(note));
        text.push('\n');
    }
    text
}

/// A column's head, broken between words where it is wider than the column's content.
fn head(text: &str, content: usize) -> String {
    let text = printable(text);
    let widest = text.split(' ').map(|word| word.chars().count()).max().unwrap_or(0).max(content);
    let mut head = String::new();
    let mut line = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if line == 0 {
            line = length;
        } else if line + 1 + length <= widest {
            head.push(' ');
            line += 1 + length;
        } else {
            head.push('\n');
            line = length;
        }
        head.push_str(word);
    }
    head
}

fn printable(text: &str) -> String {
    text.chars().map(crate::text::printable).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::table::{Cell, Column};

    /// In 80 columns, which a terminal has.
    #[test]
    fn a_verdict_is_never_broken() {
        let columns = ["claim", "verdict", "statement"].map(Column::text).into_iter();
        let columns = columns.chain([Column::number("effect"), Column::text("expected"), Column::number("n")]);
        let columns = columns.chain([Column::text("test"), Column::number("p"), Column::number("corrected p")]);
        let words = ["inconclusive", "supported", "refuted"];
        let statement = "A gated network solves adding at length 100 where a plain one of as many units does not";
        let row = |verdict: &&str| {
            let text = |text: &str| Cell::Text(text.to_owned());
            vec![
                text("gates-cure-vanishing-gradients"),
                text(verdict),
                text(statement),
                text("0.25 [-0.031, 0.53]"),
                text("> 0.2"),
                text("10 + 10"),
                text("Newcombe, Fisher's exact"),
                Cell::Number(0.012_345),
                Cell::Number(0.098_765),
            ]
        };
        let table = Table { columns: columns.collect(), rows: words.iter().map(row).collect(), notes: vec![] };
        for width in [80, 100, 120] {
            let shown = text(&table, Some(width));
            assert!(shown.lines().all(|line| line.chars().count() <= usize::from(width)), "{shown}");
            for word in words.iter().chain(&["Newcombe,", "expected", "exact"]) {
                assert!(shown.contains(word), "{word} at {width}:\n{shown}");
            }
        }
    }

    #[test]
    fn it_fits_the_width_and_loses_nothing() {
        let label = "elman tanh · orthogonal · length 50";
        let table = Table {
            columns: vec![Column::text("arm"), Column::number("n")],
            rows: vec![vec![Cell::Text(label.into()), Cell::Integer(10)], vec![Cell::Text("x".into()), Cell::Null]],
            notes: vec![],
        };
        let wide = text(&table, None);
        assert!(wide.contains(label));
        for width in [20, 30, 80] {
            let narrow = text(&table, Some(width));
            assert!(narrow.lines().all(|line| line.chars().count() <= usize::from(width)), "{narrow}");
            for word in label.split(' ') {
                assert!(narrow.contains(word), "{narrow}");
            }
        }
        assert_eq!(text(&table, Some(80)), wide, "what fits is not stretched or broken");
    }

    fn sized(rows: Vec<Vec<Cell>>) -> Table {
        Table { columns: vec![Column::text("arm"), Column::number("count")], rows, notes: vec![] }
    }

    #[test]
    fn text_gives_way_before_numbers_while_it_keeps_sixteen_columns() {
        let columns = vec![Column::text("arm"), Column::number("a"), Column::number("b"), Column::number("c")];
        let number = || Cell::Text("12 345 678".into());
        let label = "one two three four five six seven eight nine ten eleven";
        let rows = vec![vec![Cell::Text(label.into()), number(), number(), number()]];
        let table = Table { columns, rows, notes: vec![] };
        let whole = |width: u16| text(&table, Some(width)).lines().any(|line| line.matches("12 345 678").count() == 3);
        // Each number takes ten columns and the gap two.
        assert!((3 * 12 + 16..100).all(whole), "{}", text(&table, Some(52)));
        for width in 24..100 {
            let shown = text(&table, Some(width));
            assert!(shown.lines().all(|line| line.chars().count() <= usize::from(width)), "{width}:\n{shown}");
        }
    }

    #[test]
    fn a_wide_head_counts_as_part_of_its_column_of_numbers() {
        let columns = vec![Column::text("arm"), Column::number("uninterrupted")];
        let rows = vec![vec![Cell::Text("one two three four five six".into()), Cell::Integer(1)]];
        let table = Table { columns, rows, notes: vec![] };
        let whole = |width: u16| text(&table, Some(width)).lines().any(|line| line.contains("uninterrupted"));
        assert!((13 + 2 + 16..50).all(whole), "{}", text(&table, Some(31)));
    }

    #[test]
    fn columns_stand_two_spaces_apart_and_numbers_to_the_right() {
        let rows = vec![
            vec![Cell::Text("a".into()), Cell::Integer(1)],
            vec![Cell::Text("bcd".into()), Cell::Integer(123_456)],
        ];
        assert_eq!(text(&sized(rows), None), "arm   count\n───────────\na         1\nbcd  123456\n");
    }

    #[test]
    fn heads_break_between_words_where_they_are_wider_than_what_is_below() {
        assert_eq!(head("updates to target", 0), "updates\nto\ntarget");
        assert_eq!(head("updates to target", 9), "updates\nto target");
        assert_eq!(head("updates to target", 10), "updates to\ntarget");
        assert_eq!(head("updates to target", 16), "updates to\ntarget");
        assert_eq!(head("updates to target", 17), "updates to target");
        assert_eq!(head("a b uninterrupted", 0), "a b\nuninterrupted");
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        let table = Table {
            columns: vec![Column::text("a")],
            rows: vec![vec![Cell::Text("\u{1b}[31mred\r\n".into())]],
            notes: vec![],
        };
        assert!(!text(&table, None).contains(['\u{1b}', '\r']));
        assert!(!text(&Table::sample(), Some(60)).is_empty());
    }
}
