"""Registration by face in the app and by hall code on the WEB; actions of the WEB platform that need an SMS code."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests
from playwright.sync_api import Page, Route, expect

from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.conftest import PHONE

pytestmark = pytest.mark.slow
OpenPage = Callable[..., Page]
NAME, DOCUMENT, MOBILE = "古丽米热·艾比布力", "11010519491231002X", "13911110002"


def sms_code(gateway: LiveGateway, phone: str) -> str:
    return gateway.control.sms.wait_for(phone).code


def last_sms_code(gateway: LiveGateway, phone: str) -> str:
    return gateway.control.sms.messages(phone)[-1].code


def fill_account(page: Page, gateway: LiveGateway) -> None:
    page.get_by_label("登录名").fill("gulimire")
    page.get_by_label("密码", exact=True).fill("Demo-2020")
    page.get_by_label("再次输入密码").fill("Demo-2020")
    page.get_by_label("户籍所在地：省").select_option("110000")
    page.get_by_label("区县", exact=True).select_option("110101")
    page.get_by_label("手机号码").fill(f"+86 {MOBILE[:3]}-{MOBILE[3:7]}-{MOBILE[7:]}")
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_text("已发送", exact=False)).to_be_visible()
    page.get_by_label("短信验证码").fill(sms_code(gateway, MOBILE))
    page.get_by_role("button", name="完成注册").click()
    expect(page.get_by_text("注册成功", exact=False)).to_be_visible()


def test_a_person_registers_by_face_in_the_app_and_logs_in(open_page: OpenPage, gateway: LiveGateway) -> None:
    faces = f"{gateway.url}/sim/v1/faces"
    requests.put(faces, json={"outcome": "not_recognized"}, timeout=10).raise_for_status()
    page = open_page("/app/", size=PHONE)
    page.get_by_role("button", name="注册").click()
    page.get_by_role("button", name="同意并继续").click()
    page.get_by_label("注册方式").select_option("face")
    page.get_by_label("姓名").fill(NAME.replace("·", "."))
    page.get_by_label("证件号码").fill("110105 19491231 002x")
    page.get_by_role("button", name="开始人脸识别").click()
    expect(page.get_by_text("人脸识别未通过", exact=False)).to_be_visible()
    requests.put(faces, json={"outcome": "recognized"}, timeout=10).raise_for_status()
    page.get_by_role("button", name="开始人脸识别").click()
    fill_account(page, gateway)
    page.get_by_role("button", name="去登录").click()
    page.get_by_label("账号").fill("gulimire")
    page.get_by_label("密码", exact=True).fill("Demo-2020")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_text(NAME, exact=False).first).to_be_visible()


def test_late_parts_of_a_province_do_not_stand_below_the_one_chosen_since(
    open_page: OpenPage, gateway: LiveGateway
) -> None:
    requests.put(f"{gateway.url}/sim/v1/faces", json={"outcome": "recognized"}, timeout=10).raise_for_status()
    page = open_page("/app/", size=PHONE)
    page.get_by_role("button", name="注册").click()
    page.get_by_role("button", name="同意并继续").click()
    page.get_by_label("注册方式").select_option("face")
    page.get_by_label("姓名").fill("欧阳娜")
    page.get_by_label("证件号码").fill("110101199003071831")
    page.get_by_role("button", name="开始人脸识别").click()
    held: list[Route] = []
    of_hebei = "**/divisions?parent=130000"
    page.route(of_hebei, lambda route: held.append(route))
    province = page.get_by_label("户籍所在地：省")
    with page.expect_request(of_hebei):
        province.select_option("130000")
    province.select_option("110000")
    district = page.get_by_label("区县", exact=True)
    expect(district).to_be_visible()
    with page.expect_response(of_hebei) as late:
        held[0].continue_()
    late.value.finished()
    district.select_option("110101")
    expect(page.locator("[data-code='110101']")).to_be_visible()


def test_a_person_registers_by_hall_code_on_the_web(open_page: OpenPage, gateway: LiveGateway) -> None:
    code = gateway.control.hall.registration_code(NAME, DOCUMENT)
    page = open_page("/web/#/register")
    page.get_by_role("button", name="同意并继续").click()
    page.get_by_label("姓名").fill(NAME)
    page.get_by_label("证件号码").fill("1101")
    page.get_by_label("大厅注册码", exact=True).fill(code.lower())
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_text("居民身份证号码应为 18 位", exact=False).first).to_be_visible()
    page.get_by_label("证件号码").fill(DOCUMENT)
    page.get_by_role("button", name="下一步").click()
    fill_account(page, gateway)


def test_the_web_asks_for_a_code_for_a_declaration_password_and_for_managing(
    open_page: OpenPage, gateway: LiveGateway
) -> None:
    page = open_page("/web/#/declaration-password")
    page.get_by_label("账号").fill("finance")
    page.get_by_label("密码", exact=True).fill("Demo-2019")
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_label("新申报密码").fill("Fresh-2026")
    reset = page.get_by_role("button", name="重置", exact=True)
    expect(reset).to_be_disabled()
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_text("已发送", exact=False)).to_be_visible()
    page.get_by_label("短信验证码").fill(last_sms_code(gateway, "13800000002"))
    reset.click()
    expect(page.get_by_text("申报密码已重置", exact=False)).to_be_visible()

    page.get_by_role("button", name="办税授权").click()
    page.get_by_role("button", name="新增授权人员").click()
    page.get_by_label("姓名").fill("赵敏")
    page.get_by_label("手机号码或证件号码").fill("138 0000 0006")
    page.get_by_label("权限类型").select_option("manage")
    page.get_by_label("授权期限起").fill("2999-01-01")
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_text("已发送", exact=False)).to_be_visible()
    page.get_by_label("短信验证码").fill(last_sms_code(gateway, "13800000002"))
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_text("2999-01-01 起生效", exact=False)).to_be_visible()
