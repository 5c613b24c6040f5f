use std::path::PathBuf;

use proptest::prelude::*;

use super::{
    fixture::{Entry, file, integers, npy, npz, singles, zip},
    *,
};

const NAMES: [&str; 4] = ["input", "target", "lengths", "split"];

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/data").join(name)
}

fn fault(bytes: &[u8]) -> String {
    let (_folder, path) = file("data.npz", bytes);
    read(&path, &NAMES).expect_err("refused").to_string()
}

/// One set of arrays, as NumPy, safetensors and pyarrow write it.
#[test]
fn every_format_is_read_alike() {
    let [sequences, steps, features] = [12, 4, 2];
    for name in ["stored.npz", "deflated.npz", "tensors.safetensors", "rows.parquet"] {
        let arrays = read(&golden(name), &NAMES).unwrap().arrays;
        assert_eq!(
            arrays.keys().map(String::as_str).collect::<Vec<_>>(),
            ["input", "lengths", "split", "target"],
            "{name}"
        );
        assert_eq!(arrays["input"].shape, [sequences, steps, features], "{name}");
        for row in 0..sequences {
            let length = 1 + row % steps;
            assert_eq!(arrays["target"].values.integer(row), (row % 3) as i64, "{name}");
            assert_eq!(arrays["lengths"].values.integer(row), length as i64, "{name}");
            assert_eq!(arrays["split"].values.integer(row), (row % 4 % 3) as i64, "{name}");
            // What follows a sequence's end is nothing in Parquet.
            for at in row * steps * features..(row * steps + length) * features {
                assert_eq!(arrays["input"].values.single(at), at as f32 / 8.0 - 3.0, "{name}");
            }
        }
        assert_eq!(read(&golden(name), &NAMES).unwrap().hash.len(), 64);
    }
}

/// As NumPy writes the transpose of an array, and the same array in the usual order.
#[test]
fn arrays_in_fortran_order_are_read_as_others() {
    let read = |name: &str| read(&golden(name), &NAMES).unwrap().arrays.remove("input").unwrap();
    let (fortran, usual) = (read("fortran.npz"), read("stored.npz"));
    assert_eq!(fortran, usual);

    let shape = vec![2, 3, 4];
    let place = |k: usize| [k % 2, k / 2 % 3, k / 6];
    let numbers: Vec<u8> =
        (0..24).flat_map(|k| (place(k).iter().fold(0, |n, i| 10 * n + i) as f32).to_le_bytes()).collect();
    let entry = Entry("input", "<f4", shape, numbers);
    let transposed = |entry: &Entry| {
        let bytes = npy(entry);
        let at = bytes.windows(5).position(|word| word == b"False").unwrap();
        [&bytes[..at], b"True ", &bytes[at + 5..]].concat()
    };
    let (_folder, path) = file("data.npz", &zip(&[("input.npy".to_owned(), transposed(&entry))], true));
    let array = super::read(&path, &NAMES).unwrap().arrays.remove("input").unwrap();
    let expected = (0..2).flat_map(|i| (0..3).flat_map(move |j| (0..4).map(move |k| (100 * i + 10 * j + k) as f32)));
    assert_eq!(array.values, Values::Singles(expected.collect()));

    // A mistake is told at its own place, and a file that is too short ends.
    let Entry(name, dtype, shape, mut numbers) = entry;
    numbers[4..8].copy_from_slice(&f32::NAN.to_le_bytes());
    let wrong = transposed(&Entry(name, dtype, shape, numbers));
    let fault_of = |bytes: &[u8]| fault(&zip(&[("input.npy".to_owned(), bytes.to_vec())], false));
    assert!(fault_of(&wrong).starts_with("the array `input` holds NaN at [1, 0, 0];"), "{}", fault_of(&wrong));
    let short = transposed(&Entry("input", "<f4", vec![200, 300, 400], vec![0; 16]));
    assert!(fault_of(&short).starts_with("the array `input` ends before its last number"), "{}", fault_of(&short));
}

/// As NumPy writes them.
#[test]
fn what_is_no_array_of_numbers_is_refused_with_a_remedy() {
    for (name, expected) in [
        ("big-endian", "the array `input` is big-endian (`>f4`); save it as `x.astype(x.dtype.newbyteorder('<'))`"),
        ("objects", "the array `input` holds Python objects (`|O`); make it one array of numbers of one shape"),
        ("text", "the array `input` holds text or records (`<U1`); give numbers: a class or token is its number"),
        (
            "complex",
            "the array `input` holds complex numbers (`<c16`); give the real and the imaginary part as two features",
        ),
        ("half", "the array `input` is of a float type that is not read (`<f2`); save it as float32"),
        ("records", "the array `input` holds records; give one array of numbers for each field"),
        ("nan", "the array `input` holds NaN at [3, 0, 0]; give finite numbers of a usual size"),
        (
            "infinite",
            "the array `input` holds 1e300, beyond single precision, at [3, 0, 0]; give finite numbers of a usual size",
        ),
        ("wide", "the array `input` holds 1099511627776, beyond 32 bits, at [0]; give finite numbers of a usual size"),
    ] {
        let found = read(&golden(&format!("{name}.npz")), &NAMES).expect_err(name).to_string();
        assert_eq!(found, expected);
    }
}

