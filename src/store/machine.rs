//! The machine as the manifest tells of it, without its name, which would identify a person's computer in published results.

use serde::{Deserialize, Serialize};

/// The machine a run was done on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Machine {
    /// The processor's model, where the system tells.
    pub cpu: Option<String>,
    /// Logical processors this process may use.
    pub cores: Option<usize>,
    /// Operating system and architecture, such as `linux x86_64`.
    pub platform: String,
}

impl Machine {
    /// This machine.
    pub fn this() -> Self {
        Self {
            cpu: std::fs::read_to_string("/proc/cpuinfo").ok().as_deref().and_then(model),
            cores: std::thread::available_parallelism().ok().map(usize::from),
            platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        }
    }
}

/// The first processor's model in the text of `/proc/cpuinfo`.
fn model(cpuinfo: &str) -> Option<String> {
    let value = |line: &str| line.split_once(':').map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()));
    cpuinfo.lines().filter_map(value).find(|(key, value)| key == "model name" && !value.is_empty()).map(|(_, v)| v)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_is_found_or_not_known() {
        assert_eq!(model("processor\t: 0\nmodel name\t: A: B 3 GHz\n"), Some("A: B 3 GHz".into()));
        assert_eq!(model("processor\t: 0\nCPU part : 0xd0c\n"), None);
        assert_eq!(model(""), None);
    }
}
