//! A choice of engine and device, with all that is needed to make an engine for a network.

use super::{DeviceError, DeviceFailure, Engine, Gpu, dfdx::DfdxEngine, fused::FusedEngine};
use crate::{
    component::{bptt::BpttSpec, misfit::Misfit, regularizer::RegularizerSpec},
    compute::kernel::Isa,
    model::Network,
};

/// An engine on a device. Trials are told apart by its names; what else is in it has no influence on any bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// The fused engine on the CPU.
    Fused {
        /// The instruction set, which decides on speed alone.
        isa: Isa,
        /// Threads per trial, at least one.
        threads: usize,
    },
    /// The reference engine on the CPU.
    Dfdx,
    /// The reference engine on the first NVIDIA GPU.
    #[cfg(feature = "cuda")]
    DfdxCuda,
}

impl Backend {
    /// Names of the engine and the device, as stored beside each trial.
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Fused { .. } => ("fused", "cpu"),
            Self::Dfdx => ("dfdx", "cpu"),
            #[cfg(feature = "cuda")]
            Self::DfdxCuda => ("dfdx", "cuda"),
        }
    }

    /// Threads that work on one trial.
    pub fn threads(self) -> usize {
        match self {
            Self::Fused { threads, .. } => threads.max(1),
            Self::Dfdx => 1,
            #[cfg(feature = "cuda")]
            Self::DfdxCuda => 1,
        }
    }

    /// Whether this machine has its device, found out before the first trial.
    ///
    /// # Errors
    ///
    /// The reason why not.
    pub fn probe(self) -> Result<(), DeviceError> {
        match self {
            Self::Fused { .. } | Self::Dfdx => Ok(()),
            #[cfg(feature = "cuda")]
            Self::DfdxCuda => super::cuda::probe(),
        }
    }

    /// Whether its device still works, asked after it failed.
    ///
    /// # Errors
    ///
    /// The reason why not.
    pub fn probe_again(self) -> Result<(), DeviceError> {
        match self {
            Self::Fused { .. } | Self::Dfdx => Ok(()),
            #[cfg(feature = "cuda")]
            Self::DfdxCuda => super::cuda::probe_again(),
        }
    }

    /// Gives back what this thread holds of its device.
    ///
    /// # Errors
    ///
    /// What failed.
    pub fn leave(self) -> Result<(), DeviceError> {
        match self {
            Self::Fused { .. } | Self::Dfdx => Ok(()),
            #[cfg(feature = "cuda")]
            Self::DfdxCuda => super::cuda::leave(),
        }
    }

    /// The first call of its device that failed on this thread since this was asked last, if one did.
    pub fn failure(self) -> Option<DeviceFailure> {
        match self {
            Self::Fused { .. } | Self::Dfdx => None,
            #[cfg(feature = "cuda")]
            Self::DfdxCuda => super::cuda::failure(),
        }
    }

    /// Its GPU, if it has one that can be trained on.
    pub fn gpu(self) -> Option<Gpu> {
        match self {
            Self::Fused { .. } | Self::Dfdx => None,
            #[cfg(feature = "cuda")]
            Self::DfdxCuda => super::cuda::gpu(),
        }
    }

    /// Whether trials run on the cores of this machine, whose speed estimates of time are made for.
    pub fn is_on_cpu(self) -> bool {
        self.names().1 == "cpu"
    }

    /// Why it cannot train with `regularizers`, if it cannot.
    pub fn misfit(self, regularizers: &[RegularizerSpec]) -> Option<Misfit> {
        let on_steps = regularizers.iter().find(|regularizer| regularizer.on_steps())?;
        let remedy = match self {
            Self::Fused { .. } => return None,
            Self::Dfdx => "take `--engine fused`",
            #[cfg(feature = "cuda")]
            Self::DfdxCuda => "leave `--device cuda` and `--engine dfdx` away to train by the fused engine on the CPU",
        };
        Some(Misfit::new(format!("the dfdx engine has no `{}`", on_steps.kind()), remedy))
    }

    /// An engine for `network`, with these rules for what passes back from step to step, and those of the regularizers that are
    /// on what happens at a step.
    pub fn engine(
        self,
        network: Network,
        backward: Vec<BpttSpec>,
        regularizers: Vec<RegularizerSpec>,
    ) -> Box<dyn Engine> {
        match self {
            Self::Fused { isa, threads } => {
                let engine = FusedEngine::<f32>::new(network, isa, threads).with_backward(backward);
                Box::new(engine.with_regularizers(regularizers))
            }
            Self::Dfdx => {
                let device = ::dfdx::tensor::Cpu::default();
                Box::new(DfdxEngine::<f32, _>::new(network, device).with_backward(backward))
            }
            #[cfg(feature = "cuda")]
            Self::DfdxCuda => {
                Box::new(DfdxEngine::<f32, _>::new(network, super::cuda::device()).with_backward(backward))
            }
        }
    }
}
