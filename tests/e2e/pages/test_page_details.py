"""Details that a person notices: no button off the screen, no key taken twice, no page blank without site data."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.actors import ClientPage, PhonePage
from tests.e2e.pages.conftest import PHONE, OpenPage

pytestmark = pytest.mark.slow

BLOCKED = """
for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { get() { throw new DOMException("Insecure.", "SecurityError"); } });
}
"""
LAPTOP = (1366, 768)


@pytest.mark.parametrize("path", ["/client/", "/app/", "/web/"])
def test_a_browser_that_blocks_site_data_shows_the_page_and_names_the_loss(
    path: str, open_page: OpenPage, gateway: LiveGateway
) -> None:
    page = open_page(size=LAPTOP)
    page.add_init_script(BLOCKED)
    page.goto(gateway.url + path)
    expect(page.get_by_text("浏览器禁止本站保存数据")).to_be_visible()
    expect(page.get_by_label("账号", exact=True).first).to_be_visible()


def test_the_stage_without_site_data_logs_its_phone_in_and_shows_a_code(
    open_page: OpenPage, gateway: LiveGateway
) -> None:
    page = open_page(size=LAPTOP)
    page.add_init_script(BLOCKED)
    page.goto(f"{gateway.url}/")
    expect(page.get_by_text("浏览器禁止本站保存数据")).to_be_visible()
    expect(PhonePage(page).screen.get_by_role("button", name="扫一扫")).to_be_visible()
    ClientPage(page).shows_qr()


def test_a_phone_without_site_data_logs_in(open_page: OpenPage, gateway: LiveGateway) -> None:
    page = open_page(size=PHONE)
    page.add_init_script(BLOCKED)
    page.goto(f"{gateway.url}/app/")
    PhonePage(page).logged_in("agent")


def test_enter_in_the_list_of_units_opens_the_password_form_and_does_not_send_it(open_page: OpenPage) -> None:
    client = ClientPage(open_page("/client/"))
    client.login("agent")
    client.window.get_by_role("listbox", name="单位").press("Enter")
    expect(client.window.get_by_label("申报密码", exact=True)).to_be_focused()
    expect(client.window.get_by_text("请输入申报密码。")).to_have_count(0)


def test_the_fields_for_a_forgotten_declaration_password_scroll_into_view(open_page: OpenPage) -> None:
    client = ClientPage(open_page("/client/", size=LAPTOP))
    client.login("single")
    client.window.get_by_role("button", name="忘记申报密码").click()
    expect(client.window.get_by_role("link", name="WEB 端")).to_be_in_viewport(ratio=1)
    expect(client.window.locator(".forgotten .qr")).to_be_in_viewport(ratio=1)


def test_the_button_that_sends_a_form_is_on_the_screen_of_the_stage(open_page: OpenPage) -> None:
    client = ClientPage(open_page("/", size=LAPTOP))
    client.window.get_by_role("button", name="账号密码登录").click()
    expect(client.window.get_by_role("button", name="登录", exact=True)).to_be_in_viewport(ratio=1)
    client.login("agent")
    client.window.get_by_role("listbox", name="单位").press("Enter")
    expect(client.window.get_by_role("button", name="确定", exact=True)).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(("path", "size"), [("/", LAPTOP), ("/app/", LAPTOP), ("/app/", (360, 560))])
def test_every_way_to_scan_is_on_the_screen(path: str, size: tuple[int, int], open_page: OpenPage) -> None:
    phone = PhonePage(open_page(path, size=size))
    if path == "/app/":
        phone.logged_in("agent")
    phone.open_scanner()
    for name in ("相机", "图片", "粘贴"):
        expect(phone.screen.get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Windows · Edge",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Linux · Firefox"),
    ],
)
def test_a_client_is_named_by_its_system_and_browser(agent: str, name: str, open_page: OpenPage) -> None:
    client = ClientPage(open_page("/client/", user_agent=agent))
    client.login("agent")
    expect(client.window.get_by_role("listbox", name="单位")).to_be_visible()
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    phone.screen.locator(".tiles").get_by_role("button", name="设备与登录").click()
    expect(phone.screen.locator(".rows .item", has_text=name).first).to_be_visible()


def test_fields_under_a_finger_have_letters_that_no_iphone_zooms_into(open_page: OpenPage) -> None:
    page: Page = open_page("/app/", size=PHONE, has_touch=True, is_mobile=True)
    size = page.get_by_label("账号", exact=True).evaluate("field => parseFloat(getComputedStyle(field).fontSize)")
    assert size >= 16


def test_the_owners_initial_is_no_asterisk(open_page: OpenPage) -> None:
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    phone.screen.locator(".tab-bar").get_by_role("button", name="我的").click()
    expect(phone.screen.locator(".me-card .avatar")).to_have_text("张")
