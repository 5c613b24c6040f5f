"""Ten updates from given gradients, each rule by torch.optim, where it has it, and by the formula that README.md states."""

from collections.abc import Callable
from functools import partial

import torch

from dyadic import Dyadic

UPDATES = 10
# One power of two per coordinate: from gradients of order 1 down to some of order 1e-8, where epsilon's place matters.
EXPONENTS = (0, 0, -4, -8, -16, -24)

Updates = list[torch.Tensor]


def by_torch(start: torch.Tensor, gradients: torch.Tensor, make: Callable) -> Updates:
    parameter = torch.nn.Parameter(start.clone())
    # Counts and products that an optimizer keeps beside its vectors are of the default type.
    torch.set_default_dtype(torch.float64)
    optimizer = make([parameter])
    trajectory = []
    for gradient in gradients:
        parameter.grad = gradient.clone()
        optimizer.step()
        trajectory.append(parameter.detach().clone())
    torch.set_default_dtype(torch.float32)
    return trajectory


def sgd(start, gradients, learning_rate, momentum=0.0, nesterov=False) -> Updates:
    p, v, trajectory = start.clone(), torch.zeros_like(start), []
    for g in gradients:
        v = momentum * v + g
        p = p - learning_rate * (g + momentum * v if nesterov else v)
        trajectory.append(p)
    return trajectory


def rmsprop(start, gradients, learning_rate, alpha, epsilon, centered=False, momentum=0.0) -> Updates:
    p, trajectory = start.clone(), []
    s, m, v = (torch.zeros_like(start) for _ in range(3))
    for g in gradients:
        s = alpha * s + (1 - alpha) * g * g
        m = alpha * m + (1 - alpha) * g
        direction = g / ((s - m * m if centered else s).sqrt() + epsilon)
        v = momentum * v + direction
        p = p - learning_rate * v
        trajectory.append(p)
    return trajectory


def adam(start, gradients, learning_rate, beta1, beta2, epsilon) -> Updates:
    p, trajectory = start.clone(), []
    m, s = torch.zeros_like(start), torch.zeros_like(start)
    for k, g in enumerate(gradients, start=1):
        m = beta1 * m + (1 - beta1) * g
        s = beta2 * s + (1 - beta2) * g * g
        p = p - learning_rate * (m / (1 - beta1**k)) / ((s / (1 - beta2**k)).sqrt() + epsilon)
        trajectory.append(p)
    return trajectory


def adam_like(start, gradients, learning_rate, beta1, beta2, epsilon, amsgrad=False, weight_decay=0.0) -> Updates:
    """Adam with amsgrad, and AdamW."""
    p, trajectory = start.clone(), []
    m, s, largest = torch.zeros_like(start), torch.zeros_like(start), torch.zeros_like(start)
    for k, g in enumerate(gradients, start=1):
        p = p - learning_rate * weight_decay * p
        m = beta1 * m + (1 - beta1) * g
        s = beta2 * s + (1 - beta2) * g * g
        largest = torch.maximum(largest, s)
        root = ((largest if amsgrad else s) / (1 - beta2**k)).sqrt()
        p = p - learning_rate * (m / (1 - beta1**k)) / (root + epsilon)
        trajectory.append(p)
    return trajectory


def adagrad(start, gradients, learning_rate, initial, epsilon) -> Updates:
    p, s, trajectory = start.clone(), torch.full_like(start, initial), []
    for g in gradients:
        s = s + g * g
        p = p - learning_rate * g / (s.sqrt() + epsilon)
        trajectory.append(p)
    return trajectory


def adadelta(start, gradients, learning_rate, decay, epsilon) -> Updates:
    p, s, a, trajectory = start.clone(), torch.zeros_like(start), torch.zeros_like(start), []
    for g in gradients:
        s = decay * s + (1 - decay) * g * g
        d = g * (a + epsilon).sqrt() / (s + epsilon).sqrt()
        a = decay * a + (1 - decay) * d * d
        p = p - learning_rate * d
        trajectory.append(p)
    return trajectory


