"""What torch.optim.lr_scheduler makes of a learning rate of 1, update by update."""

import torch
from torch.optim import lr_scheduler

BUDGET = 20


def cycle(**settings):
    names = {"rise": "pct_start", "start_divisor": "div_factor", "end_divisor": "final_div_factor", "shape": "anneal_strategy"}
    given = {names.get(name, name): value for name, value in settings.items()}
    given["anneal_strategy"] = {"cosine": "cos", "linear": "linear"}[given.get("anneal_strategy", "cosine")]
    return lambda o: lr_scheduler.OneCycleLR(o, max_lr=1.0, total_steps=BUDGET, cycle_momentum=False, **given)


MAKERS = {
    "constant": lambda: lambda o: lr_scheduler.LambdaLR(o, lambda update: 1.0),
    "step": lambda every, factor: lambda o: lr_scheduler.StepLR(o, step_size=every, gamma=factor),
    "exponential": lambda factor: lambda o: lr_scheduler.ExponentialLR(o, gamma=factor),
    "cosine": lambda last=0.0, updates=BUDGET: lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=updates, eta_min=last),
    "warm-up": lambda first=1 / 3, updates=5: lambda o: lr_scheduler.LinearLR(o, start_factor=first, total_iters=updates),
    "one-cycle": cycle,
}
CASES = [
    ("constant", {}),
    ("step", {"every": 6, "factor": 0.1}),
    ("exponential", {"factor": 0.9}),
    ("cosine", {}),
    ("cosine", {"last": 0.25}),
    # Not beyond them: torch rises again.
    ("cosine", {"last": 0.25, "updates": 32}),
    ("warm-up", {}),
    ("warm-up", {"first": 0.01, "updates": 12}),
    ("one-cycle", {}),
    ("one-cycle", {"rise": 0.5, "start_divisor": 10.0, "end_divisor": 100.0, "shape": "linear"}),
    ("one-cycle", {"rise": 0.4, "three_phase": True}),
    ("one-cycle", {"rise": 0.01}),
]


def schedules() -> dict:
    cases = []
    for kind, settings in CASES:
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
        scheduler = MAKERS[kind](**settings)(optimizer)
        factors = []
        for _ in range(BUDGET):
            factors.append(float(optimizer.param_groups[0]["lr"]))
            optimizer.step()
            if len(factors) < BUDGET:
                scheduler.step()
        cases.append({"kind": kind, "settings": settings, "factors": factors})
    return {"about": "factors[k] is the learning rate of update k, 0 at first, where the optimizer's is 1", "budget": BUDGET, "cases": cases}
