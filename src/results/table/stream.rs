//! Tables that come in parts and are never whole in memory.

use std::io::{self, Write};

use super::content::Table;
use super::error::TableError;
use super::format::Format;
use super::{csv, json};

/// The most rows of a format for readers; a program's has all.
const READABLE: usize = if cfg!(test) { 5 } else { 50_000 };

/// Writes a table that comes in parts.
pub struct TableWriter<'a> {
    format: Format,
    width: Option<u16>,
    out: &'a mut dyn Write,
    /// Rows that came.
    rows: usize,
    /// Whether a part came.
    begun: bool,
    /// The rows of a format for readers, whose columns are as wide as all of their cells need.
    shown: Table,
}

/// Why a part of a table could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// It cannot be shown.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The output takes no more.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl<'a> TableWriter<'a> {
    /// Begins a table. `width` limits the columns of [`Format::Table`] only.
    pub fn new(format: Format, width: Option<u16>, out: &'a mut dyn Write) -> Self {
        Self { format, width, out, rows: 0, begun: false, shown: Table::default() }
    }

    /// Writes the next part. All have the columns of the first.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn part(&mut self, part: Table) -> Result<(), WriteError> {
        let before = self.rows;
        self.rows += part.rows.len();
        match self.format {
            Format::Csv => self.out.write_all(csv::lines(&part, !self.begun)?.as_bytes())?,
            Format::Json => {
                for (index, object) in json::objects(&part).enumerate() {
                    let separator = if before + index == 0 { "[\n" } else { ",\n" };
                    self.out.write_all(format!("{separator}{}", object?).as_bytes())?;
                }
            }
            Format::Table | Format::Latex | Format::Markdown | Format::Html => {
                let room = READABLE.saturating_sub(before);
                if self.begun {
                    self.shown.rows.extend(part.rows.into_iter().take(room));
                } else {
                    self.shown = part;
                    self.shown.rows.truncate(room);
                }
            }
        }
        self.begun = true;
        Ok(())
    }

    /// Writes what is left, and tells how many rows came and how many of them were written.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn finish(self) -> Result<(usize, usize), WriteError> {
        let mut written = self.rows;
        match self.format {
            Format::Csv => {}
            Format::Json => self.out.write_all(if self.rows == 0 { b"[]\n" } else { b"\n]\n" })?,
            format => {
                written = self.shown.rows.len();
                self.out.write_all(format.render(&self.shown, self.width)?.as_bytes())?;
            }
        }
        Ok((self.rows, written))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::table::{Cell, Column};

    fn table(rows: usize) -> Table {
        let row = |n: usize| vec![Cell::Text(format!("row\n{n}")), Cell::Number(n as f64 / 3.0)];
        Table {
            columns: vec![Column::text("a"), Column::number("b")],
            rows: (0..rows).map(row).collect(),
            ..Table::default()
        }
    }

    /// In however many parts a table comes, what is written is what the whole one would be.
    #[test]
    fn parts_are_written_as_the_whole_is() {
        for rows in 0..=READABLE {
            let whole = table(rows);
            for (name, format) in Format::ALL {
                for size in 1..=rows.max(1) {
                    let mut out = Vec::new();
                    let mut writer = TableWriter::new(format, Some(40), &mut out);
                    writer.part(Table { rows: vec![], ..whole.clone() }).unwrap();
                    for part in whole.rows.chunks(size) {
                        writer.part(Table { rows: part.to_vec(), ..whole.clone() }).unwrap();
                    }
                    assert_eq!(writer.finish().unwrap(), (rows, rows));
                    let expected = format.render(&whole, Some(40)).unwrap();
                    assert_eq!(String::from_utf8(out).unwrap(), expected, "{name}: {rows} rows by {size}");
                }
            }
        }
    }

    #[test]
    fn a_reader_is_spared_what_nobody_reads() {
        for (name, format) in Format::ALL {
            let mut out = Vec::new();
            let mut writer = TableWriter::new(format, None, &mut out);
            (0..4).for_each(|_| writer.part(table(3)).unwrap());
            let readable = !matches!(format, Format::Csv | Format::Json);
            assert_eq!(writer.finish().unwrap(), (12, if readable { READABLE } else { 12 }), "{name}");
        }
    }
}
