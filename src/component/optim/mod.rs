//! Optimizers: they turn a gradient into an update, over one flat buffer of parameters.

mod adadelta;
mod adagrad;
mod adam;
mod adamw;
mod buffers;
mod lion;
mod nadam;
mod radam;
mod rates;
mod rmsprop;
mod rmsprop_urnn;
mod sgd;

pub use self::{
    adadelta::Adadelta,
    adagrad::Adagrad,
    adam::Adam,
    adamw::Adamw,
    buffers::{Buffers, gradient_transform, optimizer_step, parameter_transform},
    lion::Lion,
    nadam::Nadam,
    radam::Radam,
    rates::{Factor, LearningRateFactorsSpec},
    rmsprop::Rmsprop,
    rmsprop_urnn::RmspropUrnn,
    sgd::Sgd,
};
use crate::{
    compute::lower::Inputs,
    graph::{Expr, Relation, Scalar, select},
    registry,
};

/// A first-order optimizer. Its state is a few vectors of the parameters' length.
///
/// What it does to each number is written in the notation of graphs, and runs by the kernels' rules: the same bits on every
/// instruction set.
pub trait Optimizer: std::fmt::Debug {
    /// η as its settings have it; `schedule` and `learning-rate-factors` scale it.
    fn learning_rate(&self) -> f64;

    /// The initial value of each state vector, one number for all of its entries.
    fn slots(&self) -> Vec<f32>;

    /// Parameters and state vectors after one step. What changes from step to step, such as the learning rate, is asked of `at`:
    /// the expressions are compiled once.
    fn step<'g>(
        &self,
        at: &Inputs<'g, StepContext>,
        parameters: Expr<'g>,
        gradient: Expr<'g>,
        slots: &[Expr<'g>],
    ) -> NextState<'g>;
}

/// The number of a step, and its learning rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepContext {
    /// Steps up to and with this one: 1 at first.
    pub step: u64,
    /// The learning rate as it is now.
    pub rate: f64,
}

impl StepContext {
    /// 1 − betaᵗ: what an average that started at zero is to be divided by.
    pub fn correction(self, beta: f64) -> f64 {
        1.0 - libm::pow(beta, self.step as f64)
    }
}

impl<'g> Inputs<'g, StepContext> {
    /// The learning rate of each step.
    pub fn rate(&self) -> Scalar<'g> {
        self.scalar(|at| at.rate)
    }
}

/// The larger one of each two numbers; NaN if either is.
fn larger<'g>(a: Expr<'g>, b: Expr<'g>) -> Expr<'g> {
    select(a, Relation::LessOrEqual, f64::INFINITY, select(a - b, Relation::Greater, 0.0, a, b), a)
}

/// Parameters and state vectors after a step.
pub struct NextState<'g> {
    /// The parameters, elementwise, in the order of the flat buffer.
    pub parameters: Expr<'g>,
    /// The state vectors, as many as there were.
    pub slots: Vec<Expr<'g>>,
}

registry! {
    /// A rule that turns a gradient into an update.
    pub enum OptimizerSpec: Optimizer {
        "sgd" => Sgd(Sgd),
        "rmsprop" => Rmsprop(Rmsprop),
        "adam" => Adam(Adam),
        "adagrad" => Adagrad(Adagrad),
        "adadelta" => Adadelta(Adadelta),
        "rmsprop-urnn" => RmspropUrnn(RmspropUrnn),
        "adamw" => Adamw(Adamw),
        "nadam" => Nadam(Nadam),
        "radam" => Radam(Radam),
        "lion" => Lion(Lion),
    }
}

