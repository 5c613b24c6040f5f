#!/usr/bin/env python3
"""Times one update of longlag, PyTorch and JAX on one CPU, interleaved, and prints a Markdown table.

README.md beside this file states what is compared, the protocol of the contestants and the problem they compute.
"""

import argparse
import csv
import datetime
import json
import os
import platform
import shlex
import subprocess
import sys
from pathlib import Path
from statistics import median

from problem import CHECKED_UPDATES, Shape

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

SHAPES = {  # with the ratios to PyTorch's and to JAX's time that longlag is to reach
    Shape("elman", 128, 32, 100): {"torch": 5.0, "jax": 1.8},
    Shape("elman", 128, 32, 750): {"torch": 5.0, "jax": 1.8},
    Shape("gru", 128, 32, 100): {"torch": 4.0, "jax": 1.8},
    Shape("gru", 128, 32, 750): {"torch": 4.0, "jax": 1.8},
    Shape("lstm", 64, 32, 100): {"torch": 1.9, "jax": 2.5},
    Shape("lstm", 128, 32, 100): {"torch": 1.5, "jax": 2.5},
    Shape("lstm", 256, 32, 100): {"torch": 1.7, "jax": 2.5},
    Shape("lstm", 128, 32, 750): {"torch": 2.5, "jax": 3.0},
    Shape("lstm", 128, 128, 100): {"torch": 2.3, "jax": 3.0},
}
SCRIPTS = {
    "torch": ("contestant_torch.py",),
    "jax": ("contestant_jax.py",),
    "jax-hoisted": ("contestant_jax.py", "--hoisted"),
}
CHECKED = [Shape(cell, *size) for cell in ("elman", "gru", "lstm") for size in ((1, 1, 2), (7, 3, 10), (33, 5, 17))]
TOLERANCE = 1e-5

ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
    "JAX_PLATFORMS": "cpu",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}
DROPPED = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
INSTRUCTION_SETS = ("avx512f", "avx2", "fma", "asimd", "sve")


class Peer:
    """A contestant: a process that answers each line with a line."""

    def __init__(self, name: str, command: list[str]):
        environment = {key: value for key, value in os.environ.items() if key not in DROPPED} | ENVIRONMENT
        self.name = name
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=environment
        )
        self.version = self.ask("version")

    def ask(self, line: str) -> str:
        """The answer to `line`; a contestant that ends instead ends the comparison."""
        try:
            self.process.stdin.write(f"{line}\n")
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            sys.exit(f"error: {self.name} ended with status {self.process.wait()} at `{line}`")
        return answer.strip()

    def prepare(self, shape: Shape) -> None:
        answer = self.ask(f"prepare {shape}")
        if answer != "ready":
            sys.exit(f"error: {self.name} answered `{answer}` to `prepare {shape}`")

    def seconds(self, updates: int) -> float:
        """Seconds per update."""
        answer = float(self.ask(f"time {updates}"))
        if not 0.0 < answer < float("inf"):
            sys.exit(f"error: {self.name} measured {answer} seconds")
        return answer

    def losses(self, shape: Shape) -> list[float]:
        """The losses before the first updates."""
        answer = [float(word) for word in self.ask(f"loss {shape}").split()]
        if len(answer) != CHECKED_UPDATES:
            sys.exit(f"error: {self.name} gave {len(answer)} losses for `{shape}`, not {CHECKED_UPDATES}")
        return answer

    def quit(self) -> None:
        self.process.stdin.write("quit\n")
        self.process.stdin.close()
        self.process.wait()


def build_longlag() -> str:
    """Builds `benches/peer.rs` and returns the path of its executable."""
    command = ["cargo", "bench", "--bench", "peer", "--no-run", "--message-format=json"]
    try:
        built = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    except FileNotFoundError:
        sys.exit("error: cargo is not on the PATH; give --longlag PATH or --only torch,jax")
    messages = [json.loads(line) for line in built.stdout.splitlines() if line.startswith("{")]
    # The program itself is built as well, and may come last.
    built_peers = (message for message in messages if message.get("target", {}).get("name") == "peer")
    executables = [message["executable"] for message in built_peers if message.get("executable")]
    if built.returncode != 0 or not executables:
        sys.exit(f"error: `{shlex.join(command)}` built no executable; give --longlag PATH or --only torch,jax")
    return executables[-1]


def pin(cpu: int | None) -> str:
    """Binds this process and its children to one CPU, the last one allowed if none is named."""
    if not hasattr(os, "sched_setaffinity"):
        return "not pinned"
    chosen = max(os.sched_getaffinity(0)) if cpu is None else cpu
    os.sched_setaffinity(0, {chosen})
    return f"CPU {chosen}"


