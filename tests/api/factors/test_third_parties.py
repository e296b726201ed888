"""A third party neither sees nor changes how its person signs in."""

from typing import Any

import pytest

from runtime.scopes import WORDS
from tests.api.apps.tokens import token_of
from tests.api.client import Person
from tests.api.factors.documents import CONFIRM, DISABLE, ENROL, FACTORS, PROVE, RENEW, switch_on
from tests.api.factors.oidc.trips import LINKED
from tests.api.factors.passkeys import REGISTER, START

ID = "fac_00000000000000000000000000"


@pytest.mark.parametrize(
    ("document", "input"),
    [
        (FACTORS, None),
        (LINKED, None),
        (ENROL, {}),
        (CONFIRM, {"code": "123456"}),
        (DISABLE, {"factorId": ID}),
        (RENEW, {"factorId": ID}),
        (PROVE, {"totpCode": "123456"}),
        (START, {"purpose": "REGISTER"}),
        (REGISTER, {"credential": "{}", "name": "Mine"}),
    ],
)
async def test_it_is_forbidden_whatever_its_scopes(document: str, input: dict[str, Any] | None, person: Person) -> None:
    await switch_on(person)
    before = await person.data(FACTORS)
    tool = await token_of(person, *sorted(WORDS))

    answer = await tool.send(document, **({} if input is None else {"input": input}))

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    assert await person.data(FACTORS) == before
