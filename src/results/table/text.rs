//! Tables for a terminal.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Row, TableStyle};

use super::content::{Align, Table};

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
    if let Some(width) = width {
        // Only what does not fit is broken.
        grid.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        let is_number = |index: &usize| table.columns[*index].align == Align::Right;
        let numbers = (0..table.columns.len()).filter(is_number);
        let taken = |index: usize| {
            heads[index].lines().map(|line| line.chars().count()).max().unwrap_or(0).max(content(index)) + GAP
        };
        if numbers.clone().map(taken).sum::<usize>() + TEXT <= usize::from(width) {
            for index in numbers {
                if let Some(column) = grid.column_mut(index) {
                    column.set_constraint(ColumnConstraint::ContentWidth);
                }
            }
        }
    }
    let mut text = grid.trim_fmt();
    text.push('\n');
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
