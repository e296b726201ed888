"""The consent pages' forms: only what the page asked, from whom it asked it, and only by who is signed in."""

import re
from dataclasses import replace
from typing import Any

import pytest
from starlette.applications import Starlette

from api.identity.attempts import FAILURES
from domain.identity.network import coarse
from integrations.world import World
from tests.api.client import Person
from tests.api.factors.documents import switch_on
from tests.api.oauth.browser import Browser, Maker, form_token, register_app

GUESSING = "203.0.113.9"
CHALLENGE = re.compile(r'name="challenge" value="([^"]+)"')


async def test_a_form_of_another_visitor_is_refused(
    person: Person, stranger: Person, maker: Maker, browser: Browser
) -> None:
    query = maker.request("accounts:read")
    page = await browser.sign_in("/oauth/authorize", query, person)
    theirs = await Browser(browser.app).sign_in("/oauth/authorize", query, stranger)

    for token in ("", "x", form_token(theirs)):
        answer = await browser.http.post(
            "/oauth/authorize",
            params=query,
            data={"form_token": token, "action": "allow", "scope": "accounts:read", "accounts": "all"},
        )
        assert answer.status_code == 403
        assert "location" not in answer.headers

    assert form_token(page) != form_token(theirs)


async def test_without_the_cookie_a_form_is_worth_nothing(person: Person, maker: Maker, browser: Browser) -> None:
    query = maker.request("accounts:read")
    page = await browser.sign_in("/oauth/authorize", query, person)
    browser.http.cookies.clear()

    answer = await browser.send("/oauth/authorize", query, page, action="allow", scope="accounts:read", accounts="all")

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "form",
    [
        {"scope": ["accounts:read", "goals:read"], "accounts": "all"},
        {"scope": ["person"], "accounts": "all"},
        {"scope": [], "accounts": "all"},
        {"scope": ["accounts:read"], "accounts": "some"},
        {"scope": ["accounts:read"], "accounts": "some", "account": ["acc_00000000000000000000000000"]},
        {"scope": ["accounts:read"], "accounts": "some", "account": ["x"]},
    ],
    ids=str,
)
async def test_more_than_was_asked_is_not_given(
    person: Person, maker: Maker, browser: Browser, form: dict[str, Any]
) -> None:
    query = maker.request("accounts:read")
    page = await browser.sign_in("/oauth/authorize", query, person)

    answer = await browser.send("/oauth/authorize", query, page, action="allow", **form)

    assert answer.status_code == 400
    assert "location" not in answer.headers


async def test_signing_in_changes_the_cookie(person: Person, maker: Maker, browser: Browser) -> None:
    await browser.open("/oauth/authorize", maker.request("accounts:read"))
    before = browser.http.cookies["coffer-consent"]

    await browser.sign_in("/oauth/authorize", maker.request("accounts:read"), person)

    assert browser.http.cookies["coffer-consent"] != before


async def test_who_leaves_is_out(person: Person, maker: Maker, browser: Browser) -> None:
    query = maker.request("accounts:read")
    page = await browser.sign_in("/oauth/authorize", query, person)
    cookie = browser.http.cookies["coffer-consent"]

    await browser.send("/oauth/authorize", query, page, action="leave")
    browser.http.cookies.clear()
    browser.http.cookies.set("coffer-consent", cookie)
    again = await browser.open("/oauth/authorize", query)

    assert "Sign in to Coffer" in again.text


async def test_the_cookie_is_for_these_pages_alone(person: Person, maker: Maker, browser: Browser) -> None:
    page = await browser.open("/oauth/authorize", maker.request("accounts:read"))
    await browser.sign_in("/oauth/authorize", maker.request("accounts:read"), person)
    cookie = browser.http.cookies["coffer-consent"]

    answer = await person.http.post(
        "/graphql", json={"query": "{ viewer { user { id } } }"}, headers={"Cookie": f"coffer-consent={cookie}"}
    )
    as_token = await replace(person, access_token=cookie).send("{ viewer { user { id } } }")

    assert answer.json() == {"data": {"viewer": None}}
    assert as_token["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    attributes = page.headers["set-cookie"].lower()
    assert "httponly" in attributes
    assert "samesite=lax" in attributes
    assert "path=/oauth" in attributes


async def test_a_wrong_password_is_shown_as_such(person: Person, maker: Maker, browser: Browser) -> None:
    query = maker.request("accounts:read")
    page = await browser.open("/oauth/authorize", query)

    answers = [
        await browser.send("/oauth/authorize", query, page, action="sign-in", email=email, password="wrong horse")
        for email in (person.email, "nobody@example.com")
    ]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].text == answers[1].text


async def test_pages_run_no_script_and_stand_in_no_frame(person: Person, stranger: Person, browser: Browser) -> None:
    maker = await register_app(stranger, name="<script>alert(1)</script>")

    page = await browser.sign_in("/oauth/authorize", maker.request("accounts:read"), person)

    assert "<script" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' https://app.example;" in policy
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("content", "media", "status"),
    [
        (b"{}", "application/json", 415),
        (b"a=" + b"b" * 40_000, "application/x-www-form-urlencoded", 413),
        (b"grant_type=a&grant_type=b", "application/x-www-form-urlencoded", 400),
        (b"code=%00", "application/x-www-form-urlencoded", 400),
        (b"code=\xff", "application/x-www-form-urlencoded", 400),
        (b"code=%ff", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a%d=1" % n for n in range(300)), "application/x-www-form-urlencoded", 400),
    ],
)
async def test_what_is_no_form_is_refused(maker: Maker, content: bytes, media: str, status: int) -> None:
    answer = await maker.http.post("/oauth/token", content=content, headers={"Content-Type": media})

    assert (answer.status_code, answer.json()["error"]) == (status, "invalid_request")


async def test_who_has_a_second_factor_shows_it_here_too(person: Person, maker: Maker, browser: Browser) -> None:
    authenticator, backup_codes = await switch_on(person)
    query = maker.request("accounts:read")
    page = await browser.open("/oauth/authorize", query)

    half = await browser.send(
        "/oauth/authorize", query, page, action="sign-in", email=person.email, password=person.password
    )
    found = CHALLENGE.search(half.text)
    assert found is not None, half.text
    around = await browser.send("/oauth/authorize", query, page, action="allow", scope="accounts:read", accounts="all")
    wrong = await browser.send(
        "/oauth/authorize", query, page, action="code", challenge=found.group(1), code=authenticator.wrong_code()
    )
    right = await browser.send(
        "/oauth/authorize", query, page, action="code", challenge=found.group(1), code=backup_codes[0]
    )
    consent = await browser.open("/oauth/authorize", query)

    assert "location" not in around.headers
    assert wrong.status_code == 400
    assert "This code is wrong" in wrong.text
    assert right.status_code == 303
    assert "wants to act for you" in consent.text


async def test_failures_to_sign_in_are_counted_here_as_anywhere(
    app: Starlette, world: World, person: Person, maker: Maker
) -> None:
    browser, query = Browser(app, GUESSING), maker.request("accounts:read")
    page = await browser.open("/oauth/authorize", query)
    before = await world.tally.count(FAILURES, coarse(GUESSING))

    await browser.send("/oauth/authorize", query, page, action="sign-in", email=person.email, password="wrong horse")

    assert await world.tally.count(FAILURES, coarse(GUESSING)) == before + 1
