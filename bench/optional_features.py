"""What can be switched on in a login, for ``bench.instructions --settings``: each alone, and all of them off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Feature:
    """Settings that switch something on; ``remember`` is whether clients ask to be remembered."""

    label: str
    settings: Mapping[str, str]
    remember: bool = False


OFF: Final[Mapping[str, str]] = {
    "PAIRING_NUMBER_MATCHING": "off",
    "PAIRING_ROTATING_QR": "false",
    "PAIRING_QR_LOGIN_OFF": "",
    "PAIRING_TARGETED_TICKETS": "false",
    "PAIRING_REMEMBERED_SECONDS": "0",
}
_REMEMBERED: Final = {"PAIRING_REMEMBERED_SECONDS": "2592000"}
_SHOW: Final = {"PAIRING_NUMBER_MATCHING": "show"}

FEATURES: Final[Mapping[str, Feature]] = {
    "default": Feature("as installed: the number shown, computers remembered if they ask", {**_SHOW, **_REMEMBERED}),
    **{
        mode: Feature(f"`PAIRING_NUMBER_MATCHING={mode}`", {"PAIRING_NUMBER_MATCHING": mode})
        for mode in ("show", "require", "choose", "return")
    },
    "rotating": Feature("`PAIRING_ROTATING_QR=true`", {"PAIRING_ROTATING_QR": "true"}),
    "switch": Feature("`PAIRING_QR_LOGIN_OFF`, for another client", {"PAIRING_QR_LOGIN_OFF": "client:another"}),
    "targeted": Feature("`PAIRING_TARGETED_TICKETS=true`, a login by QR", {"PAIRING_TARGETED_TICKETS": "true"}),
    "remembered": Feature("`PAIRING_REMEMBERED_SECONDS`, a client that does not ask for it", _REMEMBERED),
    "remember": Feature("the same, a client that does", _REMEMBERED, remember=True),
}