def machine() -> str:
    """The processor's name and the instruction sets that matter here."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except FileNotFoundError:
        lines = []
    facts = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    flags = facts.get("flags", facts.get("Features", "")).split()
    name = facts.get("model name") or platform.processor() or "unknown processor"
    if {"cpu family", "model"} <= facts.keys():
        name += f" (family {facts['cpu family']}, model {facts['model']})"
    return ", ".join([name, platform.machine(), *(flag for flag in INSTRUCTION_SETS if flag in flags)])


def check(peers: list[Peer], shapes: list[Shape]) -> bool:
    """Whether all contestants compute the same losses; says by how much they differ."""
    agree = True
    for shape in shapes:
        first, *others = [(peer.name, peer.losses(shape)) for peer in peers]
        differences = []
        for name, losses in others:
            errors = [abs(a - b) / abs(b) for a, b in zip(losses, first[1])]
            # Not `error > TOLERANCE`, which a NaN would pass.
            wrong = [error for error in errors if not error <= TOLERANCE]
            agree &= not wrong
            differences.append(f"{name} {(wrong or [max(errors)])[0]:.1e}{' DIFFERS' if wrong else ''}")
        print(f"{shape}: {first[0]} {first[1][0]:.7f} … {first[1][-1]:.7f}; {', '.join(differences)}", flush=True)
    return agree


def measure(peers: list[Peer], shape: Shape, rounds: int, slice_seconds: float) -> dict[str, list[float]]:
    """Seconds per update of every contestant in every round; within a round they take turns."""
    counts = {}
    for peer in peers:
        peer.prepare(shape)
        counts[peer.name] = max(1, round(slice_seconds / peer.seconds(2)))
    times: dict[str, list[float]] = {peer.name: [] for peer in peers}
    for _ in range(rounds):
        for peer in peers:
            times[peer.name].append(peer.seconds(counts[peer.name]))
    return times


def row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def header(names: list[str]) -> str:
    """The table's head: a time per contestant, then each one's ratio to the first, longlag's beside the wanted."""
    ratios = []
    for name in names[1:]:
        ratios += [f"{name} / {names[0]}", *(["wanted"] if names[0] == "longlag" else [])]
    cells = ["cell hidden/batch/T", *(f"{name}, ms" for name in names), *ratios]
    return row(cells) + "\n" + row(["---", *["---:"] * (len(cells) - 1)])


def line(shape: Shape, times: dict[str, list[float]]) -> str:
    """Medians in milliseconds with their range over the rounds, and ratios of medians; bold where one falls short."""
    first, *others = times
    cells = [f"{shape.cell} {shape.hidden}/{shape.batch}/{shape.steps}"]
    for values in times.values():
        middle, least, most = (f"{1e3 * value:.3g}" for value in (median(values), min(values), max(values)))
        cells.append(f"{middle} ({least}–{most})")
    for name in others:
        ratio = median(times[name]) / median(times[first])
        wanted = SHAPES.get(shape, {}).get(name.removesuffix("-hoisted")) if first == "longlag" else None
        short = wanted is not None and not ratio >= wanted
        cells.append(f"**{ratio:.2f}**" if short else f"{ratio:.2f}")
        if first == "longlag":
            cells.append(f"≥ {wanted}" if wanted else "–")
    return row(cells)


def report(peers: list[Peer], where: str, rounds: int) -> str:
    """What has to be known to read the table."""
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True).stdout
    return "\n".join(
        [
            f"- {datetime.date.today()}, commit {commit.strip() or 'unknown'}",
            f"- {machine()}; {platform.system()}; one thread, {where}",
            f"- {'; '.join(peer.version for peer in peers)}; Python {platform.python_version()}",
            f"- one update, milliseconds: median (least–most) of {rounds} interleaved rounds; ratios of medians",
            f"- `{shlex.join(['python', 'scripts/peers/compare.py', *sys.argv[1:]])}`",
        ]
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="longlag,torch,jax,jax-hoisted", metavar="NAMES", help="contestants, by commas")
    parser.add_argument("--longlag", metavar="PATH", help="longlag's contestant, instead of building benches/peer.rs")
    parser.add_argument("--check", action="store_true", help="compare the losses of the first updates, time nothing")
    parser.add_argument("--shape", action="append", metavar="'CELL HIDDEN BATCH STEPS'", help="in place of the table's")
    parser.add_argument("--rounds", type=int, default=7, help="slices per contestant and shape (default 7)")
    parser.add_argument("--slice", type=float, default=0.3, help="seconds per slice (default 0.3)")
    parser.add_argument("--cpu", type=int, help="where everything runs (default: the last CPU allowed)")
    parser.add_argument("--raw", type=Path, metavar="FILE", help="also write every slice as CSV")
    parsed = parser.parse_args()
    parsed.names = parsed.only.split(",")
    if unknown := set(parsed.names) - {"longlag", *SCRIPTS}:
        parser.error(f"no such contestant: {', '.join(sorted(unknown))}")
    try:
        parsed.shapes = [Shape.parse(text.split()) for text in parsed.shape or []]
    except ValueError as error:
        parser.error(str(error))
    if parsed.rounds < 1:
        parser.error("--rounds must be at least 1")
    return parsed


def main() -> int:
    asked = arguments()
    longlag = asked.longlag or (build_longlag() if "longlag" in asked.names else None)
    where = pin(asked.cpu)
    commands = {name: [sys.executable, str(HERE / script), *options] for name, (script, *options) in SCRIPTS.items()}
    commands["longlag"] = [longlag, "serve"]
    peers = [Peer(name, commands[name]) for name in asked.names]
    if asked.check:
        agree = check(peers, asked.shapes or CHECKED + list(SHAPES))
        print(f"the losses {'agree' if agree else 'DIFFER'} (relative tolerance {TOLERANCE:g})")
    else:
        agree, raw = True, []
        print(report(peers, where, asked.rounds), header(asked.names), sep="\n\n", flush=True)
        for shape in asked.shapes or SHAPES:
            times = measure(peers, shape, asked.rounds, asked.slice)
            print(line(shape, times), flush=True)
            for name, values in times.items():
                raw += [(*str(shape).split(), name, number, repr(value)) for number, value in enumerate(values)]
        if asked.raw:
            with asked.raw.open("w", newline="") as file:
                csv.writer(file).writerows([("cell", "hidden", "batch", "steps", "peer", "round", "seconds"), *raw])
    for peer in peers:
        peer.quit()
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
