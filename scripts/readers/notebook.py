"""Runs every example of the README that draws a plot and whose packages are installed, in a folder of its own, and sees that each does."""

import importlib.util
import os
import pathlib
import re
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOST_LINES = 13
"""Ten lines, and those of the imports."""


def main() -> None:
    os.environ["MPLBACKEND"] = "agg"
    examples = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    examples = [text for text in examples if "savefig" in text]
    readers = {"pandas", "pyarrow", "polars", "duckdb"}
    assert {name for name in readers if any(f"import {name}" in text for text in examples)} == readers, "README lacks a reader"
    drawn = []
    for example in examples:
        assert example.count("\n") <= MOST_LINES, example
        packages = re.findall(r"^import (\w+)", example, re.MULTILINE)
        if not all(importlib.util.find_spec(package) for package in packages):
            continue
        import matplotlib.pyplot

        matplotlib.pyplot.close("all")
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "results").symlink_to(ROOT / "results")
            before = os.getcwd()
            os.chdir(folder)
            try:
                exec(compile(example, "README.md", "exec"), {"__name__": "__main__"})
            finally:
                os.chdir(before)
            pictures = list(pathlib.Path(folder).glob("*.png"))
        axes = matplotlib.pyplot.gcf().axes
        assert pictures and axes and axes[0].lines, f"nothing is drawn by\n{example}"
        drawn.append(f"{pictures[0].stem} ({len(axes[0].lines)} lines)")
    assert drawn, "none of the README's packages is installed"
    print(f"README's examples draw {', '.join(drawn)}")


if __name__ == "__main__":
    main()
