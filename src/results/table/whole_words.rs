//! Columns of text whose words are short enough to stand whole in a narrow table.

use super::content::{Align, Table};

/// The longest word that is never broken.
const LONGEST: usize = 14;
/// The signs that a column keeps at least where its words may be broken.
const LEAST: usize = 6;
/// The signs between two columns.
const GAP: usize = 2;

/// The longest word of each column of text, of its head and its cells; nothing of numbers.
pub(super) fn longest_words(table: &Table) -> Vec<Option<usize>> {
    let longest = |text: &str| text.split_whitespace().map(|word| word.chars().count()).max().unwrap_or(0);
    let of_column = |index: usize| {
        let cells = table.rows.iter().filter_map(|row| row.get(index)).map(|cell| longest(&cell.shown())).max();
        cells.unwrap_or(0).max(longest(&table.columns[index].head()))
    };
    let is_text = |index: usize| table.columns[index].align == Align::Left;
    (0..table.columns.len()).map(|index| is_text(index).then(|| of_column(index))).collect()
}

/// The columns of text whose words stay whole in lines of `width` signs: short ones (`supported`, `permutation`), as long as all others
/// still have room.
pub(super) fn columns_of_whole_words(table: &Table, width: usize) -> Vec<usize> {
    let mut words: Vec<(usize, usize)> =
        longest_words(table).into_iter().enumerate().filter_map(|(index, word)| Some((word?, index))).collect();
    words.sort_unstable();
    let mut taken = table.columns.len() * (LEAST + GAP);
    let fits = |&(word, _): &(usize, usize)| {
        taken += word.saturating_sub(LEAST);
        word <= LONGEST && taken <= width
    };
    let mut whole: Vec<usize> = words.into_iter().take_while(fits).map(|(_, index)| index).collect();
    whole.sort_unstable();
    whole
}

/// The least width of each column in which no short word of a text, and no number, is broken.
pub(super) fn least_widths(table: &Table) -> Vec<usize> {
    let token = |text: &str| text.split_whitespace().map(|word| word.chars().count()).max().unwrap_or(0);
    let of_column = |index: usize| {
        let cells = table.rows.iter().filter_map(|row| row.get(index));
        let texts = cells.map(|cell| token(&cell.shown())).chain([token(&table.columns[index].head())]);
        texts.map(|word| if word <= LONGEST { word } else { LEAST }).max().unwrap_or(0)
    };
    (0..table.columns.len()).map(of_column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::table::{Cell, Column};

    fn table(words: &[&str]) -> Table {
        let columns = words.iter().map(|_| Column::text("x")).chain([Column::number("number")]).collect();
        let row = words.iter().map(|&word| Cell::Text(word.to_owned())).chain([Cell::Integer(12_345_678)]).collect();
        Table { columns, rows: vec![row], notes: vec![] }
    }

    #[test]
    fn short_words_stay_whole_as_long_as_all_columns_have_room() {
        let words = ["supported by it", "lstm-beats-a-tanh-network", "permutation", "no"];
        assert_eq!(columns_of_whole_words(&table(&words), 80), [0, 2, 3]);
        // Five columns of six signs and gaps are 40.
        assert_eq!(columns_of_whole_words(&table(&words), 43), [0, 3]);
        assert_eq!(columns_of_whole_words(&table(&words), 20), [0_usize; 0]);
        assert_eq!(longest_words(&table(&words)), [Some(9), Some(25), Some(11), Some(2), None]);
    }
}
