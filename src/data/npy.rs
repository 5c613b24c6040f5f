//! The header of NumPy's format: the type, the shape and the order of an array.
//!
//! Source: NumPy enhancement proposal 1, "A Simple File Format for NumPy Arrays", versions 1.0 to 3.0. A header is a Python literal, of
//! which NumPy writes one form only.

use std::io::Read;

use super::{
    decode::{Order, broken},
    dtype::DType,
    fault::Fault,
};

/// The most bytes of a header: NumPy's own limit, above which it asks for trust.
const MOST: usize = 10_000;
/// The most axes of an array, as in NumPy.
const AXES: usize = 64;

/// Reads the header at the beginning of `reader`, which then stands at the first number.
pub(super) fn header(reader: &mut dyn Read) -> Result<(DType, Vec<usize>, Order), Fault> {
    let mut fixed = [0; 8];
    reader.read_exact(&mut fixed).map_err(|error| broken(&error))?;
    let no_array = || Fault::new("is not in NumPy's format", "save the file by `numpy.savez`");
    if &fixed[..6] != b"\x93NUMPY" {
        return Err(no_array());
    }
    let mut size = [0; 4];
    let digits = match fixed[6] {
        1 => 2,
        2 | 3 => 4,
        version => {
            let message = format!("is of version {version} of NumPy's format, which is not read");
            return Err(Fault::new(message, "save the file by a NumPy of today"));
        }
    };
    reader.read_exact(&mut size[..digits]).map_err(|error| broken(&error))?;
    let size = u32::from_le_bytes(size) as usize;
    if size > MOST {
        return Err(no_array());
    }
    let mut text = vec![0; size];
    reader.read_exact(&mut text).map_err(|error| broken(&error))?;
    let text = String::from_utf8(text).map_err(|_| no_array())?;
    let Header { description, fortran, shape } = Header::parse(&text).ok_or_else(no_array)?;
    let Some(description) = description else {
        return Err(Fault::new("holds records", "give one array of numbers for each field"));
    };
    let dtype = DType::of_numpy(&description)?;
    Ok((dtype, shape, if fortran { Order::FirstFastest } else { Order::LastFastest }))
}

/// The entries of a header.
struct Header {
    /// The type; none where it is one of records.
    description: Option<String>,
    fortran: bool,
    shape: Vec<usize>,
}

impl Header {
    fn parse(text: &str) -> Option<Self> {
        let mut rest = text.trim().strip_prefix('{')?.trim_start();
        let (mut description, mut fortran, mut shape) = (None, None, None);
        while !rest.starts_with('}') {
            let (key, after) = quoted(rest)?;
            rest = after.trim_start().strip_prefix(':')?.trim_start();
            match key {
                "descr" if rest.starts_with('[') => {
                    // The fields of a record, which are not read.
                    description = Some(None);
                    rest = &rest[rest.find("],").or_else(|| rest.rfind(']'))? + 1..];
                }
                "descr" => {
                    let (text, after) = quoted(rest)?;
                    (description, rest) = (Some(Some(text.to_owned())), after);
                }
                "fortran_order" => {
                    let word = ["True", "False"].into_iter().find(|word| rest.starts_with(word))?;
                    (fortran, rest) = (Some(word == "True"), &rest[word.len()..]);
                }
                "shape" => {
                    let (inside, after) = rest.strip_prefix('(')?.split_once(')')?;
                    (shape, rest) = (Some(axes(inside)?), after);
                }
                _ => return None,
            }
            rest = rest.trim_start();
            match rest.strip_prefix(',') {
                Some(after) => rest = after.trim_start(),
                None if rest.starts_with('}') => {}
                None => return None,
            }
        }
        Some(Self { description: description?, fortran: fortran?, shape: shape? })
    }
}

/// A text in quotation marks at the beginning, and what follows.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let mark = text.chars().next().filter(|mark| ['\'', '"'].contains(mark))?;
    text[1..].split_once(mark)
}

/// The numbers between the parentheses of a shape.
fn axes(text: &str) -> Option<Vec<usize>> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    // Python 2 wrote long integers with an L behind.
    let axes: Option<Vec<usize>> = parts.map(|part| part.trim_end_matches('L').parse().ok()).collect();
    axes.filter(|axes| axes.len() <= AXES)
}
