"""One call of an actor, and the shapes that phones and clients share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from scan_to_login.captcha import Captcha
from scan_to_login.protocol import IdType
from scan_to_login.request_shapes import Query

LONGEST_WAIT_SECONDS: Final = 60
MOST_ACTORS: Final = 256
"""Phones, and as many clients, that one server holds."""
ORIGINS_HEADER: Final = "X-Gateway-Origins"
"""Header in which a gateway tells its own actors the origins by which its callers know it, separated by blanks."""

Method = Literal["GET", "POST", "DELETE"]
Text = Annotated[str, Field(min_length=1, max_length=256)]


class Fields(BaseModel):
    """A call's body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class CaptchaFields(Fields):
    """An answer to a captcha."""

    captcha_id: Text
    answer: Text

    def captcha(self) -> Captcha:
        """As phone and client take it."""
        return Captcha(self.captcha_id, self.answer)


class Credentials(Fields):
    """Who logs in by password, and the captcha where one is due."""

    identifier: Text
    password: SecretStr
    captcha: CaptchaFields | None = None


class Shown(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(defer_build=True)


class ShownAccount(Shown):
    """Whose phone or session it is; the name is masked."""

    account_id: str
    login_name: str | None
    display_name: str
    id_type: IdType | None


class Wait(Query):
    """How long the call may wait."""

    wait: float = Field(0, ge=0, le=LONGEST_WAIT_SECONDS, description="Longest time to wait, in seconds.")


class Since(Wait):
    """What the caller has seen already, and how long it waits for more."""

    since: int = Field(0, ge=0, le=999_999_999, description="Number up to which the caller knows it.")


@dataclass(frozen=True, slots=True)
class ActorCall:
    """A call: its address, in Flask's form, its description, what it takes and what it returns."""

    name: str
    method: Method
    rule: str
    description: str
    returns: type[BaseModel] | str | None = None  # a content type where it is not JSON
    body: type[Fields] | None = None
    query: type[Query] | None = None
    status: int = 200
    body_bytes: int = 0  # largest body, where it is not the usual one
