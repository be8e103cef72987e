"""A seed that is read and written row by row is the same as one that is read and written whole."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from pydantic import ValidationError

from scan_to_login.request_shapes import field_errors
from scan_to_login.seed import Seed, load_seed
from scan_to_login.seed_documents import SeedUnfit, document_of, parts_of, read_seed
from tests.large_seeds import seed_of

Document = dict[str, Any]


def demo() -> Document:
    """The demo's document."""
    document: Document = load_seed("demo").model_dump(mode="json")
    return document


def read(*parts: Document) -> Seed:
    """Read, without pauses."""
    return read_seed(parts, lambda: None)


@pytest.mark.parametrize("document", [{}, {"units": []}, demo(), seed_of(450, 7)], ids=["empty", "bare", "demo", "450"])
def test_it_is_equal_to_one_that_is_read_and_written_whole(document: Document) -> None:
    whole = Seed.model_validate(copy.deepcopy(document))
    seed = read(copy.deepcopy(document))
    assert seed == whole
    assert seed.model_fields_set == whole.model_fields_set
    assert b"".join(document_of(seed)).decode() == whole.model_dump_json()
    assert read(*map(json.loads, parts_of(seed))) == whole
    assert max(map(len, document_of(seed))) < 100_000


def test_it_pauses_often_and_empties_what_it_has_read() -> None:
    document, pauses = seed_of(500, 5), []
    seed = read_seed([document], lambda: pauses.append(len(document["accounts"])))
    assert len(seed.accounts) == 500
    assert not any(document.values())
    rests = [rest for rest in pauses if rest]
    assert max(one - other for one, other in pairwise(rests)) <= 50


def changed(change: Callable[[Document], Any]) -> Document:
    """The demo's document after a change."""
    document = demo()
    change(document)
    return document


UNFIT: dict[str, Callable[[Document], Any]] = {
    "a phone": lambda seed: seed["accounts"][3].update(phone="1"),
    "several fields": lambda seed: (seed["accounts"][3].update(phone="1", name=5), seed["units"][0].pop("name")),
    "a number that does not fit the document": lambda seed: seed["accounts"][0].update(id_number="110105194912310021"),
    "password and hash": lambda seed: seed["accounts"][1].update(password_hash="$argon2id$v=19$x"),
    "an enumeration": lambda seed: seed["roles"][0].update(role="king"),
    "a day": lambda seed: seed.update(cut_over="2020-13-01"),
    "a row that is no object": lambda seed: seed["units"].insert(1, "unit"),
    "a list that is none": lambda seed: seed.update(bindings={"unit": "A"}),
    "null for a list": lambda seed: seed.update(accounts=None),
    "an unknown field": lambda seed: seed.update(people=[]),
    "an unknown field of a row": lambda seed: seed["accounts"][2].update(age=5),
    "an unknown unit": lambda seed: seed["bindings"][1].update(unit="Z"),
    "an unknown account": lambda seed: seed["roles"][1].update(account="nobody"),
    "an unknown granter": lambda seed: seed["authorizations"][0].update(granted_by="nobody"),
    "a person twice": lambda seed: seed["accounts"].append(seed["accounts"][0]),
    "a phone twice": lambda seed: seed["accounts"][1].update(phone=seed["accounts"][0]["phone"]),
    "an alias twice": lambda seed: seed["units"][1].update(alias=seed["units"][0]["alias"]),
    "a binding twice": lambda seed: seed["bindings"].append(seed["bindings"][0]),
    "a client twice": lambda seed: seed["clients"].append(seed["clients"][0]),
    "a redirect URI": lambda seed: seed["clients"][0].update(redirect_uris=["x"]),
}


@pytest.mark.parametrize("change", UNFIT.values(), ids=UNFIT)
def test_what_does_not_fit_is_told_as_of_a_whole_one(change: Callable[[Document], Any]) -> None:
    with pytest.raises(ValidationError) as whole:
        Seed.model_validate(changed(change))
    with pytest.raises(SeedUnfit) as by_rows:
        read(changed(change))
    assert by_rows.value.errors == field_errors(whole.value)


def test_a_row_of_a_later_part_is_told_by_its_place_in_the_whole() -> None:
    first, second = seed_of(20, 2), seed_of(20, 2)
    second["accounts"][4]["phone"] = "1"
    with pytest.raises(SeedUnfit) as unfit:
        read({"accounts": first["accounts"]}, {"accounts": second["accounts"]})
    assert [entry["field"] for entry in unfit.value.errors] == ["accounts.24.phone"]


def test_of_many_errors_the_first_hundred_are_told() -> None:
    document = seed_of(500, 5)
    for account in document["accounts"]:
        account["phone"] = "1"
    with pytest.raises(SeedUnfit) as unfit:
        read(document)
    assert [entry["field"] for entry in unfit.value.errors] == [f"accounts.{number}.phone" for number in range(100)]
