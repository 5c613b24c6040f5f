#!/usr/bin/env bash
# The figures of a run as PDF: each is one page, as large as its SVG, and has every text of it in the same place.
# Usage: scripts/pdf-test.sh RUN, such as results/smoke.
# Needs pdftotext and pdftoppm (poppler-utils); where they are not there and cannot be installed, the test is skipped, loudly.
set -euo pipefail
run=$1

if ! command -v pdftotext > /dev/null; then
    if ! { apt-get update -q && apt-get install -q -y --no-install-recommends poppler-utils; } > /dev/null 2>&1; then
        printf '\n!! SKIPPED: the figures as PDF were NOT tested, for want of poppler-utils (apt-get install -y poppler-utils)\n\n' >&2
        exit 0
    fi
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0
for pdf in "$run"/figures/*.pdf; do
    [ -e "$pdf" ] || { echo "$run has no figures as PDF" >&2; exit 1; }
    # Any complaint about the file's syntax is a fault.
    pdftoppm -r 40 -png "$pdf" "$work/page" 2> "$work/log"
    pdftotext -bbox "$pdf" "$work/words.html" 2>> "$work/log"
    if [ -s "$work/log" ]; then
        echo "$pdf:" >&2
        cat "$work/log" >&2
        exit 1
    fi
    python3 - "$pdf" "${pdf%.pdf}.svg" "$work/words.html" << 'EOF'
import html
import re
import sys

name, svg, words = sys.argv[1], open(sys.argv[2], encoding="utf-8").read(), open(sys.argv[3], encoding="utf-8").read()
faults = []
pages = re.findall(r'<page width="([\d.]+)" height="([\d.]+)">', words)
size = re.search(r'<svg [^>]*width="([\d.]+)pt" height="([\d.]+)pt"', svg).groups()
if [tuple(map(float, page)) for page in pages] != [tuple(map(float, size))]:
    faults.append(f"pages {pages}, but the SVG is {size}")
boxes = [
    (float(left), float(top), float(right), float(bottom), html.unescape(word))
    for left, top, right, bottom, word in re.findall(
        r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>', words
    )
]
texts = re.findall(r'<text x="(-?\d+)" y="(-?\d+)"(?: text-anchor="(\w+)")?[^>]* textLength="(\d+)"[^>]*>(.*?)</text>', svg)
for x, y, anchor, length, text in texts:
    text, (x, y, length) = html.unescape(text), (int(x) / 20, int(y) / 20, int(length) / 20)
    left = x - {"": 0, "middle": length / 2, "end": length}[anchor]
    # Words that stand on the text's baseline, between its ends.
    here = [box for box in boxes if box[1] < y < box[3] + 1 and left - 1.5 < box[0] and box[2] < left + length + 1.5]
    found = re.sub(r"\s", "", "".join(box[4] for box in sorted(here)))
    wanted = re.sub(r"\s", "", text)
    if wanted not in found and "?" not in found:
        faults.append(f"`{text}` at {left:.1f}, {y:.1f} is not there, but `{found}`")
if len(texts) < 5:
    faults.append(f"only {len(texts)} texts in the SVG: not a figure")
for fault in faults[:10]:
    print(f"{name}: {fault}", file=sys.stderr)
sys.exit(bool(faults))
EOF
    count=$((count + 1))
done
echo "$count figures are the same as PDF and as SVG" >&2
