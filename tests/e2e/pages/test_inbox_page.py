"""The phone's messages: a login that its owner has not made is ended there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages.actors import PASSWORD, ClientPage, PhonePage
from tests.e2e.pages.conftest import PHONE, OpenPage

pytestmark = pytest.mark.slow


def test_who_did_not_log_in_ends_that_login_and_is_led_to_a_new_password(
    open_page: OpenPage, picture: Callable[[Page, str], Path]
) -> None:
    client = ClientPage(open_page("/client/"))
    client.login("agent", PASSWORD)
    expect(client.window.get_by_role("listbox", name="单位")).to_be_visible()
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    phone.screen.get_by_role("navigation", name="主导航").get_by_role("button", name="消息").click()
    theirs = phone.screen.get_by_role("listitem").filter(has_text="密码登录扣缴客户端").first
    theirs.get_by_role("button", name="非本人操作").click()
    expect(theirs.get_by_role("status")).to_contain_text("该登录已结束")
    expect(theirs.get_by_role("link", name="重置密码")).to_be_visible()
    expect(theirs.get_by_role("button", name="非本人操作")).to_have_count(0)
    own = phone.screen.get_by_role("listitem").filter(has_text="登录个人所得税 APP").first
    expect(own.get_by_role("button", name="非本人操作")).to_have_count(0)
    picture(phone.page, "phone-inbox-disowned")
    client.window.get_by_role("listbox", name="单位").press("Enter")
    client.verify()
    expect(client.window.get_by_label("账号", exact=True)).to_be_visible()
