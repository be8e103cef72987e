"""The hashes of the demo seed's passwords, which everybody knows."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources


@cache
def _published() -> dict[str, str]:
    return json.loads(resources.files(__package__).joinpath("seeds", "hashes.json").read_text("utf-8"))  # type: ignore[no-any-return]


def published_hashes() -> dict[str, str]:
    """Password to hash; made once and for all, and kept in a file. A copy."""
    return dict(_published())
