//! Checks that concern several sections at once.

use crate::{
    component::{
        cell::CellSpec,
        constraint::Rule,
        init::InitSpec,
        misfit::{Misfit, Mistake},
        parameter::{Parameter, Role},
        parametrization::Parametrized,
        probe::ProbeSpec,
    },
    data::available_memory,
    engine::SITES,
    model::Network,
    suite::{At, Path, Problem, Section, Sections},
    train::{Metric, MetricName, TargetSpec},
};

/// A trial that needs so many bytes but does not fit in this machine's memory. Paths are those of the suite.
pub(super) fn too_large(bytes: f64) -> Option<Problem> {
    let available = available_memory().filter(|&available| bytes > available as f64)?;
    let gib = |bytes: f64| bytes / f64::from(1 << 30);
    let message = format!(
        "one trial needs about {:.0} GiB of memory, and this machine has {:.0} GiB",
        gib(bytes),
        gib(available as f64)
    );
    let problem = Problem::new(Path::root().key("model"), message);
    Some(problem.help("lower model.hidden, train.batch or the task's length"))
}

/// Mistakes in the training, by itself or beside the task.
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
    } else if let Some(target) = &train.target {
        problems.extend(bound(target, &path.key("target")));
    }
    if let Some(curriculum) = &train.curriculum {
        let misfit = match sections.task.lengths() {
            Some(_) if sections.task.finite().is_some() => {
                let message = "the task has a finite data set, which is another at another length";
                Some(Misfit::new(message, "remove the curriculum"))
            }
            Some(lengths) => curriculum.misfit(lengths),
            None => Some(Misfit::new("the task has no length", "remove the curriculum")),
        };
        problems.extend(misfit.map(|misfit| problem(misfit, path.key("curriculum"))));
    }
    problems
}

/// Lengths on which a trained network of this arm cannot be tested, the first of them.
pub(super) fn other_lengths(sections: &Sections) -> Option<Problem> {
    let path = Path::root().key("evaluate");
    let others = sections.evaluate.lengths.iter().enumerate();
    let mut others = others.map(|(index, &length)| (path.key("lengths").index(index), length as usize));
    if sections.evaluate.lengths.is_empty() {
        return None;
    }
    // A reason against every length stands at all of them.
    at_no_length(sections, &path.key("lengths"), "`evaluate`")
        .or_else(|| others.find_map(|(place, length)| at_other_length(sections, length, &place, "tested on")))
}

/// Mistakes in the probes, by themselves or beside task and model.
pub(super) fn probes(sections: &Sections) -> Vec<Problem> {
    let path = Path::root().key("probes");
    let of = |(index, probe): (usize, &ProbeSpec)| {
        let place = path.index(index);
        if sections.probes[..index].iter().any(|before| before.kind() == probe.kind()) {
            let message = format!("`{}` comes twice: their rows would not be told apart", probe.kind());
            return Some(Problem::new(place, message).help("keep one of them"));
        }
        let settings = probe.misfit().map(|misfit| problem(misfit, place.clone()));
        settings.or_else(|| {
            let (length, place) = (probe.length()?, place.key("length"));
            at_no_length(sections, &place, "`length`")
                .or_else(|| at_other_length(sections, length, &place, "measured on"))
        })
    };
    sections.probes.iter().enumerate().filter_map(of).collect()
}

/// Why the arm's task comes at no length but its own.
fn at_no_length(Sections { task, .. }: &Sections, place: &Path, setting: &str) -> Option<Problem> {
    let message = match task.lengths() {
        None => format!("the {} task has no length, so that there is no other", task.kind()),
        Some(_) if task.finite().is_some() => {
            format!("the {} task has a finite data set, which is another at another length", task.kind())
        }
        Some(_) => return None,
    };
    Some(Problem::new(place.clone(), message).help(format!("remove {setting}, or exclude the arm")))
}

