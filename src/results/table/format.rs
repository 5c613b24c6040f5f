//! The ways to show a table.

use std::str::FromStr;

use super::content::Table;
use super::error::TableError;
use super::{csv, html, json, latex, markdown, text};

/// A way to show a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Lines for a terminal.
    Table,
    /// CSV, exact.
    Csv,
    /// A JSON array of objects, exact. NaN and infinities are null, and `not finite` tells them apart.
    Json,
    /// A table for LaTeX in the style of `booktabs`.
    Latex,
    /// A Markdown table.
    Markdown,
    /// An HTML table.
    Html,
}

impl Format {
    /// Every format with its name.
    pub const ALL: [(&'static str, Self); 6] = [
        ("table", Self::Table),
        ("csv", Self::Csv),
        ("json", Self::Json),
        ("latex", Self::Latex),
        ("markdown", Self::Markdown),
        ("html", Self::Html),
    ];

    /// The table in this format, ending with a line break. `width` limits the columns of [`Format::Table`] only.
    ///
    /// # Errors
    ///
    /// [`TableError::Encode`], which no table should lead to.
    pub fn render(self, table: &Table, width: Option<u16>) -> Result<String, TableError> {
        match self {
            Self::Table => Ok(text(table, width)),
            Self::Csv => csv(table),
            Self::Json => json(table),
            Self::Latex => Ok(latex(table)),
            Self::Markdown => Ok(markdown(table)),
            Self::Html => Ok(html(table)),
        }
    }
}

impl FromStr for Format {
    type Err = TableError;

    fn from_str(name: &str) -> Result<Self, TableError> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, format)| *format).ok_or_else(|| {
            TableError::UnknownFormat { name: name.to_owned(), formats: Self::ALL.map(|(name, _)| name).to_vec() }
        })
    }
}

#[cfg(test)]
mod tests {
    use ::csv;

    use super::*;
    use crate::results::table::{Cell, Column};

    /// Text of any characters: formats for readers show it without any that no document may hold, and programs read it back.
    #[test]
    fn any_text_is_shown_safely_and_read_back_whole() {
        let hostile = [
            "\u{0}\u{1b}[31m\u{7}\u{9b}\u{85}",
            "\u{202e}\u{2066}\u{2028}\u{200f}",
            "\u{ffff}\u{fffe}",
            "\t\r\n,;\"'|&<>\\{}$#%^~*_`[]",
            "=1+1",
            "𝕏é漢\u{301}",
            "",
        ];
        let rows = hostile.map(|text| vec![Cell::Text(text.to_owned()), Cell::Integer(1)]);
        let heads = hostile.iter().take(1).map(|text| Column::text(*text)).chain([Column::number("n")]);
        let notes = hostile.map(str::to_owned).to_vec();
        let table = Table { columns: heads.collect(), rows: rows.to_vec(), notes };
        for (name, format) in Format::ALL {
            let shown = format.render(&table, Some(60)).unwrap();
            match format {
                Format::Csv => {
                    let mut reader = csv::Reader::from_reader(shown.as_bytes());
                    let read: Vec<String> = reader.records().map(|row| row.unwrap()[0].to_owned()).collect();
                    assert_eq!(read, hostile);
                }
                Format::Json => {
                    let read: Vec<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(&shown).unwrap();
                    let read: Vec<&str> = read.iter().map(|row| row[hostile[0]].as_str().unwrap()).collect();
                    assert_eq!(read, hostile);
                }
                Format::Table | Format::Latex | Format::Markdown | Format::Html => {
                    let found = shown.chars().find(|&char| char != '\n' && crate::text::printable(char) != char);
                    assert_eq!(found, None, "{name}");
                }
            }
        }
    }

    #[test]
    fn every_format_is_found_by_its_name_and_shows_an_empty_view() {
        for (name, format) in Format::ALL {
            assert_eq!(name.parse::<Format>().unwrap(), format);
            format.render(&Table::default(), Some(40)).unwrap();
            assert!(format.render(&Table::sample(), None).unwrap().ends_with('\n'), "{name}");
        }
        assert!("xml".parse::<Format>().unwrap_err().to_string().contains("markdown"));
    }
}
