//! The numbers of a column.

use polars::prelude::{ArrowDataType, DataType, PolarsError, Series};

use super::damaged::damaged;
use crate::data::{
    array::Values,
    decode::{finite, narrow, single},
    fault::Fault,
    memory::available_memory,
};

/// The column that names the part of the data set that a row belongs to.
pub(super) const SPLIT: &str = "split";
/// The parts' names, in the order of their numbers.
const SPLITS: [&str; 3] = ["train", "validation", "test"];

/// No number yet of a column of that type, and the room for `most`.
pub(super) fn room_for(dtype: &ArrowDataType, most: usize) -> Result<Values, Fault> {
    use ArrowDataType::{Boolean, Float32, Float64, LargeUtf8, UInt8, Utf8, Utf8View};
    let (mut values, size) = match dtype {
        Boolean | UInt8 | Utf8 | LargeUtf8 | Utf8View => (Values::Bytes(vec![]), 1),
        Float32 | Float64 => (Values::Singles(vec![]), 4),
        _ => (Values::Integers(vec![]), 4),
    };
    let fits = most.saturating_mul(size) as u64 <= available_memory().unwrap_or(u64::MAX);
    let reserved = match &mut values {
        Values::Bytes(values) => values.try_reserve_exact(most),
        Values::Integers(values) => values.try_reserve_exact(most),
        Values::Singles(values) => values.try_reserve_exact(most),
    };
    if fits && reserved.is_ok() { Ok(values) } else { Err(too_many()) }
}

/// The fault of more numbers than there is memory for.
pub(super) fn too_many() -> Fault {
    Fault::new("needs more memory than this machine has", "give fewer sequences")
}

/// Adds the numbers of a column without lists.
pub(super) fn append(values: &mut Values, series: &Series) -> Result<(), Fault> {
    let failed = |error: PolarsError| damaged(&error);
    let wrong = |what: String| Fault::new(format!("holds {what}"), "give finite numbers of a usual size");
    match (values, series.dtype()) {
        (Values::Bytes(all), DataType::Boolean) => {
            all.extend(series.bool().map_err(failed)?.iter().map(|truth| u8::from(truth.unwrap_or_default())));
        }
        // Bytes, decoded as wider numbers.
        (Values::Bytes(all), DataType::Int32) => {
            for number in series.i32().map_err(failed)?.into_no_null_iter() {
                let byte = u8::try_from(number).map_err(|_| format!("{number}, beyond 8 bits,"));
                all.push(byte.map_err(wrong)?);
            }
        }
        (Values::Bytes(all), DataType::String) => {
            for word in series.str().map_err(failed)?.iter() {
                let word = word.unwrap_or_default();
                let place = SPLITS.iter().position(|split| *split == word).ok_or_else(|| {
                    Fault::new(format!("holds `{}`", crate::text::shortened(word)), "give train, validation or test")
                })?;
                all.push(place as u8);
            }
        }
        (Values::Singles(all), DataType::Float32) => {
            for number in series.f32().map_err(failed)?.into_no_null_iter() {
                all.push(finite(number).map_err(wrong)?);
            }
        }
        (Values::Singles(all), DataType::Float64) => {
            for number in series.f64().map_err(failed)?.into_no_null_iter() {
                all.push(single(number).map_err(wrong)?);
            }
        }
        (Values::Integers(all), _) => {
            let wide = series.cast(&DataType::Int64).map_err(failed)?;
            for number in wide.i64().map_err(failed)?.iter() {
                // What does not fit into 64 bits is null.
                all.push(narrow(number.unwrap_or(i64::MAX)).map_err(wrong)?);
            }
        }
        _ => return Err(Fault::new("changes its type", "write the file again")),
    }
    Ok(())
}
