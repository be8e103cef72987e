"""The journal as a Mermaid sequence diagram (https://mermaid.js.org/syntax/sequenceDiagram.html)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from gateway.control.journal.journal import Kind, Participant
from scan_to_login.protocol import API_PREFIX

_ORDER = (
    Participant.TEST,
    Participant.CLIENT,
    Participant.WEB,
    Participant.GATEWAY,
    Participant.REDIS,
    Participant.PHONE,
)
_ALWAYS = (Participant.CLIENT, Participant.GATEWAY, Participant.REDIS, Participant.PHONE)
# Characters that Mermaid would interpret: the end of a statement, a comment, an entity.
_SPECIAL = re.compile(r"[;#<>&%\x00-\x1f\x7f]")
_BODY_CHARACTERS = 120


def sequence_diagram(entries: Iterable[dict[str, Any]]) -> str:
    """A diagram of entries, in their order."""
    listed = list(entries)
    used = {entry[end] for entry in listed for end in ("lane_from", "lane_to")}
    lines = ["sequenceDiagram"]
    lines += [f"  participant {who}" for who in _ORDER if who in used or who in _ALWAYS]
    lines += [f"  {_line(entry)}" for entry in listed]
    return "\n".join(lines) + "\n"


def _line(entry: dict[str, Any]) -> str:
    kind, source, target = entry["kind"], entry["lane_from"], entry["lane_to"]
    if kind == Kind.FAULT:
        return f"Note over {source},{target}: {_text('fault: ' + entry['name'] + _told(entry))}"
    if kind == Kind.NOTE:
        return f"Note over {target}: {_text(entry['name'] + _told(entry))}"
    arrow = {Kind.ANSWER: "-->>", Kind.PUSH: "-)"}.get(Kind(kind), "->>")
    return f"{source}{arrow}{target}: {_text(entry['name'].replace(API_PREFIX, '') + _told(entry))}"


def _told(entry: dict[str, Any]) -> str:
    kind = entry["kind"]
    if kind in (Kind.NOTE, Kind.FAULT):
        return f" {json.dumps(entry['body'], ensure_ascii=False)[:_BODY_CHARACTERS]}" if entry.get("body") else ""
    body: dict[str, Any] = entry["body"] if isinstance(entry.get("body"), dict) else {}
    if kind == Kind.TRANSITION and body.get("outcome") != "ok":
        return f" ✗ {body.get('outcome', '')}"
    if kind in (Kind.TRANSITION, Kind.PUSH):
        return f" → {body['state']} (v{body.get('version', '?')})" if "state" in body else ""
    if kind == Kind.ANSWER:
        error = body.get("error") or {}  # of OAuth it is the code itself
        code = body.get("code") or (error if isinstance(error, str) else error.get("code"))
        duration = f"({entry['duration_ms']} ms)" if "duration_ms" in entry else None
        return "".join(f" {part}" for part in (entry.get("status"), code, duration) if part)
    return ""


def _text(value: str) -> str:
    return _SPECIAL.sub(lambda found: f"#{ord(found.group())};" if found.group() >= " " else " ", value)
