"""Ten updates from given gradients, each rule by torch.optim and once more by the formula that README.md states."""

from collections.abc import Callable

import torch

from dyadic import Dyadic

UPDATES = 10
# One power of two per coordinate: from gradients of order 1 down to some of order 1e-8, where epsilon's place matters.
EXPONENTS = (0, 0, -4, -8, -16, -24)

Updates = list[torch.Tensor]


def by_torch(start: torch.Tensor, gradients: torch.Tensor, make: Callable) -> Updates:
    parameter = torch.nn.Parameter(start.clone())
    optimizer = make([parameter])
    trajectory = []
    for gradient in gradients:
        parameter.grad = gradient.clone()
        optimizer.step()
        trajectory.append(parameter.detach().clone())
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


def torch_sgd(learning_rate, momentum=0.0, nesterov=False) -> Callable:
    return lambda p: torch.optim.SGD(p, lr=learning_rate, momentum=momentum, nesterov=nesterov, dampening=0)


def torch_rmsprop(learning_rate, alpha, epsilon, centered=False, momentum=0.0) -> Callable:
    return lambda p: torch.optim.RMSprop(
        p, lr=learning_rate, alpha=alpha, eps=epsilon, centered=centered, momentum=momentum
    )


def torch_adam(learning_rate, beta1, beta2, epsilon) -> Callable:
    return lambda p: torch.optim.Adam(p, lr=learning_rate, betas=(beta1, beta2), eps=epsilon)


RULES = {"sgd": (sgd, torch_sgd), "rmsprop": (rmsprop, torch_rmsprop), "adam": (adam, torch_adam)}
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
        trajectory = by_torch(start, gradients, make(**settings))
        again = formula(start, gradients, **settings)
        torch.testing.assert_close(trajectory, again, rtol=1e-12, atol=1e-15)
        cases.append({"name": name, "kind": kind, "settings": settings, "parameters": trajectory})
    return {
        "about": "parameters[k] is the parameter vector after update k + 1; the gradients are given, not of any loss",
        "start": start,
        "gradients": gradients,
        "cases": cases,
    }
