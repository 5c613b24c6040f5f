use std::{fs::File, path::PathBuf};

use polars_parquet::read::read_metadata;

use super::{
    file::read_by,
    pages::{Pages, WINDOW},
};
use crate::data::array::Values;

/// Files of pages of some ten numbers, as pyarrow 12 writes them: those of the first version begin anywhere in a row; with a dictionary and
/// without, compressed and not, in two groups of rows.
const FILES: [&str; 3] = ["pages-1-snappy.parquet", "pages-1-zstd.parquet", "pages-2-none.parquet"];

fn open(name: &str) -> File {
    File::open(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/data").join(name)).unwrap()
}

/// Row r has r mod 13 steps of 3 features, which count on; its part changes every 7 rows.
#[test]
fn numbers_are_the_same_however_few_pages_are_read_at_a_time() {
    let steps: Vec<usize> = (0..60).map(|row| row % 13).collect();
    let mut numbers = (0..).map(|number| number as f32);
    let mut expected = vec![];
    for &length in &steps {
        expected.extend(numbers.by_ref().take(3 * length));
        expected.resize(expected.len() + 3 * (12 - length), 0.0);
    }
    for name in FILES {
        for window in [1, 100, 300, 1000, 4000, WINDOW] {
            let arrays = read_by(window, open(name), &["input", "target", "lengths", "split"]).unwrap();
            let which = format!("{name}, {window} bytes at a time");
            assert_eq!(arrays["input"].shape, [60, 12, 3], "{which}");
            assert_eq!(arrays["input"].values, Values::Singles(expected.clone()), "{which}");
            let lengths = steps.iter().map(|&length| length as i32).collect();
            assert_eq!(arrays["lengths"].values, Values::Integers(lengths), "{which}");
            assert_eq!(arrays["target"].values, Values::Integers((0..60).collect()), "{which}");
            assert_eq!(arrays["split"].values, Values::Bytes((0..60).map(|row| row / 7 % 3).collect()), "{which}");
        }
    }
}

/// No more of a file is held than a window, or twice that for a row that is longer, and the dictionary; and every page is given once.
#[test]
fn no_more_is_held_than_a_few_pages() {
    for name in FILES {
        let mut file = open(name);
        let metadata = read_metadata(&mut file).unwrap();
        for chunk in metadata.row_groups.iter().flat_map(|group| group.parquet_columns()) {
            for window in [3000, 4000] {
                let (mut pages, mut values) = (Pages::new(&file, chunk, window), 0);
                while let Some(part) = pages.advance().unwrap() {
                    values += part.total_num_values();
                    let (bytes, _) = part.into_inner();
                    let dictionary = pages.dictionary.as_ref().map_or(0, Vec::len) as u64;
                    let held = bytes.get_ref().len() as u64;
                    assert!(held <= 2 * window + dictionary, "{name}: {held} bytes");
                }
                assert_eq!(values as i64, chunk.num_values(), "{name}");
            }
        }
    }
}

/// The least and the greatest number of each type that 32 bits hold, alone and in lists.
#[test]
fn numbers_of_every_type_are_read() {
    let pair = |values: [i64; 2]| Values::Integers(values.map(|value| value as i32).to_vec());
    let types = [
        ("bool", Values::Bytes(vec![0, 1])),
        ("uint8", Values::Bytes(vec![0, 255])),
        ("int8", pair([-128, 127])),
        ("uint16", pair([0, 65535])),
        ("int16", pair([-32768, 32767])),
        ("uint32", pair([0, i32::MAX.into()])),
        ("int32", pair([i32::MIN.into(), i32::MAX.into()])),
        ("uint64", pair([0, i32::MAX.into()])),
        ("int64", pair([i32::MIN.into(), i32::MAX.into()])),
        ("float32", Values::Singles(vec![-0.5, 0.5])),
        ("float64", Values::Singles(vec![-0.5, 0.5])),
    ];
    let lists = types.each_ref().map(|(name, _)| format!("{name}s"));
    let names: Vec<&str> = types.iter().map(|(name, _)| *name).chain(lists.iter().map(String::as_str)).collect();
    let arrays = read_by(WINDOW, open("types.parquet"), &names).unwrap();
    for (name, expected) in types {
        let list = &arrays[&format!("{name}s")];
        assert_eq!((&arrays[name].shape[..], &arrays[name].values), (&[2][..], &expected), "{name}");
        assert_eq!((&list.shape[..], &list.values), (&[2, 1][..], &expected), "lists of {name}");
    }
}
