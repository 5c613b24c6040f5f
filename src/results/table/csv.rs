//! Tables for programs: CSV.

use super::content::Table;
use super::error::TableError;

/// The table as CSV with a header line. Numbers read back as the same bits; null is empty; `NaN`, `inf` and `-inf` stand for
/// themselves; an estimate takes five columns.
///
/// # Errors
///
/// [`TableError::Encode`], which no table should lead to.
pub fn csv(table: &Table) -> Result<String, TableError> {
    lines(table, true)
}

/// The lines of the table as CSV, with or without its header.
pub(super) fn lines(table: &Table, with_header: bool) -> Result<String, TableError> {
    let flat = table.flat();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| TableError::Encode(error.to_string());
    // A table without columns has no lines: the crate would write a quoted nothing.
    if !flat.columns.is_empty() {
        if with_header {
            writer.write_record(flat.columns.iter().map(|column| &column.name)).map_err(failed)?;
        }
        for row in &flat.rows {
            writer.write_record(row.iter().map(|cell| cell.exact())).map_err(failed)?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| TableError::Encode(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| TableError::Encode(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_is_exact_and_quoted_where_it_must_be() {
        let lines = "a_rm,n,time,loss,loss low,loss high,loss n,loss confidence,ok\n\
            \"elman · 50 % \"\"x\"\", <b>&|\\{$#^~\",-3,1.5e-9,0.25,0.125,inf,8,0.95,true\n\
            \"[two\nlines\",,NaN,,,,,,\n";
        assert_eq!(csv(&Table::sample()).unwrap(), lines);
        assert_eq!(csv(&Table::default()).unwrap(), "");
    }
}
