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


def pages() -> pyarrow.Table:
    """Rows of many small pages, whose bounds lie within rows and within steps: row r has r mod 13 steps of 3 features, which count on."""
    steps = numpy.arange(60) % 13
    numbers = iter(range(3 * steps.sum()))
    rows = [[[next(numbers) for _ in range(3)] for _ in range(length)] for length in steps]
    words = ["train", "validation", "test"]
    return pyarrow.table(
        {
            "input": pyarrow.array(rows, pyarrow.list_(pyarrow.list_(pyarrow.float32()))),
            "target": pyarrow.array(range(60), pyarrow.int16()),
            "split": [words[row // 7 % 3] for row in range(60)],
        }
    )


def write_pages() -> None:
    for version, dictionary, compression in (("1.0", True, "snappy"), ("1.0", False, "zstd"), ("2.0", True, "none")):
        name = f"pages-{version[0]}-{compression}.parquet"
        pyarrow.parquet.write_table(
            pages(), FOLDER / name, data_page_version=version, use_dictionary=dictionary, compression=compression,
            data_page_size=40, write_batch_size=7, row_group_size=45,
        )


def types() -> pyarrow.Table:
    """A column for each type of numbers, and one of lists of them: each the least and the greatest number of it that 32 bits hold, or 0.5."""
    columns = {"bool": pyarrow.array([False, True])}
    for bits in (8, 16, 32, 64):
        columns[f"int{bits}"] = pyarrow.array([max(-(2 ** (bits - 1)), -(2**31)), min(2 ** (bits - 1), 2**31) - 1], f"int{bits}")
        columns[f"uint{bits}"] = pyarrow.array([0, min(2**bits, 2**31) - 1], f"uint{bits}")
    for bits in (32, 64):
        columns[f"float{bits}"] = pyarrow.array([-0.5, 0.5], f"float{bits}")
    lists = {f"{name}s": pyarrow.ListArray.from_arrays([0, 1, 2], array) for name, array in columns.items()}
    return pyarrow.table({**columns, **lists})


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    given = arrays()
    numpy.savez(FOLDER / "stored.npz", **given)
    numpy.savez_compressed(FOLDER / "deflated.npz", **given)
    numpy.savez(FOLDER / "fortran.npz", input=numpy.asfortranarray(given["input"]))
    save_file({**given, "input": given["input"].astype(numpy.float32)}, FOLDER / "tensors.safetensors")
    write_parquet(FOLDER / "rows.parquet", given)
    pyarrow.parquet.write_table(types(), FOLDER / "types.parquet")
    # Newer ones begin every page with a row, which the format does not ask for.
    if int(pyarrow.__version__.split(".")[0]) == 12:
        write_pages()
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
