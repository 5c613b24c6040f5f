//! The exponential of an antisymmetric matrix and its derivative.

use super::workspace::{Dense, Side, Workspace};
use crate::compute::kernel::MatrixKernels;

use Side::{Plain, Transposed};

/// Coefficients of a polynomial's part: of I, X, X² and X³.
type Part = [f64; 4];

/// The Taylor polynomial of degree 16 in four parts, Σ over k of part k · X⁴ᵏ (Paterson, Stockmeyer 1973, SIAM Journal on Computing
/// 2(1), p. 60), and the last coefficient, that of X¹⁶. All are positive and fall fast: in single precision nothing cancels, as it
/// does in polynomials with fewer products, whose coefficients have both signs and are larger than 1.
const PARTS: [Part; 4] = [
    [1.0, 1.0, 1.0 / 2.0, 1.0 / 6.0],
    [1.0 / 24.0, 1.0 / 120.0, 1.0 / 720.0, 1.0 / 5040.0],
    [1.0 / 40_320.0, 1.0 / 362_880.0, 1.0 / 3_628_800.0, 1.0 / 39_916_800.0],
    [1.0 / 479_001_600.0, 1.0 / 6_227_020_800.0, 1.0 / 87_178_291_200.0, 1.0 / 1_307_674_368_000.0],
];
const LAST: f64 = 1.0 / 20_922_789_888_000.0;

/// The largest norm for which the first term left out, norm¹⁷/17!, is below half a unit in the last place of 1: of f32 and f64.
const NORMS: [f64; 2] = [2.69, 0.82];

/// The values of an exponential that its derivative uses.
///
/// Even powers of X are symmetric, odd ones antisymmetric. So are the parts of their cotangents that count: one product does for what
/// otherwise takes two.
#[derive(Clone, Debug)]
pub(super) struct Exponential {
    size: usize,
    /// X, X², X³ and X⁴, of the scaled matrix.
    powers: [Dense; 4],
    /// The sums of Horner's rule, the innermost first, but for the last.
    sums: [Dense; 3],
    /// The polynomial's value, then its square, and so on, but for the last.
    squares: Vec<Dense>,
    squarings: usize,
    /// Cotangents of the sums, the outermost first, then of X⁴, X³ and X², and what is turned about.
    scratch: [Dense; 8],
}

impl Exponential {
    pub fn new<E: MatrixKernels>(workspace: &mut Workspace<E>, size: usize) -> Self {
        let mut matrix = || workspace.allocate(size, size);
        Self {
            size,
            powers: [0; 4].map(|_| matrix()),
            sums: [0; 3].map(|_| matrix()),
            squares: vec![],
            squarings: 0,
            scratch: [0; 8].map(|_| matrix()),
        }
    }

