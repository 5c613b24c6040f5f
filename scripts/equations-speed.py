"""Trains registered cells and the same cells as equations by turns: scripts/equations-speed.py [--longlag target/debug/longlag] [--rounds 9]

    cargo build
    python3 scripts/equations-speed.py                 # processor seconds per training, and the ratio of their medians
    python3 scripts/equations-speed.py --instructions  # instructions of one training of each by valgrind's callgrind, on the portable kernels

Needs Python alone, and valgrind for instructions. The equations are those that `longlag describe cell NAME` prints. In each round every cell is
trained once in either way, one process and one thread at a time (hidden 64, batch 32, length 100), the first of the two by turns. Prints a
Markdown table; exits with 1 where hash chains differ, which they never do.
"""

import argparse
import csv
import io
import os
import pathlib
import re
import resource
import statistics
import subprocess
import tempfile

CELLS = ["lstm", "gru", "elman", "lem"]
SUITE = """version: 1
name: speed
replicates: 1
task: {{kind: adding, length: 100}}
{model}
train: {{batch: 32, updates: {updates}, evaluate-every: {updates}, validation-sequences: 32, test-sequences: 32}}
"""


def models(longlag: str, cell: str) -> dict[str, str]:
    """The section `model` of the registered cell, and of its equations."""
    page = subprocess.run([longlag, "describe", "cell", cell], check=True, capture_output=True, text=True).stdout
    equations = re.search(r"# Equations\n.*?```yaml\n(.*?)```", page, re.DOTALL)
    assert equations, f"{cell} has no equations"
    return {"registered": f"model: {{cell: {cell}, hidden: 64}}", "equations": equations[1]}


def train(longlag: str, folder: pathlib.Path, model: str, updates: int) -> tuple[float, str, str]:
    """The processor's seconds of one training, which other processes disturb less than those of the clock, its id and its hash."""
    suite = folder / "speed.yaml"
    suite.write_text(SUITE.format(model=model, updates=updates))
    run = [longlag, "run", str(suite), "--out", str(folder), "--again", "--quiet", "-j", "1", "--threads-per-trial", "1"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run(run, check=True, capture_output=True)
    seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    show = [longlag, "show", str(folder / "speed"), "--table", "trials", "--columns", "all", "--format", "csv"]
    rows = csv.DictReader(io.StringIO(subprocess.run(show, check=True, capture_output=True, text=True).stdout))
    row = next(rows)
    return seconds, row["trial_id"], row["hash"]


def instructions(longlag: str, folder: pathlib.Path, model: str) -> tuple[int, str]:
    """The instructions of 3 further updates: of an audit of update 4 without those of one of update 1."""
    _, trial, chain = train(longlag, folder, model, 4)
    counts = []
    for update in ("1", "4"):
        out = folder / "callgrind.out"
        under = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}"]
        audit = ["audit", str(folder / "speed.yaml"), "--trial", trial, "--update", update, "--out", str(folder / "audit.safetensors")]
        subprocess.run([*under, longlag, *audit], check=True, capture_output=True, env={**os.environ, "LONGLAG_ISA": "portable"})
        total = re.search(r"^(?:totals|summary): (\d+)", out.read_text(), re.MULTILINE)
        assert total, "callgrind wrote no total"
        counts.append(int(total[1]))
    return counts[1] - counts[0], chain


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--longlag", default="target/debug/longlag")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--updates", type=int, default=200)
    parser.add_argument("--instructions", action="store_true")
    options = parser.parse_args()
    alike = True
    what = "million instructions of 3 updates" if options.instructions else f"processor seconds of {options.updates} updates, median (range)"
    print(f"{what}\n\n| cell | registered | equations | registered / equations | chains |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        written = {cell: models(options.longlag, cell) for cell in CELLS}
        found: dict[tuple[str, str], list[float]] = {}
        chains: dict[str, set[str]] = {}
        for turn in range(1 if options.instructions else options.rounds):
            for cell, ways in written.items():
                for way in sorted(ways, reverse=turn % 2 == 0):
                    if options.instructions:
                        number, chain = instructions(options.longlag, folder, ways[way])
                    else:
                        number, _, chain = train(options.longlag, folder, ways[way], options.updates)
                    found.setdefault((cell, way), []).append(number)
                    chains.setdefault(cell, set()).add(chain)
    for cell in CELLS:
        medians = [statistics.median(found[cell, way]) for way in ("registered", "equations")]
        shown = []
        for way, median in zip(("registered", "equations"), medians):
            numbers = found[cell, way]
            by = f"{median / 1e6:.3f}" if options.instructions else f"{median:.3f} ({min(numbers):.3f}–{max(numbers):.3f})"
            shown.append(by)
        same = len(chains[cell]) == 1
        alike &= same
        print(f"| {cell} | {shown[0]} | {shown[1]} | {medians[0] / medians[1]:.4f} | {'the same' if same else 'differ'} |")
    raise SystemExit(not alike)


if __name__ == "__main__":
    main()
