"""A request's head: what a WSGI app is told of it, and when it is plain."""

from __future__ import annotations

import pytest

from gateway.transport.request import Refused, Request


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
def test_a_path_is_plain_where_it_says_what_it_means(target: bytes, path: str) -> None:
    assert request(target).plain_path == path


def test_nothing_is_plain_in_an_older_version() -> None:
    assert request(b"/a", version="1.0").plain_path == ""


def test_the_environ_has_the_path_decoded_and_as_it_came_and_the_query_apart() -> None:
    environ = request(b"/a%20b/%E5%8C%97?c=%20").environ({"wsgi.url_scheme": "http"}, "1.2.3.4")
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/a b/北"
    assert (environ["RAW_PATH_INFO"], environ["QUERY_STRING"]) == ("/a%20b/%E5%8C%97", "c=%20")
    assert (environ["REMOTE_ADDR"], environ["SERVER_PROTOCOL"]) == ("1.2.3.4", "HTTP/1.1")
    assert (environ["REQUEST_METHOD"], environ["wsgi.url_scheme"]) == ("POST", "http")


def test_headers_are_joined_and_one_with_an_underscore_is_none() -> None:
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


@pytest.mark.parametrize("target", [b"*", b"gateway.example:80", b""])
def test_a_target_that_is_no_path_is_refused(target: bytes) -> None:
    with pytest.raises(Refused, match="400"):
        request(target)
