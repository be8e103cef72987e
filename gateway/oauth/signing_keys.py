"""Keys that sign tokens: made when first needed, kept in the database, published as a JWK Set (RFC 7517)."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Database
from gateway.foundation.offload import Offload
from gateway.foundation.secrets import ServerKey
from gateway.oauth.model import ALGORITHMS
from gateway.oauth.tables import SigningKey

if TYPE_CHECKING:
    from joserfc.jwk import ECKey, RSAKey

ID_TOKEN_TYPE: Final = "JWT"
FRESH_SECONDS: Final = 1.0  # other workers rotate keys too
PUBLISHED_MS: Final = 86_400_000  # a retired key is published as long, for tokens that it has signed


class SigningKeys:
    """Signs with the newest key of an algorithm, and verifies with each that is published."""

    def __init__(self, database: Database, clock: Clock, server_key: ServerKey, offload: Offload) -> None:
        self._database = database
        self._clock = clock
        self._server_key = server_key
        self._offload = offload
        self._known: list[tuple[SigningKey, Any]] = []
        self._read_at = 0.0

    def sign(self, claims: dict[str, Any], alg: str, *, typ: str = ID_TOKEN_TYPE, corrupt: bool = False) -> str:
        """A signed JWT. ``corrupt`` breaks its signature, for a fault of the simulation."""
        from joserfc import jwt

        row, key = self._newest(alg)
        signed = jwt.encode({"alg": alg, "kid": row.kid, "typ": typ}, claims, key, [alg])
        if corrupt:
            head, _, signature = signed.rpartition(".")
            return f"{head}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
        return signed

    def verified(self, token: str, typ: str) -> dict[str, Any] | None:
        """The claims of a JWT of this type that one of the keys has signed; None for any other text.

        Looks at no deadline, and at no issuer.
        """
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        keys = KeySet([key for _, key in self._published()])
        if not keys.keys:
            return None
        try:
            decoded = jwt.decode(token, keys, list(ALGORITHMS))
            return dict(decoded.claims) if decoded.header.get("typ") == typ else None
        except (JoseError, ValueError, TypeError, KeyError):
            return None

    def public(self) -> list[dict[str, Any]]:
        """The public keys, newest first."""
        for alg in ALGORITHMS:
            self._newest(alg)
        return [key.as_dict(private=False, use="sig", alg=row.alg, kid=row.kid) for row, key in self._published()]

    def rotate(self) -> None:
        """Sign with new keys from now on. Those before are published for a day more."""
        with self._database.begin() as db:
            retired = update(SigningKey).where(SigningKey.retired_at.is_(None))
            db.execute(retired.values(retired_at=self._clock.now_ms()))
        self._read_at = 0.0

    def _newest(self, alg: str) -> tuple[SigningKey, Any]:
        def found() -> tuple[SigningKey, Any] | None:
            usable = (pair for pair in self._published() if pair[0].alg == alg and pair[0].retired_at is None)
            return next(usable, None)

        known = found()
        if known is None:
            self._make(alg)
            self._read_at = 0.0
            known = found()
        if known is None:
            raise RuntimeError(f"no key for {alg}")
        return known

    def _published(self) -> list[tuple[SigningKey, Any]]:
        """The keys that still count, newest first; one that the server key cannot open is left out."""
        if not self._read_at or time.monotonic() - self._read_at > FRESH_SECONDS:
            at = time.monotonic()
            with self._database.begin() as db:
                rows = list(db.scalars(select(SigningKey).order_by(SigningKey.created_at.desc(), SigningKey.kid)))
            opened = {row.kid: key for row, key in self._known}
            pairs = [(row, opened.get(row.kid) or self._opened(row)) for row in rows]
            self._known = [(row, key) for row, key in pairs if key is not None]
            self._read_at = at
        now = self._clock.now_ms()
        return [pair for pair in self._known if pair[0].retired_at is None or pair[0].retired_at + PUBLISHED_MS > now]

    def _make(self, alg: str) -> None:
        from cryptography.fernet import Fernet

        key = self._offload(_made, alg)
        private = json.dumps(key.as_dict(private=True)).encode()
        row = SigningKey(
            kid=key.thumbprint(),
            alg=alg,
            encrypted=Fernet(_sealing_key(self._server_key)).encrypt(private).decode(),
            created_at=self._clock.now_ms(),
        )
        try:
            with self._database.begin() as db:
                db.add(row)
        except IntegrityError:  # made by this very process already
            return

    def _opened(self, row: SigningKey) -> Any:
        from cryptography.fernet import Fernet, InvalidToken
        from joserfc.jwk import import_key

        for server_key in self._server_key.in_force:
            try:
                text = Fernet(_sealing_key(server_key)).decrypt(row.encrypted.encode())
            except InvalidToken:
                continue
            return import_key(json.loads(text), "RSA" if row.alg == "RS256" else "EC")
        return None


def _sealing_key(server_key: ServerKey) -> bytes:
    return base64.urlsafe_b64encode(server_key.derive("oauth-keys"))


def _made(alg: str) -> ECKey | RSAKey:
    from joserfc.jwk import ECKey, RSAKey

    return ECKey.generate_key("P-256", auto_kid=True) if alg == "ES256" else RSAKey.generate_key(2048, auto_kid=True)
