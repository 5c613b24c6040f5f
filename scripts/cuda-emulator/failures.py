"""Has calls of the emulated driver and its libraries fail, and holds what the program makes of it to a law.

    failures.py PROGRAM LIBRARIES [--all]

Every function that a run calls, times errors of its library that are and are not known to anyone, from the first call on, from one in the middle
on, and once each; then too little memory, of every order. Without --all a part of them, the same each time. The law: the program ends with 1
after one sentence, or with 5 and a row for each trial that failed, whose reason is no panic; it ends with 0 only if no call failed. The same for
`audit` and `predict`, which have no rows. Standard library only. Exits with 1 if the law is broken.
"""

import concurrent.futures
import csv
import itertools
import os
import pathlib
import subprocess
import sys
import tempfile

SUITE = """\
version: 1
name: failing
about: A little of everything that the engine does on a device.
replicates: 1
save: [models]
task: {kind: copy, length: 3, symbols: 2, items: 2}
train: {batch: 2, updates: 2, evaluate-every: 2, validation-sequences: 2, test-sequences: 2}
probes: [{kind: gradient-by-lag, every: 2, sequences: 2}]
sweep: [{kind: grid, over: {model: [{cell: elman, hidden: 2}, {cell: gru, hidden: 2}]}}]
"""
CODES = {
    "cu": [1, 2, 34, 36, 98, 100, 201, 222, 226, 700, 719, 801, 999, 12345],
    "nvrtc": [1, 4, 6, 7, 11, 14, 99],
    "cublas": [1, 2, 3, 8, 13, 14, 16, 99],
}
# What is asked for the manifest only, and the log of a program that is not compiled: it is done without.
ASIDE = {"cuDeviceGetName", "cuDriverGetVersion", "nvrtcVersion", "cublasGetProperty", "nvrtcGetProgramLogSize", "nvrtcGetProgramLog"}
# Of the part that is done each time, one in so many.
PART = 61


class Emulated:
    """The program on the emulated driver, in a folder of its own."""

    def __init__(self, program, libraries, work):
        self.program, self.libraries, self.work = program, libraries, work
        self.suite = work / "failing.yaml"
        self.suite.write_text(SUITE)

    def run(self, name, *arguments, **settings):
        """Exit code, lines on stderr without the emulator's own, and lines of the emulator's report."""
        report = self.work / f"{name}.report"
        environment = {**os.environ, "LD_LIBRARY_PATH": self.libraries, "CUDA_EMULATOR_REPORT": str(report)}
        environment |= {f"CUDA_EMULATOR_{key}": str(value) for key, value in settings.items()}
        ended = subprocess.run(
            [self.program, *map(str, arguments)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=300
        )
        said = [line for line in ended.stderr.splitlines() if not line.startswith("cuda-emulator: ")]
        lines = [line.split() for line in report.read_text().splitlines()] if report.exists() else []
        return ended.returncode, said, lines

    def rows(self, out):
        """The stored trials below `out`."""
        shown = subprocess.run(
            [self.program, "show", out / "failing", "--table", "trials", "--format", "csv"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        return list(csv.DictReader(shown.stdout.splitlines()))


def broken(emulated, name, command, settings):
    """How the law is broken by a command, if so; and how it ended."""
    out = emulated.work / name
    arguments = {
        "run": ["run", emulated.suite, "--device", "cuda", "--quiet", "--out", out],
        "audit": ["audit", emulated.suite, "--trial", emulated.trial, "--update", 2, "--out", out / "u.safetensors", "--device", "cuda"],
        "predict": ["predict", emulated.work / "whole" / "failing", "--trial", emulated.trial, "--device", "cuda"],
    }[command]
    code, said, report = emulated.run(name, *arguments, **settings)
    failed = any(line[0] == "failed" and line[1] not in ASIDE for line in report)
    rows = emulated.rows(out) if command == "run" and code in (0, 1, 5) and out.exists() else []
    ended = sorted(row["status"] for row in rows)
    how = f"exit {code} {' '.join(ended)} {' | '.join(said)[:300]}"
    if any("panicked" in line for line in said) or any("panicked" in row["reason"] for row in rows):
        reason = next((row["reason"] for row in rows if "panicked" in row["reason"]), "")
        return f"a panic: {reason}", how
    if code == 0:
        return "a call failed, and nothing is said of it" if failed else None, how
    if code == 1:
        return None if len(said) == 1 and said[0].startswith("error: ") else "not one sentence", how
    if code == 5 and command == "run":
        bad = {"error", "out-of-memory"}
        if "MEMORY" in settings:
            bad = {"out-of-memory"}
        failures = [row for row in rows if row["status"] != "finished"]
        return None if failures and all(row["status"] in bad and row["reason"] for row in failures) else "other rows", how
    return f"exit code {code}", how


def main():
    program, libraries = (str(pathlib.Path(argument).resolve()) for argument in sys.argv[1:3])
    everything = sys.argv[3:] == ["--all"]
    with tempfile.TemporaryDirectory() as folder:
        emulated = Emulated(program, libraries, pathlib.Path(folder))
        code, said, report = emulated.run("whole", "run", emulated.suite, "--device", "cuda", "--quiet", "--out", emulated.work / "whole")
        if code != 0:
            sys.exit(f"fault: the run without a failure ends with {code}: {said}")
        emulated.trial = emulated.rows(emulated.work / "whole")[1]["trial_id"]
        counts = {line[1]: int(line[2]) for line in report if line[0] == "call"}
        cases = []
        for function, count in [*counts.items(), ("*", sum(counts.values()))]:
            library = next((name for name in ("nvrtc", "cublas") if function.startswith(name)), "cu")
            middle = max(count // 2, 1)
            for code, when in itertools.product(CODES[library], dict.fromkeys(["", "@1!", f"@{middle}", f"@{middle}!", f"@{count}"])):
                cases.append(("run", {"FAIL": f"{function}={code}{when}"}))
                if code in (2, 3, 98, 700):
                    cases += [(command, {"FAIL": f"{function}={code}{when}"}) for command in ("audit", "predict")]
        # A program that is not compiled has a log.
        logs = [("run", {"FAIL": f"nvrtcCompileProgram=6,nvrtcGetProgramLog{of}=3"}) for of in ("", "Size")]
        memory = [
            (command, {"MEMORY": bytes_, **pools})
            for bytes_ in [*range(0, 600, 50), *range(600, 14000, 400), 1 << 20]
            for command in ("run", "audit", "predict")
            for pools in ({}, {"NO_POOLS": 1})
        ]
        total = len(cases) + len(memory)
        if not everything:
            cases, memory = cases[::PART], memory[::PART]
        cases += logs + memory
        faults, endings = 0, {}
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            results = pool.map(lambda case: broken(emulated, f"case{case[0]}", *case[1]), enumerate(cases))
            for (command, settings), (fault, how) in zip(cases, results):
                key = (command, how.split(" ")[1])
                endings[key] = endings.get(key, 0) + 1
                if fault:
                    faults += 1
                    print(f"fault: {command} with {settings}: {fault}: {how}", file=sys.stderr)
        for (command, code), count in sorted(endings.items()):
            print(f"  {command}: {count} ended with {code}")
        print(f"  {len(counts)} functions, {len(cases)} cases of {total + len(logs)}, {faults} faults")
        sys.exit(1 if faults or not counts else 0)


main()
