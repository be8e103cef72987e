"""Sets, at run time and on every worker, the address that the gateway tells clients and phones."""

from __future__ import annotations

from typing import Any, Final

import redis
from pydantic import Field

from gateway.config.serving import is_address
from gateway.control.broadcast import Broadcast
from gateway.control.journal.journal import Journal
from gateway.foundation.errors import refused_field
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import redis_faults_as_503
from gateway.http.origins.public_address import PublicAddress
from gateway.http.routes import Answer, Body, Call, Router
from scan_to_login.field_rules import FieldRule

_KIND: Final = "public-url"


class PublicUrlControl:
    """The chosen address, in Redis and in every worker; a reset forgets it."""

    def __init__(self, client: redis.Redis, keys: Keys, broadcast: Broadcast, public: PublicAddress) -> None:
        self._redis = client
        self._key = f"{keys.prefix}sim:public-url"
        self._broadcast = broadcast
        self.public = public
        broadcast.on(_KIND, self._take_over)
        broadcast.on_subscribed(self.load)

    def choose(self, url: str) -> None:
        """Set the address on every worker; an empty one undoes it. On return every worker tells it."""
        with redis_faults_as_503():
            if url:
                self._redis.set(self._key, url)
            else:
                self._redis.delete(self._key)
        self._broadcast.announce(_KIND, url=url)

    def load(self) -> None:
        """Take over what is in Redis."""
        with redis_faults_as_503():
            self.public.chosen = str(self._redis.get(self._key) or "")

    def _take_over(self, message: dict[str, Any]) -> None:
        self.public.chosen = message["url"]


class PublicUrlView(Answer):
    """The address that the gateway tells."""

    public_url: str = Field(description="what this caller is told; the QR of its tickets begins with it")
    fixed: bool = Field(description="whether everybody is told the same, whatever address they have called")


class PublicUrlBody(Body):
    """The address to tell everybody."""

    public_url: str | None = Field(
        description="such as `http://192.168.1.5:32768`; null: the setting's, or the one that each caller has called"
    )


def router(control: PublicUrlControl, journal: Journal, prefix: str) -> Router:
    """The room's list of routes."""

    def view(call: Call) -> PublicUrlView:
        return PublicUrlView(public_url=control.public.told_to(call.asked), fixed=bool(control.public.fixed))

    def read_public_url(call: Call) -> PublicUrlView:
        """The address that the gateway tells clients and phones."""
        return view(call)

    def set_public_url(call: Call, body: PublicUrlBody) -> PublicUrlView:
        """Set the address that the gateway tells clients and phones, until the next reset."""
        url = (body.public_url or "").rstrip("/")
        if body.public_url is not None and not is_address(url):
            raise refused_field("public_url", FieldRule.ADDRESS_FORM)
        control.choose(url)
        journal.note("the public URL was set", url=url or None)
        return view(call)

    room = Router("simulation", prefix)
    room.add("GET", "/public-url", read_public_url, returns=PublicUrlView)
    room.add("PUT", "/public-url", set_public_url, body=PublicUrlBody, returns=PublicUrlView)
    return room