    /// exp(`from`), by scaling and squaring, for an antisymmetric `from`.
    pub fn apply<E: MatrixKernels>(&mut self, workspace: &mut Workspace<E>, out: Dense, from: Dense) {
        let [x, x2, x3, x4] = self.powers;
        let size = workspace.column_norm(from);
        self.squarings = 0;
        let mut halve = |norm: f64, most: f64| {
            let mut scale = 1.0;
            // Not for infinity or NaN, which no scaling helps.
            while norm.is_finite() && norm * scale > most {
                scale *= 0.5;
                self.squarings += 1;
            }
            scale
        };
        // By powers of two, so without rounding. First so far that no power overflows.
        let scale = halve(size, 256.0);
        workspace.combine(x, false, &[(scale, from)], 0.0);
        workspace.multiply(x2, false, (x, Plain), (x, Plain));
        workspace.multiply(x3, false, (x2, Plain), (x, Plain));
        workspace.multiply(x4, false, (x2, Plain), (x2, Plain));
        // What is left out is governed by the largest |eigenvalue|, which is no larger than ‖X⁴‖^(1/4).
        let (size, fourth) = (size * scale, libm::sqrt(libm::sqrt(workspace.frobenius_norm(x4))));
        let most = NORMS[usize::from(size_of::<E>() == size_of::<f64>())];
        let scale = halve(if fourth <= size { fourth } else { size }, most);
        if scale < 1.0 {
            let square = scale * scale;
            for (power, scale) in [(x, scale), (x2, square), (x3, square * scale), (x4, square * square)] {
                workspace.scale(power, scale, 0.0);
            }
        }
        while self.squares.len() < self.squarings {
            self.squares.push(workspace.allocate(self.size, self.size));
        }
        let result = |squares: &[Dense], k: usize| if k == self.squarings { out } else { squares[k] };
        let [inner, middle, outer] = self.sums;
        let start = |workspace: &mut Workspace<E>, to: Dense, part: usize| {
            let [one, first, second, third] = PARTS[part];
            workspace.combine(to, false, &[(first, x), (second, x2), (third, x3)], one);
        };
        start(workspace, inner, 3);
        workspace.combine(inner, true, &[(LAST, x4)], 0.0);
        for (to, from, part) in [(middle, inner, 2), (outer, middle, 1), (result(&self.squares, 0), outer, 0)] {
            start(workspace, to, part);
            workspace.multiply(to, true, (from, Plain), (x4, Plain));
        }
        for k in 0..self.squarings {
            let (square, root) = (result(&self.squares, k + 1), self.squares[k]);
            workspace.multiply(square, false, (root, Plain), (root, Plain));
        }
    }

    /// The vector–Jacobian product of the last [`apply`](Self::apply): adds to `to` the cotangent of what that was given, as far as it is
    /// antisymmetric, `cotangent` being that of its result.
    pub fn vjp<E: MatrixKernels>(&self, workspace: &mut Workspace<E>, cotangent: Dense, to: Dense) {
        let [x, x2, _, x4] = self.powers;
        let [mut g, mut other, by_inner, by_x4, by_x3, by_x2, by_x, turned] = self.scratch;
        workspace.combine(g, false, &[(1.0, cotangent)], 0.0);
        for root in self.squares[..self.squarings].iter().rev() {
            workspace.multiply(other, false, (g, Plain), (*root, Transposed));
            workspace.multiply(other, true, (*root, Transposed), (g, Plain));
            (g, other) = (other, g);
        }
        // Horner's rule backwards: each sum is a part and the next inner sum times X⁴.
        let [inner, middle, outer] = self.sums;
        let steps = [(g, outer, other), (other, middle, by_inner), (by_inner, inner, turned)];
        for (step, (by_sum, sum, next)) in steps.into_iter().enumerate() {
            workspace.multiply(next, false, (by_sum, Plain), (x4, Transposed));
            workspace.multiply(by_x4, step > 0, (sum, Transposed), (by_sum, Plain));
        }
        workspace.combine(by_x4, true, &[(LAST, turned)], 0.0);
        let by_sums = [g, other, by_inner, turned];
        for (power, by_power) in [(1, by_x), (2, by_x2), (3, by_x3)] {
            let terms: Vec<(f64, Dense)> = PARTS.iter().map(|part| part[power]).zip(by_sums).collect();
            workspace.combine(by_power, false, &terms, 0.0);
        }
        // X⁴ = X²·X², X³ = X²·X, X² = X·X.
        part(workspace, by_x4, 1.0, turned);
        workspace.multiply(turned, false, (by_x4, Plain), (x2, Plain));
        workspace.combine(by_x2, true, &[(2.0, turned)], 0.0);
        part(workspace, by_x3, -1.0, turned);
        workspace.multiply(by_x2, true, (by_x3, Plain), (x, Transposed));
        workspace.multiply(by_x, true, (x2, Transposed), (by_x3, Plain));
        part(workspace, by_x2, 1.0, turned);
        workspace.multiply(turned, false, (by_x2, Plain), (x, Transposed));
        workspace.combine(by_x, true, &[(2.0, turned)], 0.0);
        part(workspace, by_x, -1.0, turned);
        workspace.combine(to, true, &[(libm::ldexp(1.0, -(self.squarings as i32)), by_x)], 0.0);
    }
}

