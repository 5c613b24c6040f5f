//! A YAML text as a tree of values, with the places they stand at.

use std::io::{ErrorKind, Read};

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::wording::intended;
use super::yaml::{Tree, convert, place_within, scan_within};
use super::{At, Located, Path, Position, Problem, Problems, typed};
use crate::store::open_regular;

/// The largest file, in bytes.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// How many times as large a suite may be once every alias and default is written out.
const WRITTEN_OUT: usize = 64;

/// A YAML text that was read, free of mistakes of form.
#[derive(Clone, Debug)]
pub struct Document {
    origin: String,
    text: String,
    /// Whether places in the text mean anything to the user; not so when it is a setting.
    placed: bool,
    tree: Tree,
    value: Value,
}

impl Document {
    /// Reads a file of YAML.
    ///
    /// # Errors
    ///
    /// When there is no such file, it cannot be read, is no UTF-8 or too large, or as in [`Document::parse`].
    pub fn read(file: &std::path::Path) -> Result<Self, Problems> {
        Self::read_within(file, 1)
    }

    /// Reads the file of a suite that was written out by this program, which has all that aliases stand for and every default: it may be
    /// much larger than what people write.
    ///
    /// # Errors
    ///
    /// As of [`Document::read`].
    pub(super) fn read_written_out(file: &std::path::Path) -> Result<Self, Problems> {
        Self::read_within(file, WRITTEN_OUT)
    }

    /// Reads a file that may be so many times as large as one that is written by people.
    fn read_within(file: &std::path::Path, times: usize) -> Result<Self, Problems> {
        let name = file.display().to_string();
        let bytes = bytes_of(file, times).map_err(|problem| Problems::one(&name, None, problem))?;
        match String::from_utf8(bytes) {
            Ok(text) => Self::parse_within(&text, &name, times),
            Err(error) => {
                let start = error.utf8_error().valid_up_to();
                let valid = String::from_utf8_lossy(&error.as_bytes()[..start]);
                let line = valid.matches('\n').count() + 1;
                let column = valid.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
                let message = "the file is not UTF-8 text from here on; save it as UTF-8";
                Err(Problems::one(name, Some(Position { line, column }), Problem::new(Path::root(), message)))
            }
        }
    }

    /// Reads a text of YAML that came from `file`, which is only named in messages.
    ///
    /// Anchors, aliases and merge keys (`<<`) are resolved.
    ///
    /// # Errors
    ///
    /// Names every mistake of form: syntax, a key that stands twice or is no text, tags, a second document, an empty text,
    /// numbers that are not finite or do not fit, anchors defined twice or inside themselves, and what is larger than
    /// [`MAX_BYTES`], [`MAX_DEPTH`](super::MAX_DEPTH), [`MAX_VALUES`](super::MAX_VALUES) or [`MAX_TEXT`](super::MAX_TEXT).
    pub fn parse(text: &str, file: &str) -> Result<Self, Problems> {
        Self::parse_within(text, file, 1)
    }

    fn parse_within(text: &str, file: &str, times: usize) -> Result<Self, Problems> {
        let document = Self::unbound_within(text, file, true, times)?;
        if document.value.is_null() {
            let message = "the file is empty; `longlag schema` describes what belongs in it";
            return Err(Problems::one(file, None, Problem::new(Path::root(), message)));
        }
        Ok(document)
    }

    /// Reads a text that may be empty; without places if they would mean nothing to the user.
    pub(super) fn unbound(text: &str, origin: &str, placed: bool) -> Result<Self, Problems> {
        Self::unbound_within(text, origin, placed, 1)
    }

    /// Reads a text that this program wrote out, as [`Document::unbound`] does.
    pub(super) fn written_out(text: &str) -> Result<Self, Problems> {
        Self::unbound_within(text, "", false, WRITTEN_OUT)
    }

