//! A suite as it is run: the file, with `--quick` and `--set` applied, checked as a whole.

use serde_json::{Value, json};

use crate::component::task::{DataFiles, KnownData};

use super::{At, Derived, Document, Located, Path, Problem, Problems, Schema, Section, Setting, SuiteFile, validate};

/// Folders beside those of runs, which no suite may be called after.
const RESERVED: [&str; 2] = ["published", "baselines"];
/// The end of the name of the folder of a suite's small version.
const QUICK: &str = "-quick";

/// A checked suite and where its mistakes are to be pointed out.
#[derive(Debug)]
pub struct Suite {
    /// The settings as they are run, complete with defaults.
    pub file: SuiteFile,
    /// The folder that it was read from, where relative paths lead from.
    folder: std::path::PathBuf,
    document: Document,
    settings: Vec<Setting>,
    /// Numbers that depend on others; `file` has them as they are without a sweep.
    derived: Vec<Derived>,
    /// With `--quick` the paths that the suite's small version sets.
    quick: Option<Vec<Path>>,
}

impl Suite {
    /// Reads the suite at `path`; `quick` makes it its own small version, then `settings` are applied in order. A setting
    /// beneath a section that the file leaves out changes the section's default.
    ///
    /// # Errors
    ///
    /// All that is wrong with the file and the settings.
    pub fn load(path: &std::path::Path, settings: Vec<Setting>, quick: bool) -> Result<Self, Problems> {
        let folder = path.parent().map(std::path::Path::to_owned).unwrap_or_default();
        Self::of(Document::read(path)?, folder, settings, quick)
    }

    /// Reads the suite at `path`, which [`Suite::resolved_yaml`] wrote: of any valid suite, whatever its aliases come to.
    ///
    /// # Errors
    ///
    /// As of [`Suite::load`].
    pub fn load_resolved(path: &std::path::Path, settings: Vec<Setting>) -> Result<Self, Problems> {
        let folder = path.parent().map(std::path::Path::to_owned).unwrap_or_default();
        Self::of(Document::read_written_out(path)?, folder, settings, false)
    }

    /// Reads a suite from YAML, as a program makes it. Files that it names are looked for in the current folder.
    ///
    /// # Errors
    ///
    /// All that is wrong with it, each mistake at its line and column of the text, which messages call `suite`.
    pub fn parse(text: &str) -> Result<Self, Problems> {
        Self::of(Document::parse(text, "suite")?, std::path::PathBuf::new(), vec![], false)
    }

    fn of(
        document: Document,
        folder: std::path::PathBuf,
        settings: Vec<Setting>,
        quick: bool,
    ) -> Result<Self, Problems> {
        // The file itself is checked first, so that its mistakes are reported with their lines.
        let (written, _) = read(document.value().clone()).map_err(|problems| raised(document.locate(problems)))?;
        let understood =
            |setting: Setting| Setting { path: Schema::of::<SuiteFile>().understood(setting.path), ..setting };
        let settings: Vec<Setting> = settings.into_iter().map(understood).collect();
        let mut tree = document.value().clone();
        let complete = json!(written);
        let quick = if quick { Some(apply_quick(&document, &written, &complete, &mut tree)?) } else { None };
        for setting in &settings {
            fill(&setting.path, &complete, &mut tree);
            setting.apply(&mut tree)?;
        }
        let mut suite = Self { file: written, folder, document, settings, derived: vec![], quick };
        match read(tree) {
            Ok((file, derived)) => {
                (suite.file, suite.derived) = (file, derived);
                suite.check_name()?;
                Ok(suite)
            }
            Err(problems) => Err(suite.locate(problems)),
        }
    }

    /// The settings from outside of the file, in the order in which they were applied.
    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// Where files that it names are looked for.
    pub fn data_files(&self) -> DataFiles {
        DataFiles { folder: self.folder.clone(), known: self.file.data.clone() }
    }

    /// Whether it is the suite's own small version.
    pub fn is_quick(&self) -> bool {
        self.quick.is_some()
    }

    /// Whether the command line changed it, by `--set`.
    pub fn is_changed(&self) -> bool {
        !self.settings.is_empty()
    }

