//! Eigenvalues of real square matrices in f64: plain loops in a fixed order, the same bits on every machine.
//!
//! Users are initializers that set a spectral radius and probes of recurrent matrices and Jacobians. The
//! method is the classic one (Golub, Van Loan, Matrix Computations, 4th edition, algorithms 7.4.2 and 7.5.1): Householder
//! reflections to Hessenberg form, then Francis's implicitly double-shifted QR steps with deflation. It is backward stable:
//! the numbers are eigenvalues of a matrix within a few rounding errors of ‖A‖ of the given one. About 10·n³ operations: on one
//! core of a server 5 ms at n = 128, 0.7 s at 512, 5 s at 1024.

/// A complex number, one of a spectrum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Eigenvalue {
    /// The real part.
    pub re: f64,
    /// The imaginary part.
    pub im: f64,
}

impl Eigenvalue {
    /// |λ|.
    pub fn modulus(self) -> f64 {
        libm::hypot(self.re, self.im)
    }
}

/// QR steps for one eigenvalue before giving up; two or three are usual.
const MOST_STEPS: usize = 300;

/// All eigenvalues of `matrix`, row-major \[size, size\], each as often as it counts, the largest |λ| first. None if an entry is
/// not finite (or, which no known matrix brings about, if the iteration does not end).
///
/// # Panics
/// If `matrix` has not `size`² entries.
pub fn eigenvalues(matrix: &[f64], size: usize) -> Option<Vec<Eigenvalue>> {
    assert_eq!(matrix.len(), size * size, "the matrix is not square");
    if !matrix.iter().all(|entry| entry.is_finite()) {
        return None;
    }
    // A power of two scales the largest entry to near 1, so that no square overflows or vanishes.
    let largest = matrix.iter().fold(0.0, |largest: f64, entry| largest.max(entry.abs()));
    let exponent = if largest > 0.0 { libm::frexp(largest).1 } else { 0 };
    let scaled = matrix.iter().map(|&entry| libm::ldexp(entry, -exponent)).collect();
    let mut hessenberg = Square { entries: scaled, size };
    hessenberg.reduce();
    let mut found = hessenberg.iterate()?;
    for value in &mut found {
        *value = Eigenvalue { re: libm::ldexp(value.re, exponent), im: libm::ldexp(value.im, exponent) };
    }
    found.sort_by(|a, b| {
        let by_modulus = b.modulus().total_cmp(&a.modulus());
        by_modulus.then(b.re.total_cmp(&a.re)).then(b.im.total_cmp(&a.im))
    });
    Some(found)
}

/// The largest |λ| of `matrix`, row-major \[size, size\]; 0 for an empty one. None as for [`eigenvalues`].
///
/// # Panics
/// If `matrix` has not `size`² entries.
pub fn spectral_radius(matrix: &[f64], size: usize) -> Option<f64> {
    Some(eigenvalues(matrix, size)?.first().map_or(0.0, |largest| largest.modulus()))
}

struct Square {
    entries: Vec<f64>,
    size: usize,
}

impl Square {
    fn at(&self, row: usize, column: usize) -> f64 {
        self.entries[row * self.size + column]
    }

    fn put(&mut self, row: usize, column: usize, value: f64) {
        self.entries[row * self.size + column] = value;
    }

    /// Brings the matrix to Hessenberg form, with zeros below the first subdiagonal, by similarities.
    fn reduce(&mut self) {
        for column in 0..self.size.saturating_sub(2) {
            let first = column + 1;
            let below: Vec<f64> = (first..self.size).map(|row| self.at(row, column)).collect();
            let Some(v) = reflector(&below) else { continue };
            self.reflect_rows(&v, first, column, self.size);
            self.reflect_columns(&v, first, 0, self.size);
            (first + 1..self.size).for_each(|row| self.put(row, column, 0.0));
        }
    }

