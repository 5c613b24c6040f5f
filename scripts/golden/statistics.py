"""Writes tests/golden/statistics.json: statistics of fixed data by SciPy, statsmodels, lifelines and rliable.

Run as `python scripts/golden/statistics.py` with the packages of scripts/golden/statistics.txt. The data come from an integer
generator, so that they are the same wherever and whenever they are made again.
"""

import sys
from pathlib import Path

# This file has the name of a module of the standard library, which the packages import.
sys.path = [path for path in sys.path if Path(path or ".").resolve() != Path(__file__).resolve().parent]

import json
import math
from importlib.metadata import version

import numpy as np
from lifelines import KaplanMeierFitter
from lifelines.statistics import logrank_test
from lifelines.utils import restricted_mean_survival_time
from rliable import library, metrics
from scipy import integrate, optimize, stats
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

SIDES = ["two-sided", "greater", "less"]
FILE = Path(__file__).resolve().parents[2] / "tests" / "golden" / "statistics.json"


class Dyadic:
    """Multiples of 2^-8 from Knuth's MMIX generator."""

    def __init__(self, seed):
        self.word = seed
        for _ in range(8):
            self.integer(2)

    def integer(self, count):
        self.word = (6364136223846793005 * self.word + 1442695040888963407) % 2**64
        return (self.word >> 33) % count

    def values(self, count, bound=2):
        return [(self.integer(2 * bound * 256 + 1) - bound * 256) / 256 for _ in range(count)]

    def integers(self, count, below):
        return [float(self.integer(below)) for _ in range(count)]


def p_values(test):
    return {side: float(test(side)) for side in SIDES}


def paired():
    cases = []
    for seed, n in [(1, 5), (2, 8), (3, 12)]:
        draw = Dyadic(seed)
        differences = [value + 0.75 for value in draw.values(n)]
        if n == 8:
            differences[2:5] = [0.5, -0.5, 0.0]
        mean = lambda x, axis: np.mean(x, axis=axis)
        flips = lambda shift, side: stats.permutation_test(
            (np.array(differences) - shift,), mean, permutation_type="samples", n_resamples=np.inf, alternative=side
        ).pvalue
        # Differences of 0 count on both sides.
        signs = {
            "greater": stats.binomtest(sum(d > 0 for d in differences), n, alternative="greater").pvalue,
            "less": stats.binomtest(sum(d >= 0 for d in differences), n, alternative="less").pvalue,
        }
        cases.append({
            "differences": differences,
            "sign_flips": p_values(lambda side: flips(0, side)),
            "sign_flips_of_a_quarter": p_values(lambda side: flips(0.25, side)),
            "sign_test": signs,
            "equivalence_within_2": max(flips(-2, "greater"), flips(2, "less")),
        })
    return cases


def independent():
    cases = []
    for seed, n, m in [(4, 5, 6), (5, 7, 4)]:
        draw = Dyadic(seed)
        left, right = [value + 0.75 for value in draw.values(n)], draw.values(m)
        difference = lambda x, y, axis: np.mean(x, axis=axis) - np.mean(y, axis=axis)
        cases.append({
            "left": left,
            "right": right,
            "permutations": p_values(lambda side: stats.permutation_test(
                (left, right), difference, permutation_type="independent", n_resamples=np.inf, alternative=side
            ).pvalue),
            "mann_whitney": p_values(lambda side: stats.mannwhitneyu(left, right, alternative=side, method="exact").pvalue),
            "u": float(stats.mannwhitneyu(left, right).statistic),
        })
    draw = Dyadic(6)
    left, right = draw.integers(9, 5), draw.integers(8, 4)
    tied = lambda side: stats.mannwhitneyu(left, right, alternative=side, method="asymptotic", use_continuity=True).pvalue
    return {"cases": cases, "tied": {"left": left, "right": right, "mann_whitney": p_values(tied)}}


def improvement_interval(value, n, m):
    """Newcombe 2006, method 5, by the formula: where |value - p| is z standard errors of p."""
    z, others = stats.norm.ppf(0.975), (n + m) / 2 - 1
    error = lambda p: z * math.sqrt(p * (1 - p) * (1 + others * ((1 - p) / (2 - p) + p / (1 + p))) / (n * m))
    low = optimize.brentq(lambda p: value - p - error(p), 0, value - 1e-12, xtol=1e-15) if value > 0 else 0.0
    high = optimize.brentq(lambda p: p - value - error(p), value + 1e-12, 1, xtol=1e-15) if value < 1 else 1.0
    return [low, high]


