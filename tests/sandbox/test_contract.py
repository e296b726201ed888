"""Every endpoint through Plaid's own client, each answer held against Plaid's own description."""

import datetime as dt
import functools
import json
import pathlib
from collections.abc import Iterator
from typing import Any

import jwt
import plaid
import pytest
import yaml
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from plaid import models
from plaid.api.plaid_api import PlaidApi
from referencing import Registry
from referencing.jsonschema import DRAFT4

from tests.sandbox.running import CREDENTIALS, Receiver, RunningBank, plaid_client

SPEC = pathlib.Path(__file__).parents[3] / "shared" / "specs" / "plaid-openapi.yml"
POSTED = dt.date(2026, 1, 5)

pytestmark = pytest.mark.skipif(not SPEC.exists(), reason="Plaid's description (../shared/specs) is not here")


@functools.cache
def spec() -> dict[str, Any]:
    with SPEC.open() as file:
        document: dict[str, Any] = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return document


def check(values: object, schema: str) -> None:
    """Raise unless the values are a `schema` of Plaid's description."""
    registry: Registry[Any] = Registry().with_resource("urn:plaid", DRAFT4.create_resource(spec()))
    OAS30Validator(
        {"$ref": f"urn:plaid#/components/schemas/{schema}"}, registry=registry, format_checker=oas30_format_checker
    ).validate(values)


