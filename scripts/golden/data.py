"""Small files of arrays by the programs that people write them with: scripts/golden/data.py writes tests/golden/data.

Beside the golden vectors because it needs other packages: numpy, safetensors, pyarrow. The numbers are those that
src/data/tests.rs works out for itself.
"""

from pathlib import Path

import numpy
import pyarrow
import pyarrow.parquet
from safetensors.numpy import save_file

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "golden" / "data"
SEQUENCES, STEPS, FEATURES = 12, 4, 2


def arrays() -> dict[str, numpy.ndarray]:
    """Number k of the input is k/8 − 3, the class of sequence k is k mod 3, its length 1 + k mod 4, its part (k mod 4) mod 3."""
    row = numpy.arange(SEQUENCES)
    numbers = numpy.arange(SEQUENCES * STEPS * FEATURES) / 8 - 3
    return {
        "input": numbers.reshape(SEQUENCES, STEPS, FEATURES),
        "target": row % 3,
        "lengths": (1 + row % STEPS).astype(numpy.int16),
        "split": (row % 4 % 3).astype(numpy.uint8),
    }


def write_parquet(path: Path, given: dict[str, numpy.ndarray]) -> None:
    words = ["train", "validation", "test"]
    lists = [sequence[:length].tolist() for sequence, length in zip(given["input"], given["lengths"])]
    table = pyarrow.table(
        {
            "input": pyarrow.array(lists, pyarrow.list_(pyarrow.list_(pyarrow.float32()))),
            "target": pyarrow.array(given["target"]),
            "split": [words[part] for part in given["split"]],
        }
    )
    pyarrow.parquet.write_table(table, path, row_group_size=5)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    given = arrays()
    numpy.savez(FOLDER / "stored.npz", **given)
    numpy.savez_compressed(FOLDER / "deflated.npz", **given)
    numpy.savez(FOLDER / "fortran.npz", input=numpy.asfortranarray(given["input"]))
    save_file({**given, "input": given["input"].astype(numpy.float32)}, FOLDER / "tensors.safetensors")
    write_parquet(FOLDER / "rows.parquet", given)
    # Without parts and lengths: what suites/guard.yaml trains on.
    row = numpy.arange(30)
    numbers = (row[:, None] * 7 + numpy.arange(8) * 5) % 11 / 11
    numpy.savez_compressed(FOLDER / "plain.npz", input=numbers.astype(numpy.float32), target=(row % 2).astype(numpy.uint8))
    broken = {
        "big-endian": given["input"].astype(">f4"),
        "objects": numpy.array([[1, 2], [3]], dtype=object),
        "text": numpy.array(["a", "b"]),
        "complex": given["input"].astype(complex),
        "half": given["input"].astype(numpy.float16),
        "records": numpy.zeros(3, dtype=[("a", "<f4"), ("b", "<i4")]),
        "nan": numpy.where(given["input"] == 0, numpy.nan, given["input"]),
        "infinite": numpy.where(given["input"] == 0, 1e300, given["input"]),
        "wide": given["target"] + 2**40,
    }
    for name, array in broken.items():
        numpy.savez(FOLDER / f"{name}.npz", input=array)


if __name__ == "__main__":
    main()
