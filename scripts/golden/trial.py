"""One forward and backward pass of a recurrent layer, written step by step so that the carried state can be probed.

Every cell file is made here: the sequence x [T][B][I] starts from zero state, a linear readout sees the last output,
and the loss is the mean squared error over all batch and output entries.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from dyadic import Dyadic

INPUT, HIDDEN, BATCH, STEPS, OUTPUT = 3, 5, 2, 7, 2

Tensors = dict[str, torch.Tensor]
Module = Callable[[Tensors, torch.Tensor], tuple[torch.Tensor, Tensors]]


@dataclass(frozen=True)
class Cell:
    """A cell: its settings, its parameters' shapes, its states (the first is the output), one step."""

    about: str
    settings: dict
    shapes: dict[str, tuple[int, ...]]
    states: tuple[str, ...]
    step: Callable[[Tensors, torch.Tensor, Tensors], Tensors]


def draw(shapes: dict[str, tuple[int, ...]], seed: int) -> tuple[torch.Tensor, torch.Tensor, Tensors]:
    """x, target and parameters (the readout's too); biases are kept to half the range of the weights."""
    numbers = Dyadic(seed)
    x = numbers.tensor(STEPS, BATCH, INPUT)
    target = numbers.tensor(BATCH, OUTPUT)
    shapes = {**shapes, "readout.w": (OUTPUT, HIDDEN), "readout.b": (OUTPUT,)}
    parameters = {
        name: numbers.tensor(*shape, bound=0.75 if len(shape) == 2 else 0.375) for name, shape in shapes.items()
    }
    return x, target, parameters


def readout(parameters: Tensors, last_output: torch.Tensor) -> torch.Tensor:
    return last_output @ parameters["readout.w"].T + parameters["readout.b"]


def unroll(cell: Cell, parameters: Tensors, x: torch.Tensor, probes: Tensors) -> tuple[torch.Tensor, Tensors]:
    """All outputs [T][B][H] and the final states, with probes[state][t] added to the state carried out of step t.

    The carried state is what the next step and the readout see. What a step computes from its own new state (an LSTM's
    h from its c) comes before the probe, so a derivative by the probe treats the carried components as independent.
    """
    state = {name: torch.zeros(BATCH, HIDDEN, dtype=torch.float64) for name in cell.states}
    outputs = []
    for t in range(len(x)):
        state = {name: value + probes[name][t] for name, value in cell.step(parameters, x[t], state).items()}
        outputs.append(state[cell.states[0]])
    return torch.stack(outputs), state


def no_probes(cell: Cell) -> Tensors:
    return {name: torch.zeros(STEPS, BATCH, HIDDEN, dtype=torch.float64) for name in cell.states}


def check_state_gradients(
    cell: Cell, parameters: Tensors, x: torch.Tensor, target: torch.Tensor, found: Tensors
) -> None:
    """Compares the derivatives by the carried state with central differences."""
    nudge = 1e-5
    with torch.no_grad():
        for name in cell.states:
            for index in torch.cartesian_prod(*(torch.arange(n) for n in (STEPS, BATCH, HIDDEN))).tolist():
                losses = []
                for sign in (1, -1):
                    probes = no_probes(cell)
                    probes[name][tuple(index)] = sign * nudge
                    outputs, _ = unroll(cell, parameters, x, probes)
                    losses.append(torch.nn.functional.mse_loss(readout(parameters, outputs[-1]), target))
                difference = (losses[0] - losses[1]) / (2 * nudge)
                torch.testing.assert_close(found[name][tuple(index)], difference, rtol=1e-6, atol=1e-9)


def run(cell: Cell, seed: int, module: Module | None = None) -> dict:
    """The record of one cell; where torch has the cell as a module, `module` gives the outputs, loss and gradients."""
    x, target, parameters = draw(cell.shapes, seed)
    leaves = [tensor.requires_grad_() for tensor in (x, *parameters.values())]

    probes = no_probes(cell)
    probe_leaves = [tensor.requires_grad_() for tensor in probes.values()]
    outputs, final = unroll(cell, parameters, x, probes)
    prediction = readout(parameters, outputs[-1])
    loss = torch.nn.functional.mse_loss(prediction, target)
    gradients = torch.autograd.grad(loss, leaves + probe_leaves)
    state_gradients = dict(zip(cell.states, gradients[len(leaves) :]))
    gradients = gradients[: len(leaves)]
    check_state_gradients(cell, parameters, x, target, state_gradients)

    if module is not None:
        own = (outputs, final, loss, gradients)
        outputs, final = module(parameters, x)
        prediction = readout(parameters, outputs[-1])
        loss = torch.nn.functional.mse_loss(prediction, target)
        gradients = torch.autograd.grad(loss, leaves)
        torch.testing.assert_close(own, (outputs, final, loss, gradients), rtol=1e-12, atol=1e-14)

    return {
        "about": cell.about,
        "cell": cell.settings,
        "layers": 1,
        "dims": {"input": INPUT, "hidden": HIDDEN, "batch": BATCH, "steps": STEPS, "output": OUTPUT},
        "x": x,
        "target": target,
        "parameters": parameters,
        "outputs": outputs,
        "final_state": final,
        "prediction": prediction,
        "loss": loss,
        "gradients": dict(zip(parameters, gradients[1:])),
        "input_gradient": gradients[0],
        "state_gradients": state_gradients,
    }
