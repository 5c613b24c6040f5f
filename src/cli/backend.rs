//! The backend that the command line asks for.

use super::{
    Failure,
    arguments::{BackendArguments, Device, EngineName},
};
use crate::{compute::kernel::Isa, engine::Backend};

impl BackendArguments {
    /// The backend, if this build and this processor have it.
    pub fn resolve(&self) -> Result<Backend, Failure> {
        // Also where the instruction set is not used: a wrong name is a mistake to be told of.
        let isa = Isa::choose().map_err(Failure::usage)?;
        let threads = usize::from(self.threads_per_trial);
        let device = self.device.unwrap_or(Device::Cpu);
        let engine = self.engine.unwrap_or(match device {
            Device::Cpu => EngineName::Fused,
            Device::Cuda => EngineName::Dfdx,
        });
        match (engine, device) {
            (EngineName::Fused, Device::Cpu) => Ok(Backend::Fused { isa, threads }),
            (EngineName::Fused, Device::Cuda) => Err(Failure::usage(
                "the fused engine computes on the CPU only; add `--engine dfdx`, or leave --device away",
            )),
            (EngineName::Dfdx, _) if threads > 1 => Err(Failure::usage(
                "the dfdx engine trains a trial on one thread; leave --threads-per-trial away, or take `--engine fused`",
            )),
            (EngineName::Dfdx, Device::Cpu) => Ok(Backend::Dfdx),
            #[cfg(feature = "cuda")]
            (EngineName::Dfdx, Device::Cuda) => Ok(Backend::DfdxCuda),
            #[cfg(not(feature = "cuda"))]
            (EngineName::Dfdx, Device::Cuda) => Err(Failure::usage(
                "this build trains on the CPU only; build with `--features cuda` (which needs nvcc), or leave --device away",
            )),
        }
    }
}
