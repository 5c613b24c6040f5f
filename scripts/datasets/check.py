"""Runs the scripts of this folder on data made here, and has longlag read what they write: scripts/datasets/check.py [LONGLAG]

The IDX files are small and made up, plain and gzipped; broken ones have to be refused in a sentence. The digits are scikit-learn's, where it is
installed.
"""

import gzip
import importlib.util
import pathlib
import subprocess
import sys
import tempfile

import numpy

FOLDER = pathlib.Path(__file__).resolve().parent
SUITE = "version: 1\nname: x\nreplicates: 1\ntask: {{kind: dataset, file: {file}}}\ntrain: {{batch: 4, epochs: 1}}\n"


def idx(array: numpy.ndarray) -> bytes:
    """An IDX file of bytes."""
    return bytes([0, 0, 8, array.ndim]) + numpy.array(array.shape, dtype=">u4").tobytes() + array.tobytes()


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(FOLDER / script), *arguments], capture_output=True, text=True)


def train(longlag: str, file: pathlib.Path) -> None:
    suite = file.with_suffix(".yaml")
    suite.write_text(SUITE.format(file=file.name))
    subprocess.run([longlag, "run", str(suite), "--out", str(file.parent / "results"), "--quiet"], check=True)


def mnist(folder: pathlib.Path, longlag: str) -> None:
    draws = numpy.random.default_rng(0)
    sizes = {"train": 40, "t10k": 8}
    images = {part: draws.integers(0, 256, (count, 5, 3), dtype=numpy.uint8) for part, count in sizes.items()}
    labels = {part: draws.integers(0, 10, count, dtype=numpy.uint8) for part, count in sizes.items()}
    for part in sizes:
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(idx(labels[part]))
        (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images[part])))
    out = folder / "mnist.npz"
    done = run("mnist.py", str(folder), str(out))
    assert done.returncode == 0, done
    written = numpy.load(out)
    assert sorted(written) == ["test_input", "test_target", "train_input", "train_target"]
    for name, part in (("train", "train"), ("test", "t10k")):
        assert (written[f"{name}_input"] == images[part].reshape(-1, 15, 1)).all()
        assert (written[f"{name}_target"] == labels[part]).all()
    train(longlag, out)

    whole = idx(labels["train"])
    broken = {
        "is no IDX file of bytes": b"\0\0\x0d" + whole[3:],
        "ends within its head": whole[:6],
        "has 39 bytes, not those of the shape [40]": whole[:-1],
        "the train files have 40 images and labels of the shape [39]": idx(labels["train"][1:]),
    }
    for message, data in broken.items():
        (folder / "train-labels-idx1-ubyte").write_bytes(data)
        refused = run("mnist.py", str(folder), str(out))
        assert refused.returncode == 1 and message in refused.stderr and "Traceback" not in refused.stderr, (message, refused)
    (folder / "train-labels-idx1-ubyte").unlink()
    refused = run("mnist.py", str(folder), str(out))
    assert refused.returncode == 1 and "has neither train-labels-idx1-ubyte nor" in refused.stderr, refused


def digits(folder: pathlib.Path, longlag: str) -> None:
    out = folder / "digits.npz"
    done = run("digits.py", str(out))
    assert done.returncode == 0, done
    written = numpy.load(out)
    assert written["input"].shape == (1797, 64) and numpy.bincount(written["split"]).tolist() == [1257, 180, 360]
    train(longlag, out)


def main() -> None:
    longlag = sys.argv[1] if len(sys.argv) > 1 else "target/debug/longlag"
    checks = [mnist] + [digits] * (importlib.util.find_spec("sklearn") is not None)
    for check in checks:
        with tempfile.TemporaryDirectory() as name:
            check(pathlib.Path(name), longlag)
    print(f"{', '.join(check.__name__ for check in checks)}: written, read and trained on")


if __name__ == "__main__":
    main()
