use std::fs::{self, File};

use polars::prelude::{Column, NamedFrom, Series};
use polars_io::parquet::write::{KeyValueMetadata, ParquetWriter};

use super::*;
use crate::fuzz::{fuzz, mutated};
use crate::store::table_writer::TableWriter;
use crate::store::{MetricRow, Row as _, TrialRow, samples::record};

/// Rows of a row group.
const GROUP: usize = 4;

fn write(path: &Path, frame: &DataFrame) -> String {
    let mut writer = TableWriter::begin(path, frame, GROUP, vec![("longlag.note", "a note".to_owned())]).unwrap();
    writer.add(frame.clone()).unwrap();
    writer.finish().unwrap()
}

fn read_whole(path: &Path) -> Result<Option<DataFrame>, StoreError> {
    TableReader::open(path)?.map(|mut reader| reader.whole()).transpose()
}

fn numbers(rows: usize) -> DataFrame {
    let values: Vec<f64> = (0..rows).map(|x| x as f64).collect();
    let texts: Vec<String> = (0..rows).map(|x| format!("row {x}")).collect();
    let columns: Vec<Column> = vec![Series::new("x".into(), values).into(), Series::new("t".into(), texts).into()];
    DataFrame::new(rows, columns).unwrap()
}

/// However the rows come, the bytes are the same, and the parts are the table.
#[test]
fn rows_come_and_go_in_parts() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("trials.parquet");
    for rows in [0, 1, GROUP - 1, GROUP, GROUP + 1, 3 * GROUP + 2] {
        let frame = numbers(rows);
        let seal = write(&path, &frame);
        let whole = fs::read(&path).unwrap();
        let mut writer = TableWriter::begin(&path, &frame, GROUP, vec![("longlag.note", "a note".to_owned())]).unwrap();
        (0..rows).for_each(|row| writer.add(frame.slice(row as i64, 1)).unwrap());
        assert_eq!(writer.finish().unwrap(), seal);
        assert!(fs::read(&path).unwrap() == whole, "{rows} rows");
        let mut reader = TableReader::open(&path).unwrap().unwrap();
        assert!(reader.is_own() && reader.is_intact().unwrap() && reader.seal() == Some(&seal));
        assert_eq!((reader.value_of("longlag.note"), reader.groups()), (Some("a note"), rows.div_ceil(GROUP)));
        let mut read = reader.next_part().unwrap().unwrap();
        while let Some(part) = reader.next_part().unwrap() {
            assert!((1..=GROUP).contains(&part.height()));
            read.vstack_mut(&part).unwrap();
        }
        assert!(read.equals(&frame), "{rows} rows");
        // Other programs read it too.
        let other = ParquetReader::new(File::open(&path).unwrap()).finish().unwrap();
        assert!(other.equals(&frame), "{rows} rows");
    }
}

#[test]
fn a_file_that_is_not_parquet_or_is_cut_short_is_an_error_that_names_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("trials.parquet");
    assert!(read_whole(&path).unwrap().is_none());
    write(&path, &numbers(11));
    let whole = fs::read(&path).unwrap();
    assert_eq!(read_whole(&path).unwrap().unwrap().height(), 11);
    for cut in 0..whole.len() {
        fs::write(&path, &whole[..cut]).unwrap();
        let error = read_whole(&path).unwrap_err();
        assert!(error.to_string().contains("trials.parquet"), "cut at {cut}: {error}");
    }
}

/// A flipped bit anywhere is noticed, and costs the row group it is in: all of them in the footer, none in the page index.
#[test]
fn a_flipped_bit_costs_its_row_group() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("trials.parquet");
    let frame = numbers(11);
    write(&path, &frame);
    let whole = fs::read(&path).unwrap();
    let ends: Vec<u64> = match &TableReader::open(&path).unwrap().unwrap().source {
        Source::Sealed { parts, .. } => parts.iter().map(|part| part.end).collect(),
        Source::Whole { .. } => vec![],
    };
    assert_eq!(ends.len(), 4, "three row groups and the page index");
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        fs::write(&path, &bytes).unwrap();
        let mut reader = match TableReader::open(&path) {
            Ok(reader) => reader.unwrap().salvaging(),
            Err(error) => {
                assert!(at as u64 >= ends[3], "byte {at}: {error}");
                continue;
            }
        };
        assert!(!reader.is_own() || !reader.is_intact().unwrap(), "byte {at}");
        if !reader.is_own() {
            // In the seal's own mark: what is read then is as it was, or an error.
            assert!(reader.whole().is_ok_and(|read| read.equals(&frame)), "byte {at}");
            continue;
        }
        let read = reader.whole().unwrap();
        let part = ends.iter().position(|end| (at as u64) < *end).unwrap();
        let expected = match part {
            3 => frame.clone(),
            part => {
                let (start, end) = (part * GROUP, ((part + 1) * GROUP).min(11));
                let before = frame.slice(0, start);
                before.vstack(&frame.slice(end as i64, 11 - end)).unwrap()
            }
        };
        assert!(read.equals(&expected), "byte {at}");
        assert_eq!(reader.lost, usize::from(part < 3), "byte {at}");
        if part < 3 {
            let error = read_whole(&path).unwrap_err();
            assert!(matches!(error, StoreError::Table { source: SchemaError::Damaged, .. }), "byte {at}: {error}");
        }
    }
}

#[test]
fn a_newer_table_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("trials.parquet");
    let newer = vec![(VERSION_KEY.to_owned(), (SCHEMA_VERSION + 1).to_string())];
    ParquetWriter::new(File::create(&path).unwrap())
        .with_key_value_metadata(Some(KeyValueMetadata::from_static(newer)))
        .finish(&mut numbers(1))
        .unwrap();
    assert!(matches!(read_whole(&path), Err(StoreError::Newer { found, .. }) if found == SCHEMA_VERSION + 1));
}

/// Whatever bytes a table has, ours or another program's, it is read or refused: what polars makes of them is no panic.
#[test]
fn any_bytes_are_a_table_or_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("metrics.parquet");
    let records: Vec<_> = (0..6).map(record).collect();
    let metrics: Vec<MetricRow> = records.iter().flat_map(|record| record.metrics.clone()).collect();
    let trials: Vec<TrialRow> = records.iter().map(|record| record.trial.clone()).collect();
    let mut files = vec![];
    for mut frame in [MetricRow::to_frame(&metrics).unwrap(), TrialRow::to_frame(&trials).unwrap()] {
        write(&path, &frame);
        files.push(fs::read(&path).unwrap());
        let mut foreign = vec![];
        ParquetWriter::new(&mut foreign).finish(&mut frame).unwrap();
        files.push(foreign);
    }
    fuzz(200, &mutated(files, 6), |bytes| {
        fs::write(&path, &bytes).unwrap();
        if let Ok(Some(mut reader)) = TableReader::open(&path) {
            let _ = reader.is_intact();
            let _ = reader.whole().map(|frame| MetricRow::from_frame(&frame).map(|rows| rows.len()));
        }
        if let Ok(Some(reader)) = TableReader::open(&path) {
            let _ = reader.salvaging().whole().map(|frame| TrialRow::from_frame(&frame).map(|rows| rows.len()));
        }
        Ok(())
    });
}
