//! Reasons why a training does not come to an end.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{
    Trainer,
    memory::{AvailableMemory, size},
};
use crate::{
    compute::memory::OutOfMemory,
    engine::{DeviceFailure, tells_of_memory},
};

/// Why a training did not come to an end.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Mishap {
    /// A buffer in this machine's memory could not be had.
    #[error(
        "a buffer of {} of memory could not be had{}; train fewer at a time with `-j`, or {REMEDY}",
        size(*bytes as f64),
        available.map(|memory| format!(", and {memory} for all trials when they began")).unwrap_or_default()
    )]
    Memory {
        /// Bytes of the buffer.
        bytes: usize,
        /// The memory that there was for all trials when they began, if it is known.
        available: Option<AvailableMemory>,
    },
    /// A buffer in the device's memory could not be had.
    #[error("the device had not enough memory; {REMEDY}")]
    DeviceMemory,
    /// A call of the device's driver or libraries failed.
    #[error("the GPU failed ({0}): see what `nvidia-smi` and the system's log tell of it")]
    Device(DeviceFailure),
    /// The program itself is wrong.
    #[error("the trial panicked: {0}")]
    Panic(String),
}

/// The remedy of a trial that has too little memory.
pub(super) const REMEDY: &str = "lower model.hidden, train.batch or the task's length, or give it more";

impl Mishap {
    /// Whether there was not enough memory.
    pub fn is_of_memory(&self) -> bool {
        matches!(self, Self::Memory { .. } | Self::DeviceMemory)
    }

    /// The same where there was so much memory for all trials.
    #[must_use]
    pub(super) fn beside(self, memory: Option<AvailableMemory>) -> Self {
        match self {
            Self::Memory { bytes, .. } => Self::Memory { bytes, available: memory },
            other => other,
        }
    }
}

/// Does `work`, and tells why it did not come to an end, if so. A result of a device that failed on the way is none, whether or not
/// anything was made of the failure.
///
/// # Errors
///
/// The reason.
pub(super) fn attempt<R>(trainer: &dyn Trainer, work: impl FnOnce() -> R) -> Result<R, Mishap> {
    // What failed before is not this work's.
    trainer.failure();
    let done = catch_unwind(AssertUnwindSafe(work));
    match (done, trainer.failure()) {
        (Ok(result), None) => Ok(result),
        (_, Some(failure)) => Err(of_device(failure)),
        (Err(panic), None) => Err(match panic.downcast::<OutOfMemory>() {
            Ok(memory) => Mishap::Memory { bytes: memory.bytes, available: None },
            Err(panic) => match panic.downcast::<DeviceFailure>() {
                Ok(failure) => of_device(*failure),
                Err(panic) => {
                    let text = panic.downcast_ref::<String>().cloned();
                    let text = text.or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned()));
                    match text.unwrap_or_else(|| "no message".to_owned()) {
                        text if tells_of_memory(&text) => Mishap::DeviceMemory,
                        text => Mishap::Panic(text),
                    }
                }
            },
        }),
    }
}

fn of_device(failure: DeviceFailure) -> Mishap {
    if failure.is_of_memory() { Mishap::DeviceMemory } else { Mishap::Device(failure) }
}
