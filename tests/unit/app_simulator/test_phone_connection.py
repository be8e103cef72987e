"""Lost connections, other servers at the address, and repeated calls: the phone's errors are sentences."""

from __future__ import annotations

from pathlib import Path

import pytest

from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from scan_to_login.qr_payload import login_qr

from .fake_gateway import (
    OTHER_TICKET,
    TICKET,
    FakeGateway,
    code_of,
    problem,
)


@pytest.mark.parametrize("moment", ["cut_before", "cut_after"])
@pytest.mark.parametrize("times", [1, 2])
def test_scan_confirm_and_reject_survive_a_cut_line(fake: FakeGateway, phone: Phone, moment: str, times: int) -> None:
    setattr(fake, moment, times)
    page = phone.scan(login_qr(phone.gateway_url, TICKET))
    setattr(fake, moment, times)
    assert phone.confirm(page).state == "confirmed"
    assert len({body["otp"] for body in fake.bodies("/confirm")}) == 1
    other = phone.scan(login_qr(phone.gateway_url, OTHER_TICKET))
    setattr(fake, moment, times)
    assert phone.reject(other).state == "rejected"


def test_a_confirm_that_the_line_swallowed_is_repeated_with_the_same_code(fake: FakeGateway, phone: Phone) -> None:
    page = phone.scan(login_qr(phone.gateway_url, TICKET))
    fake.cut_after = 5  # the first try and its four repeats
    with pytest.raises(PhoneError) as caught:
        phone.confirm(page)
    assert code_of(caught) == "connection_failed"
    assert phone.confirm(page).state == "confirmed"
    assert len({body["otp"] for body in fake.bodies("/confirm")}) == 1


def test_a_gateway_out_of_order_is_asked_again_with_the_same_code(fake: FakeGateway, phone: Phone) -> None:
    page = phone.scan(login_qr(phone.gateway_url, TICKET))
    fake.answers["POST", f"/tickets/{TICKET}/confirm"] = problem(503, "unavailable", retry_after=1)
    with pytest.raises(PhoneError) as caught:
        phone.confirm(page)
    assert caught.value.retry_after == 1
    fake.answers.clear()
    assert phone.confirm(page).state == "confirmed"
    assert len({body["otp"] for body in fake.bodies("/confirm")}) == 1


def test_a_login_is_never_sent_twice(fake: FakeGateway) -> None:
    fake.cut_after = 1
    with Phone(fake.url) as phone, pytest.raises(PhoneError) as caught:
        phone.login("agent", "Demo-2019")
    assert code_of(caught) == "connection_failed"
    assert len(fake.bodies("/app/sessions")) == 1


def test_a_closed_port_is_one_sentence_with_the_address(unused_port: int) -> None:
    with Phone(f"http://127.0.0.1:{unused_port}") as phone, pytest.raises(PhoneError) as caught:
        phone.login("agent", "Demo-2019")
    assert code_of(caught) == "connection_failed"
    assert f"127.0.0.1:{unused_port}" in caught.value.detail
    assert "Traceback" not in caught.value.detail


def test_a_gateway_that_never_answers_is_given_up(silent_port: int) -> None:
    with Phone(f"http://127.0.0.1:{silent_port}", timeout=(1, 0.05)) as phone, pytest.raises(PhoneError) as caught:
        phone.login("agent", "Demo-2019")
    assert code_of(caught) == "connection_timeout"


@pytest.mark.parametrize(
    "answer",
    [(200, b"<html>"), (200, b"[]"), (404, b"not found"), (500, b""), (403, {"detail": "no code"}), (302, {})],
)
def test_a_server_that_is_not_a_gateway_is_reported(fake: FakeGateway, answer: tuple[int, bytes]) -> None:
    fake.answers["POST", "/app/sessions"] = answer
    with Phone(fake.url) as phone, pytest.raises(PhoneError) as caught:
        phone.login("agent", "Demo-2019")
    assert code_of(caught) == "not_a_gateway"
    assert not fake.bodies("/elsewhere"), "the token follows no redirect"


@pytest.mark.parametrize(
    "url",
    ["", "127.0.0.1:8000", "ftp://x", "http://", "http://a b", "http://x:99999", "http://u:p@x", "http://x/?a=1",
     "http://..", "http://\udcff", f"http://{'a' * 64}.com"],
)  # fmt: skip
def test_an_invalid_address_is_refused(url: str) -> None:
    with pytest.raises(PhoneError) as caught, Phone(url) as phone:
        phone.login("agent", "Demo-2019")
    assert code_of(caught) == "bad_gateway_url"


def test_the_environments_proxy_and_netrc_do_not_get_between(
    fake: FakeGateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.1:1")
    monkeypatch.setenv("http_proxy", "http://192.0.2.1:1")
    with Phone(fake.url) as phone:
        phone.login("agent", "Demo-2019")
        assert phone.whoami()
