"""h = f(W_xh x + W_hh h + b_h), with torch.nn.RNN as the reference; its second bias is zero."""

import torch
from torch.func import functional_call

from trial import HIDDEN, INPUT, Cell, Tensors, run

SHAPES = {"w_xh": (HIDDEN, INPUT), "w_hh": (HIDDEN, HIDDEN), "b_h": (HIDDEN,)}
FUNCTIONS = {"tanh": torch.tanh, "relu": torch.relu}
# A sign that differs between float32 and float64 would change the gradient, so no pre-activation may be closer to 0.
DISTANCE_FROM_KINK = 1e-3


def pre_activation(p: Tensors, x: torch.Tensor, h: torch.Tensor) -> torch.Tensor:
    return x @ p["w_xh"].T + h @ p["w_hh"].T + p["b_h"]


def elman(activation: str, seed: int) -> dict:
    f = FUNCTIONS[activation]

    def step(p: Tensors, x: torch.Tensor, state: Tensors) -> Tensors:
        z = pre_activation(p, x, state["h"])
        if activation == "relu":
            assert z.abs().min() > DISTANCE_FROM_KINK, "a relu sits near its kink: choose another seed"
        return {"h": f(z)}

    rnn = torch.nn.RNN(INPUT, HIDDEN, nonlinearity=activation, dtype=torch.float64)

    def module(p: Tensors, x: torch.Tensor) -> tuple[torch.Tensor, Tensors]:
        layout = {
            "weight_ih_l0": p["w_xh"],
            "weight_hh_l0": p["w_hh"],
            "bias_ih_l0": p["b_h"],
            "bias_hh_l0": torch.zeros_like(p["b_h"]),
        }
        outputs, final = functional_call(rnn, layout, (x,))
        return outputs, {"h": final[0]}

    about = f"h = {activation}(w_xh x + w_hh h + b_h); torch.nn.RNN"
    return run(Cell(about, {"kind": "elman", "activation": {"kind": activation}}, SHAPES, ("h",), step), seed, module)


def residual_elman(seed: int, epsilon: float = 0.5) -> dict:
    """Not in torch.nn: its operations and their derivatives are the reference."""

    def step(p: Tensors, x: torch.Tensor, state: Tensors) -> Tensors:
        return {"h": state["h"] + epsilon * torch.tanh(pre_activation(p, x, state["h"]))}

    about = "h = h + epsilon tanh(w_xh x + w_hh h + b_h); torch operations and autograd"
    settings = {"kind": "residual-elman", "activation": {"kind": "tanh"}, "epsilon": epsilon}
    return run(Cell(about, settings, SHAPES, ("h",), step), seed)
