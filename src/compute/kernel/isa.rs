//! The instruction set, chosen once.

use std::sync::OnceLock;

/// An instruction set that kernels are compiled for. All give the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Isa {
    /// x86-64 with AVX-512F.
    Avx512,
    /// x86-64 with AVX2 and FMA.
    Avx2,
    /// Any processor.
    Portable,
}

/// The environment variable that forces an instruction set.
pub const VARIABLE: &str = "LONGLAG_ISA";

impl Isa {
    /// All instruction sets, the fastest first.
    pub const ALL: [Self; 3] = [Self::Avx512, Self::Avx2, Self::Portable];

    /// The name of the instruction set in `LONGLAG_ISA`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Avx512 => "avx512",
            Self::Avx2 => "avx2",
            Self::Portable => "portable",
        }
    }

    /// Whether this processor has the instruction set.
    #[inline]
    pub fn available(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => std::is_x86_feature_detected!("avx512f") && Self::Avx2.available(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma"),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx512 | Self::Avx2 => false,
            Self::Portable => true,
        }
    }

    /// The instruction set that `LONGLAG_ISA` names, or else the fastest there is.
    ///
    /// # Errors
    ///
    /// When the variable names none, or one that this processor lacks: one sentence that says so.
    pub fn choose() -> Result<Self, String> {
        static CHOSEN: OnceLock<Result<Isa, String>> = OnceLock::new();
        CHOSEN.get_or_init(|| named(std::env::var(VARIABLE).ok().as_deref())).clone()
    }
}

fn named(wanted: Option<&str>) -> Result<Isa, String> {
    let available = || Isa::ALL.into_iter().filter(|isa| isa.available());
    match wanted {
        None | Some("") => Ok(available().next().expect("the portable set is always there")),
        Some(name) => available().find(|isa| isa.name() == name).ok_or_else(|| {
            let names: Vec<&str> = available().map(Isa::name).collect();
            format!("{VARIABLE} is `{name}`, but this processor offers {}", names.join(", "))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_forces_one_that_is_there() {
        assert_eq!(named(Some("portable")), Ok(Isa::Portable));
        assert!(named(None).is_ok_and(Isa::available));
        let error = named(Some("neon512")).expect_err("there is no such set");
        assert!(error.contains("neon512") && error.contains("portable"), "{error}");
    }
}
