"""Opens, renews and ends what clients are granted; whatever ends a session ends its grant."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gateway.accounts.model import Person, Session
from gateway.accounts.service import person_of
from gateway.accounts.sessions import Sessions
from gateway.accounts.store import AccountStore
from gateway.config import Settings
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.secrets import ServerKey, digest, random_token
from gateway.oauth.errors import OAuthError, invalid_grant
from gateway.oauth.model import REFRESH_GRANT, Client, narrowed
from gateway.oauth.store import Grant, GrantStore
from gateway.oauth.tokens import Tokens
from gateway.units.service import UnitService
from scan_to_login.protocol import SessionKind


class Granting:
    """Grants, and the sessions that their tokens open."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        grants: GrantStore,
        tokens: Tokens,
        sessions: Sessions,
        accounts: AccountStore,
        units: UnitService,
        server_key: ServerKey,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._grants = grants
        self._tokens = tokens
        self._sessions = sessions
        self._accounts = accounts
        self._units = units
        self._server_key = server_key
        self.on_end: list[Callable[[], None]] = []
        sessions.on_end.append(self._sessions_ended)

    def id_of_ticket(self, ticket_id: str) -> str:
        """The id of the grant that a ticket leads to: derived, so that a repeated claim finds it again."""
        return self._server_key.token("oauth-grant", ticket_id)[:22]

    @staticmethod
    def digest_of(token: str) -> str:
        """The digest under which a token's session is kept."""
        return digest(token)

    def open(
        self,
        grant_id: str,
        client: Client,
        session: Session,
        scope: str,
        sid: str,
        auth_time: int,
        amr: str,
        issuer: str,
    ) -> Grant:
        """Note what a client was granted; ``issuer`` is the one that it knows."""
        grant = Grant(
            client.client_id,
            session.account_id,
            scope,
            session.digest,
            sid,
            str(auth_time),
            amr,
            str(self._ends_at(client, session)),
            self._mark(session.account_id),
            issuer,
            scope,
        )
        renewed = client.check_grant_type(REFRESH_GRANT)
        look_at = int(grant.expires_at) if renewed else self._sessions.lasts_until(session.digest)
        self._grants.open(grant_id, grant, look_at)
        return grant

    def open_session(self, account_id: str, address: str, device: str) -> tuple[str, Session]:
        """A client's session of its own for this account: its token, and the session."""
        token = random_token()
        session = self._sessions.open(
            token,
            SessionKind.CLIENT,
            self._person(account_id),
            seconds=self._settings.client_session_seconds,
            idle_seconds=self._settings.client_idle_seconds,
            address=address,
            device_name=device,
        )
        return token, session

    def refresh(
        self, client: Client, refresh_token: str, scope: str | None, address: str
    ) -> tuple[str, Session, str, Grant]:
        """A new session in place of the grant's present one: token, session, grant id, and grant.

        Raises OAuthError ``invalid_grant``; a refresh token that was used before ends the grant (RFC 9700). Raises
        ``invalid_scope`` for more than was granted; less is for the new access token alone (RFC 6749 section 6).
        """
        named = self._tokens.grant_of_refresh_token(refresh_token)
        grant = self._grants.grant(named[0]) if named else None
        if named is None or grant is None or grant.client_id != client.client_id:
            raise invalid_grant("The refresh token is unknown, ended, or another client's.")
        grant_id, generation = named
        access_scope = narrowed(scope, grant.scope)
        if access_scope is None:
            raise OAuthError("invalid_scope", "The scope is wider than what was granted.")
        if self._mark(grant.account_id) != grant.password_mark:
            self.end(grant_id, grant)
            raise invalid_grant("The account has changed since; log in again.")
        if generation != grant.generation:
            self.end(grant_id, grant)
            raise invalid_grant("The refresh token was used before: all its tokens have ended.")
        token, session = self.open_session(grant.account_id, address, client.client_id)
        self._keep_unit(grant, session, address)
        ends_at = self._ends_at(client, session)
        outcome = self._grants.rotate(grant_id, grant, generation, session.digest, access_scope, ends_at)
        if outcome != "ok":
            self._sessions.end(session.account_id, [session.digest])
            if outcome == "reused":
                self.end(grant_id, self._grants.grant(grant_id) or grant)
            raise invalid_grant("The refresh token was used before: all its tokens have ended.")
        self._sessions.end(session.account_id, [grant.session])
        moved = self._grants.grant(grant_id)
        if moved is None:  # ended meanwhile
            self._sessions.end(session.account_id, [session.digest])
            raise invalid_grant("The login has ended; log in again.")
        return token, session, grant_id, moved

    def end(self, grant_id: str, grant: Grant) -> None:
        """End a grant with its session. The gateway tells the client so (``logout.backchannel``)."""
        if self._grants.end(grant_id, grant):
            for listener in self.on_end:
                listener()
        self._sessions.end(grant.account_id, [grant.session])

    def end_by_id(self, grant_id: str) -> None:
        """The same for a grant that may have ended already."""
        grant = self._grants.grant(grant_id)
        if grant is not None:
            self.end(grant_id, grant)

    def first_end(self) -> int | None:
        """When ``end_overdue`` will have something to do (ms); None for never."""
        return self._grants.first_end()

    def end_overdue(self) -> None:
        """End the grants of whose tokens none works any more: the refresh token's time is over, or the session's."""
        while found := self._grants.overdue():
            for grant_id, grant in found:
                now = self._clock.now_ms()
                # Without a refresh token a grant lasts as long as its session, which each call prolongs.
                lasts_until = self._sessions.lasts_until(grant.session) if grant else 0
                if grant and (int(grant.expires_at) <= now or lasts_until <= now):
                    self.end(grant_id, grant)
                else:
                    self._grants.look_again(grant_id, lasts_until)

    def _sessions_ended(self, digests: Sequence[str]) -> None:
        for grant_id, grant in self._grants.of_sessions(digests):
            self.end(grant_id, grant)

    def _keep_unit(self, grant: Grant, session: Session, address: str) -> None:
        try:
            before = self._units.current(self._sessions.in_force(grant.session, SessionKind.CLIENT))
        except Refusal:
            return  # that session is over; the unit is verified anew
        self._units.hand_on(before, session.digest, address)

    def _ends_at(self, client: Client, session: Session) -> int:
        if not client.check_grant_type(REFRESH_GRANT):
            return session.expires_at
        return self._clock.now_ms() + self._settings.oauth_refresh_seconds * 1000

    def _person(self, account_id: str) -> Person:
        account = self._accounts.get(account_id)
        if account is None or account.disabled:
            raise OAuthError("access_denied", "The account is disabled.")
        return person_of(account)

    def _mark(self, account_id: str) -> str:
        """What changes when the account's password does, or the account is disabled."""
        account = self._accounts.get(account_id)
        return digest(account.password_hash)[:16] if account and not account.disabled else ""
