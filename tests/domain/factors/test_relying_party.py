"""For whom passkeys are good, by the settings."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from domain.factors.relying_party import relying_party
from runtime.factor_settings import FactorSettings, ProvidersProblem, from_environment
from runtime.identity_settings import IdentitySettings
from tests.domain.factors.plain import PLAIN

ACME = {"id": "acme", "issuer": "https://acme.example", "client_id": "coffer", "client_secret": "secret"}


def party(**given: object) -> tuple[str, tuple[str, ...]]:
    made = relying_party(replace(PLAIN, **given))  # type: ignore[arg-type]  # a test's own shorthand
    return made.id, made.origins


def test_passkeys_are_the_apis_where_there_is_no_client() -> None:
    assert party() == ("coffer.example", ("https://coffer.example:8443",))


def test_passkeys_are_the_clients_where_there_is_one() -> None:
    client = IdentitySettings(client_url="https://app.example/money")

    assert party(identity=client) == ("app.example", ("https://app.example", "https://coffer.example:8443"))


def test_the_operator_has_the_last_word() -> None:
    said = FactorSettings(passkey_domain="example", passkey_origins=("https://a.example",))

    assert party(factors=said) == ("example", ("https://a.example",))


def test_providers_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "providers.json"
    file.write_text(json.dumps([ACME, {**ACME, "id": "local", "issuer": "http://127.0.0.1:9", "name": "Local"}]))
    environment = {"COFFER_OIDC_PROVIDERS": str(file), "COFFER_OIDC_REDIRECT_URIS": "https://a.example/, myapp://x"}

    read = from_environment(environment)

    assert [(one.id, one.name) for one in read.providers] == [("acme", "acme"), ("local", "Local")]
    assert read.redirect_uris == ("https://a.example/", "myapp://x")
    assert "secret" not in repr(read)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}x",
        "[5]",
        json.dumps([{**ACME, "client_id": None, "issuer": "http://acme.example"}]),
        json.dumps([{**ACME, "issuer": "https://acme.example?x=1"}]),
        json.dumps([{"id": "acme"}]),
        json.dumps([ACME, ACME]),
        json.dumps([ACME, {**ACME, "id": "twin"}]),
    ],
)
def test_a_file_that_cannot_be_worked_with_is_named(content: str, tmp_path: Path) -> None:
    file = tmp_path / "providers.json"
    file.write_text(content)

    with pytest.raises(ProvidersProblem, match=r"COFFER_OIDC_PROVIDERS|acme"):
        from_environment({"COFFER_OIDC_PROVIDERS": str(file)})


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProvidersProblem, match="COFFER_OIDC_PROVIDERS"):
        from_environment({"COFFER_OIDC_PROVIDERS": str(tmp_path / "nowhere.json")})
