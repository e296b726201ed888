"""Webhooks: a stranger's are refused, the provider's are stored, answered and acted on once."""

import hashlib
import json
import time
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import text

from api import ids
from domain.bank_links.inbox import handle_webhook, keep_webhook, unhandled_webhooks
from integrations.world import World
from sandbox.signing import Signer
from tests.banking import Linked, eventually, working
from tests.sandbox.running import RunningBank
from workers.bank_links import sweep_bank_links


@pytest.fixture
def signer(bank: RunningBank) -> Signer:
    """The bank's own."""
    return bank.signer


def body_of(item_id: str, code: str = "SYNC_UPDATES_AVAILABLE") -> bytes:
    return json.dumps({"webhook_type": "TRANSACTIONS", "webhook_code": code, "item_id": item_id}).encode()


async def send(http: httpx.AsyncClient, body: bytes, signature: str | None) -> int:
    headers = {} if signature is None else {"Plaid-Verification": signature}
    return (await http.post("/webhooks/plaid", content=body, headers=headers)).status_code


async def inbox(world: World, body: bytes) -> list[Any]:
    """(handled, problem) of the deliveries with this body."""
    async with world.system.system_session() as session:
        rows = await session.execute(
            text("select handled_at is not null, problem from webhook_inbox where body = cast(:body as jsonb)"),
            {"body": body.decode()},
        )
        return [tuple(row) for row in rows]


async def requested(world: World, linked: Linked) -> int:
    async with world.system.system_session() as session:
        number: int = await session.scalar(
            text("select sync_requested from bank_links where id = :id"), {"id": ids.decode_as("bnk", linked.id)}
        )
        return number


async def test_a_purchase_is_there_by_itself(linked: Linked, bank: RunningBank, served: None, worker: None) -> None:
    bank.buy(linked.access_token, 12.34)

    async def moved() -> bool:
        return await linked.balances() == {"Daily": "87.66"}

    await eventually(moved)
    assert len(await linked.rows()) == 2


@pytest.mark.parametrize("fault", ["webhook_doubled", "webhook_reordered"])
async def test_doubled_and_reordered_webhooks_change_nothing(
    linked: Linked, bank: RunningBank, served: None, worker: None, fault: str
) -> None:
    linked.fault(fault)

    for _ in range(3):
        bank.buy(linked.access_token, 1)

    async def moved() -> bool:
        return await linked.balances() == {"Daily": "97.00"}

    await eventually(moved)
    assert len(await linked.rows()) == 4


async def test_the_same_delivery_twice_is_one(
    linked: Linked, http: httpx.AsyncClient, signer: Signer, world: World
) -> None:
    body = body_of(linked.item_id)
    signature = signer.sign(body)

    statuses = [await send(http, body, signature) for _ in range(3)]

    assert statuses == [200, 200, 200]
    assert await inbox(world, body) == [(False, None)]


async def test_a_delivery_is_acted_on_once(
    linked: Linked, http: httpx.AsyncClient, signer: Signer, world: World
) -> None:
    body = body_of(linked.item_id)
    await send(http, body, signer.sign(body))
    before = await requested(world, linked)
    async with world.system.system_session() as session:
        await session.execute(text("update webhook_inbox set received_at = now() - interval '1 minute'"))
        webhook_id = await session.scalar(
            text("select id from webhook_inbox where body = cast(:body as jsonb)"), {"body": body.decode()}
        )
    # Its job was lost: the sweep finds it.
    assert webhook_id in await unhandled_webhooks(world.system)

    asked = [await handle_webhook(world.system, world.banking.feed, webhook_id) for _ in range(2)]

    assert [one and one.bank_link_id for one in asked] == [ids.decode_as("bnk", linked.id), None]
    assert await requested(world, linked) == before + 1
    assert await inbox(world, body) == [(True, None)]
    assert webhook_id not in await unhandled_webhooks(world.system)


@pytest.mark.parametrize("code", ["INITIAL_UPDATE", "SOMETHING_NEW"])
async def test_other_news_is_taken_and_left_alone(
    linked: Linked, http: httpx.AsyncClient, signer: Signer, world: World, code: str
) -> None:
    body = body_of(linked.item_id, code)
    before = await requested(world, linked)

    assert await send(http, body, signer.sign(body)) == 200

    async with world.system.system_session() as session:
        webhook_id = await session.scalar(
            text("select id from webhook_inbox where body = cast(:body as jsonb)"), {"body": body.decode()}
        )
    assert await handle_webhook(world.system, world.banking.feed, webhook_id) is None
    assert await requested(world, linked) == before


async def test_news_of_an_item_that_is_not_ours_is_taken_and_left_alone(
    http: httpx.AsyncClient, bank: RunningBank, signer: Signer, world: World
) -> None:
    body = body_of(uuid4().hex)

    assert await send(http, body, signer.sign(body)) == 200

    async with world.system.system_session() as session:
        webhook_id = await session.scalar(
            text("select id from webhook_inbox where body = cast(:body as jsonb)"), {"body": body.decode()}
        )
    assert await handle_webhook(world.system, world.banking.feed, webhook_id) is None
    assert await inbox(world, body) == [(True, None)]


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b"5", b"null", b'"text"', b"{", b"\xff", b'{"webhook_type": 1}', b"[" * 5000]
)
async def test_what_is_no_webhook_is_refused_however_well_it_is_signed(
    http: httpx.AsyncClient, signer: Signer, body: bytes
) -> None:
    assert await send(http, body, signer.sign(body)) == 400


