"""What third parties may spend for a person: not the person's own, and no more by being many."""

import pytest

from api.errors import ClientError
from api.limits.allowances import Allowances
from api.limits.limits import Limits
from runtime.ids import new_id
from runtime.viewer import OWNER, Viewer
from tests.api.apps.tokens import token_of
from tests.api.client import Person
from tests.api.limits.conftest import Opening
from tests.api.limits.test_rate import ask, at, refusal

ME = Viewer(new_id(), new_id(), OWNER, new_id())


def an_app() -> Viewer:
    """One more each time that acts for me."""
    return Viewer(ME.user_id, ME.household_id, OWNER, new_id(), scopes=frozenset({"accounts:read"}), app_id=new_id())


def allowances_of(http: object) -> Allowances:
    found: Allowances = http.allowances  # type: ignore[attr-defined]
    return found


def limit_of(allowances: Allowances, viewer: Viewer) -> object:
    """The one that refuses the viewer another operation."""
    with pytest.raises(ClientError) as caught:
        allowances.admit(viewer, "")
    return (caught.value.extensions or {})["limit"]


async def test_many_tokens_read_no_more_than_one(limited: Opening, person: Person) -> None:
    tokens = [await token_of(person, "accounts:read") for _ in range(3)]
    async with limited(objects_per_minute=60) as http:
        answers = [await ask(await at(http, token)) for token in tokens]

        assert ["errors" in one.json() for one in answers] == [False, False, True]
        assert refusal(answers[2])["limit"] == "objects_per_minute"
        assert "errors" not in (await ask(await at(http, person))).json()


async def test_all_third_parties_together_have_a_limit(limited: Opening, person: Person) -> None:
    tool = await token_of(person, "accounts:read")
    async with limited(parties_objects_per_minute=40) as http:
        answers = [await ask(await at(http, tool)) for _ in range(2)]

        assert answers[0].headers["ratelimit"].startswith('"objects";r=12;')
        assert refusal(answers[1])["limit"] == "parties_objects_per_minute"
        assert "errors" not in (await ask(await at(http, person))).json()


async def test_what_apps_spend_is_spent_of_what_they_have_together(limited: Opening) -> None:
    async with limited(objects_per_minute=200, parties_objects_per_minute=300) as http:
        allowances = allowances_of(http)
        for _ in range(2):
            allowances.admit(an_app(), "").charge_text("x" * 4 * 180)

        assert limit_of(allowances, an_app()) == "parties_objects_per_minute"
        allowances.admit(ME, "")


async def test_many_apps_do_not_run_much_at_the_same_time(limited: Opening) -> None:
    async with limited(operations=2, parties_operations=3) as http:
        allowances = allowances_of(http)
        first = an_app()
        running = [allowances.admit(one, "") for one in (first, first, an_app())]

        assert limit_of(allowances, an_app()) == "parties_operations"
        allowances.admit(ME, "").over()
        running.pop().over()
        assert limit_of(allowances, first) == "operations"
        allowances.admit(an_app(), "")


def test_together_they_have_more_than_one_of_them() -> None:
    limits = Limits()

    assert limits.parties_objects_per_minute > limits.objects_per_minute
    assert limits.parties_mutations_per_minute > limits.mutations_per_minute
    assert limits.parties_syncs_per_minute > limits.syncs_per_minute
    assert limits.parties_operations > limits.operations
