"""Seeds: people, units and their relations, read from JSON or YAML.

Reading one imports neither the database nor hashes: a test that looks up a password does not load them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import from_json

from scan_to_login.errors import StartupError
from scan_to_login.field_rules import FieldRule, RuleBroken
from scan_to_login.protocol import (
    AccessTokenFormat,
    DeliveryMode,
    IdType,
    OAuthGrantType,
    Permission,
    Role,
    SigningAlgorithm,
    UnitStatus,
)
from scan_to_login.request_shapes import field_errors
from scan_to_login.rules.client_uris import checked_logout_uri, checked_redirect_uri
from scan_to_login.rules.credentials import checked_login_name, checked_password
from scan_to_login.rules.divisions import checked_division
from scan_to_login.rules.people import checked_name, checked_number, checked_phone
from scan_to_login.rules.seed_relations import relations
from scan_to_login.rules.taxpayer_numbers import checked_taxpayer_id, taxpayer_id_or_empty
from scan_to_login.rules.typed import folded
from scan_to_login.seed_lines import line_in_json, line_in_yaml

_Check = Callable[[str], str]


def _if_given(check: _Check) -> _Check:
    return lambda text: check(text) if text else text


def _division(code: str, info: ValidationInfo) -> str:
    # The codes of the package's own seed are in the table (a test compares), which is large: no start waits for it.
    return checked_division(code) if code and info.context is not _OWN else code


_OWN = {"own": True}
Secret = Annotated[str, AfterValidator(_if_given(checked_password)), Field(max_length=128)]
LoginName = Annotated[str, AfterValidator(checked_login_name), Field(max_length=64)]
Hash = Annotated[str, Field(pattern=r"^(\$argon2id\$[!-~]{1,180})?$", description="Argon2id, instead of the password")]
AccountName = Annotated[str, AfterValidator(folded)]
R = TypeVar("R")


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


def _with_one(row: R, password: str, password_hash: str, name: str) -> R:
    if bool(password) == bool(password_hash):
        raise RuleBroken(name, FieldRule.SEED_PASSWORD_OR_HASH)
    return row


def _today() -> date:
    """Today in China, that nobody of a seed was born after."""
    return datetime.now(timezone(timedelta(hours=8))).date()


class SeedAccount(_Row):
    """A registered person. An export has `password_hash` if the password is unknown."""

    login_name: LoginName
    password: Secret = ""
    password_hash: Hash = ""
    phone: Annotated[str, AfterValidator(checked_phone), Field(max_length=32)]
    name: Annotated[str, AfterValidator(checked_name), Field(max_length=200)]
    id_type: IdType
    id_number: Annotated[str, Field(max_length=32)]
    household_division: Annotated[str, AfterValidator(_division), Field(max_length=12)] = ""
    disabled: bool = False
    locked: bool = Field(False, description="locked by wrong passwords at the start")

    @field_validator("id_number")
    @classmethod
    def _fits_the_document(cls, number: str, info: ValidationInfo) -> str:
        kind = info.data.get("id_type")
        return number if kind is None else checked_number(kind, number, _today())

    @model_validator(mode="after")
    def _has_one_password(self) -> Self:
        return _with_one(self, self.password, self.password_hash, "password")


class SeedUnit(_Row):
    """A unit; `alias` is its name in command lines and tests."""

    alias: Annotated[str, Field(max_length=64)] = ""
    taxpayer_id: Annotated[str, AfterValidator(checked_taxpayer_id), Field(max_length=64)]
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
    account: AccountName
    role: Role


class SeedBinding(_Row):
    """An account that has proved a unit's declaration password."""

    unit: str
    account: AccountName


class SeedAuthorization(_Row):
    """An account that may act for a unit without its password."""

    unit: str
    account: AccountName
    permission: Permission
    granted_by: AccountName
    valid_from: date | None = Field(None, description="first day in force; null is always")
    valid_until: date | None = Field(None, description="last day in force; null is for ever")


Uri = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(checked_redirect_uri)]
LogoutUri = Annotated[str, Field(max_length=2000), AfterValidator(checked_logout_uri)]


