//! The first NVIDIA GPU of the machine. NVIDIA's libraries are loaded when they are first asked for (`loader.c`), so that a program with
//! this module starts on any machine.

mod device;

pub(super) use device::{device, failure, gpu, leave, probe, probe_again};
