//! The task: its settings bound to a file, whose sequences it gives.

use std::sync::Arc;

use super::{
    super::{Answers, Chance, Dimensions, Lag, Sequence, Solved, Task},
    bound::Bound,
    contents::Contents,
    example::example,
    files::{DataFiles, KnownData},
    settings::Dataset,
    source::{self, Source},
};
use crate::{
    component::misfit::Misfit,
    data::Fault,
    seed::{Draws, Purpose, Stream},
};

impl Dataset {
    /// Finds the file and reads it, unless all facts about it are known.
    ///
    /// # Errors
    /// When it is not there, cannot be read, or is no such data set.
    pub fn bind(&mut self, files: &DataFiles) -> Result<(), Misfit> {
        if !self.permuted {
            self.permutation_seed = 0;
        }
        let is_known = |known: &&KnownData| {
            known.task == *self && self.content.as_ref().is_none_or(|wanted| *wanted == known.contents.hash)
        };
        let settings = Self { content: None, data: Bound::default(), ..self.clone() };
        let source = match files.known.iter().find(is_known) {
            Some(KnownData { folder, contents, .. }) => {
                Source::known(contents.clone(), folder.clone(), settings, files.places(folder, &self.file))
            }
            None => {
                let place = files.folder.join(&self.file);
                let loaded = source::load(&place, &settings).map_err(|fault| self.misfit(&fault))?;
                if let Some(wanted) = self.content.as_ref().filter(|wanted| **wanted != loaded.contents.hash) {
                    return Err(self.misfit(&source::changed(wanted, &loaded.contents.hash)));
                }
                Source::loaded(loaded, files.folder.display().to_string(), settings)
            }
        };
        self.data = Bound::to(source);
        Ok(())
    }

    /// The data set; a small example where the task was not bound to a file.
    pub(super) fn source(&self) -> Arc<Source> {
        let example = || Arc::new(Source::loaded(example(), String::new(), Self::unbound()));
        self.data.get().unwrap_or_else(example)
    }

    /// The facts about the data set that it is bound to.
    pub fn known(&self) -> KnownData {
        let source = self.source();
        KnownData { folder: source.folder.clone(), task: self.clone(), contents: source.contents.clone() }
    }

    fn misfit(&self, fault: &Fault) -> Misfit {
        let misfit = Misfit::new(format!("{}: {}", self.file, fault.sentence()), fault.help.clone());
        Misfit { setting: vec!["file".to_owned()], ..misfit }
    }
}

impl Task for Dataset {
    fn dimensions(&self) -> Dimensions {
        self.source().contents.dimensions()
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        let number = draws.below(self.source().contents.train);
        self.write(0, number, sequence);
    }

    /// Of the training, validation and test streams every address is a sequence, in the order of the file; of others they come in a
    /// random order, each once before any comes again.
    fn sequence(&self, stream: &Stream, address: u64, sequence: &mut Sequence) {
        let source = self.source();
        let counts = [source.contents.train, source.contents.validation, source.contents.test];
        let (part, ordered) = match stream.purpose() {
            Purpose::Data => (0, true),
            Purpose::Validation => (1, true),
            Purpose::Test => (2, true),
            Purpose::Probe => (1, false),
            Purpose::Predict => (2, false),
            _ => (0, false),
        };
        let number = (address % counts[part] as u64) as usize;
        self.write(part, if ordered { number } else { stream.at(0).permutation(counts[part])[number] }, sequence);
    }

    fn oracle(&self, _: &[&[f32]], _: &mut Answers) -> bool {
        false
    }

    fn lag(&self) -> Option<Lag> {
        None
    }

    fn chance(&self) -> Chance {
        self.source().contents.chance()
    }

    fn exact_match(&self) -> Option<f64> {
        self.source().contents.chance_exact_match
    }

    fn plateau(&self) -> Option<f64> {
        None
    }

    fn solved(&self) -> Option<Solved> {
        None
    }

    fn tolerance(&self) -> f64 {
        self.tolerance
    }

    fn finite(&self) -> Option<usize> {
        Some(self.source().contents.train)
    }

    fn contents(&self) -> Option<Contents> {
        Some(self.source().contents.clone())
    }

    fn ready(&self) -> Result<(), Fault> {
        self.source().sequences().map(drop).map_err(|fault| {
            let message = format!("{}: {}", self.file, fault.sentence());
            Fault::new(message, fault.help)
        })
    }
}

impl Dataset {
    /// Writes sequence `number` of part `part`.
    ///
    /// # Panics
    /// When the file cannot be read, which [`Task::ready`] tells before.
    fn write(&self, part: usize, number: usize, sequence: &mut Sequence) {
        match self.source().sequences() {
            Ok(sequences) => sequences.write(part, number, sequence),
            Err(fault) => panic!("{}: {fault}", self.file),
        }
    }
}
