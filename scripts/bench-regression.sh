#!/usr/bin/env bash
# Holds the instructions that kernels, optimizers and updates execute against the committed counts, benches/instructions/counts.json:
#
#   scripts/bench-regression.sh            compares: exit 3 where a count grew, 4 where counts cannot be compared
#   scripts/bench-regression.sh --record   writes the counts of this version
#
# Counts are of the dev profile, which is built already where the program is; they are recorded without incremental building. Needs valgrind, which it installs by apt-get where it is
# missing and may be installed. On other processors than x86-64 there are no counts, which it says, and ends with 0.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "$(uname -m)" != x86_64 ]; then
    echo "no instructions were counted: counts are of x86-64, this is $(uname -m)"
    exit 0
fi
if ! command -v valgrind >/dev/null; then
    sudo=$([ "$(id -u)" = 0 ] || echo sudo)
    $sudo apt-get update -qq && $sudo apt-get install -qq --no-install-recommends valgrind >/dev/null
fi
if [ "${1:-}" = --record ]; then
    export CARGO_INCREMENTAL=0
fi
built=$(cargo build --locked --quiet --bench instructions --message-format=json |
    python3 -c 'import json, sys
for line in sys.stdin:
    message = json.loads(line)
    if message.get("target", {}).get("name") == "instructions" and message.get("executable"):
        print(message["executable"])')
case "${1:-}" in
    '') exec "$built" check ;;
    --record) exec "$built" record ;;
    *) echo "error: \`$1\` is no option; give --record or nothing" >&2 && exit 2 ;;
esac
