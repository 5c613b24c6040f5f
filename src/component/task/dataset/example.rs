//! The data set of a task that names no file, for the laws of tasks.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use super::{raw::Raw, sequences::Sequences, settings::Dataset, source::whole};
use crate::{
    data::{Array, Values},
    seed::{self, Purpose},
};

/// Sequences, steps and features.
const SHAPE: [usize; 3] = [60, 6, 2];

/// Random sequences, each with the class of its number.
pub(super) fn example() -> Arc<Sequences> {
    static EXAMPLE: OnceLock<Arc<Sequences>> = OnceLock::new();
    let made = || {
        let [sequences, steps, features] = SHAPE;
        let mut draws = seed::stream(0, Purpose::Data, &[("example", "dataset")]).at(0);
        let input = (0..sequences * steps * features).map(|_| draws.uniform() as f32).collect();
        let classes = (0..sequences).map(|row| (row % 3) as u8).collect();
        let arrays = BTreeMap::from([
            ("input".to_owned(), Arc::new(Array { shape: SHAPE.to_vec(), values: Values::Singles(input) })),
            ("target".to_owned(), Arc::new(Array { shape: vec![sequences], values: Values::Bytes(classes) })),
        ]);
        Arc::new(
            whole(Arc::new(Raw { hash: String::new(), arrays }), &Dataset::unbound())
                .expect("the example is a data set"),
        )
    };
    Arc::clone(EXAMPLE.get_or_init(made))
}
