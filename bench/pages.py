"""First visits to the pages on a slow network: bytes, first paint, and the moment when the page can be used.

    python -m bench.pages                  medians of five visits to each page
    python -m bench.pages --rounds 1

It needs a Chromium, on the path or named in PAIRING_CHROMIUM. The network is Chromium's emulation: 400 ms from a
request to the head of its answer, 1.6 Mbit/s down. So 400 ms, and the time of the bytes at 200 kB/s, are the least that
a page can take; "least" is the quickest of the rounds. A page can be used when its first control is there and takes the
focus; where the machine is busy, what comes on top is the machine's time more than the network's.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
from dataclasses import dataclass

from playwright.sync_api import Browser, sync_playwright

from bench.progress import say
from scan_to_login.testing.live import LiveGateway

LATENCY_MS = 400
DOWN_BYTES_PER_SECOND = 1_600_000 // 8
MOST_BYTES = 150_000
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox"]

# page, and its first control
PAGES = {
    "/": ".play .button.primary",
    "/client/": ".login-form input",
    "/app/": ".login-screen input",
    "/web/": "form input",
    "/hall/": ".counters input",
    "/inspector/": "input[type=search]",
}
# resolves with the milliseconds since the navigation began once the control takes the focus
USABLE = """(selector) => new Promise((resolve) => {
  const look = () => {
    const control = document.querySelector(selector);
    control?.focus();
    if (control && document.activeElement === control) resolve(performance.now());
    else setTimeout(look, 5);
  };
  look();
})"""
# The control may take the focus before the browser has painted anything.
PAINTED = """() => new Promise((resolve) => {
  const seen = new PerformanceObserver((list) => {
    const [first] = list.getEntriesByName("first-contentful-paint");
    if (first) resolve(first.startTime);
  });
  seen.observe({ type: "paint", buffered: true });
})"""


NO_CHROMIUM = "No Chromium: install one, or name it in PAIRING_CHROMIUM."


def chromium_program() -> str:
    """The Chromium that PAIRING_CHROMIUM names, else the one on the path; empty without one."""
    named = os.environ.get("PAIRING_CHROMIUM", "")
    return named or next((found for name in CHROMIUMS if (found := shutil.which(name))), "")


@dataclass(frozen=True)
class Visit:
    """One first visit: compressed bytes, and milliseconds since the navigation began."""

    bytes_received: int
    painted_ms: float
    usable_ms: float


def visit(browser: Browser, url: str, control: str, *, slow: bool = True) -> Visit:
    """Open a page with an empty cache, on the slow network or on loopback as it is."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, service_workers="block")
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    if slow:
        wire.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": LATENCY_MS,
                "downloadThroughput": DOWN_BYTES_PER_SECOND,
                "uploadThroughput": DOWN_BYTES_PER_SECOND,
            },
        )
    received: list[int] = []
    wire.on("Network.loadingFinished", lambda told: received.append(int(told["encodedDataLength"])))
    page.goto(url, wait_until="commit")
    usable = float(page.evaluate(USABLE, control))
    until_usable = sum(received)
    painted = float(page.evaluate(PAINTED))
    context.close()
    return Visit(until_usable, painted, usable)


def table(visits: dict[str, list[Visit]]) -> str:
    """Medians as a Markdown table."""
    lines = ["| page | compressed | first paint | can be used | least |", "|---|---|---|---|---|"]
    for path, rounds in visits.items():
        size = statistics.median(one.bytes_received for one in rounds) / 1000
        painted = statistics.median(one.painted_ms for one in rounds) / 1000
        usable = statistics.median(one.usable_ms for one in rounds) / 1000
        least = min(one.usable_ms for one in rounds) / 1000
        lines.append(f"| `{path}` | {size:.0f} KB | {painted:.2f} s | {usable:.2f} s | {least:.2f} s |")
    return "\n".join(lines)


def main() -> int:
    """Measure and print; 1 where a page is larger than 150 KB, 2 without a Chromium."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.pages", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5, help="visits to each page (default: 5)")
    rounds = max(1, parser.parse_args().rounds)
    chromium = chromium_program()
    if not chromium:
        say(NO_CHROMIUM)
        return 2
    visits: dict[str, list[Visit]] = {path: [] for path in PAGES}
    with LiveGateway() as gateway, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for _ in range(rounds):
            for path, control in PAGES.items():
                visits[path].append(visit(browser, gateway.url + path, control))
        browser.close()
    print(f"{LATENCY_MS} ms, 1.6 Mbit/s; load average {os.getloadavg()[0]:.1f}; medians of {rounds}\n")
    print(table(visits))
    return int(any(one.bytes_received > MOST_BYTES for seen in visits.values() for one in seen))


if __name__ == "__main__":
    sys.exit(main())
