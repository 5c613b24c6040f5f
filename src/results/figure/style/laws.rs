//! Laws of the sources: looks come from this module alone.

use std::path::{Path, PathBuf};

use regex::Regex;

/// The sources of the figures but those of this module and of tests.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = vec![];
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() && !path.ends_with("style") {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let program = text.split("#[cfg(test)]\nmod tests").next().unwrap_or("").to_owned();
            found.push((path, program));
        }
    }
    found
}

/// Widths, dashes, sizes and colours are types that only this module makes; what could still be written elsewhere is a colour in
/// words of SVG or of the drawing library, an opacity, or the name of a font.
#[test]
fn nothing_else_has_looks_of_its_own() {
    let forbidden = [
        (r##""[^"]*#[0-9A-Fa-f]{3,8}\b"##, "a colour"),
        (r"\b(RGBColor|RGBAColor|HSLColor)\([^)]*\d", "a colour"),
        (r"(?s)\.area\([^;]*,\s*0?\.\d*[1-9]\d*\s*\)", "an opacity"),
        (r#"font-family=\\"[A-Za-z]|"(sans-serif|serif|monospace|Roboto)""#, "a font"),
        (r"stroke_width\(\d|stroke-width=\\?.\d", "a width"),
    ]
    .map(|(pattern, what)| (Regex::new(pattern).unwrap(), what));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/results/figure");
    let sources = sources(&folder);
    assert!(sources.len() > 30, "{} sources", sources.len());
    for (path, text) in sources {
        // The tests of figures read drawings back and may say what they expect.
        if ["laws.rs", "readback.rs", "huge.rs", "fixture.rs"].iter().any(|name| path.ends_with(name)) {
            continue;
        }
        for (pattern, what) in &forbidden {
            let found = pattern.find(&text).map(|found| found.as_str());
            assert_eq!(found, None, "{} has {what} of its own; take it from the style", path.display());
        }
    }
}
