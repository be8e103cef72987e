"""A name is a layer's own, so that a search finds one place: route, service and store call nothing alike."""

from __future__ import annotations

import ast
import inspect
from types import ModuleType

import pytest

import gateway.pairing.routes
import gateway.pairing.service
import gateway.pairing.store
import gateway.units.routes
import gateway.units.service

LAYERS = {
    "routes": (gateway.pairing.routes, gateway.units.routes),
    "pairing service": (gateway.pairing.service,),
    "units service": (gateway.units.service,),
    "store": (gateway.pairing.store,),
}


def handled(modules: tuple[ModuleType, ...]) -> set[str]:
    """The names of what acts on a ticket: public functions with a ticket or a call to begin with."""
    return {
        node.name
        for module in modules
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and any(argument.arg in ("call", "ticket_id", "client") for argument in node.args.args[:2])
    }


@pytest.mark.parametrize("layer", LAYERS)
def test_no_layer_calls_an_action_as_another_does(layer: str) -> None:
    """`scan` was the route's, the service's and the store's name at once."""
    others = set().union(*(handled(modules) for name, modules in LAYERS.items() if name != layer))
    own = handled(LAYERS[layer])
    assert own
    assert own & others == set()
