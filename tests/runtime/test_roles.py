"""The addresses of the three roles."""

from urllib.parse import unquote, urlsplit

import pytest

from runtime.roles import _url


@pytest.mark.parametrize("password", ["p@ss/w:rd#1?%41", "plain", "ü ö"])
def test_a_password_comes_out_of_its_address_as_it_went_in(password: str) -> None:
    parts = urlsplit(_url("postgresql://admin:x@db.example:5433/postgres?sslmode=require", "app", password, "coffer"))

    assert (parts.username, unquote(parts.password or "")) == ("app", password)
    assert (parts.hostname, parts.port, parts.path, parts.query) == ("db.example", 5433, "/coffer", "sslmode=require")
