"""Writes every golden file; run as `python scripts/golden/make.py`."""

import torch

from activations import activations
from clipping import clipping
from elman import elman, residual_elman
from gated import CELLS as GATED
from gru import reset_after, reset_before
from initial import initial
from losses import losses
from lstm import lstm, two_layer_lstm
from optimizers import optimizers
from parametrizations import parametrizations
from record import write
from schedules import schedules
from structured import CELLS as STRUCTURED
from transcribed import run

torch.set_num_threads(1)

write("elman-tanh", elman("tanh", seed=1))
# Chosen so that every step has two live units at least, the last step three, and a good part of all units is off.
write("elman-relu", elman("relu", seed=14))
write("residual-elman", residual_elman(seed=3))
write("lstm", lstm(seed=4))
write("two-layer-lstm", two_layer_lstm(seed=5))
write("gru-reset-after", reset_after(seed=6))
write("gru-reset-before", reset_before(seed=7))
write("losses", losses(seed=8))
write("optimizers", optimizers(seed=9))
write("clipping", clipping(seed=10))
write("schedules", schedules())
for name, cell in (GATED | STRUCTURED).items():
    write(name, run(name, cell))
write("activations", activations())
write("initial", initial())
write("parametrizations", parametrizations(seed=40))
