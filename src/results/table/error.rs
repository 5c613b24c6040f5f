//! Errors between a stored table and a shown one.

use polars::error::PolarsError;
use thiserror::Error;

/// Why a table cannot be shown.
#[derive(Debug, Error)]
pub enum TableError {
    /// A condition names a column that the table has not.
    #[error("there is no column `{column}`{}; columns: {}", hint(nearest.as_deref()), columns.join(", "))]
    UnknownColumn {
        /// The name that was given.
        column: String,
        /// The name of a column that is much like it.
        nearest: Option<String>,
        /// The names of all columns, in their order.
        columns: Vec<String>,
    },
    /// The series of a pivot cannot be told apart, or nothing is swept.
    #[error("{0}")]
    Pivot(String),
    /// A column is of a type that the store does not write.
    #[error("column `{column}` holds {found}, which cannot be shown")]
    Type {
        /// The column's name.
        column: String,
        /// Its type, as polars names it.
        found: String,
    },
    /// The name of no format.
    #[error("there is no table format `{name}`; the formats are {}", formats.join(", "))]
    UnknownFormat {
        /// The name that was given.
        name: String,
        /// The names of all formats.
        formats: Vec<&'static str>,
    },
    /// The table could not be written as text.
    #[error("cannot write the table: {0}")]
    Encode(String),
    /// polars refused.
    #[error("cannot select from the table: {0}")]
    Polars(#[from] PolarsError),
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |nearest| format!("; did you mean `{nearest}`?"))
}