async def test_a_body_with_what_no_text_can_hold_is_refused(http: httpx.AsyncClient, signer: Signer) -> None:
    body = body_of("item").replace(b'"item"', b'"it\\u0000em"')

    assert await send(http, body, signer.sign(body)) == 400


async def test_a_large_body_is_refused(http: httpx.AsyncClient, signer: Signer) -> None:
    body = body_of("x" * 70_000)

    assert await send(http, body, signer.sign(body)) == 413


class Forger:
    """Signs as the bank does, but for what is said."""

    def __init__(self, signer: Signer) -> None:
        self.signer = signer

    def sign(
        self, body: bytes, *, headers: dict[str, Any] | None = None, algorithm: str = "ES256", **claims: Any
    ) -> str:
        content = {"iat": int(time.time()), "request_body_sha256": hashlib.sha256(body).hexdigest(), **claims}
        key: Any = self.signer._key if algorithm == "ES256" else "x" * 32
        return jwt.encode(content, key, algorithm=algorithm, headers={"kid": self.signer.kid, **(headers or {})})


async def test_a_signature_of_now_is_good(http: httpx.AsyncClient, signer: Signer) -> None:
    body = body_of(uuid4().hex)

    assert await send(http, body, Forger(signer).sign(body)) == 200


@pytest.mark.parametrize("iat", [-301, -100_000, 70, 100_000])
async def test_a_signature_of_another_time_is_refused(http: httpx.AsyncClient, signer: Signer, iat: int) -> None:
    body = body_of(uuid4().hex)

    assert await send(http, body, Forger(signer).sign(body, iat=int(time.time()) + iat)) == 401


@pytest.mark.parametrize("iat", [None, "now", True, [1]])
async def test_a_signature_of_no_time_is_refused(http: httpx.AsyncClient, signer: Signer, iat: object) -> None:
    body = body_of(uuid4().hex)
    content = {"iat": iat, "request_body_sha256": hashlib.sha256(body).hexdigest()}
    encoded = jwt.api_jws.encode(
        json.dumps(content).encode(), signer._key, algorithm="ES256", headers={"kid": signer.kid}
    )

    assert await send(http, body, encoded) == 401


@pytest.mark.parametrize("digest", ["", "0" * 64, None, 5, "é"])
async def test_a_signature_of_another_body_is_refused(http: httpx.AsyncClient, signer: Signer, digest: object) -> None:
    body = body_of(uuid4().hex)

    assert await send(http, body, Forger(signer).sign(body, request_body_sha256=digest)) == 401


async def test_one_changed_byte_is_refused(http: httpx.AsyncClient, signer: Signer) -> None:
    body = body_of(uuid4().hex)

    assert await send(http, body + b" ", signer.sign(body)) == 401


@pytest.mark.parametrize("kid", ["unknown", "", None, 5, "x" * 200])
async def test_an_unknown_key_is_refused(http: httpx.AsyncClient, signer: Signer, kid: object) -> None:
    body = body_of(uuid4().hex)
    headers = {"kid": kid} if isinstance(kid, str) else {}
    token = Forger(signer).sign(body, headers=headers)
    if not isinstance(kid, str):
        token = jwt.encode({"iat": int(time.time())}, signer._key, algorithm="ES256")

    assert await send(http, body, token) == 401


async def test_another_key_under_the_banks_name_is_refused(http: httpx.AsyncClient, signer: Signer) -> None:
    body = body_of(uuid4().hex)
    content = {"iat": int(time.time()), "request_body_sha256": hashlib.sha256(body).hexdigest()}
    token = jwt.encode(content, ec.generate_private_key(ec.SECP256R1()), algorithm="ES256", headers={"kid": signer.kid})

    assert await send(http, body, token) == 401


async def test_another_algorithm_is_refused(http: httpx.AsyncClient, signer: Signer) -> None:
    body = body_of(uuid4().hex)

    assert await send(http, body, Forger(signer).sign(body, algorithm="HS256")) == 401


@pytest.mark.parametrize("signature", [None, "", "x", "a.b.c", "x" * 5000])
async def test_no_signature_is_refused(http: httpx.AsyncClient, bank: RunningBank, signature: str | None) -> None:
    assert await send(http, body_of(uuid4().hex), signature) == 401


async def test_while_keys_cannot_be_fetched_the_provider_is_to_come_again(
    http: httpx.AsyncClient, bank: RunningBank, signer: Signer
) -> None:
    bank.call("/control/faults", kind="status", path="/webhook_verification_key/get", status=500)
    body = body_of(uuid4().hex)
    signature = signer.sign(body)

    assert [await send(http, body, signature) for _ in range(2)] == [503, 200]


async def test_what_the_queue_lost_is_found(linked: Linked, bank: RunningBank, world: World) -> None:
    bank.buy(linked.access_token, 12.34)
    body = body_of(linked.item_id)
    webhook_id = await keep_webhook(world.system, "plaid", hashlib.sha256(body).digest(), json.loads(body))
    async with world.system.system_session() as session:
        await session.execute(
            text("update webhook_inbox set received_at = now() - interval '1 minute' where id = :id"),
            {"id": webhook_id},
        )

    await sweep_bank_links(world)
    async with working(world):

        async def moved() -> bool:
            return await linked.balances() == {"Daily": "87.66"}

        await eventually(moved)
