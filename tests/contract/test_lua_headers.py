"""A Lua file's header is what its callers go by: it is held against the code below it."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from scan_to_login.protocol import Code

ROOMS = (
    "gateway.accounts",
    "gateway.audit",
    "gateway.control.clock",
    "gateway.control.journal",
    "gateway.foundation",
    "gateway.pairing",
    "gateway.registration",
    "gateway.throttling",
    "gateway.units",
)
WORDS = {code.value for code in Code}
FILES = [
    (room, file.name)
    for room in ROOMS
    for file in sorted(resources.files(room).joinpath("lua").iterdir(), key=lambda path: path.name)
    if file.name.endswith(".lua") and not file.name.startswith("_")
]
# What a call of the prelude can answer.
UNKNOWN = {"ticket_not_found", "rate_limited"}
OTP = {"otp_invalid", "otp_tries_exhausted", "rate_limited"}
DEAD = {"claimed": "ticket_spent", "rejected": "ticket_rejected", "cancelled": "ticket_cancelled"} | {
    "expired": "ticket_expired"
}
PUBLISHING = re.compile(r"\b(?:move|settle|publish)\(|'PUBLISH'")


def parts(room: str, name: str) -> tuple[str, str]:
    """Header and code of a file."""
    lines = resources.files(room).joinpath("lua", name).read_text("utf-8").splitlines()
    end = next(index for index, line in enumerate(lines) if not line.startswith("--"))
    code = "\n".join(line.partition(" -- ")[0] for line in lines[end:] if not line.lstrip().startswith("--"))
    return "\n".join(lines[:end]), code


def section(header: str, name: str) -> str:
    """The text of one section of the header, its continuation lines too."""
    found = re.search(rf"^-- {name}: (.*(?:\n--  .*)*)", header, re.MULTILINE)
    assert found, f"the header has no {name}"
    return found.group(1)


@pytest.mark.parametrize(("room", "name"), FILES)
def test_keys_and_arguments_are_named_in_order_and_used(room: str, name: str) -> None:
    """Each KEYS[n] and ARGV[n] of the header is read by the code, and no other."""
    header, code = parts(room, name)
    for kind in ("KEYS", "ARGV"):
        named = [int(number) for number in re.findall(rf"^-- {kind}\[(\d+)\] \w+", header, re.MULTILINE)]
        assert named == list(range(1, len(named) + 1))
        used = {int(number) for number in re.findall(rf"\b{kind}\[(\d+)\]", code)}
        if re.search(rf"\b{kind}\[i\]", code):
            used = set(named)
        assert used == set(named), f"{kind} used and named differ"


@pytest.mark.parametrize(("room", "name"), FILES)
def test_the_codes_it_returns_are_those_of_the_header(room: str, name: str) -> None:
    """All codes that the code can answer are in "Returns", and nothing else is; refusals are words of the protocol."""
    header, code = parts(room, name)
    told = set(re.findall(r"\w+", section(header, "Returns"))) & (WORDS | {"ok"})
    answered = set(re.findall(r"(?:return \{|refuse\(|wrong = )'(\w+)'", code)) & (WORDS | {"ok"})
    if "ok" in told and re.search(r"return done\(|\{'ok'|code = 'ok'", code):
        answered.add("ok")
    if "unknown(" in code:
        answered |= UNKNOWN
    if "take_otp(" in code:
        answered |= OTP
    for condition in re.findall(r"if (DEAD\[.*) then", code):
        spared = set(re.findall(r"~= '(\w+)'", condition))
        answered |= {word for state, word in DEAD.items() if state not in spared}
    assert answered == told


@pytest.mark.parametrize("name", [name for room, name in FILES if room == "gateway.pairing"])
def test_a_ticket_is_refused_in_words_of_the_protocol_alone(name: str) -> None:
    """No code that the store could not turn into an answer."""
    _, code = parts("gateway.pairing", name)
    assert set(re.findall(r"(?:return \{|refuse\()'(\w+)'", code)) <= WORDS | {"ok"}


@pytest.mark.parametrize(("room", "name"), FILES)
def test_what_it_publishes_is_in_the_header(room: str, name: str) -> None:
    """ "Publishes: nothing" where nothing can be published, and something else where it can."""
    header, code = parts(room, name)
    assert (section(header, "Publishes") == "nothing") == (PUBLISHING.search(code) is None)


@pytest.mark.parametrize("name", [name for room, name in FILES if room == "gateway.pairing"])
def test_scripts_that_change_a_ticket_recognize_a_repeated_command(name: str) -> None:
    """A change carries an operation id (the claim: the digest of its request), or is the same when done twice."""
    header, code = parts("gateway.pairing", name)
    if "move(" in code and name != "withdraw.lua":
        assert re.search(r"^-- ARGV\[\d+\] (?:operation|session_digest) ", header, re.MULTILINE)
