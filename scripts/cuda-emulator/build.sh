#!/usr/bin/env bash
# Builds the emulated libcuda, libcublas and libnvrtc in target/cuda-emulator: dfdx's own kernels, from cargo's copy of its sources, compiled for
# the host. Needs a C++20 compiler, and neither a CUDA toolkit nor a GPU. Does nothing where all is built.
set -euo pipefail
began=$(date +%s)
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
out=${CARGO_TARGET_DIR:-target}/cuda-emulator
# The kernels that the engine uses. One that is missing here shows itself as a call that fails, CUDA_ERROR_NOT_FOUND.
used=(abs add/binary_add add/scalar_add choose cmp cos div/binary_div div/scalar_div exp ln mul/binary_mul mul/scalar_mul negate sigmoid sin sqrt
    square sub/binary_sub sub/scalar_sub sum_to tanh)

for tool in "${CXX:-g++}" python3 flock; do
    command -v "$tool" >/dev/null || {
        echo "error: $tool is not in PATH: the emulated driver needs a C++20 compiler (g++, or the one that CXX names), Python 3.11 and flock" >&2
        exit 1
    }
done
# One build at a time; the lock ends with this script.
mkdir -p "$out"
exec 9>"$out/lock"
flock 9

manifest=$(cargo metadata --locked --format-version 1 --features cuda-check |
    python3 -c 'import json, sys; print(next(p["manifest_path"] for p in json.load(sys.stdin)["packages"] if p["name"] == "dfdx"))')
sources=$(dirname "$manifest")/src/tensor_ops
built=$out/built
if [ "$built" -nt "$manifest" ] && ! find "$here" -newer "$built" \( -name '*.cpp' -o -name '*.h' -o -name build.sh \) | grep -q .; then
    exit 0
fi
rm -f "$built"
mkdir -p "$out/lib" "$out/kernels"
cxx=(${CXX:-g++} -std=c++20 -O1 -fPIC -I"$here")

# One unit of all kernels: each file, its macros expanded, in a namespace of its own, since all bring the same helpers along.
: >"$out/kernels/cuda_fp16.h"
unit=$out/kernels/all.cpp
echo '#include "kernel.h"' >"$unit"
names=()
add() { # The name of a file of kernels, and the file.
    local expanded=$out/kernels/$1.txt
    # The standard headers are kernel.h's, outside of namespaces.
    sed '/#include </d' "$2" | ${CXX:-g++} -E -P -x c++ -D__CUDA_ARCH__=900 -I"$out/kernels" -I"$sources/utilities" -o "$expanded" -
    {
        echo "namespace kernels_of_$1 {"
        sed 's/extern "C" __global__ void/static void/g' "$expanded"
        echo "void define_all() {"
        grep -o 'extern "C" __global__ void [a-z0-9_]*' "$expanded" | sed 's/.* //; s/.*/define("&", \&&);/'
        echo "}"
        echo "}"
    } >>"$unit"
    names+=("$1")
}
for kernel in "${used[@]}"; do
    folder=${kernel%/*} file=${kernel##*/}
    add "$file" "$sources/$folder/$file.cu"
done
# The one that dfdx hands to NVRTC as a text, in f32.
sed -n '/^const BWD_KERNEL/,/^";/p' "$sources/stack/cuda_kernel.rs" | sed '1d; $d; s/\\"/"/g; s/\$Ty/float/g' >"$out/kernels/stack.cu"
add stack "$out/kernels/stack.cu"
{
    echo "void define_kernels() {"
    printf '    kernels_of_%s::define_all();\n' "${names[@]}"
    echo "}"
} >>"$unit"

"${cxx[@]}" -w -c "$unit" -o "$out/kernels/all.o" &
kernels=$!
"${cxx[@]}" -Wall -Wextra -c "$here/driver.cpp" -o "$out/driver.o"
wait "$kernels"
link=("${cxx[@]}" -shared -Wl,--no-undefined)
"${link[@]}" -Wl,-soname,libcuda.so.1 -o "$out/lib/libcuda.so.1" "$out/driver.o" "$out/kernels/all.o"
for library in nvrtc:compiler cublas:blas; do
    name=lib${library%:*}.so.13
    "${link[@]}" -Wall -Wextra -O2 -Wl,-soname,"$name" -o "$out/lib/$name" "$here/${library#*:}.cpp" "$out/lib/libcuda.so.1"
done
# Of the time at which the sources were read, so that what is edited meanwhile is built again.
touch -d "@$began" "$built"
