//! Types of numbers in files.

use safetensors::Dtype;

use super::fault::Fault;

/// A type of numbers that can be read, little-endian where it has several bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DType {
    Bool,
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F32,
    F64,
}

const READABLE: &str = "save it as bool, int8 to int64, uint8 to uint64, float32 or float64";

impl DType {
    /// Bytes of one number.
    pub fn size(self) -> usize {
        match self {
            Self::Bool | Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }

    /// Bytes of one number in memory, where values are kept in another type.
    pub fn size_in_memory(self) -> usize {
        match self {
            Self::Bool | Self::U8 => 1,
            _ => 4,
        }
    }

    /// The type that NumPy describes so, such as `<f4`.
    pub fn of_numpy(description: &str) -> Result<Self, Fault> {
        let wrong = |message: &str, help: &str| Err(Fault::new(format!("{message} (`{description}`)"), help));
        let mut letters = description.chars();
        let (order, kind) = (letters.next().unwrap_or(' '), letters.next().unwrap_or(' '));
        let size = letters.as_str();
        if order == '>' && size != "1" {
            return wrong("is big-endian", "save it as `x.astype(x.dtype.newbyteorder('<'))`");
        }
        Ok(match (kind, size) {
            ('b', "1") => Self::Bool,
            ('u', "1") => Self::U8,
            ('u', "2") => Self::U16,
            ('u', "4") => Self::U32,
            ('u', "8") => Self::U64,
            ('i', "1") => Self::I8,
            ('i', "2") => Self::I16,
            ('i', "4") => Self::I32,
            ('i', "8") => Self::I64,
            ('f', "4") => Self::F32,
            ('f', "8") => Self::F64,
            ('O', _) => return wrong("holds Python objects", "make it one array of numbers of one shape"),
            ('S' | 'U' | 'V', _) => {
                return wrong("holds text or records", "give numbers: a class or token is its number");
            }
            ('c', _) => return wrong("holds complex numbers", "give the real and the imaginary part as two features"),
            ('f', _) => return wrong("is of a float type that is not read", "save it as float32"),
            _ => return wrong("is of a type that is not read", READABLE),
        })
    }

    /// The type that safetensors calls so.
    pub fn of_safetensors(dtype: Dtype) -> Result<Self, Fault> {
        Ok(match dtype {
            Dtype::BOOL => Self::Bool,
            Dtype::U8 => Self::U8,
            Dtype::I8 => Self::I8,
            Dtype::U16 => Self::U16,
            Dtype::I16 => Self::I16,
            Dtype::U32 => Self::U32,
            Dtype::I32 => Self::I32,
            Dtype::U64 => Self::U64,
            Dtype::I64 => Self::I64,
            Dtype::F32 => Self::F32,
            Dtype::F64 => Self::F64,
            other => return Err(Fault::new(format!("is of the type {other:?}, which is not read"), READABLE)),
        })
    }
}
