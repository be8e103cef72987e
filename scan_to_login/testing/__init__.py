"""For integration tests: a real gateway in a separate process, and both sides of a scan-to-login.

pytest finds the fixtures by itself (``scan_to_login.testing.plugin``); other frameworks use :class:`LiveGateway`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scan_to_login.testing.control import Control, ControlRefused
    from scan_to_login.testing.live import GatewayFailed, LiveGateway
    from scan_to_login.testing.login import scan_to_login
    from scan_to_login.testing.makers import ClientMaker, PhoneMaker

__all__ = [
    "ClientMaker",
    "Control",
    "ControlRefused",
    "GatewayFailed",
    "LiveGateway",
    "PhoneMaker",
    "scan_to_login",
]

_HOMES = {
    "ClientMaker": "makers",
    "Control": "control",
    "ControlRefused": "control",
    "GatewayFailed": "live",
    "LiveGateway": "live",
    "PhoneMaker": "makers",
    "scan_to_login": "login",
}


def __getattr__(name: str) -> Any:
    # pytest loads the plugin in every project that has this package installed: nothing is imported before its use.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__} has no attribute {name}")
