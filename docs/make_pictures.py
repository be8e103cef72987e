"""Take the pictures of the pages in docs/pictures, in both languages: `python docs/make_pictures.py`.

It starts a gateway of its own and needs a Chromium (`PAIRING_CHROMIUM`, or one on the path). Pictures are named after
pages; those with `.zh-CN` are Chinese.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from scan_to_login.testing.live import LiveGateway

PICTURES = Path(__file__).parent / "pictures"
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
LANGUAGES = {"en-US": "", "zh-CN": ".zh-CN"}
PASSWORD = "Demo-2019"


def opened(browser: Browser, language: str, size: tuple[int, int], url: str) -> Page:
    """A page at rest: nothing moves by itself."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale=language, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(url)
    return page


def take(page: Page, name: str) -> None:
    """The picture ``name``."""
    page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")


def client_and_phone(browser: Browser, gateway: LiveGateway, language: str) -> None:
    """The client's code, and the phone that has scanned it."""
    client = opened(browser, language, (1280, 720), f"{gateway.url}/client/")
    client.locator(".corner").click()
    expect(client.locator(".state-pending canvas")).to_be_visible()
    take(client, f"client{LANGUAGES[language]}")
    phone = opened(browser, language, (390, 844), f"{gateway.url}/app/")
    phone.locator("input[name=identifier]").fill("agent")
    phone.locator("input[name=password]").fill(PASSWORD)
    phone.locator(".submit button").click()
    expect(phone.locator(".scan-button")).to_be_visible()
    phone.goto(client.evaluate("JSON.parse(sessionStorage.getItem('pairing.client.ticket')).qr"))
    expect(phone.locator(".decide")).to_be_visible()
    take(phone, f"phone{LANGUAGES[language]}")


def client_with_captcha(browser: Browser, gateway: LiveGateway, language: str) -> None:
    """The client after a wrong password."""
    page = opened(browser, language, (1280, 720), f"{gateway.url}/client/")
    page.locator("input[name=identifier]").fill("single")
    page.locator("input[name=password]").fill("Wrong-2019")
    page.locator(".submit .button.primary").click()
    expect(page.locator(".captcha img")).to_be_visible()
    page.locator("input[name=captcha]").focus()
    take(page, f"client-captcha{LANGUAGES[language]}")
    gateway.control.locks.unlock("single")


def inspector(browser: Browser, gateway: LiveGateway, language: str) -> None:
    """The inspector with its locks."""
    page = opened(browser, language, (1280, 720), f"{gateway.url}/inspector/")
    row = page.locator("tr", has=page.locator(".badge.danger")).first
    page.locator(".box", has=row).first.evaluate("box => box.scrollIntoView({block: 'center'})")
    expect(row).to_be_visible()
    take(page, f"inspector{LANGUAGES[language]}")


def stage(browser: Browser, gateway: LiveGateway, language: str) -> None:
    """The stage in the middle of a login."""
    page = opened(browser, language, (1440, 860), f"{gateway.url}/")
    expect(page.locator(".state-pending canvas")).to_be_visible()
    page.locator(".phone .scan-button").click()
    page.locator(".phone .way.first").click()
    expect(page.locator(".phone .decide")).to_be_visible()
    expect(page.locator(".diagram")).to_contain_text("scanned" if language == "en-US" else "已扫码")
    take(page, f"stage{LANGUAGES[language]}")


def main() -> int:
    """Take all of them; 2 without a Chromium."""
    named = os.environ.get("PAIRING_CHROMIUM", "")
    chromium = named or next((found for name in CHROMIUMS if (found := shutil.which(name))), "")
    if not chromium:
        print("No Chromium: install one, or name it in PAIRING_CHROMIUM.", file=sys.stderr)
        return 2
    for language in LANGUAGES:
        with LiveGateway() as gateway, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for scene in (stage, client_and_phone, client_with_captcha, inspector):
                scene(browser, gateway, language)
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
