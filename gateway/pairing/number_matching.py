"""Numbers that tie the client's screen to the phone: shown, typed or chosen on the phone, or typed at the client.

A number is two digits and lives in the ticket from its scan on. The code of ``return`` is derived from the server key
and the ticket, so that no store holds it.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Final

from gateway.foundation.secrets import ServerKey
from scan_to_login.protocol import NumberMatching

DECOYS: Final = 2
CLAIM_CODE_LENGTH: Final = 6
RIGHT: Final = "right"
WRONG: Final = "wrong"


def drawn_numbers(mode: NumberMatching) -> tuple[str, str]:
    """The number of a scan and, where the phone chooses, all numbers that it offers, in random order, with spaces
    between. The script of the scan decides whether its ticket has a number."""
    if mode is not NumberMatching.CHOOSE:
        return str(10 + secrets.randbelow(90)), ""
    numbers = secrets.SystemRandom().sample(range(10, 100), 1 + DECOYS)
    number = str(secrets.choice(numbers))
    return number, " ".join(map(str, numbers))


def claim_code(server_key: ServerKey, ticket_id: str) -> str:
    """The six digits that the phone shows after it has confirmed, and the client has to type."""
    drawn = int.from_bytes(server_key.derive("claim code", ticket_id)[:8])
    return f"{drawn % 10**CLAIM_CODE_LENGTH:0{CLAIM_CODE_LENGTH}d}"


def verdict(server_key: ServerKey, ticket_id: str, typed: str) -> str:
    """``right`` or ``wrong``, for the claim's script."""
    # A phone that has confirmed before a change of the key shows the code of the earlier one.
    return (
        RIGHT
        if any(hmac.compare_digest(typed.encode(), claim_code(key, ticket_id).encode()) for key in server_key.in_force)
        else WRONG
    )
