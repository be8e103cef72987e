"""The functions that are open to a verified session, by the person's role. The business itself is not simulated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gateway.units.model import UnitAccess
from scan_to_login.protocol import Permission


@dataclass(frozen=True, slots=True)
class Function:
    """One entry of the client's menu."""

    code: str
    zh: str
    en: str


DAILY: Final = (
    Function("people", "人员信息采集", "People"),
    Function("special_deductions", "专项附加扣除信息采集", "Special deductions"),
    Function("withholding_declaration", "综合所得申报", "Withholding returns"),
    Function("tax_payment", "税款缴纳", "Tax payment"),
    Function("queries", "查询统计", "Queries"),
)
AUTHORIZATIONS: Final = Function("authorizations", "办税授权管理", "Authorizations")
HEADS_ALONE: Final = (
    Function("certificates", "完税证明", "Tax certificates"),
    AUTHORIZATIONS,
    Function("declaration_password", "申报密码", "Declaration password"),
    Function("unit_settings", "单位信息", "Unit settings"),
)


def menu_of(unit: UnitAccess) -> tuple[Function, ...]:
    """A person's menu at a unit: daily functions for all, authorizations with 管理, the rest for the unit's heads."""
    if unit.is_head:
        return DAILY + HEADS_ALONE
    return (*DAILY, AUTHORIZATIONS) if unit.permission == Permission.MANAGE else DAILY
