"""The character picker offers no empty box: each character is drawn by a font, or from its parts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.pages.actors import CharacterPicker
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
    picker = CharacterPicker(page)
    picker.choose(radical, strokes)
    for _ in range(3):
        if not picker.more.is_visible():
            break
        picker.next_page()
    told = page.evaluate(EMPTY_BOXES)
    assert told["shown"] > 10
    composed = picker.sheet.locator(".characters button:has(svg)")
    if composed.count():
        composed.nth(min(20, composed.count() - 1)).scroll_into_view_if_needed()
    picture(page, f"rare-characters-{radical.strip(chr(39))}")
    assert (told["empty"], told["blank"]) == ([], 0)
    if radical == "85":
        # 𣽿 and others of Extension B: no usual font has them, and they are drawn from their parts.
        assert told["composed"] > 0
        drawn = picker.sheet.locator(".characters button:has(svg)").first
        typed = drawn.get_attribute("aria-label") or ""
        drawn.click()
        expect(picker.sheet.get_by_label("姓名")).to_have_value(typed.split(" ")[0])


def test_a_late_page_does_not_replace_the_list_chosen_since(open_page: OpenPage) -> None:
    page = open_page("/web/#/register", size=PHONE)
    page.get_by_role("button", name="同意并继续").click()
    picker = CharacterPicker(page)
    picker.choose("30")
    held: list[Route] = []
    page.route("**/characters?radical=30&*", lambda route: held.append(route))
    with page.expect_request("**/characters?radical=30&*"):
        picker.more.click()
    picker.choose("38")
    shown = picker.characters.all_inner_texts()
    with page.expect_response("**/characters?radical=30&*") as late:
        held[0].continue_()
    late.value.finished()
    picker.next_page()  # of the list that is shown
    assert picker.characters.all_inner_texts()[: len(shown)] == shown
    assert len(picker.characters.all_inner_texts()) > len(shown)
