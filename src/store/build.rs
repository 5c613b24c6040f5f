//! The build of the program: its version, commit, compiler and profile.

use std::fmt;

/// Digits of a commit that are shown: enough for one to be found by.
const DIGITS: usize = 12;

/// The build of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// The version of longlag.
    pub longlag: String,
    /// The commit, where the build knew, with a mark if the sources were changed since.
    pub commit: Option<String>,
    /// The compiler, where the build knew.
    pub rustc: Option<String>,
    /// The build profile: `dev` or `release`.
    pub profile: Option<String>,
}

impl Build {
    /// The build of this program.
    pub fn this() -> Self {
        Self {
            longlag: env!("CARGO_PKG_VERSION").to_owned(),
            commit: option_env!("LONGLAG_COMMIT").map(str::to_owned),
            rustc: option_env!("LONGLAG_RUSTC").map(str::to_owned),
            profile: option_env!("LONGLAG_PROFILE").map(str::to_owned),
        }
    }
}

/// On one line, such as `longlag 0.1.0, commit 0123456789ab+changes-89abcdef, rustc 1.95.0, dev profile`.
impl fmt::Display for Build {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { longlag, commit, rustc, profile } = self;
        write!(f, "longlag {longlag}")?;
        if let Some(commit) = commit {
            let (digits, mark) = commit.split_at(commit.find('+').unwrap_or(commit.len()));
            write!(f, ", commit {}{mark}", digits.get(..DIGITS).unwrap_or(digits))?;
        }
        if let Some(version) = rustc.as_ref().and_then(|rustc| rustc.split(' ').nth(1)) {
            write!(f, ", rustc {version}")?;
        }
        profile.iter().try_for_each(|profile| write!(f, ", {profile} profile"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_is_told_as_far_as_it_is_known() {
        let known = |text: &str| Some(text.to_owned());
        let build = Build {
            longlag: "0.1.0".to_owned(),
            commit: known("0123456789abcdef0123456789abcdef01234567+changes-89abcdef"),
            rustc: known("rustc 1.95.0 (59807616e 2026-04-14)"),
            profile: known("dev"),
        };
        let told = "longlag 0.1.0, commit 0123456789ab+changes-89abcdef, rustc 1.95.0, dev profile";
        assert_eq!(build.to_string(), told);
        let bare = Build { commit: None, rustc: None, profile: None, ..build };
        assert_eq!(bare.to_string(), "longlag 0.1.0");
    }
}
