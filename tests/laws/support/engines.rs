//! Both engines behind one interface, so that every law holds for each.
#![allow(dead_code, reason = "each test program uses a part of it")]

use dfdx::{tensor::Cpu, tensor_ops::Device};
use longlag::{
    component::{probe::StateGradient, task::Batch},
    compute::kernel::{Isa, Number},
    engine::{
        dfdx::{DfdxEngine, Real},
        fused::FusedEngine,
    },
    model::Network,
    seed::Stream,
};

/// A precision in which both engines run.
pub trait Precision: Real + Number {}

impl<E: Real + Number> Precision for E {}

pub fn narrow<E: Precision>(value: f64) -> E {
    <E as Real>::narrow(value)
}

pub fn widened<E: Precision>(values: &[E]) -> Vec<f64> {
    values.iter().map(|&value| Real::widen(value)).collect()
}

/// Both engines' interface, in their own precision.
pub trait Differentiator<E> {
    /// Loss, outputs and gradient.
    fn differentiate(&mut self, parameters: &[E], batch: &Batch, noise: Option<&Stream>) -> (f64, Vec<E>, Vec<E>);

    /// Loss and outputs.
    fn evaluate(&mut self, parameters: &[E], batch: &Batch) -> (f64, Vec<E>);

    /// The gradients by the carried states.
    fn carried_gradients(&mut self, parameters: &[E], batch: &Batch) -> Vec<StateGradient<E>>;
}

impl<E: Precision> Differentiator<E> for DfdxEngine<E, Cpu>
where
    Cpu: Device<E>,
{
    fn differentiate(&mut self, parameters: &[E], batch: &Batch, noise: Option<&Stream>) -> (f64, Vec<E>, Vec<E>) {
        DfdxEngine::differentiate(self, parameters, batch, noise)
    }

    fn evaluate(&mut self, parameters: &[E], batch: &Batch) -> (f64, Vec<E>) {
        DfdxEngine::evaluate(self, parameters, batch)
    }

    fn carried_gradients(&mut self, parameters: &[E], batch: &Batch) -> Vec<StateGradient<E>> {
        DfdxEngine::carried_gradients(self, parameters, batch)
    }
}

impl<E: Precision> Differentiator<E> for FusedEngine<E> {
    fn differentiate(&mut self, parameters: &[E], batch: &Batch, noise: Option<&Stream>) -> (f64, Vec<E>, Vec<E>) {
        FusedEngine::differentiate(self, parameters, batch, noise)
    }

    fn evaluate(&mut self, parameters: &[E], batch: &Batch) -> (f64, Vec<E>) {
        FusedEngine::evaluate(self, parameters, batch)
    }

    fn carried_gradients(&mut self, parameters: &[E], batch: &Batch) -> Vec<StateGradient<E>> {
        FusedEngine::carried_gradients(self, parameters, batch)
    }
}

/// Both engines for `network`, by name.
pub fn engines<E: Precision>(network: &Network) -> [(&'static str, Box<dyn Differentiator<E>>); 2]
where
    Cpu: Device<E>,
{
    let isa = Isa::choose().expect("LONGLAG_ISA names an instruction set, if any");
    [
        ("dfdx", Box::new(DfdxEngine::<E, Cpu>::new(network.clone(), Cpu::default()))),
        ("fused", Box::new(FusedEngine::<E>::new(network.clone(), isa, 1))),
    ]
}
