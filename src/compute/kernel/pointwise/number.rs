//! One kernel per operation, element and instruction set.

use super::{Operation, Relation};
use crate::compute::kernel::{
    Isa,
    function::Elementary,
    lanes::Real,
    versions::{in_f64, versions},
};

/// A compiled operation: `to[i] ← f(a[i], b[i], c[i])` with parameters s and t for the first `count` numbers.
///
/// # Safety
///
/// The processor has the instruction set it was compiled for, `count` is a multiple of 16, `to` and the pointers that the
/// operation reads are to `count` numbers. Of pointers to the same numbers, nothing else is asked.
pub type Kernel<E> = unsafe fn(to: *mut E, a: *const E, b: *const E, c: *const E, s: E, t: E, count: usize);

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// A number that programs work on: f32 with the instruction set's vectors, f64, to test derivatives, without.
pub trait Number: Real + sealed::Sealed {
    /// The compiled operation.
    #[doc(hidden)]
    fn kernel(operation: Operation, isa: Isa) -> Kernel<Self>;
}

/// A function of lanes. Operations that read fewer than three numbers ignore the others.
trait Pointwise {
    /// The number of a, b, c that are read.
    const ARITY: usize;
    /// # Safety
    ///
    /// The contract of [`Lanes`].
    unsafe fn apply<L: Elementary>(a: L, b: L, c: L, s: L, t: L) -> L;
}

/// # Safety
///
/// The contract of [`Kernel`].
#[inline(always)]
unsafe fn each<P: Pointwise, L: Elementary>(
    to: *mut L::Element,
    a: *const L::Element,
    b: *const L::Element,
    c: *const L::Element,
    s: L::Element,
    t: L::Element,
    count: usize,
) {
    // SAFETY: COUNT divides 16, so that k + COUNT ≤ count; a pointer that may be to nothing is not read.
    unsafe {
        let (s, t) = (L::splat(s), L::splat(t));
        for k in (0..count).step_by(L::COUNT) {
            let read = |from: *const L::Element, position| if position < P::ARITY { L::load(from.add(k)) } else { s };
            P::apply(read(a, 0), read(b, 1), read(c, 2), s, t).store(to.add(k));
        }
    }
}

/// Defines a type for each operation.
macro_rules! operations {
    ($($name:ident $arity:literal |$a:ident, $b:ident, $c:ident, $s:ident, $t:ident| $value:expr;)*) => {$(
        struct $name;
        impl Pointwise for $name {
            const ARITY: usize = $arity;
            #[inline(always)]
            #[allow(unused_unsafe, reason = "two of them do nothing")]
            unsafe fn apply<L: Elementary>($a: L, $b: L, $c: L, $s: L, $t: L) -> L {
                // SAFETY: the caller's.
                unsafe { $value }
            }
        }
    )*};
}

operations! {
    Tanh 1 |a, _b, _c, _s, _t| a.tanh();
    Sigmoid 1 |a, _b, _c, _s, _t| a.sigmoid();
    Exp 1 |a, _b, _c, _s, _t| a.exp();
    ExpM1 1 |a, _b, _c, _s, _t| a.exp_m1();
    Ln 1 |a, _b, _c, _s, _t| a.ln();
    Ln1P 1 |a, _b, _c, _s, _t| a.ln_1p();
    Sqrt 1 |a, _b, _c, _s, _t| a.sqrt();
    Square 1 |a, _b, _c, _s, _t| a.mul(a);
    Abs 1 |a, _b, _c, _s, _t| a.abs();
    Sin 1 |a, _b, _c, _s, _t| a.sin();
    Cos 1 |a, _b, _c, _s, _t| a.cos();
    Copy 1 |a, _b, _c, _s, _t| a;
    Constant 0 |_a, _b, _c, s, _t| s;
    Affine 1 |a, _b, _c, s, t| a.mul_add(s, t);
    SquareAffine 1 |a, _b, _c, s, t| s.mul(a).mul_add(a, t);
    Add 2 |a, b, _c, _s, _t| a.add(b);
    Subtract 2 |a, b, _c, _s, _t| a.sub(b);
    Multiply 2 |a, b, _c, _s, _t| a.mul(b);
    Divide 2 |a, b, _c, _s, _t| a.div(b);
    MultiplyAdd 3 |a, b, c, _s, _t| a.mul_add(b, c);
    NegativeMultiplyAdd 3 |a, b, c, _s, _t| a.neg_mul_add(b, c);
    Less 3 |a, b, c, s, _t| b.select(a.lt(s), c);
    LessOrEqual 3 |a, b, c, s, _t| b.select(a.le(s), c);
    Greater 3 |a, b, c, s, _t| b.select(s.lt(a), c);
    GreaterOrEqual 3 |a, b, c, s, _t| b.select(s.le(a), c);
}

/// The table from operations to what `$compile!` makes of their types.
macro_rules! table {
    ($operation:expr, $compile:ident) => {
        match $operation {
            Operation::Tanh => $compile!(Tanh),
            Operation::Sigmoid => $compile!(Sigmoid),
            Operation::Exp => $compile!(Exp),
            Operation::ExpM1 => $compile!(ExpM1),
            Operation::Ln => $compile!(Ln),
            Operation::Ln1P => $compile!(Ln1P),
            Operation::Sqrt => $compile!(Sqrt),
            Operation::Square => $compile!(Square),
            Operation::Abs => $compile!(Abs),
            Operation::Sin => $compile!(Sin),
            Operation::Cos => $compile!(Cos),
            Operation::Copy => $compile!(Copy),
            Operation::Constant(_) | Operation::Scalar(_) => $compile!(Constant),
            Operation::Scale { .. } | Operation::Affine { .. } => $compile!(Affine),
            Operation::SquareAffine { .. } => $compile!(SquareAffine),
            Operation::Add => $compile!(Add),
            Operation::Subtract => $compile!(Subtract),
            Operation::Multiply => $compile!(Multiply),
            Operation::Divide => $compile!(Divide),
            Operation::MultiplyAdd => $compile!(MultiplyAdd),
            Operation::NegativeMultiplyAdd => $compile!(NegativeMultiplyAdd),
            Operation::Select { relation: Relation::Less, .. } => $compile!(Less),
            Operation::Select { relation: Relation::LessOrEqual, .. } => $compile!(LessOrEqual),
            Operation::Select { relation: Relation::Greater, .. } => $compile!(Greater),
            Operation::Select { relation: Relation::GreaterOrEqual, .. } => $compile!(GreaterOrEqual),
        }
    };
}

impl Number for f32 {
    fn kernel(operation: Operation, isa: Isa) -> Kernel<f32> {
        macro_rules! compile {
            ($name:ident) => {
                versions!(L => |to: *mut f32, a: *const f32, b: *const f32, c: *const f32, s: f32, t: f32, count: usize|
                    each::<$name, L>(to, a, b, c, s, t, count))
                .of(isa)
            };
        }
        table!(operation, compile)
    }
}

impl Number for f64 {
    fn kernel(operation: Operation, _: Isa) -> Kernel<f64> {
        macro_rules! compile {
            ($name:ident) => {
                in_f64!(L => |to: *mut f64, a: *const f64, b: *const f64, c: *const f64, s: f64, t: f64, count: usize|
                    each::<$name, L>(to, a, b, c, s, t, count))
            };
        }
        table!(operation, compile)
    }
}
