//! A GPU and the versions of what drives it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A GPU, with all that may change the bits it computes; nothing where it is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Gpu {
    /// The card's name.
    pub name: Option<String>,
    /// Its compute capability, such as `9.0`.
    pub compute_capability: Option<String>,
    /// The newest version of CUDA that its driver knows, such as `13.0`.
    pub driver: Option<String>,
    /// The version of NVRTC, the compiler of kernels at run time.
    pub nvrtc: Option<String>,
    /// The version of cuBLAS, which multiplies matrices.
    pub cublas: Option<String>,
}

impl Gpu {
    /// Reads the five of them from a line each, which is empty where it is not known; nothing of other texts.
    pub fn parse(lines: &str) -> Option<Self> {
        let known: Vec<Option<String>> =
            lines.split('\n').map(|line| (!line.is_empty()).then(|| line.to_owned())).collect();
        let [name, compute_capability, driver, nvrtc, cublas] = known.try_into().ok()?;
        Some(Self { name, compute_capability, driver, nvrtc, cublas })
    }
}

impl fmt::Display for Gpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name.as_deref().unwrap_or("unnamed GPU"))?;
        let parts = [
            ("compute capability", &self.compute_capability),
            ("driver of CUDA", &self.driver),
            ("NVRTC", &self.nvrtc),
            ("cuBLAS", &self.cublas),
        ];
        parts.into_iter().try_for_each(|(name, version)| match version {
            Some(version) => write!(f, ", {name} {version}"),
            None => Ok(()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_of_a_gpu_is_read_and_said() {
        let gpu = Gpu::parse("NVIDIA H200\n9.0\n13.0\n\n13.1.0").unwrap();
        assert_eq!(gpu.to_string(), "NVIDIA H200, compute capability 9.0, driver of CUDA 13.0, cuBLAS 13.1.0");
        assert_eq!((gpu.nvrtc, Gpu::parse("\n\n\n\n")), (None, Some(Gpu::default())));
        assert_eq!(Gpu::parse("CUDA_SUCCESS"), None);
    }
}
