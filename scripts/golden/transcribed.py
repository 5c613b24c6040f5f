"""Cells that torch.nn lacks: each is its paper's formulas as one step, everything else is shared.

A step takes parameters, x [B][I] and the carried states, and gives the output and the new states. Where the output is one
of the new states (the same tensor), it is the carried one that the readout sees.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from dyadic import Dyadic

INPUT, HIDDEN, BATCH, STEPS, OUTPUT = 3, 4, 2, 5, 2
# A sign that differs between float32 and float64 would change the gradient, so nothing may come closer to a kink.
DISTANCE_FROM_KINK = 1e-3

Tensors = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Transcription:
    """A cell: its definition in words, its settings, its parameters' shapes, its states' widths, one step."""

    about: str
    settings: dict
    shapes: dict[str, tuple[int, ...]]
    states: dict[str, int]
    step: Callable[[Tensors, torch.Tensor, Tensors], tuple[torch.Tensor, Tensors]]
    # What is added to the numbers drawn for a parameter: a gain is drawn around 1.
    centres: dict[str, float] = field(default_factory=dict)


def relu(z: torch.Tensor) -> torch.Tensor:
    """max(z, 0), with no entry near the kink."""
    assert z.abs().min() > DISTANCE_FROM_KINK, "a relu sits near its kink: give the file another name or centre"
    return torch.relu(z)


def unroll(cell: Transcription, p: Tensors, x: torch.Tensor, probes: Tensors) -> tuple[torch.Tensor, Tensors]:
    """All outputs [T][B][·] and the final states, with probes[state][t] added to the state carried out of step t."""
    state = {name: torch.zeros(BATCH, width, dtype=torch.float64) for name, width in cell.states.items()}
    outputs = []
    for t in range(STEPS):
        output, new = cell.step(p, x[t], state)
        assert set(new) == set(cell.states), f"{cell.about}: {set(new)} in place of {set(cell.states)}"
        state = {name: value + probes[name][t] for name, value in new.items()}
        carried = next((name for name, value in new.items() if value is output), None)
        outputs.append(output if carried is None else state[carried])
    return torch.stack(outputs), state


def no_probes(cell: Transcription) -> Tensors:
    return {name: torch.zeros(STEPS, BATCH, width, dtype=torch.float64) for name, width in cell.states.items()}


def loss_of(p: Tensors, outputs: torch.Tensor, target: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    prediction = outputs[-1] @ p["readout.w"].T + p["readout.b"]
    return prediction, torch.nn.functional.mse_loss(prediction, target)


def check_state_gradients(cell: Transcription, p: Tensors, x: torch.Tensor, target: torch.Tensor, found: Tensors) -> None:
    """Compares the derivatives by the carried states with central differences."""
    nudge = 1e-5
    with torch.no_grad():
        for name, gradient in found.items():
            for index in torch.cartesian_prod(*(torch.arange(n) for n in gradient.shape)).tolist():
                losses = []
                for sign in (1, -1):
                    probes = no_probes(cell)
                    probes[name][tuple(index)] = sign * nudge
                    losses.append(loss_of(p, unroll(cell, p, x, probes)[0], target)[1])
                difference = (losses[0] - losses[1]) / (2 * nudge)
                torch.testing.assert_close(gradient[tuple(index)], difference, rtol=1e-6, atol=1e-9)


def run(name: str, cell: Transcription) -> dict:
    """The record of one cell. Its numbers depend on its file's name alone."""
    numbers = Dyadic(zlib.crc32(name.encode()))
    x = numbers.tensor(STEPS, BATCH, INPUT)
    target = numbers.tensor(BATCH, OUTPUT)

    def drawn(key: str, shape: tuple[int, ...]) -> torch.Tensor:
        bound = 0.75 if len(shape) == 2 else 0.375
        return numbers.tensor(*shape, bound=bound) + cell.centres.get(key, 0.0)

    p = {key: drawn(key, shape) for key, shape in cell.shapes.items()}
    with torch.no_grad():
        width = unroll(cell, p, x, no_probes(cell))[0].shape[-1]
    p |= {key: drawn(key, shape) for key, shape in {"readout.w": (OUTPUT, width), "readout.b": (OUTPUT,)}.items()}
    leaves = [tensor.requires_grad_() for tensor in (x, *p.values())]
    probes = no_probes(cell)
    probe_leaves = [tensor.requires_grad_() for tensor in probes.values()]

    outputs, final = unroll(cell, p, x, probes)
    prediction, loss = loss_of(p, outputs, target)
    gradients = torch.autograd.grad(loss, leaves + probe_leaves, allow_unused=True, materialize_grads=True)
    state_gradients = dict(zip(cell.states, gradients[len(leaves) :]))
    check_state_gradients(cell, p, x, target, state_gradients)
    return {
        "about": cell.about + "; torch operations and autograd",
        "cell": cell.settings,
        "layers": 1,
        "dims": {"input": INPUT, "hidden": HIDDEN, "batch": BATCH, "steps": STEPS, "output": OUTPUT},
        "x": x,
        "target": target,
        "parameters": p,
        "outputs": outputs,
        "final_state": final,
        "prediction": prediction,
        "loss": loss,
        "gradients": dict(zip(p, gradients[1:])),
        "input_gradient": gradients[0],
        "state_gradients": state_gradients,
    }
