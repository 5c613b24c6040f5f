"""Drives Chromium through reports: drive.py WORK AXE RUN…, where AXE is axe.min.js, or no file.

Chromium is spoken to through two pipes (--remote-debugging-pipe), so that nothing but Python's own library is needed.
"""

import base64
import json
import os
import pathlib
import re
import subprocess
import sys

A4 = (8.27, 11.69)
# axe-core's time grows with the square of what it looks at.
ARMS_FOR_AXE = 200


class Browser:
    """One page of a headless Chromium, and all that it says."""

    def __init__(self, profile):
        to_browser, self.send_end = os.pipe()
        self.receive_end, from_browser = os.pipe()
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", f"--user-data-dir={profile}"]
        # The pipes are its file descriptors 3 and 4.
        redirect = f'exec "$@" 3<&{to_browser} 4>&{from_browser}'
        self.log = open(os.path.join(profile + ".log"), "wb")
        self.process = subprocess.Popen(
            ["bash", "-c", redirect, "bash", *command], pass_fds=(to_browser, from_browser), stdout=self.log, stderr=self.log
        )
        os.close(to_browser)
        os.close(from_browser)
        self.rest, self.number, self.events = b"", 0, []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = None
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Network", "Log", "Accessibility"]:
            self.call(f"{domain}.enable")

    def read(self):
        while b"\0" not in self.rest:
            piece = os.read(self.receive_end, 1 << 20)
            if not piece:
                raise SystemExit("chromium ended")
            self.rest += piece
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if getattr(self, "session", None):
            message["sessionId"] = self.session
        os.write(self.send_end, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise SystemExit(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def open(self, address):
        self.events.clear()
        self.call("Page.navigate", url=address)
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.read())

    def run(self, script):
        """The value of a JavaScript expression, promises awaited."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise SystemExit(f"{script[:80]}: {answer['exceptionDetails'].get('exception', {}).get('description')}")
        return answer["result"].get("value")

    def said(self):
        """What stands on the console."""
        told = [event for event in self.events if event.get("method") in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")]
        return [json.dumps(event["params"])[:300] for event in told]

    def requests(self, address):
        """Addresses asked for beside the page itself and what is written in it."""
        sent = [event["params"]["request"]["url"] for event in self.events if event.get("method") == "Network.requestWillBeSent"]
        return [url for url in sent if url != address and not url.startswith("data:")]

    def close(self):
        self.process.terminate()
        self.process.wait()


COLUMN = "[...document.querySelector('table[data-of=summary]').tBodies[0].rows].filter((row) => !row.hidden && !row.classList.contains('detail'))"


def check(browser, page, axe, faults):
    def demand(holds, words):
        if not holds:
            faults.append(f"{page}: {words}")

    address = page.resolve().as_uri()
    size = page.stat().st_size
    demand(size <= 5_000_000, f"it has {size} bytes")
    browser.open(address)
    # A theme that was chosen on another page is remembered.
    browser.run("localStorage.clear()")
    browser.open(address)
    trials = browser.run("document.querySelector('table[data-of=trials]')?.tBodies[0].rows.length ?? 0")

    # Sorting: by the first column of numbers, both ways, said to a screen reader.
    heads = "document.querySelectorAll('table[data-of=summary] thead th')"
    rows = browser.run(f"{COLUMN}.length")
    demand(rows > 0, "the summary has no rows")
    if rows > 1:
        order = f"{COLUMN}.map((row) => row.cells[0].textContent)"
        before = browser.run(order)
        browser.run(f"{heads}[0].querySelector('button').click()")
        demand(browser.run(f"{heads}[0].getAttribute('aria-sort')") == "ascending", "a sorted column does not say so")
        up = browser.run(order)
        browser.run(f"{heads}[0].querySelector('button').click()")
        down = browser.run(order)
        demand(down == up[::-1] or len(set(up)) < len(up), f"sorting down is not sorting up reversed: {up} {down}")
        demand(sorted(up) == sorted(before), "sorting loses rows")
        number = browser.run(f"[...{heads}].findIndex((head) => head.classList.contains('number') && head.textContent.includes('loss'))")
        if number >= 0:
            browser.run(f"{heads}[{number}].querySelector('button').click()")
            values = browser.run(f"{COLUMN}.map((row) => row.cells[{number}]).map((cell) => cell.dataset.sort ?? cell.textContent.trim())")
            finite = [float(value) for value in values if value not in ("", "NaN", "inf", "-inf", "diverged")]
            demand(finite == sorted(finite), f"numbers are sorted as {finite}")

    # Filtering.
    field = "document.querySelector('table[data-of=summary]').closest('section').querySelector('input[type=search]')"
    if rows > 3:
        word = browser.run(f"{COLUMN}[0].cells[0].textContent.replace(/^[▸▾ ]+/, '')")
        browser.run(f"(() => {{ const field = {field}; field.value = {json.dumps(word)}; field.dispatchEvent(new Event('input')); }})()")
        left = browser.run(f"{COLUMN}.map((row) => row.textContent)")
        demand(0 < len(left) <= rows and all(word.split()[0].lower() in text.lower() for text in left), f"filtering by {word} leaves {left}")
        # A number is the whole number, and stands where its name does.
        names = browser.run(f"{COLUMN}.length ? [...document.querySelector('table[data-of=summary]').tBodies[0].rows].map((row) => row.cells[0].textContent) : []")
        told = next((match for name in names for match in re.findall(r"[a-z]+ \d+", name)), None)
        if told:
            browser.run(f"(() => {{ const field = {field}; field.value = {json.dumps(told)}; field.dispatchEvent(new Event('input')); }})()")
            left = browser.run(f"{COLUMN}.map((row) => row.cells[0].textContent)")
            expected = [name for name in names if re.search(re.escape(told) + r"(?!\.?\d)", name)]
            demand(sorted(left) == sorted(expected), f"filtering by {told} leaves {left}, not {expected}")
        browser.run(f"(() => {{ const field = {field}; field.value = ''; field.dispatchEvent(new Event('input')); }})()")
        demand(browser.run(f"{COLUMN}.length") == rows, "an empty filter hides rows")

    # Columns.
    box = "document.querySelector('table[data-of=summary]').closest('section').querySelectorAll('.columns input')"
    if browser.run(f"{box}.length") > 1:
        browser.run(f"{box}[1].click()")
        demand(browser.run(f"{heads}[1].hidden && {COLUMN}.every((row) => row.cells[1].hidden)"), "a column that is not chosen is shown")
        browser.run(f"{box}[1].click()")
        demand(not browser.run(f"{heads}[1].hidden"), "a column that is chosen again is not shown")

    # An arm opens to its trials and their curves, by the keyboard too.
    if trials:
        browser.run("document.querySelectorAll('main details').forEach((details) => { details.open = true; })")
        browser.run("document.querySelector('button.open').focus()")
        for kind in ("keyDown", "keyUp"):
            browser.call("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
        demand(browser.run("document.querySelector('button.open').getAttribute('aria-expanded')") == "true", "an arm does not open by the keyboard")
        demand(browser.run("document.querySelectorAll('tr.detail tbody tr').length") > 0, "an opened arm has no trials")
        if browser.run("document.querySelectorAll('tr.detail polyline').length"):
            browser.run("document.querySelector('svg.curves').scrollIntoView({block: 'center'})")
            where = browser.run("(() => { const box = document.querySelector('svg.curves').getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; })()")
            browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=where[0], y=where[1])
            told = browser.run("document.querySelector('.told').textContent")
            demand("at update" in told, f"no value under the mouse: {told}")

    # Light and dark, the figures too; paper is white whatever the screen is.
    ground = "getComputedStyle(document.body).backgroundColor"
    paper = "(() => { const rect = document.querySelector('figure svg rect'); return rect ? getComputedStyle(rect).fill : 'none'; })()"
    seen = {}
    for system in ("light", "dark"):
        browser.call("Emulation.setEmulatedMedia", media="screen", features=[{"name": "prefers-color-scheme", "value": system}])
        seen[system] = (browser.run(ground), browser.run(paper))
    demand(seen["light"][0] == "rgb(255, 255, 255)" and seen["dark"][0] != seen["light"][0], f"the page does not follow the system: {seen}")
    demand(seen["light"][1] == "none" or seen["dark"][1] != seen["light"][1], f"figures do not follow the system: {seen}")
    browser.run("document.querySelector('button.theme').click()")
    demand(browser.run(ground) == "rgb(255, 255, 255)", "a chosen light theme is not light on a dark system")
    browser.call("Emulation.setEmulatedMedia", media="screen", features=[{"name": "prefers-color-scheme", "value": "light"}])
    browser.run("document.querySelector('button.theme').click()")
    demand(browser.run(ground) == seen["dark"][0] and browser.run(paper) == seen["dark"][1], "a chosen dark theme is not dark on a light system")

    # Readers by keyboard, screen reader and with weak eyes, in both themes.
    if axe and rows <= ARMS_FOR_AXE:
        for theme in ("dark", "light"):
            browser.run(f"document.documentElement.setAttribute('data-theme', '{theme}')")
            browser.run(axe + "; true")
            found = browser.run("axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations.map((one) => one.id + ': ' + one.help + ' ' + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(' | ')))")
            demand(not found, f"axe, {theme}: " + "\n    ".join(found))
    for width in (600, 1400):
        browser.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        wide = browser.run("document.documentElement.scrollWidth")
        demand(wide <= width, f"at {width} pixels the page is {wide} wide")
        # A figure's smallest type, which is told in units of its view box.
        smallest = browser.run(
            "Math.min(...[...document.querySelectorAll('figure svg')].flatMap((svg) => [...svg.querySelectorAll('text')].map((text) =>"
            " parseFloat(text.getAttribute('font-size')) * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width)), 99)"
        )
        demand(smallest >= 10, f"at {width} pixels type of a figure is {smallest:.1f} pixels high")
    browser.call("Emulation.clearDeviceMetricsOverride")

    printed = base64.b64decode(browser.call("Page.printToPDF", paperWidth=A4[0], paperHeight=A4[1])["data"])
    demand(printed.startswith(b"%PDF") and len(printed) > 10_000, "it does not print")
    demand(not browser.said(), "the console says " + "; ".join(browser.said()[:3]))
    asked = browser.requests(address)
    demand(not asked, f"it asks for {asked[:3]}")

    # Without scripts everything can be read.
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(address)
    browser.call("Emulation.setScriptExecutionDisabled", value=False)
    demand(browser.run("document.querySelectorAll('main table td').length") > 10, "without scripts there are no tables")
    print(f"{page}: {size} bytes, {rows} arms, {trials} trials", file=sys.stderr)


def main():
    work, axe, *runs = sys.argv[1:]
    axe = open(axe, encoding="utf-8").read() if os.path.isfile(axe) else None
    faults = []
    browser = Browser(os.path.join(work, "profile"))
    try:
        for run in runs:
            check(browser, pathlib.Path(run) / "report.html", axe, faults)
    finally:
        browser.close()
    for fault in faults:
        print(fault, file=sys.stderr)
    sys.exit(bool(faults))


main()
