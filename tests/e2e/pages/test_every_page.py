"""Rules of every page: accessibility, both languages and themes, 320 px to 4K, budgets, headers."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.actors import ClientPage, PhonePage
from tests.e2e.pages.conftest import OpenPage
from tests.e2e.pages.tools import violations
from tests.e2e.pages.walks import foreign, names_of

pytestmark = pytest.mark.slow

Picture = Callable[[Page, str], Path]

# page, and what shows that it has drawn itself
PAGES = {
    "stage": ("/", ".tiles"),
    "client": ("/client/", ".login-form"),
    "phone": ("/app/", ".login-screen"),
    "web-login": ("/web/", "form"),
    "web-register": ("/web/#/register", ".agreement"),
    "web-forgot-password": ("/web/#/forgot-password", "form"),
    "hall": ("/hall/", ".counters"),
    "inspector": ("/inspector/", ".inspector-grid"),
}
BUDGET_BYTES = 150_000


@pytest.mark.parametrize(("language", "dark"), [("zh-CN", False), pytest.param("en", True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_either_language_or_theme(
    name: str, language: str, dark: bool, open_page: OpenPage, picture: Picture
) -> None:
    path, drawn = PAGES[name]
    page = open_page(path, size=(1440, 900), language=language, dark=dark)
    expect(page.locator(drawn).first).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", language)
    picture(page, f"{name}-{'en-dark' if dark else 'zh-light'}")
    assert violations(page) == []


@pytest.mark.parametrize("language", ["zh-CN", pytest.param("en", marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_speaks_one_language(name: str, language: str, open_page: OpenPage, gateway: LiveGateway) -> None:
    path, drawn = PAGES[name]
    page = open_page(path, size=(1440, 900), language=language)
    expect(page.locator(drawn).first).to_be_visible()
    assert foreign(page, names_of(gateway)) == []


def test_axe_finds_nothing_along_the_login(open_page: OpenPage, tmp_path: Path) -> None:
    client = ClientPage(open_page("/client/"))
    phone = PhonePage(open_page("/app/", size=(500, 900))).logged_in("agent")
    assert violations(phone.page) == []
    client.show_qr()
    assert violations(client.page) == []
    phone.scan_picture(client.picture_of_screen(tmp_path))
    phone.asks()
    assert violations(client.page) == []
    assert violations(phone.page) == []
    phone.confirm()
    expect(client.window.get_by_role("listbox", name="单位")).to_be_visible()
    assert violations(client.page) == []
    assert violations(phone.page) == []
    client.window.get_by_role("option").first.dblclick()
    expect(client.window.get_by_label("申报密码", exact=True)).to_be_visible()
    assert violations(client.page) == []
    client.verify()
    client.is_home()
    assert violations(client.page) == []
    phone.home()
    for tile, settled in (
        ("办税授权", ".grants, .notice"),
        ("设备与登录", ".rows .item"),
        ("申报密码重置", ".notice, form"),
    ):
        phone.screen.locator(".tiles").get_by_role("button", name=tile).click()
        expect(phone.screen.locator(settled).first).to_be_visible()
        assert violations(phone.page) == []
        phone.screen.get_by_role("button", name="返回").click()
    phone.open_scanner()
    assert violations(phone.page) == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_cut_off_at_320_pixels(name: str, open_page: OpenPage, picture: Picture) -> None:
    path, drawn = PAGES[name]
    page = open_page(path, size=(320, 640), language="en-US")
    expect(page.locator(drawn).first).to_be_visible()
    picture(page, f"{name}-320")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("name", ["stage", "client", "inspector"])
def test_a_4k_screen_is_used_well(name: str, open_page: OpenPage, picture: Picture) -> None:
    path, drawn = PAGES[name]
    page = open_page(path, size=(3840, 2160))
    expect(page.locator(drawn).first).to_be_visible()
    picture(page, f"{name}-4k")
    assert page.evaluate("document.documentElement.scrollWidth") <= 3840


def test_the_switches_change_language_and_theme_and_are_remembered(open_page: OpenPage) -> None:
    page = open_page("/client/")
    page.get_by_role("button", name="Switch to English").click()
    expect(page.get_by_role("heading", name="Account and password")).to_be_visible()
    page.get_by_role("button", name="Dark theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.get_by_role("heading", name="Account and password")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


@pytest.mark.parametrize("name", ["stage", "client", "phone", "web-login", "hall", "inspector"])
def test_a_first_visit_costs_less_than_150_kb_compressed(name: str, open_page: OpenPage, gateway: LiveGateway) -> None:
    path, drawn = PAGES[name]
    page = open_page(size=(1440, 900))
    sizes: dict[str, int] = {}
    page.on("response", lambda answer: sizes.setdefault(answer.url, int(answer.headers.get("content-length", 0))))
    page.goto(gateway.url + path)
    expect(page.locator(drawn).first).to_be_visible()
    assert sizes[gateway.url + path] > 10_000, sizes  # the page itself, with its script in it
    assert sum(sizes.values()) < BUDGET_BYTES, sizes


def test_one_answer_draws_a_page(open_page: OpenPage, gateway: LiveGateway) -> None:
    for name in ("stage", "client", "phone", "web-login", "hall", "inspector"):
        path, drawn = PAGES[name]
        page = open_page()
        page.route("**/assets/**", lambda route: route.abort())
        page.route("**/assets/icon.svg", lambda route: route.fallback())  # its failure would stand in the console
        page.route("**/assets/*.webmanifest", lambda route: route.fallback())
        page.goto(gateway.url + path)
        expect(page.locator(drawn).first).to_be_visible()
        expect(page.locator("html")).to_have_css("background-color", "rgb(236, 239, 245)")


def test_the_policy_of_a_page_allows_the_script_and_the_styles_that_stand_in_it_and_no_others(
    gateway: LiveGateway,
) -> None:
    for path in ("/", "/client/", "/app/", "/web/", "/hall/", "/inspector/", "/q/AAAAAAAAAAAAAAAAAAAAAA"):
        answer = requests.get(gateway.url + path, timeout=5)
        rules = dict(rule.split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split("; "))
        assert not [rule for rule in rules.values() if "unsafe" in rule]
        assert (rules["default-src"], rules["frame-ancestors"]) == ("'none'", "'none'")
        for rule, tag in (("script-src", "script"), ("style-src", "style")):
            within = re.findall(rf"<{tag}[^>]*>(.+?)</{tag}>", answer.text, re.DOTALL)
            hashes = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in within]
            assert rules[rule] == " ".join(["'self'", *(f"'sha256-{one}'" for one in hashes)])
            assert len(within) == 1
        assert answer.headers["Cache-Control"] == "no-cache"


def test_a_page_is_sent_packed_and_only_where_it_has_changed(gateway: LiveGateway) -> None:
    url = f"{gateway.url}/client/"
    plain = requests.get(url, headers={"Accept-Encoding": "identity"}, timeout=5)
    packed = requests.get(url, headers={"Accept-Encoding": "gzip"}, timeout=5, stream=True)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.raw.read()) == plain.content
    known = {"If-None-Match": packed.headers["ETag"], "Accept-Encoding": "gzip"}
    assert requests.get(url, headers=known, timeout=5).status_code == 304


def test_hashed_assets_are_kept_for_a_year_and_sent_compressed(gateway: LiveGateway) -> None:
    start = requests.get(f"{gateway.url}/client/", timeout=5).text
    scripts = re.findall(r'(?:src|href)="(/assets/[^"]+\.js)"', start)
    sizes = {path: len(requests.get(gateway.url + path, timeout=5).content) for path in scripts}
    script = max(sizes, key=lambda path: sizes[path])
    answer = requests.get(gateway.url + script, headers={"Accept-Encoding": "gzip"}, timeout=5, stream=True)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(gzip.decompress(answer.raw.read())) == sizes[script]
    known = {"If-None-Match": answer.headers["ETag"], "Accept-Encoding": "gzip"}
    assert requests.get(gateway.url + script, headers=known, timeout=5).status_code == 304
    assert requests.get(f"{gateway.url}/assets/..%2F..%2F..%2Fcli.py", timeout=5).status_code == 404


def test_without_the_simulation_its_pages_are_not_there() -> None:
    with LiveGateway(sim=False) as plain:
        for path in ("/hall/", "/inspector/"):
            assert requests.get(plain.url + path, timeout=5).status_code == 404
        start = requests.get(f"{plain.url}/", allow_redirects=False, timeout=5)
        assert start.headers["Location"] == "/client/"
        assert requests.get(f"{plain.url}/client/", timeout=5).status_code == 200
