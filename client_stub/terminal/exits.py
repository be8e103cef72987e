"""The exit codes of the client's own error codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from client_stub.errors import LocalCode
from scan_to_login.terminal.exit_codes import Exit

EXITS: Final[Mapping[str, Exit]] = {
    LocalCode.BAD_GATEWAY_URL: Exit.USAGE,
    LocalCode.INTERRUPTED: Exit.INTERRUPTED,
    LocalCode.QR_FILE: Exit.USAGE,
    LocalCode.NO_SESSION: Exit.NOT_LOGGED_IN,
    LocalCode.UNREACHABLE: Exit.UNREACHABLE,
    LocalCode.BAD_ANSWER: Exit.UNREACHABLE,
    LocalCode.TIMED_OUT: Exit.EXPIRED,
}
