#!/usr/bin/env bash
# Trains the whole smoke suite by `--device cuda` on an emulated driver, holds every trial to the same engine on the CPU, and prints both with the
# driver's counters. Exits with 1 on any fault: another result, an access out of bounds, an addition whose order is not fixed, a call that
# fails. Then it shows that each of these is told of when it is put back, that a machine without a GPU is, and what comes of calls that fail: a
# part of them, or with --failures all, which takes some 20 minutes.
# Needs a C++20 compiler and Python 3.11, and neither the CUDA toolkit nor a GPU.
set -euo pipefail
failures=()
case ${1:-} in
"") ;;
--failures) failures=(--all) ;;
*)
    sed -n '2,/^set/ { s/^# \{0,1\}//p }' "$0"
    [ "$1" = --help ] && exit || exit 2
    ;;
esac
cd "$(dirname "$0")/../.."
here=scripts/cuda-emulator
target=${CARGO_TARGET_DIR:-target}
lib=$(realpath -m "$target/cuda-emulator/lib")
$here/build.sh

# In the folder of all other builds, with which it shares all but dfdx and this crate: with this crate's own assertions, and optimized less.
cargo build --locked --quiet --features cuda-check --config $here/profile.toml --bin longlag --example cuda-faults
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The next build without the feature takes the place of these, perhaps while another check runs.
cp "$target/debug/longlag" "$target/debug/examples/cuda-faults" "$work"
program=$work/longlag report=$work/report.txt

fail() {
    echo "fault: $*" >&2
    exit 1
}
# Runs on the emulated driver, with a report of its calls.
emulated() {
    LD_LIBRARY_PATH=$lib CUDA_EMULATOR_REPORT=$report "$@"
}

# Without the regularizers on steps, which this engine does not have.
sed 's/^exclude:/exclude:\n  - {regularizers: [norm-stabilizer]}\n  - {regularizers: [pascanu-omega]}/' suites/smoke.yaml >"$work/smoke.yaml"
emulated "$program" run "$work/smoke.yaml" --device cuda --quiet --out "$work/cuda" &
cuda=$!
"$program" run "$work/smoke.yaml" --engine dfdx -j 1 --quiet --out "$work/cpu"
wait "$cuda" || fail "the run on the emulated driver ended with $?"
python3 $here/compare.py "$program" "$work/cuda/smoke" "$work/cpu/smoke"
echo
echo "calls of the driver, cuBLAS and NVRTC:"
sed 's/^/  /' "$report"
for kind in failed undefined-order; do
    ! grep -q "^$kind " "$report" || fail "$kind: $(grep "^$kind " "$report" | tr '\n' ';')"
done
grep -qx 'out-of-bounds accesses 0' "$report" || fail "memory was touched out of bounds"
grep -qx 'bytes left 0' "$report" || fail "not all memory was given back"

echo
echo "the same bits once more:"
emulated "$program" reproduce "$work/cuda/smoke" --sample 20 --quiet

echo
echo "what is put back is told of:"
emulated "$work/cuda-faults" none >/dev/null || fail "the program of faults does not run without one"
! grep -qE '^(failed|undefined-order) ' "$report" || fail "a fault where none was put back"
# The fault, and the line of the report that tells of it.
told() {
    emulated "$work/cuda-faults" "$1" >"$work/fault.txt" 2>&1 || true
    grep -qE "$2" "$report" || fail "the emulated driver tells nothing of \`$1\`"
    echo "  $1: $(grep -E "$2" "$report" | head -1)"
}
told bounds '^out-of-bounds accesses [1-9]'
told order '^undefined-order sum_to_fwd_f32 '
told call '^failed cuLaunchKernel '

