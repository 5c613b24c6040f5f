//! The exponential of a matrix and its derivative.

use super::workspace::{Dense, Side, Workspace};
use crate::compute::kernel::MatrixKernels;

use Side::{Plain, Transposed};

/// The Taylor polynomial of degree 18 by five products (Bader, Blanes, Casas 2019, Mathematics 7(12), 1174, table 3): with the
/// rows b₀ to b₄ as coefficients of I, X, X², X³ and X⁶, P = b₀·b₄ + b₃ and exp X ≈ b₁ + (b₂ + P)·P.
const COEFFICIENTS: [[f64; 5]; 5] = [
    [0.0, -0.100_365_581_030_144_62, -0.008_029_246_482_411_57, -0.000_892_138_498_045_73, 0.0],
    [0.0, 0.397_849_749_499_645_1, 1.367_837_784_604_117_2, 0.498_289_622_525_382_67, -0.000_637_898_194_594_723_3],
    [
        -10.967_639_605_296_206,
        1.680_158_138_789_062,
        0.057_177_984_647_886_55,
        -0.006_982_101_224_880_521,
        0.000_033_497_501_708_607_05,
    ],
    [
        -0.090_431_683_239_081_06,
        -0.067_640_451_907_138_19,
        0.067_596_130_177_045_97,
        0.029_555_257_042_931_552,
        -0.000_013_918_025_751_606_07,
    ],
    [0.0, 0.0, -0.092_336_461_936_711_86, -0.016_936_493_900_208_172, -0.000_014_008_679_818_203_61],
];

/// The largest norm for which the first term left out, norm¹⁹/19!, is below half a unit in the last place of 1: of f32 and f64.
const NORMS: [f64; 2] = [3.3, 1.14];

/// The values of an exponential that its derivative uses.
#[derive(Clone, Debug)]
pub(super) struct Exponential {
    size: usize,
    /// X, X², X³ and X⁶, of the scaled matrix.
    powers: [Dense; 4],
    /// b₀ to b₄, then P and b₂ + P.
    parts: [Dense; 5],
    polynomial: Dense,
    factor: Dense,
    /// The polynomial's value, then its square, and so on, but for the last.
    squares: Vec<Dense>,
    squarings: usize,
    /// Cotangents of parts, as many as are needed at a time.
    scratch: [Dense; 10],
}

impl Exponential {
    pub fn new<E: MatrixKernels>(workspace: &mut Workspace<E>, size: usize) -> Self {
        let mut matrix = || workspace.allocate(size, size);
        Self {
            size,
            powers: [0; 4].map(|_| matrix()),
            parts: [0; 5].map(|_| matrix()),
            polynomial: matrix(),
            factor: matrix(),
            squares: vec![],
            squarings: 0,
            scratch: [0; 10].map(|_| matrix()),
        }
    }

    /// exp(`from`), by scaling and squaring.
    pub fn apply<E: MatrixKernels>(&mut self, workspace: &mut Workspace<E>, out: Dense, from: Dense) {
        let [x, x2, x3, x6] = self.powers;
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
        workspace.multiply(x6, false, (x3, Plain), (x3, Plain));
        // What is left out is governed by ‖X⁶‖^(1/6), which is near the largest |eigenvalue|, and less than ‖X‖.
        let (size, sixth) = (size * scale, libm::cbrt(libm::sqrt(workspace.frobenius_norm(x6))));
        let scale =
            halve(if sixth <= size { sixth } else { size }, NORMS[usize::from(size_of::<E>() == size_of::<f64>())]);
        if scale < 1.0 {
            let (square, cube) = (scale * scale, scale * scale * scale);
            for (power, scale) in [(x, scale), (x2, square), (x3, cube), (x6, cube * cube)] {
                workspace.scale(power, scale, 0.0);
            }
        }
        for (part, row) in self.parts.into_iter().zip(COEFFICIENTS) {
            let terms: Vec<(f64, Dense)> =
                row[1..].iter().copied().zip(self.powers).filter(|(factor, _)| *factor != 0.0).collect();
            workspace.combine(part, false, &terms, row[0]);
        }
        let [b0, b1, b2, b3, b4] = self.parts;
        workspace.combine(self.polynomial, false, &[(1.0, b3)], 0.0);
        workspace.multiply(self.polynomial, true, (b0, Plain), (b4, Plain));
        workspace.combine(self.factor, false, &[(1.0, b2), (1.0, self.polynomial)], 0.0);
        while self.squares.len() < self.squarings {
            self.squares.push(workspace.allocate(self.size, self.size));
        }
        let result = |squares: &[Dense], k: usize| if k == self.squarings { out } else { squares[k] };
        let first = result(&self.squares, 0);
        workspace.combine(first, false, &[(1.0, b1)], 0.0);
        workspace.multiply(first, true, (self.factor, Plain), (self.polynomial, Plain));
        for k in 0..self.squarings {
            let (square, root) = (result(&self.squares, k + 1), self.squares[k]);
            workspace.multiply(square, false, (root, Plain), (root, Plain));
        }
    }

    /// The vector–Jacobian product of the last [`apply`](Self::apply): adds to `to` the cotangent of what that was given, `cotangent`
    /// being that of its result.
    pub fn vjp<E: MatrixKernels>(&self, workspace: &mut Workspace<E>, cotangent: Dense, to: Dense) {
        let [x, x2, x3, _] = self.powers;
        let [mut g, mut other, factor, polynomial, left, right, by_x6, by_x3, by_x2, by_x] = self.scratch;
        workspace.combine(g, false, &[(1.0, cotangent)], 0.0);
        for root in self.squares[..self.squarings].iter().rev() {
            workspace.multiply(other, false, (g, Plain), (*root, Transposed));
            workspace.multiply(other, true, (*root, Transposed), (g, Plain));
            (g, other) = (other, g);
        }
        // exp X = b₁ + (b₂ + P)·P, P = b₃ + b₀·b₄.
        workspace.multiply(factor, false, (g, Plain), (self.polynomial, Transposed));
        workspace.combine(polynomial, false, &[(1.0, factor)], 0.0);
        workspace.multiply(polynomial, true, (self.factor, Transposed), (g, Plain));
        let [b0, .., b4] = self.parts;
        workspace.multiply(left, false, (polynomial, Plain), (b4, Transposed));
        workspace.multiply(right, false, (b0, Transposed), (polynomial, Plain));
        let cotangents = [left, g, factor, polynomial, right];
        let by_power = |power: usize| -> Vec<(f64, Dense)> {
            let rows = COEFFICIENTS.iter().map(|row| row[power]).zip(cotangents);
            rows.filter(|(coefficient, _)| *coefficient != 0.0).collect()
        };
        let scale = libm::ldexp(1.0, -(self.squarings as i32));
        workspace.combine(by_x6, false, &by_power(4), 0.0);
        workspace.combine(by_x3, false, &by_power(3), 0.0);
        workspace.multiply(by_x3, true, (by_x6, Plain), (x3, Transposed));
        workspace.multiply(by_x3, true, (x3, Transposed), (by_x6, Plain));
        workspace.combine(by_x2, false, &by_power(2), 0.0);
        workspace.multiply(by_x2, true, (by_x3, Plain), (x, Transposed));
        workspace.combine(by_x, false, &by_power(1), 0.0);
        workspace.multiply(by_x, true, (x2, Transposed), (by_x3, Plain));
        workspace.multiply(by_x, true, (by_x2, Plain), (x, Transposed));
        workspace.multiply(by_x, true, (x, Transposed), (by_x2, Plain));
        workspace.combine(to, true, &[(scale, by_x)], 0.0);
    }
}