#[test]
fn what_is_no_file_of_arrays_is_refused() {
    let entry = |name| singles(name, &[2], [0.0, 1.0]);
    for (bytes, expected) in [
        (npz(&[entry("inputs")]), "the array `inputs` has a name that means nothing here; did you mean `input`?"),
        (
            npz(&[entry("x_train")]),
            "the array `x_train` has a name that means nothing here; the names are input, target,",
        ),
        (zip(&[("readme.txt".to_owned(), vec![])], false), "the file has an entry `readme.txt` that is no array"),
        (zip(&[("input.npy".to_owned(), vec![1, 2])], false), "the array `input` ends before its last number"),
        (zip(&[("input.npy".to_owned(), vec![0; 99])], false), "the array `input` is not in NumPy's format"),
        (b"hello".to_vec(), "the file is no whole npz archive"),
        (vec![], "the file is no whole npz archive"),
    ] {
        let found = fault(&bytes);
        assert!(found.starts_with(expected), "{found}");
    }
    let twice =
        zip(&[("input.npy".to_owned(), npy(&entry("input"))), ("input.npy".to_owned(), npy(&entry("input")))], true);
    assert!(fault(&twice).starts_with("the array `input` is in the file twice"));
    let (folder, path) = file("data.csv", b"1,2");
    assert!(read(&path, &NAMES).unwrap_err().to_string().contains("give .npz, .safetensors or .parquet"));
    let folder_itself = read(folder.path(), &NAMES).unwrap_err().to_string();
    assert!(folder_itself.contains("cannot be read"), "{folder_itself}");
    let missing = read(&folder.path().join("other.npz"), &NAMES).unwrap_err().to_string();
    assert!(missing.starts_with("there is no file `"), "{missing}");
}

/// Neither what a header says nor what an entry unpacks to is believed: both are a few kilobytes on disk.
#[test]
fn bombs_are_not_unpacked() {
    let huge = Entry("input", "<f8", vec![1 << 30, 1 << 30], vec![0; 16]);
    assert!(fault(&npz(&[huge])).starts_with("the array `input` is of the shape [1073741824, 1073741824], for which"));
    let overflowing = Entry("input", "<f8", vec![usize::MAX, usize::MAX, 0], vec![]);
    assert!(fault(&npz(&[overflowing])).contains("has not the memory"));
    // A hundred megabytes of zeros behind two numbers.
    let mut bytes = npy(&singles("input", &[2], [0.0, 1.0]));
    bytes.resize(bytes.len() + 100_000_000, 0);
    let bomb = zip(&[("input.npy".to_owned(), bytes)], true);
    assert!(bomb.len() < 1_000_000, "{}", bomb.len());
    assert!(fault(&bomb).starts_with("the array `input` has more numbers than its shape [2] says"));
}

#[test]
fn a_changed_byte_of_an_entry_is_found_by_its_checksum() {
    let stored = zip(&[("input.npy".to_owned(), npy(&singles("input", &[64], (0..64).map(|k| k as f32))))], false);
    let place = stored.windows(4).position(|bytes| bytes == 40_f32.to_le_bytes()).unwrap();
    let mut changed = stored;
    changed[place] ^= 1;
    assert!(fault(&changed).starts_with("the array `input` cannot be read"), "{}", fault(&changed));
}

#[test]
fn a_shorter_file_of_tensors_is_refused() {
    let whole = std::fs::read(golden("tensors.safetensors")).unwrap();
    for length in [0, 4, 8, 100, whole.len() - 1] {
        let (_folder, path) = file("data.safetensors", &whole[..length]);
        let found = read(&path, &NAMES).unwrap_err().to_string();
        assert!(found.starts_with("the file is no whole safetensors file"), "{length}: {found}");
    }
    let whole = std::fs::read(golden("rows.parquet")).unwrap();
    for length in [0, 8, whole.len() / 2, whole.len() - 1] {
        let (_folder, path) = file("data.parquet", &whole[..length]);
        let found = read(&path, &NAMES).unwrap_err().to_string();
        assert!(found.starts_with("the file cannot be read as Parquet"), "{length}: {found}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever becomes of a byte, the file is read or refused. (A library reads Parquet.)
    #[test]
    fn damaged_files_are_no_reason_to_panic(kind in 0..3_usize, at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let name = ["deflated.npz", "stored.npz", "tensors.safetensors"][kind];
        let mut bytes = std::fs::read(golden(name)).unwrap();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let (_folder, path) = file(name, &bytes);
        let _ = read(&path, &NAMES);
    }

    #[test]
    fn numbers_come_back(values in prop::collection::vec(any::<i32>(), 0..50)) {
        let wide = integers("target", &[values.len()], values.iter().map(|&value| value.into()));
        let (_folder, path) = file("data.npz", &npz(&[wide]));
        let arrays = read(&path, &NAMES).unwrap().arrays;
        prop_assert_eq!(&arrays["target"].values, &Values::Integers(values));
    }
}
