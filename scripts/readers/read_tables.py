"""Opens, filters, sorts and groups every Parquet table of a run with each reader that is installed."""

import importlib.util
import pathlib
import sys
from collections import Counter
from typing import Any, Callable

import pyarrow
import pyarrow.compute as pc
import pyarrow.parquet as pq

Answers = dict[str, Any]
"""What a reader says of one column: rows that equal its first value, and how often each value comes."""

TEXT = (pyarrow.string(), pyarrow.large_string())


def by_pyarrow(path: pathlib.Path, column: str, value: Any) -> Answers:
    table = pq.read_table(path)
    rows = table.filter(pc.equal(table[column], value))
    pushed_down = pq.read_table(path, filters=[(column, "=", value)])
    assert rows.num_rows == pushed_down.num_rows, (path, column)
    ordered = table.sort_by([(column, "descending")])
    assert ordered.num_rows == table.num_rows, (path, column)
    groups = table.group_by(column).aggregate([(column, "count")])
    counts = zip(groups[column].to_pylist(), groups[f"{column}_count"].to_pylist())
    return {"equal": rows.num_rows, "counts": {value: count for value, count in counts if value is not None}}


def by_duckdb(path: pathlib.Path, column: str, value: Any) -> Answers:
    import duckdb

    name, source = '"' + column.replace('"', '""') + '"', f"read_parquet('{path}')"
    ask = lambda query, *values: duckdb.execute(query, list(values)).fetchall()
    equal = ask(f"select count(*) from {source} where {name} = ?", value)[0][0]
    ask(f"select * from {source} order by {name} desc limit 3")
    return {"equal": equal, "counts": dict(ask(f"select {name}, count({name}) from {source} where {name} is not null group by 1"))}


def by_polars(path: pathlib.Path, column: str, value: Any) -> Answers:
    import polars

    scan = polars.scan_parquet(path)
    equal = scan.filter(polars.col(column) == value).collect().height
    scan.sort(column, descending=True).collect()
    counts = scan.drop_nulls(column).group_by(column).len().collect()
    return {"equal": equal, "counts": dict(counts.iter_rows())}


READERS: dict[str, Callable[[pathlib.Path, str, Any], Answers]] = {
    "pyarrow": by_pyarrow,
    "duckdb": by_duckdb,
    "polars": by_polars,
}


def main(folder: pathlib.Path) -> None:
    tables = sorted(folder.glob("*.parquet"))
    assert tables, f"{folder} has no tables"
    installed = [name for name in READERS if importlib.util.find_spec(name)]
    for path in tables:
        table = pq.read_table(path)
        for field in table.schema:
            # One type under two names: what matters is that no reader meets a type that it does not know.
            plain = field.type in TEXT or pyarrow.types.is_primitive(field.type)
            assert plain, f"{path.name}: {field.name} is {field.type}"
            # A number that is not one is equal to nothing.
            values = [value for value in table[field.name].to_pylist() if value is not None and value == value]
            if not values or len(values) < table.num_rows and pyarrow.types.is_floating(field.type):
                continue
            expected = {"equal": values.count(values[0]), "counts": dict(Counter(values))}
            for name in installed:
                found = READERS[name](path, field.name, values[0])
                assert found == expected, f"{name} reads {path.name}: {field.name} otherwise"
    versions = ", ".join(f"{name} {importlib.import_module(name).__version__}" for name in installed)
    print(f"{len(tables)} tables opened, filtered, sorted and grouped by {versions}")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
