"""The command line's exit codes: stable, listed in ``--help``, and told from an error's code by one function."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from client_stub.errors import LocalCode
from scan_to_login.protocol import Code


class Exit(IntEnum):
    """What ``client-stub`` exits with."""

    UNIT_VERIFIED = 0
    FAULT = 1
    USAGE = 2
    REJECTED = 3
    EXPIRED = 4
    CANCELLED = 5
    UNIT_REFUSED = 6
    UNREACHABLE = 7
    REFUSED = 8
    INTERRUPTED = 130


_BY_CODE: Final[Mapping[str, Exit]] = {
    LocalCode.BAD_GATEWAY_URL: Exit.USAGE,
    LocalCode.INTERRUPTED: Exit.INTERRUPTED,
    LocalCode.QR_FILE: Exit.USAGE,
    LocalCode.UNREACHABLE: Exit.UNREACHABLE,
    LocalCode.BAD_ANSWER: Exit.UNREACHABLE,
    Code.UNAVAILABLE: Exit.UNREACHABLE,
    Code.NOT_ACKNOWLEDGED: Exit.UNREACHABLE,
    Code.TICKET_REJECTED: Exit.REJECTED,
    Code.TICKET_EXPIRED: Exit.EXPIRED,
    LocalCode.TIMED_OUT: Exit.EXPIRED,
    Code.TICKET_CANCELLED: Exit.CANCELLED,
}


def exit_of(code: str, *, logged_in: bool) -> Exit:
    """The exit code for an error's code; after the login whatever the gateway refuses is about the unit."""
    known = _BY_CODE.get(code)
    if known is not None:
        return known
    return Exit.UNIT_REFUSED if logged_in else Exit.REFUSED
