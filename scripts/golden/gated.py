"""Gated cells, in the notation of their papers (weights under our names): file name → transcription."""

import torch

from transcribed import HIDDEN, INPUT, Tensors, Transcription

TANH, SIGMOID = torch.tanh, torch.sigmoid


def blocks(letters: str) -> dict[str, tuple[int, ...]]:
    """Per letter a matrix on the input, one on the state and a bias."""
    shapes = {}
    for letter in letters:
        shapes |= {f"w_x{letter}": (HIDDEN, INPUT), f"w_h{letter}": (HIDDEN, HIDDEN), f"b_{letter}": (HIDDEN,)}
    return shapes


def ugrnn(p: Tensors, x: torch.Tensor, state: Tensors) -> tuple[torch.Tensor, Tensors]:
    """Collins, Sohl-Dickstein and Sussillo 2017, eq. 7-9."""
    h = state["h"]
    c = TANH(h @ p["w_hc"].T + x @ p["w_xc"].T + p["b_c"])
    g = SIGMOID(h @ p["w_hg"].T + x @ p["w_xg"].T + p["b_g"])
    h = g * h + (1 - g) * c
    return h, {"h": h}


CELLS = {
    "ugrnn": Transcription("h = g h + (1 - g) c", {"kind": "ugrnn"}, blocks("cg"), {"h": HIDDEN}, ugrnn),
}