    /// (I − v·vᵀ)·A on the rows from `first` on, in columns `from` to `to`.
    fn reflect_rows(&mut self, v: &[f64], first: usize, from: usize, to: usize) {
        let mut products = vec![0.0; to - from];
        for (k, x) in v.iter().enumerate() {
            let row = &self.entries[(first + k) * self.size..][from..to];
            products.iter_mut().zip(row).for_each(|(product, entry)| *product += x * entry);
        }
        for (k, x) in v.iter().enumerate() {
            let row = &mut self.entries[(first + k) * self.size..][from..to];
            row.iter_mut().zip(&products).for_each(|(entry, product)| *entry -= x * product);
        }
    }

    /// A·(I − v·vᵀ) on the columns from `first` on, in rows `from` to `to`.
    fn reflect_columns(&mut self, v: &[f64], first: usize, from: usize, to: usize) {
        for row in from..to {
            let row = &mut self.entries[row * self.size + first..][..v.len()];
            let product: f64 = row.iter().zip(v).map(|(entry, x)| entry * x).sum();
            row.iter_mut().zip(v).for_each(|(entry, x)| *entry -= product * x);
        }
    }

    /// The eigenvalues of a Hessenberg matrix, which is used up.
    fn iterate(&mut self) -> Option<Vec<Eigenvalue>> {
        let mut found = Vec::with_capacity(self.size);
        // What is left is the block before `end`.
        let mut end = self.size;
        let mut steps = 0;
        while end > 0 {
            let start = self.deflate(end);
            match end - start {
                1 => found.push(Eigenvalue { re: self.at(start, start), im: 0.0 }),
                2 => found.extend(self.pair(start)),
                _ if steps == MOST_STEPS => return None,
                _ => {
                    steps += 1;
                    self.francis(start, end, steps % 10 == 0);
                    continue;
                }
            }
            (end, steps) = (start, 0);
        }
        Some(found)
    }

    /// The first row of the last block before `end` that no negligible subdiagonal entry divides.
    fn deflate(&mut self, end: usize) -> usize {
        let mut start = end - 1;
        while start > 0 {
            let neighbours = self.at(start - 1, start - 1).abs() + self.at(start, start).abs();
            // Entries are at most near 1.
            let scale = if neighbours > 0.0 { neighbours } else { 1.0 };
            if self.at(start, start - 1).abs() <= f64::EPSILON * scale {
                self.put(start, start - 1, 0.0);
                break;
            }
            start -= 1;
        }
        start
    }

    /// The eigenvalues of the 2×2 block at `start`, without cancellation.
    fn pair(&self, start: usize) -> [Eigenvalue; 2] {
        let (a, b) = (self.at(start, start), self.at(start, start + 1));
        let (c, d) = (self.at(start + 1, start), self.at(start + 1, start + 1));
        let half = 0.5 * (a - d);
        let square = half * half + b * c;
        if square >= 0.0 {
            let far = half + if half < 0.0 { -libm::sqrt(square) } else { libm::sqrt(square) };
            let near = if far == 0.0 { 0.0 } else { -b * c / far };
            return [d + far, d + near].map(|re| Eigenvalue { re, im: 0.0 });
        }
        let (re, im) = (0.5 * (a + d), libm::sqrt(-square));
        [im, -im].map(|im| Eigenvalue { re, im })
    }

    /// One double-shifted QR step on the block from `start` to `end`, of three rows at least. An `unusual` shift breaks cycles.
    fn francis(&mut self, start: usize, end: usize, unusual: bool) {
        let last = end - 1;
        let (sum, product) = if unusual {
            let size = self.at(last, last - 1).abs() + self.at(last - 1, last - 2).abs();
            (1.5 * size, size * size)
        } else {
            let (a, d) = (self.at(last - 1, last - 1), self.at(last, last));
            (a + d, a * d - self.at(last - 1, last) * self.at(last, last - 1))
        };
        let (a, below) = (self.at(start, start), self.at(start + 1, start));
        // The first column of (A − σ₁)(A − σ₂).
        let mut bulge = [
            a * a + self.at(start, start + 1) * below - sum * a + product,
            below * (a + self.at(start + 1, start + 1) - sum),
            below * self.at(start + 2, start + 1),
        ];
        for k in start..last {
            let count = 3.min(end - k);
            if k > start {
                (0..count).for_each(|row| bulge[row] = self.at(k + row, k - 1));
            }
            let Some(v) = reflector(&bulge[..count]) else { continue };
            self.reflect_rows(&v, k, if k > start { k - 1 } else { start }, end);
            self.reflect_columns(&v, k, start, end.min(k + 4));
            if k > start {
                (1..count).for_each(|row| self.put(k + row, k - 1, 0.0));
            }
        }
    }
}