class SeedClient(_Row):
    """A registered client of OAuth; one without a secret is public (RFC 6749 section 2.1)."""

    client_id: Annotated[str, Field(pattern=r"^[!-~]{1,64}$")]
    name: Annotated[str, Field(max_length=64, description="shown on the phone; its id where it is empty")] = ""
    secret: Annotated[str, Field(max_length=128)] = ""
    secret_digest: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$", description="SHA-256 of the secret")] = ""
    redirect_uris: tuple[Uri, ...] = Field((), description="compared byte for byte; on loopback with any port")
    post_logout_redirect_uris: tuple[Uri, ...] = ()
    backchannel_logout_uri: LogoutUri = ""
    backchannel_token_delivery_mode: DeliveryMode = DeliveryMode.POLL
    backchannel_client_notification_endpoint: LogoutUri = ""
    grant_types: tuple[OAuthGrantType, ...] = tuple(OAuthGrantType)
    access_token_format: AccessTokenFormat = AccessTokenFormat.OPAQUE
    id_token_signed_response_alg: SigningAlgorithm = SigningAlgorithm.RS256

    @model_validator(mode="after")
    def _has_one_secret(self) -> Self:
        if self.secret and self.secret_digest:
            raise ValueError("give either secret or secret_digest")
        if self.backchannel_token_delivery_mode is not DeliveryMode.POLL and (
            not self.backchannel_client_notification_endpoint
        ):
            raise ValueError("ping and push need backchannel_client_notification_endpoint")
        return self


class Seed(_Row):
    """The initial people and units of a simulation."""

    accounts: tuple[SeedAccount, ...] = ()
    units: tuple[SeedUnit, ...] = ()
    roles: tuple[SeedRole, ...] = ()
    bindings: tuple[SeedBinding, ...] = ()
    authorizations: tuple[SeedAuthorization, ...] = ()
    clients: tuple[SeedClient, ...] = ()
    authorizations_from: date | None = Field(None, description="first day of authorizations; null is always")
    legacy_login_until: date | None = Field(
        None, description="day on which logins by declaration password alone have ended; null is never before"
    )
    cut_over: date | None = Field(None, description="both days in one, for those that are null")

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        for _ in relations(self):
            pass
        return self

    def taxpayer_id(self, unit: str) -> str:
        """The taxpayer_id of an alias or a typed taxpayer number; any other text is returned as it is."""
        return self._aliases.get(unit) or taxpayer_id_or_empty(unit) or unit

    def account_of(self, login_name: str) -> SeedAccount | None:
        """The person with this login name; None if there is none."""
        return self._by_login_name.get(login_name)

    def unit_of(self, taxpayer_id: str) -> SeedUnit | None:
        """The unit with this number, in its one form; None if there is none."""
        return self._by_taxpayer_id.get(taxpayer_id)

    @cached_property
    def _by_login_name(self) -> dict[str, SeedAccount]:
        return {account.login_name: account for account in self.accounts}

    @cached_property
    def _by_taxpayer_id(self) -> dict[str, SeedUnit]:
        return {unit.taxpayer_id: unit for unit in self.units}

    @cached_property
    def _aliases(self) -> dict[str, str]:
        # Of an alias that is there twice, which is refused, the first counts.
        return {unit.alias: unit.taxpayer_id for unit in reversed(self.units) if unit.alias}


def load_seed(name: str) -> Seed:
    """The seed ``demo``, or the one in a JSON or YAML file.

    Raises StartupError with the rule that is broken, the field, and its line.
    """
    try:
        own = name == "demo"
        if own:
            data = resources.files("scan_to_login").joinpath("seeds", "demo.json").read_bytes()
        else:
            data = Path(name).read_bytes()
        return Seed.model_validate(_parsed(data, name), context=_OWN if own else None)
    except (OSError, UnicodeDecodeError) as error:
        raise StartupError("seed.unreadable", name=name, reason=error) from None
    except RecursionError:
        raise StartupError("seed.nested", name=name) from None
    except ValidationError as error:
        first = field_errors(error)[0]
        path = first["field"].split(".") if first["field"] else []
        line = (line_in_yaml if _is_yaml(name) else line_in_json)(data.decode(), path)
        where, reason = first["field"] or ".", {**first, "field": ""}
        raise StartupError("seed.unfit", name=name, where=where, line=line, reason=reason) from None


def _is_yaml(name: str) -> bool:
    return name.endswith((".yaml", ".yml"))


def _parsed(data: bytes, name: str) -> Any:
    text = data.decode()
    if _is_yaml(name):
        import yaml

        try:
            return yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise StartupError("seed.not_yaml", name=name, reason=error) from None
    try:
        del text  # a large one would stay beside what is made of it
        return from_json(data, allow_inf_nan=False)
    except ValueError as error:
        if "recursion limit" in str(error):  # what the parser says of arrays within arrays, from 200 on
            raise RecursionError from None
        raise StartupError("seed.not_json", name=name, reason=error) from None
