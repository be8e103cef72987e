"""SMS: the provider interface, a provider that posts to a webhook, and the codes in messages."""

from __future__ import annotations

import hashlib
import hmac
import json
import queue
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

import redis

from gateway.foundation.background import Loop
from gateway.foundation.clock import Clock
from gateway.foundation.codes.short_codes import new_sms_code
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import Scripts
from gateway.foundation.secrets import ServerKey
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from scan_to_login.messages import Language
from scan_to_login.protocol import Code, IdType
from scan_to_login.rules.typed import folded_number
from scan_to_login.terminal.language import Text

WEBHOOK_TIMEOUT = (3.05, 10.0)  # seconds to connect, to answer
WEBHOOK_TRIES: Final = 3
WEBHOOK_BACKLOG: Final = 1000
WEBHOOK_PAUSE_SECONDS: Final = 0.2
SIGNATURE_HEADER: Final = "X-Pairing-Signature"
RETENTION_MS: Final = 86_400_000


class Purpose(StrEnum):
    """The purpose of a code in a message; the code is valid for no other."""

    REGISTRATION = "registration"
    PASSWORD_RESET = "password_reset"
    DECLARATION_PASSWORD = "declaration_password"
    AUTHORIZATION = "authorization"


# Who has registered with such a document reads English; everybody else Chinese.
_ENGLISH: Final = frozenset({IdType.PASSPORT, IdType.FOREIGN_PERMANENT_RESIDENT})
_TEXTS: Final[dict[Purpose, Text]] = {
    Purpose.REGISTRATION: Text(
        "[Individual Income Tax] Your code for registration is {code}, valid for {minutes} minutes. Tell it to nobody.",
        "【个人所得税】您正在办理实名注册，验证码 {code}，{minutes} 分钟内有效，请勿告知他人。",
    ),
    Purpose.PASSWORD_RESET: Text(
        "[Individual Income Tax] Your code for a password reset is {code}, valid for {minutes} minutes. "
        "Tell it to nobody.",
        "【个人所得税】您正在重置密码，验证码 {code}，{minutes} 分钟内有效，请勿告知他人。",
    ),
    Purpose.DECLARATION_PASSWORD: Text(
        "[Individual Income Tax] Your code for a new declaration password is {code}, valid for {minutes} minutes. "
        "Tell it to nobody.",
        "【个人所得税】您正在重置单位的申报密码，验证码 {code}，{minutes} 分钟内有效，请勿告知他人。",
    ),
    Purpose.AUTHORIZATION: Text(
        "[Individual Income Tax] Your code for granting the permission to manage is {code}, valid for {minutes} "
        "minutes. Tell it to nobody.",
        "【个人所得税】您正在授予管理权限，验证码 {code}，{minutes} 分钟内有效，请勿告知他人。",
    ),
}


