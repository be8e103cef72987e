"""Types of the fixtures that make phones and clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app_simulator.phone import Phone
    from client_stub.client import Client, Transport


class PhoneMaker(Protocol):
    """The fixture ``pairing_phones``."""

    def __call__(self, login_name: str = "", password: str = "") -> Phone:
        """A phone, logged in where ``login_name`` is given; its password is the seed's unless given."""


class ClientMaker(Protocol):
    """The fixture ``pairing_clients``."""

    def __call__(
        self,
        *,
        name: str = "client-stub",
        version: str | None = None,
        device: str | None = None,
        transport: Transport = "websocket",
        verify: bool | str = True,
        sim_token: str = ...,
    ) -> Client:
        """A client without a ticket."""
