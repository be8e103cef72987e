"""Use cases of a natural person: login, logout, sessions, devices, and the account's audit events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from gateway.accounts.login import Login
from gateway.accounts.model import Person, Session
from gateway.accounts.sessions import Sessions
from gateway.accounts.store import AccountStore
from gateway.accounts.tables import Account, Device
from gateway.audit.audit_log import AuditEvent, AuditLog
from gateway.config import Settings
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.secrets import ServerKey, random_id, random_token
from gateway.foundation.telemetry import metrics
from gateway.throttling.captchas import CaptchaAnswer
from scan_to_login.protocol import Code, SessionKind


@dataclass(frozen=True, slots=True)
class PhoneLogin:
    """The result of a phone's login; token and one-time-code secret are returned only here."""

    token: str
    otp_secret: str
    session: Session
    name: str  # in full: it is shown to its owner


@dataclass(frozen=True, slots=True)
class PasswordLogin:
    """The result of a login by password on client or WEB platform."""

    token: str
    session: Session


def person_of(account: Account) -> Person:
    """The account as the other rooms see it."""
    return Person(account.account_id, account.login_name, account.name, account.id_type)


class AccountService:
    """Logs people in and out; knows nothing of tickets or units."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        accounts: AccountStore,
        sessions: Sessions,
        login: Login,
        server_key: ServerKey,
        audit_log: AuditLog,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._accounts = accounts
        self.sessions = sessions
        self._login = login
        self._server_key = server_key
        self._audit_log = audit_log
        # Called with the asking session, and the id of the session that its owner has not begun.
        self.on_disown: list[Callable[[Session, str], None]] = []

    def login_phone(
        self, identifier: str, password: str, name: str, model: str, address: str, captcha: CaptchaAnswer | None = None
    ) -> PhoneLogin:
        """Log a phone in and enrol it as a device of the account. Raises like :meth:`Login.by_password`."""
        with metrics.failed_logins(SessionKind.PHONE):
            account = self._login.by_password("phone", identifier, password, captcha, address)
        token = random_token()
        device_id = random_id()
        session = self.sessions.open(
            token,
            SessionKind.PHONE,
            person_of(account),
            seconds=self._settings.phone_session_seconds,
            address=address,
            device_id=device_id,
            device_name=name,
            device_model=model,
        )
        device = Device(
            device_id=device_id,
            account_id=account.account_id,
            name=name,
            model=model,
            session_digest=session.digest,
            enrolled_at=self._clock.now_ms(),
        )
        with self.ended_on_refusal(session):
            self._accounts.add_device(device)
        self._opened(account, session)
        return PhoneLogin(token, self._server_key.otp_secret(token), session, account.name)

    def login_client(
        self, identifier: str, password: str, device: str, address: str, captcha: CaptchaAnswer | None = None
    ) -> PasswordLogin:
        """Log a client in by account and password. Raises like :meth:`login_phone`."""
        return self._login_idle(
            SessionKind.CLIENT,
            (identifier, password, captcha, address),
            self._settings.client_session_seconds,
            self._settings.client_idle_seconds,
            device,
        )

    def login_web(
        self, identifier: str, password: str, address: str, captcha: CaptchaAnswer | None = None
    ) -> PasswordLogin:
        """Log in on the WEB platform. Raises like :meth:`login_phone`."""
        return self._login_idle(
            SessionKind.WEB,
            (identifier, password, captcha, address),
            self._settings.web_session_seconds,
            self._settings.web_idle_seconds,
            "",
        )

    def session_of(self, token: str, *kinds: SessionKind) -> Session:
        """The session of a bearer token; see :meth:`Sessions.authenticate`."""
        return self.sessions.authenticate(token, *kinds)

    def owner(self, token: str) -> Session:
        """The session of an account's owner, on phone or WEB platform, who may see and change the account's data.

        Raises ``forbidden`` for a client's session, which is for units only (SECURITY.md 8).
        """
        return self.sessions.authenticate(token, SessionKind.PHONE, SessionKind.WEB)

    def logout(self, session: Session) -> None:
        """End this session. A phone's device ends too, since its one-time codes belong to the session."""
        self._end(session, [session.digest])
        self._record("logout", session)

    def log_out_guesser(self, token: str) -> None:
        """End the session of a phone after too many wrong one-time codes, with its device and its tickets.

        The script that counted them has already made the token useless.
        """
        session = self.sessions.kept(token)
        if session is not None:
            self._end(session, [session.digest])
            self._record("otp_tries_exhausted", session)

    def own_sessions(self, session: Session) -> list[Session]:
        """All sessions of the session's account."""
        return self.sessions.of_account(session.account_id)

    def end_session(self, session: Session, session_id: str) -> None:
        """End one of the account's sessions. Raises ``not_found`` if the account has no such session."""
        found = next((own for own in self.own_sessions(session) if own.session_id == session_id), None)
        if found is None:
            raise Refusal(Code.NOT_FOUND, "This account has no such session.")
        self._end(session, [found.digest])
        self._record("session.end", session, session_kind=found.kind.value)

    def disown_login(self, session: Session, session_id: str) -> bool:
        """End a session that the account's owner has not begun; whether it was still in force.

        A phone's session takes its device, its one-time codes and its tickets along. Raises ``forbidden`` for the
        session that asks: its owner logs out instead.
        """
        if session_id == session.session_id:
            raise Refusal(Code.FORBIDDEN, "This is the session that you are using. Log out instead.")
        found = next((own for own in self.own_sessions(session) if own.session_id == session_id), None)
        if found is not None:
            self._end(session, [found.digest])
        for listener in self.on_disown:
            listener(session, session_id)
        self._record("login.disown", session, disowned_session_id=session_id)
        return found is not None

    def end_other_sessions(self, session: Session) -> int:
        """End all of the account's sessions except this one; returns their number."""
        others = [own.digest for own in self.own_sessions(session) if own.digest != session.digest]
        if others:
            self._end(session, others)
        self._record("session.end_others", session)
        return len(others)

    def devices(self, session: Session) -> list[Device]:
        """The devices of the session's account."""
        return self._accounts.devices(session.account_id)

    def revoke_device(self, session: Session, device_id: str) -> None:
        """Stop a device from scanning and confirming, at once. Raises ``not_found`` for another account's device."""
        device = self._accounts.revoke_device(session.account_id, device_id, self._clock.now_ms())
        if device is None:
            raise Refusal(Code.NOT_FOUND, "This account has no such device.")
        self.sessions.end(session.account_id, [device.session_digest])
        self._record("device.revoke", session, revoked_device_id=device_id)

    def events(self, session: Session, before: str, limit: int) -> list[AuditEvent]:
        """The account's audit events, newest first."""
        return self._audit_log.of_account(session.account_id, before=before, limit=limit)

    @contextmanager
    def ended_on_refusal(self, session: Session) -> Iterator[None]:
        """A block that a login needs for its answer.

        If the block refuses, the session ends and its token is not returned.
        """
        try:
            yield
        except Refusal:
            self.sessions.end(session.account_id, [session.digest])
            raise

    def _login_idle(
        self,
        kind: SessionKind,
        credentials: tuple[str, str, CaptchaAnswer | None, str],
        seconds: int,
        idle_seconds: int,
        device: str,
    ) -> PasswordLogin:
        with metrics.failed_logins(kind):
            account = self._login.by_password(kind.value, *credentials)
        token = random_token()
        session = self.sessions.open(
            token,
            kind,
            person_of(account),
            seconds=seconds,
            idle_seconds=idle_seconds,
            address=credentials[3],
            device_name=device,
        )
        self._opened(account, session)
        return PasswordLogin(token, session)

    def _opened(self, account: Account, session: Session) -> None:
        """End the new session if the password was reset meanwhile: that reset may have missed the session."""
        with self.ended_on_refusal(session):
            now = self._accounts.get(account.account_id)
        if now is None or now.password_hash != account.password_hash or now.disabled:
            self._end(session, [session.digest])
            raise Refusal(Code.INVALID_CREDENTIALS)
        self._record(f"login.{session.kind}", session)

    def _end(self, session: Session, digests: list[str]) -> None:
        self.sessions.end(session.account_id, digests)
        self._accounts.revoke_devices(session.account_id, self._clock.now_ms(), digests)

    def _record(self, action: str, session: Session, **fields: str) -> None:
        self._audit_log.record(
            action,
            "ok",
            session.address,
            account_id=session.account_id,
            device_id=session.device_id,
            session_id=session.session_id,
            **fields,
        )