/// Why a network of this arm cannot be `used` at another length of the task.
fn at_other_length(sections: &Sections, length: usize, place: &Path, used: &str) -> Option<Problem> {
    let task = &sections.task;
    let Some(other) = task.with_length(length) else {
        let least = task.lengths().map_or(1, |lengths| lengths.least);
        let message = format!("the {} task does not come at length {length}; its least is {least}", task.kind());
        return Some(Problem::new(place.clone(), message).help("give another length"));
    };
    let (here, there) = (task.dimensions(), other.dimensions());
    if (here.inputs, here.goal) != (there.inputs, there.goal) {
        let message = format!("at length {length} the {} task has other inputs or outputs", task.kind());
        return Some(Problem::new(place.clone(), message).help("remove this length"));
    }
    // A network may be made for a number of steps.
    let at_length = Sections { task: other, ..sections.clone() };
    let misfit = modifiers(&at_length)?;
    let message = format!(
        "a network that is trained on {} steps cannot be {used} {}: {}",
        here.steps, there.steps, misfit.message
    );
    Some(Problem::new(place.clone(), message).help("remove this length, or exclude the arm"))
}

/// The mistake in the bound of a target, which is on the metric's better side and can be reached, but is not from the start.
fn bound(target: &TargetSpec, place: &Path) -> Option<Problem> {
    let MetricName::Measured(_, measure) = target.metric.into() else { return None };
    let (worst, best) = match measure.range() {
        (smallest, largest) if measure.lower_is_better() => (largest, smallest),
        (smallest, largest) => (smallest, largest),
    };
    let (side, other) = if measure.lower_is_better() { ("below", "above") } else { ("above", "below") };
    let name = MetricName::from(target.metric);
    let interval = match worst.is_finite() {
        true => format!("at least {worst} and {other} {best}"),
        false => format!("{other} {best}"),
    };
    let mut help = format!("give `{side}`, a number {interval}");
    if let Some(percent) = target.above.filter(|above| best == 1.0 && (2.0..=100.0).contains(above)) {
        help.push_str(&format!(": {percent} % is {}", percent / 100.0));
    }
    let (given, wrong) =
        if measure.lower_is_better() { (target.below, target.above) } else { (target.above, target.below) };
    let (key, message) = match (given, wrong) {
        (Some(_), Some(_)) | (None, None) => {
            return Some(Problem::new(place.clone(), "a target has one bound").help(help));
        }
        (None, Some(_)) => {
            (other, format!("`{name}` is the better the further {side}, so that `{other}` is no target"))
        }
        (Some(bound), None) if bound == best || (bound < best) == measure.lower_is_better() => {
            (side, format!("`{name}` is never {side} {bound}"))
        }
        (Some(bound), None) if bound != worst && (bound > worst) == measure.lower_is_better() => {
            (side, format!("`{name}` is always {side} {bound}"))
        }
        (Some(_), None) => return None,
    };
    Some(Problem::new(place.key(key), message).help(help))
}

/// Sections that act on a gradient.
pub(super) const ON_GRADIENTS: [Section; 6] = [
    Section::Optimizer,
    Section::Schedule,
    Section::LearningRateFactors,
    Section::Clip,
    Section::Regularizers,
    Section::Bptt,
];

/// Settings without effect beside an algorithm that takes no gradient: the sections in `given`, and constraints in place of a step. They
/// would be the same trial under another name.
pub(super) fn without_gradient(sections: &Sections, given: impl Iterator<Item = Section>) -> Vec<Problem> {
    let kind = sections.algorithm.kind();
    let constraints = sections.constraints.iter().enumerate();
    let steps = constraints.filter(|(_, constraint)| !matches!(constraint.rule(), Rule::Projection(_)));
    let steps = steps.map(|(index, constraint)| {
        let message = format!("`{kind}` takes no steps, so that `{}` has no effect", constraint.kind());
        Problem::new(Path::root().key("constraints").index(index), message).help("remove it, or exclude the arm")
    });
    let given = given.map(|section| {
        let name = section.name();
        let message = format!("`{kind}` takes no gradient, so that `{name}` has no effect");
        Problem::new(Path::root().key(name), message).help(format!("remove `{name}` for it, or exclude the arm"))
    });
    given.chain(steps).collect()
}

