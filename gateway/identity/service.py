"""Use cases of a natural person: logging in, being logged in, leaving."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.config import Settings
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.secrets import ServerKey, random_id, random_token
from gateway.identity.model import Person, Session, SessionKind
from gateway.identity.passwords import Passwords
from gateway.identity.sessions import Sessions
from gateway.identity.store import AccountStore
from gateway.identity.tables import Account, Device
from gateway.protocol import Code


@dataclass(frozen=True, slots=True)
class PhoneLogin:
    """What a phone holds after its login; the only time that token and one-time-code secret are told."""

    token: str
    otp_secret: str
    session: Session


@dataclass(frozen=True, slots=True)
class ClientLogin:
    """What a client holds after its login by password."""

    token: str
    session: Session


def person_of(account: Account) -> Person:
    """The account as the other rooms see it."""
    return Person(account.account_id, account.login_name, account.name, account.id_type)


class IdentityService:
    """Logs people in and out; knows nothing of tickets or units."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        accounts: AccountStore,
        sessions: Sessions,
        passwords: Passwords,
        server_key: ServerKey,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._accounts = accounts
        self.sessions = sessions
        self._passwords = passwords
        self._server_key = server_key

    def login_phone(self, identifier: str, password: str, name: str, model: str, address: str) -> PhoneLogin:
        """Log a phone in and enrol it as a device of the account.

        Raises ``invalid_credentials``, alike for an unknown account and a wrong password, or ``account_disabled``.
        """
        account = self._account_by_password(identifier, password)
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
        self._accounts.add_device(
            Device(
                device_id=device_id,
                account_id=account.account_id,
                name=name,
                model=model,
                session_digest=session.digest,
                enrolled_at=self._clock.now_ms(),
            )
        )
        return PhoneLogin(token, self._server_key.otp_secret(token), session)

    def login_client(self, identifier: str, password: str, device: str, address: str) -> ClientLogin:
        """Log a client in by account and password; refused like :meth:`login_phone`."""
        account = self._account_by_password(identifier, password)
        token = random_token()
        session = self.sessions.open(
            token,
            SessionKind.CLIENT,
            person_of(account),
            seconds=self._settings.client_session_seconds,
            idle_seconds=self._settings.client_idle_seconds,
            address=address,
            device_name=device,
        )
        return ClientLogin(token, session)

    def session_of(self, token: str, *kinds: SessionKind) -> Session:
        """The session of a bearer token; see :meth:`Sessions.authenticate`."""
        return self.sessions.authenticate(token, *kinds)

    def logout(self, session: Session) -> None:
        """End this session."""
        self.sessions.end(session.account_id, [session.digest])

    def devices(self, session: Session) -> list[Device]:
        """The devices of the session's account."""
        return self._accounts.devices(session.account_id)

    def revoke_device(self, session: Session, device_id: str) -> None:
        """End a device's power to scan and confirm, at once. Raises ``not_found`` for a device of someone else."""
        device = self._accounts.revoke_device(session.account_id, device_id, self._clock.now_ms())
        if device is None:
            raise Refusal(Code.NOT_FOUND, "This account has no such device.")
        self.sessions.end(session.account_id, [device.session_digest])

    def _account_by_password(self, identifier: str, password: str) -> Account:
        account = self._accounts.find(identifier)
        if not self._passwords.matches(account.password_hash if account else None, password) or account is None:
            raise Refusal(Code.INVALID_CREDENTIALS)
        if account.disabled:
            raise Refusal(Code.ACCOUNT_DISABLED)
        return account
