"""The phone against a gateway of its size: logins, the saved login, the three actions."""

from __future__ import annotations

from pathlib import Path

import pytest

from app_simulator.calls.models import ConfirmPage
from app_simulator.enrolment import StateDirectory
from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from scan_to_login.protocol import NumberMatching
from scan_to_login.qr_payload import login_qr

from .fake_gateway import (
    NOON,
    OTHER_TICKET,
    STEP,
    TICKET,
    FakeGateway,
    code_of,
    png,
    qr_image,
    scan_and_confirm,
    steps_sent,
)


class TestLogin:
    def test_login_returns_the_account_and_enrols_the_device(self, fake: FakeGateway, phone: Phone) -> None:
        assert phone.account.display_name == "*三"
        assert phone.device_id.startswith("device-")
        assert phone.whoami().device_name == "Pixel"
        assert fake.bodies("/app/sessions") == [
            {"identifier": "agent", "password": "Demo-2019", "device": {"name": "Pixel", "model": "app-simulator"}}
        ]

    def test_a_wrong_password_has_code_status_and_detail(self, fake: FakeGateway) -> None:
        with Phone(fake.url) as phone:
            with pytest.raises(PhoneError) as caught:
                phone.login("agent", "wrong")
            assert (caught.value.code, caught.value.status) == ("invalid_credentials", 401)
            assert caught.value.detail == "invalid_credentials."
            assert not phone.logged_in

    def test_a_captcha_goes_along(self, fake: FakeGateway) -> None:
        with Phone(fake.url) as phone:
            phone.login("agent", "Demo-2019", captcha=("c1", "ABCD"))
        assert fake.bodies("/app/sessions")[0]["captcha"] == {"captcha_id": "c1", "answer": "ABCD"}

    def test_a_second_login_ends_the_first_session(self, fake: FakeGateway, phone: Phone) -> None:
        (first,) = fake.secrets
        phone.login("legal_rep", "Demo-2019")
        assert first not in fake.secrets
        assert len(fake.secrets) == 1
        assert phone.whoami()

    def test_logout_ends_the_session_and_forgets_it(self, fake: FakeGateway, phone: Phone) -> None:
        phone.logout()
        assert not fake.secrets
        assert not phone.logged_in
        with pytest.raises(PhoneError) as caught:
            phone.whoami()
        assert code_of(caught) == "not_logged_in"

    def test_logout_of_a_session_that_has_ended_is_no_error(self, fake: FakeGateway, phone: Phone) -> None:
        fake.secrets.clear()
        phone.logout()
        assert not phone.logged_in

    def test_a_phone_that_is_not_logged_in_sends_nothing(self, fake: FakeGateway) -> None:
        with Phone(fake.url) as phone:
            for action in (phone.whoami, phone.devices, lambda: phone.scan(login_qr(fake.url, TICKET)), phone.logout):
                with pytest.raises(PhoneError, match="not logged in"):
                    action()
        assert not fake.calls


