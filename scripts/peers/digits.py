"""suites/digits.yaml once more, by PyTorch alone: scripts/peers/digits.py RUN AUDIT [--seeds 5] [--data suites/digits.npz]

RUN is the folder of longlag's results, such as results/digits, and AUDIT an update of one of its permuted trials, of which the order
of the pixels is read off, since one order is easier than another:

    longlag audit suites/digits.yaml --trial ID --update 1 --out audit.safetensors

The same file, parts, cells, sizes, initial distributions, optimizer and number of epochs, written from the pages of the components
(`longlag describe cell lru`) and not from the program; other random numbers. Prints a Markdown table of test accuracies, each mean with
its 95 % t-interval over seeds, and whether each mean lies within the other's interval; exits with 1 if one does not.
"""

import argparse
import math
import pathlib

import numpy
import pyarrow.parquet
import torch
from safetensors.numpy import load_file
from torch import Tensor, nn

HIDDEN, CLASSES, BATCH, EPOCHS, LEARNING_RATE, LARGEST_NORM = 32, 10, 50, 30, 5e-3, 1.0
STUDENT = {3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365, 10: 2.262}
"""The 97.5 % points of Student's t by the number of seeds."""


def glorot(rows: int, columns: int) -> nn.Parameter:
    return nn.Parameter(nn.init.xavier_uniform_(torch.empty(rows, columns)))


def orthogonal(rows: int, columns: int) -> nn.Parameter:
    return nn.Parameter(nn.init.orthogonal_(torch.empty(rows, columns)))


class Lstm(nn.Module):
    """Gates i, f, g, o, each with matrices of its own."""

    GATES = 4

    def __init__(self) -> None:
        super().__init__()
        self.network = nn.LSTM(1, HIDDEN)
        self.second_bias()

    def second_bias(self) -> None:
        """torch.nn has two biases where one is meant: the second stays zero, as does the first before training."""
        for name, parameter in self.network.named_parameters():
            blocks = parameter.data.chunk(self.GATES)
            for block in blocks:
                if "weight_ih" in name:
                    nn.init.xavier_uniform_(block)
                elif "weight_hh" in name:
                    nn.init.orthogonal_(block)
                else:
                    nn.init.zeros_(block)
        self.network.bias_hh_l0.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        return self.network(x)[0][-1]


class Gru(Lstm):
    """Gates r, z, n; the candidate's second bias, within the reset gate, is trained."""

    GATES = 3

    def __init__(self) -> None:
        nn.Module.__init__(self)
        self.network = nn.GRU(1, HIDDEN)
        self.second_bias()
        kept = torch.cat([torch.zeros(2 * HIDDEN), torch.ones(HIDDEN)])
        self.network.bias_hh_l0.requires_grad_(True)
        self.network.bias_hh_l0.register_hook(lambda gradient: gradient * kept)


class IndRnn(nn.Module):
    """h' = relu(W x + u * h + b), u uniform on [0, 1)."""

    def __init__(self) -> None:
        super().__init__()
        self.w = glorot(HIDDEN, 1)
        self.u = nn.Parameter(torch.rand(HIDDEN))
        self.b = nn.Parameter(torch.zeros(HIDDEN))

    def forward(self, x: Tensor) -> Tensor:
        driven = x @ self.w.T + self.b
        h = torch.zeros(x.shape[1], HIDDEN)
        for step in driven:
            h = torch.relu(step + self.u * h)
        return h


class Lru(nn.Module):
    """h' = λ h + γ B x, y = relu(Re(C h) + D x), λ = exp(−e^ν + i e^θ) uniform on the unit disc."""

    def __init__(self) -> None:
        super().__init__()
        radius = (1 - torch.rand(HIDDEN)).sqrt().clamp(max=1 - 1e-7)
        self.nu = nn.Parameter((-radius.log()).log())
        self.theta = nn.Parameter((2 * math.pi * (1 - torch.rand(HIDDEN))).log())
        self.b = glorot(2 * HIDDEN, 1)
        self.c = orthogonal(HIDDEN, 2 * HIDDEN)
        self.d = glorot(HIDDEN, 1)

    def forward(self, x: Tensor) -> Tensor:
        rate = self.nu.exp()
        size = (-rate).exp()
        real, imaginary = size * self.theta.exp().cos(), size * self.theta.exp().sin()
        gamma = (1e-8 - torch.expm1(-2 * rate)).sqrt()
        driven = (x @ self.b.T) * torch.cat([gamma, gamma])
        a = b = torch.zeros(x.shape[1], HIDDEN)
        for step in driven:
            a, b = real * a - imaginary * b + step[:, :HIDDEN], real * b + imaginary * a + step[:, HIDDEN:]
        return torch.relu(torch.cat([a, b], 1) @ self.c.T + x[-1] @ self.d.T)