def checked(api: PlaidApi, path: str) -> dict[str, Any]:
    """The last answer as it came over the wire, checked against what `path` promises."""
    operation = spec()["paths"][path]["post"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rsplit("/")[-1]
    values: dict[str, Any] = json.loads(api.api_client.last_response.data)
    check(values, schema)
    return values


@pytest.fixture
def api(bank: RunningBank) -> Iterator[PlaidApi]:
    with plaid_client(bank.url) as client:
        yield client


def test_the_check_itself_notices_a_missing_field() -> None:
    with pytest.raises(Exception, match="request_id"):
        check({"public_token": "public-sandbox-1"}, "SandboxPublicTokenCreateResponse")


def test_the_check_itself_notices_a_wrong_enumeration() -> None:
    with pytest.raises(Exception, match="NEVER"):
        check({**EMPTY_SYNC, "transactions_update_status": "NEVER"}, "TransactionsSyncResponse")


EMPTY_SYNC = {
    "accounts": [],
    "added": [],
    "modified": [],
    "removed": [],
    "next_cursor": "x",
    "has_more": False,
    "request_id": "x",
}


def test_link_tokens(api: PlaidApi, bank: RunningBank) -> None:
    made = api.link_token_create(
        models.LinkTokenCreateRequest(
            client_name="Coffer",
            language="en",
            country_codes=[models.CountryCode("US")],
            user=models.LinkTokenCreateRequestUser(client_user_id="person-1"),
            products=[models.Products("transactions")],
            webhook="https://coffer.example/webhooks/plaid",
        )
    )
    checked(api, "/link/token/create")
    got = api.link_token_get(models.LinkTokenGetRequest(link_token=made.link_token))

    assert made.link_token.startswith("link-sandbox-")
    assert checked(api, "/link/token/get")["metadata"]["webhook"] == "https://coffer.example/webhooks/plaid"
    assert got.metadata.client_name == "Coffer"


def test_link_token_for_update_mode(api: PlaidApi, bank: RunningBank) -> None:
    api.link_token_create(
        models.LinkTokenCreateRequest(
            client_name="Coffer",
            language="en",
            country_codes=[models.CountryCode("US")],
            user=models.LinkTokenCreateRequestUser(client_user_id="person-1"),
            access_token=bank.link(),
        )
    )

    made = checked(api, "/link/token/create")
    got = bank.call("/link/token/get", link_token=made["link_token"])
    assert got["metadata"]["initial_products"] == []


def test_linking(api: PlaidApi) -> None:
    made = api.sandbox_public_token_create(
        models.SandboxPublicTokenCreateRequest(
            institution_id="ins_109508", initial_products=[models.Products("transactions")]
        )
    )
    checked(api, "/sandbox/public_token/create")
    linked = api.item_public_token_exchange(models.ItemPublicTokenExchangeRequest(public_token=made.public_token))

    assert checked(api, "/item/public_token/exchange")["item_id"] == linked.item_id
    assert linked.access_token.startswith("access-sandbox-")


def test_item(api: PlaidApi, bank: RunningBank) -> None:
    token = bank.link()

    got = api.item_get(models.ItemGetRequest(access_token=token))
    checked(api, "/item/get")

    assert got.item.institution_id == "ins_109508"
    assert got.item.institution_name == "First Platypus Bank"
    assert got.item.error is None


def test_item_in_error(api: PlaidApi, bank: RunningBank) -> None:
    token = bank.link()
    assert api.sandbox_item_reset_login(models.SandboxItemResetLoginRequest(access_token=token)).reset_login
    checked(api, "/sandbox/item/reset_login")

    got = api.item_get(models.ItemGetRequest(access_token=token))
    checked(api, "/item/get")

    assert got.item.error.error_code == "ITEM_LOGIN_REQUIRED"


def test_item_removal(api: PlaidApi, bank: RunningBank) -> None:
    token = bank.link()

    api.item_remove(models.ItemRemoveRequest(access_token=token))
    checked(api, "/item/remove")

    with pytest.raises(plaid.ApiException, match="INVALID_ACCESS_TOKEN"):
        api.item_get(models.ItemGetRequest(access_token=token))
    assert bank.http.get("/control/items", params=CREDENTIALS).json()["items"] == []


def test_webhook_address(api: PlaidApi, bank: RunningBank, webhooks: Receiver) -> None:
    token = bank.link()

    got = api.item_webhook_update(models.ItemWebhookUpdateRequest(access_token=token, webhook=webhooks.url))
    checked(api, "/item/webhook/update")

    assert got.item.webhook == webhooks.url
    acknowledged = webhooks.next().values
    check(acknowledged, "WebhookUpdateAcknowledgedWebhook")
    assert acknowledged["new_webhook_url"] == webhooks.url


def test_accounts(api: PlaidApi, bank: RunningBank) -> None:
    got = api.accounts_get(models.AccountsGetRequest(access_token=bank.link()))
    checked(api, "/accounts/get")

    assert [str(account.subtype) for account in got.accounts] == ["checking", "savings", "credit card"]


def test_balances(api: PlaidApi, bank: RunningBank) -> None:
    got = api.accounts_balance_get(models.AccountsBalanceGetRequest(access_token=bank.link()))
    checked(api, "/accounts/balance/get")

    card = got.accounts[2].balances
    assert card.limit == 10_000
    assert card.available == pytest.approx(card.limit - card.current)


def test_transactions(api: PlaidApi, bank: RunningBank) -> None:
    options = models.TransactionsSyncRequestOptions(include_original_description=True)

    got = api.transactions_sync(models.TransactionsSyncRequest(access_token=bank.link(), count=500, options=options))
    raw = checked(api, "/transactions/sync")["added"]

    assert len(got.added) == len(raw) > 100
    assert raw[0]["personal_finance_category"]["version"] == "v2"
    assert raw[0]["original_description"] == raw[0]["name"]
    assert raw[1]["personal_finance_category"] is None
    assert raw[1]["merchant_name"] is None


def test_transactions_modified_and_removed(api: PlaidApi, bank: RunningBank) -> None:
    token = bank.link()
    first = api.transactions_sync(models.TransactionsSyncRequest(access_token=token, count=500))
    change = {"modify": [{"transaction_id": first.added[0].transaction_id, "amount": 7.25}]}
    change["remove"] = [first.added[1].transaction_id]
    bank.call("/control/transactions", item_id=bank.item_id(token), **change)

    got = api.transactions_sync(models.TransactionsSyncRequest(access_token=token, cursor=first.next_cursor))
    checked(api, "/transactions/sync")

    assert [one.amount for one in got.modified] == [7.25]
    assert [one.transaction_id for one in got.removed] == change["remove"]


def test_refresh(api: PlaidApi, bank: RunningBank) -> None:
    api.transactions_refresh(models.TransactionsRefreshRequest(access_token=bank.link()))
    checked(api, "/transactions/refresh")


def test_purchases(api: PlaidApi, bank: RunningBank) -> None:
    token = bank.link()
    before = bank.balance(token)

    api.sandbox_transactions_create(
        models.SandboxTransactionsCreateRequest(
            access_token=token,
            transactions=[
                models.CustomSandboxTransaction(
                    date_transacted=POSTED, date_posted=POSTED, amount=12.5, description="STARBUCKS 1"
                )
            ],
        )
    )
    checked(api, "/sandbox/transactions/create")

    assert bank.balance(token) == pytest.approx(before - 12.5)


@pytest.mark.parametrize(("metadata", "status"), [(False, False), (True, True)])
def test_institution(api: PlaidApi, metadata: bool, status: bool) -> None:
    options = models.InstitutionsGetByIdRequestOptions(include_optional_metadata=metadata, include_status=status)

    got = api.institutions_get_by_id(
        models.InstitutionsGetByIdRequest(
            institution_id="ins_109508", country_codes=[models.CountryCode("US")], options=options
        )
    )
    raw = checked(api, "/institutions/get_by_id")["institution"]

    assert got.institution.name == "First Platypus Bank"
    assert ("url" in raw, "status" in raw) == (metadata, status)


def test_institution_search(api: PlaidApi) -> None:
    got = api.institutions_search(
        models.InstitutionsSearchRequest(
            query="platypus", products=[models.Products("transactions")], country_codes=[models.CountryCode("CA")]
        )
    )
    checked(api, "/institutions/search")

    assert [one.institution_id for one in got.institutions] == ["ins_109508"]


def test_webhook_key(api: PlaidApi, bank: RunningBank, webhooks: Receiver) -> None:
    bank.link(webhook=webhooks.url)
    kid = jwt.get_unverified_header(webhooks.next().verification)["kid"]

    got = api.webhook_verification_key_get(models.WebhookVerificationKeyGetRequest(key_id=kid))
    checked(api, "/webhook_verification_key/get")

    assert got.key.kid == kid


def test_fire_webhook(api: PlaidApi, bank: RunningBank, webhooks: Receiver) -> None:
    token = bank.link(webhook=webhooks.url)
    webhooks.codes(3)

    got = api.sandbox_item_fire_webhook(
        models.SandboxItemFireWebhookRequest(access_token=token, webhook_code="SYNC_UPDATES_AVAILABLE")
    )
    checked(api, "/sandbox/item/fire_webhook")

    assert got.webhook_fired
    check(webhooks.next().values, "SyncUpdatesAvailableWebhook")


def test_webhooks_of_an_items_life(bank: RunningBank, webhooks: Receiver) -> None:
    token = bank.link(webhook=webhooks.url)
    item_id = bank.item_id(token)
    schemas = {"INITIAL_UPDATE": "InitialUpdateWebhook", "HISTORICAL_UPDATE": "HistoricalUpdateWebhook"}
    schemas |= {"SYNC_UPDATES_AVAILABLE": "SyncUpdatesAvailableWebhook", "ERROR": "ItemErrorWebhook"}
    schemas |= {"LOGIN_REPAIRED": "ItemLoginRepairedWebhook"}
    bank.call("/sandbox/item/reset_login", access_token=token)
    bank.call("/control/items/repair", item_id=item_id, elsewhere=True)

    got = [webhooks.next().values for _ in range(5)]

    assert sorted(one["webhook_code"] for one in got) == sorted(schemas)
    for one in got:
        assert one["item_id"] == item_id
        check(one, schemas[one["webhook_code"]])


def test_errors_have_plaids_shape(api: PlaidApi) -> None:
    with pytest.raises(plaid.ApiException) as caught:
        api.item_get(models.ItemGetRequest(access_token="access-sandbox-unknown"))

    assert caught.value.status == 400
    check(json.loads(caught.value.body), "PlaidError")
