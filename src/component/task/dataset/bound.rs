use std::sync::Arc;

use super::{example::example, settings::Dataset, source::Source};

/// The data set that the settings of a task stand for, which makes no difference between settings.
#[derive(Clone, Default)]
pub(super) struct Bound(Option<Arc<Source>>);

impl Bound {
    pub fn to(source: Source) -> Self {
        Self(Some(Arc::new(source)))
    }

    /// The data set; a small example where the task was not bound to a file.
    pub fn source(&self) -> Arc<Source> {
        let example = || Arc::new(Source::loaded(example(), String::new(), Dataset::unbound()));
        self.0.clone().unwrap_or_else(example)
    }
}
