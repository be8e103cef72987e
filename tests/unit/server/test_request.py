"""A request's head: its form in a WSGI environ, and when it is plain."""

from __future__ import annotations

import pytest

from gateway.server.httptools_impl.refusals import Refused
from gateway.server.httptools_impl.request import Request, request_of_unknown_method


def request(target: bytes, *headers: tuple[bytes, bytes], version: str = "1.1") -> Request:
    return Request("POST", target, version, headers)


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (b"/api/v1/tickets/t-1/scan", "/api/v1/tickets/t-1/scan"),
        (b"http://gateway.example/api/v1/x", "/api/v1/x"),
        (b"//evil.example/x", "//evil.example/x"),
        (b"/a?b=c", ""),
        (b"/a?", ""),
        (b"/a%2Fb", ""),
        ("/北".encode(), ""),
    ],
)
def test_a_path_is_plain_without_query_and_escapes(target: bytes, path: str) -> None:
    assert request(target).plain_path == path


def test_http_1_0_has_no_plain_path() -> None:
    assert request(b"/a", version="1.0").plain_path == ""


def test_the_environ_has_the_path_decoded_and_as_it_came_and_the_query_apart() -> None:
    environ = request(b"/a%20b/%E5%8C%97?c=%20").environ({"wsgi.url_scheme": "http"}, "1.2.3.4")
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/a b/北"
    assert (environ["RAW_PATH_INFO"], environ["QUERY_STRING"]) == ("/a%20b/%E5%8C%97", "c=%20")
    assert (environ["REMOTE_ADDR"], environ["SERVER_PROTOCOL"]) == ("1.2.3.4", "HTTP/1.1")
    assert (environ["REQUEST_METHOD"], environ["wsgi.url_scheme"]) == ("POST", "http")


def test_headers_are_joined_and_names_with_an_underscore_are_dropped() -> None:
    fields = request(
        b"/",
        (b"Content-Type", b"text/plain"),
        (b"content-length", b"3"),
        (b"X-Forwarded-For", b"1.1.1.1"),
        (b"x-forwarded-for", b"2.2.2.2"),
        (b"X_Forwarded_For", b"6.6.6.6"),
        (b"Wsgi.Input", b"x"),
        (b"X-Name", b"\xe5"),
    ).fields
    assert fields == {
        "CONTENT_TYPE": "text/plain",
        "CONTENT_LENGTH": "3",
        "HTTP_X_FORWARDED_FOR": "1.1.1.1,2.2.2.2",
        "HTTP_WSGI.INPUT": "x",
        "HTTP_X_NAME": "\xe5",
    }


@pytest.mark.parametrize(
    ("target", "host", "path", "query"),
    [
        (b"http://gateway.example/a?b=c", "gateway.example", "/a", "b=c"),
        (b"HTTPS://gateway.example:8443", "gateway.example:8443", "/", ""),
        (b"http://gateway.example?b=/c", "gateway.example", "/", "b=/c"),
    ],
)
def test_a_target_in_absolute_form_names_the_host(target: bytes, host: str, path: str, query: str) -> None:
    """RFC 9112 section 3.2.2: the Host header is not looked at, but must be there."""
    environ = request(target, (b"Host", b"x")).environ({}, "1.2.3.4")
    assert (environ["HTTP_HOST"], environ["PATH_INFO"], environ["QUERY_STRING"]) == (host, path, query)
    for hosts in ((), ((b"Host", b"x"), (b"Host", b"y"))):
        with pytest.raises(Refused):
            request(target, *hosts).check()


@pytest.mark.parametrize(
    ("start", "method"),
    [(b"NON", None), (b"NONSENSE /a", None), (b"NONSENSE /a?b HTTP/1.1\r\n", "NONSENSE"), (b"X / HTTP/1.0\r\n", "X")],
)
def test_a_request_line_with_an_unknown_method_is_waited_for(start: bytes, method: str | None) -> None:
    found = request_of_unknown_method(start)
    assert (found and found.method) == method


@pytest.mark.parametrize(
    "start", [b"", b"nonsense", b"A" * 33, b"X y HTTP/1.1\r\n", b"X / HTTP/2.0\r\n", b"X\0", b"X /" + b"a" * 17_000]
)
def test_a_request_without_a_method_is_refused(start: bytes) -> None:
    with pytest.raises(Refused, match="400"):
        request_of_unknown_method(start)


@pytest.mark.parametrize("target", [b"*", b"gateway.example:80", b"", b"ftp://x/y"])
def test_a_target_that_is_no_path_is_refused(target: bytes) -> None:
    with pytest.raises(Refused, match="400"):
        request(target)