/// Why the cell cannot be had in these sizes, and what is wrong with activations.
pub(super) fn cell(sections: &Sections) -> Vec<Problem> {
    let model = &sections.model;
    let place = Path::root().key("model").key("cell");
    let readout = Path::root().key("model").key("readout").key("dense");
    let own = model.cell.activations().into_iter().map(|activation| (activation, place.key("activation")));
    let dense = model.readout.dense.iter().enumerate();
    let dense = dense.map(|(index, dense)| (&dense.activation, readout.index(index).key("activation")));
    let activations = own.chain(dense).flat_map(|(activation, place)| {
        activation.mistakes().into_iter().map(move |mistake| within(mistake, place.clone()))
    });
    let mut problems: Vec<Problem> = activations.collect();
    let mut inputs = model.cell_inputs(0, sections.task.dimensions().inputs);
    for layer in 0..model.layers {
        let mistakes = model.cell.mistakes(inputs, model.hidden);
        if !mistakes.is_empty() {
            problems.extend(mistakes.into_iter().map(|mistake| {
                let problem = within(mistake, place.clone());
                if layer == 0 { problem } else { in_layer(problem, layer, inputs) }
            }));
            return problems;
        }
        let graph = model.cell.graph(inputs, model.hidden);
        let outputs = graph.nodes[graph.output.0].width;
        // From here on each layer is like the one before.
        if outputs == inputs || layer > 1 {
            break;
        }
        inputs = outputs;
    }
    problems
}

fn in_layer(problem: Problem, layer: usize, inputs: usize) -> Problem {
    let message = format!("in layer{layer}, where `x` has {inputs} units, {}", problem.message);
    Problem { message, ..problem }
}

