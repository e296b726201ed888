"""Make the demo person and their bank link, unless they are there: through the public API, as anybody would.

COFFER_DEMO_EMAIL and COFFER_DEMO_PASSWORD say who it is, COFFER_URL, PLAID_URL, PLAID_CLIENT_ID and PLAID_SECRET where.
"""

import argparse
import os
from typing import Any

import httpx

from cli.main import Refusal

SECONDS = 30
INSTITUTION, BANK_USER = "ins_109508", "user_demo"

_SIGN_IN = """
mutation ($input: SignInInput!) { signIn(input: $input) { session { accessToken } userErrors { message } } }
"""
_REGISTER = """
mutation ($input: RegisterInput!) { register(input: $input) { session { accessToken } userErrors { message } } }
"""
_LINKS = "{ viewer { bankLinks { id } } }"
_LINK = """
mutation ($input: LinkBankInput!) { linkBank(input: $input) { bankLink { id } userErrors { message } } }
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--url", default=os.environ.get("COFFER_URL"), help="where the API is (COFFER_URL)")


def run(arguments: argparse.Namespace) -> int:
    if not arguments.url:
        raise Refusal("COFFER_URL is not set: where is the API?")
    email, password = _required("COFFER_DEMO_EMAIL"), _required("COFFER_DEMO_PASSWORD")
    # Proxies of the environment are not for the loopback.
    with httpx.Client(timeout=SECONDS, trust_env=False) as http:
        try:
            token = _sign_in(http, arguments.url, email, password)
            if not _ask(http, arguments.url, _LINKS, {}, token)["viewer"]["bankLinks"]:
                _link(http, arguments.url, token)
        except httpx.HTTPError as error:
            raise Refusal(f"the demo person cannot be made: {type(error).__name__}") from error
    return 0


def _sign_in(http: httpx.Client, url: str, email: str, password: str) -> str:
    """An access token of the demo person, who is registered the first time."""
    person: dict[str, Any] = {"email": email, "password": password}
    payload = _ask(http, url, _SIGN_IN, {"input": person})["signIn"]
    if payload["userErrors"]:
        payload = _ask(http, url, _REGISTER, {"input": {**person, "displayName": "Demo"}})["register"]
    if payload["userErrors"]:
        # The address is taken, with another password: the data are older than the secrets beside them.
        raise Refusal(f"the demo person cannot sign in: {payload['userErrors'][0]['message']}")
    token: str = payload["session"]["accessToken"]
    return token


def _link(http: httpx.Client, url: str, token: str) -> None:
    answer = http.post(
        f"{_required('PLAID_URL')}/sandbox/public_token/create",
        json={
            "client_id": _required("PLAID_CLIENT_ID"),
            "secret": _required("PLAID_SECRET"),
            "institution_id": INSTITUTION,
            "initial_products": ["transactions"],
            "options": {"override_username": BANK_USER, "override_password": "pass_good"},
        },
    )
    answer.raise_for_status()
    given = {"input": {"publicToken": answer.json()["public_token"]}}
    payload = _ask(http, url, _LINK, given, token)["linkBank"]
    if payload["userErrors"]:
        raise Refusal(f"the demo bank cannot be linked: {payload['userErrors'][0]['message']}")


def _ask(
    http: httpx.Client, url: str, document: str, variables: dict[str, Any], token: str | None = None
) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = http.post(f"{url}/graphql", json={"query": document, "variables": variables}, headers=headers)
    answer.raise_for_status()
    body = answer.json()
    if "errors" in body:
        raise Refusal(f"the API refuses: {body['errors'][0]['message']}")
    data: dict[str, Any] = body["data"]
    return data


def _required(name: str) -> str:
    if not (value := os.environ.get(name)):
        raise Refusal(f"{name} is not set")
    return value
