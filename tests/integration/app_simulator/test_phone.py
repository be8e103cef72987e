"""The phone against a real gateway: the whole way, and what can go wrong on it."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from app_simulator.enrolment import StateDirectory
from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from scan_to_login.protocol import NumberMatching
from scan_to_login.qr_payload import login_qr
from scan_to_login.testing.live import LiveGateway

from .desktop import CLIENT, Client, refused, set_clock


class TestTheWholeWay:
    def test_the_gateways_picture_is_scanned_confirmed_and_claimed(self, phone: Phone, client: Client) -> None:
        ticket = client.ticket()
        page = phone.scan(client.picture(ticket))
        assert (page.client_name, page.client_version, page.client_device) == tuple(CLIENT.values())
        assert page.client_unverified
        assert page.same_address
        assert page.number_matching is NumberMatching.SHOW
        assert page.number is not None
        assert client.state(ticket) == "scanned"
        assert phone.confirm(page, number=page.number).state == "confirmed"
        answer = client.claim(ticket)
        assert answer.status_code == 200
        assert answer.json()["account"]["display_name"] == phone.account.display_name

    def test_a_screenshot_of_the_whole_page_will_do(self, phone: Phone, client: Client, tmp_path: Path) -> None:
        ticket = client.ticket()
        screenshot = Image.new("RGB", (1600, 1000), "#e8edf2")
        screenshot.paste(Image.open(io.BytesIO(client.picture(ticket))).convert("RGB"), (1040, 380))
        screenshot.save(tmp_path / "page.jpg", quality=80)
        assert phone.scan(tmp_path / "page.jpg").ticket_id == ticket["ticket_id"]

    def test_a_reject_reaches_the_client(self, phone: Phone, client: Client) -> None:
        ticket = client.ticket()
        assert phone.reject(phone.scan(ticket["qr"])).state == "rejected"
        assert client.claim(ticket).status_code == 410

    @pytest.mark.parametrize("identifier", ["passport", "13800000007"])
    def test_a_person_registered_with_a_passport_logs_in_too(self, gateway_url: str, identifier: str) -> None:
        with Phone(gateway_url) as phone:
            assert phone.login(identifier, "Demo-2019").id_type == "passport"
            assert phone.whoami().account == phone.account

    def test_the_session_and_the_devices_are_shown(self, phone: Phone) -> None:
        session = phone.whoami()
        assert (session.device_id, session.device_name) == (phone.device_id, "Pixel")
        (device,) = phone.devices()
        assert device.current
        assert device.name == "Pixel"


class TestRefusals:
    def test_unknown_and_dead_tickets_have_their_own_answers(
        self, phone: Phone, client: Client, advance: Callable[[float], None]
    ) -> None:
        assert refused(lambda: phone.scan(login_qr(phone.gateway_url, "A" * 22))) == ("ticket_not_found", 404)
        spent = client.ticket()
        phone.confirm(phone.scan(spent["qr"]))
        assert client.claim(spent).status_code == 200
        assert refused(lambda: phone.scan(spent["qr"])) == ("ticket_spent", 410)
        assert refused(lambda: phone.confirm(spent["ticket_id"])) == ("ticket_spent", 410)
        cancelled = client.ticket()
        client.call("DELETE", f"/tickets/{cancelled['ticket_id']}", f"Ticket {cancelled['claim_secret']}")
        assert refused(lambda: phone.scan(cancelled["qr"])) == ("ticket_cancelled", 410)
        rejected = client.ticket()
        phone.reject(phone.scan(rejected["qr"]))
        assert refused(lambda: phone.confirm(rejected["ticket_id"])) == ("ticket_rejected", 410)
        expired = client.ticket()
        advance(121)
        assert refused(lambda: phone.scan(expired["qr"])) == ("ticket_expired", 410)

    def test_confirm_without_scan_is_refused(self, phone: Phone, client: Client) -> None:
        assert refused(lambda: phone.confirm(client.ticket()["ticket_id"])) == ("ticket_wrong_state", 409)

    def test_the_second_phone_is_refused_and_changes_nothing(self, phone: Phone, client: Client) -> None:
        ticket = client.ticket()
        page = phone.scan(ticket["qr"])
        with Phone(phone.gateway_url) as other:
            other.login("finance", "Demo-2019")
            assert refused(lambda: other.scan(ticket["qr"])) == ("ticket_taken", 409)
            assert refused(lambda: other.confirm(page)) == ("ticket_taken", 409)
            assert refused(lambda: other.reject(page)) == ("ticket_taken", 409)
        assert phone.confirm(page).state == "confirmed"

    def test_of_phones_that_scan_at_once_one_wins(self, gateway_url: str, client: Client) -> None:
        names = ["agent", "finance", "legal_rep", "single"]
        phones = [Phone(gateway_url) for _ in names]
        try:
            for phone, name in zip(phones, names, strict=True):
                phone.login(name, "Demo-2019")
            ticket = client.ticket()
            together = threading.Barrier(len(phones))

            def scan(phone: Phone) -> str:
                together.wait()
                try:
                    return phone.scan(ticket["qr"]).state
                except PhoneError as error:
                    return error.code

            with ThreadPoolExecutor(len(phones)) as pool:
                assert sorted(pool.map(scan, phones)) == ["scanned", "ticket_taken", "ticket_taken", "ticket_taken"]
        finally:
            for phone in phones:
                phone.close()

    def test_a_wrong_password_and_a_locked_account_are_reported(self, gateway_url: str) -> None:
        with Phone(gateway_url) as phone:
            assert refused(lambda: phone.login("agent", "wrong")) == ("invalid_credentials", 401)
            with pytest.raises(PhoneError) as caught:
                phone.login("locked", "Demo-2019")
            assert (caught.value.code, caught.value.status) == ("account_locked", 423)
            assert caught.value.retry_after is not None
            assert 0 < caught.value.retry_after <= 7200

    def test_a_captcha_admits_the_login_after_a_wrong_password(self, gateway_url: str) -> None:
        with Phone(gateway_url) as phone:
            assert refused(lambda: phone.login("agent", "wrong")) == ("invalid_credentials", 401)
            assert refused(lambda: phone.login("agent", "Demo-2019")) == ("captcha_required", 403)
            captcha = phone.captcha("agent")
            solved = requests.get(f"{gateway_url}/sim/v1/captchas/{captcha.captcha_id}", timeout=10).json()["answer"]
            assert phone.login("agent", "Demo-2019", captcha=(captcha.captcha_id, solved)).login_name == "agent"

    def test_after_logout_the_session_is_over_and_what_it_scanned_is_rejected(
        self, phone: Phone, client: Client, tmp_path: Path
    ) -> None:
        memory = StateDirectory(tmp_path).of(phone.gateway_url)
        with Phone(phone.gateway_url, memory=memory) as other:
            other.login("finance", "Demo-2019")
            twin = Phone(phone.gateway_url, memory=memory)
            ticket = client.ticket()
            other.scan(ticket["qr"])
            other.logout()
            assert refused(twin.whoami) == ("unauthenticated", 401)
            twin.close()
        assert client.state(ticket) == "rejected"

    def test_a_revoked_phone_can_no_longer_confirm(self, phone: Phone, client: Client) -> None:
        ticket = client.ticket()
        page = phone.scan(ticket["qr"])
        with Phone(phone.gateway_url) as second:
            second.login("agent", "Demo-2019", device_name="New phone")
            assert {device.name for device in second.devices()} == {"Pixel", "New phone"}
            second.revoke_device(phone.device_id)
            assert refused(lambda: second.revoke_device("unknown")) == ("not_found", 404)
            (revoked,) = [device for device in second.devices() if device.revoked_at is not None]
            assert revoked.device_id == phone.device_id
        assert refused(lambda: phone.confirm(page)) == ("unauthenticated", 401)


class LosesAnswers(requests.adapters.HTTPAdapter):
    """A line that carries every request and loses the first answer to each."""

    lost: set[str]

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        answer = super().send(request, *args, **options)
        if request.url not in self.lost and request.url is not None:
            self.lost.add(request.url)
            answer.close()
            raise requests.ConnectionError("the line was cut")
        return answer


def test_a_command_repeated_after_a_lost_answer_takes_effect_once(
    phone: Phone, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = client.ticket(), client.ticket()
    line = LosesAnswers()
    line.lost = set()
    monkeypatch.setattr(requests.Session, "get_adapter", lambda *_, **__: line)
    page = phone.scan(first["qr"])
    assert (page.state, page.version) == ("scanned", 2)
    answer = phone.confirm(page)
    assert (answer.state, answer.version) == ("confirmed", 3)
    again = phone.confirm(page)
    assert (again.state, again.version) == ("confirmed", 3)
    rejection = phone.reject(phone.scan(second["qr"]))
    assert (rejection.state, rejection.version) == ("rejected", 3)
    assert len(line.lost) == 4
    line.close()


def test_where_the_number_is_required_only_the_right_one_confirms() -> None:
    with LiveGateway(environment={"PAIRING_NUMBER_MATCHING": "require"}) as gateway, Phone(gateway.url) as phone:
        client = Client(gateway.url)
        phone.login("agent", "Demo-2019")
        ticket = client.ticket()
        page = phone.scan(ticket["qr"])
        assert page.number_matching is NumberMatching.REQUIRE
        assert page.number is None
        path = f"/tickets/{ticket['ticket_id']}?since=0&wait=5"
        number = client.call("GET", path, f"Ticket {ticket['claim_secret']}").json()["number"]
        wrong = "10" if number != "10" else "11"
        assert refused(lambda: phone.confirm(page, number=wrong)) == ("number_mismatch", 403)
        set_clock(gateway.url, 30_000)
        assert phone.confirm(page, number=number).state == "confirmed"
