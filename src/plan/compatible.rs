//! Checks that concern several sections at once.

use super::{Sections, memory};
use crate::{
    model::{Network, Role},
    modifier::Misfit,
    suite::{Path, Problem},
};

/// A trial that needs so many bytes but does not fit in this machine's memory. Paths are those of the suite.
pub(super) fn too_large(bytes: f64) -> Option<Problem> {
    let available = memory::available().filter(|&available| bytes > available as f64)?;
    let gib = |bytes: f64| bytes / f64::from(1 << 30);
    let message = format!(
        "one trial needs about {:.0} GiB of memory, and this machine has {:.0} GiB",
        gib(bytes),
        gib(available as f64)
    );
    let problem = Problem::new(Path::root().key("model"), message);
    Some(problem.help("lower model.hidden, train.batch or the task's length"))
}

/// What in the training does not fit the task.
pub(super) fn training(sections: &Sections) -> Vec<Problem> {
    let train = &sections.train;
    let path = Path::root().key("train");
    let mut problems = vec![];
    if train.updates.is_some() && train.epochs.is_some() {
        let problem = Problem::new(path.key("epochs"), "`updates` and `epochs` are both given");
        problems.push(problem.help("keep one of them"));
    }
    if train.epochs.is_some() && sections.task.finite().is_none() {
        let message =
            format!("the {} task draws fresh sequences without end, so it has no epochs", sections.task.kind());
        problems.push(Problem::new(path.key("epochs"), message).help("give `updates`"));
    }
    if let Some(target) = &train.target
        && target.below.is_some() == target.above.is_some()
    {
        let problem = Problem::new(path.key("target"), "a target has one bound");
        problems.push(problem.help("give either `below` or `above`"));
    }
    problems
}

/// The first modifier of the cell that does not fit it or the task.
pub(super) fn modifiers(sections: &Sections) -> Option<Problem> {
    let (model, dimensions) = (&sections.model, sections.task.dimensions());
    (0..model.layers).find_map(|layer| {
        let mut step = model.cell.graph(dimensions.inputs, model.hidden);
        model.modifiers.iter().enumerate().find_map(|(index, modifier)| {
            if let Some(Misfit { setting, message, help }) = modifier.misfit(&step, layer, dimensions.steps) {
                let path = Path::root().key("model").key("modifiers").index(index);
                let path = setting.iter().fold(path, |path, key| path.key(key.as_str()));
                return Some(Problem::new(path, message).help(help));
            }
            step = modifier.modify(&step, layer);
            None
        })
    })
}

/// Which initializers do not fit the network.
pub(super) fn initializers(sections: &Sections) -> Vec<Problem> {
    let network = Network::new(&sections.model, sections.task.dimensions());
    let init = Path::root().key("init");
    let mut problems = vec![];
    for name in sections.init.parameters.keys() {
        if !network.parameters.iter().any(|parameter| parameter.name == *name || parameter.local_name() == name) {
            let mut names: Vec<&str> = network.parameters.iter().map(|parameter| parameter.local_name()).collect();
            names.sort_unstable();
            names.dedup();
            let message = format!("a {} network has no parameter `{name}`", sections.model.cell.kind());
            let problem = Problem::new(init.key("parameters").key(name.as_str()), message);
            problems.push(problem.help(format!("its parameters: {}", names.join(", "))));
        }
    }
    for parameter in network.parameters.iter().filter(|parameter| parameter.role == Role::Bias) {
        let initializer = Network::initializer(&sections.init, parameter);
        if !initializer.fits_vectors() {
            let by_name = [parameter.name.as_str(), parameter.local_name()]
                .into_iter()
                .find(|name| sections.init.parameters.contains_key(*name));
            let place = by_name.map_or_else(|| init.key("bias"), |name| init.key("parameters").key(name));
            let message = format!("`{}` makes matrices and `{}` is a vector", initializer.kind(), parameter.name);
            problems.push(Problem::new(place, message).help("choose another, such as `zeros` or `constant`"));
            break;
        }
    }
    problems
}
