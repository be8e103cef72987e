"""TLS at the gateway's own port: its refusals, none of which is a fault in the log."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import certifi
import pytest

from app_simulator import cli
from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from app_simulator.portal_client import PortalClient
from client_stub.client import Client
from client_stub.connection.websocket_connection import WebSocketConnection
from client_stub.errors import ClientError
from scan_to_login.protocol import TicketState
from scan_to_login.terminal.exit_codes import Exit
from scan_to_login.testing.live import LiveGateway
from tests.faults.transports import PollingConnection, SocketIoClient
from tests.integration.connections import connect, exchange, trusting
from tests.integration.wire import Socket, Wire, eventually

pytestmark = pytest.mark.parametrize("front", ["https"], indirect=True, scope="session")


@pytest.fixture
def port(wire: Wire) -> int:
    """Of the gateway."""
    return int(urlsplit(wire.url).port or 0)


def said_to(port: int, data: bytes) -> bytes:
    """The gateway's answer to these bytes, until it closes."""
    return exchange(f"http://127.0.0.1:{port}", data)


@pytest.mark.parametrize("data", [b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", b"POST /x HTTP/1.0\r\n\r\n", b"G"])
def test_plain_http_gets_a_sentence_about_https(port: int, data: bytes) -> None:
    head, _, body = said_to(port, data).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert "https://" in body.decode()
    assert "此端口使用 HTTPS" in body.decode()


@pytest.mark.parametrize(
    "data",
    [b"\x00" * 50, b"\x80\x2e\x01\x03\x01", b"\x16\x03\x01\x00\x05hello", b"\x16\x03\x01\xff\xff" + b"x" * 70_000,
     b"\x16" * 200, b"\x16\x03\x01\x00\x00" * 100],
    ids=lambda data: data[:8].hex(),
)  # fmt: skip
def test_an_invalid_tls_handshake_is_closed_without_a_log_line(
    port: int, wire: Wire, mistreated: LiveGateway, data: bytes
) -> None:
    before = mistreated.log
    said = said_to(port, data)
    assert said[:1] in (b"", b"\x15"), "nothing, or an alert"
    assert wire.call("GET", "/healthz").status == 200
    assert mistreated.log == before


def test_a_handshake_that_the_client_aborts_affects_no_other(port: int, wire: Wire, mistreated: LiveGateway) -> None:
    """A client that does not trust the certificate, a client that leaves in the middle, and forged records."""
    strict = ssl.create_default_context()
    with socket.create_connection(("127.0.0.1", port)) as line, pytest.raises(ssl.SSLCertVerificationError):
        strict.wrap_socket(line, server_hostname="127.0.0.1")
    with connect(wire.url) as line, contextlib.suppress(OSError):
        plain = socket.socket(fileno=socket.dup(line.fileno()))
        with plain:
            plain.sendall(b"\x17\x03\x03\x00\x40" + b"x" * 64)
            while plain.recv(4096):
                pass
    assert wire.call("GET", "/healthz").status == 200
    assert "Traceback" not in mistreated.log


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1:DeprecationWarning")
def test_old_versions_are_refused_and_http_1_1_is_agreed_on(port: int, wire: Wire) -> None:
    old = trusting()
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    with socket.create_connection(("127.0.0.1", port)) as line, pytest.raises((ssl.SSLError, ConnectionError)):
        old.wrap_socket(line, server_hostname="127.0.0.1")
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = trusting()
        context.minimum_version = context.maximum_version = version
        context.set_alpn_protocols(["h2", "http/1.1"])
        line = socket.create_connection(("127.0.0.1", port))
        with context.wrap_socket(line, server_hostname="127.0.0.1") as tls:
            tls.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert tls.recv(4096).startswith(b"HTTP/1.1 200 ")
            assert tls.selected_alpn_protocol() == "http/1.1"
            assert tls.compression() is None


def test_the_client_cannot_renegotiate(port: int, wire: Wire) -> None:
    """Repeated renegotiation would be expensive for the server; OpenSSL's own client asks for it at `R`."""
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-tls1_2"],
        input="R\n", capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert "no renegotiation" in done.stderr + done.stdout
    assert wire.call("GET", "/healthz").status == 200


def test_close_notify_comes_after_the_last_answer(port: int, wire: Wire) -> None:
    """Without it a client could not tell an end from a cut: recv would raise SSLEOFError."""
    with connect(wire.url) as line:
        line.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        received = b""
        while piece := line.recv(4096):
            received += piece
    assert received.startswith(b"HTTP/1.1 200 ")


@pytest.mark.slow
def test_a_large_answer_comes_whole_however_slowly_it_is_read(port: int, wire: Wire) -> None:
    with connect(wire.url) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        received = b""
        while piece := line.recv(1000):
            received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert len(body) > 50_000


def test_a_login_goes_over_it_by_websocket_and_by_long_poll(port: int, wire: Wire) -> None:
    phone = wire.phone()
    with Socket(wire.url) as client:
        issued = client.request()
        phone.approve(issued["ticket_id"])
        assert client.until("confirmed")["ticket_id"] == issued["ticket_id"]
    ticket = wire.ticket()
    phone.approve(ticket.id)
    assert eventually(lambda: ticket.poll(wait=20, since=2).body["state"] == "confirmed")
    assert ticket.claim().status == 200


def test_the_two_simulated_sides_take_the_certificate_that_they_are_given(
    port: int, wire: Wire, front: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `gateway demo --lan` does, with a self-signed certificate."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    verify = front["PAIRING_TLS_CERTIFICATE"]
    with Client(wire.url, verify=verify) as client, Phone(wire.url, verify=verify) as phone:
        ticket = client.request_ticket()
        phone.login("agent", "Demo-2019")
        phone.confirm(phone.scan(ticket.qr))
        client.wait_for(TicketState.CONFIRMED, 30)
        assert client.claim().account.login_name == "agent"
    with Phone(wire.url) as stranger, pytest.raises(PhoneError, match="connection_insecure"):
        stranger.login("agent", "Demo-2019")


def test_a_given_certificate_wins_over_the_environments(
    wire: Wire, front: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Registration and forgotten passwords too; REQUESTS_CA_BUNDLE names other authorities."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certifi.where())
    verify = front["PAIRING_TLS_CERTIFICATE"]
    with PortalClient(wire.url, verify=verify) as portal:
        assert portal.divisions()
        portal.look_at_inbox("13800000001")
    with PortalClient(wire.url) as stranger, pytest.raises(PhoneError, match="connection_insecure"):
        stranger.divisions()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", verify)
    with PortalClient(wire.url) as portal:
        assert portal.divisions()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
@pytest.mark.parametrize("connection", [WebSocketConnection, PollingConnection])
def test_a_clients_connection_trusts_what_its_calls_trust(
    wire: Wire, front: dict[str, str], monkeypatch: pytest.MonkeyPatch, connection: type[WebSocketConnection]
) -> None:
    """The certificate that it was given; else that of REQUESTS_CA_BUNDLE, for each kind of transport."""
    verify = front["PAIRING_TLS_CERTIFICATE"]
    monkeypatch.delenv("WEBSOCKET_CLIENT_CA_BUNDLE", raising=False)

    def asks_for_a_ticket(given: bool | str) -> None:
        with SocketIoClient(wire.url, verify=given, connection=connection) as client:
            client.request_ticket()

    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certifi.where())
    asks_for_a_ticket(verify)
    asks_for_a_ticket(given=False)
    with pytest.raises(ClientError, match="unreachable"):
        asks_for_a_ticket(given=True)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", verify)
    asks_for_a_ticket(given=True)


def test_the_phones_command_line_takes_a_certificate(
    wire: Wire,
    front: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certifi.where())
    login = ["login", "--gateway", wire.url, "--state-dir", str(tmp_path), "--identifier", "agent"]
    login += ["--password", "Demo-2019"]
    assert cli.run(login) == Exit.UNREACHABLE
    given = ["--ca-file", front["PAIRING_TLS_CERTIFICATE"]]
    assert cli.run([*login, *given]) == Exit.DONE
    assert cli.run(["whoami", "--state-dir", str(tmp_path), *given]) == Exit.DONE
    capfd.readouterr()
