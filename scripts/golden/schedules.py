"""Factors on the learning rate by torch.optim.lr_scheduler, for every update of a small budget."""

import torch
from torch.optim import lr_scheduler

BUDGET = 23

CASES = [
    ("constant", {"factor": 0.5}, lambda o: lr_scheduler.ConstantLR(o, factor=0.5, total_iters=10 * BUDGET)),
    ("step", {"every": 7, "factor": 0.3}, lambda o: lr_scheduler.StepLR(o, step_size=7, gamma=0.3)),
    ("exponential", {"decay": 0.9}, lambda o: lr_scheduler.ExponentialLR(o, gamma=0.9)),
    ("cosine", {"last": 0.0}, lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=BUDGET)),
    ("cosine", {"last": 0.1}, lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=BUDGET, eta_min=0.1)),
    ("warm-up", {"updates": 6, "first": 0.25}, lambda o: lr_scheduler.LinearLR(o, start_factor=0.25, total_iters=6)),
    (
        "one-cycle",
        {"rise": 0.3, "start": 25.0, "end": 1e4},
        lambda o: lr_scheduler.OneCycleLR(o, max_lr=1.0, total_steps=BUDGET, cycle_momentum=False),
    ),
    (
        "one-cycle",
        {"rise": 0.5, "start": 10.0, "end": 100.0},
        lambda o: lr_scheduler.OneCycleLR(
            o, max_lr=1.0, total_steps=BUDGET, pct_start=0.5, div_factor=10, final_div_factor=100, cycle_momentum=False
        ),
    ),
]


def schedules() -> dict:
    cases = []
    for kind, settings, make in CASES:
        # With a rate of 1 the rate is the factor.
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
        schedule = make(optimizer)
        factors = []
        for _ in range(BUDGET):
            factors.append(float(optimizer.param_groups[0]["lr"]))
            optimizer.step()
            if len(factors) < BUDGET:
                schedule.step()
        cases.append({"kind": kind, "settings": settings, "factors": factors})
    return {"about": "factors[k] is for update k, counted from 0", "budget": BUDGET, "cases": cases}