impl Default for OptimizerSpec {
    fn default() -> Self {
        Self::Adam(Adam::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compute::{kernel::Isa, lower::Transform};

    /// Buffers with what steps them.
    struct Stepped {
        buffers: Buffers,
        step: Transform<f32, StepContext>,
        rate: f64,
    }

    impl Stepped {
        fn new(isa: Isa, optimizer: &OptimizerSpec, parameters: &[f32]) -> Self {
            let buffers = Buffers::new(isa, parameters, &optimizer.slots());
            Self { buffers, step: optimizer_step(optimizer.clone()), rate: optimizer.learning_rate() }
        }

        fn step(&mut self, update: u64, gradient: &[f32]) {
            self.buffers.gradient_mut().copy_from_slice(gradient);
            self.buffers.apply_to_all(&mut self.step, StepContext { step: update, rate: self.rate });
        }

        fn parameters(&self) -> &[f32] {
            self.buffers.parameters()
        }
    }

    /// Every optimizer by default, and with the settings that take another way.
    fn variants() -> Vec<OptimizerSpec> {
        let sgd = |momentum, nesterov| OptimizerSpec::Sgd(Sgd { momentum, nesterov, ..Sgd::default() });
        let rmsprop = |momentum, centered| OptimizerSpec::Rmsprop(Rmsprop { momentum, centered, ..Rmsprop::default() });
        let amsgrad = OptimizerSpec::Adam(Adam { amsgrad: true, ..Adam::default() });
        let adagrad = OptimizerSpec::Adagrad(Adagrad { initial: 0.1, ..Adagrad::default() });
        let lion = OptimizerSpec::Lion(Lion { weight_decay: 0.1, ..Lion::default() });
        let others = [
            sgd(0.9, false),
            sgd(0.9, true),
            rmsprop(0.0, true),
            rmsprop(0.9, false),
            rmsprop(0.9, true),
            amsgrad,
            adagrad,
            lion,
        ];
        OptimizerSpec::all().into_iter().chain(others).collect()
    }

    /// Descends ½·Σ k·x² with curvatures 1, 2, 3 from (1, −2, 3).
    #[test]
    fn every_optimizer_descends_a_parabola() {
        for optimizer in variants() {
            let mut stepped = Stepped::new(Isa::Portable, &optimizer, &[1.0, -2.0, 3.0]);
            let loss = |x: &[f32]| x.iter().enumerate().map(|(k, x)| (k + 1) as f32 * x * x).sum::<f32>();
            let before = loss(stepped.parameters());
            for update in 1..=1000 {
                let gradient: Vec<f32> =
                    stepped.parameters().iter().enumerate().map(|(k, x)| (k + 1) as f32 * x).collect();
                stepped.step(update, &gradient);
            }
            let after = loss(stepped.parameters());
            assert!(after < 0.95 * before, "{optimizer:?}: {before} to {after}");
        }
    }

    /// The variance of a centered optimizer tends to zero there and must not round to less.
    #[test]
    fn a_constant_gradient_stays_finite() {
        for optimizer in variants() {
            for gradient in [0.0f32, 1e-30, 0.1, 0.3, -7.0] {
                let mut stepped = Stepped::new(Isa::Portable, &optimizer, &[1.0]);
                for update in 1..=1000 {
                    stepped.step(update, &[gradient]);
                }
                assert!(stepped.parameters()[0].is_finite(), "{optimizer:?} at {gradient}: {:?}", stepped.parameters());
            }
        }
    }

    #[test]
    fn a_nonfinite_gradient_shows_in_the_parameters() {
        for optimizer in variants() {
            for bad in [f32::NAN, f32::INFINITY] {
                let mut stepped = Stepped::new(Isa::Portable, &optimizer, &[1.0, 1.0]);
                stepped.step(1, &[bad, 1.0]);
                assert!(!stepped.parameters()[0].is_finite(), "{optimizer:?} hides {bad}");
                assert!(stepped.parameters()[1].is_finite(), "{optimizer:?} spreads {bad}");
            }
        }
    }

    /// Neither the instruction set nor a number's place matters: each is updated as if it were alone.
    #[test]
    fn instruction_sets_agree_to_the_bit() {
        for optimizer in variants() {
            let length = 333;
            let number = |k: usize| libm::sin(k as f64 * 1.7) as f32;
            let parameters: Vec<f32> = (0..length).map(number).collect();
            let gradient: Vec<f32> = (0..length).map(|k| number(k + 1000) * libm::expf(number(k) * 20.0)).collect();
            let run = |isa: Isa, range: std::ops::Range<usize>| -> Vec<u32> {
                let mut stepped = Stepped::new(isa, &optimizer, &parameters[range.clone()]);
                for update in 1..=5 {
                    stepped.step(update, &gradient[range.clone()]);
                }
                stepped.parameters().iter().map(|parameter| parameter.to_bits()).collect()
            };
            let wanted = run(Isa::Portable, 0..length);
            for isa in Isa::ALL.into_iter().filter(|isa| isa.available()) {
                assert_eq!(run(isa, 0..length), wanted, "{optimizer:?} by {isa:?}");
            }
            assert_eq!(run(Isa::Portable, 200..301), wanted[200..301], "{optimizer:?}");
        }
    }
}
