"""Routes of authorizations (办税授权), on phone and WEB platform: the unit's side, and the authorized person's."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from gateway.accounts.model import mask_name
from gateway.accounts.service import AccountService
from gateway.foundation.clock import Clock
from gateway.foundation.errors import refused_field
from gateway.http.routes import Answer, Auth, Body, Call, Router
from gateway.registration.routes import IdTypeField, SmsCode
from gateway.units.authorizations.days import Days
from gateway.units.authorizations.service import Authorizations
from gateway.units.authorizations.store import Grant
from gateway.units.model import STATUS_CODES, first_day, last_day
from scan_to_login.field_rules import FieldRule
from scan_to_login.protocol import API_PREFIX, Code, IdType, Permission
from scan_to_login.rules.people import masked_phone
from scan_to_login.rules.taxpayer_numbers import taxpayer_id_or_empty

PermissionField = Annotated[Permission, Field(strict=False)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
_FROM = "first day in force, in China, as YYYY-MM-DD; null is today"
_CODE = "on the WEB platform, to give `manage`: the code of POST /units/{taxpayer_id}/sms-codes"
_UNTIL = "last day in force, in China, as YYYY-MM-DD; null is for ever"


class GrantBody(Body):
    """The person to authorize (by name and phone, or by name and document), the permission, and its end."""

    name: Text
    phone: Text | None = None
    id_type: IdTypeField = IdType.RESIDENT_ID
    id_number: Text | None = None
    permission: PermissionField = Permission.HANDLE
    valid_from: Day | None = Field(None, description=_FROM)
    valid_until: Day | None = Field(None, description=_UNTIL)
    sms_code: SmsCode | None = Field(None, description=_CODE)


class ChangeBody(Body):
    """The fields to change; omitted fields stay unchanged."""

    permission: PermissionField | None = None
    valid_from: Day | None = Field(None, description=_FROM)
    valid_until: Day | None = Field(None, description=_UNTIL)
    sms_code: SmsCode | None = Field(None, description=_CODE)


class PersonView(Answer):
    """A person, masked."""

    display_name: str
    phone: str


class AuthorizationView(Answer):
    """An authorization that has not ended."""

    authorization_id: str
    taxpayer_id: str
    unit_name: str
    permission: Permission = Field(description="`handle` (办税) or `manage` (管理: may grant `handle`)")
    person: PersonView
    granted_by: str = Field(description="masked name")
    granted_at: int = Field(description="milliseconds of the gateway's clock")
    valid_from: str = Field(description="first day in force, in China; until then it has no effect")
    valid_until: str | None = Field(description=_UNTIL)
    in_force: bool


class AuthorizationList(Answer):
    """Authorizations that have not ended: of a unit by the persons' names (pinyin), of an account by the units'."""

    authorizations: list[AuthorizationView]


def router(service: Authorizations, identity: AccountService, clock: Clock) -> Router:
    """The routes of authorizations."""

    def list_unit_authorizations(call: Call) -> AuthorizationList:
        """The people who may act for this unit without its declaration password."""
        session = identity.owner(call.credential)
        return _listed(service.of_unit(session, taxpayer_id_or_empty(call.path["taxpayer_id"])), clock.now_ms())

    def grant_authorization(call: Call, body: GrantBody) -> AuthorizationView:
        """Authorize a registered person, with immediate effect."""
        session, taxpayer_id = identity.owner(call.credential), taxpayer_id_or_empty(call.path["taxpayer_id"])
        permission = Permission(body.permission)
        with service.audited("grant", session, taxpayer_id, call.address):
            unit = service.may_grant(session, taxpayer_id, permission)
            days = _days(body)
            if (body.phone is None) == (body.id_number is None):
                raise refused_field("phone", FieldRule.PERSON_BY_ONE)
            if body.phone is not None:
                person = service.find_by_phone(session, body.name, body.phone)
            else:
                person = service.find_by_document(session, body.name, body.id_type, body.id_number or "")
            granted = service.grant(session, unit, person, permission, days, body.sms_code, call.address)
        return _view(granted, clock.now_ms())

    def change_authorization(call: Call, body: ChangeBody) -> AuthorizationView:
        """Change a person's permission or its end, with immediate effect."""
        session, taxpayer_id = identity.owner(call.credential), taxpayer_id_or_empty(call.path["taxpayer_id"])
        with service.audited("change", session, taxpayer_id, call.address):
            changed = service.change(
                session,
                taxpayer_id,
                call.path["authorization_id"],
                Permission(body.permission) if body.permission else None,
                _days(body),
                body.sms_code,
                call.address,
                change=body.model_fields_set & {"valid_from", "valid_until"},
            )
        return _view(changed, clock.now_ms())

    def revoke_authorization(call: Call) -> None:
        """Revoke an authorization, as the unit. It ends at once, also for sessions that it verified."""
        session, taxpayer_id = identity.owner(call.credential), taxpayer_id_or_empty(call.path["taxpayer_id"])
        with service.audited("revoke", session, taxpayer_id, call.address):
            service.revoke(session, taxpayer_id, call.path["authorization_id"], call.address)

    def list_authorizations(call: Call) -> AuthorizationList:
        """The units that this account is authorized for."""
        return _listed(service.mine(identity.owner(call.credential)), clock.now_ms())

    def read_authorization(call: Call) -> AuthorizationView:
        """One authorization of this account."""
        found = service.my(identity.owner(call.credential), call.path["authorization_id"])
        return _view(found, clock.now_ms())

    def give_up_authorization(call: Call) -> None:
        """Give up an authorization, as the authorized person; it ends at once."""
        service.give_up(identity.owner(call.credential), call.path["authorization_id"], call.address)

    room = Router("authorizations", API_PREFIX)
    unit, own = "/units/<taxpayer_id>/authorizations", "/authorizations"
    sms_codes = (Code.SMS_CODE_INVALID, Code.SMS_CODE_EXPIRED)
    changing = (Code.UNIT_NOT_FOUND, Code.AUTHORIZATION_CLOSED, *STATUS_CODES.values())
    room.add(
        "GET",
        unit,
        list_unit_authorizations,
        auth=Auth.SESSION,
        returns=AuthorizationList,
        codes=(Code.UNIT_NOT_FOUND,),
    )
    room.add(
        "POST",
        unit,
        grant_authorization,
        auth=Auth.SESSION,
        body=GrantBody,
        returns=AuthorizationView,
        status=201,
        codes=(*changing, *sms_codes, Code.PERSON_NOT_FOUND, Code.AUTHORIZATION_EXISTS, Code.AUTHORIZATION_LIMIT),
    )
    room.add(
        "PATCH",
        f"{unit}/<authorization_id>",
        change_authorization,
        auth=Auth.SESSION,
        body=ChangeBody,
        returns=AuthorizationView,
        codes=(*changing, *sms_codes, Code.AUTHORIZATION_NOT_FOUND),
    )
    room.add(
        "DELETE",
        f"{unit}/<authorization_id>",
        revoke_authorization,
        auth=Auth.SESSION,
        codes=(Code.UNIT_NOT_FOUND, Code.AUTHORIZATION_NOT_FOUND),
    )
    room.add("GET", own, list_authorizations, auth=Auth.SESSION, returns=AuthorizationList)
    one, unknown = f"{own}/<authorization_id>", (Code.AUTHORIZATION_NOT_FOUND,)
    room.add("GET", one, read_authorization, auth=Auth.SESSION, returns=AuthorizationView, codes=unknown)
    room.add("DELETE", one, give_up_authorization, auth=Auth.SESSION, codes=unknown)
    return room


def _days(body: GrantBody | ChangeBody) -> Days:
    return Days(_day("valid_from", body.valid_from), _day("valid_until", body.valid_until))


def _day(field: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise refused_field(field, FieldRule.DAY_UNKNOWN) from None


def _listed(grants: list[Grant], now: int) -> AuthorizationList:
    return AuthorizationList(authorizations=[_view(grant, now) for grant in grants])


def _view(grant: Grant, now: int) -> AuthorizationView:
    return AuthorizationView(
        authorization_id=grant.authorization_id,
        taxpayer_id=grant.taxpayer_id,
        unit_name=grant.unit_name,
        permission=grant.permission,
        person=PersonView(display_name=mask_name(grant.name), phone=masked_phone(grant.phone)),
        granted_by=mask_name(grant.granted_by_name) if grant.granted_by_name else "",
        granted_at=grant.granted_at,
        valid_from=first_day(grant.valid_from or grant.granted_at) or "",
        valid_until=last_day(grant.valid_until),
        in_force=grant.valid_from <= now,
    )
