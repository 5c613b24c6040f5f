//! A call of a device's driver or libraries that failed.

use std::fmt;

/// A call that failed, as the loader of NVIDIA's libraries noted it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceFailure {
    /// The function, such as `cuMemAllocAsync`.
    pub call: String,
    /// Its error; none where its library, or the function itself, is missing.
    pub number: Option<u32>,
    /// The error's name, such as `CUDA_ERROR_OUT_OF_MEMORY`; empty where nobody knows it.
    pub name: String,
}

impl DeviceFailure {
    /// Reads a note `call number name`, where the number is -1 for what is missing and the name may be empty; nothing of other texts.
    pub fn parse(note: &str) -> Option<Self> {
        let mut words = note.splitn(3, ' ');
        let (call, number) = (words.next()?, words.next()?.parse::<i64>().ok()?);
        let name = words.next().unwrap_or_default().to_owned();
        Some(Self { call: call.to_owned(), number: u32::try_from(number).ok(), name })
    }

    /// Whether the device had not enough memory.
    pub fn is_of_memory(&self) -> bool {
        // CUDA_ERROR_OUT_OF_MEMORY, CUBLAS_STATUS_ALLOC_FAILED.
        self.number == Some(if self.is_of_cublas() { 3 } else { 2 }) && !self.is_of_nvrtc()
    }

    /// Whether it is cuBLAS that failed.
    pub fn is_of_cublas(&self) -> bool {
        self.call.starts_with("cublas")
    }

    /// Whether it is NVRTC that failed.
    pub fn is_of_nvrtc(&self) -> bool {
        self.call.starts_with("nvrtc")
    }
}

impl fmt::Display for DeviceFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { call, number, name } = self;
        match number {
            Some(number) if name.is_empty() => write!(f, "{call}: error {number}"),
            Some(number) => write!(f, "{call}: {name}, error {number}"),
            None => write!(f, "{call} is missing"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_read() {
        let read = |note: &str| DeviceFailure::parse(note).map(|failure| failure.to_string());
        let named = "cuLaunchKernel 719 CUDA_ERROR_LAUNCH_FAILED";
        assert_eq!(read(named).as_deref(), Some("cuLaunchKernel: CUDA_ERROR_LAUNCH_FAILED, error 719"));
        assert_eq!(read("cuInit 226 ").as_deref(), Some("cuInit: error 226"));
        assert_eq!(read("cublasCreate_v2 -1 ").as_deref(), Some("cublasCreate_v2 is missing"));
        assert_eq!([read(""), read("no error")], [None, None]);
    }

    #[test]
    fn memory_is_told_from_other_errors_of_the_same_number() {
        let of_memory = |note: &str| DeviceFailure::parse(note).unwrap().is_of_memory();
        assert!(of_memory("cuMemAllocAsync 2 ") && of_memory("cublasCreate_v2 3 "));
        assert!(!of_memory("cuInit 3 ") && !of_memory("cublasSgemm_v2 2 ") && !of_memory("nvrtcCreateProgram 2 "));
        assert!(!of_memory("nvrtcCreateProgram 3 ") && !of_memory("cublasCreate_v2 -1 "));
    }
}