def melded(x, n, y, m, tail):
    """The upper end of Fay, Proschan and Brittain's interval, by adaptive quadrature."""
    if x == n and y == 0:
        return 1.0
    if x == n:
        return 1 - stats.beta.ppf(tail, y, m - y + 1)
    if y == 0:
        return stats.beta.ppf(1 - tail, x + 1, n - x)
    upper, lower = stats.beta(x + 1, n - x), stats.beta(y, m - y + 1)
    below = lambda end: integrate.quad(
        lambda l: lower.pdf(l) * upper.cdf(end + l), 0, 1, points=sorted({min(max(-end, 0), 1), min(max(1 - end, 0), 1)}),
        epsabs=1e-14, epsrel=1e-13, limit=200,
    )[0]
    return optimize.brentq(lambda end: below(end) - (1 - tail), -1, 1, xtol=1e-14)


def newcombe_paired(both, left, right, n):
    """Newcombe 1998 (paired), method 10, by the formula."""
    neither = n - both - left - right
    p, q = (both + left) / n, (both + right) / n
    (l1, u1), (l2, u2) = (proportion_confint(c, n, method="wilson") for c in (both + left, both + right))
    product = (both + left) * (right + neither) * (both + right) * (left + neither)
    excess = both * neither - left * right
    if excess > 0:
        excess = max(excess - n / 2, 0)
    phi = excess / math.sqrt(product) if product else 0.0
    side = lambda a, b: math.sqrt(a * a - 2 * phi * a * b + b * b)
    return [p - q - side(p - l1, u2 - q), p - q + side(u1 - p, q - l2)]


def proportions():
    single = [(0, 5), (5, 5), (3, 5), (9, 10), (1, 40), (500, 1000)]
    double = [(5, 5, 0, 5), (9, 10, 3, 10), (4, 9, 4, 7), (0, 6, 0, 8), (30, 50, 20, 60)]
    return {
        "single": [
            {
                "counts": [x, n],
                "wilson": list(map(float, proportion_confint(x, n, method="wilson"))),
                "clopper_pearson": list(map(float, proportion_confint(x, n, method="beta"))),
            }
            for x, n in single
        ],
        "double": [
            {
                "counts": [x, n, y, m],
                "newcombe": list(map(float, confint_proportions_2indep(x, n, y, m, compare="diff", method="newcomb"))),
                "fisher": {
                    side: float(stats.fisher_exact([[x, n - x], [y, m - y]], alternative=side).pvalue)
                    for side in SIDES[1:]
                },
                "melded": [-melded(y, m, x, n, 0.025), melded(x, n, y, m, 0.025)],
            }
            for x, n, y, m in double
        ],
        "paired": [
            {"counts": counts, "newcombe": newcombe_paired(*counts)}
            for counts in [[36, 12, 2, 50], [18, 2, 0, 40], [0, 5, 0, 5], [2, 4, 3, 10], [1, 1, 6, 9]]
        ],
    }


def survival():
    # Freireich et al. 1963: weeks of remission with 6-mercaptopurine and with placebo.
    treated = [(6, 1), (6, 1), (6, 1), (6, 0), (7, 1), (9, 0), (10, 1), (10, 0), (11, 0), (13, 1), (16, 1), (17, 0), (19, 0),
               (20, 0), (22, 1), (23, 1), (25, 0), (32, 0), (32, 0), (34, 0), (35, 0)]
    placebo = [(t, 1) for t in [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]]
    (t, e), (u, f) = (map(list, zip(*rows)) for rows in (treated, placebo))
    fitted = KaplanMeierFitter().fit(t, e)
    greenwood = SurvfuncRight(t, e)
    low, high = (fitted.confidence_interval_[name] for name in ("KM_estimate_lower_0.95", "KM_estimate_upper_0.95"))
    test = logrank_test(t, u, e, f)
    return {
        "treated": [list(map(float, row)) for row in treated],
        "placebo": [list(map(float, row)) for row in placebo],
        "times": [float(time) for time in greenwood.surv_times],
        "surviving": [float(fitted.predict(time)) for time in greenwood.surv_times],
        "variance": [float(error**2) for error in greenwood.surv_prob_se],
        "low": [float(low[time]) for time in greenwood.surv_times],
        "high": [float(high[time]) for time in greenwood.surv_times],
        "median": float(fitted.median_survival_time_),
        "log_rank": {"chi_squared": float(test.test_statistic), "p": float(test.p_value)},
        "restricted_mean_to_30": float(restricted_mean_survival_time(fitted, t=30)),
        "restricted_mean_to_20_of_placebo": float(restricted_mean_survival_time(KaplanMeierFitter().fit(u, f), t=20)),
    }


