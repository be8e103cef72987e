"""A gateway whose QR rotates, with real clients and phones: classes, pictures, films and both command lines."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import zxingcpp
from PIL import Image

from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from client_stub.client import Client
from scan_to_login import qr_image
from scan_to_login.protocol import Code
from scan_to_login.rules.rotating_qr import frame_of, framed, step_at
from scan_to_login.testing import LiveGateway, scan_to_login
from tests.integration.client_stub.conftest import Program, Terminal, environment
from tests.integration.oauth.conftest import Browser, Protocol
from tests.integration.wire import CLIENT, eventually

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def rotating() -> Iterator[LiveGateway]:
    with LiveGateway(environment={"PAIRING_ROTATING_QR": "true"}) as running:
        yield running
        assert "Traceback" not in running.log, running.log


@pytest.fixture
def phone(rotating: LiveGateway) -> Iterator[Phone]:
    rotating.reset()
    with Phone(rotating.url) as phone:
        phone.login("agent", rotating.password_of("agent"))
        yield phone


def test_a_login_with_the_classes(rotating: LiveGateway, phone: Phone) -> None:
    with Client(rotating.url) as client:
        ticket = client.request_ticket()
        assert ticket.rotation is not None
        assert ticket.rotation.secret not in repr(ticket)
        first = ticket.shown_qr
        eventually(lambda: ticket.shown_qr != first)
        assert scan_to_login(phone, client, rotating.unit("A").taxpayer_id, "Unit-2019").stage == "unit_verified"


def test_a_photo_is_refused_and_the_screen_is_not(rotating: LiveGateway, phone: Phone) -> None:
    """On the wire, with a clock that stands still between the moves."""
    rotating.control.clock.freeze()
    told = requests.post(f"{rotating.url}/api/v1/tickets", json={"client": CLIENT}, timeout=10).json()
    ticket_id, rotation = told["ticket_id"], told["rotation"]

    def shown() -> str:
        step = step_at(rotating.control.clock.now_ms, rotation["period_ms"])
        return framed(told["qr"], frame_of(rotation["secret"], ticket_id, step))

    assert told["qr"] == shown()
    rotating.control.clock.advance(5)
    with pytest.raises(PhoneError) as refused:
        phone.scan(told["qr"])
    assert (refused.value.code, refused.value.status) == (Code.QR_STALE, 409)
    with pytest.raises(PhoneError) as bare:
        phone.scan(told["qr"].rpartition("/q/")[0] + f"/q/{ticket_id}")
    assert bare.value.code == Code.QR_STALE
    assert phone.scan(shown()).ticket_id == ticket_id


def test_the_gateway_draws_no_frame_for_whom_knows_the_id(rotating: LiveGateway) -> None:
    told = requests.post(f"{rotating.url}/api/v1/tickets", json={"client": CLIENT}, timeout=10).json()
    for kind in ("svg", "png"):
        answer = requests.get(f"{rotating.url}/api/v1/tickets/{told['ticket_id']}/qr.{kind}", timeout=10)
        assert (answer.status_code, answer.json()["code"]) == (409, Code.QR_ROTATES)


def test_of_a_film_of_the_screen_the_newest_frame_counts(rotating: LiveGateway, phone: Phone) -> None:
    """Several frames of one ticket are one code."""
    with Client(rotating.url) as client:
        ticket = client.request_ticket()
        frames: list[str] = []
        while len(frames) < 3:
            if ticket.shown_qr not in frames:
                frames.append(ticket.shown_qr)
        pictures = [Image.open(io.BytesIO(qr_image.png(text))).convert("L") for text in frames]
        film = io.BytesIO()
        pictures[0].save(film, "GIF", save_all=True, append_images=pictures[1:], duration=300)
        assert phone.scan(film.getvalue()).ticket_id == ticket.ticket_id


def test_the_file_of_the_command_line_is_drawn_anew(rotating: LiveGateway, phone: Phone, tmp_path: Path) -> None:
    picture = tmp_path / "qr.png"
    login = Program(["login", "--gateway", rotating.url, "--json", "--qr-file", str(picture)], environment())
    try:
        pending = login.state()
        first = picture.read_bytes()
        eventually(lambda: picture.read_bytes() != first)
        assert phone.scan(picture).ticket_id == pending["ticket_id"]
        assert login.state()["state"] == "scanned"
    finally:
        login.close()


def drawn(shown: str) -> str:
    """The text of the last QR that a terminal has drawn whole, in half blocks; empty before there is one."""
    pictures: list[list[str]] = [[]]
    for line in shown.splitlines():
        if len(line) > 30 and set(line) <= set(" █▀▄"):
            pictures[-1].append(line)
        elif pictures[-1]:
            pictures.append([])
    for lines in reversed(pictures[:-1]):
        width = len(lines[0])
        picture = Image.new("L", (width, 2 * len(lines) + 8), 255)
        for y, line in enumerate(lines):
            for x, cell in enumerate(line):
                for half, inks in enumerate(("█▀", "█▄")):
                    if cell in inks:
                        picture.putpixel((x, 2 * y + half + 4), 0)
        found = zxingcpp.read_barcodes(picture.resize((width * 4, picture.height * 4), Image.Resampling.NEAREST))
        if found:
            return str(found[0].text)
    return ""


def test_the_terminal_draws_each_frame(rotating: LiveGateway, phone: Phone) -> None:
    """In a window of 80 by 24, as the QR that stands still; what is drawn some frames later may be scanned."""
    login = Terminal(["login", "--gateway", rotating.url, "--lang", "en"], environment(TERM="xterm-256color"), (24, 80))
    try:
        login.expect("left")
        first = drawn(login.shown)
        for _ in range(6):
            login.expect("left")
        last = drawn(login.shown)
        assert first.rsplit(".", 2)[0] == last.rsplit(".", 2)[0]
        assert first != last
        assert phone.scan(last).number is not None
        login.expect("Scanned by *三")
    finally:
        login.close()


def test_a_persona_scans_what_the_screen_shows(rotating: LiveGateway) -> None:
    rotating.reset()
    held = rotating.control.clients.make()
    rotating.control.phones.make(persona="approves").watch(held)
    held.wait_for("confirmed")
    assert held.claim().account.login_name == "agent"


def test_oauth_goes_on(rotating: LiveGateway, phone: Phone) -> None:
    """The authorize page rotates its QR; a device's does not change."""
    browser = Browser(rotating)
    ticket = browser.step(browser.open(), "tickets").json()
    assert ticket["rotation"]["period_ms"] == 1000
    assert phone.scan(ticket["qr"]).ticket_id == ticket["ticket_id"]
    protocol = Protocol(rotating)
    started = protocol.begin()
    phone.confirm(phone.scan(started["verification_uri_complete"]))
    assert protocol.poll(started).json()["access_token"]
