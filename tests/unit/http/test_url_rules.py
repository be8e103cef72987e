"""The rules of the app's URLs: nothing is compiled for them that no request needs."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, url_for
from werkzeug.routing import Rule

from gateway.foundation.clock import Clock
from gateway.http.app import LazyRule, make_app


def test_a_rule_is_matched_without_the_code_that_builds_its_url(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    of_werkzeug = Rule._compile_builder

    def recorded(rule: Rule, append_unknown: bool = True) -> Any:
        compiled.append(rule.rule)
        return of_werkzeug(rule, append_unknown)

    monkeypatch.setattr(Rule, "_compile_builder", recorded)
    app = Flask(__name__, static_folder=None)
    app.url_rule_class = LazyRule
    app.add_url_rule("/q/<ticket>", "page", lambda ticket: ticket)
    assert app.test_client().get("/q/abc").text == "abc"
    assert compiled == []
    with app.test_request_context():
        assert url_for("page", ticket="a b", more=1) == "/q/a%20b?more=1"
        assert url_for("page", ticket="c") == "/q/c"
    assert compiled == ["/q/<ticket>"]


def test_the_gateways_rules_are_such() -> None:
    app = make_app("test", Clock(), [], body_bytes=1024, openapi_url="/openapi.json")
    assert {type(rule) for rule in app.url_map.iter_rules()} == {LazyRule}
