#!/usr/bin/env python3
"""Counts the instructions of one update (forward, backward, clip, Adam) under callgrind, so that two versions of the code can be
compared without noise. Valgrind knows no AVX-512: the counts are those of LONGLAG_ISA=avx2.

    scripts/instructions.py            compares with the recorded counts (results/baselines/instructions.json)
    scripts/instructions.py --record   records the counts of this version

Needs valgrind. The executable is `benches/peer.rs`, whose problem `scripts/peers/README.md` defines; a count is the difference
between runs of few and of many updates, divided by theirs.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RECORDED = ROOT / "results" / "baselines" / "instructions.json"
SHAPES = ["elman 32 32 20", "elman 128 32 20", "gru 128 32 20", "lstm 64 32 20", "lstm 128 32 20", "lstm 33 5 20"]
FEW, MANY = 1, 5


def build() -> str:
    """The path of the executable."""
    command = ["cargo", "bench", "--bench", "peer", "--no-run", "--message-format=json"]
    built = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    messages = (json.loads(line) for line in built.stdout.splitlines() if line.startswith("{"))
    # The program itself is built as well, and may come last.
    return next(message["executable"] for message in messages if message.get("target", {}).get("name") == "peer")


def instructions(executable: str, shape: str, updates: int) -> int:
    """Instructions of a whole process that does so many updates after its warm-up."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", executable, "serve"]
    environment = os.environ | {"LONGLAG_ISA": "avx2"}
    questions = f"prepare {shape}\ntime {updates}\nquit\n"
    run = subprocess.run(command, input=questions, capture_output=True, text=True, env=environment)
    found = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode != 0 or not found:
        sys.exit(f"error: `{' '.join(command)}` failed at `{shape}`:\n{run.stderr}")
    return int(found.group(1))


def main() -> None:
    parser = argparse.ArgumentParser(description="Counts the instructions of one update under callgrind.")
    parser.add_argument("--record", action="store_true", help="write the counts to results/baselines/instructions.json")
    parser.add_argument("--executable", help="in place of building benches/peer.rs")
    asked = parser.parse_args()
    executable = asked.executable or build()
    recorded = json.loads(RECORDED.read_text()) if RECORDED.exists() else {}
    counts = {}
    for shape in SHAPES:
        few, many = (instructions(executable, shape, updates) for updates in (FEW, MANY))
        counts[shape] = (many - few) // (MANY - FEW)
        before = recorded.get(shape)
        change = f"{100 * (counts[shape] / before - 1):+.2f} %" if before else "not recorded"
        print(f"{shape}: {counts[shape]:,} instructions per update ({change})", flush=True)
    if asked.record:
        RECORDED.parent.mkdir(parents=True, exist_ok=True)
        RECORDED.write_text(json.dumps(counts, indent=2) + "\n")


if __name__ == "__main__":
    main()