    /// Whether the trained parameters of reported trials are kept.
    pub fn keeps_models(&self) -> bool {
        self.file.save.contains(&super::Artifact::Models)
    }

    /// Whether the file, its small version that is run, or a setting from outside says what stands at `path`.
    pub fn says(&self, path: &Path) -> bool {
        let mut set = self.settings.iter().map(|setting| &setting.path).chain(self.quick.iter().flatten());
        path.get(self.document.value()).is_some() || set.any(|set| path.starts_with(set))
    }

    /// Refuses a name whose folder is not the suite's own.
    fn check_name(&self) -> Result<(), Problems> {
        let name = &self.file.name;
        let (message, help) = if RESERVED.contains(&name.as_str()) {
            (format!("`results/{name}` is no folder of a run"), "call the suite otherwise")
        } else if name.ends_with(QUICK) {
            let short = name.trim_end_matches(QUICK);
            (format!("`results/{name}` is the folder of `{short}` run with --quick"), "call the suite otherwise")
        } else {
            return Ok(());
        };
        Err(self.locate(vec![Problem::new(Path::root().key("name"), message).help(help)]))
    }

    /// The complete tree of a section before any sweep, with derived numbers as maps.
    pub fn section(&self, section: Section) -> Value {
        let mut tree = self.file.section(section);
        for derived in &self.derived {
            if let Some((_, rest)) = Section::split(&derived.path).filter(|(of, _)| *of == section) {
                // The place is there: the number was taken from it.
                let _ = rest.set(&mut tree, json!(derived.number));
            }
        }
        tree
    }

    /// Name of the folder under the results.
    pub fn folder(&self) -> String {
        if self.is_quick() { format!("{}{QUICK}", self.file.name) } else { self.file.name.clone() }
    }

    /// The suite as it is run, as YAML that loads to the same suite, with the facts about its files of `data`.
    pub fn resolved_yaml(&self, data: Vec<KnownData>) -> String {
        let mut tree = json!(SuiteFile { data, ..self.file.clone() });
        for derived in &self.derived {
            let _ = derived.path.set(&mut tree, json!(derived.number));
        }
        super::to_yaml(&tree)
    }

    /// The suite file as the user wrote it.
    pub fn written_yaml(&self) -> &str {
        self.document.text()
    }

    /// Points problems of the resolved suite out where they were written: in a `--set`, under `quick`, or in the file.
    pub fn locate(&self, problems: Vec<Problem>) -> Problems {
        let located: Vec<Located> = problems.into_iter().flat_map(|problem| self.origin(problem)).collect();
        raised(located)
    }

    fn origin(&self, problem: Problem) -> Vec<Located> {
        if let Some(located) = self.settings.iter().rev().find_map(|setting| setting.blame(&problem)) {
            return vec![located];
        }
        let part = match &problem.at {
            At::Value | At::Within { .. } => problem.path.clone(),
            At::Key(key) | At::Inside(key) => problem.path.key(key),
        };
        let mut quick = self.quick.iter().flatten();
        if let Some(path) = quick.find(|path| part.starts_with(path) || self.adds(path, &part)) {
            let place = Path::root().key("quick").key(path.to_string());
            let at = if matches!(problem.at, At::Within { .. }) { problem.at.clone() } else { At::Value };
            return self.document.locate([Problem::new(place, problem.to_string()).at(at)]);
        }
        // A setting also makes what leads to it, such as a section of an unknown name.
        match self.settings.iter().rev().find(|setting| self.adds(&setting.path, &part)) {
            Some(setting) => vec![Located { origin: setting.origin.clone(), position: None, problem }],
            None => self.document.locate([problem]),
        }
    }

    /// Whether a setting at `path` makes `part`, which the file does not have.
    fn adds(&self, path: &Path, part: &Path) -> bool {
        !part.is_root() && path.starts_with(part) && part.get(self.document.value()).is_none()
    }
}

