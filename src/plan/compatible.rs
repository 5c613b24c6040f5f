//! Checks that concern several sections at once.

use super::{Sections, memory};
use crate::{
    engine::SITES,
    model::{Network, Parameter, Role},
    modifier::Misfit,
    parametrization::Parametrized,
    suite::{Path, Problem},
    train::Metric,
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
        && target.metric == Metric::Solved
    {
        let target_path = path.key("target");
        if target.below.is_some() || target.above.is_some() {
            let problem = Problem::new(target_path, "the metric `solved` has the task's own bound");
            problems.push(problem.help("remove the bound, or name another metric"));
        } else if target.resolved(&sections.task).is_none() {
            let message = format!("the {} task is never solved", sections.task.kind());
            let problem = Problem::new(target_path, message);
            problems.push(problem.help("give another metric with a bound, or no target"));
        }
    } else if let Some(target) = &train.target
        && target.below.is_some() == target.above.is_some()
    {
        let problem = Problem::new(path.key("target"), "a target has one bound");
        problems.push(problem.help("give either `below` or `above`"));
    }
    problems
}

/// Why the cell cannot be had in these sizes.
pub(super) fn cell(sections: &Sections) -> Option<Problem> {
    let (model, inputs) = (&sections.model, sections.task.dimensions().inputs);
    let misfit = model.cell.misfit(inputs, model.hidden);
    misfit.map(|misfit| problem(misfit, Path::root().key("model").key("cell")))
}

/// The first modifier of the cell that does not fit it, the task or those before it.
pub(super) fn modifiers(sections: &Sections) -> Option<Problem> {
    let (model, dimensions) = (&sections.model, sections.task.dimensions());
    let place = |index: usize| Path::root().key("model").key("modifiers").index(index);
    let order = model.modifiers.iter().enumerate().find_map(|(index, modifier)| {
        let misfit = modifier.misfit_after(&model.modifiers[..index])?;
        Some(problem(misfit, place(index)))
    });
    order.or_else(|| {
        let mut inputs = dimensions.inputs;
        (0..model.layers).find_map(|layer| {
            let mut step = model.cell.graph(inputs, model.hidden);
            let found = model.modifiers.iter().enumerate().find_map(|(index, modifier)| {
                if let Some(misfit) = modifier.misfit(&step, layer, dimensions.steps) {
                    return Some(problem(misfit, place(index)));
                }
                step = modifier.modify(&step, layer);
                None
            });
            inputs = step.nodes[step.output.0].width;
            found
        })
    })
}

fn problem(Misfit { setting, message, help }: Misfit, place: Path) -> Problem {
    let path = setting.iter().fold(place, |path, key| path.key(key.as_str()));
    Problem::new(path, message).help(help)
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
    // Raw parameters, which there are only where all fits so far.
    if problems.is_empty() {
        problems.extend(rates(sections, &network));
    }
    problems
}

fn initializers(sections: &Sections, network: &Network) -> Vec<Problem> {
    let init = Path::root().key("init");
    let mut problems = vec![];
    for name in sections.init.parameters.keys() {
        problems.extend(unknown(sections, network, name, || init.key("parameters").key(name.as_str())));
    }
    let parametrized = network.parameters.iter().any(|parameter| sections.parametrize.of(parameter).is_some());
    let misfits = network.parameters.iter().filter_map(|parameter| {
        let initializer = Network::initializer(&sections.init, parameter);
        let (kind, name) = (initializer.kind(), &parameter.name);
        let (message, help) = if parameter.shape.len() == 1 && !initializer.fits_vectors() {
            let message = format!("`{kind}` makes matrices and `{name}` is a vector");
            (message, "choose another, such as `zeros` or `constant`")
        } else if parameter.shape.len() == 2 && !parameter.is_square() && initializer.needs_square() {
            let message = format!("`{kind}` makes square matrices and `{name}` is {}", by_sides(parameter));
            (message, "choose another, such as `orthogonal` or `glorot-uniform`")
        } else if initializer.fitting().is_some() && parametrized {
            let message =
                format!("`{kind}` of `{name}` looks at what the network computes, and parametrizations change that");
            (message, "choose another, or take the parametrizations away")
        } else {
            return None;
        };
        let by_name = [parameter.name.as_str(), parameter.local_name()]
            .into_iter()
            .find(|name| sections.init.parameters.contains_key(*name));
        let by_role = match parameter.role {
            Role::Input => "input",
            Role::Recurrent => "recurrent",
            Role::Bias => "bias",
            Role::Readout => "readout",
        };
        let place = by_name.map_or_else(|| init.key(by_role), |name| init.key("parameters").key(name));
        Some(Problem::new(place, message).help(help))
    });
    // One of each place says enough.
    for problem in misfits {
        if !problems.iter().any(|known: &Problem| known.path == problem.path) {
            problems.push(problem);
        }
    }
    problems
}

/// Such as `64 × 2`.
fn by_sides(parameter: &Parameter) -> String {
    parameter.shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" × ")
}

/// What is wrong with `name`, if the network has no parameter that is called so.
fn unknown(sections: &Sections, network: &Network, name: &str, place: impl FnOnce() -> Path) -> Option<Problem> {
    unknown_among(&network.parameters, sections, name, place)
}

/// The same where `parameters` are not those of the network itself.
fn unknown_among(
    parameters: &[Parameter],
    sections: &Sections,
    name: &str,
    place: impl FnOnce() -> Path,
) -> Option<Problem> {
    if parameters.iter().any(|parameter| parameter.is_called(name)) {
        return None;
    }
    let mut names: Vec<&str> = parameters.iter().map(Parameter::local_name).collect();
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
        let message = format!("`{}` is no square matrix, but {}", parameter.name, by_sides(parameter));
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

fn rates(sections: &Sections, network: &Network) -> Vec<Problem> {
    let raw = Parametrized::new(&sections.parametrize, &network.parameters);
    let place = |name: &str| Path::root().key("rates").key("parameters").key(name);
    let names = sections.rates.parameters.keys();
    names.filter_map(|name| unknown_among(raw.raw(), sections, name, || place(name))).collect()
}
