"""The published documents speak in the protocol's enums: each word is declared once, and named."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import pytest
import requests

from scan_to_login import protocol
from scan_to_login.field_rules import FieldRule
from scan_to_login.testing.live import LiveGateway
from tests.integration.wire import Wire

DOCUMENTS = ("/openapi.json", "/sim/v1/openapi.json", "/asyncapi.json")
ENUMS = {name: enum for name, enum in vars(protocol).items() if isinstance(enum, type) and issubclass(enum, StrEnum)}
WORDS = {frozenset(enum) for enum in ENUMS.values()}
# Enums that only one document has any use for.
EVERYWHERE = {"Code", "TicketState", "TicketReason"}


def inline(value: Any, path: str = "") -> Iterator[tuple[str, list[Any]]]:
    """Each list of words in a document, with its place."""
    if isinstance(value, dict):
        if isinstance(value.get("enum"), list):
            yield path, value["enum"]
        for key, part in value.items():
            yield from inline(part, f"{path}/{key}")
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from inline(part, f"{path}/{number}")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_enum_of_the_protocol_is_one_named_schema(gateway: LiveGateway, document: str) -> None:
    """A schema under the enum's name has its words; no other place of the document lists them again."""
    body = requests.get(f"{gateway.url}{document}", timeout=10).json()
    schemas = body["components"]["schemas"]
    named = {name: schemas[name]["enum"] for name in ENUMS if name in schemas}
    assert set(named) >= EVERYWHERE
    assert named == {name: list(ENUMS[name]) for name in named}
    copies = [
        path
        for path, words in inline(body)
        if frozenset(words) in WORDS
        and path.removeprefix("/components/schemas/") not in named
        # The query's parameters are described in place.
        and "/parameters/" not in path
    ]
    assert copies == []


def test_a_field_that_has_an_enum_refers_to_it(gateway: LiveGateway) -> None:
    """`state`, `stage`, `kind`, `code`, `notice`, `permission`, `roles` and their like are no plain texts."""
    schemas = requests.get(f"{gateway.url}/openapi.json", timeout=10).json()["components"]["schemas"]
    fields = {
        "AccountView": ("id_type",),
        "ClientSessionView": ("stage",),
        "ConfirmPage": ("state", "number_matching"),
        "IssuedTicketAnswer": ("state",),
        "LoginAnswer": ("next",),
        "PhoneMessage": ("notice", "channel", "permission"),
        "ProblemDocument": ("code", "state"),
        "SessionView": ("kind",),
        "TicketAfterAction": ("state", "reason"),
        "TicketStateAnswer": ("state", "reason"),
        "UnitView": ("status", "roles", "via", "permission"),
    }
    plain = [
        f"{schema}.{field}"
        for schema, names in fields.items()
        for field in names
        if "#/components/schemas/" not in str(schemas[schema]["properties"][field])
    ]
    assert plain == []


def test_a_generated_client_knows_what_a_refusal_tells_and_how_to_repeat_a_claim(gateway: LiveGateway) -> None:
    """`errors` and `retry_after` are fields of the problem document, `Idempotency-Key` a parameter of the claim."""
    body = requests.get(f"{gateway.url}/openapi.json", timeout=10).json()
    problem = body["components"]["schemas"]["ProblemDocument"]["properties"]
    assert {"code", "errors", "retry_after"} <= set(problem)
    claim = body["paths"]["/api/v1/tickets/{ticket_id}/claim"]["post"]
    assert [one["name"] for one in claim["parameters"] if one["in"] == "header"] == ["Idempotency-Key"]
    push = requests.get(f"{gateway.url}/asyncapi.json", timeout=10).json()["components"]["schemas"]["RefusalBody"]
    assert {"code", "errors", "retry_after"} <= set(push["properties"])


def test_what_a_refusal_tells_is_what_the_document_says(gateway: LiveGateway) -> None:
    """A refused body and a dead ticket, as they come over the wire."""
    wire = Wire(gateway.url)
    refused = requests.post(f"{gateway.url}/api/v1/tickets", json={"client": {}}, timeout=10).json()
    assert set(refused) == {"type", "title", "status", "detail", "code", "errors"}
    assert {frozenset(error) for error in refused["errors"]} == {frozenset({"field", "rule", "message", "values"})}
    assert {error["rule"] for error in refused["errors"]} <= set(FieldRule)
    phone, ticket = wire.phone(), wire.ticket()
    phone.scan(ticket.id)
    phone.reject(ticket.id)
    dead = ticket.claim().body
    assert (dead["code"], dead["state"]) == (protocol.Code.TICKET_REJECTED, protocol.TicketState.REJECTED)
    assert ticket.poll(since=1).body["reason"] in set(protocol.TicketReason)