/// A suite and its derived numbers. The suite has them as they are without a sweep, or some number where that is not valid: what
/// the arms have is for the plan to say.
fn read(tree: Value) -> Result<(SuiteFile, Vec<Derived>), Vec<Problem>> {
    let schema = Schema::of::<SuiteFile>();
    let mut tree = schema.normalize(tree);
    let derived = schema.take_derived(&Path::root(), &mut tree)?;
    let of_all = derived.iter().filter(|one| Section::split(&one.path).is_none());
    let problems: Vec<Problem> = of_all
        .map(|one| {
            let message = "a derived number is one for each arm, and this setting is one for all arms";
            Problem::new(one.path.clone(), message).help("give a number")
        })
        .collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let (file, _) = validate::<SuiteFile>(&tree)?;
    if derived.is_empty() {
        return Ok((file, derived));
    }
    let mut complete = json!(file);
    for one in &derived {
        let number = one.number.per.get(&complete).and_then(Value::as_f64);
        if let Some(number) = number {
            let _ = one.path.set(&mut complete, one.value(number));
        }
    }
    Ok((validate::<SuiteFile>(&complete).map_or(file, |(file, _)| file), derived))
}

fn raised(located: Vec<Located>) -> Problems {
    match Problems::raise(located) {
        Err(problems) => problems,
        Ok(()) => unreachable!("only problems are located"),
    }
}

/// Puts the part of the `complete` suite that leads to `path` into a tree that leaves it out.
fn fill(path: &Path, complete: &Value, tree: &mut Value) {
    let above = (1..path.segments().len()).map(|depth| path.segments()[..depth].iter().cloned().collect::<Path>());
    for above in above {
        if above.get(tree).is_none()
            && let Some(default @ Value::Object(_)) = above.get(complete)
        {
            // What stands in the way is reported when the setting itself is applied.
            let _ = above.set(tree, default.clone());
            return;
        }
    }
}

/// Replaces settings by those of the suite's small version, and says which.
fn apply_quick(
    document: &Document,
    written: &SuiteFile,
    complete: &Value,
    tree: &mut Value,
) -> Result<Vec<Path>, Problems> {
    let Some(quick) = &written.quick else {
        tree["replicates"] = json!(1);
        if let Some(tune) = &written.tune {
            tree["tune"] = json!(crate::suite::TuneSpec { replicates: 1, ..tune.clone() });
        }
        if let Some(reach) = &written.reach {
            tree["reach"] =
                json!(crate::suite::ReachSpec { trials: reach.trials.min(8), updates: None, ..reach.clone() });
        }
        if written.train.epochs.is_none() {
            let updates = Path::root().key("train").key("updates");
            let few = written.train.updates.unwrap_or(50).min(50);
            updates.set(tree, json!(few)).map_err(|problem| refuse(document, problem))?;
        }
        return Ok(vec![]);
    };
    let apply = |(path, value): (&String, &Value)| {
        let place = Path::root().key("quick").key(path.as_str());
        let target: Path = path
            .parse()
            .map_err(|error: super::PathError| refuse(document, Problem::new(place.clone(), error.to_string())))?;
        let target = Schema::of::<SuiteFile>().understood(target);
        fill(&target, complete, tree);
        let set = target.set(tree, value.clone());
        set.map_err(|problem| refuse(document, Problem::new(place, problem.to_string())))?;
        Ok(target)
    };
    quick.iter().map(apply).collect()
}

fn refuse(document: &Document, problem: Problem) -> Problems {
    match document.raise([problem]) {
        Err(problems) => problems,
        Ok(()) => unreachable!("there is a problem"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A suite from a string is the one from a file of that text, and its mistakes have places in the string.
    #[test]
    fn a_string_is_read_as_a_file_is() {
        let text = "version: 1\nname: small\ntask: {kind: adding, length: 8}\ntrain: {updates: 3}\n";
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("suite.yaml");
        std::fs::write(&file, text).unwrap();
        let (parsed, loaded) = (Suite::parse(text).unwrap(), Suite::load(&file, vec![], false).unwrap());
        assert_eq!(parsed.file, loaded.file);
        assert_eq!(parsed.written_yaml(), text);

        let problems = Suite::parse(&text.replace("updates", "update")).unwrap_err().to_string();
        assert!(problems.starts_with("suite:4:9: "), "{problems}");
    }
}
