"""Access tokens that are verified once and known again."""

import asyncio
import secrets
from datetime import timedelta

import pytest

from runtime import clock, tokens
from runtime.ids import new_id
from runtime.keys import Key, Keys
from runtime.viewer import OWNER, Viewer


@pytest.fixture(scope="module")
def keys() -> Keys:
    return Keys((Key(secrets.token_bytes(32)),), (Key(secrets.token_bytes(32)),))


def new_token(keys: Keys, age: timedelta = timedelta()) -> str:
    viewer = Viewer(new_id(), new_id(), OWNER, new_id())
    return tokens.issue(keys, viewer, at=clock.now() - age, minutes=1).text


def test_a_token_is_verified_once(keys: Keys) -> None:
    verifier, token = tokens.Verifier(keys), new_token(keys)

    first = verifier.session_id(token)

    # The one that was remembered: verifying makes a new id each time.
    assert verifier.session_id(token) is first
    assert first == tokens.verify(keys, token)[0]


async def test_a_token_is_forgotten_when_it_expires(keys: Keys) -> None:
    verifier = tokens.Verifier(keys)
    # It holds for one to two seconds more.
    token = new_token(keys, timedelta(minutes=1, seconds=tokens.LEEWAY_SECONDS - 2))
    _, expires_at = tokens.verify(keys, token)
    until = expires_at + timedelta(seconds=tokens.LEEWAY_SECONDS)
    verifier.session_id(token)

    await asyncio.sleep((until - clock.now()).total_seconds())

    with pytest.raises(tokens.TokenRefused):
        verifier.session_id(token)
    assert len(verifier) == 0


def test_what_is_refused_is_not_remembered(keys: Keys) -> None:
    verifier, token = tokens.Verifier(keys), new_token(keys)
    head, _, signature = token.rpartition(".")

    for changed in (f"{head}.{signature[::-1]}", "x", new_token(keys, timedelta(hours=1))):
        with pytest.raises(tokens.TokenRefused):
            verifier.session_id(changed)

    assert len(verifier) == 0


def test_the_least_recently_used_goes_first(keys: Keys) -> None:
    verifier = tokens.Verifier(keys, most=2)
    often, seldom, new = new_token(keys), new_token(keys), new_token(keys)
    remembered, forgotten = verifier.session_id(often), verifier.session_id(seldom)
    verifier.session_id(often)

    verifier.session_id(new)

    assert len(verifier) == 2
    assert verifier.session_id(often) is remembered
    assert verifier.session_id(seldom) is not forgotten
