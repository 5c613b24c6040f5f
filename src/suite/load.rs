//! A suite as it is run: the file, with `--quick` and `--set` applied, checked as a whole.

use serde_json::{Value, json};

use super::{Document, Located, Path, Problem, Problems, Setting, SuiteFile, validate};

/// A checked suite and where its mistakes are to be pointed out.
#[derive(Debug)]
pub struct Suite {
    pub file: SuiteFile,
    document: Document,
    settings: Vec<Setting>,
    quick: bool,
}

impl Suite {
    /// Reads the suite at `path`; `quick` makes it its own small version, then `settings` are applied in order.
    ///
    /// # Errors
    ///
    /// All that is wrong with the file and the settings.
    pub fn load(path: &std::path::Path, settings: Vec<Setting>, quick: bool) -> Result<Self, Problems> {
        let document = Document::read(path)?;
        // The file itself is checked first, so that its mistakes are reported with their lines.
        let written: SuiteFile = document.load()?;
        let mut tree = document.value().clone();
        if quick {
            apply_quick(&document, &written, &mut tree)?;
        }
        for setting in &settings {
            setting.apply(&mut tree)?;
        }
        match validate::<SuiteFile>(&tree) {
            Ok((file, _)) => Ok(Self { file, document, settings, quick }),
            Err(problems) => Err(locate(&document, &settings, problems)),
        }
    }

    /// Name of the folder under the results.
    pub fn folder(&self) -> String {
        if self.quick { format!("{}-quick", self.file.name) } else { self.file.name.clone() }
    }

    /// The suite as it is run, as YAML that loads to the same suite.
    pub fn resolved_yaml(&self) -> String {
        super::to_yaml(&self.file)
    }

    /// The suite file as the user wrote it.
    pub fn written_yaml(&self) -> &str {
        self.document.text()
    }

    /// Points problems of the resolved suite out where they were written: in a `--set`, or in the file.
    pub fn locate(&self, problems: Vec<Problem>) -> Problems {
        locate(&self.document, &self.settings, problems)
    }
}

fn locate(document: &Document, settings: &[Setting], problems: Vec<Problem>) -> Problems {
    let located: Vec<Located> = problems
        .into_iter()
        .flat_map(|problem| {
            let blamed = settings.iter().rev().find_map(|setting| setting.blame(&problem));
            blamed.map_or_else(|| document.locate([problem]), |located| vec![located])
        })
        .collect();
    match Problems::raise(located) {
        Err(problems) => problems,
        Ok(()) => unreachable!("only problems are located"),
    }
}

/// Replaces settings by those of the suite's small version.
fn apply_quick(document: &Document, written: &SuiteFile, tree: &mut Value) -> Result<(), Problems> {
    let Some(quick) = &written.quick else {
        tree["replicates"] = json!(1);
        if written.train.epochs.is_none() {
            let train = Path::root().key("train");
            let few = written.train.updates.unwrap_or(50).min(50);
            train.key("updates").set(tree, json!(few)).map_err(|problem| refuse(document, problem))?;
        }
        return Ok(());
    };
    for (path, value) in quick {
        let place = Path::root().key("quick").key(path.as_str());
        let target: Path = path
            .parse()
            .map_err(|error: super::PathError| refuse(document, Problem::new(place.clone(), error.to_string())))?;
        target.set(tree, value.clone()).map_err(|problem| refuse(document, problem.beneath(&place)))?;
    }
    Ok(())
}

fn refuse(document: &Document, problem: Problem) -> Problems {
    locate(document, &[], vec![problem])
}
