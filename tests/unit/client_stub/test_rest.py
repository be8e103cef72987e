"""Every failure of a call is a ClientError with a sentence."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from client_stub.client import Client
from client_stub.connection.rest import make_rest
from client_stub.errors import ClientError, LocalCode
from scan_to_login.errors import Reason
from scan_to_login.http_client import HttpClient, pause_after
from scan_to_login.protocol import Code


@pytest.fixture
def rest(answering: Any) -> Iterator[HttpClient]:
    made = make_rest(answering.url)
    yield made
    made.close()


@pytest.fixture
def silent() -> Iterator[str]:
    """The URL of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def refusal(call: Callable[[], object]) -> ClientError:
    with pytest.raises(ClientError) as refused:
        call()
    return refused.value


def test_a_problem_document_becomes_its_code_detail_status_and_extras(rest: HttpClient, answering: Any) -> None:
    answering.put_problem(429, "rate_limited", retry_after=7, state="pending")
    error = refusal(lambda: rest.call("GET", "/x"))
    assert (error.code, error.detail, error.status) == (Code.RATE_LIMITED, "About rate_limited.", 429)
    assert error.retry_after == 7
    assert error.extra["state"] == "pending"
    assert error.passing


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (200, "text/html", b"<h1>It works!</h1>"),
        (200, "application/json", b"[1]"),
        (404, "text/html", b"nope"),
        (500, "application/json", b"{"),
        (302, "text/plain", b""),
    ],
)
def test_a_server_with_other_answers_is_not_a_gateway(
    rest: HttpClient, answering: Any, status: int, kind: str, body: bytes
) -> None:
    answering.answers.append((status, kind, body))
    assert refusal(lambda: rest.call("GET", "/x")).code == LocalCode.BAD_ANSWER


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_proxy_without_its_gateway_means_try_again(rest: HttpClient, answering: Any, status: int) -> None:
    answering.answers.append((status, "text/html", b"<h1>Bad gateway</h1>"))
    error = refusal(lambda: rest.call("GET", "/x"))
    assert error.code == Code.UNAVAILABLE
    assert error.passing


def test_a_refused_connection_is_reported_as_such() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    rest = make_rest(url)
    error = refusal(lambda: rest.call("GET", "/x"))
    rest.close()
    assert (error.code, error.extra["reason"]) == (LocalCode.UNREACHABLE, Reason.REFUSED)
    assert url in error.detail
    assert not error.was_cut


def test_an_unknown_name_is_reported_as_such() -> None:
    rest = make_rest("http://gateway.invalid")
    error = refusal(lambda: rest.call("GET", "/x"))
    rest.close()
    assert error.extra["reason"] in (Reason.UNKNOWN_NAME, Reason.CUT)


def test_a_server_that_never_answers_is_reported_as_such(silent: str) -> None:
    rest = make_rest(silent)
    error = refusal(lambda: rest.call("GET", "/x", read_timeout=0.05))
    rest.close()
    assert error.extra["reason"] == Reason.NO_ANSWER
    assert error.was_cut


def test_a_call_under_way_is_ended_from_another_thread(silent: str) -> None:
    rest = make_rest(silent)
    caught: list[ClientError] = []
    thread = threading.Thread(target=lambda: caught.append(refusal(lambda: rest.call("GET", "/x", read_timeout=30))))
    thread.start()
    rest.interrupt()
    thread.join(10)
    rest.close()
    assert [error.code for error in caught] == [LocalCode.UNREACHABLE]


def test_a_lost_answer_is_asked_for_again_until_it_comes(answering: Any) -> None:
    answering.put_problem(503, "unavailable", retry_after=60)
    answering.put_problem(503, "unavailable")
    answering.put({"done": True})
    pauses: list[float] = []
    rest = make_rest(answering.url, wait=pauses.append)
    assert rest.call("POST", "/x", repeat_for=30) == {"done": True}
    rest.close()
    assert len(pauses) == 2
    assert max(pauses) <= 1.0


def test_a_refusal_is_not_asked_again(rest: HttpClient, answering: Any) -> None:
    answering.put_problem(410, "ticket_spent")
    assert refusal(lambda: rest.call("POST", "/x", repeat_for=30)).code == Code.TICKET_SPENT
    assert len(answering.asked) == 1


@pytest.mark.parametrize(("seconds", "closed"), [(0.0, False), (30.0, True)])
def test_asking_again_ends_with_the_window_and_with_the_client(answering: Any, seconds: float, closed: bool) -> None:
    answering.put_problem(503, "unavailable")
    rest = make_rest(answering.url, wait=lambda _: closed)
    error = refusal(lambda: rest.call("POST", "/x", repeat_for=seconds))
    rest.close()
    assert error.code == Code.UNAVAILABLE
    assert len(answering.asked) == 1


def test_a_client_that_gets_slow_down_slows_down() -> None:
    assert pause_after(ClientError(Code.SLOW_DOWN, "", 429, {"retry_after": 5}), 0.05) == 5
    assert pause_after(ClientError(Code.UNAVAILABLE, "", 503, {"retry_after": 5}), 0.05) == 0.05


@pytest.mark.parametrize(
    "url",
    ["", "127.0.0.1:8000", "ftp://127.0.0.1", "http://", "nonsense", "http://127.0.0.1:99999", "http://127.0.0.1:abc",
     "http://[::1", "http://a b", "http://..", "http://\udcff", f"http://{'a' * 64}.com", "http://u:p@127.0.0.1"],
)  # fmt: skip
def test_an_invalid_gateway_address_is_refused_before_any_call(url: str) -> None:
    assert refusal(lambda: Client(url)).code == LocalCode.BAD_GATEWAY_URL


def test_a_server_without_socket_io_is_no_gateway(answering: Any) -> None:
    answering.answers.append((404, "text/html", b"nope"))
    with Client(answering.url) as client:
        error = refusal(client.request_ticket)
    assert error.code == LocalCode.BAD_ANSWER


def test_a_closed_client_says_so(answering: Any) -> None:
    client = Client(answering.url)
    client.close()
    client.close()
    assert refusal(client.request_ticket).code == LocalCode.CLOSED
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("client-stub")] == []
