//! The backend that the command line asks for.

use std::thread::available_parallelism;

use super::{
    Failure,
    arguments::{BackendArguments, Device, EngineName},
    terminal::print_error,
};
use crate::{compute::kernel::Isa, engine::Backend, text::pluralize};

/// So many threads of a trial work on any machine.
const MOST_THREADS: usize = 16;

impl BackendArguments {
    /// The backend, if this build and this processor have it.
    pub fn resolve(&self) -> Result<Backend, Failure> {
        // Also where the instruction set is not used: a wrong name is a mistake to be told of.
        let isa = Isa::choose().map_err(Failure::usage)?;
        let (asked, cores) = (usize::from(self.threads_per_trial), available_parallelism().map_or(1, usize::from));
        // More threads than cores only stand in each other's way, and some thousands are more than a system starts.
        let threads = asked.min(cores.max(MOST_THREADS));
        if threads < asked {
            print_error(&format!(
                "--threads-per-trial {asked}: {threads} is the most for {}",
                pluralize(cores, "core")
            ));
        }
        let device = self.device.unwrap_or(Device::Cpu);
        let engine = self.engine.unwrap_or(match device {
            Device::Cpu => EngineName::Fused,
            Device::Cuda => EngineName::Dfdx,
        });
        match (engine, device) {
            (EngineName::Fused, Device::Cpu) => Ok(Backend::Fused { isa, threads }),
            #[cfg(not(feature = "cuda"))]
            (_, Device::Cuda) => Err(Failure::usage(
                "this build trains on the CPU only; build with `--features cuda` (README, \"On an NVIDIA GPU\"), or leave `--device cuda` \
                 away",
            )),
            #[cfg(feature = "cuda")]
            (EngineName::Fused, Device::Cuda) => Err(Failure::usage(
                "the fused engine computes on the CPU only; leave `--device cuda` away, or leave `--engine fused` away to train by the dfdx \
                 engine",
            )),
            #[cfg(feature = "cuda")]
            (EngineName::Dfdx, Device::Cuda) if threads > 1 => {
                Err(Failure::usage("on a GPU a trial has one thread; leave `--threads-per-trial` away"))
            }
            #[cfg(feature = "cuda")]
            (EngineName::Dfdx, Device::Cuda) => Ok(Backend::DfdxCuda),
            (EngineName::Dfdx, Device::Cpu) if threads > 1 => Err(Failure::usage(
                "the dfdx engine trains a trial on one thread; leave `--threads-per-trial` away, or take `--engine fused`",
            )),
            (EngineName::Dfdx, Device::Cpu) => Ok(Backend::Dfdx),
        }
    }
}
