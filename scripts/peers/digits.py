"""suites/digits.yaml once more, by PyTorch alone: scripts/peers/digits.py RUN [--seeds 5] [--longlag longlag] [--suite suites/digits.yaml]

RUN is the folder of longlag's results, such as results/digits; PyTorch trains as many seeds of its own. The same file, parts, cells, sizes,
initial distributions, optimizer and number of epochs, written from the pages of the components (`longlag describe cell lru`) and not from
the program; other random numbers. Of the permuted arms only the order of the pixels is longlag's, since one order is easier than another:
it is read off sequences that count their steps.

Prints a Markdown table of test accuracies: of each side mean and 95 % t-interval over seeds, whether each mean lies within the other's
interval (of two samples of one law and one size that holds in 84 of 100), and their difference with Welch's 95 % interval. Exits with 1 if
that of more than one row excludes 0.

    scripts/peers/digits.py RUN --follow 30

trains each arm with longlag's initial weights and batches, taken from `longlag audit`, and prints by how much parameters then differ: nothing is
left to chance. Exits with 1 if any does by 0.001.
"""

import argparse
import math
import pathlib
import subprocess
import tempfile

import numpy
import pyarrow.parquet
import torch
from safetensors.numpy import load_file
from scipy import stats
from torch import Tensor, nn

HIDDEN, CLASSES, BATCH, EPOCHS, LEARNING_RATE, LARGEST_NORM = 32, 10, 50, 30, 5e-3, 1.0


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


def audited(longlag: str, suite: pathlib.Path, trial: str, update: int) -> dict[str, numpy.ndarray]:
    """Everything of one update of a trial."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "audit.safetensors"
        command = [longlag, "audit", str(suite), "--trial", trial, "--update", str(update), "--out", str(out)]
        subprocess.run(command, check=True, capture_output=True)
        return load_file(out)


def order_of(longlag: str) -> numpy.ndarray:
    """The pixel that each step of a permuted sequence of 64 is: longlag's order of sequences that count their steps."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        steps = numpy.tile(numpy.arange(64, dtype=numpy.float32), (20, 1))
        numpy.savez(folder / "steps.npz", input=steps, target=numpy.arange(20) % 2)
        suite = folder / "steps.yaml"
        suite.write_text(
            "version: 1\nname: steps\nreplicates: 1\ntask: {kind: dataset, file: steps.npz, permuted: true}\ntrain: {batch: 1, updates: 1}\n"
        )
        subprocess.run([longlag, "run", str(suite), "--out", name, "--quiet"], check=True, capture_output=True)
        trial = pyarrow.parquet.read_table(folder / "steps" / "trials.parquet")["trial_id"][0].as_py()
        order = audited(longlag, suite, trial, 1)["batch/input"].flatten().astype(int)
    assert sorted(order) == list(range(64)), order
    return order


def step(network: nn.Module, optimizer: torch.optim.Adam, trained: list[nn.Parameter], x: Tensor, target: Tensor) -> None:
    """One update."""
    optimizer.zero_grad()
    nn.functional.cross_entropy(network(x), target).backward()
    nn.utils.clip_grad_norm_(trained, LARGEST_NORM)
    optimizer.step()


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
            step(network, optimizer, trained, pixels[:, batch], target[batch])
    with torch.no_grad():
        return (network(pixels[:, test]).argmax(1) == target[test]).double().mean().item()


def weights(cell: str, given: dict[str, Tensor]) -> dict[str, Tensor]:
    """The parameters of a network by longlag's names for them."""
    gates = {"lstm": "ifgo", "gru": "run"}.get(cell, "")
    if gates:
        stacked = {name: torch.cat([given[f"layer0.{name}{gate}"] for gate in gates]) for name in ("w_x", "w_h", "b_")}
        second = torch.zeros(2 * HIDDEN)
        second = torch.cat([second, given["layer0.b_hn"] if cell == "gru" else second])
        named = {"weight_ih_l0": stacked["w_x"], "weight_hh_l0": stacked["w_h"], "bias_ih_l0": stacked["b_"], "bias_hh_l0": second}
        found = {f"cell.network.{name}": value for name, value in named.items()}
    elif cell == "ind-rnn":
        found = {"cell.w": given["layer0.w_xh"], "cell.u": given["layer0.u_h"], "cell.b": given["layer0.b_h"]}
    else:
        names = {"nu": "nu_h", "theta": "theta_h", "b": "w_xh", "c": "w_hy", "d": "w_xy"}
        found = {f"cell.{name}": given[f"layer0.{own}"] for name, own in names.items()}
    return {**found, "w": given["readout0.w"], "b": given["readout0.b"]}


