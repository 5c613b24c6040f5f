"""h = u h + (1 - u) n, the reset gate after or before the candidate's recurrent product.

Reset-after is torch.nn.GRU (gate order r, z, n; z is u here; the second bias is zero but for the candidate's, b_hn).
Reset-before is Cho et al. 2014; torch.nn lacks it, so torch's operations and their derivatives are the reference.
"""

import numpy
import torch
from torch.func import functional_call

import plain
from trial import HIDDEN, INPUT, Cell, Tensors, run

GATES = "run"
SHAPES = {}
for gate in GATES:
    SHAPES[f"w_x{gate}"] = (HIDDEN, INPUT)
    SHAPES[f"w_h{gate}"] = (HIDDEN, HIDDEN)
    SHAPES[f"b_{gate}"] = (HIDDEN,)


def gated(p: Tensors, x: torch.Tensor, h: torch.Tensor, reset: str) -> torch.Tensor:
    r, u = (torch.sigmoid(x @ p[f"w_x{g}"].T + h @ p[f"w_h{g}"].T + p[f"b_{g}"]) for g in "ru")
    recurrent = r * (h @ p["w_hn"].T + p["b_hn"]) if reset == "after" else (r * h) @ p["w_hn"].T
    n = torch.tanh(x @ p["w_xn"].T + p["b_n"] + recurrent)
    return u * h + (1 - u) * n


def cross_checked(record: dict, reset: str) -> dict:
    parameters = {name: value.detach().numpy() for name, value in record["parameters"].items()}
    again = plain.gru(parameters, record["x"].detach().numpy(), reset)
    numpy.testing.assert_allclose(record["outputs"].detach().numpy(), again, rtol=1e-12, atol=1e-14)
    return record


def reset_after(seed: int) -> dict:
    network = torch.nn.GRU(INPUT, HIDDEN, dtype=torch.float64)

    def module(p: Tensors, x: torch.Tensor) -> tuple[torch.Tensor, Tensors]:
        zero = torch.zeros_like(p["b_hn"])
        layout = {
            "weight_ih_l0": torch.cat([p[f"w_x{g}"] for g in GATES]),
            "weight_hh_l0": torch.cat([p[f"w_h{g}"] for g in GATES]),
            "bias_ih_l0": torch.cat([p[f"b_{g}"] for g in GATES]),
            "bias_hh_l0": torch.cat([zero, zero, p["b_hn"]]),
        }
        outputs, final = functional_call(network, layout, (x,))
        return outputs, {"h": final[0]}

    def step(p: Tensors, x: torch.Tensor, state: Tensors) -> Tensors:
        return {"h": gated(p, x, state["h"], "after")}

    about = "n = tanh(w_xn x + b_n + r (w_hn h + b_hn)), h = u h + (1 - u) n; torch.nn.GRU"
    settings = {"kind": "gru", "reset": "after-matrix"}
    cell = Cell(about, settings, {**SHAPES, "b_hn": (HIDDEN,)}, ("h",), step)
    return cross_checked(run(cell, seed, module), "after")


def reset_before(seed: int) -> dict:
    def step(p: Tensors, x: torch.Tensor, state: Tensors) -> Tensors:
        return {"h": gated(p, x, state["h"], "before")}

    about = "n = tanh(w_xn x + w_hn (r h) + b_n), h = u h + (1 - u) n; torch operations and autograd"
    cell = Cell(about, {"kind": "gru", "reset": "before-matrix"}, SHAPES, ("h",), step)
    return cross_checked(run(cell, seed), "before")
