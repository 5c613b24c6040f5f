//! Loops written out.

/// Writes a loop over `0..count` as so many copies of its body, each with a constant for the index; the count is a constant of at
/// most 8.
///
/// Arrays of vectors live in registers only where every index is a constant to the compiler from the start. A loop's becomes that
/// too late: loops are unrolled after the pass that puts arrays into registers, which runs a second time only with optimization
/// at link time, and that would make every build of this crate wait for all of it.
macro_rules! unroll {
    ($index:ident in 0..$count:tt $body:block) => {
        $crate::compute::kernel::unroll::unroll!($index, $count, $body, 0 1 2 3 4 5 6 7)
    };
    ($index:ident, $count:tt, $body:block, $($number:literal)*) => {{
        const { assert!($count <= 8, "more copies than are written out") };
        $(
            if $number < $count {
                let $index: usize = $number;
                $body
            }
        )*
    }};
}
pub(crate) use unroll;

#[cfg(test)]
mod tests {
    #[test]
    fn every_index_comes_once_and_in_order() {
        fn indices<const N: usize>() -> Vec<usize> {
            let mut indices = vec![];
            unroll!(index in 0..N { indices.push(index); });
            indices
        }
        assert!(indices::<0>().is_empty());
        assert_eq!(indices::<3>(), [0, 1, 2]);
        assert_eq!(indices::<8>(), [0, 1, 2, 3, 4, 5, 6, 7]);
    }
}
