//! Checks of what only several sections together tell, for each distinct combination once.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    compatible::{self, ON_GRADIENTS},
    memory::Footprint,
    naming::Naming,
    planned::Planned,
    version::Versions,
};
use crate::{
    compute::kernel::Isa,
    engine::Backend,
    suite::{
        Path, Problem,
        Section::{
            Constraints, Evaluate, Init, LearningRateFactors, Model, Parametrize, Probes, Regularizers, Task, Train,
        },
    },
    train::TrainSpec,
};

/// How many problems are looked for; more are not read.
const MAX_PROBLEMS: usize = 20;

/// Checks the sections that depend on each other, each distinct combination once.
pub(super) fn check(naming: &Naming, versions: &Versions, arms: &[Planned]) -> Result<(), Vec<Problem>> {
    // By the engine that needs least.
    let least = Backend::Fused { isa: Isa::Portable, threads: 1 };
    let mut footprints: HashMap<[u32; 2], Footprint> = HashMap::new();
    let mut trainings: HashMap<[u32; 2], TrainSpec> = HashMap::new();
    let mut without_gradient = HashSet::new();
    let mut fitted = HashSet::new();
    let mut problems: BTreeMap<String, Problem> = BTreeMap::new();
    for arm in arms {
        let key = &arm.key;
        let sections = || versions.sections(key);
        let mut found = vec![];
        let training = trainings.entry(key.of([Task, Train])).or_insert_with(|| {
            let sections = sections();
            found.extend(compatible::training(&sections));
            sections.train
        });
        if !versions.takes_gradient(key) && without_gradient.insert(*key) {
            let given = ON_GRADIENTS.into_iter().filter(|section| !versions.get(*section, key).is_default);
            found.extend(compatible::without_gradient(&sections(), given));
        }
        let footprint = footprints.entry(key.of([Task, Model])).or_insert_with(|| {
            let sections = sections();
            Footprint::new(&sections.task, &sections.model)
        });
        // A network too large for the memory is never built.
        match compatible::too_large(footprint.bytes(least, versions.optimizer_slots(key), training)) {
            Some(problem) => found.push(problem),
            None if fitted.insert(key.of([
                Task,
                Model,
                Init,
                Parametrize,
                Regularizers,
                Constraints,
                LearningRateFactors,
                Evaluate,
                Probes,
            ])) =>
            {
                let sections = sections();
                // What follows builds the network, which a cell that does not fit may not stand.
                let misfits = compatible::cell(&sections);
                if misfits.is_empty() {
                    found.extend(compatible::modifiers(&sections));
                    found.extend(compatible::parameters(&sections));
                    found.extend(other_lengths(versions, arm, least));
                    found.extend(compatible::probes(&sections));
                } else {
                    found.extend(misfits);
                }
            }
            None => {}
        }
        for mut problem in found {
            let label = naming.label(arm, true);
            let key = problem.to_string();
            if !label.is_empty() {
                problem.message = format!("in the arm `{label}`, {}", problem.message);
            }
            problems.entry(key).or_insert(problem);
        }
        if problems.len() >= MAX_PROBLEMS {
            break;
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.into_values().collect()) }
}

/// The first hindrance to tests on other lengths: the task, the network, or the memory for the longest.
fn other_lengths(versions: &Versions, arm: &Planned, backend: Backend) -> Option<Problem> {
    let sections = versions.sections(&arm.key);
    compatible::other_lengths(&sections).or_else(|| {
        let (index, &longest) = sections.evaluate.lengths.iter().enumerate().max_by_key(|(_, length)| **length)?;
        let footprint = Footprint::new(&sections.task.with_length(longest as usize)?, &sections.model);
        let problem = compatible::too_large(footprint.bytes(backend, 0, &sections.train))?;
        let place = Path::root().key("evaluate").key("lengths").index(index);
        Some(Problem { path: place, ..problem }.help("remove this length, or lower train.test-sequences"))
    })
}
