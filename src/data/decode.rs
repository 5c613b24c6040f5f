//! From a stream of bytes to numbers in memory.

use std::io::{ErrorKind, Read};

use super::{
    array::{Array, Values, place},
    dtype::DType,
    fault::Fault,
    memory::available_memory,
};

/// Bytes that are decoded at a time: a multiple of every type's size.
const CHUNK: usize = 1 << 16;

/// Reads an array of that type and shape from `reader`, a chunk at a time: nothing but the array itself is held.
pub(super) fn decode(reader: &mut dyn Read, dtype: DType, shape: &[usize]) -> Result<Array, Fault> {
    let count = room(dtype, shape)?;
    let values = match dtype {
        DType::Bool | DType::U8 => Values::Bytes(each(reader, count, dtype, shape, |bytes| Ok(bytes[0]))?),
        DType::F32 => Values::Singles(each(reader, count, dtype, shape, |b| finite(f32::from_le_bytes(array(b))))?),
        DType::F64 => Values::Singles(each(reader, count, dtype, shape, |b| single(f64::from_le_bytes(array(b))))?),
        _ => Values::Integers(each(reader, count, dtype, shape, |b| integer(dtype, b))?),
    };
    Ok(Array { shape: shape.to_vec(), values })
}

/// How many numbers an array has, if there is memory for them.
pub(super) fn room(dtype: DType, shape: &[usize]) -> Result<usize, Fault> {
    let count = shape.iter().try_fold(1_usize, |count, &axis| count.checked_mul(axis));
    let bytes = count.and_then(|count| count.checked_mul(dtype.size_in_memory().max(dtype.size())));
    let most = available_memory().unwrap_or(u64::MAX).min(isize::MAX as u64);
    match (count, bytes) {
        (Some(count), Some(bytes)) if bytes as u64 <= most => Ok(count),
        _ => {
            let message = format!("is of the shape {shape:?}, for which this machine has not the memory");
            Err(Fault::new(message, "give fewer sequences or features, or a smaller type"))
        }
    }
}

/// The numbers that `convert` makes of the bytes of each, and the reason why one is none with its place.
fn each<T>(
    reader: &mut dyn Read,
    count: usize,
    dtype: DType,
    shape: &[usize],
    convert: impl Fn(&[u8]) -> Result<T, String>,
) -> Result<Vec<T>, Fault> {
    let size = dtype.size();
    let mut values: Vec<T> = vec![];
    values.try_reserve_exact(count).map_err(|_| {
        Fault::new(format!("is of the shape {shape:?}, for which there is not the memory"), "give fewer sequences")
    })?;
    let mut buffer = vec![0; CHUNK.min(count.saturating_mul(size)).max(size)];
    while values.len() < count {
        let bytes = (count - values.len()).saturating_mul(size).min(buffer.len());
        reader.read_exact(&mut buffer[..bytes]).map_err(|error| broken(&error))?;
        for number in buffer[..bytes].chunks_exact(size) {
            let value = convert(number);
            let at = values.len();
            values.push(value.map_err(|what| {
                Fault::new(format!("holds {what} at {}", place(shape, at)), "give finite numbers of a usual size")
            })?);
        }
    }
    Ok(values)
}

/// The fault of a stream that ends early or cannot be unpacked.
pub(super) fn broken(error: &std::io::Error) -> Fault {
    let message = match error.kind() {
        ErrorKind::UnexpectedEof => "ends before its last number".to_owned(),
        _ => format!("cannot be read ({error})"),
    };
    Fault::new(message, "save the file again")
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    std::array::from_fn(|k| bytes[k])
}

fn finite(number: f32) -> Result<f32, String> {
    if number.is_finite() { Ok(number) } else { Err(number.to_string()) }
}

pub(super) fn single(number: f64) -> Result<f32, String> {
    if number.is_finite() && (number as f32).is_infinite() {
        return Err(format!("{number:e}, beyond single precision,"));
    }
    finite(number as f32)
}

fn integer(dtype: DType, b: &[u8]) -> Result<i32, String> {
    let wide = match dtype {
        DType::I8 => i64::from(i8::from_le_bytes(array(b))),
        DType::U16 => u16::from_le_bytes(array(b)).into(),
        DType::I16 => i16::from_le_bytes(array(b)).into(),
        DType::U32 => u32::from_le_bytes(array(b)).into(),
        DType::I32 => i32::from_le_bytes(array(b)).into(),
        DType::U64 => i64::try_from(u64::from_le_bytes(array(b))).unwrap_or(i64::MAX),
        _ => i64::from_le_bytes(array(b)),
    };
    narrow(wide)
}

pub(super) fn narrow(number: i64) -> Result<i32, String> {
    i32::try_from(number).map_err(|_| format!("{number}, beyond 32 bits,"))
}
