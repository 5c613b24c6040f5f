"""Clipping by the global L2 norm, by torch and by the exact definition, and by value."""

import torch
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

from dyadic import Dyadic

Tensors = dict[str, torch.Tensor]


def with_gradients(gradients: Tensors) -> list[torch.nn.Parameter]:
    parameters = []
    for gradient in gradients.values():
        parameter = torch.nn.Parameter(torch.zeros_like(gradient))
        parameter.grad = gradient.clone()
        parameters.append(parameter)
    return parameters


def global_norm(name: str, gradients: Tensors, maximum: float) -> dict:
    """Torch scales by max / (norm + 1e-6), the definition by max / norm; both spare what is within the bound."""
    parameters = with_gradients(gradients)
    norm = clip_grad_norm_(parameters, maximum).item()
    coefficient = min(1.0, maximum / (norm + 1e-6))
    clipped = {key: parameter.grad for key, parameter in zip(gradients, parameters)}
    torch.testing.assert_close(clipped, {key: value * coefficient for key, value in gradients.items()})
    exact = 1.0 if norm <= maximum else maximum / norm
    return {
        "name": name,
        "max": maximum,
        "gradients": gradients,
        "norm": norm,
        "torch": {"coefficient": coefficient, "clipped": clipped},
        "exact": {"coefficient": exact, "clipped": {key: value * exact for key, value in gradients.items()}},
    }


def by_value(name: str, gradients: Tensors, maximum: float) -> dict:
    parameters = with_gradients(gradients)
    clip_grad_value_(parameters, maximum)
    return {
        "name": name,
        "max": maximum,
        "gradients": gradients,
        "clipped": {key: parameter.grad for key, parameter in zip(gradients, parameters)},
    }


def parameter_norm(name: str, gradients: Tensors, maximum: float) -> dict:
    """Each tensor by itself; torch's 1e-6 is within the tests' bound."""
    parameters = with_gradients(gradients)
    for parameter in parameters:
        clip_grad_norm_([parameter], maximum)
    clipped = {key: parameter.grad for key, parameter in zip(gradients, parameters)}
    return {"name": name, "max": maximum, "gradients": gradients, "clipped": clipped}


def clipping(seed: int) -> dict:
    numbers = Dyadic(seed)
    gradients = {"w": numbers.tensor(4, 3), "b": numbers.tensor(4), "readout.w": numbers.tensor(2, 4)}

    def scaled(factor: float) -> Tensors:
        return {key: value * factor for key, value in gradients.items()}

    # Squares of these leave float32's range at either end, though the gradients and their norm lie well within it.
    huge, tiny = 2.0**100, 2.0**-100
    return {
        "about": "global_norm: torch's coefficient is min(1, max / (norm + 1e-6)), the exact one min(1, max / norm)",
        "global_norm": [
            global_norm("clipped", gradients, 1.0),
            global_norm("within-bound", gradients, 8.0),
            global_norm("huge", scaled(huge), 1.0),
            global_norm("tiny", scaled(tiny), 2.0**-101),
            global_norm("zero", scaled(0.0), 1.0),
        ],
        "parameter_norm": [parameter_norm("clipped", gradients, 0.5), parameter_norm("within-bound", gradients, 8.0)],
        "value": [by_value("clipped", gradients, 0.25), by_value("within-bound", gradients, 1.0)],
    }