    fn unbound_within(text: &str, origin: &str, placed: bool, times: usize) -> Result<Self, Problems> {
        let refuse = |problem| Err(Problems::one(origin, None, problem));
        if text.len() > MAX_BYTES * times {
            return refuse(too_large(times));
        }
        // Some editors mark UTF-8 by this invisible character.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let located = |(position, problem): (Position, Problem)| Located {
            origin: origin.to_owned(),
            position: placed.then_some(position),
            problem,
        };
        let refuse = |problems: Vec<_>| Problems::sorted(problems.into_iter().map(located).collect());
        let tree = scan_within(text, times as u64).map_err(refuse)?;
        let value = convert(tree.value());
        let mut document = Self { origin: origin.to_owned(), text: text.to_owned(), placed, tree, value: Value::Null };
        match value {
            Ok(value) => document.value = value,
            Err(problems) => document.raise(problems)?,
        }
        Ok(document)
    }

    /// The tree as written, before [`Schema::normalize`](super::Schema::normalize).
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The text as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The file as the user named it.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Where the part `at` of the value at `path` stands, or what holds it when it stands nowhere itself (a default, say).
    pub fn position(&self, path: &Path, at: &At) -> Option<Position> {
        let place = || match at {
            At::Within { text, offset } => match self.tree.find_text(path, text) {
                Some(start) => Some(place_within(&self.text, start, text, *offset)),
                None => self.tree.find(path, at),
            },
            _ => self.tree.find(path, at),
        };
        self.placed.then(place).flatten()
    }

    /// Names the places of problems found in this document's tree.
    pub fn locate(&self, problems: impl IntoIterator<Item = Problem>) -> Vec<Located> {
        let locate = |problem: Problem| {
            let position = self.position(&problem.path, &problem.at);
            Located { origin: self.origin.clone(), position, problem }
        };
        problems.into_iter().map(locate).collect()
    }

    /// Fails when there are any problems, naming their places.
    ///
    /// # Errors
    ///
    /// The problems.
    pub fn raise(&self, problems: impl IntoIterator<Item = Problem>) -> Result<(), Problems> {
        Problems::raise(self.locate(problems))
    }

    /// The document as a `T`.
    ///
    /// # Errors
    ///
    /// Names every place where it is none.
    pub fn load<T: DeserializeOwned + JsonSchema + 'static>(&self) -> Result<T, Problems> {
        match typed::validate(&self.value) {
            Ok((value, _)) => Ok(value),
            Err(problems) => Err(Problems::sorted(self.locate(problems))),
        }
    }
}

fn too_large(times: usize) -> Problem {
    let message = format!("the file is larger than {} MiB, too large for a suite", MAX_BYTES * times / 1024 / 1024);
    Problem::new(Path::root(), message)
}

fn bytes_of(file: &std::path::Path, times: usize) -> Result<Vec<u8>, Problem> {
    let problem = |message: String| Problem::new(Path::root(), message);
    if file.is_dir() {
        return Err(problem("this is a folder; name the suite file in it".into()));
    }
    let mut bytes = Vec::new();
    let limit = (MAX_BYTES * times) as u64 + 1;
    match open_regular(file).and_then(|open| open.take(limit).read_to_end(&mut bytes)) {
        Ok(_) if bytes.len() > MAX_BYTES * times => Err(too_large(times)),
        Ok(_) => Ok(bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let missing = problem("there is no such file".into());
            Err(match neighbour(file) {
                Some(name) => missing.help(format!("did you mean {name}?")),
                None => missing.help("check the path, relative to the current folder"),
            })
        }
        Err(error) => Err(problem(format!("cannot be read: {error}"))),
    }
}

