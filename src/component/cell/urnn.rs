use std::f64::consts::PI;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder, Misfit, complex::Complex};
use crate::{
    component::init::{InitializerSpec, Interval},
    graph::{Expr, Fixed, Unary},
};

/// Unitary evolution network: the recurrent matrix is a product of cheap unitary ones.
///
/// # Definition
///
/// With n = `hidden` complex units, whose real and imaginary parts are the two halves of the state `h` \[2n\]:
///
/// h_t = modReLU(W·h_{t−1} + V·x_t), W = D_3·R_2·F⁻¹·D_2·Π·R_1·F·D_1, modReLU(z) = relu(|z| + b_h)·z/|z|,
///
/// where D_k = diag(e^{i·θ_k}), R_k = I − 2·v_k·v_k*/‖v_k‖², F is the unitary Fourier transform and Π a fixed permutation, drawn
/// once for each n and the same in all trials. |z| is √(re² + im² + 1e-10). Parameters: `theta_1`, `theta_2`, `theta_3` \[n\], `v_1`,
/// `v_2` \[2n\], `w_xh` = V \[2n, inputs\], `b_h` \[n\]; h_0 = 0; the output is h_t. Unless `init.parameters` names them, phases start
/// uniform on \[−π, π), v on \[−1, 1), b_h on \[−0.01, 0.01).
///
/// # Why it is here
///
/// The first network whose recurrent matrix keeps every norm while it is trained, in 7n numbers: gradients are lost in modReLU
/// alone.
///
/// # Example
///
/// ```yaml
/// model: {cell: urnn, hidden: 128, modifiers: [{kind: initial-state, start: learned}]}
/// ```
///
/// # References
///
/// Arjovsky, Shah, Bengio 2016, Unitary evolution recurrent neural networks (arXiv:1511.06464v4), eq. 6 and 8 and §4. The authors'
/// code (amarshah/complex_RNN, commit 3537fbf) starts phases and b_h as here, v uniform on ±√(6/(2 + 2n)), which changes no W at
/// the start but makes its steps longer, and V by Glorot's law; its initial state is trained, uniform on ±√(3/(2n)) at first, and
/// 1e-5 is added to |z| in the denominator. Earlier versions of it differ: phases by Glorot's law, a trained scale of the units, no F.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Urnn {}

impl Cell for Urnn {
    fn step(&self, graph: &CellBuilder) {
        let n = graph.hidden();
        let (x, h) = (graph.input(), graph.state_of("h", 2 * n));

        let z = Complex::halves(h).times(turn(graph, "theta_1"));
        let z = Complex::halves(z.joined().fixed(&Fixed::fourier(n, false)));
        let z = reflect(z, Complex::halves(trained(graph, "v_1", 2 * n, 1.0)));
        let order = Fixed::shuffled(n);
        let z = z.each(|part| part.gather(&order)).times(turn(graph, "theta_2"));
        let z = Complex::halves(z.joined().fixed(&Fixed::fourier(n, true)));
        let z = reflect(z, Complex::halves(trained(graph, "v_2", 2 * n, 1.0)));
        let z = z.times(turn(graph, "theta_3"));

        let z = z.plus(Complex::halves(x.linear_to("w_xh", 2 * n)));
        graph.output(graph.next("h", z.mod_relu(trained(graph, "b_h", n, 0.01)).joined()));
    }

    fn misfit(&self, _: usize, hidden: usize) -> Option<Misfit> {
        (hidden > MOST).then(|| Misfit {
            setting: vec![],
            message: format!("the Fourier transform of {hidden} complex units is too large a matrix"),
            help: format!("lower `hidden` to {MOST} at most"),
        })
    }
}

/// Units whose Fourier transform, which is computed as a matrix, still has a reasonable size.
const MOST: usize = Fixed::LARGEST_FOURIER;

/// z − 2·v·(v*·z)/‖v‖².
fn reflect<'g>(z: Complex<'g>, v: Complex<'g>) -> Complex<'g> {
    let n = v.re.width();
    let square = (v.re.unary(Unary::Square) + v.im.unary(Unary::Square)).sum();
    let along = Complex { re: (v.re * z.re + v.im * z.im).sum(), im: (v.re * z.im - v.im * z.re).sum() };
    let share = along.each(|part| (part / square * -2.0).spread(n));
    z.plus(v.times(share))
}

/// A vector that starts uniform on [−bound, bound).
fn trained<'g>(graph: &'g CellBuilder, name: &str, width: usize, bound: f64) -> Expr<'g> {
    let vector = graph.vector_of(name, width);
    graph.start(name, InitializerSpec::Interval(Interval { low: -bound, high: bound }));
    vector
}

/// The diagonal of a D.
fn turn<'g>(graph: &'g CellBuilder, name: &str) -> Complex<'g> {
    Complex::phase(trained(graph, name, graph.hidden(), PI))
}
