//! From a machine that may have a GPU to a device that dfdx can train on.

use std::{
    cell::RefCell,
    sync::{Arc, OnceLock},
};

use ::dfdx::{
    tensor::{Cuda, TensorFrom as _, Trace as _},
    tensor_ops::{Backward as _, ReshapeTo as _, TryMatMul as _},
};
use cudarc::{
    driver::{
        CudaDevice, DriverError,
        result::{device::get_count, init},
        sys::cudaError_enum as Code,
    },
    nvrtc::compile_ptx,
};

use crate::engine::{DeviceError, DeviceFailure, Gpu};

/// The GPU's context, which belongs to the process: it is made once and held to the end, whichever threads work with it.
static CONTEXT: OnceLock<Result<Arc<CudaDevice>, DeviceError>> = OnceLock::new();

thread_local! {
    /// This thread's own handle of cuBLAS and its own loaded kernels, in the one context.
    static DEVICE: RefCell<Option<Cuda>> = const { RefCell::new(None) };
}

/// Finds out, the first time it is called, whether dfdx can train on the first GPU.
///
/// # Errors
///
/// The reason why not. dfdx itself would panic.
pub(in crate::engine) fn probe() -> Result<(), DeviceError> {
    CONTEXT.get_or_init(open).as_ref().map(|_| ()).map_err(Clone::clone)
}

/// Finds out whether dfdx can still train, after a failure.
///
/// # Errors
///
/// The reason why not.
pub(in crate::engine) fn probe_again() -> Result<(), DeviceError> {
    let context = CONTEXT.get_or_init(open).as_ref().map_err(Clone::clone)?;
    failure();
    try_out(context)
}

/// The device for trials of this thread.
///
/// # Panics
///
/// Where [`probe`] has an error, or the memory does not suffice.
pub(in crate::engine) fn device() -> Cuda {
    let made = || {
        probe().unwrap_or_else(|error| panic!("{error}"));
        Cuda::default()
    };
    DEVICE.with_borrow_mut(|device| device.get_or_insert_with(made).clone())
}

/// Gives this thread's device back, if it has one. As the thread ends nobody could be told of a failure.
///
/// # Errors
///
/// What failed.
pub(in crate::engine) fn leave() -> Result<(), DeviceError> {
    failure();
    DEVICE.take();
    failure().map_or(Ok(()), |failure| Err(of(failure)))
}

/// The first call that failed on this thread since this was asked last, if one did. The loader has a note of it and gives it as the text of
/// the one code that is no error, so that it can be asked for by a safe function; without the loader there is none.
pub(in crate::engine) fn failure() -> Option<DeviceFailure> {
    let note = DriverError(Code::CUDA_SUCCESS).error_string().ok()?.to_str().ok()?;
    DeviceFailure::parse(note)
}

/// The first GPU and the libraries that are loaded, which the loader gives as the name of that code.
pub(in crate::engine) fn gpu() -> Option<Gpu> {
    probe().ok()?;
    Gpu::parse(DriverError(Code::CUDA_SUCCESS).error_name().ok()?.to_str().ok()?)
}

fn open() -> Result<Arc<CudaDevice>, DeviceError> {
    failure();
    init().map_err(|error| reason(&error))?;
    if get_count().map_err(|error| reason(&error))? == 0 {
        return Err(DeviceError::NoDevice);
    }
    compile_ptx(PROGRAM).map_err(|error| reason(&error))?;
    let context = CudaDevice::new(0).map_err(|error| reason(&error))?;
    try_out(&context)?;
    Ok(context)
}

/// A program that includes what dfdx's programs for NVRTC do.
const PROGRAM: &str = "#include \"cuda_fp16.h\"\nextern \"C\" __global__ void nothing() {}\n";

/// Has dfdx do all that training does, once: numbers go there, are multiplied, go through one of its own kernels as the build made them, are
/// differentiated and come back. No function of it that panics is called.
fn try_out(context: &Arc<CudaDevice>) -> Result<(), DeviceError> {
    let gradient = gradient(context);
    // Also of a call that frees something, which is told of by no error.
    match (gradient, failure()) {
        (_, Some(failure)) => Err(of(failure)),
        (Err(error), None) => Err(DeviceError::Other(error)),
        // The gradient of (x·w)² by x is 2 (x·w) w, in numbers that are exact.
        (Ok(gradient), None) if gradient == [66.0, 88.0] => Ok(()),
        (Ok(gradient), None) => {
            Err(DeviceError::WrongNumbers(format!("{gradient:?} as the gradient of a product, not [66.0, 88.0]")))
        }
    }
}

/// The gradient of (x·w)² by x = (1, 2), where w = (3, 4).
#[expect(clippy::disallowed_methods, reason = "`Recorder::product` panics where it fails")]
fn gradient(context: &Arc<CudaDevice>) -> Result<Vec<f32>, String> {
    let device = Cuda::try_seed_from_u64(0).map_err(text)?;
    let x = device.try_tensor([[1.0f32, 2.0]]).map_err(text)?;
    let w = device.try_tensor([[3.0f32], [4.0]]).map_err(text)?;
    let product = x.leaky_trace().try_matmul(w).map_err(text)?.try_square().map_err(text)?;
    let mut gradients = product.try_reshape::<()>().map_err(text)?.try_backward().map_err(text)?;
    let gradient = gradients.get_or_alloc_mut(&x).map_err(text)?;
    context.dtoh_sync_copy(&**gradient).map_err(text)
}

fn text(error: impl std::fmt::Debug) -> String {
    format!("{error:?}")
}

/// The reason behind an error: the call that failed, of which the loader knows more than cudarc.
fn reason(error: &impl std::fmt::Debug) -> DeviceError {
    failure().map_or_else(|| DeviceError::Other(text(error)), of)
}

fn of(failure: DeviceFailure) -> DeviceError {
    let capability = DriverError(Code::CUDA_SUCCESS).error_name().ok().and_then(|name| Gpu::parse(name.to_str().ok()?));
    DeviceError::of(failure, capability.and_then(|gpu| gpu.compute_capability))
}
