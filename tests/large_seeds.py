"""Seeds of any number of people, with right check digits."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from stdnum.cn import ric, uscc

FIRST_BIRTHDAY = date(1950, 1, 1)
BORN_A_DAY = 900


def seed_of(people: int, units: int) -> dict[str, Any]:
    """A seed in which everybody has one password, and each is bound to one unit."""
    return {
        "accounts": [
            {
                "login_name": f"person_{number}",
                "password": "Demo-2019",
                "phone": f"139{number:08d}",
                "name": "赵敏",
                "id_type": "resident_id",
                "id_number": _id_number(number),
                "locked": number % 100 == 1,
            }
            for number in range(people)
        ],
        "units": [
            {
                "alias": f"U{number}",
                "taxpayer_id": _taxpayer_id(number),
                "name": f"单位 {number}",
                "declaration_password": "Unit-2019",
            }
            for number in range(units)
        ],
        "roles": [
            {"unit": f"U{number}", "account": f"person_{number}", "role": "legal_representative"}
            for number in range(units)
        ],
        "bindings": [{"unit": f"U{number % units}", "account": f"person_{number}"} for number in range(people)],
    }


def _id_number(number: int) -> str:
    born = FIRST_BIRTHDAY + timedelta(days=number // BORN_A_DAY)
    first = f"110105{born:%Y%m%d}{number % BORN_A_DAY + 1:03d}"
    return first + str(ric.calc_check_digit(f"{first}0"))


def _taxpayer_id(number: int) -> str:
    first = f"91110105{number:09d}"
    return first + str(uscc.calc_check_digit(first))
