"""Where a client is: what trusted proxies say, and nothing else."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from api.app import front_of
from api.transport.proxies import Proxies, networks
from runtime.settings import SettingProblem, Settings

TRUSTED = Proxies(networks("10.0.0.0/8, 2001:db8:1::/48, 192.0.2.7"))


def client(peer: str, *lines: str, name: str = "x-forwarded-for", proxies: Proxies = TRUSTED) -> str:
    def header(asked: str) -> Sequence[str]:
        return lines if asked == name else []

    return proxies.client(peer, header)


def test_without_trusted_proxies_nobody_is_believed() -> None:
    assert client("10.0.0.1", "203.0.113.5", proxies=Proxies()) == "10.0.0.1"


def test_who_is_no_proxy_of_ours_is_not_believed() -> None:
    assert client("198.51.100.9", "203.0.113.5") == "198.51.100.9"


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["203.0.113.5"], "203.0.113.5"),
        (["198.51.100.1, 203.0.113.5"], "203.0.113.5"),
        (["198.51.100.1", "203.0.113.5, 10.2.3.4"], "203.0.113.5"),
        (["1.1.1.1, 203.0.113.5", "10.2.3.4, 192.0.2.7"], "203.0.113.5"),
        (["203.0.113.5:4711"], "203.0.113.5"),
        (["[2001:db8:2::5]:4711"], "2001:db8:2::5"),
        (["2001:db8:2::5, 2001:db8:1::1"], "2001:db8:2::5"),
        (["10.9.9.9, 10.8.8.8"], "10.9.9.9"),
        (["203.0.113.5, unknown"], "10.0.0.1"),
        (["203.0.113.5, evil', 10.2.3.4"], "10.2.3.4"),
        ([""], "10.0.0.1"),
        ([], "10.0.0.1"),
    ],
)
def test_the_client_is_the_last_that_is_not_ours(lines: list[str], found: str) -> None:
    assert client("10.0.0.1", *lines) == found


def test_a_mapped_address_is_the_one_it_maps() -> None:
    assert client("::ffff:10.0.0.1", "203.0.113.5") == "203.0.113.5"


def test_forwarded_is_read_where_the_operator_says_so() -> None:
    line = 'for=198.51.100.1;proto=https, For="[2001:db8:2::5]:80";by=10.0.0.1, for=10.1.1.1'
    proxies = Proxies(TRUSTED.trusted, "Forwarded")

    assert client("10.0.0.1", line, name="forwarded", proxies=proxies) == "2001:db8:2::5"


def test_a_proxy_that_names_nobody_hides_what_was_said_before() -> None:
    proxies = Proxies(TRUSTED.trusted, "Forwarded")

    assert client("10.0.0.1", "for=198.51.100.1, proto=https", name="forwarded", proxies=proxies) == "10.0.0.1"


def test_another_header_cannot_be_named(settings: Settings) -> None:
    with pytest.raises(SettingProblem, match="COFFER_PROXY_HEADER"):
        front_of(replace(settings, proxy_header="X-Real-IP"))


@pytest.mark.parametrize(("header", "found"), [("X-Forwarded-For", "203.0.113.5"), ("Forwarded", "198.51.100.1")])
def test_what_the_operator_does_not_name_is_not_read(header: str, found: str) -> None:
    lines = {"x-forwarded-for": ["203.0.113.5"], "forwarded": ["for=198.51.100.1"]}
    proxies = Proxies(TRUSTED.trusted, header)

    assert proxies.client("10.0.0.1", lambda name: lines[name]) == found
    del lines[header.lower()]
    assert proxies.client("10.0.0.1", lambda name: lines.get(name, [])) == "10.0.0.1"


@pytest.mark.parametrize("text", ["10.0.0.0/99", "example.com", "10.0.0"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="appear"):
        networks(text)
