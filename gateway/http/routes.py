"""Routes: the description of a REST call, independent of any framework.

A room lists its routes. ``gateway.http.app`` mounts them on Flask and writes the OpenAPI document from the same list. A
handler gets a :class:`Call`, calls one method of its service, and returns an answer model or raises a Refusal. This
file does not know Flask, so that the fast path can use the same routes.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, Any, ClassVar, Final, NamedTuple, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError, model_serializer
from pydantic_core import from_json

from gateway.foundation.errors import Refusal, refused_field
from scan_to_login.field_rules import FieldRule
from scan_to_login.protocol import Code
from scan_to_login.request_shapes import Query, field_errors
from scan_to_login.rules.typed import folded_number

_ABSENT: Final = object()  # in a field's metadata
# From 2.12 on Pydantic itself leaves a field out; a serializer of our own makes an answer four times as dear.
_LEAVES_OUT: Final = "exclude_if" in inspect.signature(Field).parameters


class Body(BaseModel):
    """A request body: unknown fields are refused, and types are not guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, str_max_length=1024, defer_build=True)


_TYPED: Final = BeforeValidator(lambda text: folded_number(text) if isinstance(text, str) else text)
# Codes that people read from one screen and type on another: as ``123 456``, or in full width.
Otp = Annotated[str, _TYPED, StringConstraints(pattern=r"^[0-9]{6}$")]
# As Otp; an empty one is none.
ClaimCode = Annotated[str, _TYPED, StringConstraints(pattern=r"^([0-9]{6})?$")]
TwoDigits = Annotated[str, _TYPED, StringConstraints(pattern=r"^[0-9]{2}$")]


class Answer(BaseModel):
    """An answer's body."""

    # Enums are checked and written as their words: `Enum.value` is a call, at each field of each answer.
    model_config = ConfigDict(frozen=True, defer_build=True, use_enum_values=True)
    omitted: ClassVar[tuple[str, ...]] = ()  # the fields with the default `absent()`

    @classmethod
    def __pydantic_init_subclass__(cls, **_options: Any) -> None:
        cls.omitted = tuple(name for name, field in cls.model_fields.items() if _ABSENT in field.metadata)

    if not _LEAVES_OUT:

        @model_serializer(mode="wrap")  # without a type of its answer it leaves the schema as it is
        def _without_absent(self, serialize):  # type: ignore[no-untyped-def]
            told = serialize(self)
            for name in self.omitted:
                if told[name] is None:
                    del told[name]
            return told


def absent(*, description: str | None = None) -> Any:
    """Default of an answer's field that is omitted if it has no value."""
    if _LEAVES_OUT:
        return Field(default=None, description=description, exclude_if=lambda value: value is None)
    field: Any = Field(default=None, description=description)
    field.metadata.append(_ABSENT)
    return field


class Auth(Enum):
    """The credential that a route requires in ``Authorization``; the service decides whose it is."""

    NONE = "none"
    SESSION = "session"  # any session's bearer token
    PHONE = "phone"
    CLIENT = "client"
    TICKET = "ticket"  # Ticket <claim_secret>


