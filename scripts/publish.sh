#!/usr/bin/env bash
# Copies what is worth keeping of a run to results/published/NAME, which git tracks and `run` never reads:
# tables, manifest, suites, report, its figures and tables. Models and the journal stay behind.
#
#     scripts/publish.sh results/vanishing
set -euo pipefail
cd "$(dirname "$0")/.."

if [ $# -ne 1 ] || [ ! -f "$1/manifest.json" ]; then
    echo "usage: scripts/publish.sh RUN, where RUN is a folder with a finished run, such as results/vanishing" >&2
    exit 2
fi
run=${1%/}
if grep '"ended"' "$run/manifest.json" | tail -n 1 | grep -q null; then
    echo "$run has not finished: run its suite to the end first" >&2
    exit 1
fi
target=results/published/$(basename "$run")
mkdir -p "$target/figures"
# Every table that there is, and what its kind of suite writes beside them.
cp "$run"/{manifest.json,suite.yaml,resolved.yaml,report.md,report.html} "$run"/*.parquet "$target/"
if [ -f "$run/claims.json" ]; then cp "$run/claims.json" "$target/"; fi
rm -f "$target"/figures/*
cp "$run"/figures/*.svg "$run"/figures/*.png "$run"/figures/*.pdf "$target/figures/"
rm -rf "$target/tables"
cp -r "$run/tables" "$target/tables"
du -sh "$target"
