"""What the consent page says is what is shown, and what was not answered is not taken for yes."""

from typing import Any

import pytest

from tests.api import books
from tests.api.client import Client, Person
from tests.api.households.company import join
from tests.api.oauth.browser import Browser, Maker

SHOWN = """
{ viewer { households { name } household { members { user { email displayName timezone } } } } }
"""
CREATE_HOUSEHOLD = """
mutation { createHousehold(input: {name: "Cabin"}) { household { id } userErrors { code path } } }
"""


@pytest.mark.parametrize("given", [{}, {"accounts": ""}, {"accounts": "All"}, {"accounts": ["all", "some"]}], ids=str)
async def test_who_says_nothing_of_accounts_gives_none(
    person: Person, maker: Maker, browser: Browser, given: dict[str, Any]
) -> None:
    await books.open_account(person)
    query = maker.request("accounts:read")
    page = await browser.sign_in("/oauth/authorize", query, person)

    answer = await browser.send("/oauth/authorize", query, page, action="allow", scope="accounts:read", **given)

    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "Choose whether it is for all accounts or for some." in answer.text


async def test_the_page_says_that_others_are_shown_too(
    person: Person, stranger: Person, maker: Maker, browser: Browser
) -> None:
    await join(person, stranger)
    await person.change(CREATE_HOUSEHOLD)
    query = maker.request("profile:read", "household:read")

    page = await browser.sign_in("/oauth/authorize", query, person)
    told = await browser.allow(person, query)
    token = (await maker.redeem(told["code"])).json()["access_token"]
    shown = (await Client(person.http, token).data(SHOWN))["viewer"]

    assert stranger.email in [member["user"]["email"] for member in shown["household"]["members"]]
    assert "Cabin" in [household["name"] for household in shown["households"]]
    assert "e-mail addresses and settings: yours, and those of the people in your household" in page.text
    assert "the names of your other households" in page.text
