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
    /// A JSON array of objects, exact.
    Json,
    /// A `booktabs` tabular.
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
    use super::*;

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
