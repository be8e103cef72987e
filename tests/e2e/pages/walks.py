"""Leads a page from state to state and looks at each: is the next button in reach, what axe finds, what it says."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.tools import violations

# English words in a row, and proper names, which are Latin in Chinese too.
SENTENCE = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]{2,}){2,}")
HAN = re.compile(r"[\u4e00-\u9fff]+")
# All that a person reads or hears on the page in its language: texts, and the labels and hints of what can be used.
READ = """() => [
  ...[...document.querySelectorAll("#root *")].flatMap((one) => [...one.childNodes])
    .filter((one) => one.nodeType === Node.TEXT_NODE && !["SCRIPT", "STYLE"].includes(one.parentElement.tagName))
    .filter((one) => one.parentElement.closest("[lang]") === document.documentElement) // the others name their own
    .map((one) => one.data.trim()),
  ...["aria-label", "title", "placeholder", "alt"].flatMap((name) =>
    [...document.querySelectorAll(`[${name}]`)].map((one) => one.getAttribute(name))),
  document.title,
].filter(Boolean)"""


def names_of(gateway: LiveGateway) -> list[str]:
    """What is Han in English too: names of people and units, masked and as a letter; the switch of the language."""
    names = [one.name for one in gateway.seed.accounts] + [one.name for one in gateway.seed.units]
    names += [re.sub("^.", "*", name) for name in names]
    names += [name[1:] for name in names if len(name) < 4] + [name[0] for name in names]
    return [*names, "扣缴客户端", "演示桌面应用", "切换为中文", "中"]


def foreign(page: Page, names: list[str]) -> list[str]:
    """What the page says in another language than its own."""
    texts: list[str] = page.evaluate(READ)
    assert texts
    if page.locator("html").get_attribute("lang") == "zh-CN":
        rest = [text.removeprefix("EN · Switch to English") for text in texts]
        return [text for text in rest if SENTENCE.search(text) or re.search("[「」]|。 ", text)]
    known = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))
    return [text for text in texts if HAN.search(known.sub("", text))]


# The last is 1280 × 720 at 200 %.
SIZES = [(1280, 720), (1366, 768), (390, 844), (844, 390), (640, 360)]
SUBMIT = ".submit .button.primary"

# Its corners and its middle are in the window, and no element covers them.
MEASURE = """(selector) => {
  const shown = [...document.querySelectorAll(selector)].filter((one) => one.getClientRects().length > 0);
  if (shown.length === 0) return "not there";
  const box = shown[0].getBoundingClientRect();
  const place = JSON.stringify([box.left, box.top, box.right, box.bottom].map(Math.round));
  if (box.left < -0.5 || box.top < -0.5 || box.right > innerWidth + 0.5 || box.bottom > innerHeight + 0.5)
    return `out of the window: ${place}`;
  for (const [x, y] of [[0.5, 0.5], [0.1, 0.15], [0.9, 0.15], [0.1, 0.85], [0.9, 0.85]]) {
    const hit = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    if (!hit || !(shown[0].contains(hit) || hit.closest("label")?.contains(shown[0])))
      return `covered at ${x}, ${y} of ${place} by ${hit?.outerHTML.slice(0, 80)}`;
  }
  return "";
}"""
SETTLED = f"(selector) => ({MEASURE})(selector) === ''"


class Walk:
    """One page that is led from state to state; each is measured in both languages and every size."""

    def __init__(self, page: Page, gateway: LiveGateway) -> None:
        self.page, self.url = page, gateway.url
        self.names = names_of(gateway)
        # a second tab changes the language, as a person's other tab would
        self.other = page.context.new_page()
        self.other.goto(f"{gateway.url}/assets/icon.svg")
        self.faults: list[str] = []

    def language(self, name: str) -> None:
        self.other.evaluate(f"localStorage.setItem('pairing.language', '{name}')")
        expect(self.page.locator("html")).to_have_attribute("lang", "zh-CN" if name == "zh" else "en")

    def measure(self, state: str, selector: str = SUBMIT, sizes: list[tuple[int, int]] = SIZES) -> None:
        """Note what is wrong with what ``selector`` names; the page is Chinese and of the first size afterwards."""
        for language in ("en", "zh"):
            self.language(language)
            for width, height in sizes:
                self.page.set_viewport_size({"width": width, "height": height})
                try:
                    self.page.wait_for_function(SETTLED, arg=selector, timeout=15_000)
                except PlaywrightTimeout:
                    found = self.page.evaluate(MEASURE, selector)
                    if found:
                        self.faults.append(f"{state}, {language}, {width}×{height}: {found}")
        self.page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})

    def look(self, state: str, selector: str | None = SUBMIT) -> None:
        """As `measure`, where there is a next button; and axe and the language of what is read, in both languages."""
        if selector:
            self.measure(state, selector)
        for language in ("en", "zh"):
            self.language(language)
            self.faults += [f"{state}, {language}: {one}" for one in violations(self.page)]
            self.faults += [f"{state}, {language} page says: {one}" for one in foreign(self.page, self.names)]
