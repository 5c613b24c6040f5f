//! A suite as it is run: the file, with `--quick` and `--set` applied, checked as a whole.

use serde_json::{Value, json};

use super::{At, Document, Located, Path, Problem, Problems, Setting, SuiteFile, validate};

/// A checked suite and where its mistakes are to be pointed out.
#[derive(Debug)]
pub struct Suite {
    pub file: SuiteFile,
    document: Document,
    settings: Vec<Setting>,
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
        let document = Document::read(path)?;
        // The file itself is checked first, so that its mistakes are reported with their lines.
        let written: SuiteFile = document.load()?;
        let mut tree = document.value().clone();
        let complete = json!(written);
        let quick = if quick { Some(apply_quick(&document, &written, &complete, &mut tree)?) } else { None };
        for setting in &settings {
            fill(&setting.path, &complete, &mut tree);
            setting.apply(&mut tree)?;
        }
        let mut suite = Self { file: written, document, settings, quick };
        match validate::<SuiteFile>(&tree) {
            Ok((file, _)) => {
                suite.file = file;
                Ok(suite)
            }
            Err(problems) => Err(suite.locate(problems)),
        }
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

    /// Name of the folder under the results.
    pub fn folder(&self) -> String {
        if self.is_quick() { format!("{}-quick", self.file.name) } else { self.file.name.clone() }
    }

    /// The suite as it is run, as YAML that loads to the same suite.
    pub fn resolved_yaml(&self) -> String {
        super::to_yaml(&self.file)
    }

    /// The suite file as the user wrote it.
    pub fn written_yaml(&self) -> &str {
        self.document.text()
    }

    /// Points problems of the resolved suite out where they were written: in a `--set`, under `quick`, or in the file.
    pub fn locate(&self, problems: Vec<Problem>) -> Problems {
        let located: Vec<Located> = problems.into_iter().flat_map(|problem| self.origin(problem)).collect();
        match Problems::raise(located) {
            Err(problems) => problems,
            Ok(()) => unreachable!("only problems are located"),
        }
    }

    fn origin(&self, problem: Problem) -> Vec<Located> {
        if let Some(located) = self.settings.iter().rev().find_map(|setting| setting.blame(&problem)) {
            return vec![located];
        }
        let part = match &problem.at {
            At::Value => problem.path.clone(),
            At::Key(key) | At::Inside(key) => problem.path.key(key),
        };
        let mut quick = self.quick.iter().flatten();
        if let Some(path) = quick.find(|path| part.starts_with(path) || self.adds(path, &part)) {
            let place = Path::root().key("quick").key(path.to_string());
            return self.document.locate([Problem::new(place, problem.to_string())]);
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
