"""Accounts, units and their sessions: passwords, captchas, registration, SMS, the cut-over."""

from datetime import date

from pydantic import Field, SecretStr, field_validator

from gateway.config.group import Group, Span


class PeopleSettings(Group):
    """Sessions, passwords, units, registration and forgotten passwords."""

    phone_session_seconds: Span = Field(30 * 86_400, ge=1, description="Lifetime of a phone's session.")
    client_session_seconds: Span = Field(12 * 3_600, ge=1, description="Lifetime of a client's session.")
    client_idle_seconds: Span = Field(
        1_800, ge=1, description="Time without a call after which a client's session ends."
    )
    web_session_seconds: Span = Field(2 * 3_600, ge=1, description="Lifetime of a session of the WEB platform.")
    web_idle_seconds: Span = Field(1_800, ge=1, description="Time without a call after which a WEB session ends.")
    login_tries: int = Field(5, ge=1, description="Wrong passwords that lock an account.")
    login_lock_seconds: Span = Field(7_200, ge=1, description="How long an account stays locked.")
    declaration_tries: int = Field(5, ge=1, description="Wrong declaration passwords that lock a unit.")
    declaration_lock_seconds: Span = Field(7_200, ge=1, description="How long a unit stays locked.")
    captcha_seconds: Span = Field(300, ge=1, description="Lifetime of a captcha.")
    cut_over_date: date | None = Field(
        None,
        description="Both dates below in one, for those that are empty: the day of the manual on which people's logins "
        "replace units' logins.",
    )
    authorizations_from: date | None = Field(
        None,
        description="First day (in China) of authorizations. Empty: `PAIRING_CUT_OVER_DATE`, else the seed's date, "
        "which is the manual's, 2020-01-01; without one, authorizations are on.",
    )
    legacy_login_until: date | None = Field(
        None,
        description="Day (in China) on which clients no longer log in by declaration password alone; a later one than "
        "the first day of authorizations keeps the old login beside the new one, as some tax offices did. Empty: "
        "`PAIRING_CUT_OVER_DATE`, else the seed's date (2020-01-01); without one, that login is off.",
    )
    heads_need_no_password: bool = Field(
        False,
        description="Lets a unit's legal representative and finance manager verify it without the declaration "
        "password, as the tax platform of today does; the manual of 2019 asks them for it like everybody.",
    )
    registration_code_seconds: Span = Field(7 * 86_400, ge=1, description="Lifetime of a registration code.")
    registration_seconds: Span = Field(1_800, ge=1, description="Lifetime of an unfinished registration.")
    reset_seconds: Span = Field(1_800, ge=1, description="Lifetime of an unfinished password reset.")
    sms_code_seconds: Span = Field(300, ge=1, description="Lifetime of an SMS code.")
    sms_interval_seconds: Span = Field(60, ge=0, description="Time between two SMS codes of one registration or reset.")
    sms_per_transaction: int = Field(5, ge=1, description="Maximum SMS codes for one registration or reset.")
    sms_per_day: int = Field(10, ge=1, description="Maximum SMS codes to one phone, or for one identity, in a day.")
    sms_tries: int = Field(5, ge=1, description="Wrong tries that void an SMS code.")
    web_sms_codes: bool = Field(
        True,
        description="Whether the WEB platform needs an SMS code for a new declaration password and for a grant of "
        "`manage`. The manual of 2019 names none; the tax platform of today asks for one.",
    )
    sms_webhook_url: str = Field(
        "", description="URL to which the gateway posts SMS messages; a simulation keeps them in its outbox."
    )
    sms_webhook_secret: SecretStr = Field(
        SecretStr(""), description="Key of the HMAC-SHA-256 in the header `X-Pairing-Signature` of each posted message."
    )

    @field_validator("cut_over_date", "authorizations_from", "legacy_login_until", mode="before")
    @classmethod
    def _no_date(cls, value: object) -> object:
        return None if value in ("", "None") else value
