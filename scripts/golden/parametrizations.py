"""Weights and gradients of parametrized matrices: each definition in torch operations, gradients by autograd."""

import torch

from dyadic import Dyadic

SIZE = 6
EYE = torch.eye(SIZE, dtype=torch.float64)


def square(numbers: torch.Tensor) -> torch.Tensor:
    return numbers.reshape(SIZE, SIZE)


def above_diagonal(numbers: torch.Tensor, rows: int = SIZE, first: int = 1) -> torch.Tensor:
    """The entries from the first-th diagonal on, row by row."""
    matrix = torch.zeros(rows, SIZE, dtype=torch.float64)
    i, j = torch.triu_indices(rows, SIZE, offset=first)
    return matrix.index_put((i, j), numbers)


def skew(numbers: torch.Tensor) -> torch.Tensor:
    upper = above_diagonal(numbers)
    return upper - upper.T


def cayley(s: torch.Tensor) -> torch.Tensor:
    return torch.linalg.solve(EYE + s, EYE - s)


def antisymmetric(raw, gamma):
    return square(raw) - square(raw).T - gamma * EYE


def symmetric_skew(raw, beta, gamma):
    m = square(raw)
    return beta * (m - m.T) + (1 - beta) * (m + m.T) - gamma * EYE


def orthogonal_cayley(raw, negative):
    signs = torch.ones(SIZE, dtype=torch.float64)
    signs[SIZE - negative :] = -1
    return cayley(skew(raw)) @ torch.diag(signs)


def orthogonal_exponential(raw):
    return torch.matrix_exp(skew(raw))


def householder(raw, reflections):
    w = EYE
    for u in above_diagonal(raw, reflections, first=0):
        w = w @ (EYE - 2 * torch.outer(u, u) / (u @ u))
    return w


def spectral_margin(raw, margin):
    pairs = SIZE * (SIZE - 1) // 2
    u, v, p = raw.split([pairs, pairs, SIZE])
    s = 2 * margin * (torch.sigmoid(p) - 0.5) + 1
    return cayley(skew(u)) @ torch.diag(s) @ cayley(skew(v)).T


def non_normal(raw):
    pairs = SIZE * (SIZE - 1) // 2
    s, theta, gamma, t = raw.split([pairs, SIZE // 2, SIZE // 2, pairs])
    blocks = [
        g * torch.stack([torch.stack([a.cos(), -a.sin()]), torch.stack([a.sin(), a.cos()])])
        for a, g in zip(theta, gamma)
    ]
    p = torch.matrix_exp(skew(s))
    return p @ (torch.block_diag(*blocks) + above_diagonal(t)) @ p.T


def complex_blocks(raw):
    a, b = raw.reshape(2, SIZE // 2, SIZE // 2)
    return torch.cat([torch.cat([a, -b], 1), torch.cat([b, a], 1)], 0)


PAIRS = SIZE * (SIZE - 1) // 2
CASES = [
    ("free", square, SIZE * SIZE, {}),
    ("antisymmetric", antisymmetric, SIZE * SIZE, {"gamma": 0.25}),
    ("symmetric-skew", symmetric_skew, SIZE * SIZE, {"beta": 0.75, "gamma": 0.125}),
    ("orthogonal-cayley", orthogonal_cayley, PAIRS, {"negative": 0}),
    ("orthogonal-cayley", orthogonal_cayley, PAIRS, {"negative": 2}),
    ("orthogonal-exponential", orthogonal_exponential, PAIRS, {}),
    ("householder", householder, PAIRS + SIZE, {"reflections": SIZE}),
    ("householder", householder, SIZE + SIZE - 1, {"reflections": 2}),
    ("spectral-margin", spectral_margin, 2 * PAIRS + SIZE, {"margin": 0.25}),
    ("non-normal", non_normal, 2 * PAIRS + SIZE, {}),
    ("complex", complex_blocks, SIZE * SIZE // 2, {}),
]


def parametrizations(seed: int) -> dict:
    numbers = Dyadic(seed)
    cases = []
    for kind, weights_of, count, settings in CASES:
        raw = numbers.tensor(count).requires_grad_()
        cotangent = numbers.tensor(SIZE, SIZE)
        weights = weights_of(raw, **settings)
        (gradient,) = torch.autograd.grad((weights * cotangent).sum(), raw)
        if kind in ("orthogonal-cayley", "orthogonal-exponential", "householder"):
            torch.testing.assert_close(weights @ weights.T, EYE, rtol=0, atol=1e-13)
        case = {"kind": kind, "settings": settings, "raw": raw.detach(), "cotangent": cotangent}
        cases.append({**case, "weights": weights.detach(), "gradient": gradient})

    # One step of Wisdom et al. 2016, equation (9), from any matrix.
    w, g = numbers.tensor(SIZE, SIZE), numbers.tensor(SIZE, SIZE)
    rate = 0.25
    a = g @ w.T - w @ g.T
    stepped = torch.linalg.solve(EYE + rate / 2 * a, (EYE - rate / 2 * a) @ w)
    return {
        "about": "gradient is that of the sum of cotangent times weights, by the raw numbers, one tensor after another",
        "size": SIZE,
        "cases": cases,
        "full_capacity": {"learning_rate": rate, "matrix": w, "gradient": g, "stepped": stepped},
    }
