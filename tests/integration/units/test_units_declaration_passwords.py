"""A new declaration password: by the unit's heads with a one-time code, on the WEB platform, or at the hall."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests

from scan_to_login.testing.live import LiveGateway
from tests.integration.units.conftest import RIGHT, Caller, Wire, code_of, lock

NEW = "Fresh-2026"


def reset(wire: Wire, phone: Caller, unit: str, new_password: str = NEW, **otp: str) -> requests.Response:
    code = otp.get("otp") or phone.otp(at_ms=wire.now())
    return phone.send("POST", f"/units/{unit}/declaration-password", new_password=new_password, otp=code)


@pytest.mark.parametrize("head", ["legal_rep", "finance"])
def test_a_head_resets_it_on_the_phone_with_the_one_time_code(wire: Wire, head: str) -> None:
    unit = wire.units["A"]
    assert reset(wire, wire.phone(head), unit).status_code == 204
    assert code_of(wire.client("single").verify(unit, RIGHT)) == "declaration_password_invalid"
    assert wire.client("single").verify(unit, NEW, captcha=True).status_code == 200


def test_on_the_web_platform_it_needs_a_code_by_sms_and_each_serves_once(wire: Wire) -> None:
    unit, web = wire.units["A"], wire.web("finance")
    path = f"/units/{unit}/declaration-password"
    without = web.send("POST", path, new_password=NEW)
    assert (without.status_code, without.json()["errors"][0]["rule"]) == (422, "sms_code_needed")
    sent = web.sms(unit, "authorization")
    assert sent.json()["phone"] == "138****0002"
    # A code for another purpose, and one of another session, are wrong.
    assert code_of(web.send("POST", path, new_password=NEW, sms_code=wire.sms("13800000002"))) == "sms_code_invalid"
    assert wire.web("finance").sms(unit, "declaration_password").status_code == 202
    assert code_of(web.send("POST", path, new_password=NEW, sms_code=wire.sms("13800000002"))) == "sms_code_invalid"
    assert web.sms(unit, "declaration_password").status_code == 202
    code = wire.sms("13800000002")
    assert web.send("POST", path, new_password=NEW, sms_code=code).status_code == 204
    assert wire.client("single").verify(unit, NEW).status_code == 200
    assert code_of(web.send("POST", path, new_password="Other-2026", sms_code=code)) == "sms_code_invalid"


def test_only_a_head_on_the_web_platform_gets_such_a_code(wire: Wire) -> None:
    unit = wire.units["A"]
    assert code_of(wire.web("agent").sms(unit, "declaration_password")) == "forbidden"
    assert code_of(wire.web("newcomer").sms(unit, "declaration_password")) == "unit_not_found"
    assert code_of(wire.phone("finance").sms(unit, "declaration_password")) == "forbidden"
    assert code_of(wire.web("finance").sms(unit, "registration")) == "invalid_request"


@pytest.mark.slow  # a gateway with a setting of its own
def test_where_an_office_needs_no_sms_the_password_suffices(gateway_with: Callable[..., LiveGateway]) -> None:
    wire = Wire(gateway_with(environment={"PAIRING_WEB_SMS_CODES": "false"}))
    path = f"/units/{wire.units['A']}/declaration-password"
    assert wire.web("finance").send("POST", path, new_password=NEW).status_code == 204


@pytest.mark.parametrize("steps", [4, -4])
def test_a_code_of_a_wrong_clock_gets_the_difference(wire: Wire, steps: int) -> None:
    unit, phone = wire.units["A"], wire.phone("legal_rep")
    wire.set_clock(wire.now() // 30_000 * 30_000 + 600_000, frozen=True)
    refused = reset(wire, phone, unit, otp=phone.otp(at_ms=wire.now() + steps * 30_000)).json()
    told = (refused["code"], refused["gateway_time"], refused["clock_difference"])
    assert told == ("otp_invalid", wire.now(), steps * 30)
    assert "the clocks differ by 120 s" in refused["detail"]
    far = reset(wire, phone, unit, otp=phone.otp(at_ms=wire.now() + 20 * 60_000)).json()
    assert (far["code"], far["gateway_time"], "clock_difference" in far) == ("otp_invalid", wire.now(), False)


def test_the_wrong_password_that_locks_a_unit_reports_the_lock(wire: Wire) -> None:
    unit, client = wire.units["A"], wire.client("agent")
    told = [client.verify(unit, "Wrong-1234", captcha=attempt > 0).json() for attempt in range(5)]
    assert [answer.get("tries_left") for answer in told] == [None, None, 2, 1, None]
    assert told[-1]["locked_for"] == 7200
    assert "the unit is locked. Try again in 120 min" in told[-1]["detail"]


def test_a_phone_needs_its_code_and_each_code_serves_once(wire: Wire) -> None:
    unit, phone = wire.units["A"], wire.phone("legal_rep")
    without = phone.send("POST", f"/units/{unit}/declaration-password", new_password=NEW)
    assert (without.status_code, without.json()["errors"][0]["field"]) == (422, "otp")
    wrong = "000000" if phone.otp(at_ms=wire.now()) != "000000" else "000001"
    assert code_of(reset(wire, phone, unit, otp=wrong)) == "otp_invalid"
    wire.set_clock(wire.now() // 30_000 * 30_000 + 300_000, frozen=True)
    used = phone.otp(at_ms=wire.now())
    assert reset(wire, phone, unit, otp=used).status_code == 204
    assert code_of(reset(wire, phone, unit, "Other-2026", otp=used)) == "otp_invalid"
    older = phone.otp(at_ms=wire.now() - 30_000)
    assert code_of(reset(wire, phone, unit, "Other-2026", otp=older)) == "otp_invalid"
    wire.move(seconds=30)
    assert reset(wire, phone, unit, "Other-2026").status_code == 204


def test_a_code_that_a_login_used_does_not_serve_a_reset(wire: Wire) -> None:
    wire.set_clock(wire.now() // 30_000 * 30_000 + 300_000, frozen=True)
    phone = wire.phone("legal_rep")
    ticket = wire.post("/tickets", client={"name": "c", "version": "1", "device": "d"}).json()["ticket_id"]
    code = phone.otp(at_ms=wire.now())
    assert phone.send("POST", f"/tickets/{ticket}/scan").status_code == 200
    assert phone.send("POST", f"/tickets/{ticket}/confirm", otp=code).status_code == 200
    assert code_of(reset(wire, phone, wire.units["A"], otp=code)) == "otp_invalid"


def test_wrong_codes_are_limited(wire: Wire) -> None:
    unit, phone = wire.units["A"], wire.phone("legal_rep")
    right = phone.otp(at_ms=wire.now())
    wrong = next(code for code in ("000000", "000001", "000002") if code != right)
    codes = [code_of(reset(wire, phone, unit, otp=wrong)) for _ in range(11)]
    assert codes == ["otp_invalid"] * 9 + ["otp_tries_exhausted", "unauthenticated"]


def test_it_unlocks_the_unit(wire: Wire) -> None:
    unit = wire.units["A"]
    lock(wire.client("single"), unit)
    assert reset(wire, wire.phone("legal_rep"), unit).status_code == 204
    assert wire.client("single").verify(unit, NEW).status_code == 200


def test_it_ends_the_units_sessions_and_no_others(wire: Wire) -> None:
    a, b = wire.units["A"], wire.units["B"]
    bound, authorized, elsewhere, fresh = (wire.client(name) for name in ("single", "authorized", "agent", "passport"))
    assert bound.verify(a, RIGHT).status_code == authorized.verify(a).status_code == 200
    switched = wire.client("agent")
    for client in (elsewhere, switched):
        assert client.verify(a, RIGHT).status_code == client.verify(b, RIGHT).status_code == 200
    phone = wire.phone("legal_rep")
    assert reset(wire, phone, a).status_code == 204
    assert bound.get("/session").status_code == 401
    assert authorized.get("/session").status_code == 401
    assert elsewhere.stage() == switched.stage() == "unit_verified"
    assert fresh.stage() == "logged_in"
    assert phone.get("/app/session").status_code == 200


@pytest.mark.parametrize("name", ["agent", "single", "authorized"])
def test_no_other_person_resets_it(wire: Wire, name: str) -> None:
    assert code_of(reset(wire, wire.phone(name), wire.units["A"])) == "forbidden"
    assert wire.client("single").verify(wire.units["A"], RIGHT).status_code == 200


def test_not_even_a_holder_of_manage(wire: Wire) -> None:
    head = wire.phone("legal_rep")
    head.grant(wire.units["A"], **wire.person("newcomer"), permission="manage")
    assert code_of(reset(wire, wire.phone("newcomer"), wire.units["A"])) == "forbidden"


def test_a_unit_of_others_and_an_unknown_unit_get_the_same_refusal(wire: Wire) -> None:
    finance = wire.phone("finance")
    theirs, nobodys = reset(wire, finance, wire.units["B"]), reset(wire, finance, "91110000600037341L")
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.json() == nobodys.json()


@pytest.mark.parametrize("weak", ["short-1A", "alllowercase", "Has space-1", "Unit-2019-is-too-long"])
def test_the_rules_of_passwords_hold(wire: Wire, weak: str) -> None:
    weak = weak if weak != "short-1A" else "Sh0rt-1"
    refused = reset(wire, wire.phone("legal_rep"), wire.units["A"], weak)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "new_password")
    assert wire.client("single").verify(wire.units["A"], RIGHT).status_code == 200


def test_the_old_password_is_refused_as_the_new_one(wire: Wire) -> None:
    refused = reset(wire, wire.phone("legal_rep"), wire.units["A"], RIGHT)
    assert refused.json()["errors"][0]["rule"] == "password_reused"


def test_the_hall_is_the_last_resort(wire: Wire) -> None:
    unit = wire.units["C"]
    body = {"taxpayer_id": unit, "new_password": NEW}
    assert wire.call("POST", "/sim/v1/hall/declaration-password-resets", json=body).status == 204
    assert wire.client("newcomer").bind(unit, NEW).status_code == 201
    unknown = body | {"taxpayer_id": "91110000600037341L"}
    assert wire.call("POST", "/sim/v1/hall/declaration-password-resets", json=unknown).status == 404


def test_the_client_offers_the_apps_qr_and_the_web_platforms_link_for_any_number(wire: Wire) -> None:
    newcomer = wire.client("newcomer")
    for unit in (wire.units["A"], "91110000600037341L"):
        offer = newcomer.get(f"/units/{unit}/declaration-password").json()
        assert offer == {
            "qr": f"{wire.gateway.url}/reset/declaration-password/{unit}",
            "link": f"{wire.gateway.url}/web/#/declaration-password/{unit}",
        }
    assert newcomer.get("/units/nonsense/declaration-password").status_code == 404


def test_the_other_head_hears_of_it(wire: Wire) -> None:
    assert reset(wire, wire.phone("legal_rep"), wire.units["A"]).status_code == 204
    newest = wire.phone("finance").get("/app/messages").json()["messages"]
    assert "declaration_password_reset" in {message["notice"] for message in newest}