fn within(Mistake { misfit, within }: Mistake, place: Path) -> Problem {
    let problem = problem(misfit, place);
    match within {
        Some((text, span)) => problem.at(At::Within { text, offset: span.start }),
        None => problem,
    }
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
        let mut inputs = model.cell_inputs(0, dimensions.inputs);
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

/// Mistakes in what sections say of parameters.
pub(super) fn parameters(sections: &Sections) -> Vec<Problem> {
    let network = Network::new(&sections.model, sections.task.dimensions());
    let mut problems = initializers(sections, &network);
    if network.random_vectors() > SITES {
        let message = format!("the network has {} random vectors, the most is {SITES}", network.random_vectors());
        let problem = Problem::new(Path::root().key("model"), message);
        problems.push(problem.help("take fewer layers, or fewer modifiers and dropouts"));
    }
    let misfits = parametrizations(sections, &network);
    // What is trained is known only where all matrices can be made.
    if misfits.is_empty() {
        let parametrized = Parametrized::new(&sections.parametrize, &network.parameters);
        problems.extend(raw_initializers(sections, &network, &parametrized));
        problems.extend(constraints(sections, &network, &parametrized));
        problems.extend(regularizers(sections, &network, &parametrized));
        let rates = Path::root().key("learning-rate-factors").key("parameters");
        let names = sections.learning_rate_factors.parameters.keys();
        let unknown = |name: &String| unknown(sections, &network, &parametrized, name, || rates.key(name.as_str()));
        problems.extend(names.filter_map(unknown));
    }
    problems.extend(misfits);
    problems
}

fn initializers(sections: &Sections, network: &Network) -> Vec<Problem> {
    let init = Path::root().key("init");
    let mut problems = vec![];
    let usual = InitSpec::default();
    let parametrized = network.parameters.iter().any(|parameter| sections.parametrize.of(parameter).is_some());
    let misfits = network.parameters.iter().filter_map(|parameter| {
        let initializer = sections.init.initializer(parameter);
        let (kind, name) = (initializer.kind(), &parameter.name);
        let by_name = [parameter.name.as_str(), parameter.local_name()]
            .into_iter()
            .find(|name| sections.init.parameters.contains_key(*name));
        let (message, help) = if parameter.shape.len() == 1 && !initializer.fits_vectors() {
            let message = format!("`{kind}` makes matrices and `{name}` is a vector");
            // The law of its role is that of the matrices too, which have to keep it.
            let own = format!("give it a law of its own: `init: {{parameters: {{{}: ", parameter.local_name());
            match by_name {
                Some(_) => (message, "choose another, such as `uniform` or `constant`".to_owned()),
                None => (message, own + "{kind: interval, low: 0, high: 1}}}`"),
            }
        } else if parameter.shape.len() == 2 && !parameter.is_square() && initializer.needs_square() {
            let message = format!("`{kind}` makes square matrices and `{name}` is {}", by_sides(parameter));
            (message, "choose another, such as `orthogonal` or `glorot-uniform`".to_owned())
        } else if initializer.data_scaling().is_some() && parametrized {
            let message =
                format!("`{kind}` of `{name}` looks at what the network computes, and parametrizations change that");
            (message, "choose another, or take the parametrizations away".to_owned())
        } else {
            return None;
        };
        let by_role = match parameter.role {
            Role::Input => "input",
            Role::Recurrent => "recurrent",
            Role::Bias => "bias",
            Role::Readout => "readout",
        };
        let place = by_name.map_or_else(|| init.key(by_role), |name| init.key("parameters").key(name));
        // A law that nobody chose has no place in the file; the equations that make the vector have.
        let usual =
            by_name.is_none() && parameter.role == Role::Recurrent && sections.init.recurrent == usual.recurrent;
        match &sections.model.cell {
            CellSpec::Equations(cell) if usual => {
                let place = Path::root().key("model").key("cell");
                cell.at_parameter(parameter.local_name(), &message, &help).map(|mistake| within(mistake, place))
            }
            _ => None,
        }
        .or_else(|| Some(Problem::new(place, message).help(help)))
    });
    // One of each place says enough.
    for problem in misfits {
        if !problems.iter().any(|known: &Problem| known.path == problem.path) {
            problems.push(problem);
        }
    }
    problems
}

/// Mistakes in initial values by name: unknown names, and laws that do not fit raw tensors.
fn raw_initializers(sections: &Sections, network: &Network, parametrized: &Parametrized) -> Vec<Problem> {
    let place = |name: &str| Path::root().key("init").key("parameters").key(name);
    let named = sections.init.parameters.iter().filter_map(|(name, initializer)| {
        let unknown = unknown(sections, network, parametrized, name, || place(name));
        let vector = parametrized.raw().iter().find(|raw| raw.is_exactly(name) && raw.shape.len() == 1);
        let of_weight = network.parameters.iter().any(|weight| weight.is_exactly(name));
        let misfit = vector.filter(|_| !of_weight && !initializer.fits_vectors()).map(|vector| {
            let message = format!("`{}` makes matrices and `{}` is a vector", initializer.kind(), vector.name);
            Problem::new(place(name), message).help("choose another, such as `uniform` or `constant`")
        });
        unknown.or(misfit)
    });
    named.collect()
}

/// Such as `64 × 2`.
fn by_sides(parameter: &Parameter) -> String {
    parameter.shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" × ")
}

/// The mistake in `name`, if no parameter is called so, neither of the network nor raw.
fn unknown(
    sections: &Sections,
    network: &Network,
    parametrized: &Parametrized,
    name: &str,
    place: impl FnOnce() -> Path,
) -> Option<Problem> {
    let known = || network.parameters.iter().chain(parametrized.raw());
    if known().any(|parameter| parameter.is_called(name)) {
        return None;
    }
    let mut names: Vec<&str> = known().map(|parameter| parameter.local_name()).collect();
    names.sort_unstable();
    names.dedup();
    let message = format!("the {} network has no parameter `{name}`", sections.model.cell.kind());
    Some(Problem::new(place(), message).help(format!("its parameters: {}", names.join(", "))))
}

