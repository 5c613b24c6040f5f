"""The equations of LSTM and GRU once more in numpy, unit by unit, to witness the mapping onto torch's layout."""

import math

import numpy


def sigmoid(z: float) -> float:
    return 1.0 / (1.0 + math.exp(-z))


def dot(row, vector) -> float:
    return math.fsum(a * b for a, b in zip(row, vector))


def lstm(p: dict, x: numpy.ndarray) -> numpy.ndarray:
    """All h [T][B][H] from the per-gate parameters w_x*, w_h*, b_*."""
    steps, batch, _ = x.shape
    hidden = len(p["b_i"])
    outputs = numpy.zeros((steps, batch, hidden))
    for b in range(batch):
        h, c = [0.0] * hidden, [0.0] * hidden
        for t in range(steps):
            new_h, new_c = [], []
            for k in range(hidden):
                z = {g: dot(p[f"w_x{g}"][k], x[t, b]) + dot(p[f"w_h{g}"][k], h) + p[f"b_{g}"][k] for g in "ifgo"}
                new_c.append(sigmoid(z["f"]) * c[k] + sigmoid(z["i"]) * math.tanh(z["g"]))
                new_h.append(sigmoid(z["o"]) * math.tanh(new_c[k]))
            h, c = new_h, new_c
            outputs[t, b] = h
    return outputs


def gru(p: dict, x: numpy.ndarray, reset: str) -> numpy.ndarray:
    """All h [T][B][H]; `reset` is "after" or "before" the recurrent product of the candidate."""
    steps, batch, _ = x.shape
    hidden = len(p["b_r"])
    outputs = numpy.zeros((steps, batch, hidden))
    for b in range(batch):
        h = [0.0] * hidden
        for t in range(steps):
            r, u = (
                [
                    sigmoid(dot(p[f"w_x{g}"][k], x[t, b]) + dot(p[f"w_h{g}"][k], h) + p[f"b_{g}"][k])
                    for k in range(hidden)
                ]
                for g in "ru"
            )
            new_h = []
            for k in range(hidden):
                if reset == "after":
                    recurrent = r[k] * (dot(p["w_hn"][k], h) + p["b_hn"][k])
                else:
                    recurrent = dot(p["w_hn"][k], [r[j] * h[j] for j in range(hidden)])
                n = math.tanh(dot(p["w_xn"][k], x[t, b]) + p["b_n"][k] + recurrent)
                new_h.append(u[k] * h[k] + (1.0 - u[k]) * n)
            h = new_h
            outputs[t, b] = h
    return outputs