def nadam(start, gradients, learning_rate, beta1, beta2, epsilon, momentum_decay) -> Updates:
    p, m, s, trajectory = start.clone(), torch.zeros_like(start), torch.zeros_like(start), []
    product = 1.0
    for k, g in enumerate(gradients, start=1):
        now, after = (beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay)) for t in (k, k + 1))
        product *= now
        m = beta1 * m + (1 - beta1) * g
        s = beta2 * s + (1 - beta2) * g * g
        ahead = (1 - now) * g / (1 - product) + after * m / (1 - product * after)
        p = p - learning_rate * ahead / ((s / (1 - beta2**k)).sqrt() + epsilon)
        trajectory.append(p)
    return trajectory


def radam(start, gradients, learning_rate, beta1, beta2, epsilon) -> Updates:
    p, m, s, trajectory = start.clone(), torch.zeros_like(start), torch.zeros_like(start), []
    longest = 2 / (1 - beta2) - 1
    for k, g in enumerate(gradients, start=1):
        m = beta1 * m + (1 - beta1) * g
        s = beta2 * s + (1 - beta2) * g * g
        length = longest - 2 * k * beta2**k / (1 - beta2**k)
        step = m / (1 - beta1**k)
        if length > 5:
            ratio = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
            step = step * ratio**0.5 * (1 - beta2**k) ** 0.5 / (s.sqrt() + epsilon)
        p = p - learning_rate * step
        trajectory.append(p)
    return trajectory


def rmsprop_urnn(start, gradients, learning_rate, decay, initial) -> Updates:
    p, s, trajectory = start.clone(), torch.full_like(start, initial), []
    for g in gradients:
        s = decay * s + (1 - decay) * g * g
        p = p - learning_rate * g / s.sqrt()
        trajectory.append(p)
    return trajectory


def lion(start, gradients, learning_rate, beta1, beta2, weight_decay) -> Updates:
    p, m, trajectory = start.clone(), torch.zeros_like(start), []
    for g in gradients:
        p = p - learning_rate * ((beta1 * m + (1 - beta1) * g).sign() + weight_decay * p)
        m = beta2 * m + (1 - beta2) * g
        trajectory.append(p)
    return trajectory


def torch_sgd(learning_rate, momentum=0.0, nesterov=False) -> Callable:
    return lambda p: torch.optim.SGD(p, lr=learning_rate, momentum=momentum, nesterov=nesterov, dampening=0)


def torch_rmsprop(learning_rate, alpha, epsilon, centered=False, momentum=0.0) -> Callable:
    return lambda p: torch.optim.RMSprop(
        p, lr=learning_rate, alpha=alpha, eps=epsilon, centered=centered, momentum=momentum
    )


def torch_adam(learning_rate, beta1, beta2, epsilon) -> Callable:
    return lambda p: torch.optim.Adam(p, lr=learning_rate, betas=(beta1, beta2), eps=epsilon)


def torch_of(optimizer, **settings) -> Callable:
    """The class of torch.optim with our names of settings under theirs."""
    betas = (settings.pop("beta1"), settings.pop("beta2")) if "beta1" in settings else None
    names = {"learning_rate": "lr", "epsilon": "eps", "decay": "rho", "initial": "initial_accumulator_value"}
    given = {names.get(name, name): value for name, value in settings.items()}
    return lambda p: optimizer(p, **given, **({"betas": betas} if betas else {}))


