"""How a golden file is written: nested lists, a row of numbers per line, each the shortest that round-trips."""

import json
from pathlib import Path

import numpy
import torch

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "golden" / "torch"


def plain(value):
    """The same value with tensors as nested lists; a number that is not finite has no place in a golden file."""
    if isinstance(value, torch.Tensor):
        value = value.detach().tolist()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not abs(value) < float("inf"):
        raise ValueError("a golden file holds finite numbers only")
    return value


def text(value, indent: str = "") -> str:
    """JSON with the innermost lists on one line each, so that a change shows as the rows it touches."""
    inner = indent + " "
    if isinstance(value, dict) and value:
        items = [f"{inner}{json.dumps(key)}: {text(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(items) + f"\n{indent}}}"
    if isinstance(value, list) and value and isinstance(value[0], (list, dict)):
        return "[\n" + ",\n".join(inner + text(item, inner) for item in value) + f"\n{indent}]"
    return json.dumps(value, allow_nan=False)


def write(name: str, record: dict) -> None:
    """Writes `record` with the versions it was made with as tests/golden/torch/<name>.json."""
    made_with = {"torch": torch.__version__.split("+")[0], "numpy": numpy.__version__}
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(text(plain({"made_with": made_with, **record})) + "\n")
