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

/// The axis along which neighbours in a file lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// As in C, and in memory.
    LastFastest,
    /// As in Fortran: of a transposed array.
    FirstFastest,
}

/// Numbers of a file that are still to be decoded.
struct Encoded<'a> {
    reader: &'a mut dyn Read,
    count: usize,
    dtype: DType,
    shape: &'a [usize],
    order: Order,
}

/// Reads an array of that type and shape from `reader`, a chunk at a time: nothing but the array itself is held.
pub(super) fn decode(reader: &mut dyn Read, dtype: DType, shape: &[usize], order: Order) -> Result<Array, Fault> {
    let count = room(dtype, shape)?;
    let encoded = Encoded { reader, count, dtype, shape, order };
    let values = match dtype {
        DType::Bool | DType::U8 => Values::Bytes(encoded.each(|bytes| Ok(bytes[0]))?),
        DType::F32 => Values::Singles(encoded.each(|b| finite(f32::from_le_bytes(array(b))))?),
        DType::F64 => Values::Singles(encoded.each(|b| single(f64::from_le_bytes(array(b))))?),
        _ => Values::Integers(encoded.each(|b| integer(dtype, b))?),
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

impl Encoded<'_> {
    /// The numbers that `convert` makes of the bytes of each, and the reason why one is none with its place.
    fn each<T: Clone + Default>(self, convert: impl Fn(&[u8]) -> Result<T, String>) -> Result<Vec<T>, Fault> {
        let Self { count, shape, order, .. } = self;
        let wrong = |what: String, at: usize| {
            Fault::new(format!("holds {what} at {}", place(shape, at)), "give finite numbers of a usual size")
        };
        let mut values: Vec<T> = vec![];
        values.try_reserve_exact(count).map_err(|_| {
            Fault::new(format!("is of the shape {shape:?}, for which there is not the memory"), "give fewer sequences")
        })?;
        // With one axis, or none that is longer than 1, both orders are the same.
        if order == Order::LastFastest || shape.iter().filter(|&&axis| axis != 1).count() <= 1 {
            self.numbers(|number| {
                let value = convert(number).map_err(|what| wrong(what, values.len()))?;
                values.push(value);
                Ok(())
            })?;
        } else {
            // Zeros take no memory until they are written to.
            values = vec![T::default(); count];
            let mut places = Transposed::new(shape);
            self.numbers(|number| {
                let at = places.advance();
                values[at] = convert(number).map_err(|what| wrong(what, at))?;
                Ok(())
            })?;
        }
        Ok(values)
    }

    /// Calls `take` with the bytes of each number.
    fn numbers(self, mut take: impl FnMut(&[u8]) -> Result<(), Fault>) -> Result<(), Fault> {
        let size = self.dtype.size();
        let mut buffer = vec![0; CHUNK.min(self.count.saturating_mul(size)).max(size)];
        let mut left = self.count;
        while left > 0 {
            let bytes = left.saturating_mul(size).min(buffer.len());
            self.reader.read_exact(&mut buffer[..bytes]).map_err(|error| broken(&error))?;
            buffer[..bytes].chunks_exact(size).try_for_each(&mut take)?;
            left -= bytes / size;
        }
        Ok(())
    }
}

/// The places in memory of numbers whose first axis varies fastest in the file.
struct Transposed<'a> {
    shape: &'a [usize],
    /// How far apart neighbours along each axis lie in memory.
    strides: Vec<usize>,
    index: Vec<usize>,
    at: usize,
}

impl<'a> Transposed<'a> {
    fn new(shape: &'a [usize]) -> Self {
        let mut strides = vec![1; shape.len()];
        for axis in (1..shape.len()).rev() {
            strides[axis - 1] = strides[axis] * shape[axis];
        }
        Self { shape, strides, index: vec![0; shape.len()], at: 0 }
    }

    /// The place of the next number.
    fn advance(&mut self) -> usize {
        let place = self.at;
        for (axis, index) in self.index.iter_mut().enumerate() {
            *index += 1;
            self.at += self.strides[axis];
            if *index < self.shape[axis] {
                break;
            }
            self.at -= *index * self.strides[axis];
            *index = 0;
        }
        place
    }
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

pub(super) fn finite(number: f32) -> Result<f32, String> {
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
