#!/usr/bin/env bash
# Builds the wheel, installs it into a new virtual environment, and trains with the command that is there then:
# scripts/wheel/check.sh [PROFILE]. The profile is `dev` unless named: what Cargo has compiled already for `cargo run` is used, and only
# the program is linked anew. A wheel for others is built by `release`, as `pip install .` does. Needs network for pip.
set -euo pipefail
cd "$(dirname "$0")/../.."
profile=${1:-dev}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python=${PYTHON:-python3}
"$python" -m venv "$work/build"
"$work/build/bin/pip" install --quiet --disable-pip-version-check 'maturin>=1.9,<2'
"$work/build/bin/maturin" build --quiet --locked --profile "$profile" --out "$work/wheels"

"$python" -m venv "$work/user"
"$work/user/bin/pip" install --quiet --disable-pip-version-check --no-index "$work"/wheels/longlag-*.whl
installed="$work/user/bin/longlag"
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -1)
test "$("$installed" -V)" = "longlag $version"
"$installed" check suites/*.yaml
cat > "$work/small.yaml" <<'YAML'
{version: 1, name: small, replicates: 1, task: {kind: adding, length: 10}, model: {hidden: 4}, train: {updates: 5}}
YAML
"$installed" run "$work/small.yaml" --out "$work/results" --quiet
test -f "$work/results/small/trials.parquet"
echo "$(basename "$work"/wheels/*.whl): $(du -h "$work"/wheels/*.whl | cut -f1), installs and trains"
