"""How often one caller may do what costs much or may be guessed; a success is not counted, 0 is no limit."""

from pydantic import Field

from gateway.config.group import Group, Span


class LimitSettings(Group):
    """Counts a minute, an hour or a window."""

    logins_per_account: int = Field(
        100, ge=0, description="Failed logins to one account from one address in a minute, including wrong captchas."
    )
    logins_per_address: int = Field(
        1_000,
        ge=0,
        description="Failed logins from one address in a minute; accounts that logged in from there are exempt.",
    )
    logins_in_all: int = Field(6_000, ge=0, description="Failed logins in total in a minute.")
    declarations_per_unit: int = Field(
        100, ge=0, description="Failed declaration passwords for one unit from one address in a minute."
    )
    declarations_per_address: int = Field(
        1_000, ge=0, description="Failed declaration passwords from one address in a minute."
    )
    grants_per_account: int = Field(
        60, ge=0, description="Unknown people that one account may try to authorize in an hour."
    )
    otp_tries: int = Field(
        10, ge=1, description="Wrong one-time codes that log a phone out, at all tickets and resets together."
    )
    otp_tries_per_account: int = Field(
        30,
        ge=0,
        description="Wrong one-time codes of all phones of one account after which the gateway refuses every code for "
        "a while; 0 is no limit.",
    )
    otp_window_seconds: Span = Field(600, ge=1, description="Time for which a wrong one-time code counts.")
    targeted_per_account: int = Field(
        10, ge=0, description="Targeted tickets for one name in ten minutes, confirmed ones included; 0 is no limit."
    )
    targeted_per_address: int = Field(
        300, ge=0, description="Targeted tickets that one address may request in ten minutes; 0 is no limit."
    )
    captchas_per_address: int = Field(300, ge=0, description="Captchas that one address may request in a minute.")
    captchas_in_all: int = Field(1_500, ge=0, description="Captchas in total in a minute; each costs 20 ms of a core.")
    registrations_per_address: int = Field(
        60, ge=0, description="Refused registration codes from one address in a minute."
    )
    resets_per_address: int = Field(60, ge=0, description="Password resets that one address may begin in a minute.")
    sms_per_address: int = Field(100, ge=0, description="SMS codes that one address may request in an hour.")
