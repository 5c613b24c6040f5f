//! An array in memory.

/// Numbers in an array's own order, in the type that holds them at the least cost.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Truth values and unsigned bytes.
    Bytes(Vec<u8>),
    /// Other integers.
    Integers(Vec<i32>),
    /// Floats, rounded to the single precision in which networks are trained.
    Singles(Vec<f32>),
}

/// An array of numbers, its last axis the one that varies fastest.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// The length of each axis.
    pub shape: Vec<usize>,
    /// The numbers, as many as the product of the shape.
    pub values: Values,
}

impl Values {
    /// How many numbers there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Bytes(values) => values.len(),
            Self::Integers(values) => values.len(),
            Self::Singles(values) => values.len(),
        }
    }

    /// Whether there is no number.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the numbers are integers by their type.
    pub fn are_integers(&self) -> bool {
        !matches!(self, Self::Singles(_))
    }

    /// Number `index`, in single precision.
    ///
    /// # Panics
    /// When there is no such number.
    pub fn single(&self, index: usize) -> f32 {
        match self {
            Self::Bytes(values) => values[index].into(),
            Self::Integers(values) => values[index] as f32,
            Self::Singles(values) => values[index],
        }
    }

    /// Number `index` as an integer; a float loses its fraction.
    ///
    /// # Panics
    /// When there is no such number.
    pub fn integer(&self, index: usize) -> i64 {
        match self {
            Self::Bytes(values) => values[index].into(),
            Self::Integers(values) => values[index].into(),
            Self::Singles(values) => values[index] as i64,
        }
    }
}

impl Array {
    /// The place of the number `index` as it is written in NumPy: `[3, 17]`.
    pub fn place(&self, index: usize) -> String {
        place(&self.shape, index)
    }
}

/// The place of number `index` of an array of that shape.
pub(super) fn place(shape: &[usize], index: usize) -> String {
    let mut rest = index;
    let mut axes: Vec<String> = vec![];
    for &length in shape.iter().rev() {
        axes.push((rest % length.max(1)).to_string());
        rest /= length.max(1);
    }
    axes.reverse();
    format!("[{}]", axes.join(", "))
}