def ranks():
    draw = Dyadic(7)
    left, right = draw.values(7), draw.values(7)
    tied_left, tied_right = draw.integers(7, 4), draw.integers(7, 5)
    spearman = lambda x, y: {
        "left": x,
        "right": y,
        "correlation": float(stats.spearmanr(x, y).statistic),
        "p": p_values(lambda side: stats.permutation_test(
            (x,), lambda x: stats.spearmanr(x, y).statistic, permutation_type="pairings", n_resamples=np.inf, alternative=side
        ).pvalue),
    }
    rows = [[value + 0.4 * place for place, value in enumerate(draw.values(4))] for _ in range(6)]
    page = stats.page_trend_test(rows, method="exact")
    blocks = [draw.integers(5, 6) for _ in range(8)]
    columns = list(zip(*blocks))
    friedman = stats.friedmanchisquare(*columns)
    n, k = len(blocks), len(columns)
    f = (n - 1) * friedman.statistic / (n * (k - 1) - friedman.statistic)
    mean_ranks = np.mean([stats.rankdata(row) for row in blocks], axis=0)
    error = math.sqrt(k * (k + 1) / (6 * n))
    pairs = [abs(mean_ranks[i] - mean_ranks[j]) / error for i in range(k) for j in range(i + 1, k)]
    return {
        "spearman": [spearman(left, right), spearman(tied_left, tied_right)],
        "page": {"rows": rows, "statistic": float(page.statistic), "greater": float(page.pvalue)},
        "friedman": {
            "rows": blocks,
            "mean_ranks": list(map(float, mean_ranks)),
            "chi_squared": float(friedman.statistic),
            "p": float(friedman.pvalue),
            "f": float(f),
            "f_p": float(stats.f.sf(f, k - 1, (k - 1) * (n - 1))),
            "nemenyi": [float(stats.studentized_range.sf(z * math.sqrt(2), k, np.inf)) for z in pairs],
            "holm": list(map(float, multipletests([2 * stats.norm.sf(z) for z in pairs], method="holm")[1])),
            "critical_difference": float(stats.studentized_range.ppf(0.95, k, np.inf) / math.sqrt(2) * error),
        },
    }


def resampling():
    draw = Dyadic(8)
    values = [math.exp(value) for value in draw.values(20)]
    generator = np.random.default_rng(0)
    interval = lambda method: [float(end) for end in stats.bootstrap(
        (values,), np.mean, method=method, n_resamples=100_000, rng=generator
    ).confidence_interval]
    scores = {name: np.abs(np.array([draw.values(3, 1) for _ in range(6)])) for name in ("left", "right")}
    np.random.seed(0)
    _, iqm = library.get_interval_estimates(
        {"left": scores["left"]}, lambda x: np.array([metrics.aggregate_iqm(x)]), reps=50_000
    )
    thresholds = [0.1, 0.25, 0.5, 0.75]
    profile, _ = library.create_performance_profile({"left": scores["left"]}, np.array(thresholds), reps=10)
    return {
        "values": values,
        "percentile": interval("percentile"),
        "bca": interval("BCa"),
        "left": scores["left"].T.tolist(),
        "right": scores["right"].T.tolist(),
        "interquartile_mean": float(metrics.aggregate_iqm(scores["left"])),
        "interquartile_mean_interval": [float(end) for end in iqm["left"][:, 0]],
        "probability_of_improvement": float(metrics.probability_of_improvement(scores["left"], scores["right"])),
        "thresholds": thresholds,
        "profile_above": list(map(float, profile["left"])),
    }


def main():
    p = [0.01, 0.04, 0.03, 0.005, 0.2, 0.03]
    record = {
        "made_with": {name: version(name) for name in ["lifelines", "numpy", "rliable", "scipy", "statsmodels"]},
        "paired": paired(),
        "independent": independent(),
        "improvement": [
            {"value": value, "counts": [n, m], "interval": improvement_interval(value, n, m)}
            for value, n, m in [(0.48, 5, 5), (0.8, 5, 5), (1.0, 5, 5), (0.0, 4, 9), (0.65, 10, 20)]
        ],
        "proportions": proportions(),
        "survival": survival(),
        "ranks": ranks(),
        "multiple": {
            "p": p,
            "holm": list(map(float, multipletests(p, method="holm")[1])),
            "benjamini_hochberg": list(map(float, multipletests(p, method="fdr_bh")[1])),
        },
        "resampling": resampling(),
    }
    FILE.write_text(json.dumps(record, indent=1, allow_nan=False) + "\n")


main()
