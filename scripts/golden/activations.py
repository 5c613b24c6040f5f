"""Pointwise activations: value and derivative at points from the middle to far out, by torch.nn.functional."""

import torch
import torch.nn.functional as F


def modulus_relu(z: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """sign(z) max(|z| + b, 0); torch has none."""
    return torch.sign(z) * torch.relu(torch.abs(z) + b)


CASES = [
    ("tanh", {}, torch.tanh),
    ("relu", {}, F.relu),
    ("sigmoid", {}, torch.sigmoid),
    ("leaky-relu", {"slope": 0.01}, lambda x: F.leaky_relu(x, 0.01)),
    ("elu", {"alpha": 1.5}, lambda x: F.elu(x, 1.5)),
    ("hard-sigmoid", {}, F.hardsigmoid),
    ("hard-tanh", {}, F.hardtanh),
    ("softplus", {}, F.softplus),
    ("softsign", {}, F.softsign),
    ("gelu", {}, F.gelu),
    ("gelu-tanh", {}, lambda x: F.gelu(x, approximate="tanh")),
    ("silu", {}, F.silu),
    ("identity", {}, lambda x: x * 1.0),
    ("sin", {}, torch.sin),
]


def points() -> torch.Tensor:
    """Multiples of 1/16 from -6 to 6, the kinks among them, and powers of two out to 2^20 and in to 2^-20."""
    middle = torch.arange(-96, 97, dtype=torch.float64) / 16
    powers = torch.tensor([2.0**k for k in (-20, -10, 3, 4, 5, 6, 7, 10, 20)], dtype=torch.float64)
    return torch.cat([middle, powers, -powers])


def activation(kind: str, settings: dict, function) -> dict:
    x = points().requires_grad_()
    y = function(x)
    (derivative,) = torch.autograd.grad(y.sum(), x)
    return {"activation": {"kind": kind, **settings}, "value": y, "derivative": derivative}


def biased() -> dict:
    """mod-relu at every point with three biases; its derivatives by the argument and by the bias."""
    z = points().repeat(3).requires_grad_()
    b = torch.tensor([-0.53125, 0.0, 0.28125], dtype=torch.float64).repeat_interleave(len(points())).requires_grad_()
    y = modulus_relu(z, b)
    by_argument, by_bias = torch.autograd.grad(y.sum(), [z, b])
    return {"argument": z, "bias": b, "value": y, "derivative": by_argument, "by_bias": by_bias}


def activations() -> dict:
    return {
        "about": "value and derivative of each activation at the points; mod-relu with a bias at each point",
        "points": points(),
        "cases": [activation(*case) for case in CASES],
        "mod-relu": biased(),
    }
