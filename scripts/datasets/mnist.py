"""Writes MNIST, or what comes in its files' form, as sequences of 784 pixels: scripts/datasets/mnist.py FOLDER [mnist.npz]

FOLDER has the four IDX files under the names by which they are published, gzipped or not. The arrays are `train_input`
[60000, 784, 1] and `test_input` [10000, 784, 1] (bytes), `train_target` and `test_target`; the task takes its validation sequences
out of the training ones.
"""

import gzip
import pathlib
import sys

import numpy

PARTS = {"train": "train", "test": "t10k"}
"""The beginnings of the files' names."""


def read_idx(path: pathlib.Path) -> numpy.ndarray:
    """The array of bytes in an IDX file: two zeros, the type (8: bytes), the number of axes, their lengths, the bytes."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if len(data) < 4 or data[:3] != b"\0\0\x08":
        raise SystemExit(f"{path} is no IDX file of bytes")
    axes = data[3]
    if len(data) < 4 + 4 * axes:
        raise SystemExit(f"{path} ends within its head")
    shape = numpy.frombuffer(data, dtype=">u4", count=axes, offset=4).astype(int)
    values = numpy.frombuffer(data, dtype=numpy.uint8, offset=4 + 4 * axes)
    if values.size != shape.prod():
        raise SystemExit(f"{path} has {values.size} bytes, not those of the shape {shape.tolist()}")
    return values.reshape(shape)


def find(folder: pathlib.Path, name: str) -> pathlib.Path:
    """The file of that name, as it is or gzipped."""
    for path in (folder / name, folder / f"{name}.gz", folder / name.replace("-idx", ".idx")):
        if path.is_file():
            return path
    raise SystemExit(f"{folder} has neither {name} nor {name}.gz")


def main(folder: pathlib.Path, path: str) -> None:
    arrays = {}
    for part, prefix in PARTS.items():
        images = read_idx(find(folder, f"{prefix}-images-idx3-ubyte"))
        arrays[f"{part}_input"] = images.reshape(len(images), -1, 1)
        labels = read_idx(find(folder, f"{prefix}-labels-idx1-ubyte"))
        if labels.shape != images.shape[:1]:
            raise SystemExit(f"the {prefix} files have {len(images)} images and labels of the shape {list(labels.shape)}")
        arrays[f"{part}_target"] = labels
    numpy.savez(path, **arrays)
    print(f"{path}: " + ", ".join(f"{name} {array.shape}" for name, array in arrays.items()))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    main(pathlib.Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "mnist.npz")
