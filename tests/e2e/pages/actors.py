"""The client's and the phone's pages as a person uses them; each method returns when the page shows its effect."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import requests
from playwright.sync_api import Page, expect

PASSWORD = "Demo-2019"
UNIT_PASSWORD = "Unit-2019"


class ClientPage:
    """The desktop client's window, in Chinese."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.window = page.locator(".client-window")

    def show_qr(self) -> None:
        self.window.get_by_role("button", name="扫码登录").click()
        self.shows_qr()

    def shows_qr(self) -> None:
        expect(self.window.locator(".qr-frame.state-pending canvas")).to_be_visible()

    def covered_by(self, words: str) -> None:
        """The text of the cover over the code, which a screen reader reads."""
        expect(self.window.locator(".cover strong")).to_have_text(words)
        expect(self.window.locator(".qr-words .qr-hint[role=status]")).to_contain_text(words)

    def picture_of_screen(self, folder: Path) -> Path:
        path = folder / "screen.png"
        self.page.screenshot(path=path)
        return path

    def login(self, identifier: str, password: str = PASSWORD) -> None:
        self.window.get_by_label("账号", exact=True).fill(identifier)
        self.window.get_by_label("密码", exact=True).fill(password)
        self.window.get_by_role("button", name="登录", exact=True).click()

    def verify(self, password: str = UNIT_PASSWORD) -> None:
        self.window.get_by_label("申报密码", exact=True).fill(password)
        self.window.get_by_role("button", name="确定", exact=True).click()

    def answer_captcha(self, url: str) -> None:
        """Read the picture as the simulation lets us: by its id."""
        captcha_id = self.window.locator(".captcha[data-captcha-id]").get_attribute("data-captcha-id")
        answer = requests.get(f"{url}/sim/v1/captchas/{captcha_id}", timeout=5).json()["answer"]
        self.window.get_by_label("图形验证码", exact=True).fill(answer)

    def is_home(self, unit: str = "") -> None:
        expect(self.window.get_by_role("heading", name="功能菜单")).to_be_visible()
        expect(self.window.locator(".menu li").first).to_be_visible()
        if unit:
            expect(self.window.locator(".home-unit h1")).to_have_text(unit)


class PhonePage:
    """The phone, in Chinese."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.screen = page.locator(".phone")

    def login(self, identifier: str, password: str = PASSWORD) -> None:
        self.screen.get_by_label("账号").fill(identifier)
        self.screen.get_by_label("密码", exact=True).fill(password)
        self.screen.get_by_role("button", name="登录", exact=True).click()

    def logged_in(self, identifier: str) -> PhonePage:
        self.login(identifier)
        expect(self.screen.get_by_role("button", name="扫一扫")).to_be_visible()
        return self

    def open_scanner(self) -> None:
        self.screen.get_by_role("button", name="扫一扫").click()
        expect(self.screen.get_by_role("heading", name="扫一扫")).to_be_visible()

    def scan_picture(self, picture: Path) -> None:
        self.open_scanner()
        self.page.set_input_files("input[type=file]", picture)

    def asks(self) -> None:
        expect(self.screen.get_by_role("heading", name="登录确认")).to_be_visible()

    def confirm(self) -> None:
        self.asks()
        self.screen.get_by_role("button", name="确认登录").click()
        expect(self.screen.get_by_role("heading", name="已确认登录")).to_be_visible(timeout=40_000)

    def reject(self) -> None:
        self.asks()
        self.screen.get_by_role("button", name="拒绝").click()
        expect(self.screen.get_by_role("heading", name="已拒绝登录")).to_be_visible()

    def home(self) -> None:
        self.screen.get_by_role("button", name="返回首页").click()


class CharacterPicker:
    """The sheet that enters rare characters, in Chinese."""

    def __init__(self, page: Page) -> None:
        page.get_by_role("button", name="录入生僻字").click()
        self.sheet = page.get_by_role("dialog", name="录入生僻字")
        self.more = self.sheet.get_by_role("button", name="更多")
        self.characters = self.sheet.locator(".characters button:not(.more)")
        expect(self.characters.first).to_be_visible()  # those of the first radical

    def choose(self, radical: str, strokes: str = "") -> None:
        """The list of the last choice is read, and that of the choice before has gone."""
        choices = [("偏旁部首", radical, f"radical={quote(radical, safe='')}&offset=0")]
        if strokes:
            choices.append(("总笔画数", strokes, f"&total_strokes={strokes}&offset=0"))
        for label, value, query in choices:
            with self.sheet.page.expect_response(lambda answer, query=query: query in answer.url):  # type: ignore[misc]
                self.sheet.get_by_label(label, exact=True).select_option(value)
        expect(self.characters.first).to_be_visible()

    def next_page(self) -> None:
        shown = self.characters.count()
        self.more.click()
        expect(self.characters.nth(shown)).to_be_attached()
