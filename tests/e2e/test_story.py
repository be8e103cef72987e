"""From the hall to a revoked authorization: one way through everything, with the phone's and the client's classes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from app_simulator.portal_client import Person, PortalClient
from client_stub.client import Client
from client_stub.errors import ClientError
from client_stub.model import Login, Session
from scan_to_login.captcha import Captcha
from scan_to_login.protocol import Code, NextStep, Stage
from scan_to_login.testing.live import LiveGateway

WU = Person("吴小雨", "resident_id", "110101199003072316")
WU_PHONE = "13900000009"
PASSWORD = "Regen-2026"
SEEDED = "Demo-2019"
UNIT_PASSWORD = "Unit-2019"


class Story:
    """A gateway, and what its people do."""

    def __init__(self, gateway: LiveGateway) -> None:
        self.url = gateway.url
        self.sim = f"{gateway.url}/sim/v1"

    def registration_code(self, person: Person) -> str:
        """At the hall's counter."""
        answer = requests.post(f"{self.sim}/hall/registration-codes", json=person.as_body(), timeout=10)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["registration_code"])

    def register(self, person: Person, code: str, phone: str, login_name: str) -> None:
        """On the WEB platform."""
        with PortalClient(self.url) as portal:
            registration = portal.begin_registration(person, code, consent=True)
            portal.look_at_inbox(phone)
            portal.send_registration_code(registration.registration_id, phone)
            fields = {
                "login_name": login_name,
                "password": PASSWORD,
                "phone": phone,
                "sms_code": portal.read_inbox(phone),
                "household_division": "110101",
            }
            assert portal.complete_registration(registration.registration_id, fields).login_name == login_name

    @contextmanager
    def phone(self, identifier: str, password: str = SEEDED) -> Iterator[Phone]:
        with Phone(self.url) as phone:
            phone.login(identifier, password)
            yield phone

    @contextmanager
    def client_by_qr(self, phone: Phone) -> Iterator[tuple[Client, Login]]:
        """Show a QR, have it scanned and confirmed, and claim."""
        with Client(self.url, name="扣缴客户端", version="3.1.0") as client:
            page = phone.scan(client.request_ticket().qr)
            assert page.client_name == "扣缴客户端"
            client.wait_for("scanned")
            phone.confirm(page)
            client.wait_for("confirmed")
            yield client, client.claim()

    def captcha(self, client: Client) -> Captcha:
        """Read the picture as a person would."""
        picture = client.captcha(unit="A")
        assert picture.png.startswith(b"\x89PNG")
        answer = requests.get(f"{self.sim}/captchas/{picture.captcha_id}", timeout=10).json()["answer"]
        return Captcha(picture.captcha_id, answer)


@pytest.fixture
def story(gateway: LiveGateway) -> Story:
    return Story(gateway)


def refused(error: pytest.ExceptionInfo[ClientError] | pytest.ExceptionInfo[PhoneError]) -> str:
    return error.value.code


