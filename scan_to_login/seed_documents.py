"""A seed as a document: YAML as people edit it, the JSON Schema that an editor checks it with, and JSON row by row.

A large seed is read and written row by row, while the process does other things between the rows. The rules are those
of the models in ``seed``: what is read here is equal to what ``Seed.model_validate`` makes, and is refused with the
same entries. In one go a document of 100,000 people would stop a server for some seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import islice
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from scan_to_login.field_rules import RuleBroken, field_error
from scan_to_login.request_shapes import field_errors
from scan_to_login.rules.seed_relations import relations
from scan_to_login.seed import Seed

# The lists of a seed, and the model of their rows; its other fields are days.
_ROWS: Final[dict[str, type[BaseModel]]] = {
    name: get_args(field.annotation)[0]
    for name, field in Seed.model_fields.items()
    if get_args(field.annotation)[1:] == (...,)
}
_IN_ONE_GO: Final = 50  # rows that are checked between two pauses: 2 ms
_MOST_ERRORS: Final = 100  # after so many the rest is not looked at
WRITTEN_AT_ONCE: Final = 200  # rows


def seed_schema() -> dict[str, Any]:
    """The JSON Schema of a seed, for files in JSON or YAML."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Seed.model_json_schema(),
        "title": "Seed of a scan-to-login simulation",
    }


def as_yaml(seed: Seed) -> str:
    """The seed as YAML that `load_seed` reads; what has its default is left out."""
    import yaml

    rows = seed.model_dump(mode="json", exclude_defaults=True)
    return str(yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, width=120))


class SeedUnfit(Exception):  # noqa: N818 - it is an answer, not a fault
    """A seed breaks rules; ``errors`` are the entries of a refusal, the first hundred at the least."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(f"{len(errors)} fields do not fit")
        self.errors = errors


def read_seed(parts: Iterable[dict[str, Any]], pause: Callable[[], None]) -> Seed:
    """The seed in the documents ``parts``, each of which has some of its fields or of the rows of its lists.

    ``pause`` is called every few milliseconds. The lists of the documents are emptied, so that they and the rows that
    are made of them do not both stay in memory. Raises SeedUnfit.
    """
    rows: dict[str, list[BaseModel]] = {name: [] for name in _ROWS}
    counts = dict.fromkeys(_ROWS, 0)
    rest: dict[str, Any] = {}
    errors: list[dict[str, Any]] = []
    for document in parts:
        for name, value in document.items():
            if name in _ROWS and isinstance(value, list):
                rest.setdefault(name, ())
                first, counts[name] = counts[name], counts[name] + len(value)
                errors += _read_rows(name, value, rows[name], first, pause)
            else:
                rest[name] = value
    try:
        frame = Seed.model_validate(rest)
    except ValidationError as error:
        errors += field_errors(error)
    if errors:
        raise SeedUnfit(errors)
    lists = {name: tuple(some) for name, some in rows.items()}
    rows.clear()
    seed = Seed.model_construct(frame.model_fields_set, **{**dict(frame), **lists})
    try:
        for _ in relations(seed):
            pause()
    except RuleBroken as broken:
        raise SeedUnfit([field_error(broken.field, broken.rule, **broken.values)]) from None
    return seed


def _read_rows(
    name: str, values: list[Any], rows: list[BaseModel], first: int, pause: Callable[[], None]
) -> list[dict[str, Any]]:
    """Make rows of ``values``, which is emptied; ``first`` is the number of its first row. Returns what is unfit."""
    model = _ROWS[name]
    errors: list[dict[str, Any]] = []
    values.reverse()
    for at in range(first, first + len(values)):
        try:
            rows.append(model.model_validate(values.pop()))
        except ValidationError as error:
            errors += [
                {**entry, "field": ".".join(filter(None, (f"{name}.{at}", entry["field"])))}
                for entry in field_errors(error)
            ]
            if len(errors) >= _MOST_ERRORS:
                break
        if at % _IN_ONE_GO == 0:
            pause()
    return errors


def parts_of(seed: Seed) -> Iterator[bytes]:
    """The seed as JSON documents that `read_seed` reads, each with some rows of one list; the last one has its days."""
    for name, some in _batches(seed):
        yield b'{"%b":[%b]}' % (name.encode(), some)
    yield to_json({name: getattr(seed, name) for name in Seed.model_fields if name not in _ROWS})


def document_of(seed: Seed) -> Generator[bytes, None, None]:
    """The seed as one JSON document, in pieces: as ``model_dump_json`` writes it."""
    before, last = b"{", ""
    for name, some in _batches(seed, empty=True):
        yield (b"," if name == last else b'%b"%b":[' % (before, name.encode())) + some
        before, last = b"],", name
    days = to_json({name: getattr(seed, name) for name in Seed.model_fields if name not in _ROWS})
    yield b"]," + days[1:]


def _batches(seed: Seed, *, empty: bool = False) -> Iterator[tuple[str, bytes]]:
    """The rows of each list in turn, some at once, with commas between; with ``empty`` also those of an empty list."""
    for name in _ROWS:
        rows = iter(getattr(seed, name))
        some = list(islice(rows, WRITTEN_AT_ONCE))
        if empty and not some:
            yield name, b""
        while some:
            yield name, ",".join([row.model_dump_json() for row in some]).encode()
            some = list(islice(rows, WRITTEN_AT_ONCE))
