"""Seeds: people, units and their relations, read from JSON or YAML.

Reading one imports neither the database nor hashes: a test that looks up a password does not load them.
"""

from __future__ import annotations

import json
from datetime import date
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from scan_to_login.errors import StartupError
from scan_to_login.protocol import IdType, Permission, Role, UnitStatus

Secret = Annotated[str, Field(max_length=128)]
Hash = Annotated[str, Field(pattern=r"^(\$argon2id\$[!-~]{1,180})?$", description="Argon2id, instead of the password")]
R = TypeVar("R")


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


def _with_one(row: R, password: str, password_hash: str, name: str) -> R:
    if bool(password) == bool(password_hash):
        raise ValueError(f"give either {name} or password_hash")
    return row


class SeedAccount(_Row):
    """A registered person. An export has `password_hash` if the password is unknown."""

    login_name: Annotated[str, Field(min_length=1, max_length=64)]
    password: Secret = ""
    password_hash: Hash = ""
    phone: Annotated[str, Field(min_length=1, max_length=32)]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    id_type: IdType
    id_number: Annotated[str, Field(min_length=1, max_length=32)]
    household_division: Annotated[str, Field(max_length=12)] = ""
    disabled: bool = False
    locked: bool = Field(False, description="locked by wrong passwords at the start")

    @model_validator(mode="after")
    def _has_one_password(self) -> Self:
        return _with_one(self, self.password, self.password_hash, "password")


class SeedUnit(_Row):
    """A unit; `alias` is its name in command lines and tests."""

    alias: Annotated[str, Field(max_length=64)] = ""
    taxpayer_id: Annotated[str, Field(min_length=1, max_length=18)]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    declaration_password: Secret = ""
    password_hash: Hash = ""
    status: UnitStatus = UnitStatus.NORMAL

    @model_validator(mode="after")
    def _has_one_password(self) -> Self:
        return _with_one(self, self.declaration_password, self.password_hash, "declaration_password")


class SeedRole(_Row):
    """A person's role at a unit (alias or taxpayer_id)."""

    unit: str
    account: str
    role: Role


class SeedBinding(_Row):
    """An account that has proved a unit's declaration password."""

    unit: str
    account: str


class SeedAuthorization(_Row):
    """An account that may act for a unit without its password."""

    unit: str
    account: str
    permission: Permission
    granted_by: str
    valid_until: date | None = Field(None, description="last day in force; null is for ever")


class Seed(_Row):
    """The initial people and units of a simulation."""

    accounts: tuple[SeedAccount, ...] = ()
    units: tuple[SeedUnit, ...] = ()
    roles: tuple[SeedRole, ...] = ()
    bindings: tuple[SeedBinding, ...] = ()
    authorizations: tuple[SeedAuthorization, ...] = ()
    cut_over: date | None = Field(None, description="until then logins by declaration password alone; then never")

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        units = {unit.taxpayer_id for unit in self.units}
        accounts = {account.login_name for account in self.accounts}
        rows: tuple[SeedRole | SeedBinding | SeedAuthorization, ...] = (
            *self.roles,
            *self.bindings,
            *self.authorizations,
        )
        for row in rows:
            if self.taxpayer_id(row.unit) not in units:
                raise ValueError(f"there is no unit {row.unit}")
            for name in (row.account, row.granted_by) if isinstance(row, SeedAuthorization) else (row.account,):
                if name not in accounts:
                    raise ValueError(f"there is no account {name}")
        _once("login_name", [account.login_name for account in self.accounts])
        _once("phone", [account.phone for account in self.accounts])
        _once("document", [f"{account.id_type} {account.id_number}" for account in self.accounts])
        _once("taxpayer_id", [unit.taxpayer_id for unit in self.units])
        _once("alias", [unit.alias for unit in self.units if unit.alias])
        _once("role", [f"{row.unit} {row.account} {row.role}" for row in self.roles])
        _once("binding", [f"{row.unit} {row.account}" for row in self.bindings])
        _once("authorization", [f"{row.unit} {row.account}" for row in self.authorizations])
        return self

    def taxpayer_id(self, unit: str) -> str:
        """The taxpayer_id of an alias; any other text is returned as it is."""
        return self._aliases.get(unit, unit)

    @cached_property
    def _aliases(self) -> dict[str, str]:
        # Of an alias that is there twice, which is refused, the first counts.
        return {unit.alias: unit.taxpayer_id for unit in reversed(self.units) if unit.alias}


def seed_schema() -> dict[str, Any]:
    """The JSON Schema of a seed, for files in JSON or YAML."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Seed.model_json_schema(),
        "title": "Seed of a scan-to-login simulation",
    }


def as_yaml(seed: Seed) -> str:
    """The seed as YAML that `load_seed` reads; what has its default is left out."""
    import yaml

    rows = seed.model_dump(mode="json", exclude_defaults=True)
    return str(yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, width=120))


def _once(what: str, values: list[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise ValueError(f"the {what} {value} is there twice")
        seen.add(value)


def load_seed(name: str) -> Seed:
    """The seed ``demo``, or the one in a JSON or YAML file. Raises StartupError, which names the problem."""
    try:
        if name == "demo":
            text = resources.files("scan_to_login").joinpath("seeds", "demo.json").read_text("utf-8")
        else:
            text = Path(name).read_text("utf-8")
        return Seed.model_validate(_parsed(text, name))
    except (OSError, UnicodeDecodeError) as error:
        raise StartupError(f"The seed {name} cannot be read: {error}.") from None
    except RecursionError:
        raise StartupError(f"The seed {name} cannot be read: it is nested too deeply.") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise StartupError(f"The seed {name} does not fit at {where}: {first['msg']}.") from None


def _parsed(text: str, name: str) -> Any:
    if name.endswith((".yaml", ".yml")):
        import yaml

        try:
            return yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise StartupError(f"The seed {name} is not YAML: {error}.") from None
    try:
        return json.loads(text)
    except ValueError as error:
        raise StartupError(f"The seed {name} is not JSON: {error}.") from None
