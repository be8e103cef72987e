"""The shape of a refusal, once for REST and Socket.IO; ``gateway.http.problems`` fills it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from gateway.http.routes import absent
from scan_to_login.field_rules import FieldRule
from scan_to_login.protocol import Code, TicketState


class FieldError(BaseModel):
    """A field that does not fit: `rule` is stable, `message` is for people, by `Accept-Language`."""

    field: str = Field(description="its name, with dots between the levels")
    rule: FieldRule
    message: str
    values: dict[str, Any] = Field(description="the rule's own numbers and names, as in the message")


class RefusalDetails(BaseModel):
    """What a refusal tells beside its code, where it applies."""

    model_config = ConfigDict(extra="allow", defer_build=True)

    errors: list[FieldError] | None = absent(description="of `invalid_request`: each field that does not fit")
    retry_after: float | None = absent(description="seconds after which another try makes sense")
    state: TicketState | None = absent(description="the ticket's present state")
    version: int | None = absent(description="the ticket's present version")
    nearest: list[str] | None = absent(description="of `not_in_seed`: the names in the seed that are most alike")


class ProblemDocument(RefusalDetails):
    """RFC 9457 problem document; `code` is stable, `title` and `detail` are for people, by `Accept-Language`."""

    type: str = Field(description="`urn:scan-to-login:problem:` and the code")
    title: str
    status: int
    detail: str
    code: Code


class RefusalBody(RefusalDetails):
    """What is wrong: a stable code, and a sentence that says what to do."""

    code: Code
    detail: str


class SocketRefusal(BaseModel):
    """An acknowledgement that refuses."""

    error: RefusalBody
