//! Reasons why a device cannot be trained on.

use super::DeviceFailure;

/// Why a GPU cannot be trained on: one sentence with its remedy each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// No driver is installed, or the stub of a toolkit stands in its place.
    #[error("this machine has no NVIDIA driver (libcuda.so.1): install it")]
    NoDriver,
    /// The driver knows of no GPU.
    #[error("the NVIDIA driver finds no GPU: see what `nvidia-smi` lists and whether CUDA_VISIBLE_DEVICES hides it")]
    NoDevice,
    /// The driver does not know what this program, or its CUDA libraries, ask of it.
    #[error(
        "the NVIDIA driver is too old for this build ({0}): update the driver, or build with a CUDA toolkit that is no newer than it"
    )]
    OldDriver(DeviceFailure),
    /// The kernels were compiled for GPUs that are newer than this one.
    #[error(
        "this build's kernels are for another GPU than this one, of compute capability {capability}: build it on this machine, or with \
         CUDA_COMPUTE_CAP={number}",
        number = capability.replace('.', "")
    )]
    OtherArchitecture {
        /// The compute capability of the GPU that is there, such as `9.0`.
        capability: String,
    },
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
    /// NVRTC or cuBLAS is there, and does not do its work.
    #[error(
        "{library} does not work on this GPU ({0}): name the folder of the CUDA toolkit that this program was built with in LD_LIBRARY_PATH, or \
         build it with one that is made for this GPU",
        library = if .0.is_of_nvrtc() { "NVRTC" } else { "cuBLAS" }
    )]
    Library(DeviceFailure),
    /// The driver does all that it is told, and the numbers are not those that a small network has.
    #[error("the GPU computes wrong numbers ({0}): see what `nvidia-smi` and the system's log tell of it")]
    WrongNumbers(String),
    /// Another error of the driver, in its words.
    #[error("the GPU cannot be used ({0}): see what `nvidia-smi` and the system's log tell of it")]
    Other(String),
}

impl DeviceError {
    /// The reason that a GPU of this compute capability cannot be trained on, where `failure` is the first call that failed.
    pub fn of(failure: DeviceFailure, capability: Option<String>) -> Self {
        if failure.is_of_memory() {
            return Self::NoMemory;
        }
        // Codes as in cuda.h, nvrtc.h and cublas_api.h.
        match failure.number {
            // So NVRTC says that its second library is missing.
            None | Some(7) if failure.is_of_nvrtc() => Self::NoNvrtc,
            None if failure.is_of_cublas() => Self::NoCublas,
            _ if failure.is_of_nvrtc() || failure.is_of_cublas() => Self::Library(failure),
            // A function that this driver does not have yet.
            None => Self::OldDriver(failure),
            // CUDA_ERROR_STUB_LIBRARY, CUDA_ERROR_NO_DEVICE.
            Some(34) => Self::NoDriver,
            Some(100) => Self::NoDevice,
            // CUDA_ERROR_CALL_REQUIRES_NEWER_DRIVER, …_UNSUPPORTED_PTX_VERSION, …_NOT_SUPPORTED, …_SYSTEM_DRIVER_MISMATCH.
            Some(36 | 222 | 801 | 803) => Self::OldDriver(failure),
            // CUDA_ERROR_INVALID_IMAGE, …_NO_BINARY_FOR_GPU, …_INVALID_PTX, of a kernel.
            Some(200 | 209 | 218) if failure.call.starts_with("cuModule") => {
                Self::OtherArchitecture { capability: capability.unwrap_or_else(|| "unknown".to_owned()) }
            }
            Some(_) => Self::Other(failure.to_string()),
        }
    }
}

/// Whether a panic's text, in which dfdx names the error that it met, tells of memory that a device did not have.
pub fn tells_of_memory(panic: &str) -> bool {
    ["CUDA_ERROR_OUT_OF_MEMORY", "CUBLAS_STATUS_ALLOC_FAILED", "OutOfMemory"].iter().any(|name| panic.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_has_its_remedy() {
        for (note, remedy) in [
            ("cuInit 34 CUDA_ERROR_STUB_LIBRARY", "install it"),
            ("cuInit 100 CUDA_ERROR_NO_DEVICE", "CUDA_VISIBLE_DEVICES"),
            ("cuInit 803 CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", "update the driver"),
            ("cuInit 36 ", "(cuInit: error 36): update the driver"),
            ("cuMemAllocAsync -1 ", "(cuMemAllocAsync is missing): update the driver"),
            ("cuModuleLoadData 209 CUDA_ERROR_NO_BINARY_FOR_GPU", "CUDA_COMPUTE_CAP=86"),
            ("cuMemAllocAsync 2 CUDA_ERROR_OUT_OF_MEMORY", "what holds it"),
            ("cublasCreate_v2 3 CUBLAS_STATUS_ALLOC_FAILED", "what holds it"),
            ("cublasCreate_v2 -1 ", "pip install nvidia-cublas"),
            ("cublasSgemm_v2 8 CUBLAS_STATUS_ARCH_MISMATCH", "cuBLAS does not work on this GPU"),
            ("nvrtcCreateProgram -1 ", "pip install nvidia-cuda-nvrtc"),
            ("nvrtcCompileProgram 7 NVRTC_ERROR_BUILTIN_OPERATION_FAILURE", "pip install nvidia-cuda-nvrtc"),
            ("nvrtcCompileProgram 6 NVRTC_ERROR_COMPILATION", "NVRTC does not work on this GPU"),
            ("cuMemcpyDtoHAsync_v2 700 CUDA_ERROR_ILLEGAL_ADDRESS", "nvidia-smi"),
            ("cuInit 226 ", "nvidia-smi"),
        ] {
            let said = DeviceError::of(DeviceFailure::parse(note).unwrap(), Some("8.6".to_owned())).to_string();
            assert!(said.contains(remedy), "{note}: {said}");
            // Where else it may be trained depends on who asks.
            assert!(!said.contains("--device"), "{said}");
        }
    }
}
