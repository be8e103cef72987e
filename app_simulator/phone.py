"""The simulated phone with the 个人所得税 app: log in, scan a QR code, confirm or reject."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Self
from urllib.parse import quote

from app_simulator import qr_reader
from app_simulator.addresses import gateway_address
from app_simulator.calls.account_calls import AccountCalls
from app_simulator.calls.connection import TIMEOUT, connect, repeat_seconds
from app_simulator.calls.models import Account, ConfirmPage, PhoneSession, TicketAnswer, take
from app_simulator.calls.request_calls import RequestCalls
from app_simulator.calls.unit_calls import UnitCalls
from app_simulator.enrolment import Enrolment, InMemory, Memory, StateDirectory
from app_simulator.errors import PhoneCode, PhoneError
from app_simulator.one_time_code import GatewayClock, code_of
from app_simulator.otp_allocator import OtpAllocator
from app_simulator.qr_reader import Qr, Source
from scan_to_login.captcha import Captcha, CaptchaImage, with_captcha
from scan_to_login.protocol import Code
from scan_to_login.qr_payload import QrKind, origin_of
from scan_to_login.tracing.actor_spans import ActorTraces

DEVICE_NAME = "Simulated phone"
DEVICE_MODEL = "app-simulator"
# Number of confirms whose code is kept for a repeat; a scanned ticket lives for a minute or two.
REMEMBERED = 64


class Phone(AccountCalls, RequestCalls, UnitCalls):
    """A phone at the gateway at ``gateway_url``. Threads may share it. Every failure is a PhoneError.

    The command line, the web page and the tests all drive this class:

        with Phone("http://127.0.0.1:8000") as phone:
            phone.login("agent", "Demo-2019")
            page = phone.scan(Path("qr.png"))
            phone.confirm(page)
    """

    def __init__(
        self,
        gateway_url: str,
        *,
        memory: Memory | None = None,
        timeout: tuple[float, float] = TIMEOUT,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        verify: bool | str = True,
        sim_token: str = "",
    ) -> None:
        """``memory`` keeps the login for a later Phone (``StateDirectory.of``); without it the login ends here.

        ``timeout`` is (connect, read) in seconds; ``monotonic`` and ``sleep`` are for tests of the waiting.
        ``verify`` is as in requests. ``sim_token`` (PAIRING_SIM_TOKEN unless given) is for aliases of units. Raises
        PhoneError ``bad_gateway_url``.
        """
        self._sim_token = sim_token
        self._clock = GatewayClock(monotonic)
        traces = ActorTraces("app_simulator", one_login=False)
        self._http = connect(gateway_url, self._clock, timeout=timeout, sleep=sleep, verify=verify, traces=traces)
        self._memory: Memory = InMemory() if memory is None else memory
        self._codes = OtpAllocator(self._memory, self._clock, look=self.whoami, sleep=sleep, monotonic=monotonic)
        self._enrolment: Enrolment | None = None
        self._unreadable: PhoneError | None = None
        try:
            self._enrolment = self._memory.load()
        except PhoneError as error:  # raised where the login is needed: a new login replaces it
            self._unreadable = error
        # Ticket → step of the code sent for it: a repeat of the same confirm carries the same code.
        self._sent: dict[str, int] = {}

    @classmethod
    def saved(
        cls, gateway_url: str | None = None, *, directory: StateDirectory | None = None, verify: bool | str = True
    ) -> Self:
        """The phone that was logged in at ``gateway_url``, or, without one, at the last gateway, from ``directory``.

        ``verify`` is that of ``Phone``. Raises PhoneError ``not_logged_in`` if there is none, ``state_unreadable``.
        """
        directory = directory or StateDirectory()
        url = gateway_url or directory.current()
        if url is None:
            raise PhoneError.own(PhoneCode.NOT_LOGGED_IN, at="")
        url = gateway_address(url)
        phone = cls(url, memory=directory.of(url), verify=verify)
        try:
            phone._enrolled()
        except PhoneError:
            phone.close()
            raise
        return phone

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; the login stays. Raises nothing."""
        self._http.close()

    @property
    def gateway_url(self) -> str:
        """The gateway this phone talks to."""
        return self._http.gateway_url

    @property
    def logged_in(self) -> bool:
        """Whether this phone has a session, as far as it knows."""
        return self._enrolment is not None

    @property
    def account(self) -> Account:
        """The account of the login. Raises PhoneError ``not_logged_in``."""
        return Account.of(self._enrolled().account)

    @property
    def device_id(self) -> str:
        """The gateway's id of this phone. Raises PhoneError ``not_logged_in``."""
        return self._enrolled().device_id

    def login(
        self,
        identifier: str,
        password: str,
        *,
        device_name: str = DEVICE_NAME,
        device_model: str = DEVICE_MODEL,
        captcha: Captcha | tuple[str, str] | None = None,
    ) -> Account:
        """Log in and enrol this device as ``device_name``, ``device_model``; a previous login ends.

        ``identifier`` is a phone number, a login name or an ID number; ``captcha`` answers ``captcha(identifier)``,
        after a wrong ``password``. Never repeated by itself: a second try may count as a wrong password. Raises
        PhoneError, among them ``invalid_credentials``, ``captcha_required``, ``captcha_invalid``, ``account_locked``.
        """
        body = {
            "identifier": identifier,
            "password": password,
            "device": {"name": device_name, "model": device_model},
        }
        with self._memory.lock():  # before the call: a login that cannot be saved is not begun
            answer = self._http.call("POST", "/app/sessions", body=with_captcha(body, captcha))
            account = Account.of(take(answer, "account", dict))
            enrolment = Enrolment(
                gateway_url=self.gateway_url,
                access_token=take(answer, "access_token", str),
                device_id=take(answer, "device_id", str),
                device_name=device_name,
                otp_secret=take(answer, "otp_secret", str),
                account=account.as_dict(),
            )
            self._memory.save(enrolment)
            before, self._enrolment, self._unreadable = self._enrolment, enrolment, None
            self._sent.clear()
        if before is not None:
            self._end(before)
        return account

    def captcha(self, identifier: str) -> CaptchaImage:
        """A new captcha for a ``login`` as ``identifier`` and for no other. Raises PhoneError."""
        answer = self._http.call("POST", "/captchas", body={"identifier": identifier})
        try:
            return CaptchaImage.from_wire(answer)
        except (KeyError, TypeError, ValueError):
            raise PhoneError.own(PhoneCode.UNEXPECTED_ANSWER, field="captcha") from None

    def whoami(self) -> PhoneSession:
        """The session as the gateway knows it. Raises PhoneError ``unauthenticated`` when it has ended."""
        return PhoneSession.of(self.call("GET", "/app/session", repeat=True))

    session = whoami  # what the client calls it

    def logout(self) -> None:
        """End the session and forget it; one that has ended already is no error. Raises PhoneError."""
        try:
            self.call("DELETE", "/app/session", repeat=True)
        except PhoneError as error:
            if error.code != Code.UNAUTHENTICATED:
                raise
        self.forget()

    def forget(self) -> None:
        """Forget the login without a call to the gateway. Raises PhoneError ``state_not_writable``."""
        with self._memory.lock():
            self._memory.forget()
            self._enrolment = self._unreadable = None
            self._sent.clear()

    # The three actions

    def read(self, source: Source, *, on_long: Callable[[], None] | None = None) -> Qr:
        """The content of a QR code; sends nothing. ``on_long`` is called once if reading takes over a second.

        ``source`` is the text (str), an image file (a Path) or its bytes. Raises PhoneError with a code ``qr_…``.
        """
        return qr_reader.read(source, self.gateway_url, on_long)

    def scan(self, source: Source, *, on_long: Callable[[], None] | None = None) -> ConfirmPage:
        """Scan a login QR code; returns what a person must see before deciding. ``source``, ``on_long``: see ``read``.

        Raises PhoneError: those of ``read``, ``qr_app_download`` and ``qr_declaration_password_reset``
        for the other kinds, ``ticket_not_found``, ``ticket_expired``, ``ticket_taken``, ``qr_stale``, …
        """
        qr = self.read(source, on_long=on_long)
        if qr.kind is QrKind.APP_DOWNLOAD:
            raise PhoneError.own(PhoneCode.QR_APP_DOWNLOAD)
        if qr.kind is QrKind.DECLARATION_PASSWORD_RESET:
            raise PhoneError.own(PhoneCode.QR_DECLARATION_PASSWORD_RESET, taxpayer_id=qr.argument)
        body = {"frame": qr.frame} if qr.frame else {}
        return ConfirmPage.of(self.call("POST", f"{_path_of(qr.argument)}/scan", body=body, repeat=True))

    def confirm(
        self,
        ticket: ConfirmPage | str,
        *,
        number: str | None = None,
        wait: bool = True,
        on_wait: Callable[[float], None] | None = None,
    ) -> TicketAnswer:
        """Confirm the login: ``ticket`` is what ``scan`` answered, or its ticket_id.

        ``number`` is the two digits of the client's screen, needed where ``number_matching`` is ``require``, or
        ``choose``: a wrong choice rejects. When both one-time codes of the moment are used this waits for the next
        one, up to 30 s, and tells ``on_wait`` the seconds first; with ``wait=False`` it raises ``otp_wait``.
        Repeating a confirm sends the same code again and gets the same answer.
        Raises PhoneError: ``otp_invalid``, ``otp_tries_exhausted`` (the gateway has logged this phone out),
        ``number_mismatch``, ``ticket_…``, ``clock_moved_back``.
        """
        ticket_id = ticket if isinstance(ticket, str) else ticket.ticket_id
        enrolment = self._enrolled()
        if not self._clock.known:
            self.whoami()
        step = self._sent.get(ticket_id)
        if step is None:
            step = self._codes.take(enrolment, wait=wait, on_wait=on_wait)
        try:
            return self._send_confirm(enrolment, ticket_id, step, number)
        except PhoneError as error:
            if error.code != Code.OTP_INVALID:
                raise
            # The refusal has told the gateway's present time: if its clock was moved, another code fits now.
            self._codes.give_back(enrolment, step)
            try:
                step = self._codes.take(enrolment, wait=False)
            except PhoneError as none_left:
                raise (error if none_left.code == PhoneCode.OTP_WAIT else none_left) from None
        return self._send_confirm(enrolment, ticket_id, step, number)

    def reject(self, ticket: ConfirmPage | str) -> TicketAnswer:
        """Reject the login of ``ticket``; repeating it gets the same answer. Raises PhoneError ``ticket_…``."""
        path = f"{_path_of(ticket if isinstance(ticket, str) else ticket.ticket_id)}/reject"
        return TicketAnswer.of(self.call("POST", path, body={}, repeat=True))

    def _send_confirm(self, enrolment: Enrolment, ticket_id: str, step: int, number: str | None) -> TicketAnswer:
        body = {"otp": code_of(enrolment.otp_secret, step)}
        if number is not None:
            body["number"] = number
        while len(self._sent) >= REMEMBERED:
            self._sent.pop(next(iter(self._sent)), None)
        self._sent[ticket_id] = step
        try:
            return TicketAnswer.of(self.call("POST", f"{_path_of(ticket_id)}/confirm", body=body, repeat=True))
        except PhoneError as error:
            if error.status is not None and error.status < 500:
                self._sent.pop(ticket_id, None)  # answered, and refused: the next try is a new one
            raise

    def call(
        self, method: str, path: str, *, body: Mapping[str, Any] | None = None, repeat: bool = False
    ) -> dict[str, Any]:
        """Any call with this phone's session: ``method``, ``path`` below ``/api/v1``, JSON ``body``; returns the JSON.

        ``repeat`` says that it may be sent again when the connection is cut. Raises PhoneError.
        """
        authorization = f"Bearer {self._enrolled().access_token}"
        seconds = repeat_seconds(repeat)
        return self._http.call(method, path, authorization=authorization, body=body, repeat_for=seconds)

    def _enrolled(self) -> Enrolment:
        if self._unreadable is not None:
            raise self._unreadable
        if self._enrolment is None:
            raise PhoneError.own(PhoneCode.NOT_LOGGED_IN, at=f" ({origin_of(self.gateway_url)})")
        return self._enrolment

    def _end(self, enrolment: Enrolment) -> None:
        """End a session that a newer one has replaced; if that fails, it ends by its own deadline."""
        with suppress(PhoneError):
            self._http.call("DELETE", "/app/session", authorization=f"Bearer {enrolment.access_token}")


def _path_of(ticket_id: str) -> str:
    return f"/tickets/{quote(ticket_id, safe='')}"