/// v with |v|² = 2, such that I − v·vᵀ maps `x` onto its first axis; None if it lies there already.
fn reflector(x: &[f64]) -> Option<Vec<f64>> {
    let largest = x[1..].iter().fold(0.0, |largest: f64, x| largest.max(x.abs()));
    if largest == 0.0 {
        return None;
    }
    // Scaled, for squares of small numbers vanish.
    let scale = largest.max(x[0].abs());
    let mut v: Vec<f64> = x.iter().map(|x| x / scale).collect();
    let norm = libm::sqrt(v.iter().map(|x| x * x).sum());
    v[0] += if v[0] < 0.0 { -norm } else { norm };
    let length = libm::sqrt(0.5 * v.iter().map(|x| x * x).sum::<f64>());
    v.iter_mut().for_each(|x| *x /= length);
    Some(v)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::{Purpose, stream};

    fn random(size: usize, address: u64) -> Vec<f64> {
        let mut draws = stream(3, Purpose::Init, &[]).at(address);
        (0..size * size).map(|_| draws.normal()).collect()
    }

    fn product(a: &[f64], b: &[f64], size: usize) -> Vec<f64> {
        let entry = |k: usize| (0..size).map(|j| a[k / size * size + j] * b[j * size + k % size]).sum();
        (0..size * size).map(entry).collect()
    }

    fn trace(a: &[f64], size: usize) -> f64 {
        (0..size).map(|k| a[k * size + k]).sum()
    }

    /// The largest distance of a found number to the nearest wanted one that no other has taken.
    fn distance(found: &[Eigenvalue], wanted: &[(f64, f64)]) -> f64 {
        assert_eq!(found.len(), wanted.len());
        let mut left = wanted.to_vec();
        let mut largest: f64 = 0.0;
        for value in found {
            let to = |wanted: &(f64, f64)| libm::hypot(value.re - wanted.0, value.im - wanted.1);
            let nearest = (0..left.len()).min_by(|&a, &b| to(&left[a]).total_cmp(&to(&left[b]))).expect("one is left");
            let distance = to(&left.swap_remove(nearest));
            assert!(distance.is_finite());
            largest = largest.max(distance);
        }
        largest
    }

    /// The size of a matrix, its entries, its eigenvalues.
    type Known = (usize, Vec<f64>, Vec<(f64, f64)>);

    #[test]
    fn matrices_of_known_spectrum() {
        let third = 1.0 / 3.0;
        let root = libm::sqrt(0.75);
        let cases: Vec<Known> = vec![
            (0, vec![], vec![]),
            (1, vec![-2.5], vec![(-2.5, 0.0)]),
            (2, vec![0.0, 1.0, -1.0, 0.0], vec![(0.0, 1.0), (0.0, -1.0)]),
            (2, vec![1.0, 1e9, 0.0, 2.0], vec![(1.0, 0.0), (2.0, 0.0)]),
            // A permutation, on which the usual shifts stand still: the cube roots of 1.
            (3, vec![0., 0., 1., 1., 0., 0., 0., 1., 0.], vec![(1.0, 0.0), (-0.5, root), (-0.5, -root)]),
            // Upper triangular, and one of rank 1.
            (3, vec![3., 4., 5., 0., -1., 6., 0., 0., 0.5], vec![(3.0, 0.0), (-1.0, 0.0), (0.5, 0.0)]),
            (3, vec![third; 9], vec![(1.0, 0.0), (0.0, 0.0), (0.0, 0.0)]),
            (3, vec![0.0; 9], vec![(0.0, 0.0); 3]),
        ];
        for (size, matrix, wanted) in cases {
            let found = eigenvalues(&matrix, size).expect("finite");
            assert!(distance(&found, &wanted) <= 1e-14, "{matrix:?}: {found:?}");
        }
    }

    /// P·D·P⁻¹ for blocks D of known spectrum, with P a product of reflections.
    #[test]
    fn orthogonal_similarities_keep_the_spectrum() {
        for size in [4, 7, 16, 65] {
            let mut matrix = vec![0.0; size * size];
            let mut wanted = vec![];
            for k in (0..size - 1).step_by(2) {
                let (radius, angle) = (1.0 + k as f64 / size as f64, 0.3 + k as f64);
                let (re, im) = (radius * libm::cos(angle), radius * libm::sin(angle));
                for (row, column, entry) in [(k, k, re), (k, k + 1, im), (k + 1, k, -im), (k + 1, k + 1, re)] {
                    matrix[row * size + column] = entry;
                }
                wanted.extend([(re, im), (re, -im)]);
            }
            if size % 2 == 1 {
                matrix[size * size - 1] = 0.25;
                wanted.push((0.25, 0.0));
            }
            let mut square = Square { entries: matrix, size };
            for v in random(size, 9).chunks(size) {
                let length = libm::sqrt(0.5 * v.iter().map(|x| x * x).sum::<f64>());
                let v: Vec<f64> = v.iter().map(|x| x / length).collect();
                square.reflect_rows(&v, 0, 0, size);
                square.reflect_columns(&v, 0, 0, size);
            }
            let found = eigenvalues(&square.entries, size).expect("finite");
            assert!(distance(&found, &wanted) <= 1e-12, "{size}: {:e}", distance(&found, &wanted));
            let largest = wanted.iter().map(|&(re, im)| libm::hypot(re, im)).fold(0.0, f64::max);
            let radius = spectral_radius(&square.entries, size).expect("finite");
            assert!((radius - largest).abs() <= 1e-12, "{size}: {radius}, not {largest}");
        }
    }

    /// Σλ = tr A, Σλ² = tr A², Σλ³ = tr A³, and numbers that are not real come in conjugate pairs.
    #[test]
    fn random_matrices_have_the_right_moments() {
        for size in [1, 2, 3, 5, 20, 64] {
            for (address, scale) in [(0, 1.0), (1, 1e-150), (2, 1e150)] {
                let matrix: Vec<f64> = random(size, address).iter().map(|entry| entry * scale).collect();
                let found = eigenvalues(&matrix, size).expect("finite");
                let unit: Vec<f64> = matrix.iter().map(|entry| entry / scale).collect();
                let square = product(&unit, &unit, size);
                let cube = product(&square, &unit, size);
                let mut sums = [(0.0, 0.0); 3];
                for value in &found {
                    let (re, im) = (value.re / scale, value.im / scale);
                    let (mut x, mut y) = (re, im);
                    for sum in &mut sums {
                        *sum = (sum.0 + x, sum.1 + y);
                        (x, y) = (x * re - y * im, x * im + y * re);
                    }
                }
                for (power, (sum, matrix)) in sums.iter().zip([&unit, &square, &cube]).enumerate() {
                    let bound = 1e-12 * libm::pow(size as f64, 0.5 * power as f64 + 1.5);
                    let wanted = trace(matrix, size);
                    let close = (sum.0 - wanted).abs() <= bound && sum.1.abs() <= bound;
                    assert!(close, "{size}, {scale:e}, power {}: {sum:?}, not {wanted}", power + 1);
                }
                assert!(found.windows(2).all(|pair| pair[0].modulus() >= pair[1].modulus()));
            }
        }
    }

    #[test]
    fn a_number_that_is_not_finite_has_no_spectrum() {
        for entry in [f64::NAN, f64::INFINITY] {
            assert_eq!(eigenvalues(&[1.0, 0.0, entry, 1.0], 2), None);
            assert_eq!(spectral_radius(&[entry], 1), None);
        }
    }
}
