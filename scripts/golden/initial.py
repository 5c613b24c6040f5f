"""Initial values by torch.nn and torch.nn.init: how large the largest of many draws is, and their variance."""

import torch

HIDDEN = 8
INPUTS = 3
DRAWS = 4000


def measured(make) -> dict:
    """Of the named tensors that `make` gives, over all draws: the largest magnitude and the variance about 0."""
    torch.manual_seed(50)
    drawn = [make() for _ in range(DRAWS)]
    values = {name: torch.stack([draw[name].detach().double() for draw in drawn]) for name in drawn[0]}
    return {name: {"largest": value.abs().max().item(), "variance": value.square().mean().item()} for name, value in values.items()}


def linear() -> dict:
    layer = torch.nn.Linear(HIDDEN, 1)
    return {"w": layer.weight, "b": layer.bias}


def recurrent(layer_of, init):
    """What `init` makes of the matrices that the layer keeps, all gates in one."""

    def make() -> dict:
        layer = layer_of(INPUTS, HIDDEN)
        init(layer.weight_ih_l0)
        init(layer.weight_hh_l0)
        return {"input": layer.weight_ih_l0, "recurrent": layer.weight_hh_l0}

    return make


def initial() -> dict:
    record = {"hidden": HIDDEN, "inputs": INPUTS, "linear": measured(linear)}
    laws = {
        "pytorch": lambda weight: weight,
        "glorot-uniform": torch.nn.init.xavier_uniform_,
        "glorot-normal": torch.nn.init.xavier_normal_,
        "orthogonal": torch.nn.init.orthogonal_,
    }
    for cell, layer in (("lstm", torch.nn.LSTM), ("gru", torch.nn.GRU), ("elman", torch.nn.RNN)):
        record[cell] = {law: measured(recurrent(layer, init)) for law, init in laws.items()}
    return record