def test_from_the_hall_to_a_revoked_authorization(story: Story) -> None:
    code = story.registration_code(WU)
    story.register(WU, code, WU_PHONE, "xiaoyu")
    with pytest.raises(PhoneError) as again:
        story.register(WU, code, "13900000010", "xiaoyu2")
    assert refused(again) == Code.REGISTRATION_CODE_SPENT

    with story.phone(WU_PHONE, PASSWORD) as phone, story.client_by_qr(phone) as (client, login):
        assert (login.next, login.units) == (NextStep.BIND_UNIT, ())
        with pytest.raises(ClientError) as no_business:
            client.menu()
        assert refused(no_business) == Code.UNIT_VERIFICATION_REQUIRED
        session = first_binding(story, client)
        assert (session.stage, session.unit and session.unit.via) == (Stage.UNIT_VERIFIED, ("binding",))
        assert "withholding_declaration" in {function.code for function in client.menu()}
        assert [message.notice for message in phone.messages()] == ["login", "login"]

    with story.phone("legal_rep") as head, story.phone("newcomer") as colleague:
        since = colleague.messages()[-1].message_id
        granted = head.grant("A", "赵敏", phone="13800000006")
        (told,) = colleague.messages(since=since, wait=5)
        assert (told.notice, told.permission, told.unit_name) == ("authorization_granted", "handle", granted.unit_name)

        with story.client_by_qr(colleague) as (client, login):
            (unit,) = login.units
            assert (login.next, unit.password_required) == (NextStep.VERIFY_UNIT, False)
            assert client.verify_unit("A").stage == Stage.UNIT_VERIFIED
            assert client.menu()

            head.revoke_authorization("A", granted.authorization_id)
            with pytest.raises(ClientError) as over:
                client.menu()
            assert refused(over) == Code.UNIT_VERIFICATION_REQUIRED
            assert client.session().stage == Stage.LOGGED_IN
            with pytest.raises(ClientError) as asked_again:
                client.verify_unit("A")
            assert refused(asked_again) == Code.DECLARATION_PASSWORD_REQUIRED
        assert colleague.messages()[-1].notice in ("authorization_revoked", "login")
        assert colleague.authorizations() == []


def first_binding(story: Story, client: Client) -> Session:
    """Wrong, wrong with the captcha that is due, and right."""
    with pytest.raises(ClientError) as wrong:
        client.bind_unit("A", "Wrong-2019")
    assert refused(wrong) == Code.UNIT_CREDENTIALS_INVALID
    with pytest.raises(ClientError) as no_captcha:
        client.bind_unit("A", UNIT_PASSWORD)
    assert refused(no_captcha) == Code.CAPTCHA_REQUIRED
    with pytest.raises(ClientError) as wrong_again:
        client.bind_unit("A", "Wrong-2020", story.captcha(client))
    assert refused(wrong_again) == Code.UNIT_CREDENTIALS_INVALID
    return client.bind_unit("A", UNIT_PASSWORD, story.captcha(client))


def test_a_forgotten_declaration_password_is_reset_by_scanning_the_third_kind_of_qr(story: Story) -> None:
    with story.phone("agent") as agent, story.client_by_qr(agent) as (client, _):
        offer = client.reset_offer("A")
        assert offer.link.startswith(f"{story.url}/web/")
        with story.phone("finance") as finance:
            with pytest.raises(PhoneError) as no_login:
                finance.scan(offer.qr)
            assert refused(no_login) == "qr_declaration_password_reset", "it leads to a reset and nowhere else"
            taxpayer_id = finance.unit_of_reset(offer.qr)
            assert taxpayer_id == client.taxpayer_id("A")
            finance.reset_declaration_password(taxpayer_id, "Fresh-2026")
        with pytest.raises(PhoneError) as not_hers:
            agent.reset_declaration_password("A", "Other-2026")
        assert refused(not_hers) == Code.FORBIDDEN
        assert client.verify_unit("A", "Fresh-2026").stage == Stage.UNIT_VERIFIED
        with pytest.raises(PhoneError) as a_login:
            agent.unit_of_reset(client.request_ticket().qr)
        assert refused(a_login) == "qr_not_a_reset"


def test_before_the_cut_over_the_client_logs_in_by_unit(story: Story) -> None:
    eve = 1_577_807_940_000  # 2019-12-31 23:59 in China
    requests.put(f"{story.sim}/clock", json={"now": eve}, timeout=10).raise_for_status()
    with Client(story.url) as client:
        session = client.login_by_unit("B", UNIT_PASSWORD)
        assert (session.account, session.stage) == (None, Stage.UNIT_VERIFIED)
        requests.post(f"{story.sim}/clock/advance", json={"seconds": 120}, timeout=10).raise_for_status()
        with pytest.raises(ClientError) as closed:
            client.login_by_unit("B", UNIT_PASSWORD)
        assert refused(closed) == Code.LEGACY_LOGIN_CLOSED
