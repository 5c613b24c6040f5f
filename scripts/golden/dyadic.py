"""Numbers that float32 and float64 hold alike: integers of a linear congruential generator times a power of two.

No generator of torch or numpy takes part, so that the inputs are the same wherever and whenever they are made again.
"""

import torch

STEPS_PER_UNIT = 4096


class Dyadic:
    """Draws multiples of 2^-12 from Knuth's MMIX generator, of which only the high bits are used."""

    def __init__(self, seed: int):
        self.word = seed
        for _ in range(8):  # neighbouring seeds start out alike
            self._next()

    def _next(self) -> int:
        self.word = (6364136223846793005 * self.word + 1442695040888963407) % 2**64
        return self.word >> 33

    def integer(self, count: int) -> int:
        """An integer in 0..count."""
        return self._next() % count

    def tensor(self, *shape: int, bound: float = 1.0) -> torch.Tensor:
        """A float64 tensor with entries in [-bound, bound], filled in row-major order."""
        steps = int(bound * STEPS_PER_UNIT)
        size = torch.Size(shape).numel()
        values = [(self.integer(2 * steps + 1) - steps) / STEPS_PER_UNIT for _ in range(size)]
        return torch.tensor(values, dtype=torch.float64).reshape(shape)
