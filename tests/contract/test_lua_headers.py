"""A Lua file's header is what its callers go by, and names the preludes that the loader puts before it."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from gateway.foundation.redis.scripts import load_lua
from gateway.pairing.lua_rules import PRELUDE, lua_rules
from gateway.pairing.model import (
    ACTORS,
    CONSEQUENCES,
    DEAD_CODES,
    REASONS,
    REPEATS,
    TRANSITIONS,
    UNAWARE,
    Action,
    decide,
)
from scan_to_login.protocol import Code, TicketReason, TicketState

ROOMS = (
    "gateway.accounts",
    "gateway.audit",
    "gateway.control.clock",
    "gateway.control.journal",
    "gateway.foundation",
    "gateway.oauth",
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
TICKET_FILES = [name for room, name in FILES if room == "gateway.pairing"]
# The possible answers of a call of the prelude.
UNKNOWN = {"ticket_not_found", "rate_limited"}
OTP = {"otp_invalid", "otp_tries_exhausted", "rate_limited"}
PUBLISHING = re.compile(r"\b(?:move|settle|publish)\(|'PUBLISH'")
DECIDING = re.compile(r"\bdecide(?:_for_phone)?\(ticket, '(\w+)'")
MOVING = re.compile(r"\b(?:move|transition)\([\w.]+, '(\w+)'")
DEFINED = re.compile(r"^local function (\w+)|^local ([A-Z_]+) =", re.MULTILINE)
BUILT_IN = {"error", "ipairs", "pairs", "tonumber", "tostring", "type", "unpack", "next"}
# Words before a parenthesis that call nothing.
SYNTAX = {"and", "or", "not", "if", "elseif", "while", "until", "return", "in", "function"}


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


def preludes(room: str, header: str) -> dict[str, str]:
    """The code of each prelude that the header names."""
    named = section(header, "Preludes")
    texts = {}
    for prelude in [] if named == "none" else named.split(", "):
        folder, _, file = prelude.rpartition("/")
        texts[prelude] = lua_rules() if prelude == PRELUDE else parts(folder or room, f"{file}.lua")[1]
    return texts


def defined(text: str) -> set[str]:
    """The functions and constants of a prelude."""
    return {function or constant for function, constant in DEFINED.findall(text)}


def refusals(action: Action) -> set[str]:
    """The codes with which the rules refuse an action to a caller who knows the ticket."""
    answers = {
        decide(state, action, actor, reason)
        for state in TicketState
        for actor in ACTORS[action]
        for reason in (None, *TicketReason)
        if actor not in UNAWARE
    }
    return {answer.value for answer in answers if isinstance(answer, Code)}


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
    for action in DECIDING.findall(code):
        answered |= refusals(Action(action))
    assert answered == told


@pytest.mark.parametrize(("room", "name"), FILES)
def test_it_names_the_preludes_that_it_uses(room: str, name: str) -> None:
    """Each function that is called is Lua's, the file's own or of a prelude before it; each prelude is used."""
    header, code = parts(room, name)
    known: set[str] = set(BUILT_IN)
    named = preludes(room, header)
    for text in [*named.values(), code]:
        called = set(re.findall(r"(?<![\w.:])([a-z_]\w*)\(", re.sub(r"'[^']*'", "''", text))) - SYNTAX
        own = defined(text) | set(re.findall(r"local function (\w+)", text))
        assert called <= known | own, "a function that no prelude named before defines"
        known |= own
    later = list(named.items())
    for index, (prelude, text) in enumerate(later):
        after = "\n".join([*(other for _, other in later[index + 1 :]), code])
        assert any(re.search(rf"\b{word}\b", after) for word in defined(text)), f"{prelude} is not used"


@pytest.mark.parametrize(("room", "name"), FILES)
def test_the_loader_obeys_the_header(room: str, name: str) -> None:
    """Redis runs the preludes of the header, in their order, and then the file."""
    header, code = parts(room, name)
    loaded = load_lua(room, name.removesuffix(".lua"), {PRELUDE: lua_rules()}).text
    stripped = "\n".join(
        line.partition(" -- ")[0] for line in loaded.splitlines() if not line.lstrip().startswith("--")
    )
    positions = [stripped.find(next(iter(DEFINED.finditer(text))).group()) for text in preludes(room, header).values()]
    positions.append(stripped.find(code))
    assert -1 not in positions
    assert positions == sorted(positions)


def test_a_file_without_a_line_of_preludes_is_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A header that forgets them is a fault at loading, and no fault in Redis."""
    from gateway.foundation.redis import scripts

    monkeypatch.setattr(scripts, "_read_lua", lambda _package, _name: "-- KEYS[1] key\nreturn KEYS[1]")
    with pytest.raises(ValueError, match="names no preludes"):
        load_lua("gateway.pairing", "scan")


@pytest.mark.parametrize("name", TICKET_FILES)
def test_a_ticket_is_refused_in_words_of_the_protocol_alone(name: str) -> None:
    """No code that the store could not turn into an answer."""
    _, code = parts("gateway.pairing", name)
    assert set(re.findall(r"(?:return \{|refuse\()'(\w+)'", code)) <= WORDS | {"ok"}


@pytest.mark.parametrize(("room", "name"), FILES)
def test_its_publications_are_in_the_header(room: str, name: str) -> None:
    """ "Publishes: nothing" where nothing can be published, and something else where it can."""
    header, code = parts(room, name)
    assert (section(header, "Publishes") == "nothing") == (PUBLISHING.search(code) is None)


@pytest.mark.parametrize("name", TICKET_FILES)
def test_scripts_that_change_a_ticket_recognize_a_repeated_command(name: str) -> None:
    """A change carries an operation id (the claim: the digest of its request), or is the same when done twice."""
    header, code = parts("gateway.pairing", name)
    if "move(" in code and name not in ("withdraw.lua", "close.lua"):
        assert re.search(r"^-- ARGV\[\d+\] (?:operation|session_digest) ", header, re.MULTILINE)


def test_the_rules_stand_in_the_table_alone() -> None:
    """No Lua file has a transition, a dead ticket's code or a reason of its own; the actions that they name are all."""
    words = {*DEAD_CODES.values(), *REASONS.values(), *Action, *(to for _, to in TRANSITIONS.items())}
    named: set[str] = set()
    for name in [*TICKET_FILES, "_ticket.lua"]:
        _, code = parts("gateway.pairing", name)
        actions = {*DECIDING.findall(code), *MOVING.findall(code)}
        named |= actions
        literals = set(re.findall(r"'(\w+)'", re.sub(r"record\(ticket, '\w+', '\w+'", "", code)))
        # The body of a ticket depends on its state; that is no rule about transitions.
        shown: set[str] = {"scanned", "confirmed", "cancelled", "expired"} if name == "_ticket.lua" else set()
        # The code of a refusal that is a reason's word too.
        if "return {'login_unavailable'" in code:
            shown.add("login_unavailable")
        assert literals & words <= actions | shown, name
    assert named == set(Action)
    assert {action for _, action in REPEATS} | CONSEQUENCES | {Action.CLAIM} == set(Action)
