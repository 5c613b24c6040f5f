#!/usr/bin/env bash
# Draws the reports and figures of the committed results again, from their tables; those of README are among them.
#
#     scripts/figures.sh           writes them
#     scripts/figures.sh --check   writes nothing; exit 3 where a committed one is not what its tables give
#
# It is an error when one cannot be read (one of an older version is run again or goes), or when README shows a picture that is of none of
# them.
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in
    '') how=() verdict="drawn" ;;
    --check) how=(--check) verdict="as its tables give it" ;;
    *) echo "error: \`$1\` is no option; give --check or nothing" >&2 && exit 2 ;;
esac
cargo build --locked --quiet
longlag=$(realpath "${CARGO_TARGET_DIR:-target}/debug/longlag")

stale=0
for run in results/published/*/; do
    run=${run%/}
    code=0
    told=$("$longlag" report "$run" "${how[@]}" 2>&1) || code=$?
    case $code in
        0) echo "$run: $verdict" ;;
        3) echo "$told"$'\n'"$run: not what its tables give; draw it by scripts/figures.sh" >&2 && stale=3 ;;
        *) echo "$told" >&2 && exit "$code" ;;
    esac
done
for picture in $(grep -oP '^!\[.*?\]\(\K[^)]+' README.md); do
    run=$(cut -d / -f 1-3 <<<"$picture")
    if [ ! -f "$picture" ] || [ ! -f "$run/resolved.yaml" ]; then
        echo "error: README shows $picture, which is no figure of results/published" >&2
        exit 1
    fi
done
exit $stale
