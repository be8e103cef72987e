"""The hall's counter for accounts, by mouse and keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.conftest import OpenPage

Picture = Callable[[Page, str], Path]


def test_an_account_is_disabled_and_enabled_again(gateway: LiveGateway, open_page: OpenPage, picture: Picture) -> None:
    counter = open_page("/hall/").locator("form").filter(has_text="停用与启用账号")
    name, task = counter.get_by_label("登录名"), counter.get_by_label("办理")
    name.fill("nobody")
    counter.get_by_role("button", name="停用").click()
    expect(counter.get_by_role("alert")).to_be_visible()
    name.fill("agent")
    counter.get_by_role("button", name="停用").click()
    expect(counter.get_by_role("status")).to_contain_text("已停用")
    picture(counter.page, "hall-disabled")
    password = gateway.password_of("agent")
    with Phone(gateway.url) as phone:
        with pytest.raises(PhoneError) as refused:
            phone.login("agent", password)
        assert refused.value.code == "account_disabled"
        task.select_option("启用")
        counter.get_by_role("button", name="启用").click()
        expect(counter.get_by_role("status")).to_contain_text("已启用")
        phone.login("agent", password)
