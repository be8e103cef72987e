"""The numbers of a query: the texts that are JSON's numbers (RFC 8259 section 6)."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import Field, ValidationError

from scan_to_login.request_shapes import Query, field_errors


class Wanted(Query):
    """A parameter of each kind."""

    count: int | None = Field(None, ge=0)
    wait: Annotated[float, Field(ge=-1)] = 0
    text: str = ""


NO_NUMBERS = ["+1", " 1", "1 ", "1_0", "１２", "01", "1.", ".5", "nan", "inf", "-Infinity", "1\n", "", "0x1", "1e", "²"]


def refused(**given: str) -> dict[str, str]:
    """The rule that each parameter breaks."""
    with pytest.raises(ValidationError) as caught:
        Wanted.model_validate(given)
    return {entry["field"]: entry["rule"] for entry in field_errors(caught.value)}


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_a_text_that_is_no_number_of_json_is_refused(text: str) -> None:
    assert refused(count=text, wait=text) == {"count": "whole_number_expected", "wait": "number_expected"}


@pytest.mark.parametrize("text", ["1.0", "0.0", "1e0"])
def test_a_whole_number_is_written_without_a_fraction(text: str) -> None:
    assert refused(count=text) == {"count": "whole_number_expected"}
    assert Wanted.model_validate({"wait": text}).wait == float(text)


def test_numbers_of_json_are_read() -> None:
    read = Wanted.model_validate({"count": "12", "wait": "-5e-1", "text": "+1"})
    assert (read.count, read.wait, read.text) == (12, -0.5, "+1")
    assert refused(count="-1") == {"count": "at_least"}
