"""The character picker offers no empty box: each character is drawn by a font, or from its parts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages.conftest import PHONE, OpenPage

pytestmark = pytest.mark.slow

# Buttons of the picker that show what a font without the character shows: compared with a noncharacter's drawing.
EMPTY_BOXES = """() => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 40;
    const ink = canvas.getContext("2d", {willReadFrequently: true});
    ink.font = "30px system-ui, sans-serif";
    ink.textBaseline = "top";
    const drawn = (text) => {
        ink.clearRect(0, 0, 40, 40);
        ink.fillText(text, 3, 3);
        return ink.getImageData(0, 0, 40, 40).data.join();
    };
    const empty = drawn("\\u{10fffe}");
    const shown = [...document.querySelectorAll(".characters button:not(.more)")];
    const texts = (button) => button.querySelector("svg")
        ? [...button.querySelectorAll("svg text")].map((part) => part.textContent)
        : [button.firstChild.textContent];
    return {
        shown: shown.length,
        composed: shown.filter((button) => button.querySelector("svg")).length,
        blank: shown.filter((button) => texts(button).length === 0 || texts(button).some((text) => !text)).length,
        empty: shown.filter((button) => texts(button).some((text) => drawn(text) === empty))
            .map((button) => button.title),
    };
}"""


@pytest.mark.parametrize(("radical", "strokes"), [("30", "6"), ("9", ""), ("212", ""), ("187'", ""), ("85", "14")])
def test_no_character_of_the_picker_is_an_empty_box(
    open_page: OpenPage, picture: Callable[[Page, str], Path], radical: str, strokes: str
) -> None:
    page = open_page("/web/#/register", size=PHONE)
    page.get_by_role("button", name="同意并继续").click()
    page.get_by_role("button", name="录入生僻字").click()
    sheet = page.get_by_role("dialog", name="录入生僻字")
    sheet.get_by_label("偏旁部首", exact=True).select_option(radical)
    if strokes:
        sheet.get_by_label("总笔画数").select_option(strokes)
    expect(sheet.locator(".characters button").nth(10)).to_be_visible()
    told = page.evaluate(EMPTY_BOXES)
    for _ in range(3):
        more = sheet.get_by_role("button", name="更多")
        if not more.is_visible():
            break
        more.click()
        expect(sheet.locator(".characters button:not(.more)").nth(told["shown"])).to_be_attached()
        told = page.evaluate(EMPTY_BOXES)
    composed = sheet.locator(".characters button:has(svg)")
    if composed.count():
        composed.nth(min(20, composed.count() - 1)).scroll_into_view_if_needed()
    picture(page, f"rare-characters-{radical.strip(chr(39))}")
    assert (told["empty"], told["blank"]) == ([], 0)
    if radical == "85":
        # 𣽿 and others of Extension B: no usual font has them, and they are drawn from their parts.
        assert told["composed"] > 0
        drawn = sheet.locator(".characters button:has(svg)").first
        typed = drawn.get_attribute("aria-label") or ""
        drawn.click()
        expect(sheet.get_by_label("姓名")).to_have_value(typed.split(" ")[0])