def sms_language(id_type: str) -> Language:
    """The language of messages to a person, by the document."""
    return "en" if id_type in _ENGLISH else "zh"


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one phone. Never log it."""

    phone: str
    purpose: Purpose
    code: str
    text: str


class SmsProvider(Protocol):
    """Delivers messages; must return at once, however long delivery takes (SECURITY.md 14)."""

    def ready(self) -> None:
        """Raise Refusal ``unavailable`` if no message can be accepted now, to any phone."""

    def send(self, message: Message) -> None:
        """Accept a message for delivery."""


class NoSms:
    """The provider without configuration: refuses."""

    def send(self, message: Message) -> None:
        """Refuse: see ``ready``."""
        del message
        self.ready()

    def ready(self) -> None:
        """Refuse, and log the missing setting."""
        log.error(LogEvent.SMS_NOT_CONFIGURED, message="set PAIRING_SMS_WEBHOOK_URL")
        raise Refusal(Code.UNAVAILABLE, "This gateway has no SMS provider.", retry_after=600)


class WebhookSms:
    """Posts each message as JSON ``{phone, purpose, code, text}`` to a URL, from its own thread.

    ``X-Pairing-Signature`` is the hex HMAC-SHA-256 of the body under the configured secret. The thread tries a message
    three times and then logs the failure without the content. It looks for messages every 0.2 s instead of being woken:
    its work would delay only the answer to the sending call, and so show that a message was sent (SECURITY.md 36).
    """

    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._secret = secret.encode()
        self._backlog: queue.Queue[Message] = queue.Queue(WEBHOOK_BACKLOG)
        self._loop: Loop | None = None

    def ready(self) -> None:
        """Raise ``unavailable`` while a thousand messages are waiting."""
        if self._loop is None:
            self._loop = Loop("sms", self._deliver_all, every=WEBHOOK_PAUSE_SECONDS)
            self._loop.start()
        if self._backlog.full():
            raise Refusal(Code.UNAVAILABLE, "Messages are delayed; try again later.", retry_after=60)

    def send(self, message: Message) -> None:
        """Queue a message."""
        self._backlog.put(message)

    def _deliver_all(self) -> None:
        with suppress(queue.Empty):
            while True:
                self.deliver(self._backlog.get_nowait())

    def deliver(self, message: Message) -> bool:
        """Post one message now; whether the webhook accepted it."""
        import requests

        body = json.dumps(
            {"phone": message.phone, "purpose": message.purpose, "code": message.code, "text": message.text},
            ensure_ascii=False,
        ).encode()
        headers = {
            "Content-Type": "application/json",
            SIGNATURE_HEADER: hmac.new(self._secret, body, hashlib.sha256).hexdigest(),
        }
        for _ in range(WEBHOOK_TRIES):
            try:
                answer = requests.post(
                    self._url, data=body, headers=headers, timeout=WEBHOOK_TIMEOUT, allow_redirects=False
                )
            except requests.RequestException as error:
                outcome = type(error).__name__
                continue
            if answer.ok:
                return True
            outcome = str(answer.status_code)
        log.error(LogEvent.SMS_FAILED, purpose=message.purpose, outcome=outcome)
        return False


@dataclass(frozen=True, slots=True)
class SmsRules:
    """Seconds until a code expires and between two codes; codes for one transaction and for one day; wrong tries."""

    seconds: int
    interval_seconds: int
    most: int
    most_a_day: int
    tries: int


class SmsCodes:
    """Codes of six digits, each for one phone, one purpose and one transaction (SECURITY.md 15)."""

    def __init__(
        self,
        client: redis.Redis,
        keys: Keys,
        clock: Clock,
        server_key: ServerKey,
        provider: SmsProvider,
        rules: SmsRules,
    ) -> None:
        self._scripts = Scripts(client, "gateway.registration")
        self._keys = keys
        self._clock = clock
        self._server_key = server_key
        self._provider = provider
        self._rules = rules

    def send(
        self, purpose: Purpose, transaction: str, phone: str | None, *, counted_for: str, language: Language = "zh"
    ) -> tuple[int, int]:
        """Send a new code; the previous one is void. Without a phone it does everything except the message.

        ``counted_for`` is the owner of the day's count (see ``whom``), ``language`` the message's. Returns the seconds
        until the code expires and the seconds until the next may be requested. Raises ``rate_limited``,
        ``unavailable``.
        """
        self._provider.ready()
        code = new_sms_code()
        rules = self._rules
        answer, wait_ms = self._scripts.run(
            "send_sms_code",
            [
                self._keys.sms(purpose, transaction),
                self._keys.bucket("sms", counted_for),
            ],
            now=self._clock.now_ms(),
            code=self._kept(purpose, transaction, code),
            phone=self._kept(purpose, transaction, phone or ""),
            lifetime=rules.seconds * 1000,
            interval=rules.interval_seconds * 1000,
            most=rules.most,
            day_most=rules.most_a_day,
            retention=RETENTION_MS,
        )
        if answer != "ok":
            if int(wait_ms) < 0:
                raise Refusal(Code.RATE_LIMITED, "No more codes are sent for this: begin again.", retry_after=60)
            raise Refusal(Code.RATE_LIMITED, "A code was sent a short time ago.", retry_after=-(-int(wait_ms) // 1000))
        if phone is not None:
            text: str = getattr(_TEXTS[purpose], language).format(code=code, minutes=-(-rules.seconds // 60))
            self._provider.send(Message(phone, purpose, code, text))
        return rules.seconds, rules.interval_seconds

    def whom(self, phone_or_document: str) -> str:
        """The owner of a message count, as a hash."""
        return self._server_key.derive("sms-day", phone_or_document).hex()[:32]

    def look(self, purpose: Purpose, transaction: str, phone: str | None, code: str) -> None:
        """Raise ``sms_code_invalid`` or ``sms_code_expired`` unless ``take`` would accept the code.

        Counts wrong tries.
        """
        self._check(purpose, transaction, phone, code, take=False)

    def take(self, purpose: Purpose, transaction: str, phone: str | None, code: str) -> None:
        """Use a code up. Raises like ``look``. Of parallel calls one succeeds."""
        self._check(purpose, transaction, phone, code, take=True)

    def _check(self, purpose: Purpose, transaction: str, phone: str | None, code: str, *, take: bool) -> None:
        (answer,) = self._scripts.run(
            "check_sms_code",
            [self._keys.sms(purpose, transaction)],
            now=self._clock.now_ms(),
            code=self._kept(purpose, transaction, folded_number(code)),
            phone=self._kept(purpose, transaction, phone or ""),
            tries=self._rules.tries,
            take=int(take),
        )
        if answer != "ok":
            raise Refusal(Code(answer))

    def _kept(self, purpose: str, transaction: str, value: str) -> str:
        return self._server_key.derive("sms", purpose, transaction, value).hex()