class Call(NamedTuple):
    """One request, as a handler sees it."""

    path: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    address: str
    credential: str  # the bearer token or claim secret; empty where the route asks for none
    query: Any = None
    asked: str = ""  # scheme://host that the caller has called; empty on the fast path


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer that is not a model: a picture, a text, JSON that is there already.

    A generator's pieces are sent as it makes them. It is closed at the end, also of a caller that has left.
    """

    content: bytes | Generator[bytes, None, None]
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 0  # of an answer that another process has given, or of OAuth; else the route's


M = TypeVar("M", bound=BaseModel)
Handler = Callable[..., BaseModel | Raw | None]


@dataclass(frozen=True, slots=True)
class Route:
    """One REST call: its address, what it takes and returns, and the codes of its refusals."""

    method: str
    rule: str
    handler: Handler
    tag: str
    status: int
    auth: Auth
    body: type[Body] | None
    body_optional: bool
    query: type[Query] | None
    returns: type[BaseModel] | str | None  # a content type where it is not JSON
    headers: type[Query] | None  # of its own, for the document: handlers read them from the call
    also: tuple[str, ...]  # further content types, for clients that ask for them
    codes: tuple[Code, ...]
    params: Mapping[str, str]  # path parameter: regular expression
    body_bytes: int = 0  # largest body, where it is not the usual one
    fast: bool = False  # answered by gateway.http.fast_path, beside Flask
    # of OAuth: takes names and values as they were sent; the model is the document's
    form: type[BaseModel] | None = None
    cross_origin: bool = False  # pages of any origin may call it, without cookies
    errors: type[BaseModel] | None = None  # shape of its refusals, where they are no problem documents
    refused: Callable[[Refusal], Raw] | None = None  # writes its refusals, where they are no problem documents
    passed_on: bool = False  # the handler's own server checks query and body; here they are for the document
    # makes the model of a body that is too large to be checked in one go; else `validated`
    validate: Callable[[dict[str, Any]], BaseModel] | None = None


Fields = list[tuple[str, str]]


class Router:
    """Collects the routes of one room."""

    def __init__(self, tag: str, prefix: str) -> None:
        self.tag = tag
        self._prefix = prefix
        self.all: list[Route] = []

    def add(
        self,
        method: str,
        rule: str,
        handler: Handler,
        *,
        auth: Auth = Auth.NONE,
        body: type[Body] | None = None,
        body_optional: bool = False,
        query: type[Query] | None = None,
        returns: type[BaseModel] | str | None = None,
        headers: type[Query] | None = None,
        also: tuple[str, ...] = (),
        status: int | None = None,
        codes: tuple[Code, ...] = (),
        params: Mapping[str, str] | None = None,
        body_bytes: int = 0,
        fast: bool = False,
        form: type[BaseModel] | None = None,
        cross_origin: bool = False,
        errors: type[BaseModel] | None = None,
        refused: Callable[[Refusal], Raw] | None = None,
        passed_on: bool = False,
        validate: Callable[[dict[str, Any]], BaseModel] | None = None,
    ) -> None:
        """Add a route; ``rule`` in Flask's form (``/tickets/<ticket_id>``); the handler's docstring is its description.

        ``status`` is 200 by default, 204 where nothing is returned. ``fast`` is for the few calls of every login, whose
        rule is of the form ``/a/b/c/<variable>/d``. A route with a ``form`` (RFC 6749) hands the fields over as they
        came, from the query of a GET and the body of a POST; its handler answers each refusal itself.
        """
        self.all.append(
            Route(
                method,
                self._prefix + rule,
                handler,
                self.tag,
                status or (204 if returns is None else 200),
                auth,
                body,
                body_optional,
                query,
                returns,
                headers,
                also,
                codes,
                params or {},
                body_bytes,
                fast,
                form,
                cross_origin,
                errors,
                refused,
                passed_on,
                validate,
            )
        )


def credential_of(door_auth: Auth, authorization: str | None) -> str:
    """The credential in an ``Authorization`` header.

    Raises ``unauthenticated`` if the route requires one and none of its scheme is there. A missing claim secret gets
    the answer of a wrong one (``ticket_not_found``).
    """
    if door_auth is Auth.NONE:
        return ""
    scheme, _, credential = (authorization or "").partition(" ")
    wanted = "ticket" if door_auth is Auth.TICKET else "bearer"
    credential = credential.strip()
    if scheme.lower() != wanted or not 0 < len(credential) <= 256 or not credential.isascii():
        if door_auth is Auth.TICKET:
            return ""
        raise Refusal(Code.UNAUTHENTICATED)
    return credential


def json_of(route: Route, data: bytes, mimetype: str) -> object:
    """The JSON object in a body; None if there is none and the route needs none.

    Raises ``malformed_request``, ``unsupported_media_type``, and ``invalid_request`` for the character U+0000.
    """
    if not data:
        if route.body_optional:
            return None
        raise Refusal(Code.MALFORMED_REQUEST, "This call needs a JSON object as its body.")
    if mimetype != "application/json":
        raise Refusal(Code.UNSUPPORTED_MEDIA_TYPE)
    try:
        # A large body is not copied as text first, and its many equal words are one.
        value = from_json(data, allow_inf_nan=False) if route.body_bytes else _DECODER.decode(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Refusal(Code.MALFORMED_REQUEST) from None
    if not isinstance(value, dict):
        raise Refusal(Code.MALFORMED_REQUEST, "The body must be a JSON object.")
    if b"\\u0000" in data:
        refuse_nul(value)
    return value


def refuse_nul(value: object, field: str = "") -> None:
    """Raise ``invalid_request`` if a text within ``value`` holds U+0000, which PostgreSQL cannot store."""
    if isinstance(value, str):
        if "\0" in value:
            raise refused_field(field, FieldRule.NUL_CHARACTER)
    elif isinstance(value, Mapping):
        for name, part in value.items():
            refuse_nul(name, field)
            refuse_nul(part, f"{field}.{name}".lstrip("."))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            refuse_nul(part, f"{field}.{number}".lstrip("."))


def _no_json(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_json)  # RFC 8259: no NaN


def validated(model: type[M], value: object) -> M:
    """``value`` as ``model``. Raises ``invalid_request``, which names each field and the expected value."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise Refusal(Code.INVALID_REQUEST, errors=field_errors(error)) from None
