"""Access tokens that are none, not ours, or over: never a silent null viewer."""

import base64
import json
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api import ids
from integrations.world import World
from runtime import clock, tokens
from runtime.ids import new_id
from runtime.keys import Key, Keys
from runtime.viewer import OWNER, Viewer
from tests.hostile.answers import post
from tests.hostile.scene import Scene

VIEWER = "{ viewer { user { email } } }"
CHANGE = 'mutation { updateProfile(input: {displayName: "Somebody else"}) { userErrors { code message path } } }'


def claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=="))
    return found


def viewer_of(scene: Scene) -> Viewer:
    person = scene.person
    return Viewer(
        user_id=ids.decode_as("usr", person.user_id),
        household_id=ids.decode_as("hsh", person.household_id),
        role=OWNER,
        session_id=new_id(),
    )


def forgeries(scene: Scene, world: World) -> dict[str, str]:
    token = str(scene.person.access_token)
    head, body, seal = token.split(".")
    said = claims(token)
    key_id = {"kid": world.keys.signing_key_id}
    own = world.keys.signing_key
    others = Ed25519PrivateKey.from_private_bytes(b"x" * 32)
    theirs = {**said, "hid": str(ids.decode_as("hsh", scene.theirs.person.household_id))}
    swapped = base64.urlsafe_b64encode(json.dumps(theirs).encode()).rstrip(b"=").decode()
    foreign = Keys(access=(Key(b"x" * 32),), vault=world.keys.vault)
    past = clock.now() - timedelta(hours=1)

    def signed(content: dict[str, Any], key: Any = own, headers: Any = key_id) -> str:
        return jwt.encode(content, key, algorithm="EdDSA", headers=headers)

    return {
        "empty": " ",
        "word": "x",
        "letters": "é",
        "parts": "a.b.c",
        "unsigned": f"{head}.{body}.",
        "cut": token[:-10],
        "longer": token + "x",
        "long": "x" * 10_000,
        "another's body": f"{head}.{swapped}.{seal}",
        "none": jwt.encode(said, "", algorithm="none", headers=key_id),
        "hmac": jwt.encode(said, "x" * 32, algorithm="HS256", headers=key_id),
        "foreign key": tokens.issue(foreign, viewer_of(scene), at=clock.now(), minutes=5).text,
        "foreign key under our name": signed(said, others),
        "no key id": signed(said, headers=None),
        "expired": tokens.issue(world.keys, viewer_of(scene), at=past, minutes=5).text,
        "no expiry": signed({name: value for name, value in said.items() if name != "exp"}),
        "another audience": signed({**said, "aud": "another"}),
        "another issuer": signed({**said, "iss": "another"}),
        "no session": signed({name: value for name, value in said.items() if name != "sid"}),
        "a session that is none": tokens.issue(world.keys, viewer_of(scene), at=clock.now(), minutes=5).text,
        "ids that are none": signed({**said, "sub": "x"}),
        "refresh token": scene.person.refresh_token,
    }


_NAMES = """
    empty|word|letters|parts|unsigned|cut|longer|long|another's body|none|hmac|foreign key|foreign key under our name|
    no key id|expired|no expiry|another audience|another issuer|no session|a session that is none|ids that are none|
    refresh token
"""
NAMES = [name.strip() for name in _NAMES.split("|")]


def test_every_forgery_is_tried(scene: Scene, world: World) -> None:
    assert sorted(forgeries(scene, world)) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
async def test_a_token_that_is_not_good_is_told_so(
    name: str, scene: Scene, world: World, http: httpx.AsyncClient, unchanged: None
) -> None:
    token = forgeries(scene, world)[name].encode("utf-8")

    for document in (VIEWER, CHANGE):
        body = json.dumps({"query": document}).encode()
        response = await http.post(
            "/graphql",
            content=body,
            headers=[(b"content-type", b"application/json"), (b"authorization", b"Bearer " + token)],
        )
        whole = response.json()
        assert response.status_code < 500
        assert [error["extensions"]["code"] for error in whole["errors"]] == ["UNAUTHENTICATED"]
        assert not whole.get("data")


@pytest.mark.parametrize("scheme", ["", "Basic ", "bearer", "Bearer\t", "Token ", "Bearer Bearer "])
async def test_credentials_of_another_scheme_are_told_so(
    scheme: str, scene: Scene, http: httpx.AsyncClient, unchanged: None
) -> None:
    body = json.dumps({"query": VIEWER}).encode()

    answer = await post(http, None, body, Authorization=f"{scheme}{scene.person.access_token}")

    assert answer.codes == ["UNAUTHENTICATED"]