CELLS: dict[str, type[nn.Module]] = {"lstm": Lstm, "gru": Gru, "ind-rnn": IndRnn, "lru": Lru}


class Network(nn.Module):
    def __init__(self, cell: str) -> None:
        super().__init__()
        self.cell = CELLS[cell]()
        self.w, self.b = glorot(CLASSES, HIDDEN), nn.Parameter(torch.zeros(CLASSES))

    def forward(self, x: Tensor) -> Tensor:
        return self.cell(x) @ self.w.T + self.b


def order_of(batch: numpy.ndarray, pixels: numpy.ndarray) -> numpy.ndarray:
    """The pixel that each step of a batch [steps, sequences] is; of pixels that are alike in all of its sequences any."""
    known = {tuple(numpy.sort(row)): row for row in pixels}
    rows = numpy.array([known[tuple(numpy.sort(sequence))] for sequence in batch.T])
    free = list(range(64))
    order = []
    for step in batch:
        order.append(next(pixel for pixel in free if (rows[:, pixel] == step).all()))
        free.remove(order[-1])
    return numpy.array(order)


def accuracy(cell: str, order: Tensor, seed: int, data: dict[str, numpy.ndarray]) -> float:
    """The test accuracy of a network trained under this seed."""
    torch.manual_seed(seed)
    pixels = torch.from_numpy(data["input"])[:, order].T.unsqueeze(2)
    target, part = torch.from_numpy(data["target"]).long(), torch.from_numpy(data["split"])
    train, test = (part == 0).nonzero().flatten(), (part == 2).nonzero().flatten()
    network = Network(cell)
    trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimizer = torch.optim.Adam(trained, LEARNING_RATE)
    for _ in range(EPOCHS):
        for batch in train[torch.randperm(len(train))].split(BATCH):
            optimizer.zero_grad()
            nn.functional.cross_entropy(network(pixels[:, batch]), target[batch]).backward()
            nn.utils.clip_grad_norm_(trained, LARGEST_NORM)
            optimizer.step()
    with torch.no_grad():
        return (network(pixels[:, test]).argmax(1) == target[test]).double().mean().item()


def interval(values: list[float]) -> tuple[float, float]:
    """The mean, and half the width of its 95 % t-interval."""
    return float(numpy.mean(values)), STUDENT[len(values)] * float(numpy.std(values, ddof=1)) / math.sqrt(len(values))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("audit", type=pathlib.Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--data", default="suites/digits.npz")
    options = parser.parse_args()
    torch.set_num_threads(1)
    data = dict(numpy.load(options.data))
    orders = [numpy.arange(64), order_of(load_file(options.audit)["batch/input"][:, :, 0], data["input"])]
    rows = pyarrow.parquet.read_table(options.run / "trials.parquet").to_pylist()
    print(f"Test accuracy, mean and 95 % t-interval over seeds; PyTorch {torch.__version__}, {options.seeds} seeds\n")
    print("| cell | permuted | longlag | seeds | PyTorch | agree |\n|---|---|---|---|---|---|")
    apart = 0
    for cell in CELLS:
        for permuted in (False, True):
            ours = [row["test_accuracy"] for row in rows if (row["model.cell"], row["task.permuted"]) == (cell, permuted)]
            theirs = [accuracy(cell, torch.from_numpy(orders[permuted]), seed, data) for seed in range(options.seeds)]
            (mean, half), (other, other_half) = interval(ours), interval(theirs)
            agree = abs(mean - other) <= min(half, other_half)
            apart += not agree
            print(
                f"| {cell} | {'yes' if permuted else 'no'} | {mean:.3f} ± {half:.3f} | {len(ours)} | {other:.3f} ± {other_half:.3f} "
                f"| {'yes' if agree else 'no'} |",
                flush=True,
            )
    raise SystemExit(apart > 0)


if __name__ == "__main__":
    main()
