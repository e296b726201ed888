"""First steps, and preferences."""

from typing import Any

import pytest

from integrations.world import World
from tests.api.books import open_account
from tests.api.client import Client, Person
from tests.api.identity.mailbox import token_to

STEPS = "{ viewer { onboarding { kind isDone isDismissed } } }"
DISMISS = """
mutation ($step: OnboardingStepKind!) {
  dismissOnboardingStep(input: {step: $step}) { onboarding { kind isDone isDismissed } userErrors { code path } }
}
"""
VERIFY = "mutation ($token: String!) { verifyEmail(input: {token: $token}) { userErrors { code } } }"
UPDATE = """
mutation ($input: UpdateProfileInput!) {
  updateProfile(input: $input) { user { weekStartsOn monthStartsOn } userErrors { code path } }
}
"""
PREFERENCES = "{ viewer { user { weekStartsOn monthStartsOn } } }"
ALL = ["VERIFY_EMAIL", "ADD_ACCOUNT", "LINK_BANK", "SET_BUDGET", "SET_GOAL", "ADD_SECOND_FACTOR"]


async def done(person: Person) -> list[str]:
    steps = (await person.data(STEPS))["viewer"]["onboarding"]
    return [step["kind"] for step in steps if step["isDone"]]


async def test_a_new_person_has_done_nothing(person: Person) -> None:
    steps = (await person.data(STEPS))["viewer"]["onboarding"]

    assert steps == [{"kind": kind, "isDone": False, "isDismissed": False} for kind in ALL]


async def test_what_is_there_is_done(person: Person, stranger: Person, nobody: Client, world: World) -> None:
    await open_account(person)
    await nobody.data(VERIFY, token=await token_to(world, person.email, "is this your"))

    assert await done(person) == ["VERIFY_EMAIL", "ADD_ACCOUNT"]
    assert await done(stranger) == []


async def test_a_step_is_dismissed_for_the_person_alone(person: Person, stranger: Person) -> None:
    payloads = [await person.change(DISMISS, step="SET_GOAL") for _ in range(2)]

    assert payloads[0] == payloads[1]
    assert [one["kind"] for one in payloads[0]["onboarding"] if one["isDismissed"]] == ["SET_GOAL"]
    others = (await stranger.data(STEPS))["viewer"]["onboarding"]
    assert [one["kind"] for one in others if one["isDismissed"]] == []


async def test_weeks_and_months_begin_when_the_person_likes(person: Person) -> None:
    before = (await person.data(PREFERENCES))["viewer"]["user"]

    changed = await person.change(UPDATE, input={"weekStartsOn": "SUNDAY", "monthStartsOn": 28})

    assert before == {"weekStartsOn": "MONDAY", "monthStartsOn": 1}
    assert changed["user"] == {"weekStartsOn": "SUNDAY", "monthStartsOn": 28}
    again = await person.change(UPDATE, input={"weekStartsOn": None, "monthStartsOn": None, "locale": "de"})
    assert again["user"] == changed["user"]


@pytest.mark.parametrize("day", [0, -1, 29, 2_147_483_647])
async def test_a_day_that_not_every_month_has_is_refused(person: Person, day: int) -> None:
    before: Any = await person.data(PREFERENCES)

    assert await person.refused(UPDATE, input={"monthStartsOn": day}) == [("INVALID", ["input", "monthStartsOn"])]

    assert await person.data(PREFERENCES) == before
