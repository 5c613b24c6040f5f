"""c = f c + i g, h = o tanh(c), with torch.nn.LSTM as the reference; gate order i, f, g, o, second bias zero."""

import numpy
import torch
from torch.func import functional_call

import plain
from trial import BATCH, HIDDEN, INPUT, OUTPUT, STEPS, Cell, Tensors, draw, readout, run

GATES = "ifgo"


def shapes(inputs: int, prefix: str = "") -> dict[str, tuple[int, ...]]:
    found = {}
    for gate in GATES:
        found[f"{prefix}w_x{gate}"] = (HIDDEN, inputs)
        found[f"{prefix}w_h{gate}"] = (HIDDEN, HIDDEN)
        found[f"{prefix}b_{gate}"] = (HIDDEN,)
    return found


def step(p: Tensors, x: torch.Tensor, state: Tensors) -> Tensors:
    z = {g: x @ p[f"w_x{g}"].T + state["h"] @ p[f"w_h{g}"].T + p[f"b_{g}"] for g in GATES}
    c = torch.sigmoid(z["f"]) * state["c"] + torch.sigmoid(z["i"]) * torch.tanh(z["g"])
    return {"h": torch.sigmoid(z["o"]) * torch.tanh(c), "c": c}


def layout(p: Tensors, layer: int, prefix: str = "") -> Tensors:
    """The weights of one layer under torch's names: gates stacked along the rows."""
    bias = torch.cat([p[f"{prefix}b_{g}"] for g in GATES])
    return {
        f"weight_ih_l{layer}": torch.cat([p[f"{prefix}w_x{g}"] for g in GATES]),
        f"weight_hh_l{layer}": torch.cat([p[f"{prefix}w_h{g}"] for g in GATES]),
        f"bias_ih_l{layer}": bias,
        f"bias_hh_l{layer}": torch.zeros_like(bias),
    }


def arrays(p: Tensors, prefix: str = "") -> dict[str, numpy.ndarray]:
    return {name.removeprefix(prefix): value.detach().numpy() for name, value in p.items() if name.startswith(prefix)}


def lstm(seed: int) -> dict:
    network = torch.nn.LSTM(INPUT, HIDDEN, dtype=torch.float64)

    def module(p: Tensors, x: torch.Tensor) -> tuple[torch.Tensor, Tensors]:
        outputs, (h, c) = functional_call(network, layout(p, 0), (x,))
        return outputs, {"h": h[0], "c": c[0]}

    about = "c = f c + i g, h = o tanh(c), a forget gate, no peepholes; torch.nn.LSTM"
    record = run(Cell(about, {"kind": "lstm"}, shapes(INPUT), ("h", "c"), step), seed, module)
    again = plain.lstm(arrays(record["parameters"]), record["x"].detach().numpy())
    numpy.testing.assert_allclose(record["outputs"].detach().numpy(), again, rtol=1e-12, atol=1e-14)
    return record


def two_layer_lstm(seed: int) -> dict:
    """Layer 0 feeds layer 1 step by step, the readout sees layer 1; parameters and states carry the layer's name."""
    x, target, parameters = draw({**shapes(INPUT, "layer0."), **shapes(HIDDEN, "layer1.")}, seed)
    leaves = [tensor.requires_grad_() for tensor in (x, *parameters.values())]
    network = torch.nn.LSTM(INPUT, HIDDEN, num_layers=2, dtype=torch.float64)
    weights = {**layout(parameters, 0, "layer0."), **layout(parameters, 1, "layer1.")}
    outputs, (h, c) = functional_call(network, weights, (x,))
    prediction = readout(parameters, outputs[-1])
    loss = torch.nn.functional.mse_loss(prediction, target)
    gradients = torch.autograd.grad(loss, leaves)

    below = plain.lstm(arrays(parameters, "layer0."), x.detach().numpy())
    again = plain.lstm(arrays(parameters, "layer1."), below)
    numpy.testing.assert_allclose(outputs.detach().numpy(), again, rtol=1e-12, atol=1e-14)
    return {
        "about": "two LSTM layers, the outputs of layer 0 feeding layer 1; torch.nn.LSTM with num_layers = 2",
        "cell": {"kind": "lstm"},
        "layers": 2,
        "dims": {"input": INPUT, "hidden": HIDDEN, "batch": BATCH, "steps": STEPS, "output": OUTPUT},
        "x": x,
        "target": target,
        "parameters": parameters,
        "outputs": outputs,
        "final_state": {"layer0.h": h[0], "layer0.c": c[0], "layer1.h": h[1], "layer1.c": c[1]},
        "prediction": prediction,
        "loss": loss,
        "gradients": dict(zip(parameters, gradients[1:])),
        "input_gradient": gradients[0],
    }
