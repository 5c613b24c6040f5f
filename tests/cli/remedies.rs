//! Advice on which engine and device to take.

use std::collections::BTreeMap;

use crate::program::{Folder, SMALL};

/// The options that choose what computes, with their values.
type Options = BTreeMap<&'static str, &'static str>;

/// The options after each of the remedies of a refusal, which stand behind its last semicolon, apart by `, or`: to leave options away, or to
/// take others.
fn remedies(said: &str, asked: &Options) -> Vec<Options> {
    let advice = said.rsplit_once("; ").map_or(said, |(_, advice)| advice);
    let names = ["--engine", "--device", "--threads-per-trial"];
    let follow = |remedy: &str| {
        let mut options = asked.clone();
        for name in names.into_iter().filter(|name| remedy.contains(name)) {
            if remedy.contains("take") {
                options.insert(name, "fused");
            } else {
                options.remove(name);
            }
        }
        (options != *asked).then_some(options)
    };
    // A remedy that names no option is about the build.
    advice.split(", or ").filter_map(follow).collect()
}

/// Refusals on the way that this advice leads, the longest if there are several.
fn refusals(folder: &Folder, file: &str, asked: &Options) -> usize {
    let options = asked.iter().flat_map(|(name, value)| [*name, *value]);
    let arguments: Vec<&str> = ["plan", file].into_iter().chain(options).collect();
    let ended = folder.run(&arguments);
    if ended.code == Some(0) {
        return 0;
    }
    assert_eq!(ended.code, Some(2), "{ended:#?}");
    let remedies = remedies(ended.err.trim(), asked);
    assert!(!remedies.is_empty(), "no remedy: {}", ended.err);
    1 + remedies.iter().map(|asked| refusals(folder, file, asked)).max().unwrap_or(0)
}

#[test]
fn whoever_follows_the_advice_gets_there() {
    let folder = Folder::new();
    let plain = folder.write("small.yaml", SMALL);
    let penalized = folder.write("penalized.yaml", &format!("{SMALL}\nregularizers: [norm-stabilizer]\n"));
    let mut refused = 0;
    for file in [plain, penalized] {
        for engine in ["", "fused", "dfdx"] {
            for device in ["", "cpu", "cuda"] {
                for threads in ["", "2"] {
                    let asked = [("--engine", engine), ("--device", device), ("--threads-per-trial", threads)];
                    let asked: Options = asked.into_iter().filter(|(_, value)| !value.is_empty()).collect();
                    let on_the_way = refusals(&folder, file, &asked);
                    assert!(on_the_way <= 3, "{asked:?}: {on_the_way} refusals");
                    refused += usize::from(on_the_way > 0);
                }
            }
        }
    }
    assert!(refused > 10, "{refused}");
}
