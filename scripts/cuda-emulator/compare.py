"""Holds the trials of one run to those of another, and prints both in one table.

    compare.py PROGRAM RUN REFERENCE

Standard library only. Exits with 1 if a trial is missing, ended otherwise, has other rows, or numbers that differ by more than the
bounds: a loss by LOSS relative to the reference's; a probe's number by PROBE relative to the largest of its trial, update, probe, layer and
state, and half of a trial's by MEDIAN. PROBE is wide for the few trials whose start makes differences in the last place grow.
"""

import csv
import math
import statistics
import subprocess
import sys

LOSS = 1e-4
PROBE = 1e-2
MEDIAN = 1e-6


def table(program, run, name):
    """The rows of a table of a run."""
    shown = subprocess.run([program, "show", run, "--table", name, "--format", "csv"], check=True, capture_output=True, text=True)
    return list(csv.DictReader(shown.stdout.splitlines()))


def numbers(rows, keys):
    """Values by trial, then by the other keys."""
    found = {}
    for row in rows:
        key = tuple(row.get(key, "") for key in keys)
        found.setdefault(row["trial_id"], {})[key] = float(row["value"] or "nan")
    return found


def distance(got, wanted, scale):
    """The difference relative to `scale`; none between equal numbers, those that are not finite included."""
    if got == wanted or (math.isnan(got) and math.isnan(wanted)):
        return 0.0
    return abs(got - wanted) / scale if math.isfinite(got) and math.isfinite(wanted) and scale > 0 else math.inf


def main():
    program, run, reference = sys.argv[1:4]
    trials = [{row["trial_id"]: row for row in table(program, name, "trials")} for name in (run, reference)]
    losses = [
        numbers([row for row in table(program, name, "metrics") if row["metric"] == "loss"], ("update", "split")) for name in (run, reference)
    ]
    keys = ("update", "probe", "layer", "state", "lag", "index", "statistic")
    probes = [numbers(table(program, name, "probes"), keys) for name in (run, reference)]
    faults, all_losses, all_probes = [], [], []
    print(f"{'trial':8}  {'ended':10} {'losses':>6} {'differ by':>9}  {'probes':>6} {'median':>9} {'largest':>9}  arm")
    for trial, wanted in trials[1].items():
        got = trials[0].get(trial)
        label = wanted["arm"] or "(the only arm)"
        if got is None:
            faults.append(f"{trial[:8]} {label}: not in {run}")
            continue
        ours, theirs = (found.get(trial, {}) for found in losses)
        of_losses = [distance(ours.get(key, math.nan), value, abs(value)) for key, value in theirs.items()]
        scales = {}
        measured, expected = (found.get(trial, {}) for found in probes)
        for key, value in expected.items():
            if math.isfinite(value):
                scales[key[:4]] = max(scales.get(key[:4], 0.0), abs(value))
        of_probes = [distance(measured.get(key, math.nan), value, scales.get(key[:4], 0.0)) for key, value in expected.items()]
        largest, probed = max(of_losses, default=0.0), max(of_probes, default=0.0)
        median = statistics.median(of_probes) if of_probes else 0.0
        print(
            f"{trial[:8]}  {got['status']:10} {len(of_losses):6} {largest:9.1e}  {len(of_probes):6} {median:9.1e} {probed:9.1e}  {label[:90]}"
        )
        if got["status"] != wanted["status"]:
            faults.append(f"{trial[:8]} {label}: {got['status']}, not {wanted['status']}: {got.get('reason')}")
        if ours.keys() != theirs.keys() or measured.keys() != expected.keys():
            faults.append(f"{trial[:8]} {label}: other rows")
        if not (largest <= LOSS and probed <= PROBE and median <= MEDIAN):
            faults.append(f"{trial[:8]} {label}: a loss differs by {largest:.1e}, a probe by {probed:.1e}, half of them by {median:.1e}")
        all_losses += of_losses
        all_probes += of_probes
    faults += [f"{trial[:8]}: only in {run}" for trial in trials[0].keys() - trials[1].keys()]
    for name, found, bound in (("losses", all_losses, LOSS), ("probed numbers", all_probes, PROBE)):
        if found:
            print(f"{len(found)} {name}: median difference {statistics.median(found):.1e}, largest {max(found):.1e}, bound {bound:.0e}")
    print(f"{len(trials[1])} trials, {len(faults)} faults")
    for fault in faults:
        print(f"fault: {fault}", file=sys.stderr)
    if faults or not trials[1] or not all_losses:
        sys.exit(1)


main()
