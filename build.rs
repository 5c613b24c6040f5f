//! Tells the program which commit, compiler and profile it was built from, for the manifests of its runs.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

/// The file in which `cargo package` keeps the commit that a package was made of.
const PACKAGED: &str = ".cargo_vcs_info.json";
/// The sources that decide which program is built.
const SOURCES: [&str; 4] = ["src", "Cargo.toml", "Cargo.lock", "build.rs"];

fn main() {
    // A new commit, a change of the sources: whatever may change the answer. A path that is not there would mean a build each time.
    let paths = SOURCES.into_iter().chain([".git/HEAD", ".git/logs/HEAD", PACKAGED]);
    for path in paths.filter(|path| Path::new(path).exists()) {
        println!("cargo::rerun-if-changed={path}");
    }
    #[cfg(feature = "cuda")]
    cuda::build_loader();
    if let Some(commit) = packaged().or_else(checked_out) {
        println!("cargo::rustc-env=LONGLAG_COMMIT={commit}");
    }
    let profile = match std::env::var("PROFILE").as_deref() {
        Ok("debug") => "dev".to_owned(),
        profile => profile.unwrap_or_default().to_owned(),
    };
    println!("cargo::rustc-env=LONGLAG_PROFILE={profile}");
    if let Some(version) = std::env::var("RUSTC").ok().and_then(|rustc| output(&rustc, &["--version"])) {
        println!("cargo::rustc-env=LONGLAG_RUSTC={version}");
    }
}

/// The commit of a package, with a mark where it was made of other sources: a package may lie in a checkout of something else.
fn packaged() -> Option<String> {
    let text = fs::read_to_string(PACKAGED).ok()?;
    let (_, after) = text.split_once("\"sha1\"")?;
    let commit = after.split('"').nth(1).filter(|commit| commit.chars().all(|digit| digit.is_ascii_hexdigit()))?;
    let mark = if text.contains("\"dirty\"") { "+changes" } else { "" };
    Some(format!("{commit}{mark}"))
}

/// The commit of a checkout, with a mark where its sources are others now.
fn checked_out() -> Option<String> {
    let commit = output("git", &["rev-parse", "HEAD"])?;
    let status = ["--no-optional-locks", "status", "--porcelain", "--"].into_iter().chain(SOURCES);
    let changed = output("git", &status.collect::<Vec<_>>()).is_some_and(|changed| !changed.is_empty());
    Some(commit + &if changed { changes() } else { String::new() })
}

/// The mark of sources that are not those of the commit, with a hash of how tracked ones differ, so that two such builds are told apart.
fn changes() -> String {
    let digest = || {
        let mut diff =
            Command::new("git").args(["diff", "HEAD", "--"]).args(SOURCES).stdout(Stdio::piped()).spawn().ok()?;
        let hash = Command::new("git").args(["hash-object", "--stdin"]).stdin(diff.stdout.take()?).output().ok()?;
        let hash = String::from_utf8(hash.stdout).ok()?;
        diff.wait().ok().filter(|status| status.success()).and_then(|_| hash.get(..8).map(str::to_owned))
    };
    digest().map_or_else(|| "+changes".to_owned(), |digest| format!("+changes-{digest}"))
}

/// The output of a command, if it succeeds. Outside a checkout, or without git, the commit is simply not known.
fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}

/// The loader of NVIDIA's libraries.
#[cfg(feature = "cuda")]
mod cuda {
    use std::{env, path::PathBuf};

    /// Compiles the loader, all of it linked, before the libraries that cudarc asks for: with its functions defined none of those is needed,
    /// and the linker leaves out what is not needed. On other systems than Linux, and other
    /// processors, the libraries are linked as cudarc asks.
    pub fn build_loader() {
        let target = |of: &str| env::var(format!("CARGO_CFG_TARGET_{of}")).unwrap_or_default();
        if target("OS") != "linux" || !["x86_64", "aarch64"].contains(&target("ARCH").as_str()) {
            return;
        }
        let mut build = cc::Build::new();
        build.file("src/engine/cuda/loader.c").std("gnu11").warnings(true).link_lib_modifier("+whole-archive");
        if let Some(toolkit) = toolkit() {
            let header = std::fs::read_to_string(toolkit.join("include/cuda.h")).unwrap_or_default();
            let version = header.lines().find_map(|line| line.strip_prefix("#define CUDA_VERSION "));
            if let Some(version) = version.and_then(|version| version.trim().parse::<u32>().ok()) {
                build.define("CUDA_MAJOR", (version / 1000).to_string().as_str());
            }
            let libraries = ["lib64", "targets/x86_64-linux/lib", "lib"].map(|folder| toolkit.join(folder));
            if let Some(libraries) = libraries.iter().find(|folder| folder.is_dir()) {
                build.define("CUDA_LIBRARIES", format!("{:?}", libraries.display().to_string()).as_str());
            }
        }
        build.compile("longlag_cuda_loader");
    }

    /// The folder of the CUDA toolkit, where dfdx and cudarc find it too; none is needed for `cuda-check`.
    fn toolkit() -> Option<PathBuf> {
        let variables = ["CUDA_PATH", "CUDA_ROOT", "CUDA_TOOLKIT_ROOT_DIR"];
        variables.iter().for_each(|variable| println!("cargo::rerun-if-env-changed={variable}"));
        let named = variables.iter().filter_map(env::var_os).map(PathBuf::from);
        let usual = ["/usr", "/usr/local/cuda", "/opt/cuda", "/usr/lib/cuda"].map(PathBuf::from);
        named.chain(usual).find(|folder| folder.join("include/cuda.h").is_file())
    }
}
