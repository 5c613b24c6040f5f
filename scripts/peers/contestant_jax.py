"""JAX: one jitted update with donated buffers; lax.scan over a hand-written cell, gates of a step in one product.

The input's product stays in the step: hoisting it out of the scan, the usual advice and what `--hoisted` does, was slower for
every cell but elman at T = 100 (by up to 2.3 times for the LSTM). Unrolling the scan was slower for the LSTM, and weights
as [out, in] were no faster.
"""

import math
import sys
from functools import partial

import jax
import jax.numpy as jnp
import numpy

import problem
from problem import Arrays, Contestant, Shape

Tree = dict[str, jax.Array]


def layout(cell: str, values: Arrays) -> Arrays:
    """Weights as [in, out], the gates side by side in PyTorch's order; `b_hn` is the GRU's only."""
    gates = problem.GATES[cell]
    stacked = {
        "w_x": numpy.concatenate([values[f"w_x{gate}"] for gate in gates]).T,
        "w_h": numpy.concatenate([values[f"w_h{gate}"] for gate in gates]).T,
        "b_x": numpy.concatenate([values[f"b_{gate}"] for gate in gates]),
        "w": values["w"].T,
    }
    return stacked | {name: values[name] for name in ("b_hn", "b") if name in values}


def elman(p: Tree, state: Tree, z: jax.Array) -> Tree:
    """From the input's part z of the argument, as the other cells."""
    return {"h": jnp.tanh(z + state["h"] @ p["w_h"])}


def gru(p: Tree, state: Tree, z: jax.Array) -> Tree:
    x_r, x_u, x_n = jnp.split(z, 3, axis=-1)
    h_r, h_u, h_n = jnp.split(state["h"] @ p["w_h"], 3, axis=-1)
    r, u = jax.nn.sigmoid(x_r + h_r), jax.nn.sigmoid(x_u + h_u)
    n = jnp.tanh(x_n + r * (h_n + p["b_hn"]))
    return {"h": (1.0 - u) * n + u * state["h"]}


def lstm(p: Tree, state: Tree, z: jax.Array) -> Tree:
    i, f, g, o = jnp.split(z + state["h"] @ p["w_h"], 4, axis=-1)
    c = jax.nn.sigmoid(f) * state["c"] + jax.nn.sigmoid(i) * jnp.tanh(g)
    return {"h": jax.nn.sigmoid(o) * jnp.tanh(c), "c": c}


HOISTED = "--hoisted" in sys.argv

CELLS = {"elman": (elman, "h"), "gru": (gru, "h"), "lstm": (lstm, "hc")}


def loss_of(cell: str, p: Tree, x: jax.Array, target: jax.Array) -> jax.Array:
    """Mean squared error of a linear readout of the last step."""
    step, states = CELLS[cell]
    start = {name: jnp.zeros((x.shape[1], p["w"].shape[0])) for name in states}
    project = lambda x: x @ p["w_x"] + p["b_x"]
    inside, inputs = (lambda z: z, project(x)) if HOISTED else (project, x)
    last, _ = jax.lax.scan(lambda state, x: (step(p, state, inside(x)), None), start, inputs)
    return jnp.mean((last["h"] @ p["w"] + p["b"] - target) ** 2)


def power_below_one(beta: float, count: jax.Array) -> jax.Array:
    """1 - beta^count without the cancellation that float32 suffers at the first updates."""
    return -jnp.expm1(count * math.log(beta))


@partial(jax.jit, static_argnames="cell", donate_argnames=("p", "m", "s", "count"))
def update(cell: str, p: Tree, m: Tree, s: Tree, count: jax.Array, x: jax.Array, target: jax.Array):
    """Gradient, clipping by the global norm, Adam; returns the new parameters, both moments, the count and the loss."""
    loss, g = jax.value_and_grad(partial(loss_of, cell))(p, x, target)
    norm = jnp.sqrt(sum(jnp.sum(leaf**2) for leaf in jax.tree.leaves(g)))
    scale = jnp.minimum(1.0, problem.LARGEST_NORM / norm)
    count = count + 1
    rate = problem.LEARNING_RATE / power_below_one(problem.BETA1, count)
    correction = power_below_one(problem.BETA2, count)
    g = jax.tree.map(lambda g: g * scale, g)
    m = jax.tree.map(lambda m, g: problem.BETA1 * m + (1.0 - problem.BETA1) * g, m, g)
    s = jax.tree.map(lambda s, g: problem.BETA2 * s + (1.0 - problem.BETA2) * g * g, s, g)
    p = jax.tree.map(lambda p, m, s: p - rate * m / (jnp.sqrt(s / correction) + problem.EPSILON), p, m, s)
    return p, m, s, count, loss


class Jax(Contestant):
    def version(self) -> str:
        return f"JAX {jax.__version__}{' with hoisted input' if HOISTED else ''}"

    def prepare(self, shape: Shape) -> None:
        p = jax.tree.map(jnp.asarray, layout(shape.cell, problem.parameters(shape.cell, shape.hidden)))
        m, s = jax.tree.map(jnp.zeros_like, p), jax.tree.map(jnp.zeros_like, p)
        self.cell, self.state = shape.cell, (p, m, s, jnp.asarray(0.0))
        self.data = tuple(map(jnp.asarray, problem.data(shape.batch, shape.steps)))

    def updates(self, count: int) -> float:
        for _ in range(count):
            *state, loss = update(self.cell, *self.state, *self.data)
            self.state = tuple(state)
        jax.block_until_ready(self.state)
        return float(loss)


if __name__ == "__main__":
    Jax().serve()
