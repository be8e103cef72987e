"""``gateway doctor``: checks everything that ``serve`` would refuse, on this machine."""

from __future__ import annotations

import os
from pathlib import Path

from gateway.commands.start_checks import CHECKS
from gateway.config import Settings
from scan_to_login.errors import StartupError
from scan_to_login.messages import cause_of
from scan_to_login.terminal.language import choose_language

Finding = tuple[str, bool, str]


def examine(settings: Settings, scratch: Path) -> list[Finding]:
    """Run each check; returns (name, whether it passed, the finding or the advice). Leaves no files behind."""
    language = choose_language(None, os.environ)
    findings: list[Finding] = []
    for name, look in CHECKS:
        try:
            findings.append((name, True, look(settings, scratch)))
        except StartupError as error:
            findings.append((name, False, error.said(language)))
        except OSError as error:
            findings.append((name, False, cause_of(error, language)))
    return findings
