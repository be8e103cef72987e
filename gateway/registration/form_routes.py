"""Routes that serve forms: captchas, household divisions, rare characters."""

import base64
from typing import Annotated

from pydantic import Field, StringConstraints

from gateway.accounts.subjects import Subjects
from gateway.config import Settings
from gateway.foundation.addresses import network_of
from gateway.foundation.errors import Refusal
from gateway.http.routes import Answer, Body, Call, Router
from gateway.registration.characters import LARGEST_PAGE, UnknownRadical, character_table
from gateway.throttling.captchas import Captchas
from gateway.throttling.rate_limits import Bucket, Limits
from scan_to_login.field_rules import FieldRule, field_error
from scan_to_login.protocol import API_PREFIX, Code
from scan_to_login.request_shapes import Query
from scan_to_login.rules.divisions import AS_OF, division_table
from scan_to_login.rules.typed import folded_number

Text = Annotated[str, StringConstraints(min_length=1, max_length=256)]


class CaptchaBody(Body):
    """The attempt that the captcha is for: exactly one of the two fields."""

    identifier: Text | None = Field(None, description="For a login by this phone number, login name or ID number.")
    taxpayer_id: Text | None = Field(None, description="For a declaration password of this unit.")

    def of(self) -> tuple[str, str]:
        """The kind and the subject of the attempt. Raises ``invalid_request`` unless exactly one field is set."""
        named = [("identifier", self.identifier), ("taxpayer_id", self.taxpayer_id)]
        given = [(field, whose) for field, whose in named if whose is not None]
        if len(given) != 1:
            errors = [field_error(field, FieldRule.CAPTCHA_PURPOSE) for field, _ in named]
            raise Refusal(Code.INVALID_REQUEST, errors=errors)
        return given[0]


class CaptchaView(Answer):
    """A captcha; it is valid once, for five minutes."""

    captcha_id: str
    image: str = Field(description="PNG of 160 x 60 pixels, base64")
    content_type: str = "image/png"
    expires_at: int = Field(description="milliseconds of the gateway's clock")
    expires_in: int = Field(description="seconds")


class DivisionQuery(Query):
    """The parent of the divisions, or a name."""

    parent: str = Field("", pattern=r"^([0-9]{6})?$", description="A division's code; empty for the provinces.")
    name: str = Field("", description="Part of a present, former or full name, in the whole country.")


class DivisionView(Answer):
    """A division of GB/T 2260."""

    code: str
    name: str
    kind: str
    has_children: bool
    full_name: str = Field(description="from the province down")
    former_names: list[str] = Field(description="of divisions that were renamed to it or merged into it")


class DivisionList(Answer):
    """The divisions directly below one, or those found by a name."""

    as_of: str = Field(description="the day up to which the data has all changes, as YYYY-MM-DD")
    parent: str
    divisions: list[DivisionView]


class RadicalView(Answer):
    """A radical; a simplified form is a separate radical."""

    radical: str
    character: str
    strokes: int
    simplified_of: str | None
    characters: int
    most_strokes: int
    total_strokes: list[int] = Field(description="the stroke counts of whole characters under it")


class RadicalList(Answer):
    """All radicals, in the order of the Kangxi dictionary."""

    radicals: list[RadicalView]


class CharacterQuery(Query):
    """A radical by number or form, the strokes besides it or in total, and the page."""

    radical: Text
    strokes: int | None = Field(None, ge=0, le=99, description="strokes besides the radical; omit for all")
    total_strokes: int | None = Field(None, ge=0, le=99, description="strokes of the whole character; omit for all")
    offset: int = Field(0, ge=0, le=100_000)
    limit: int = Field(100, ge=1, le=LARGEST_PAGE)


class CharacterView(Answer):
    """A character, its code point, its strokes besides the radical and in total."""

    character: str
    codepoint: str
    strokes: int
    total_strokes: int


class CharacterList(Answer):
    """A page of characters; `next` is the offset of the next page."""

    radical: str
    characters: list[CharacterView]
    total: int
    next: int | None


def router(
    captchas: Captchas,
    subjects: Subjects,
    limits: Limits,
    settings: Settings,
) -> Router:
    """The routes of forms; none needs a session."""

    def issue_captcha(call: Call, body: CaptchaBody) -> CaptchaView:
        """Create a captcha for the next attempt at one login or one unit's declaration password."""
        field, whose = body.of()
        limits.take(
            Bucket("captcha", network_of(call.address), settings.captchas_per_address),
            Bucket("captchas", "", settings.captchas_in_all),
        )
        if field == "identifier":
            bound = captchas.binding("account", subjects.name(whose))
        else:
            bound = captchas.binding("unit", folded_number(whose))
        issued = captchas.issue(bound)
        return CaptchaView(
            captcha_id=issued.captcha_id,
            image=base64.b64encode(issued.image).decode(),
            expires_at=issued.expires_at,
            expires_in=settings.captcha_seconds,
        )

    def list_divisions(call: Call) -> DivisionList:
        """Household divisions: the provinces, those directly below `parent`, or those with a `name`."""
        parent, name = call.query.parent, call.query.name
        divisions = division_table()
        found = divisions.named(name)[:LARGEST_PAGE] if name else divisions.children(parent)
        if found is None:
            raise Refusal(Code.NOT_FOUND, "This is no code of GB/T 2260.")
        return DivisionList(
            as_of=AS_OF,
            parent=parent,
            divisions=[
                DivisionView(
                    code=division.code,
                    name=division.name,
                    kind=division.kind,
                    has_children=divisions.has_children(division.code),
                    full_name=divisions.full_name(division.code),
                    former_names=list(divisions.former_names(division.code)),
                )
                for division in found
            ],
        )

    def list_radicals(_call: Call) -> RadicalList:
        """Radicals for rare-character entry."""
        return RadicalList(
            radicals=[
                RadicalView(
                    radical=radical.radical,
                    character=radical.character,
                    strokes=radical.strokes,
                    simplified_of=radical.simplified_of,
                    characters=radical.characters,
                    most_strokes=radical.most_strokes,
                    total_strokes=list(radical.total_strokes),
                )
                for radical in character_table().radicals
            ]
        )

    def find_characters(call: Call) -> CharacterList:
        """The characters of a radical, by the number of their other strokes or of all."""
        query: CharacterQuery = call.query
        try:
            page = character_table().find(
                query.radical,
                query.strokes,
                total_strokes=query.total_strokes,
                offset=query.offset,
                limit=query.limit,
            )
        except UnknownRadical:
            raise Refusal(
                Code.NOT_FOUND, "No radical has this number or form; GET /api/v1/radicals lists them."
            ) from None
        return CharacterList(
            radical=query.radical,
            characters=[
                CharacterView(
                    character=item.character,
                    codepoint=item.codepoint,
                    strokes=item.strokes,
                    total_strokes=item.total_strokes,
                )
                for item in page.items
            ],
            total=page.total,
            next=page.next,
        )

    room = Router("forms", API_PREFIX)
    room.add("POST", "/captchas", issue_captcha, body=CaptchaBody, returns=CaptchaView, status=201)
    room.add("GET", "/divisions", list_divisions, query=DivisionQuery, returns=DivisionList, codes=(Code.NOT_FOUND,))
    room.add("GET", "/radicals", list_radicals, returns=RadicalList)
    room.add(
        "GET", "/characters", find_characters, query=CharacterQuery, returns=CharacterList, codes=(Code.NOT_FOUND,)
    )
    return room
