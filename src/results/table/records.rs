//! Tables of sentences for a terminal that is too narrow for them: one block of lines per row.

use super::content::Table;

/// A column with a text longer than this is one of sentences.
const SENTENCE: usize = 40;
/// The spaces before each name, and between the names and what they stand for.
const INDENT: usize = 2;
/// The least width of what stands beside the names.
const LEAST: usize = 20;

/// Whether a column has sentences.
pub(super) fn has_sentences(cells: &[Vec<String>]) -> bool {
    cells.iter().flatten().any(|cell| cell.chars().count() > SENTENCE)
}

/// Each row as a block: its first cell, then a line for every other one that is not empty, beside the name of its column.
pub(super) fn records(table: &Table, cells: &[Vec<String>], width: usize) -> String {
    let heads: Vec<String> = table.columns.iter().map(|column| column.head()).collect();
    let widest = heads.iter().skip(1).map(|head| head.chars().count()).max().unwrap_or(0);
    let room = width.saturating_sub(2 * INDENT + widest).max(LEAST);
    let mut text = String::new();
    for (number, row) in cells.iter().enumerate() {
        if number > 0 {
            text.push('\n');
        }
        let first = row.first().map_or("", String::as_str);
        wrapped(first, width).iter().for_each(|line| text.push_str(&format!("{line}\n")));
        for (head, cell) in heads.iter().zip(row).skip(1).filter(|(_, cell)| !cell.is_empty()) {
            for (line, words) in wrapped(cell, room).iter().enumerate() {
                let name = if line == 0 { head } else { "" };
                let gap = widest - name.chars().count() + INDENT;
                text.push_str(&format!("{:INDENT$}{name}{:gap$}{words}\n", "", ""));
            }
        }
    }
    text
}

/// The text in lines, broken between words; a word that is longer than a line is broken.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut taken = 0;
    for word in text.split_whitespace() {
        for (place, piece) in word.chars().collect::<Vec<char>>().chunks(width.max(1)).enumerate() {
            let space = usize::from(taken > 0 && place == 0);
            if taken + space + piece.len() > width && taken > 0 {
                lines.push(String::new());
                taken = 0;
            }
            let Some(line) = lines.last_mut() else { continue };
            if taken > 0 && place == 0 {
                line.push(' ');
                taken += 1;
            }
            line.extend(piece);
            taken += piece.len();
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::table::Column;

    #[test]
    fn rows_are_blocks_of_whole_words() {
        let columns =
            vec![Column::text("claim"), Column::text("verdict"), Column::text("statement"), Column::number("n")];
        let table = Table { columns, ..Table::default() };
        let row = |cells: [&str; 4]| cells.map(str::to_owned).to_vec();
        let cells = [
            row(["gates-help", "supported", "A gated network learns what no plain one of its size does.", "10"]),
            row(["b", "", "x", ""]),
        ];
        let expected = "\
gates-help
  verdict    supported
  statement  A gated network learns what
             no plain one of its size
             does.
  n          10

b
  statement  x
";
        assert_eq!(records(&table, &cells, 40), expected);
        assert!(has_sentences(&cells) && !has_sentences(&cells[1..]));
    }

    #[test]
    fn no_line_is_longer_than_there_is_room() {
        for width in [5, 12, 30] {
            let lines = wrapped("a word, and one-that-is-longer-than-most lines are", width);
            assert!(lines.iter().all(|line| line.chars().count() <= width), "{lines:?}");
            assert_eq!(lines.concat().replace(' ', ""), "aword,andone-that-is-longer-than-mostlinesare");
        }
        assert_eq!(wrapped("", 10), [""]);
    }
}
