"""The SMS provider that posts to a webhook: it retries, logs no content, and delays no caller."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from gateway.foundation.errors import Refusal
from gateway.registration import sms
from gateway.registration.sms import Message, Purpose, WebhookSms

MESSAGE = Message("13900000001", Purpose.REGISTRATION, "123456", "your code: 123456")


class Receiver:
    """Answers posts with the test's statuses, and keeps the posts."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.open = threading.Event()
        self.open.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.open.wait(10)
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.posts.append((dict(self.headers.items()), body))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 204)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def close(self) -> None:
        self.open.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


def test_a_message_is_posted_as_json_with_its_signature(receiver: Receiver) -> None:
    assert WebhookSms(receiver.url, "key").deliver(MESSAGE)
    headers, body = receiver.posts[0]
    assert json.loads(body) == {
        "phone": "13900000001",
        "purpose": "registration",
        "code": "123456",
        "text": "your code: 123456",
    }
    assert headers["X-Pairing-Signature"] == hmac.new(b"key", body, hashlib.sha256).hexdigest()


def test_a_message_that_failed_is_tried_again(receiver: Receiver) -> None:
    receiver.statuses = [500, 503]
    assert WebhookSms(receiver.url, "key").deliver(MESSAGE)
    assert len(receiver.posts) == 3


def test_a_message_that_fails_three_times_is_logged_without_its_content(
    receiver: Receiver, capfd: pytest.CaptureFixture[str]
) -> None:
    receiver.statuses = [500] * 3
    assert not WebhookSms(receiver.url, "key").deliver(MESSAGE)
    said = "".join(capfd.readouterr())
    assert "sms_failed" in said
    assert "123456" not in said
    assert "13900000001" not in said


def test_a_webhook_that_is_not_there_is_no_exception() -> None:
    assert not WebhookSms("http://127.0.0.1:9/", "key").deliver(MESSAGE)


def test_sending_returns_while_the_webhook_hangs_and_a_full_backlog_refuses(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sms, "WEBHOOK_BACKLOG", 2)
    receiver.open.clear()
    provider = WebhookSms(receiver.url, "key")

    def flood() -> None:
        for _ in range(5):
            provider.ready()
            provider.send(MESSAGE)

    with pytest.raises(Refusal, match="unavailable"):
        flood()
    assert receiver.posts == []
