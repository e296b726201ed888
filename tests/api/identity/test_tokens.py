"""Access tokens that are none of ours, in every way that is known."""

import base64
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from integrations.world import World
from runtime import clock, tokens
from runtime.ids import new_id
from runtime.keys import Key, Keys, public_jwk, thumbprint
from runtime.viewer import OWNER, Viewer
from tests.api.client import Client, Person

ME = "{ viewer { user { id } } }"
REFUSED = (401, ["UNAUTHENTICATED"])


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def part(content: object) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


async def answer_to(client: Client, authorization: str) -> tuple[int, list[str]]:
    answer = await client.http.post(
        "/graphql",
        json={"query": ME},
        headers={"Authorization": authorization, "Accept": "application/graphql-response+json"},
    )
    return answer.status_code, [error["extensions"]["code"] for error in answer.json().get("errors", [])]


async def test_a_token_of_ours_signed_again_is_good(person: Person, world: World) -> None:
    assert person.access_token is not None
    again = jwt.encode(
        claims_of(person.access_token), world.keys.signing_key, "EdDSA", headers={"kid": world.keys.signing_key_id}
    )

    assert await answer_to(person, f"Bearer {again}") == (200, [])


# Whole days: every worker of a run must name the cases alike.
TOMORROW = (int(datetime.now(UTC).timestamp()) // 86_400 + 2) * 86_400


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "another-api"},
        {"aud": None},
        {"iss": "somebody"},
        {"exp": 1},
        {"exp": "tomorrow"},
        {"exp": None},
        {"nbf": TOMORROW},
        {"iat": TOMORROW},
        {"sid": "None"},
        {"sid": str(UUID(int=0))},
        {"sid": 5},
        {"hid": None},
        {"sub": None},
    ],
    ids=lambda changed: " ".join(f"{name}={value}"[:14] for name, value in changed.items()),
)
async def test_claims_that_do_not_hold_are_refused(person: Person, world: World, changed: dict[str, Any]) -> None:
    assert person.access_token is not None
    claims = {**claims_of(person.access_token), **changed}
    token = jwt.encode(
        {name: value for name, value in claims.items() if value is not None},
        world.keys.signing_key,
        "EdDSA",
        headers={"kid": world.keys.signing_key_id},
    )

    assert await answer_to(person, f"Bearer {token}") == REFUSED


async def test_signatures_of_others_are_refused(person: Person, world: World) -> None:
    assert person.access_token is not None
    claims, kid = claims_of(person.access_token), {"kid": world.keys.signing_key_id}
    header, payload, signature = person.access_token.split(".")
    public = world.keys.signing_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    own = Ed25519PrivateKey.generate()
    mine = own.public_key()
    forged = {
        "another key": jwt.encode(claims, Ed25519PrivateKey.generate(), "EdDSA", headers=kid),
        "another key id": jwt.encode(claims, world.keys.signing_key, "EdDSA", headers={"kid": "another"}),
        "a path as key id": jwt.encode(claims, world.keys.signing_key, "EdDSA", headers={"kid": "../../dev/null"}),
        "no key id": jwt.encode(claims, world.keys.signing_key, "EdDSA"),
        "the public key as a secret": jwt.encode(claims, public.ljust(32, b"\0"), "HS256", headers=kid),
        "alg none": f"{part({'alg': 'none', 'typ': 'JWT', **kid})}.{payload}.",
        "alg None": f"{part({'alg': None, **kid})}.{payload}.{signature}",
        "alg a list": f"{part({'alg': ['EdDSA'], **kid})}.{payload}.{signature}",
        "key id a list": f"{part({'alg': 'EdDSA', 'kid': [kid['kid']]})}.{payload}.{signature}",
        "a key of its own": f"{part({'alg': 'EdDSA', **kid, 'jwk': {'kty': 'OKP'}})}.{payload}.{signature}",
        "another algorithm": jwt.encode(claims, generate_private_key(SECP256R1()), "ES256", headers=kid),
        "another curve": jwt.encode(claims, Ed448PrivateKey.generate(), "EdDSA", headers=kid),
        "a key of its own, signed with it": jwt.encode(claims, own, "EdDSA", headers={**kid, "jwk": public_jwk(mine)}),
        "the name of a key of its own": jwt.encode(claims, own, "EdDSA", headers={"kid": thumbprint(mine)}),
        "an address of keys": jwt.encode(claims, own, "EdDSA", headers={**kid, "jku": "https://x.example/jwks.json"}),
        "a certificate": jwt.encode(
            claims, own, "EdDSA", headers={**kid, "x5c": ["MIIB"], "x5u": "https://evil.example"}
        ),
        "a statement as key id": jwt.encode(claims, own, "EdDSA", headers={"kid": "' or '1'='1"}),
        "nothing as key id": jwt.encode(claims, own, "EdDSA", headers={"kid": ""}),
        "a long key id": jwt.encode(claims, own, "EdDSA", headers={"kid": "x" * 1500}),
        "a key id with an end in it": jwt.encode(claims, own, "EdDSA", headers={"kid": f"{kid['kid']}\0"}),
        "another key's name before ours": f"{part({'alg': 'EdDSA', 'kid': 'x', **kid})}.{payload}.{part(b'x' * 64)}",
        "no signature": f"{header}.{payload}.",
        "another payload": f"{header}.{part({**claims, 'hid': str(new_id())})}.{signature}",
        "a number as header": f"{part(5)}.{payload}.{signature}",
        "a deep header": f"{part(b'[' * 1200)}.{payload}.{signature}",
        "no parts": "x",
        "too long": "x" * 5000,
        "five parts": "a.b.c.d.e",
        "nothing": "",
    }

    answers = {name: await answer_to(person, f"Bearer {token}") for name, token in forged.items()}

    assert answers == dict.fromkeys(forged, REFUSED)


