//! Reasons why a device cannot be trained on.

/// Why a GPU cannot be trained on: one sentence with its remedy each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// No driver is installed, or the stub of a toolkit stands in its place.
    #[error("this machine has no NVIDIA driver (libcuda.so.1): install it, or leave `--device cuda` away")]
    NoDriver,
    /// The driver knows of no GPU.
    #[error(
        "the NVIDIA driver finds no GPU: see what `nvidia-smi` lists and whether CUDA_VISIBLE_DEVICES hides it, or leave `--device cuda` \
         away"
    )]
    NoDevice,
    /// The driver does not know what this program, or its CUDA libraries, ask of it.
    #[error(
        "the NVIDIA driver is too old for this build ({0}): update the driver, or build with a CUDA toolkit that is no newer than it"
    )]
    OldDriver(String),
    /// The kernels were compiled for GPUs that are newer than this one.
    #[error(
        "this build's kernels are for another GPU than this one, of compute capability {major}.{minor}: build it on this machine, or with \
         CUDA_COMPUTE_CAP={major}{minor}"
    )]
    OtherArchitecture { major: i32, minor: i32 },
    /// The compiler of kernels that are made at run time is missing.
    #[error(
        "NVRTC (libnvrtc.so, libnvrtc-builtins.so), which compiles kernels at run time, is not found: install the CUDA toolkit or `pip install \
         nvidia-cuda-nvrtc`, and name its folder in LD_LIBRARY_PATH"
    )]
    NoNvrtc,
    /// The library of matrix products is missing.
    #[error(
        "cuBLAS (libcublas.so), which multiplies matrices, is not found: install the CUDA toolkit or `pip install nvidia-cublas`, and name \
         its folder in LD_LIBRARY_PATH"
    )]
    NoCublas,
    /// Others hold the GPU's memory.
    #[error("the GPU has no memory left to begin with: see what holds it by `nvidia-smi`")]
    NoMemory,
    /// Another error of the driver or its libraries, in its words.
    #[error("the GPU cannot be used ({0}): `nvidia-smi` may tell more; leave `--device cuda` away to train on the CPU")]
    Other(String),
}

/// Whether a panic's text, in which dfdx names the error that it met, tells of memory that a device did not have.
pub fn tells_of_memory(panic: &str) -> bool {
    ["CUDA_ERROR_OUT_OF_MEMORY", "CUBLAS_STATUS_ALLOC_FAILED", "OutOfMemory"].iter().any(|name| panic.contains(name))
}
