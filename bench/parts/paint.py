"""The pages on loopback as it is: when a first visit has something on the screen, and when it can be used.

`python -m bench.pages` measures the same on an emulated slow network.
"""

from __future__ import annotations

from bench.figures import Readings, spread, table
from bench.progress import say
from bench.report import Section
from scan_to_login.testing.live import LiveGateway

DISCARDED = 1  # rounds: in the first one the browser starts its own processes


def run(*, short: bool) -> Section:
    """Visit all pages in turn, each time with an empty cache."""
    readings = Readings()
    try:
        from playwright.sync_api import Error, sync_playwright

        from bench.pages import FLAGS, NO_CHROMIUM, PAGES, chromium_program, visit
    except ImportError:
        return section(readings, ["There is no playwright here, which drives the browser."])
    chromium = chromium_program()
    if not chromium:
        return section(readings, [NO_CHROMIUM])
    rounds = 2 if short else 9
    try:
        with LiveGateway() as gateway, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            for number in range(rounds + DISCARDED):
                say(f"round {number} of {rounds}: a first visit to each of {len(PAGES)} pages")
                for path, control in PAGES.items():
                    seen = visit(browser, gateway.url + path, control, slow=False)
                    if number >= DISCARDED:
                        readings.add(path, {"painted": seen.painted_ms, "usable": seen.usable_ms})
            browser.close()
    except Error as error:
        raise RuntimeError(f"the browser failed: {error.message.splitlines()[0]}") from None
    return section(readings, [])


def section(readings: Readings, remarks: list[str]) -> Section:
    """The table of what was read."""
    rows = [
        (f"`{path}`", *(spread(readings.values(path, what)) for what in ("painted", "usable")))
        for path in readings.names
    ]
    lines = table(("first visit on loopback, ms", "first contentful paint", "can be used"), rows)
    return Section(title="Pages", lines=lines if rows else [], remarks=remarks)
