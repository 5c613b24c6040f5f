"""Cells whose recurrence has a structure of its own (residual, diagonal, unitary, oscillating, clocked) and the convolution
that is their control, in the notation of their papers (weights under our names): file name → transcription.

Complex cells have real and imaginary parts as the two halves of a state here as there; torch's complex numbers compute them.
"""

import itertools
import math

import torch

from transcribed import HIDDEN, INPUT, STEPS, Tensors, Transcription, relu

TANH, SIGMOID = torch.tanh, torch.sigmoid
STATE = {"h": HIDDEN}
PLAIN = {"w_xh": (HIDDEN, INPUT), "w_hh": (HIDDEN, HIDDEN), "b_h": (HIDDEN,)}
COMPLEX_STATE = {"h": 2 * HIDDEN}
# The order in which the uRNN's permutation takes four units, as the Rust code draws it.
PERMUTATION = [0, 2, 1, 3]

Step = tuple[torch.Tensor, Tensors]


def affine(p: Tensors, x: torch.Tensor, h: torch.Tensor, letter: str = "h") -> torch.Tensor:
    return h @ p[f"w_h{letter}"].T + x @ p[f"w_x{letter}"].T + p[f"b_{letter}"]


def one(h: torch.Tensor) -> Step:
    return h, {"h": h}


def as_complex(halves: torch.Tensor) -> torch.Tensor:
    re, im = halves.chunk(2, -1)
    return torch.complex(re, im)


def as_halves(z: torch.Tensor) -> torch.Tensor:
    return torch.cat([z.real, z.imag], -1)


def phase(angle: torch.Tensor) -> torch.Tensor:
    return torch.complex(torch.cos(angle), torch.sin(angle))


