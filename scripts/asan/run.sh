#!/usr/bin/env bash
# Runs the kernels' tests under the address sanitizer, once for each instruction set that this processor has: the tests ask
# for all of them. The compiler's sanitizers are unstable, hence RUSTC_BOOTSTRAP.
set -euo pipefail
cd "$(dirname "$0")"
host=$(rustc -vV | sed -n 's/^host: //p')
export RUSTC_BOOTSTRAP=1
export RUSTFLAGS="-Zsanitizer=address"
# An allocation beyond all memory gives none, as it does elsewhere: a test asks for one.
export ASAN_OPTIONS="allocator_may_return_null=1${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-../../target/asan}"
cargo test --target "$host" --lib "$@"
