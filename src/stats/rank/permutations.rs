//! Sums of products under all permutations of one side.

/// Σ `left[i]`·`right[π(i)]` of every permutation π.
pub(super) fn products(left: &[f64], right: &[f64]) -> Vec<f64> {
    let mut sums = vec![];
    let mut order = right.to_vec();
    descend(left, &mut order, 0, 0.0, &mut sums);
    sums
}

fn descend(left: &[f64], order: &mut [f64], at: usize, sum: f64, sums: &mut Vec<f64>) {
    if at == left.len() {
        return sums.push(sum);
    }
    for other in at..order.len() {
        order.swap(at, other);
        descend(left, order, at + 1, sum + left[at] * order[at], sums);
        order.swap(at, other);
    }
}

/// n!, the number of permutations.
pub(super) fn factorial(n: usize) -> f64 {
    (2..=n).fold(1.0, |product, factor| product * factor as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permutation_is_there_once() {
        let mut sums = products(&[1.0, 10.0, 100.0], &[1.0, 2.0, 3.0]);
        sums.sort_by(f64::total_cmp);
        assert_eq!(sums, [123.0, 132.0, 213.0, 231.0, 312.0, 321.0]);
        assert_eq!((products(&[], &[]), factorial(0), factorial(5)), (vec![0.0], 1.0, 120.0));
    }
}
