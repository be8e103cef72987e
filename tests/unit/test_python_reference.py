"""The Python API reference names each public class and function, and each says what goes in and out, and what fails.

Public is what the roots below are made of, and every class of this project that their methods take or return.
"""

from __future__ import annotations

import ast
import enum
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_type_hints

import pytest
from pydantic import BaseModel

from app_simulator.errors import PhoneCode
from app_simulator.phone import Phone
from client_stub.client import Client
from client_stub.errors import LocalCode
from scan_to_login import errors, protocol
from scan_to_login.testing import (
    control,
    external_gateway,
    live,
    login,
    plugin,
    short_names,
)
from scan_to_login.testing.control import actors, faults
from scan_to_login.testing.live import LiveGateway

PAGES = sorted((Path(__file__).parents[2] / "docs" / "reference").glob("python*.md"))
OURS = ("scan_to_login", "client_stub", "app_simulator")
ROOTS: list[Any] = [
    Client,
    Phone,
    LiveGateway,
    external_gateway.ExternalGateway,
    control.Control,
    control.ControlRefused,
    live.GatewayFailed,
    errors.CallError,
    errors.StartupError,
    PhoneCode,
    LocalCode,
    login.scan_to_login,
]
MADE_BY_THE_PROJECT = (
    control.ClockOfGateway,
    control.SmsOutbox,
    control.JournalOfGateway,
    control.Hall,
    faults.FaultsOfGateway,
    faults.FaultOfGateway,
    actors.PhonesOfGateway,
    actors.PhoneOfGateway,
    actors.ClientsOfGateway,
    actors.ClientOfGateway,
    control.ControlRefused,
    errors.CallError,
)
"""Classes that a test gets, and never makes: their constructors are not described."""
INTERNAL = {"Answer", "SessionCalls", "AccountCalls", "UnitCalls", "People", "Calls", "StateFile", "Enrolment"}
"""Bases, which the classes show as their own, and what only this project's own code meets."""
READING = {"from_wire", "from_refusal", "of", "as_dict"}
"""Methods that make an answer of the wire's JSON."""
UNITS = re.compile(r"\b(second|millisecond|minute|hour|day)s?\b|\bms\b", re.IGNORECASE)
TIMES = {"timeout", "wait", "seconds", "milliseconds", "delay"}


@cache
def names_for_types(module: str) -> dict[str, Any]:
    """What a module knows by name, with what it imports for type checkers alone."""
    loaded = importlib.import_module(module)
    names = dict(vars(loaded))
    for block in ast.walk(ast.parse(inspect.getsource(loaded))):
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING":
            for line in block.body:
                if isinstance(line, ast.ImportFrom) and line.module is not None:
                    found = vars(importlib.import_module(line.module))
                    names |= {alias.asname or alias.name: found[alias.name] for alias in line.names}
    return names


