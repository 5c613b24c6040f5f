"""The problem that every contestant computes, as README.md states it, and the protocol they speak."""

import math
import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass
from time import perf_counter

import numpy

INPUTS, OUTPUTS = 2, 1
LEARNING_RATE, BETA1, BETA2, EPSILON = 1e-3, 0.9, 0.999, 1e-8
LARGEST_NORM = 1.0
WARM_UP = 3
CHECKED_UPDATES = 5

GATES = {"elman": "h", "gru": "run", "lstm": "ifgo"}
"""The cells with their gates in PyTorch's order; its z is u here."""

Arrays = dict[str, numpy.ndarray]


@dataclass(frozen=True)
class Shape:
    """What is prepared: a cell, its size, the sequences in a batch and their length."""

    cell: str
    hidden: int
    batch: int
    steps: int

    @classmethod
    def parse(cls, words: list[str]) -> "Shape":
        cell, hidden, batch, steps = words
        shape = cls(cell, int(hidden), int(batch), int(steps))
        if cell not in GATES or min(shape.hidden, shape.batch) < 1 or shape.steps < 2:
            raise ValueError(f"no such shape: {shape}")
        return shape

    def __str__(self) -> str:
        return f"{self.cell} {self.hidden} {self.batch} {self.steps}"


def units(name: str, count: int) -> numpy.ndarray:
    """The first `count` numbers of the stream `name`, float64 in [0, 1), multiples of 2^-24."""
    start = 2166136261
    for byte in name.encode():  # FNV-1a
        start = (start ^ byte) * 16777619 % 2**32
    z = numpy.uint32(start) + numpy.arange(count, dtype=numpy.uint32) * numpy.uint32(0x9E3779B9)
    z = (z ^ z >> 16) * numpy.uint32(0x85EBCA6B)  # the finalizer of MurmurHash3
    z = (z ^ z >> 13) * numpy.uint32(0xC2B2AE35)
    z ^= z >> 16
    return (z >> 8) / 2.0**24


def parameters(cell: str, hidden: int) -> Arrays:
    """The initial parameters under longlag's names, [out, in] or [out], uniform within ±1/√hidden as in PyTorch."""
    shapes: dict[str, tuple[int, ...]] = {}
    for gate in GATES[cell]:
        shapes[f"w_x{gate}"] = (hidden, INPUTS)
        shapes[f"w_h{gate}"] = (hidden, hidden)
        shapes[f"b_{gate}"] = (hidden,)
    if cell == "gru":
        shapes["b_hn"] = (hidden,)
    shapes |= {"w": (OUTPUTS, hidden), "b": (OUTPUTS,)}
    bound = 1.0 / math.sqrt(hidden)
    return {
        name: ((2.0 * units(name, math.prod(shape)) - 1.0) * bound).astype(numpy.float32).reshape(shape)
        for name, shape in shapes.items()
    }


def data(batch: int, steps: int) -> tuple[numpy.ndarray, numpy.ndarray]:
    """x [steps, batch, 2] and targets [batch, 1] of the adding problem."""
    u = units("u", batch * steps).reshape(batch, steps)
    half, rows = steps // 2, numpy.arange(batch)
    marks = numpy.zeros_like(u)
    first = (units("first", batch) * half).astype(int)
    second = half + (units("second", batch) * (steps - half)).astype(int)
    marks[rows, first] = marks[rows, second] = 1.0
    target = (u[rows, first] + u[rows, second]).astype(numpy.float32).reshape(batch, OUTPUTS)
    return numpy.stack([u.T, marks.T], axis=-1).astype(numpy.float32), target


class Contestant(ABC):
    """A persistent process that answers one line per line; `update` is what is timed."""

    @abstractmethod
    def version(self) -> str:
        """Name and version, for the table's caption."""

    @abstractmethod
    def prepare(self, shape: Shape) -> None:
        """Makes model, optimizer and data anew."""

    @abstractmethod
    def updates(self, count: int) -> float:
        """Does `count` updates and returns the loss of the last one, measured before it."""

    def answer(self, command: str, words: list[str]) -> str:
        """The answer to one line of the protocol."""
        match command:
            case "version":
                return self.version()
            case "prepare":
                self.prepare(Shape.parse(words))
                self.finite(self.updates(WARM_UP))
                return "ready"
            case "time":
                count = int(words[0])
                start = perf_counter()
                loss = self.updates(count)
                seconds = (perf_counter() - start) / count
                self.finite(loss)
                return repr(seconds)
            case "loss":
                self.prepare(Shape.parse(words))
                return " ".join(repr(self.updates(1)) for _ in range(CHECKED_UPDATES))
        raise ValueError(f"unknown command: {command}")

    @staticmethod
    def finite(loss: float) -> None:
        if not math.isfinite(loss):
            raise ArithmeticError(f"the loss is {loss}")

    def serve(self) -> None:
        """Answers until `quit` or the end of input."""
        for line in sys.stdin:
            command, *words = line.split()
            if command == "quit":
                return
            print(self.answer(command, words), flush=True)
