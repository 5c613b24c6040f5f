#!/usr/bin/env bash
# Checks `--device cuda` on a machine with an NVIDIA GPU, in at most 8 minutes, and prints one table: the smoke suite held to the same engine on
# the CPU, the same bits from run to run, and the time of an update.
#
#   scripts/gpu-check.sh                on that machine, with Rust and the CUDA toolkit: builds the program first
#   scripts/gpu-check.sh --pack FOLDER  elsewhere: builds the program and puts all that the check needs into FOLDER, with the toolkit's
#                                       libraries that the program loads (CUDA_PATH names the toolkit), for a machine that has only the driver
#   FOLDER/gpu-check.sh                 there
#
# Needs Python 3.11, its standard library only.
set -euo pipefail

usage() {
    sed -n '2,/^set/ { s/^# \{0,1\}//p }' "$0"
}
folder=
case ${1:-} in
"") ;;
--help | -h)
    usage
    exit
    ;;
--pack)
    [ $# -eq 2 ] || { usage >&2; exit 2; }
    # Where the caller is, not where this script is.
    folder=$(realpath -m "$2")
    [ -d "${CUDA_PATH:-}" ] || { echo "error: CUDA_PATH names no folder; set it to the CUDA toolkit" >&2; exit 2; }
    ;;
*)
    usage >&2
    exit 2
    ;;
esac
command -v python3 >/dev/null || { echo "error: python3 is not in PATH: install Python 3.11 or newer" >&2; exit 1; }
cd "$(dirname "$0")"
here=$PWD

if [ -x "$here/longlag" ]; then
    program=$here/longlag suite=$here/smoke.yaml compare=$here/compare.py
    export LD_LIBRARY_PATH=$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
else
    for tool in cargo nvcc nvidia-smi; do
        command -v "$tool" >/dev/null || {
            echo "error: $tool is not in PATH: the program is built with Rust and the CUDA toolkit; --pack on another machine brings it along" >&2
            exit 1
        }
    done
    cargo build --locked --features cuda --manifest-path ../Cargo.toml --bin longlag
    program=${CARGO_TARGET_DIR:-$here/../target}/debug/longlag suite=$here/../suites/smoke.yaml compare=$here/cuda-emulator/compare.py
fi

if [ -n "$folder" ]; then
    mkdir -p "$folder/lib"
    cp "$program" "$suite" "$compare" "$here/gpu-check.sh" "$folder"
    for library in libnvrtc.so libnvrtc-builtins.so libcublas.so libcublasLt.so; do
        find -L "${CUDA_PATH:?"CUDA_PATH: the toolkit"}" -name "$library.*" -not -path '*/stubs/*' -exec cp -L -n {} "$folder/lib" \;
        compgen -G "$folder/lib/$library.*" >/dev/null || { echo "no $library.* below $CUDA_PATH" >&2 && exit 1; }
    done
    du -sh "$folder"
    exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
began=$SECONDS
sed 's/^exclude:/exclude:\n  - {regularizers: [norm-stabilizer]}\n  - {regularizers: [pascanu-omega]}/' "$suite" >"$work/smoke.yaml"
cat >"$work/timed.yaml" <<'YAML'
version: 1
name: timed
about: The time of an update.
replicates: 1
task: {kind: adding, length: 100}
model: {hidden: 128}
train: {batch: 32, updates: 40, evaluate-every: 40, validation-sequences: 1, test-sequences: 1}
sweep: [{kind: grid, over: {model.cell: [elman, gru, lstm]}}]
YAML

faults=0
"$program" run "$work/smoke.yaml" --device cuda --quiet --out "$work/cuda" || {
    # Without a GPU, or where it fails, the program says why, and there is nothing to hold to anything.
    [ $? = 5 ] || exit 1
    faults=1
}
cuda=$((SECONDS - began))
"$program" run "$work/smoke.yaml" --engine dfdx --quiet --out "$work/cpu" || faults=1
python3 "$compare" "$program" "$work/cuda/smoke" "$work/cpu/smoke" >"$work/trials.txt" || faults=1
bits=$("$program" reproduce "$work/cuda/smoke" --quiet 2>&1) || faults=1
for how in "--device cuda" "--engine dfdx" "--engine fused"; do
    # shellcheck disable=SC2086
    "$program" run "$work/timed.yaml" $how -j 1 --quiet --out "$work/timed ${how#--}" || faults=1
done

cat "$work/trials.txt"
echo
echo "| check | result |"
echo "|:--|:--|"
echo "| GPU | $(nvidia-smi --query-gpu=name,compute_cap,driver_version --format=csv,noheader | head -1) |"
echo "| program | $("$program" --version), $(date -u +%F) |"
echo "| smoke suite, CUDA against CPU | $(tail -3 "$work/trials.txt" | paste -sd';' | sed 's/;/; /g') |"
echo "| seconds of the smoke suite on CUDA | $cuda |"
echo "| bits from run to run | $(tail -1 <<<"$bits") |"
for cell in elman gru lstm; do
    times=$(for how in "device cuda" "engine dfdx" "engine fused"; do
        "$program" show "$work/timed $how/timed" --table trials --format csv | CELL=$cell HOW=$how python3 -c '
import csv, os, sys
row = next(row for row in csv.DictReader(sys.stdin) if os.environ["CELL"] in row["arm"])
print(os.environ["HOW"], "%.1f ms" % (1e3 * float(row["train_seconds"]) / float(row["updates"])))'
    done | paste -sd, | sed 's/,/, /g')
    echo "| one update, $cell 128, batch 32, T 100, set-up included | $times |"
done
echo "| seconds of this check | $((SECONDS - began)) |"
exit "$faults"
