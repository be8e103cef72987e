"""What must hold between the rows of a seed: what a row names is there, and nothing is there twice."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Any, Final

from scan_to_login.field_rules import FieldRule, RuleBroken

_IN_ONE_GO: Final = 2_000  # rows between two pauses


def relations(seed: Any) -> Iterator[None]:
    """Check a ``scan_to_login.seed.Seed``; it yields now and then, so that a server can serve others meanwhile.

    Raises RuleBroken for the first rule that is broken.
    """
    units = {unit.taxpayer_id for unit in seed.units}
    accounts = {account.login_name for account in seed.accounts}
    for name in ("roles", "bindings", "authorizations"):
        for at, row in enumerate(getattr(seed, name)):
            if at % _IN_ONE_GO == 0:
                yield
            if seed.taxpayer_id(row.unit) not in units:
                raise RuleBroken(f"{name}.{at}.unit", FieldRule.SEED_UNIT_UNKNOWN, unit=row.unit)
            for field in ("account", "granted_by"):
                called = getattr(row, field, None)
                if called is not None and called not in accounts:
                    raise RuleBroken(f"{name}.{at}.{field}", FieldRule.SEED_ACCOUNT_UNKNOWN, account=called)
    number = seed.taxpayer_id
    yield from _once("accounts.{}.login_name", (account.login_name for account in seed.accounts))
    yield from _once("accounts.{}.phone", (account.phone for account in seed.accounts))
    yield from _once("accounts.{}.id_number", ((account.id_type, account.id_number) for account in seed.accounts))
    yield from _once("units.{}.taxpayer_id", (unit.taxpayer_id for unit in seed.units))
    yield from _once("units.{}.alias", (unit.alias or unit.taxpayer_id for unit in seed.units))
    yield from _once("roles.{}", ((number(row.unit), row.account, row.role) for row in seed.roles))
    yield from _once("bindings.{}", ((number(row.unit), row.account) for row in seed.bindings))
    yield from _once("authorizations.{}", ((number(row.unit), row.account) for row in seed.authorizations))
    yield from _once("clients.{}.client_id", (client.client_id for client in seed.clients))


def _once(field: str, values: Iterable[Hashable]) -> Iterator[None]:
    """Raise RuleBroken for a value that is there twice; ``field`` has the place of a row in braces."""
    first: dict[Hashable, int] = {}
    for at, value in enumerate(values):
        if at % _IN_ONE_GO == 0:
            yield
        if first.setdefault(value, at) != at:
            raise RuleBroken(field.format(at), FieldRule.SEED_TWICE, first=field.format(first[value]))
