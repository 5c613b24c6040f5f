#!/usr/bin/env bash
# The report of a run in a real browser, opened from disk: no word on the console, no request, tables sort and filter, columns are
# chosen, arms open, the theme turns, it prints, and axe-core finds nothing that keeps a reader with a keyboard or a screen reader out.
# Usage: scripts/browser-test.sh RUN…, such as results/smoke.
# Needs chromium; where it is not there and cannot be installed, the test is skipped, loudly. axe-core comes from PyPI (the wheel of
# axe-playwright-python has it); without it, its part alone is skipped.
set -euo pipefail

if ! command -v chromium > /dev/null; then
    if ! { apt-get update -q && apt-get install -q -y --no-install-recommends chromium; } > /dev/null 2>&1; then
        printf '\n!! SKIPPED: the report was NOT tested in a browser, for want of chromium (apt-get install -y chromium)\n\n' >&2
        exit 0
    fi
fi

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wheels=$here/../target/axe
if ! ls "$wheels"/axe_playwright_python-*.whl > /dev/null 2>&1; then
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$wheels" axe-playwright-python==0.1.8 > "$work/pip.log" 2>&1 ||
        printf '\n!! SKIPPED: axe-core, which could not be had from PyPI\n\n' >&2
fi
axe=$work/axe.min.js
unzip -p "$wheels"/axe_playwright_python-*.whl 'axe_playwright_python/axe.min.js' > "$axe" 2> /dev/null || rm -f "$axe"

python3 "$here/browser/drive.py" "$work" "$axe" "$@"