RULES = {
    "sgd": (sgd, torch_sgd),
    "rmsprop": (rmsprop, torch_rmsprop),
    "adam": (adam, torch_adam),
    "adagrad": (adagrad, partial(torch_of, torch.optim.Adagrad)),
    "adadelta": (adadelta, partial(torch_of, torch.optim.Adadelta)),
    "nadam": (nadam, partial(torch_of, torch.optim.NAdam)),
    "radam": (radam, partial(torch_of, torch.optim.RAdam)),
    "adamw": (adam_like, partial(torch_of, torch.optim.AdamW)),
    # torch.optim has neither.
    "rmsprop-urnn": (rmsprop_urnn, None),
    "lion": (lion, None),
}
AMSGRAD = (adam_like, partial(torch_of, torch.optim.Adam))
ADAM = {"learning_rate": 1e-2, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
RMSPROP = {"learning_rate": 1e-2, "alpha": 0.99, "epsilon": 1e-8, "centered": False, "momentum": 0.0}
CASES = [
    ("sgd", "sgd", {"learning_rate": 0.1, "momentum": 0.0, "nesterov": False}),
    ("sgd-momentum", "sgd", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": False}),
    ("sgd-nesterov", "sgd", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
    ("rmsprop-alpha-0.99", "rmsprop", RMSPROP),
    ("rmsprop-alpha-0.9", "rmsprop", {**RMSPROP, "alpha": 0.9}),
    ("rmsprop-centered", "rmsprop", {**RMSPROP, "centered": True}),
    ("rmsprop-momentum", "rmsprop", {**RMSPROP, "momentum": 0.9}),
    ("rmsprop-centered-momentum", "rmsprop", {**RMSPROP, "centered": True, "momentum": 0.9}),
    ("adam", "adam", {"learning_rate": 1e-2, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}),
    # A small beta2 lets the mean square fall again, which is where amsgrad differs.
    ("adam-amsgrad", "adam", {**ADAM, "beta2": 0.6, "amsgrad": True}),
    ("adagrad", "adagrad", {"learning_rate": 1e-2, "initial": 0.0, "epsilon": 1e-10}),
    ("adagrad-initial", "adagrad", {"learning_rate": 1e-2, "initial": 0.1, "epsilon": 1e-10}),
    ("adadelta", "adadelta", {"learning_rate": 1.0, "decay": 0.9, "epsilon": 1e-6}),
    ("rmsprop-urnn", "rmsprop-urnn", {"learning_rate": 1e-2, "decay": 0.9, "initial": 1e-3}),
    ("adamw", "adamw", {**ADAM, "weight_decay": 0.1}),
    ("nadam", "nadam", {**ADAM, "momentum_decay": 4e-3}),
    ("radam", "radam", ADAM),
    # Rectified from the second update on.
    ("radam-short", "radam", {**ADAM, "beta2": 0.95}),
    ("lion", "lion", {"learning_rate": 1e-2, "beta1": 0.9, "beta2": 0.99, "weight_decay": 0.0}),
    ("lion-decay", "lion", {"learning_rate": 1e-2, "beta1": 0.9, "beta2": 0.99, "weight_decay": 0.1}),
]


def optimizers(seed: int) -> dict:
    numbers = Dyadic(seed)
    start = numbers.tensor(len(EXPONENTS))
    scale = torch.tensor([2.0**e for e in EXPONENTS], dtype=torch.float64)
    gradients = numbers.tensor(UPDATES, len(EXPONENTS)) * scale
    # A coordinate without a gradient in the first two updates: 0 / (0 + epsilon) must stay 0.
    gradients[:2, 1] = 0

    cases = []
    for name, kind, settings in CASES:
        formula, make = RULES[kind]
        if settings.get("amsgrad"):
            formula, make = AMSGRAD
        trajectory = formula(start, gradients, **settings)
        if make is not None:
            by_formula, trajectory = trajectory, by_torch(start, gradients, make(**settings))
            torch.testing.assert_close(trajectory, by_formula, rtol=1e-12, atol=1e-15)
        cases.append({"name": name, "kind": kind, "settings": settings, "parameters": trajectory})
    return {
        "about": "parameters[k] is the parameter vector after update k + 1; the gradients are given, not of any loss",
        "start": start,
        "gradients": gradients,
        "cases": cases,
    }
