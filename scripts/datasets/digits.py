"""Writes the 8 × 8 digits that scikit-learn ships as sequences of 64 pixels: scripts/datasets/digits.py [digits.npz]

The arrays are `input` [1797, 64] (gray levels from 0 to 1), `target` [1797] (0 to 9), and `split` [1797]: 1257 sequences to train
on (0), 180 for validation (1) and 360 for the test (2), drawn at random so that each part has every digit as often as all have.
"""

import sys

import numpy
from sklearn.datasets import load_digits

SHARES = {"test": 360, "validation": 180}
"""The sizes of the parts that are held out."""


def split(target: numpy.ndarray) -> numpy.ndarray:
    """0, 1 or 2 for each sequence: of each class the same shares, by a seed of its own."""
    draws = numpy.random.RandomState(0)
    # A random number within each class's run: cutting their order cuts each class alike.
    order = numpy.lexsort((draws.permutation(len(target)), target))
    place = numpy.empty(len(target))
    for digit in range(10):
        own = order[target[order] == digit]
        place[own] = (numpy.arange(len(own)) + 0.5) / len(own)
    ranked = numpy.lexsort((target, place))
    parts = numpy.zeros(len(target), dtype=numpy.uint8)
    parts[ranked[: SHARES["test"]]] = 2
    parts[ranked[SHARES["test"] : sum(SHARES.values())]] = 1
    return parts


def main(path: str) -> None:
    digits = load_digits()
    pixels = (digits.images.reshape(len(digits.images), 64) / 16).astype(numpy.float32)
    target = digits.target.astype(numpy.uint8)
    parts = split(target)
    numpy.savez_compressed(path, input=pixels, target=target, split=parts)
    print(f"{path}: {len(pixels)} sequences of 64 steps; {numpy.bincount(parts).tolist()} for training, validation and test")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "digits.npz")