async def test_a_good_token_makes_no_other_good(person: Person) -> None:
    """A remembered token is found by all of it, and by nothing else."""
    token = person.access_token or ""
    assert await answer_to(person, f"Bearer {token}") == (200, [])

    assert await answer_to(person, f"bearer  {token} ") == (200, [])
    for changed in (token[:-8], token + "x", token.swapcase(), token.replace(".", ". "), f"{token} {token}"):
        assert await answer_to(person, f"Bearer {changed}") == REFUSED


@pytest.mark.parametrize("scheme", ["Basic", "Bearer,", "", "\x00"])
async def test_another_scheme_is_refused(person: Person, scheme: str) -> None:
    assert await answer_to(person, f"{scheme} {person.access_token}") == REFUSED


async def test_the_keys_are_published_and_verify_what_is_issued(person: Person, world: World) -> None:
    answer = await person.http.get("/.well-known/jwks.json")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/jwk-set+json")
    assert answer.headers["cache-control"] == "public, max-age=300"
    (key,) = answer.json()["keys"]
    assert set(key) == {"kty", "crv", "x", "kid", "alg", "use"}
    assert (key["kid"], key["alg"], key["use"]) == (world.keys.signing_key_id, "EdDSA", "sig")
    verified = jwt.decode(
        person.access_token or "", jwt.PyJWK(key).key, algorithms=["EdDSA"], audience="coffer-api", issuer="coffer"
    )
    assert verified["sub"]


def test_thumbprints_are_those_of_the_specification() -> None:
    """RFC 8037, appendix A.1 to A.3."""
    seed = base64.urlsafe_b64decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key()

    assert public_jwk(public)["x"] == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    assert thumbprint(public) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_keys_rotate_with_an_overlap(world: World) -> None:
    old, new = Key(b"o" * 32), Key(b"n" * 32)
    before, during, after = (Keys(ring, world.keys.vault) for ring in ((old,), (new, old), (new,)))
    viewer = Viewer(new_id(), new_id(), OWNER, new_id())

    def issued(keys: Keys) -> str:
        return tokens.issue(keys, viewer, at=clock.now(), minutes=5).text

    assert tokens.verify(during, issued(before))[0] == viewer.session_id
    assert tokens.verify(after, issued(during))[0] == viewer.session_id
    with pytest.raises(tokens.TokenRefused):
        tokens.verify(after, issued(before))
    assert next(iter(during.verifying_keys)) == during.signing_key_id
