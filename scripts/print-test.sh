#!/usr/bin/env bash
# The report of a run, printed on A4 by a browser, loses nothing: every column's head and every cell of its tables is on the paper,
# within the page. Usage: scripts/print-test.sh RUN, such as results/smoke.
# Needs chromium and pdftotext (poppler-utils); where they are not there and cannot be installed, the test is skipped, loudly.
set -euo pipefail
run=$1

missing=""
command -v chromium > /dev/null || missing="$missing chromium"
command -v pdftotext > /dev/null || missing="$missing poppler-utils"
if [ -n "$missing" ]; then
    # shellcheck disable=SC2086 # a list of packages
    if ! { apt-get update -q && apt-get install -q -y --no-install-recommends $missing; } > /dev/null 2>&1; then
        printf '\n!! SKIPPED: the printed report was NOT tested, for want of:%s (apt-get install -y%s)\n\n' "$missing" "$missing" >&2
        exit 0
    fi
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pdf=$work/report.pdf
# A browser prints on the paper of its country unless the page asks for one, which a report does not.
sed 's|</head>|<style>@page { size: A4 }</style></head>|' "$run/report.html" > "$work/report.html"
grep -q 'size: A4' "$work/report.html"
chromium --headless --no-sandbox --disable-gpu --user-data-dir="$work/profile" --no-pdf-header-footer \
    --print-to-pdf="$pdf" "file://$work/report.html" 2> "$work/chromium.log" || { cat "$work/chromium.log" >&2; exit 1; }
pdftotext -bbox "$pdf" "$work/words.html"
python3 - "$run/report.html" "$work/words.html" << 'EOF'
import html
import re
import sys

page, printed = (open(path, encoding="utf-8").read() for path in sys.argv[1:])
faults, seen = [], []
for width, height, body in re.findall(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', printed, re.S):
    if not (abs(float(width) - 595.3) < 1 and abs(float(height) - 841.9) < 1):
        faults.append(f"a page of {width} × {height} points is no A4")
    for left, right, word in re.findall(r'<word xMin="([-\d.]+)" yMin="[-\d.]+" xMax="([-\d.]+)" yMax="[-\d.]+">(.*?)</word>', body):
        word = html.unescape(word)
        seen.append(word)
        if not (float(left) >= 0 and float(right) <= float(width)):
            faults.append(f"`{word}` is cut: from {left} to {right} on a page of {width} points")
paper = "".join(seen)
cells = 0
# What is too long for paper is on the screen alone.
page = re.sub(r'<section class="screen-only".*?</section>', "", page, flags=re.S)
for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", page, re.S):
    text = html.unescape(re.sub(r"<[^>]*>", "", cell))
    # Lines may be broken within a word; a hyphen may be added there.
    for word in text.split():
        cells += 1
        if word not in paper and re.sub(r"\W", "", word) not in re.sub(r"\W", "", paper):
            faults.append(f"`{word}` of the cell `{text}` is not on the paper")
if cells < 10:
    faults.append(f"only {cells} words in tables: not the report of a run")
for fault in sorted(set(faults))[:20]:
    print(fault, file=sys.stderr)
print(f"{cells} words of tables are on A4" if not faults else f"{len(faults)} faults", file=sys.stderr)
sys.exit(bool(faults))
EOF