/// A file in the same folder that the user probably meant, such as the one with an ending.
fn neighbour(file: &std::path::Path) -> Option<String> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = std::fs::read_dir(folder.unwrap_or(std::path::Path::new("."))).ok()?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".yaml") || name.ends_with(".yml")).collect();
    names.sort();
    // All have nearly the same ending, so only what comes before it tells them apart.
    let stem = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    let stems: Vec<String> = names.iter().map(|name| stem(name)).collect();
    let stems: Vec<&str> = stems.iter().map(String::as_str).collect();
    let near = intended(&stem(file.file_name()?.to_str()?), &stems)?;
    let name = &names[stems.iter().position(|stem| *stem == near)?];
    Some(file.with_file_name(name).display().to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::suite::sample::{self, Suite};

    fn refused(text: &str) -> String {
        Document::parse(text, "x.yaml").expect_err("refused").to_string()
    }

    fn load(text: &str) -> Result<Suite, String> {
        Document::parse(text, "x.yaml").and_then(|document| document.load()).map_err(|problems| problems.to_string())
    }

    #[test]
    fn a_suite_is_read() {
        let text = "# A suite.\nname: plain\nupdates: 1e1\nspare: &c {kind: lstm}\nextra: {cell: *c}\n";
        let suite = load(text).expect("a suite");
        assert_eq!((suite.updates, suite.extra.expect("given").cell), (10, suite.spare.expect("given")));
        assert_eq!(load("\u{feff}name: plain\r\nupdates: 10\r\n"), Ok(Suite::plain()));
    }

    #[test]
    fn every_mistake_is_named_with_its_place() {
        let text = "\
name: Vanishing Gradients
cell:
  kind: elman
  aktivation: relu
nested:
  depth: 0
  cell: {kind: lstmm}
clip: [norm, {kind: norm, max: -1}]
threads:
rate:
";
        assert_eq!(
            load(text).expect_err("problems"),
            "\
x.yaml:1:1: missing key `updates`; add `updates:` with a whole number
x.yaml:1:7: name: must be small letters, digits and hyphens, found \"Vanishing Gradients\"
x.yaml:4:3: cell: unknown key `aktivation` in the elman cell; did you mean `activation`? valid: activation, dropout
x.yaml:6:10: nested.depth: must be at least 1, found 0
x.yaml:7:16: nested.cell: unknown kind `lstmm`; did you mean `lstm`? valid: elman, lstm, gru, stack
x.yaml:8:32: clip[1].max: must be above 0, found -1
x.yaml:10:1: rate: is empty; give a number, or remove the key to use the default, 0.0"
        );
    }

    #[test]
    fn bare_names_are_shown_where_they_stand() {
        assert_eq!(load("name: x\nupdates: 1\ncell: lstmm\n").expect_err("problems"), {
            "x.yaml:3:7: cell: unknown kind `lstmm`; did you mean `lstm`? valid: elman, lstm, gru, stack"
        });
        assert_eq!(load("name: x\nupdates: 1\nclip: [norm, value]\n").expect_err("problems"), {
            "x.yaml:3:14: clip[1]: missing key `max` of the value gradient clip; add `max:` with a number"
        });
    }

    #[test]
    fn mistakes_of_form_have_places_too() {
        assert_eq!(refused(""), "x.yaml: the file is empty; `longlag schema` describes what belongs in it");
        assert_eq!(refused("# nothing\n---\n"), refused(""));
        assert_eq!(refused("a: .nan\nb: [1, .inf]\n"), {
            "x.yaml:1:4: a: is `.nan`; give a finite number\nx.yaml:2:8: b[1]: is `.inf`; give a finite number"
        });
        assert_eq!(refused("a: {<<: 3}\n"), {
            "x.yaml:1:5: a: `<<` merges maps: write `<<: *name` or `<<: [*a, *b]`, with anchors of maps"
        });
        assert_eq!(refused("a: 1\n\na: !x 2\n"), {
            "x.yaml:3:1: the key `a` stands twice in this map, first in line 1; remove one of the two\n\
             x.yaml:3:4: the tag `!x` has no meaning here; remove it; to make a text, use quotes"
        });
        assert_eq!(refused(&"#".repeat(MAX_BYTES + 1)), "x.yaml: the file is larger than 4 MiB, too large for a suite");
    }

    #[test]
    fn aliases_are_shown_at_their_anchors_inside() {
        let text = "name: x\nupdates: 1\nspare: &c\n  kind: lstm\n  peephole: true\ncell: *c\n";
        let message =
            "unknown key `peephole` in the lstm cell; did you mean `peepholes`? valid: forget-bias, peepholes";
        assert_eq!(load(text).expect_err("problems"), {
            format!("x.yaml:5:3: spare: {message}\nx.yaml:5:3: cell: {message}")
        });
    }

    #[test]
    fn files_that_cannot_be_read_are_explained() {
        let folder = tempfile::tempdir().expect("a folder");
        let read = |name: &str| {
            let path = folder.path().join(name);
            let message = Document::read(&path).expect_err("refused").to_string();
            message.replace(&folder.path().display().to_string(), "suites")
        };
        let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).expect("written");
        write("vanishing.yaml", b"a: 1\n");
        write("latin.yaml", "a: 1\nb: caf\u{e9}".chars().map(|c| c as u8).collect::<Vec<_>>().as_slice());
        write("large.yaml", &vec![b' '; MAX_BYTES + 1]);
        assert_eq!(read(""), "suites/: this is a folder; name the suite file in it");
        assert_eq!(read("vanishing"), {
            "suites/vanishing: there is no such file; did you mean suites/vanishing.yaml?"
        });
        assert_eq!(read("vanishng.yaml"), {
            "suites/vanishng.yaml: there is no such file; did you mean suites/vanishing.yaml?"
        });
        assert_eq!(
            read("c.yaml"),
            "suites/c.yaml: there is no such file; check the path, relative to the current folder"
        );
        assert_eq!(read("x/other.yaml"), {
            "suites/x/other.yaml: there is no such file; check the path, relative to the current folder"
        });
        assert_eq!(
            read("latin.yaml"),
            "suites/latin.yaml:2:7: the file is not UTF-8 text from here on; save it as UTF-8"
        );
        assert_eq!(read("large.yaml"), "suites/large.yaml: the file is larger than 4 MiB, too large for a suite");
        let document = Document::read(&folder.path().join("vanishing.yaml")).expect("a document");
        assert_eq!(document.value(), &json!({"a": 1}));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn any_text_is_read_or_refused(text in prop_oneof![sample::scraps(), "(.|\n){0,60}"]) {
            match Document::parse(&text, "x.yaml") {
                Ok(document) => prop_assert!(document.load::<Suite>().map_err(|problems| problems.to_string()).is_err()),
                Err(problems) => prop_assert!(problems.to_string().starts_with("x.yaml:")),
            }
        }
    }

    proptest! {
        #[test]
        fn a_written_suite_reads_back(suite in sample::suite()) {
            let value = serde_json::to_value(&suite).expect("JSON");
            let text = serde_yaml::to_string(&sample::shortened(value)).expect("YAML");
            prop_assert_eq!(load(&text), Ok(suite));
        }
    }
}
