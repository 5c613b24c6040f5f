"""Mean squared error, and cross-entropies from logits averaged over the steps a mask keeps."""

import torch

from dyadic import Dyadic

STEPS, BATCH, CLASSES, OUTPUT, BITS = 5, 3, 4, 2, 18


def mse(numbers: Dyadic) -> dict:
    prediction = numbers.tensor(BATCH, OUTPUT).requires_grad_()
    target = numbers.tensor(BATCH, OUTPUT)
    loss = torch.nn.functional.mse_loss(prediction, target)
    (gradient,) = torch.autograd.grad(loss, prediction)
    return {"prediction": prediction, "target": target, "loss": loss, "gradient": gradient}


def cross_entropy(name: str, logits: torch.Tensor, target: torch.Tensor, mask: torch.Tensor) -> dict:
    """The per-step losses [T][B] before the mask, their masked mean, and its gradient by the logits [T][B][C]."""
    logits.requires_grad_()
    per_step = torch.nn.functional.cross_entropy(logits.flatten(0, 1), target.flatten(), reduction="none")
    per_step = per_step.reshape(STEPS, BATCH)
    loss = (per_step * mask).sum() / mask.sum()
    (gradient,) = torch.autograd.grad(loss, logits)
    return {
        "name": name,
        "logits": logits,
        "target": target,
        "mask": mask.long(),
        "per_step": per_step,
        "loss": loss,
        "gradient": gradient,
    }


def bits(name: str, logits: torch.Tensor, target: torch.Tensor, mask: torch.Tensor) -> dict:
    """The per-step means over the bits [T][B] before the mask, their masked mean, and its gradient by the logits [T][B][N]."""
    logits.requires_grad_()
    per_step = torch.nn.functional.binary_cross_entropy_with_logits(logits, target, reduction="none").mean(-1)
    loss = (per_step * mask).sum() / mask.sum()
    (gradient,) = torch.autograd.grad(loss, logits)
    return {
        "name": name,
        "logits": logits,
        "target": target.long(),
        "mask": mask.long(),
        "per_step": per_step,
        "loss": loss,
        "gradient": gradient,
    }


def losses(seed: int) -> dict:
    numbers = Dyadic(seed)
    squared = mse(numbers)
    target = torch.tensor([[numbers.integer(CLASSES) for _ in range(BATCH)] for _ in range(STEPS)])
    # The last two steps of every sequence, and the first sequence's first step.
    mask = torch.zeros(STEPS, BATCH, dtype=torch.float64)
    mask[-2:] = 1
    mask[0, 0] = 1
    ones = torch.ones_like(mask)
    # Entries of -80, 0 and 80: right and wrong by 160, and ties at either end.
    # e^80 is near what float32 can hold, e^160 is beyond it.
    large = torch.tensor([80.0 * (numbers.integer(3) - 1) for _ in range(STEPS * BATCH * CLASSES)], dtype=torch.float64)
    large = large.reshape(STEPS, BATCH, CLASSES)
    large[-1, 0] = torch.tensor([80.0, 80.0, 80.0, 80.0])
    large[-1, 1] = torch.tensor([-80.0, -80.0, -80.0, -80.0])
    large[-2, 0] = torch.where(torch.arange(CLASSES) == target[-2, 0], 80.0, -80.0)
    large[-2, 1] = torch.where(torch.arange(CLASSES) == target[-2, 1], -80.0, 80.0)
    other = Dyadic(seed + 100)
    wanted = [float(other.integer(2)) for _ in range(STEPS * BATCH * BITS)]
    wanted = torch.tensor(wanted, dtype=torch.float64).reshape(STEPS, BATCH, BITS)
    moderate = [other.tensor(STEPS, BATCH, BITS) * 4 for _ in range(2)]
    # Right and wrong by 100 and by 300, whose exponential float32 does not hold, and ties at 0.
    wide = [(-300.0, -100.0, 0.0, 100.0, 300.0)[other.integer(5)] for _ in range(wanted.numel())]
    wide = torch.tensor(wide, dtype=torch.float64)
    return {
        "about": "mse is the mean over all entries; cross-entropy, of classes or bits, is sum(mask * per_step) / sum(mask)",
        "dims": {"steps": STEPS, "batch": BATCH, "classes": CLASSES, "output": OUTPUT, "bits": BITS},
        "mse": squared,
        "cross_entropy": [
            cross_entropy("every-step", numbers.tensor(STEPS, BATCH, CLASSES) * 4, target, ones),
            cross_entropy("masked", numbers.tensor(STEPS, BATCH, CLASSES) * 4, target, mask),
            cross_entropy("masked-large-logits", large, target, mask),
        ],
        "bits": [
            bits("bits-every-step", moderate[0], wanted, ones),
            bits("bits-masked", moderate[1], wanted, mask),
            bits("bits-masked-large-logits", wide.reshape(wanted.shape), wanted, mask),
        ],
    }
