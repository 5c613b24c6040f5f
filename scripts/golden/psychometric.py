"""Writes tests/golden/psychometric.json: posteriors of psychometric functions by psignifit, of the priors of src/stats/psychometric.

Run as `python scripts/golden/psychometric.py` with the packages of scripts/golden/psychometric.txt. Lengths enter as -ln L, so that
success rises with the stimulus as psignifit has it. Its width is the distance from 5 % to 95 % of the logistic, 2 ln 19 times the
spread s; its lambda is the lapse rate. Overdispersion, which psignifit fits too, is held at its least value.
"""

import json
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import psignifit

warnings.simplefilter("ignore")

FILE = Path(__file__).resolve().parents[2] / "tests" / "golden" / "psychometric.json"
WIDTH = 2 * np.log(19)
# Of src/stats/psychometric/curve.rs.
FROM, TO, MARGIN = 10, 1000, 1.5
SPREADS, SPREAD_PRIOR, LAPSE_PRIOR, MOST_LAPSES = (0.04, 1.2), (0.45, 0.9), 17, 0.6

CASES = {
    "gradual": [(10, 4, 4), (20, 2, 2), (40, 6, 7), (57, 4, 6), (80, 4, 8), (113, 3, 8), (160, 1, 8), (320, 0, 3)],
    "steep": [(10, 4, 4), (40, 4, 4), (80, 5, 6), (87, 4, 8), (95, 2, 8), (113, 0, 6)],
    "lapses": [(10, 6, 8), (20, 3, 4), (40, 4, 6), (80, 5, 6), (160, 4, 8), (226, 2, 8), (320, 0, 8)],
    "few": [(10, 2, 2), (20, 2, 2), (40, 1, 2), (80, 0, 2)],
}


def spread_prior(width):
    spread = width / WIDTH
    inside = (spread >= SPREADS[0] * (1 - 1e-9)) & (spread <= SPREADS[1] * (1 + 1e-9))
    median, deviation = SPREAD_PRIOR
    # A density over ln s.
    return np.where(inside, np.exp(-0.5 * (np.log(spread / median) / deviation) ** 2) / width, 0)


def lapse_prior(lapse):
    return (1 - lapse) ** LAPSE_PRIOR * ((lapse >= 0) & (lapse <= MOST_LAPSES))


def posterior(counts):
    data = np.array([(-np.log(length), solved, tried) for length, solved, tried in counts])
    low, high = -np.log(TO) - MARGIN, -np.log(FROM) + MARGIN
    result = psignifit.psignifit(
        data,
        experiment_type="yes/no",
        sigmoid="logistic",
        thresh_PC=0.5,
        priors={"threshold": np.ones_like, "width": spread_prior, "lambda": lapse_prior, "gamma": np.ones_like, "eta": np.ones_like},
        fixed_parameters={"gamma": 0.0, "eta": 1e-4},
        bounds={"threshold": (low, high), "width": (WIDTH * SPREADS[0], WIDTH * SPREADS[1]), "lambda": (0.0, MOST_LAPSES)},
        stimulus_range=(low, high),
        grid_steps={"threshold": 240, "width": 80, "lambda": 80, "gamma": 1, "eta": 1},
        steps_moving_bounds={"threshold": 25, "width": 30, "lambda": 20, "gamma": 1, "eta": 1},
        confP=(0.95, 0.9, 0.68),
        CI_method="percentiles",
        estimate_type="mean",
    )
    threshold, width, lapse = (result.confidence_intervals[name] for name in ["threshold", "width", "lambda"])
    return {
        "counts": counts,
        "threshold": {share: sorted(-end for end in ends) for share, ends in threshold.items()},
        "spread": {"mean": result.parameter_estimate["width"] / WIDTH, "0.95": [end / WIDTH for end in width["0.95"]]},
        "lapse": {"mean": result.parameter_estimate["lambda"], "0.95": list(lapse["0.95"])},
    }


cases = {name: posterior(counts) for name, counts in CASES.items()}
made = {"psignifit": version("psignifit"), "numpy": version("numpy")}
FILE.write_text(json.dumps({"made by": made, "range": [FROM, TO], "cases": cases}, separators=(",", ":")) + "\n")