def mod_relu(z: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """relu(|z| + b) z/|z|; for complex z with |z| = sqrt(re^2 + im^2 + 1e-10)."""
    modulus = (z.real**2 + z.imag**2 + 1e-10).sqrt() if z.is_complex() else z.abs()
    return z * (relu(modulus + b) / modulus)


def rin(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
    """Hu et al. 2018: the recurrent matrix is U + I."""
    u = p["w_hh"] + torch.eye(HIDDEN, dtype=torch.float64)
    return one(relu(x @ p["w_xh"].T + state["h"] @ u.T + p["b_h"]))


def leaky(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
    """Bengio, Boulanger-Lewandowski and Pascanu 2013, leaky integration, alpha = 0.9."""
    return one(0.9 * state["h"] + 0.1 * TANH(affine(p, x, state["h"])))


def ind_rnn(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
    """Li et al. 2018, eq. 2."""
    return one(relu(x @ p["w_xh"].T + p["u_h"] * state["h"] + p["b_h"]))


def antisymmetric(gated: bool):
    """Chang et al. 2019, epsilon = 0.5, gamma = 0.1."""

    def step(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
        h = state["h"]
        matrix = p["w_hh"] - p["w_hh"].T - 0.1 * torch.eye(HIDDEN, dtype=torch.float64)
        recurrent = h @ matrix.T
        update = TANH(recurrent + x @ p["w_xh"].T + p["b_h"])
        if gated:
            update = SIGMOID(recurrent + x @ p["w_xz"].T + p["b_z"]) * update
        return one(h + 0.5 * update)

    return step


def lipschitz(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
    """Erichson et al. 2021, eq. 3-4, epsilon = 0.5, beta = 0.75, gamma = 0.1."""
    h = state["h"]

    def matrix(m: torch.Tensor) -> torch.Tensor:
        return 0.25 * (m + m.T) + 0.75 * (m - m.T) - 0.1 * torch.eye(HIDDEN, dtype=torch.float64)

    a, w = matrix(p["w_ha"]), matrix(p["w_hh"])
    return one(h + 0.5 * (h @ a.T + TANH(h @ w.T + x @ p["w_xh"].T + p["b_h"])))


def co_rnn(implicit: bool):
    """Rusch and Mishra 2021, eq. 3, dt = 0.25, gamma = 2, epsilon = 1.5; y is read out."""

    def step(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
        y, z = state["y"], state["z"]
        drive = TANH(torch.cat([x, z, y], 1) @ torch.cat([p["w_xh"], p["w_hz"], p["w_hy"]], 1).T + p["b_h"])
        if implicit:
            z = (z + 0.25 * (drive - 2 * y)) / (1 + 0.25 * 1.5)
        else:
            z = z + 0.25 * (drive - 2 * y - 1.5 * z)
        y = y + 0.25 * z
        return y, {"y": y, "z": z}

    return step


def unicornn(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
    """Rusch and Mishra 2021 (UnICORNN), eq. 2, dt = 0.5, alpha = 1.5; y is read out."""
    y, z = state["y"], state["z"]
    dt = 0.5 * SIGMOID(p["c"])
    z = z - dt * (TANH(p["u_h"] * y + x @ p["w_xh"].T + p["b_h"]) + 1.5 * y)
    y = y + dt * z
    return y, {"y": y, "z": z}


def lem(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
    """Rusch et al. 2022, eq. 3, dt = 0.5; y is read out."""
    y, z = state["y"], state["z"]
    dt1, dt2 = 0.5 * SIGMOID(affine(p, x, y, "1")), 0.5 * SIGMOID(affine(p, x, y, "2"))
    z = (1 - dt1) * z + dt1 * TANH(affine(p, x, y, "z"))
    y = (1 - dt2) * y + dt2 * TANH(affine(p, x, z, "y"))
    return y, {"y": y, "z": z}


def reflect(z: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """(I - 2 v v*/|v|^2) z as a matrix."""
    matrix = torch.eye(HIDDEN, dtype=torch.complex128) - 2 * torch.outer(v, v.conj()) / (v.abs() ** 2).sum()
    return z @ matrix.T


def urnn(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
    """Arjovsky, Shah and Bengio 2016, eq. 6-8."""
    k = torch.arange(HIDDEN, dtype=torch.float64)
    fourier = phase(-2 * math.pi * torch.outer(k, k) / HIDDEN) / math.sqrt(HIDDEN)
    z = phase(p["theta_1"]) * as_complex(state["h"])
    z = reflect(z @ fourier.T, as_complex(p["v_1"]))
    z = phase(p["theta_2"]) * z[:, PERMUTATION]
    z = reflect(z @ fourier.conj(), as_complex(p["v_2"]))
    z = phase(p["theta_3"]) * z + as_complex(x @ p["w_xh"].T)
    return one(as_halves(mod_relu(z, p["b_h"])))


def rotation(index: int, theta: torch.Tensor, phi: torch.Tensor | None) -> torch.Tensor:
    """The matrix of one layer of rotations: of units (0, 1), (2, 3), ... for even `index`, else of (1, 2), (3, 4), ...

    Each is ((cos, -sin e^(i phi)), (sin, cos e^(i phi)))."""
    phi = torch.zeros_like(theta) if phi is None else phi
    matrix = torch.eye(HIDDEN, dtype=torch.complex128)
    for pair, first in enumerate(range(index % 2, HIDDEN - 1, 2)):
        cos, sin, turn = torch.cos(theta[pair]), torch.sin(theta[pair]), phase(phi[pair])
        rows = torch.stack([torch.stack([cos + 0j, -sin * turn]), torch.stack([sin + 0j, cos * turn])])
        matrix = matrix.clone()
        matrix[first : first + 2, first : first + 2] = rows
    return matrix


def eurnn_complex(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
    """Jing et al. 2017, eq. 4-6, tunable style, capacity 3."""
    z = as_complex(state["h"])
    for layer in range(3):
        z = z @ rotation(layer, p[f"theta_{layer + 1}"], p[f"phi_{layer + 1}"]).T
    z = phase(p["omega"]) * z + as_complex(x @ p["w_xh"].T)
    return one(as_halves(mod_relu(z, p["b_h"])))


def orthogonal(p: Tensors, h: torch.Tensor, capacity: int) -> torch.Tensor:
    for layer in range(capacity):
        h = h @ rotation(layer, p[f"theta_{layer + 1}"], None).real.T
    return h


def eurnn_real(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
    """The same with real numbers, capacity 2."""
    return one(mod_relu(orthogonal(p, state["h"], 2) + x @ p["w_xh"].T, p["b_h"]))


def goru(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
    """Jing et al. 2017 (GORU), eq. 3-5, capacity 2; the update gate keeps the old state."""
    h = state["h"]
    r, u = SIGMOID(affine(p, x, h, "r")), SIGMOID(affine(p, x, h, "u"))
    n = mod_relu(x @ p["w_xn"].T + r * orthogonal(p, h, 2), p["b_n"])
    return one(u * h + (1 - u) * n)


def lru(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
    """Orvieto et al. 2023, eq. 8 with the input normalized and f behind the output; gamma is computed from lambda."""
    eigenvalue = torch.exp(torch.complex(-torch.exp(p["nu_h"]), torch.exp(p["theta_h"])))
    gamma = (1 - eigenvalue.abs() ** 2 + 1e-8).sqrt()
    z = eigenvalue * as_complex(state["h"]) + gamma * as_complex(x @ p["w_xh"].T)
    c_re, minus_c_im = p["w_hy"].chunk(2, 1)
    y = (z @ torch.complex(c_re, -minus_c_im).T).real + x @ p["w_xy"].T
    return relu(y), {"h": as_halves(z)}


def tcn(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
    """Bai, Kolter and Koltun 2018, one residual block, kernel size 2, without weight normalization and dropout.

    The states are what the two convolutions read at the step before."""
    z = relu(x @ p["w_1_0"].T + state["x"] @ p["w_1_1"].T + p["b_1"])
    c = relu(z @ p["w_2_0"].T + state["z"] @ p["w_2_1"].T + p["b_2"])
    y = relu(c + x @ p["w_xr"].T + p["b_r"])
    return y, {"x": x, "z": z}


def clockwork():
    """Koutnik et al. 2014, eq. 1 and 3: unit 0 changes at every step, unit 1 at every second, units 2 and 3 at every fourth.

    Every unrolling runs all steps, so that they can be counted."""
    steps = itertools.cycle(range(STEPS))
    mask = torch.tensor([[1, 1, 1, 1], [0, 1, 1, 1], [0, 0, 1, 1], [0, 0, 1, 1]], dtype=torch.float64)
    periods = [1, 2, 4, 4]

    def step(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
        h, t = state["h"], next(steps)
        rows = [torch.nn.functional.pad(p[f"w_h{group}"], (group - 1, 0)) for group in (1, 2, 3)]
        matrix = torch.cat(rows)
        assert torch.equal(matrix, matrix * mask)
        fresh = TANH(x @ p["w_xh"].T + h @ matrix.T + p["b_h"])
        return one(torch.stack([fresh[:, k] if t % periods[k] == 0 else h[:, k] for k in range(HIDDEN)], 1))

    return step


def kind(name: str, **settings: object) -> dict:
    return {"kind": name, **settings}


GATES = {f"w_x{g}": (HIDDEN, INPUT) for g in "12zy"}
GATES |= {f"w_h{g}": (HIDDEN, HIDDEN) for g in "12zy"} | {f"b_{g}": (HIDDEN,) for g in "12zy"}
WITHOUT_MATRIX = {"w_xh": (HIDDEN, INPUT), "b_h": (HIDDEN,)}
OSCILLATORS = {"y": HIDDEN, "z": HIDDEN}
COMPLEX_INPUT = {"w_xh": (2 * HIDDEN, INPUT), "b_h": (HIDDEN,)}
ANGLES = {"theta_1": (2,), "theta_2": (1,)}

CELLS = {
    "rin": Transcription("h = relu(w_xh x + (w_hh + I) h + b_h)", kind("rin"), PLAIN, STATE, rin),
    "leaky": Transcription("h = 0.9 h + 0.1 tanh(w_xh x + w_hh h + b_h)", kind("leaky", alpha=0.9), PLAIN, STATE, leaky),
    "ind-rnn": Transcription(
        "h = relu(w_xh x + u_h h + b_h)", kind("ind-rnn"), WITHOUT_MATRIX | {"u_h": (HIDDEN,)}, STATE, ind_rnn, {"u_h": 0.75}
    ),
    "antisymmetric": Transcription(
        "h = h + 0.5 tanh((w_hh - w_hh^T - 0.1 I) h + w_xh x + b_h)",
        kind("antisymmetric", epsilon=0.5, gamma=0.1),
        PLAIN,
        STATE,
        antisymmetric(gated=False),
    ),
    "antisymmetric-gated": Transcription(
        "a = (w_hh - w_hh^T - 0.1 I) h, h = h + 0.5 sigmoid(a + w_xz x + b_z) tanh(a + w_xh x + b_h)",
        kind("antisymmetric", gated=True, epsilon=0.5, gamma=0.1),
        PLAIN | {"w_xz": (HIDDEN, INPUT), "b_z": (HIDDEN,)},
        STATE,
        antisymmetric(gated=True),
    ),
    "lipschitz": Transcription(
        "h = h + 0.5 (A h + tanh(W h + w_xh x + b_h)), A of w_ha and W of w_hh: 0.25 (M + M^T) + 0.75 (M - M^T) - 0.1 I",
        kind("lipschitz", epsilon=0.5, beta=0.75, gamma=0.1),
        PLAIN | {"w_ha": (HIDDEN, HIDDEN)},
        STATE,
        lipschitz,
    ),
    "co-rnn": Transcription(
        "z = z + 0.25 (tanh(w_hy y + w_hz z + w_xh x + b_h) - 2 y - 1.5 z), y = y + 0.25 z",
        kind("co-rnn", step=0.25, gamma=2, epsilon=1.5),
        WITHOUT_MATRIX | {"w_hy": (HIDDEN, HIDDEN), "w_hz": (HIDDEN, HIDDEN)},
        OSCILLATORS,
        co_rnn(implicit=False),
    ),
    "co-rnn-implicit": Transcription(
        "z = (z + 0.25 (tanh(w_hy y + w_hz z + w_xh x + b_h) - 2 y)) / (1 + 0.25 1.5), y = y + 0.25 z",
        kind("co-rnn", step=0.25, gamma=2, epsilon=1.5, damping="implicit"),
        WITHOUT_MATRIX | {"w_hy": (HIDDEN, HIDDEN), "w_hz": (HIDDEN, HIDDEN)},
        OSCILLATORS,
        co_rnn(implicit=True),
    ),
    "unicornn": Transcription(
        "d = 0.5 sigmoid(c), z = z - d (tanh(u_h y + w_xh x + b_h) + 1.5 y), y = y + d z",
        kind("unicornn", step=0.5, alpha=1.5),
        WITHOUT_MATRIX | {"u_h": (HIDDEN,), "c": (HIDDEN,)},
        OSCILLATORS,
        unicornn,
    ),
    "lem": Transcription(
        "d1, d2 = 0.5 sigmoid(w_x. x + w_h. y + b_.), z = (1 - d1) z + d1 tanh(w_xz x + w_hz y + b_z), "
        "y = (1 - d2) y + d2 tanh(w_xy x + w_hy z + b_y)",
        kind("lem", step=0.5),
        GATES,
        OSCILLATORS,
        lem,
    ),
    "urnn": Transcription(
        "h = modReLU(D3 R2 F^-1 D2 P R1 F D1 h + w_xh x), real and imaginary parts side by side; P takes units 0, 2, 1, 3",
        kind("urnn"),
        COMPLEX_INPUT
        | {f"theta_{k}": (HIDDEN,) for k in (1, 2, 3)}
        | {f"v_{k}": (2 * HIDDEN,) for k in (1, 2)},
        COMPLEX_STATE,
        urnn,
    ),
    "eurnn": Transcription(
        "h = modReLU(D F3 F2 F1 h + w_xh x), real and imaginary parts side by side; F1 and F3 rotate units 0, 1 and 2, 3, F2 1, 2",
        kind("eurnn", capacity=3),
        COMPLEX_INPUT
        | {f"{angle}_{layer}": (pairs,) for angle in ("theta", "phi") for layer, pairs in ((1, 2), (2, 1), (3, 2))}
        | {"omega": (HIDDEN,)},
        COMPLEX_STATE,
        eurnn_complex,
    ),
    "eurnn-real": Transcription(
        "h = modReLU(F2 F1 h + w_xh x), F1 rotates units 0, 1 and 2, 3, F2 1, 2",
        kind("eurnn", capacity=2, numbers="real"),
        WITHOUT_MATRIX | ANGLES,
        STATE,
        eurnn_real,
    ),
    "goru": Transcription(
        "h = u h + (1 - u) modReLU(w_xn x + r (Q h), b_n), Q of rotations of units 0, 1 and 2, 3, then 1, 2",
        kind("goru"),
        {f"w_x{g}": (HIDDEN, INPUT) for g in "run"}
        | {f"w_h{g}": (HIDDEN, HIDDEN) for g in "ru"}
        | {f"b_{g}": (HIDDEN,) for g in "run"}
        | ANGLES,
        STATE,
        goru,
    ),
    "lru": Transcription(
        "h = l h + g w_xh x, l = exp(-exp(nu) + i exp(theta)), g = sqrt(1 - |l|^2 + 1e-8), y = relu(w_hy h + w_xy x), "
        "real and imaginary parts side by side",
        kind("lru"),
        {
            "w_xh": (2 * HIDDEN, INPUT),
            "nu_h": (HIDDEN,),
            "theta_h": (HIDDEN,),
            "w_hy": (HIDDEN, 2 * HIDDEN),
            "w_xy": (HIDDEN, INPUT),
        },
        COMPLEX_STATE,
        lru,
        {"nu_h": -1.0},
    ),
    "clockwork": Transcription(
        "h = tanh(w_xh x + W h + b_h) for unit 0 at every step, 1 at every 2nd, 2 and 3 at every 4th, W block upper triangular",
        kind("clockwork"),
        WITHOUT_MATRIX | {"w_h1": (1, 4), "w_h2": (1, 3), "w_h3": (2, 2)},
        STATE,
        clockwork(),
    ),
    "tcn": Transcription(
        "z = relu(w_1_0 x + w_1_1 x' + b_1), c = relu(w_2_0 z + w_2_1 z' + b_2), y = relu(c + w_xr x + b_r), "
        "x' and z' of the step before",
        kind("tcn"),
        {f"w_1_{j}": (HIDDEN, INPUT) for j in (0, 1)}
        | {f"w_2_{j}": (HIDDEN, HIDDEN) for j in (0, 1)}
        | {"b_1": (HIDDEN,), "b_2": (HIDDEN,), "w_xr": (HIDDEN, INPUT), "b_r": (HIDDEN,)},
        {"x": INPUT, "z": HIDDEN},
        tcn,
    ),
}
