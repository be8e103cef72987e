"""Heads of a unit (legal representative, finance manager): listed without having bound it, asked like everybody."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.integration.units.conftest import RIGHT, Wire, code_of


def test_a_head_sees_the_unit_listed_and_proves_the_password_once(wire: Wire) -> None:
    head = wire.client("finance")
    (unit,) = head.answer["units"]
    assert (unit["taxpayer_id"], unit["via"], unit["password_required"]) == (wire.units["A"], [], True)
    assert head.answer["next"] == "verify_unit"
    assert code_of(head.verify(wire.units["A"])) == "declaration_password_required"
    assert head.verify(wire.units["A"], RIGHT).status_code == 200
    assert head.get("/units").json()["units"][0]["via"] == ["binding"]


def test_other_roles_are_not_listed_before_they_have_bound_the_unit(wire: Wire) -> None:
    seed = wire.gateway.control.seed()
    seed["roles"].append({"unit": "C", "account": "newcomer", "role": "tax_agent"})
    wire.gateway.control.replace_seed(seed)
    newcomer = wire.client("newcomer")
    assert (newcomer.answer["units"], newcomer.answer["next"]) == ([], "bind_unit")
    wire.gateway.control.restore_seed()


@pytest.mark.slow  # a gateway with a setting of its own
def test_where_heads_need_no_password_the_role_verifies(gateway_with: Callable[..., LiveGateway]) -> None:
    wire = Wire(gateway_with(environment={"PAIRING_HEADS_NEED_NO_PASSWORD": "true"}))
    head = wire.client("finance")
    (unit,) = head.answer["units"]
    assert (unit["via"], unit["password_required"]) == (["role"], False)
    assert head.verify(wire.units["A"]).status_code == 200
    assert head.stage() == "unit_verified"
    assert code_of(wire.client("single").verify(wire.units["A"])) == "declaration_password_required"
