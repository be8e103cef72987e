"""Why a TLS connection fails, told apart by real servers: for a phone's calls and for a client's WebSocket."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from app_simulator.texts import Texts
from client_stub.client import Client
from client_stub.errors import ClientError, client_error
from client_stub.terminal.catalog import Catalog, sentence
from scan_to_login.errors import INSECURE, Reason
from scan_to_login.http_client import HttpClient
from scan_to_login.messages import LANGUAGES, catalogue

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
HERE = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))


def certificate(
    folder: Path, *names: x509.GeneralName, ends: timedelta = DAY, begins: timedelta = -2 * DAY
) -> tuple[Path, Path]:
    """A certificate that has signed itself, for these names, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "of a test")])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + begins)
        .not_valid_after(NOW + ends)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


@contextmanager
def serving(handle: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that does this with each connection; its https address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return
                with line, suppress(OSError):
                    line.settimeout(10)
                    handle(line)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(20)


def speaking(
    folder: Path, change: Callable[[ssl.SSLContext], object] = lambda _: None
) -> Callable[[socket.socket], None]:
    """TLS with the certificate of the folder; ``change`` makes the server another."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    change(context)

    def handle(line: socket.socket) -> None:
        with context.wrap_socket(line, server_side=True) as tls:
            tls.recv(1)

    return handle


def old(context: ssl.SSLContext) -> None:
    """TLS 1.1, which no program of today offers."""
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")


def without_a_common_cipher(context: ssl.SSLContext) -> None:
    """Ciphers for a kind of key that the server does not have."""
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")


def in_plain_text(line: socket.socket) -> None:
    """An HTTP server without TLS."""
    line.recv(4096)
    line.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def hanging_up(line: socket.socket) -> None:
    """A server that is going away."""
    line.recv(1)


@contextmanager
def failing(reason: Reason, folder: Path) -> Iterator[tuple[str, bool | str]]:
    """A server to which a connection fails for this reason: its address, and the authorities to trust."""
    kinds = {
        Reason.OTHER_NAME: ((x509.DNSName("another.example"),), {}),
        Reason.OUT_OF_DATE: ((HERE,), {"ends": -DAY}),
    }
    names, dates = kinds.get(reason, ((HERE,), {}))
    trusted, _ = certificate(folder, *names, **dates)
    handlers = {
        Reason.NOT_TLS: lambda: in_plain_text,
        Reason.TLS_VERSION: lambda: speaking(folder, old),
        Reason.TLS_FAILED: lambda: speaking(folder, without_a_common_cipher),
    }
    with serving(handlers.get(reason, lambda: speaking(folder))()) as url:
        yield url, True if reason is Reason.UNTRUSTED else str(trusted)


@pytest.fixture(autouse=True)
def no_authorities_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test run may name its own."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "WEBSOCKET_CLIENT_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1:DeprecationWarning")
@pytest.mark.parametrize("reason", sorted(INSECURE), ids=lambda reason: reason.name)
def test_phone_and_client_say_why_there_is_no_secure_connection(reason: Reason, tmp_path: Path) -> None:
    with failing(reason, tmp_path) as (url, trusted):
        with Client(url, verify=trusted) as client, pytest.raises(ClientError) as of_client:
            client.request_ticket()
        with Phone(url, verify=trusted) as phone, pytest.raises(PhoneError) as of_phone:
            phone.login("agent", "Demo-2019")
    assert (of_client.value.code, of_client.value.extra["reason"]) == ("unreachable", reason)
    assert of_phone.value.code == "connection_insecure"
    for language in LANGUAGES:
        phrase = catalogue(language)[f"reason.{reason.name.lower()}"]
        assert phrase in sentence(of_client.value, Catalog(language))
        assert phrase in of_phone.value.sentence(Texts(language))


def test_a_server_that_hangs_up_in_the_handshake_has_cut_the_connection() -> None:
    with serving(hanging_up) as url, closing(HttpClient(url, client_error)) as http:
        with pytest.raises(ClientError) as caught:
            http.call("GET", "/x")
        assert caught.value.extra["reason"] is Reason.CUT