/// The symmetric part of `matrix` in its place, where `sign` is 1, or the antisymmetric one, where it is −1.
fn part<E: MatrixKernels>(workspace: &mut Workspace<E>, matrix: Dense, sign: f64, turned: Dense) {
    workspace.transpose(turned, matrix);
    workspace.scale(matrix, 0.5, 0.0);
    workspace.combine(matrix, true, &[(0.5 * sign, turned)], 0.0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compute::kernel::Isa;

    /// exp of `from` [size, size], row-major.
    fn exponential<E: MatrixKernels>(size: usize, from: &[f64]) -> Vec<f64> {
        let mut workspace: Workspace<E> = Workspace::new(Isa::Portable);
        let [given, out] = [0; 2].map(|_| workspace.allocate(size, size));
        workspace.set(given, &from.iter().map(|&number| E::narrow(number)).collect::<Vec<E>>());
        Exponential::new(&mut workspace, size).apply(&mut workspace, out, given);
        (0..size * size).map(|k| workspace.entry(out, k / size, k % size).widen()).collect()
    }

    /// A turn by θ in a plane, for every θ from 0 to 30 and beyond: sines, cosines and the angle.
    #[test]
    fn turns_are_by_the_angle() {
        fn largest<E: MatrixKernels>(bound: impl Fn(f64) -> f64) {
            for k in 0..4000 {
                let theta = f64::from(E::narrow(libm::exp(f64::from(k) * 0.0012)).widen() as f32) - 1.0;
                let [cos, minus, sin, also] = exponential::<E>(2, &[0.0, -theta, theta, 0.0])[..] else {
                    unreachable!("four entries")
                };
                // The turn that is left after one back by θ.
                let (c, s) = (libm::cos(theta), libm::sin(theta));
                let off = libm::atan2(sin * c - cos * s, cos * c + sin * s).abs();
                assert!(off <= bound(theta), "θ = {theta}: by {off:e} too far");
                assert!((cos - also).abs() <= bound(theta) && (sin + minus).abs() <= bound(theta), "θ = {theta}");
            }
        }
        largest::<f32>(|theta| 2e-7 * (1.0 + theta));
        largest::<f64>(|theta| 4e-16 * (1.0 + theta));
    }

    /// Turns in many planes at once, which are not those of the axes.
    #[test]
    fn turns_of_many_planes_are_near_those_of_double_precision() {
        const N: usize = 64;
        for largest in [0.5, 1.5, 2.5, 3.2, 3.3, 6.0, 20.0] {
            // H·B·H with B antisymmetric in pairs of axes and H the reflection along (1, 2, …)/‖·‖.
            let length = libm::sqrt((1..=N).map(|k| (k * k) as f64).sum());
            let v: Vec<f64> = (1..=N).map(|k| k as f64 / length).collect();
            let h = |i: usize, j: usize| f64::from(u8::from(i == j)) - 2.0 * v[i] * v[j];
            let angle = |pair: usize| largest * (1.0 - pair as f64 / N as f64);
            let entry = |i: usize, j: usize| -> f64 {
                (0..N / 2).map(|p| angle(p) * (h(i, 2 * p + 1) * h(2 * p, j) - h(i, 2 * p) * h(2 * p + 1, j))).sum()
            };
            let mut matrix = vec![0.0; N * N];
            for i in 0..N {
                for j in 0..i {
                    let number = f64::from(entry(i, j) as f32);
                    (matrix[i * N + j], matrix[j * N + i]) = (number, -number);
                }
            }
            let (single, double) = (exponential::<f32>(N, &matrix), exponential::<f64>(N, &matrix));
            let squares = single.iter().zip(&double).map(|(single, double)| (single - double) * (single - double));
            // The norm of the error bounds the error of every angle.
            let error = libm::sqrt(squares.sum());
            assert!(error <= 1e-6 * (2.0 + largest), "angles up to {largest}: {error:e}");
        }
    }
}