def follow(cell: str, trial: str, updates: int, longlag: str, suite: pathlib.Path) -> float:
    """The largest difference of a parameter after so many updates from longlag's initial weights, on its batches."""
    network = Network(cell)
    trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimizer = torch.optim.Adam(trained, LEARNING_RATE)
    for update in range(1, updates + 1):
        audit = {name: torch.from_numpy(array.copy()) for name, array in audited(longlag, suite, trial, update).items()}
        if update == 1:
            start = {name.removeprefix("parameters/"): value for name, value in audit.items() if name.startswith("parameters/")}
            network.load_state_dict(weights(cell, start))
        step(network, optimizer, trained, audit["batch/input"], audit["batch/targets"][-1])
    end = {name.removeprefix("updated/"): value for name, value in audit.items() if name.startswith("updated/")}
    own = network.state_dict()
    return max((own[name] - value).abs().max().item() for name, value in weights(cell, end).items())


def half_width(variance: float, degrees: float) -> float:
    """Half the width of the 95 % t-interval of a mean whose estimated variance is this."""
    return float(stats.t.ppf(0.975, degrees)) * math.sqrt(variance)


def interval(values: list[float]) -> tuple[float, float]:
    """The mean, and half the width of its 95 % t-interval."""
    return float(numpy.mean(values)), half_width(float(numpy.var(values, ddof=1)) / len(values), len(values) - 1)


def difference(one: list[float], other: list[float]) -> tuple[float, float]:
    """The difference of the means, and half the width of Welch's 95 % interval."""
    variances = [float(numpy.var(values, ddof=1)) / len(values) for values in (one, other)]
    each = sum(variance**2 / (len(values) - 1) for variance, values in zip(variances, (one, other)))
    degrees = sum(variances) ** 2 / each
    return float(numpy.mean(one) - numpy.mean(other)), half_width(sum(variances), degrees)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--follow", type=int, metavar="UPDATES")
    parser.add_argument("--longlag", default="longlag")
    parser.add_argument("--suite", type=pathlib.Path, default=pathlib.Path("suites/digits.yaml"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    rows = pyarrow.parquet.read_table(options.run / "trials.parquet").to_pylist()
    of = {
        (cell, permuted): [row for row in rows if row["planned"] and (row["model.cell"], row["task.permuted"]) == (cell, permuted)]
        for cell in CELLS
        for permuted in (False, True)
    }
    if options.follow:
        apart = 0.0
        for (cell, permuted), trials in of.items():
            apart = max(apart, largest := follow(cell, trials[0]["trial_id"], options.follow, options.longlag, options.suite))
            print(f"{cell}, permuted {permuted}: parameters differ by {largest:.1e} after {options.follow} updates", flush=True)
        raise SystemExit(not apart < 1e-3)
    data = dict(numpy.load(options.suite.parent / "digits.npz"))
    orders = [numpy.arange(64), order_of(options.longlag)]
    print(f"Test accuracy, mean and 95 % t-interval over seeds; PyTorch {torch.__version__}\n")
    print("| cell | permuted | longlag | seeds | PyTorch | seeds | within each other's | difference |\n|---|---|---|---|---|---|---|---|")
    apart = 0
    for (cell, permuted), trials in of.items():
        ours = [row["test_accuracy"] for row in trials]
        theirs = [accuracy(cell, torch.from_numpy(orders[permuted]), seed, data) for seed in range(options.seeds)]
        (mean, half), (other, other_half) = interval(ours), interval(theirs)
        gap, gap_half = difference(ours, theirs)
        apart += abs(gap) > gap_half
        within = "yes" if abs(gap) <= min(half, other_half) else "no"
        print(
            f"| {cell} | {'yes' if permuted else 'no'} | {mean:.3f} ± {half:.3f} | {len(ours)} | {other:.3f} ± {other_half:.3f} "
            f"| {len(theirs)} | {within} | {gap:+.3f} ± {gap_half:.3f} |",
            flush=True,
        )
    raise SystemExit(apart > 1)


if __name__ == "__main__":
    main()