fn parametrizations(sections: &Sections, network: &Network) -> Vec<Problem> {
    let (spec, place) = (&sections.parametrize, Path::root().key("parametrize"));
    let by_name = |name: &str| place.key("parameters").key(name);
    let names = spec.parameters.keys();
    let none = Parametrized::default();
    let mut problems: Vec<Problem> =
        names.filter_map(|name| unknown(sections, network, &none, name, || by_name(name))).collect();
    let misfit = network.parameters.iter().find_map(|parameter| {
        let parametrization = spec.of(parameter)?;
        let (name, size) = (&parameter.name, parameter.shape[0]);
        if !parameter.is_square() {
            let message = format!("`{name}` is no square matrix, but {}", by_sides(parameter));
            let help = "parametrize square matrices, such as the recurrent ones";
            return Some((parameter, Misfit::new(message, help)));
        }
        let misfit = parametrization.misfit(size)?;
        let message = format!("`{name}` cannot be {}: {}", parametrization.kind(), misfit.message);
        Some((parameter, Misfit { message, ..misfit }))
    });
    if let Some((parameter, misfit)) = misfit {
        let named = spec.parameters.keys().find(|name| parameter.is_called(name));
        let place = named.map_or_else(
            || match parameter.role {
                Role::Input => place.key("input"),
                Role::Readout => place.key("readout"),
                Role::Recurrent | Role::Bias => place.key("recurrent"),
            },
            |name| by_name(name),
        );
        problems.push(problem(misfit, place));
    }
    problems
}

fn constraints(sections: &Sections, network: &Network, parametrized: &Parametrized) -> Vec<Problem> {
    let mut problems = vec![];
    for (index, constraint) in sections.constraints.iter().enumerate() {
        let place = Path::root().key("constraints").index(index);
        let names = constraint.parameters().iter().enumerate().filter_map(|(position, name)| {
            unknown(sections, network, parametrized, name, || place.key("parameters").index(position))
        });
        problems.extend(names);
        let kind = constraint.kind();
        let misfit = network.parameters.iter().filter(|weight| constraint.is_for(weight)).find_map(|weight| {
            let (name, made) = (&weight.name, parametrized.of(&weight.name));
            match (constraint.rule(), made) {
                (Rule::Step(_), Some(made)) => Some((
                    format!("`{kind}` steps matrices and `{name}` is made by `{}`", made.kind()),
                    "take the parametrization away, or name other `parameters`",
                )),
                (Rule::Step(_), None) if !weight.is_square() => Some((
                    format!("`{kind}` steps square matrices and `{name}` is {}", by_sides(weight)),
                    "name square matrices in `parameters`",
                )),
                (Rule::Rebase { .. }, made) if made.is_none_or(|made| !made.is_a_group()) => Some((
                    format!("`{kind}` changes the base of an exponential and `{name}` is none"),
                    "write `parametrize: {recurrent: orthogonal-exponential}`, or name such matrices in `parameters`",
                )),
                _ => None,
            }
        });
        problems.extend(misfit.map(|(message, help)| Problem::new(place, message).help(help)));
    }
    problems
}

fn regularizers(sections: &Sections, network: &Network, parametrized: &Parametrized) -> Vec<Problem> {
    let regularizers = sections.regularizers.iter().enumerate();
    let named = regularizers.flat_map(|(index, regularizer)| {
        let names = regularizer.parameters().iter().enumerate();
        names.map(move |(position, name)| (index, position, name))
    });
    let place =
        |index: usize, position: usize| Path::root().key("regularizers").index(index).key("parameters").index(position);
    let unknown = |(index, position, name): (usize, usize, &String)| {
        unknown(sections, network, parametrized, name, || place(index, position))
    };
    named.filter_map(unknown).collect()
}
