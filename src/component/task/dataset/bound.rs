//! The data set that the settings of a task stand for.

use std::{any::Any, sync::Arc};

/// Something of which settings know only that they were bound to it, and that makes no difference between settings.
#[derive(Clone, Default)]
pub(super) struct Bound(Option<Arc<dyn Any + Send + Sync>>);

impl Bound {
    pub fn to<T: Any + Send + Sync>(what: T) -> Self {
        Self(Some(Arc::new(what)))
    }

    /// The thing that was bound, if it is a `T`.
    pub fn get<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.0.clone()?.downcast().ok()
    }
}
