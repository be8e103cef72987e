"""The only source of Redis keys and channels. All begin with one prefix, whose hash tag puts them in one slot."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keys:
    """Names of the gateway's data in Redis, under ``prefix``."""

    prefix: str

    def ticket(self, ticket_id: str) -> str:
        """Hash: one ticket, also an ended one until its tombstone expires."""
        return f"{self.prefix}ticket:{ticket_id}"

    def session(self, digest: str) -> str:
        """Hash: one session, by the SHA-256 of its token."""
        return f"{self.prefix}session:{digest}"

    def session_tickets(self, digest: str) -> str:
        """Set: the tickets that a phone's session has scanned."""
        return f"{self.prefix}session:{digest}:tickets"

    def account_sessions(self, account_id: str) -> str:
        """Set: digests of an account's sessions, phone and client."""
        return f"{self.prefix}account:{account_id}:sessions"

    def unit_sessions(self, taxpayer_id: str) -> str:
        """Sorted set: digests of the clients' sessions that are verified for a unit."""
        return f"{self.prefix}unit:{taxpayer_id}:sessions"

    def waiting_phones(self, account_id: str) -> str:
        """Set: the workers at which a phone of this account waits for a message."""
        return f"{self.prefix}waiting_phones:{account_id}"

    def requests_blocked(self, account_id: str) -> str:
        """The moment until which phones of this account are shown no targeted ticket."""
        return f"{self.prefix}account:{account_id}:blocked"

    def failures(self, kind: str, subject: str) -> str:
        """Hash: wrong passwords of an account or a unit, or under one of its names, and the lock."""
        return f"{self.prefix}failures:{kind}:{subject}"

    def attempt(self, kind: str, subject: str) -> str:
        """The password evaluation in progress, and the outcome of the last one."""
        return f"{self.prefix}attempt:{kind}:{subject}"

    def pending_attempts(self, kind: str, subject: str) -> str:
        """Sorted set: the password evaluations in progress of one account or unit."""
        return f"{self.prefix}pending:{kind}:{subject}"

    def captcha(self, captcha_id: str) -> str:
        """Hash: an unanswered captcha."""
        return f"{self.prefix}captcha:{captcha_id}"

    def sms(self, purpose: str, transaction: str) -> str:
        """Hash: the SMS code of one registration or reset."""
        return f"{self.prefix}sms:{purpose}:{transaction}"

    def registration(self, registration_id: str) -> str:
        """Hash: an unfinished registration."""
        return f"{self.prefix}registration:{registration_id}"

    def reset(self, reset_id: str) -> str:
        """Hash: an unfinished password reset."""
        return f"{self.prefix}reset:{reset_id}"

    def limit(self, what: str, whom: str) -> str:
        """Counter of a rate limit."""
        return f"{self.prefix}limit:{what}:{whom}"

    def bucket(self, what: str, whom: str) -> str:
        """Leaky bucket of a rate limit. Gateways of the first schema keep theirs, in another form, at ``limit``."""
        return f"{self.prefix}bucket:{what}:{whom}"

    def worker_channel(self, worker_id: str) -> str:
        """Channel on which one worker hears of its tickets."""
        return f"{self.prefix}worker:{worker_id}"

    def oauth_code(self, digest: str) -> str:
        """Hash: an authorization code of OAuth, also a used one until it expires."""
        return f"{self.prefix}oauth:code:{digest}"

    def oauth_grant(self, grant_id: str) -> str:
        """Hash: what a registered client was granted: its session, its scope, the generation of its refresh token."""
        return f"{self.prefix}oauth:grant:{grant_id}"

    def oauth_session(self, digest: str) -> str:
        """The grant that a session belongs to."""
        return f"{self.prefix}oauth:session:{digest}"

    def oauth_sessions_of(self, sid: str) -> str:
        """Set: the grants that one login in a browser has led to."""
        return f"{self.prefix}oauth:login:{sid}"

    def oauth_browser(self, digest: str) -> str:
        """The login of a browser's session, while a client has something of it."""
        return f"{self.prefix}oauth:browser:{digest}"

    @property
    def oauth_ends(self) -> str:
        """Grants of OAuth, by the moment at which to look whether they are over."""
        return f"{self.prefix}oauth:ends"

    @property
    def oauth_logouts(self) -> str:
        """Logouts that OAuth clients have to be told of, by the moment at which that is due."""
        return f"{self.prefix}oauth:logouts"

    @property
    def oauth_notifications(self) -> str:
        """Tickets of whose moves OAuth clients have to be told, by the moment at which to look."""
        return f"{self.prefix}oauth:notifications"

    def oauth_notification_lease(self, ticket_id: str) -> str:
        """There while somebody tells a client of this ticket."""
        return f"{self.prefix}oauth:notification:{ticket_id}"

    def oauth_logout_lease(self, grant_id: str) -> str:
        """There while somebody tells a client that this grant has ended."""
        return f"{self.prefix}oauth:logout:{grant_id}"

    def oauth_pace(self, ticket_id: str) -> str:
        """Present while a device's next poll would come too soon."""
        return f"{self.prefix}oauth:pace:{ticket_id}"

    def user_code(self, code: str) -> str:
        """The ticket that a user code stands for."""
        return f"{self.prefix}oauth:user_code:{code}"

    @property
    def audit_log(self) -> str:
        """Stream: every audit event, written by the scripts, moved into the database."""
        return f"{self.prefix}trail"

    @property
    def installation(self) -> str:
        """Hash: which database and which server key this Redis belongs to."""
        return f"{self.prefix}installation"

    @property
    def pruning(self) -> str:
        """The worker that deletes expired data, until the next round."""
        return f"{self.prefix}pruning"

    @property
    def readiness(self) -> str:
        """Counter that `/readyz` increments to see that a change is acknowledged."""
        return f"{self.prefix}readiness"

    @property
    def clock(self) -> str:
        """Hash: the clock's setting, for workers that start later."""
        return f"{self.prefix}clock"
