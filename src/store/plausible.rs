//! Sizes that a Parquet file of another program states, looked at before anything is made that large: polars asks for as much memory as a
//! damaged header says, and a process that does not get it ends.

use std::io::Cursor;

use polars_parquet::parquet::page::CompressedPage;
use polars_parquet::read::{ColumnChunkMetadata, PageReader, RowGroupMetadata};

/// The most values that a byte of a file stands for.
const VALUES_PER_BYTE: usize = 1 << 12;

/// Whether what a row group of the file `bytes` says of its sizes may be so. May panic where the file is damaged.
pub(super) fn is_plausible(bytes: &[u8], group: &RowGroupMetadata) -> bool {
    let most = bytes.len().saturating_mul(VALUES_PER_BYTE);
    group.num_rows() <= most && group.parquet_columns().iter().all(|column| is_column_plausible(bytes, column, most))
}

/// Whether the pages of a column have no more values than it, and it no more than `most`.
fn is_column_plausible(bytes: &[u8], column: &ColumnChunkMetadata, most: usize) -> bool {
    let place = column.byte_range();
    let range = usize::try_from(place.start).ok().zip(usize::try_from(place.end).ok());
    let Some(part) = range.and_then(|(start, end)| bytes.get(start..end)) else { return false };
    let Some(values) = usize::try_from(column.num_values()).ok().filter(|values| *values <= most) else { return false };
    let mut left = values;
    let mut pages = PageReader::new(Cursor::new(part.to_vec().into()), column, vec![], part.len());
    pages.all(|page| match page {
        Ok(CompressedPage::Data(page)) => {
            let rest = left.checked_sub(page.num_values());
            left = rest.unwrap_or(0);
            rest.is_some() && page.num_rows().is_none_or(|rows| rows <= values)
        }
        Ok(CompressedPage::Dict(_)) => true,
        Err(_) => false,
    })
}