echo
echo "on a machine that cannot train on a GPU:"
"$program" --version >/dev/null
"$program" check suites/smoke.yaml
"$program" plan "$work/smoke.yaml" --device cuda 2>&1 >/dev/null | grep 'on a GPU is not known' || fail "plan knows how long a GPU takes"
"$program" plan "$work/smoke.yaml" --device cuda --out "$work/cuda" 2>&1 >/dev/null | grep 'no others are to be trained' || fail "plan sees something to do"
# The libraries that there are, how a call fails, and what is said then, in one line, before anything is written.
refused() {
    local libraries=$1 failing=$2 expected=$3 code=0
    mkdir -p "$work/lib"
    rm -f "$work"/lib/*
    # Of what is to be missing there are empty files, which keep the system's from being found.
    touch "$work"/lib/libcuda.so.1 "$work"/lib/lib{nvrtc,cublas}.so{,.0,.11,.11.2,.12,.13}
    for library in $libraries; do ln -sf "$lib/$library" "$work/lib/"; done
    LD_LIBRARY_PATH=$work/lib CUDA_EMULATOR_FAIL=$failing "$program" run "$work/smoke.yaml" --device cuda --out "$work/none" \
        2>"$work/said.txt" || code=$?
    local said
    said=$(grep -v '^cuda-emulator: ' "$work/said.txt" || true)
    [ "$code" = 1 ] || fail "exit code $code where there is: $libraries ($failing): $said"
    [ "$(wc -l <<<"$said")" = 1 ] || fail "not one line: $said"
    grep -q "$expected" <<<"$said" || fail "nothing of \`$expected\`: $said"
    [ ! -e "$work/none" ] || fail "something was written"
    echo "  $said"
}
all="libcuda.so.1 libnvrtc.so.13 libcublas.so.13"
refused "" "" "no NVIDIA driver"
refused "libcuda.so.1" "" "NVRTC"
refused "libcuda.so.1 libnvrtc.so.13" "" "cuBLAS"
refused "$all" "cuInit=100" "finds no GPU"
refused "$all" "cuInit=803" "too old"
refused "$all" "cuModuleLoadData=222" "too old"
refused "$all" "cuModuleLoadData=209" "another GPU"
refused "$all" "cuDevicePrimaryCtxRetain=2" "no memory"
refused "$all" "cublasSgemm_v2=8" "cuBLAS does not work"
refused "$all" "nvrtcCompileProgram=6" "NVRTC does not work"
refused "$all" "cuInit=226" "error 226"
# Libraries in the toolkit's folder, of which one loads the other where the system looks.
toolkit=$work/toolkit
mkdir -p "$toolkit"
cc=(${CC:-cc} -x c -std=gnu11 -Wall)
echo 'int there;' | "${cc[@]}" -shared -fPIC -Wl,-soname,libnvrtc-builtins.so.13.0 -o "$toolkit/libnvrtc-builtins.so.13.0" -
echo '#include <dlfcn.h>
int nvrtcCreateProgram() { return dlopen("libnvrtc-builtins.so.13.0", RTLD_NOW) ? 0 : 7; }' |
    "${cc[@]}" -shared -fPIC -o "$toolkit/libnvrtc.so.13" -
echo 'int nvrtcCreateProgram(void *, ...);
int main(void) { return nvrtcCreateProgram(0, 0, 0, 0, 0, 0); }' >"$work/main.c"
"${cc[@]}" -DCUDA_LIBRARIES="\"$toolkit\"" -o "$work/main" "$work/main.c" src/engine/cuda/loader.c -ldl -lpthread
"$work/main" || fail "NVRTC in the toolkit's folder does not find its second library: $?"

# A run of a GPU cannot be reproduced elsewhere: no other device is advised.
rm -f "$work"/lib/libcuda.so.1 && touch "$work"/lib/libcuda.so.1
code=0
LD_LIBRARY_PATH=$work/lib "$program" reproduce "$work/cuda/smoke" --sample 1 --quiet 2>"$work/said.txt" || code=$?
[ "$code" = 1 ] && [ "$(wc -l <"$work/said.txt")" = 1 ] && grep -q 'reproduced on one only' "$work/said.txt" && ! grep -q 'leave' "$work/said.txt" ||
    fail "exit code $code: $(cat "$work/said.txt")"
sed 's/^/  /' "$work/said.txt"

echo
echo "calls that fail:"
python3 $here/codes.py src/engine/cuda/loader.c || fail "a code that cudarc does not have reaches it"
python3 $here/failures.py "$program" "$lib" "${failures[@]}" || fail "what is made of a failure is no row and no sentence"

echo
echo "a trial for which the memory does not suffice:"
code=0
CUDA_EMULATOR_MEMORY=20000 emulated "$program" run "$work/smoke.yaml" --only init.recurrent=identity --only model.cell=lstm --device cuda \
    --quiet --out "$work/little" 2>/dev/null || code=$?
[ "$code" = 5 ] || fail "exit code $code"
"$program" show "$work/little/smoke" --table trials --format csv | grep -m1 -o 'out-of-memory,[^,]*' || fail "no trial ended so"
