//! From a machine that may have a GPU to a device that dfdx can train on.

use std::{
    cell::OnceCell,
    sync::{Arc, OnceLock},
};

use ::dfdx::tensor::{Cuda, CudaError, TensorFrom as _};
use cudarc::{
    cublas::{result::CublasError, sys::cublasStatus_t},
    driver::{
        CudaDevice, DriverError,
        result::{device::get_count, init},
        sys::{CUdevice_attribute, cudaError_enum as Code},
    },
    nvrtc::{CompileError, compile_ptx, sys::nvrtcResult},
};

use crate::engine::DeviceError;

/// The GPU's context, which belongs to the process: it is made once and held to the end, whichever threads work with it.
static CONTEXT: OnceLock<Result<Arc<CudaDevice>, DeviceError>> = OnceLock::new();

/// Finds out, the first time it is called, whether dfdx can train on the first GPU.
///
/// # Errors
///
/// The reason why not. dfdx itself would panic.
pub(in crate::engine) fn probe() -> Result<(), DeviceError> {
    CONTEXT.get_or_init(open).as_ref().map(|_| ()).map_err(Clone::clone)
}

/// The device for trials of this thread: its own handle of cuBLAS and its own loaded kernels, in the one context.
///
/// # Panics
///
/// Where [`probe`] has an error, or the memory does not suffice.
pub(in crate::engine) fn device() -> Cuda {
    thread_local! {
        static DEVICE: OnceCell<Cuda> = const { OnceCell::new() };
    }
    let made = || {
        probe().unwrap_or_else(|error| panic!("{error}"));
        Cuda::default()
    };
    DEVICE.with(|device| device.get_or_init(made).clone())
}

fn open() -> Result<Arc<CudaDevice>, DeviceError> {
    init().map_err(of_driver)?;
    if get_count().map_err(of_driver)? == 0 {
        return Err(DeviceError::NoDevice);
    }
    compile_ptx(PROGRAM).map_err(of_compiler)?;
    let context = CudaDevice::new(0).map_err(of_driver)?;
    // One of dfdx's own kernels, as the build made them.
    let device = Cuda::try_seed_from_u64(0).map_err(|error| of_dfdx(error, &context))?;
    let number = device.try_tensor([0.5f32]).map_err(|error| of_dfdx(error, &context))?;
    number.try_tanh().map_err(|error| of_dfdx(error, &context))?;
    Ok(context)
}

/// A program that includes what dfdx's programs for NVRTC do.
const PROGRAM: &str = "#include \"cuda_fp16.h\"\nextern \"C\" __global__ void nothing() {}\n";

fn of_driver(error: DriverError) -> DeviceError {
    match error.0 {
        Code::CUDA_ERROR_STUB_LIBRARY => DeviceError::NoDriver,
        Code::CUDA_ERROR_NO_DEVICE => DeviceError::NoDevice,
        Code::CUDA_ERROR_OUT_OF_MEMORY => DeviceError::NoMemory,
        Code::CUDA_ERROR_UNSUPPORTED_PTX_VERSION
        | Code::CUDA_ERROR_SYSTEM_DRIVER_MISMATCH
        | Code::CUDA_ERROR_NOT_SUPPORTED => DeviceError::OldDriver(name(error)),
        _ => DeviceError::Other(name(error)),
    }
}

fn of_dfdx(error: CudaError, context: &CudaDevice) -> DeviceError {
    match error {
        CudaError::Driver(DriverError(
            Code::CUDA_ERROR_NO_BINARY_FOR_GPU | Code::CUDA_ERROR_INVALID_PTX | Code::CUDA_ERROR_INVALID_IMAGE,
        )) => {
            let of = |attribute| context.attribute(attribute).unwrap_or_default();
            DeviceError::OtherArchitecture {
                major: of(CUdevice_attribute::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
                minor: of(CUdevice_attribute::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
            }
        }
        CudaError::Driver(error) => of_driver(error),
        // By this code, which cuBLAS no longer has a use for, the loader says that there is no cuBLAS.
        CudaError::Blas(CublasError(cublasStatus_t::CUBLAS_STATUS_LICENSE_ERROR)) => DeviceError::NoCublas,
        CudaError::Blas(CublasError(cublasStatus_t::CUBLAS_STATUS_ALLOC_FAILED)) => DeviceError::NoMemory,
        other => DeviceError::Other(format!("{other:?}")),
    }
}

fn of_compiler(error: CompileError) -> DeviceError {
    let (CompileError::CreationError(nvrtc) | CompileError::CompileError { nvrtc, .. }) = error else {
        return DeviceError::Other(format!("NVRTC: {error}"));
    };
    match nvrtc.0 {
        // So NVRTC says that its second library is missing, and the loader that there is no NVRTC.
        nvrtcResult::NVRTC_ERROR_BUILTIN_OPERATION_FAILURE => DeviceError::NoNvrtc,
        _ => DeviceError::Other(format!("NVRTC: {nvrtc}")),
    }
}

/// The driver's name of an error, such as `CUDA_ERROR_SYSTEM_DRIVER_MISMATCH`.
fn name(error: DriverError) -> String {
    format!("{:?}", error.0)
}
