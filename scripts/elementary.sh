#!/usr/bin/env bash
# Times the elementary functions on every instruction set; with --exhaustive, measures their errors over all 2^32 arguments.
# See benches/elementary.rs. The polynomials come from scripts/elementary/coefficients.py.
#
#     scripts/elementary.sh
#     scripts/elementary.sh --exhaustive tanh
set -euo pipefail
cd "$(dirname "$0")/.."

exec cargo bench --bench elementary -- "$@"
