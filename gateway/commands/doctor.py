"""``gateway doctor``: checks everything that ``serve`` would refuse, on this machine."""

from __future__ import annotations

from pathlib import Path

from gateway.commands.start_checks import CHECKS
from gateway.config import Settings
from scan_to_login.errors import StartupError

Finding = tuple[str, bool, str]


def examine(settings: Settings, scratch: Path) -> list[Finding]:
    """Run each check; returns (name, whether it passed, the finding or the advice). Leaves no files behind."""
    findings: list[Finding] = []
    for name, look in CHECKS:
        try:
            findings.append((name, True, look(settings, scratch)))
        except (StartupError, OSError) as error:
            findings.append((name, False, str(error)))
    return findings
