#!/usr/bin/env bash
# Reads the tables of a run as other programs do: scripts/readers/check.sh FOLDER [WORK], by the newest pyarrow, duckdb and polars and by
# an old pyarrow, and runs the README's examples for notebooks with them and with the newest and an old pandas. The virtual environments
# are made in WORK, by default target/readers. Needs a Python for which that old pyarrow was built, 3.8 to 3.11; name it by PYTHON.
set -euo pipefail
run=$(realpath "$1")
work=$(realpath -m "${2:-$(dirname "$0")/../../target/readers}")
cd "$(dirname "$0")"

for age in newest oldest; do
    if [ ! -x "$work/$age/bin/python" ]; then
        "${PYTHON:-python3.11}" -m venv "$work/$age"
        "$work/$age/bin/pip" install --quiet --disable-pip-version-check --requirement "$age.txt"
    fi
    "$work/$age/bin/python" read_tables.py "$run"
    "$work/$age/bin/python" notebook.py
done
