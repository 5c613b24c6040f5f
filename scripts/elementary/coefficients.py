#!/usr/bin/env python3
"""Prints the polynomials of src/compute/kernel/function/: minimax in relative error, coefficients rounded to f32 one by one.

    pip install mpmath==1.4.1 numpy==2.4.6
    python3 scripts/elementary/coefficients.py

Each polynomial is found by Lawson's algorithm. Then its lowest coefficient, the one that matters most, is rounded
to f32 and kept, and the others are fitted again, until all are rounded. `error` is the largest error of the rounded polynomial,
in exact arithmetic, of the whole function relative to its value, as a power of two (2^-24 is half a unit in the last place).
"""

import struct

import numpy as np
from mpmath import cos, exp, log, log1p, mp, mpf, pi, sin, tanh

mp.dps = 50
LN2 = log(mpf(2))


def f32(value):
    """The nearest single-precision number (the detour over f64 can only matter at exact ties)."""
    return mpf(struct.unpack("<f", struct.pack("<f", float(value)))[0])


def minimax(table, powers):
    """Coefficients c with Σ c_i x^powers[i] ≈ target(x), of least largest |weight · error|, over a table of
    (x, target, weight): Lawson's algorithm, least squares with weights multiplied by the errors until those are level."""
    x, target, weight = (np.array([float(row[i]) for row in table]) for i in range(3))
    basis = np.stack([x**power for power in powers], axis=1) * weight[:, None]
    scale = np.abs(basis).max(axis=0)
    goal = target * weight
    level = np.full(len(x), 1 / len(x))
    best, least = None, np.inf
    for _ in range(400):
        root = np.sqrt(level)
        c = np.linalg.lstsq(basis / scale * root[:, None], goal * root, rcond=None)[0] / scale
        error = np.abs(basis @ c - goal)
        if error.max() < least:
            best, least = c, error.max()
        level *= error
        level /= level.sum()
    return best


def rounded(name, target, weight, degree, low, high, step=1):
    """Prints the coefficients of x^0, x^step, … up to x^(degree·step)."""
    fixed = []
    powers = [i * step for i in range(degree + 1)]
    mid, half = (low + high) / 2, (high - low) / 2
    nodes = [mid - half * mp.cos(pi * (i + mpf(1) / 2) / 600) for i in range(600)]
    for done in range(degree + 1):
        table = [(x, target(x) - sum(c * x**p for c, p in zip(fixed, powers)), weight(x)) for x in nodes]
        fixed.append(f32(minimax(table, powers[done:])[0]))
    grid = [low + (high - low) * (i + mpf(1) / 3) / 3000 for i in range(3000)]
    error = max(abs(weight(x) * (sum(c * x**p for c, p in zip(fixed, powers)) - target(x))) for x in grid)
    print(f"{name}: error 2^{float(mp.log(error, 2)):.2f}")
    for power, c in zip(powers, fixed):
        print(f"    {float(c)!r:>26} (0x{struct.unpack('<I', struct.pack('<f', float(c)))[0]:08x})  x^{power}")


def split(name, value, terms):
    """Prints `value` as a sum of f32 numbers, each the nearest to what the earlier ones leave."""
    print(name)
    for _ in range(terms):
        part = f32(value)
        print(f"    {float(part)!r:>26} (0x{struct.unpack('<I', struct.pack('<f', float(part)))[0]:08x})")
        value -= part


if __name__ == "__main__":
    # Rounding x/ln 2 to a whole number in f32 can miss the nearest by a little: the intervals are 0.1 % wider.
    reach = LN2 / 2 * mpf("1.001")
    rounded("exp: (e^r - 1 - r) / r^2, degree 4",
            lambda r: (exp(r) - 1 - r) / r**2, lambda r: r**2 / exp(r), 4, -reach, reach)
    tiny = mpf("1e-9")
    rounded("tanh: (tanh x - x) / x^3 in x^2, degree 4",
            lambda x: (tanh(x) - x) / x**3, lambda x: x**3 / tanh(x), 4, tiny, mpf("0.55"), 2)
    rounded("ln: (ln(1+f) - f + f^2/2) / f^3, degree 7",
            lambda f: (log1p(f) - f + f**2 / 2) / f**3, lambda f: f**3 / log1p(f), 7, -mpf(1) / 3, mpf(1) / 3)
    quarter = pi / 4 * mpf("1.001")
    rounded("sin: (sin r - r) / r^3 in r^2, degree 3",
            lambda r: (sin(r) - r) / r**3, lambda r: r**3 / sin(r), 3, tiny, quarter, 2)
    rounded("cos: (cos r - 1 + r^2/2) / r^4 in r^2, degree 2",
            lambda r: (cos(r) - 1 + r**2 / 2) / r**4, lambda r: r**4 / cos(r), 2, tiny, quarter, 2)
    split("ln 2", LN2, 2)
    split("1 / ln 2", 1 / LN2, 1)
    split("pi / 2", pi / 2, 3)
    split("2 / pi", 2 / pi, 1)
