"""The body of a wish for a ticket, over REST and over Socket.IO, and which way it goes."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from gateway.accounts.routes import Identifier, Label
from gateway.foundation.errors import refused_field
from gateway.http.routes import Body
from gateway.pairing.push import Listener
from gateway.pairing.remembered.service import RememberedComputers
from gateway.pairing.service import PairingService
from gateway.pairing.store import Aim
from gateway.pairing.targeted.service import TargetedTickets
from scan_to_login.field_rules import FieldRule
from scan_to_login.protocol import ClientInfo

TicketId = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class TracedBody(Body):
    """The body of an event: what HTTP has headers for stands in it."""

    traceparent: str | None = Field(
        None,
        description="the sender's span (W3C Trace Context), as REST has it in a header; an invalid one is ignored",
    )
    tracestate: str | None = Field(None, description="beside `traceparent`")


class ClientInfoBody(Body):
    """What the client says of itself; shown on the phone as unverified."""

    name: Label
    version: Label
    device: Label = Field(description="host name")

    def info(self) -> ClientInfo:
        """The same as the store takes it."""
        return ClientInfo(name=self.name, version=self.version, device=self.device)


class TicketSecret(TracedBody):
    """A ticket and the secret that makes it the caller's."""

    ticket_id: TicketId
    claim_secret: Annotated[str, StringConstraints(min_length=1, max_length=128)]


class RequestTicketBody(TracedBody):
    """A wish for a ticket; `replaces` cancels the one shown until now."""

    client: ClientInfoBody
    replaces: TicketSecret | None = None
    target: Identifier | None = Field(
        None, description="a phone number, login name or ID number: that account's phones are asked, and nobody scans"
    )
    remembered: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = Field(
        None, description="the token of a remembered computer: its person's phones are asked; not beside `target`"
    )

    def replaced(self) -> tuple[str, str] | None:
        """Id and secret of the ticket to cancel."""
        return (self.replaces.ticket_id, self.replaces.claim_secret) if self.replaces else None

    def issue(
        self,
        service: PairingService,
        targeted: TargetedTickets,
        remembered: RememberedComputers,
        address: str,
        asked: str,
        listener: tuple[str, Listener] | None = None,
    ) -> dict[str, Any]:
        """The ticket; raises like :meth:`PairingService.issue_ticket` and :meth:`TargetedTickets.issue`."""
        client, replaced = self.client.info(), self.replaced()

        def issue(aim: Aim | None = None) -> dict[str, Any]:
            return service.issue_ticket(client, address, asked, replaced, listener, aim=aim)

        if self.remembered is not None:
            if self.target is not None:
                raise refused_field("target", FieldRule.UNFIT)
            return remembered.issue(self.remembered, client, address, issue)
        if self.target is not None:
            return targeted.issue(self.target, (client["name"], client["device"]), address, issue)
        return issue()
