"""Which Accept and Content-Type headers mean what."""

import pytest

from api.transport.negotiation import JSON, RESPONSE_JSON, Accepted, is_json, negotiate

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "json"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (RESPONSE_JSON, RESPONSE_JSON),
        ("APPLICATION/JSON; charset=utf-8", JSON),
        (f"{JSON}, {RESPONSE_JSON}", RESPONSE_JSON),
        (f"{RESPONSE_JSON}, {JSON};q=0.9", RESPONSE_JSON),
        (f"{RESPONSE_JSON};q=0.5, {JSON}", JSON),
        (f"{RESPONSE_JSON};q=0, */*", JSON),
        (f"{JSON};q=0, */*", RESPONSE_JSON),
        (f"{RESPONSE_JSON};q=x, {JSON}", JSON),
        ("text/event-stream", None),
        ("image/png", None),
        (f"{JSON};q=0", None),
        (",;,", JSON),
    ],
)
def test_the_json_type(accept: str, json: str | None) -> None:
    assert negotiate(accept).json == json


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/event-stream", True),
        ("application/json, text/event-stream", True),
        ("text/event-stream;q=0, application/json", False),
        ("text/*", False),
        ("*/*", False),
    ],
)
def test_a_stream_must_be_named(accept: str, expected: bool) -> None:
    assert negotiate(accept).event_stream is expected


def test_a_browser_wants_a_page() -> None:
    assert negotiate(BROWSER) == Accepted(JSON, event_stream=False, html=True)


def test_a_program_that_would_take_a_page_too_gets_json() -> None:
    assert negotiate("application/json, text/html").html is False


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("application/json", True),
        ("Application/JSON; Charset=UTF-8", True),
        ('application/json; charset="utf-8"', True),
        ("application/json; charset=latin-1", False),
        ("application/jsonp", False),
        ("text/plain", False),
        ("", False),
    ],
)
def test_the_type_of_a_request(content_type: str, expected: bool) -> None:
    assert is_json(content_type) is expected