def fixtures(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """The fixtures of a module, as the functions that they were made of."""
    kind = type(plugin.pairing_gateway)  # pytest's own, which has no public name
    return {name: inspect.unwrap(value) for name, value in vars(module).items() if isinstance(value, kind)}


def hints_of(made: Callable[..., Any]) -> list[Any]:
    """The types of a function's parameters and of what it returns."""
    return list(get_type_hints(made, names_for_types(made.__module__)).values())


def methods(kind: type) -> Iterator[tuple[str, Callable[..., Any], bool]]:
    """The public methods of a class and of its bases here, with whether each is a property; and its constructor."""
    seen: set[str] = set()
    for base in inspect.getmro(kind):
        if base.__module__.split(".")[0] not in OURS:
            continue
        for name, value in vars(base).items():
            if name in seen:
                continue
            seen.add(name)
            plain = value.__func__ if isinstance(value, classmethod | staticmethod) else value
            if isinstance(plain, property):
                plain = plain.fget
            elif isinstance(plain, cached_property):
                plain = plain.func
            if (not name.startswith("_") or name == "__init__") and name not in READING and inspect.isfunction(plain):
                yield name, plain, isinstance(value, property | cached_property)


def named(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def parts(hint: Any) -> Iterator[type]:
    """The classes in a type, however deep."""
    if isinstance(hint, type) and not get_args(hint):
        yield hint
    for inner in get_args(hint):
        yield from parts(inner)
    if isinstance(hint, list):
        for inner in hint:
            yield from parts(inner)


def reached() -> tuple[dict[str, type], list[tuple[str, Callable[..., Any], type | None, bool]]]:
    """All public classes, by name; and all public functions, with the class of each and whether it is a property."""
    classes: dict[str, type] = {}
    functions: list[tuple[str, Callable[..., Any], type | None, bool]] = []
    waiting: list[Any] = [*ROOTS, *fixtures(plugin).values()]
    while waiting:
        found = waiting.pop()
        hints: list[Any] = []
        if inspect.isfunction(found):
            if found is login.scan_to_login:
                functions.append((found.__qualname__, found, None, False))
            hints = hints_of(found)
        elif isinstance(found, type) and found.__module__.split(".")[0] in OURS and named(found) not in classes:
            if found.__name__ in INTERNAL:
                continue
            classes[named(found)] = found
            if is_dataclass(found) or issubclass(found, BaseModel):
                hints = list(get_type_hints(found, names_for_types(found.__module__)).values())
            for name, method, is_property in methods(found):
                made = is_dataclass(found) or found in MADE_BY_THE_PROJECT or getattr(found, "_is_protocol", False)
                generated = made and name == "__init__"
                if generated or issubclass(found, enum.Enum | BaseModel | BaseException):
                    continue
                functions.append((f"{found.__name__}.{name}", method, found, is_property))
                hints += hints_of(method)
        waiting += [part for hint in hints for part in parts(hint)]
    return classes, functions


CLASSES, FUNCTIONS = reached()
PROPERTY_LIKE = [(name, made, kind) for name, made, kind, is_property in FUNCTIONS if is_property]
CALLED = [(name, made, kind) for name, made, kind, is_property in FUNCTIONS if not is_property]


def text_of(made: Callable[..., Any], kind: type | None) -> str:
    """What the reference says of a method: its own words, and those of its class and of the class's bases here."""
    above = [base.__doc__ for base in inspect.getmro(kind) if base.__module__.split(".")[0] in OURS] if kind else []
    return "\n".join(filter(None, [made.__doc__, *above]))


def test_what_is_public_is_found() -> None:
    assert len(CLASSES) > 40
    assert len(CALLED) > 90
    assert {"Client.claim", "Phone.grant", "LiveGateway.start", "Control.await_ticket", "ClockOfGateway.advance"} <= {
        name for name, _, _ in CALLED
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_reference_has_every_public_name(page: Path) -> None:
    listed = re.findall(r"^::: (\S+)$", page.read_text("utf-8"), re.MULTILINE)
    wanted = {*CLASSES, "scan_to_login.testing.login.scan_to_login", plugin.__name__, short_names.__name__}
    assert wanted - set(listed) == set()
    for name in listed:  # and nothing that is gone
        module, _, member = name.rpartition(".")
        if name not in (plugin.__name__, short_names.__name__):
            assert hasattr(importlib.import_module(module), member), name
    assert len(set(listed)) == len(listed)


def test_both_pages_list_the_same() -> None:
    english, chinese = (re.findall(r"^:::.*|^    .*", page.read_text("utf-8"), re.MULTILINE) for page in PAGES)
    assert english == chinese


def test_every_public_class_says_what_it_is() -> None:
    assert [name for name, kind in CLASSES.items() if not (kind.__dict__.get("__doc__") or "").strip()] == []


def test_every_public_function_says_what_goes_in() -> None:
    missing = []
    for name, made, kind in CALLED:
        taken = [parameter for parameter in inspect.signature(made).parameters if parameter not in ("self", "cls")]
        text = text_of(made, kind)
        missing += [f"{name}: {one}" for one in taken if not re.search(rf"``[^`]*\b{one}\b[^`]*``", text)]
    assert missing == []


def test_every_public_function_has_types_and_says_what_comes_out() -> None:
    silent = []
    for name, made, _ in [*CALLED, *PROPERTY_LIKE]:
        signature = inspect.signature(made)
        typed = [p.annotation is not p.empty for p in signature.parameters.values() if p.name not in ("self", "cls")]
        if not all(typed) or signature.return_annotation is signature.empty:
            silent.append(f"{name}: a type is missing")
        if not name.endswith("__init__") and not (made.__doc__ or "").strip():
            silent.append(f"{name}: no docstring")
    assert silent == []


def test_every_time_has_its_unit() -> None:
    without = []
    for name, made, kind in CALLED:
        for parameter in TIMES & set(inspect.signature(made).parameters):
            boolean = inspect.signature(made).parameters[parameter].annotation == "bool"
            if not boolean and not UNITS.search(text_of(made, kind)):
                without.append(f"{name}: {parameter}")
    for name, made, _ in PROPERTY_LIKE:
        if inspect.signature(made).return_annotation in ("float", "float | None") and not UNITS.search(
            made.__doc__ or ""
        ):
            without.append(name)
    assert without == []


def test_every_call_says_which_errors_it_raises() -> None:
    constructors = ("LiveGateway.__init__", "Control.__init__", "ExternalGateway.__init__", "StateDirectory.__init__")
    silent = [name for name, made, kind in CALLED if not re.search(r"\b[Rr]aises? ", text_of(made, kind))]
    assert [name for name in silent if name not in constructors] == []


def test_codes_that_docstrings_name_are_codes() -> None:
    known = {*protocol.Code, *PhoneCode, *LocalCode}
    named_codes = set()
    for _, made, _ in CALLED:
        for sentence in re.findall(r"Raises [^.]*(?:\.|$)", " ".join((made.__doc__ or "").split())):
            named_codes |= set(re.findall(r"``([a-z]+_[a-z_]+)``", sentence)) - {"message_id", "on_wait"}
    assert len(named_codes) > 20
    assert named_codes - known == set()


def test_every_fixture_says_what_it_is() -> None:
    found = {**fixtures(plugin), **fixtures(short_names)}
    assert len(found) > 15
    assert [name for name, made in found.items() if not (made.__doc__ or "").strip()] == []
    assert set(fixtures(short_names)) == {
        "client",
        "clients",
        "clock",
        "faults",
        "journal",
        "phone",
        "phones",
        "sms_outbox",
    }