class TestSavedLogin:
    def test_another_phone_continues_with_the_saved_login(self, fake: FakeGateway, tmp_path: Path) -> None:
        with Phone(fake.url, memory=StateDirectory(tmp_path).of(fake.url)) as phone:
            phone.login("agent", "Demo-2019")
            assert scan_and_confirm(phone, TICKET) == "confirmed"
        with Phone.saved(directory=StateDirectory(tmp_path)) as again:
            assert again.gateway_url == fake.url
            assert again.account.login_name == "agent"
            assert scan_and_confirm(again, OTHER_TICKET) == "confirmed"
        assert steps_sent(fake) == [STEP - 1, STEP]

    def test_two_phones_with_one_login_never_send_the_same_code(self, fake: FakeGateway, tmp_path: Path) -> None:
        with Phone(fake.url, memory=StateDirectory(tmp_path).of(fake.url)) as phone:
            phone.login("agent", "Demo-2019")
            with Phone.saved(fake.url, directory=StateDirectory(tmp_path)) as twin:
                assert scan_and_confirm(phone, TICKET) == "confirmed"
                assert scan_and_confirm(twin, OTHER_TICKET) == "confirmed"
        assert steps_sent(fake) == [STEP - 1, STEP]

    def test_a_login_that_another_program_replaced_is_reported(self, fake: FakeGateway, tmp_path: Path) -> None:
        memory = StateDirectory(tmp_path).of(fake.url)
        with Phone(fake.url, memory=memory) as phone, Phone(fake.url, memory=memory) as other:
            phone.login("agent", "Demo-2019")
            page = phone.scan(login_qr(fake.url, TICKET))
            other.login("finance", "Demo-2019")
            with pytest.raises(PhoneError) as caught:
                phone.confirm(page)
            assert code_of(caught) == "login_replaced"

    def test_a_broken_file_is_reported_and_a_login_replaces_it(self, fake: FakeGateway, tmp_path: Path) -> None:
        memory = StateDirectory(tmp_path).of(fake.url)
        with Phone(fake.url, memory=memory) as phone:
            phone.login("agent", "Demo-2019")
        memory.path.write_text("{")
        with pytest.raises(PhoneError, match="Log in again"):
            Phone.saved(fake.url, directory=StateDirectory(tmp_path))
        with Phone(fake.url, memory=memory) as phone:
            with pytest.raises(PhoneError, match="Log in again"):
                phone.whoami()
            phone.login("agent", "Demo-2019")
            assert phone.whoami()

    def test_a_login_that_cannot_be_saved_is_not_begun(self, fake: FakeGateway, tmp_path: Path) -> None:
        (tmp_path / "app-simulator").write_text("a file in the way")
        with Phone(fake.url, memory=StateDirectory(tmp_path).of(fake.url)) as phone:
            with pytest.raises(PhoneError) as caught:
                phone.login("agent", "Demo-2019")
            assert code_of(caught) in {"state_not_writable", "state_unreadable"}
        assert not fake.calls

    def test_a_missing_saved_login_is_reported(self, tmp_path: Path) -> None:
        for gateway in (None, "http://127.0.0.1:8000"):
            with pytest.raises(PhoneError) as caught:
                Phone.saved(gateway, directory=StateDirectory(tmp_path))
            assert code_of(caught) == "not_logged_in"


class TestScanning:
    def test_the_confirm_page_names_the_client(self, phone: Phone) -> None:
        page = phone.scan(png(qr_image(login_qr(phone.gateway_url, TICKET))))
        assert isinstance(page, ConfirmPage)
        assert (page.client_name, page.client_version, page.client_device) == ("扣缴客户端", "3.1", "DESKTOP-1")
        assert page.client_unverified
        assert (page.address, page.same_address) == ("192.0.2.7", False)
        assert (page.number_matching, page.number) == (NumberMatching.SHOW, "42")
        assert page.as_dict()["requested_at"] == NOON + 15_000

    def test_other_kinds_of_qr_are_reported_and_not_sent(self, fake: FakeGateway, phone: Phone) -> None:
        for path, code in (
            ("/download/app", "qr_app_download"),
            ("/reset/declaration-password/91110105MA01ABCD2X", "qr_declaration_password_reset"),
        ):
            with pytest.raises(PhoneError) as caught:
                phone.scan(phone.gateway_url + path)
            assert code_of(caught) == code
        assert not fake.bodies("/scan")

    def test_another_origins_qr_is_not_sent(self, fake: FakeGateway, phone: Phone) -> None:
        with pytest.raises(PhoneError) as caught:
            phone.scan(login_qr("https://evil.example", TICKET))
        assert code_of(caught) == "qr_foreign_origin"
        assert not fake.bodies("/scan")

    def test_reject_ends_the_ticket_and_may_be_repeated(self, phone: Phone) -> None:
        page = phone.scan(login_qr(phone.gateway_url, TICKET))
        assert phone.reject(page).state == "rejected"
        assert phone.reject(page).state == "rejected"

    def test_an_answer_without_a_required_field_is_reported(self, fake: FakeGateway, phone: Phone) -> None:
        fake.answers["POST", f"/tickets/{TICKET}/scan"] = (200, {"ticket_id": TICKET})
        with pytest.raises(PhoneError, match="different versions") as caught:
            phone.scan(login_qr(phone.gateway_url, TICKET))
        assert code_of(caught) == "unexpected_answer"

    def test_devices_are_listed_and_revoked(self, fake: FakeGateway, phone: Phone) -> None:
        device = {"device_id": "d 1", "name": "Pixel", "model": "m", "enrolled_at": NOON, "last_seen": NOON}
        fake.answers["GET", "/app/devices"] = (200, {"devices": [{**device, "current": True, "revoked_at": None}]})
        fake.answers["DELETE", "/app/devices/d%201"] = (204, None)
        (found,) = phone.devices()
        assert found.current
        assert found.revoked_at is None
        phone.revoke_device(found.device_id)
