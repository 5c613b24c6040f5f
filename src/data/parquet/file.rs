//! A file as a whole.

use std::{collections::BTreeMap, fs::File};

use polars::prelude::{ArrowDataType, ArrowField, PolarsError, Series};
use polars_parquet::read::{BasicDecompressor, FileMetadata, column_iter_to_arrays, infer_schema, read_metadata};

use super::{
    collected::Collected,
    damaged::damaged,
    numbers::SPLIT,
    pages::{Pages, WINDOW},
};
use crate::data::{
    array::{Array, Values},
    fault::Fault,
    names::check_names,
};

/// Reads the columns as arrays. A column of lists is an array of two axes, one of lists of lists an array of three; where the outer
/// lists are not of one length, an array `lengths` tells them. The words of `split` are given as their numbers.
pub(in crate::data) fn read(file: File, names: &[&str]) -> Result<BTreeMap<String, Array>, Fault> {
    read_by(WINDOW, file, names)
}

/// Reads the columns as arrays, so many bytes at a time.
pub(super) fn read_by(window: u64, mut file: File, names: &[&str]) -> Result<BTreeMap<String, Array>, Fault> {
    let metadata = read_metadata(&mut file).map_err(|error| damaged(&error))?;
    let schema = infer_schema(&metadata).map_err(|error| damaged(&error))?;
    let found: Vec<String> = schema.iter_names().map(ToString::to_string).collect();
    check_names(&found, &[names, &[SPLIT]].concat())?;
    for (name, field) in schema.iter() {
        if !is_readable(&field.dtype, name.as_str() == SPLIT, 2) {
            let what = if name.as_str() == SPLIT { "text" } else { "numbers, lists of them or lists of such lists" };
            return Err(Fault::new("is of a type that is not read", format!("give {what}")).of(name));
        }
    }
    let rows = metadata.num_rows;
    let mut arrays = BTreeMap::new();
    for (name, field) in schema.iter() {
        let column = column(&file, &metadata, field, window).and_then(Collected::padded);
        let (array, lengths) = column.map_err(|fault| fault.of(name))?;
        arrays.insert(name.to_string(), array);
        if let Some(lengths) = lengths {
            arrays.insert("lengths".to_owned(), Array { shape: vec![rows], values: Values::Integers(lengths) });
        }
    }
    Ok(arrays)
}

fn is_readable(dtype: &ArrowDataType, split: bool, depth: usize) -> bool {
    use ArrowDataType::{
        Boolean, Float32, Float64, Int8, Int16, Int32, Int64, LargeList, LargeUtf8, List, UInt8, UInt16, UInt32,
        UInt64, Utf8, Utf8View,
    };
    match dtype {
        Utf8 | LargeUtf8 | Utf8View => split,
        Boolean | Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 | UInt64 | Float32 | Float64 => !split,
        List(field) | LargeList(field) => !split && depth > 0 && is_readable(&field.dtype, false, depth - 1),
        _ => false,
    }
}

/// The field whose numbers are decoded with 32 bits, which is how many a file has for each of the smaller integers: polars is built
/// without columns of those.
fn widened(field: &ArrowField) -> ArrowField {
    use ArrowDataType::{Int8, Int16, Int32, LargeList, List, UInt8, UInt16};
    let mut field = field.clone();
    field.dtype = match field.dtype {
        UInt8 | Int8 | UInt16 | Int16 => Int32,
        List(inner) => List(Box::new(widened(&inner))),
        LargeList(inner) => LargeList(Box::new(widened(&inner))),
        other => other,
    };
    field
}

/// Reads a column, group of rows by group, so many bytes at a time.
fn column(file: &File, metadata: &FileMetadata, field: &ArrowField, window: u64) -> Result<Collected, Fault> {
    let failed = |error: PolarsError| damaged(&error);
    let mut chunks = vec![];
    for group in &metadata.row_groups {
        let mut columns = group.columns_under_root_iter(&field.name).into_iter().flatten();
        let (Some(chunk), None) = (columns.next(), columns.next()) else {
            return Err(Fault::new("is no one column in every group of rows", "write the file again"));
        };
        chunks.push(chunk);
    }
    // Empty lists count too: no less than there are.
    let most = chunks.iter().fold(0, |sum: usize, chunk| sum.saturating_add(chunk.num_values().max(0) as usize));
    let mut collected = Collected::new(&field.dtype, most)?;
    let field = widened(field);
    for (chunk, group) in chunks.into_iter().zip(&metadata.row_groups) {
        let before = collected.rows();
        let primitive = &chunk.descriptor().descriptor.primitive_type;
        let mut pages = Pages::new(file, chunk, window);
        while let Some(pages) = pages.advance()? {
            let pages = vec![BasicDecompressor::new(pages, vec![])];
            let (arrays, _) = column_iter_to_arrays(pages, vec![primitive], field.clone(), None).map_err(failed)?;
            collected.add(Series::try_from((&field, arrays)).map_err(failed)?)?;
        }
        if collected.rows() - before != group.num_rows() {
            let message = format!("has {} rows where the file counts {}", collected.rows() - before, group.num_rows());
            return Err(Fault::new(message, "write the file again"));
        }
    }
    Ok(collected)
}
