//! Checks that concern several sections at once.

use super::{Sections, memory};
use crate::{
    engine::SITES,
    model::{Network, Parameter, Role},
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

/// What is said of parameters and does not fit the network.
pub(super) fn parameters(sections: &Sections) -> Vec<Problem> {
    let network = Network::new(&sections.model, sections.task.dimensions());
    let mut problems = initializers(sections, &network);
    if network.random_vectors() > SITES {
        let message = format!("the network has {} random vectors, the most is {SITES}", network.random_vectors());
        let problem = Problem::new(Path::root().key("model"), message);
        problems.push(problem.help("take fewer layers, or fewer modifiers and dropouts"));
    }
    problems.extend(parametrizations(sections, &network));
    problems.extend(retractions(sections, &network));
    let rates = Path::root().key("rates").key("parameters");
    let names = sections.rates.parameters.keys();
    problems.extend(names.filter_map(|name| unknown(sections, &network, name, || rates.key(name.as_str()))));
    problems
}

fn initializers(sections: &Sections, network: &Network) -> Vec<Problem> {
    let init = Path::root().key("init");
    let mut problems = vec![];
    for name in sections.init.parameters.keys() {
        problems.extend(unknown(sections, network, name, || init.key("parameters").key(name.as_str())));
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

/// What is wrong with `name`, if the network has no parameter that is called so.
fn unknown(sections: &Sections, network: &Network, name: &str, place: impl FnOnce() -> Path) -> Option<Problem> {
    if network.parameters.iter().any(|parameter| parameter.is_called(name)) {
        return None;
    }
    let mut names: Vec<&str> = network.parameters.iter().map(|parameter| parameter.local_name()).collect();
    names.sort_unstable();
    names.dedup();
    let message = format!("the {} network has no parameter `{name}`", sections.model.cell.kind());
    Some(Problem::new(place(), message).help(format!("its parameters: {}", names.join(", "))))
}

fn parametrizations(sections: &Sections, network: &Network) -> Vec<Problem> {
    let (spec, place) = (&sections.parametrize, Path::root().key("parametrize"));
    let by_name = |name: &str| place.key("parameters").key(name);
    let names = spec.parameters.keys();
    let mut problems: Vec<Problem> =
        names.filter_map(|name| unknown(sections, network, name, || by_name(name))).collect();
    let parametrized = |parameter: &&Parameter| spec.of(parameter).is_some() && !parameter.is_square();
    if let Some(parameter) = network.parameters.iter().find(parametrized) {
        let named = spec.parameters.keys().find(|name| parameter.is_called(name));
        let place = named.map_or_else(
            || match parameter.role {
                Role::Input => place.key("input"),
                Role::Readout => place.key("readout"),
                Role::Recurrent | Role::Bias => place.key("recurrent"),
            },
            |name| by_name(name),
        );
        let shape: Vec<String> = parameter.shape.iter().map(usize::to_string).collect();
        let message = format!("`{}` is no square matrix, but {}", parameter.name, shape.join(" × "));
        problems.push(Problem::new(place, message).help("parametrize square matrices, such as the recurrent ones"));
    }
    problems
}

fn retractions(sections: &Sections, network: &Network) -> Vec<Problem> {
    let retractions = sections.retractions.iter().enumerate();
    let named = retractions.flat_map(|(index, retraction)| {
        let names = retraction.parameters().iter().enumerate();
        names.map(move |(position, name)| (index, position, name))
    });
    let place =
        |index: usize, position: usize| Path::root().key("retractions").index(index).key("parameters").index(position);
    named.filter_map(|(index, position, name)| unknown(sections, network, name, || place(index, position))).collect()
}
