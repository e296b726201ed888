"""Where a webhook does not go, however it is written."""

from ipaddress import ip_address

import pytest

from domain.mistakes import Problem
from domain.webhook_endpoints.addresses import is_public
from domain.webhook_endpoints.target import Target, target_of
from runtime.webhook_settings import WebhookSettings

USUAL = WebhookSettings()
SANDBOX = WebhookSettings(allow_loopback=True)

REFUSED = [
    # Loopback and unspecified, in every notation that some reader of URLs understands.
    *("https://127.0.0.1/", "https://127.1/", "https://127.0.1/", "https://2130706433/", "https://0x7f000001/"),
    *("https://0x7f.1/", "https://0x7f.0x0.0x0.0x1/", "https://017700000001/", "https://0177.0.0.1/"),
    *("https://0/", "https://0.0.0.0/", "https://127.0.0.1./", "https://00000127.0.0.1/", "https://127.0.0.0x1/"),
    *("https://[::1]/", "https://[::]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/"),
    *("https://[0:0:0:0:0:0:0:1]/", "https://[::1%25lo]/", "https://[::127.0.0.1]/", "https://[64:ff9b::7f00:1]/"),
    *(
        "https://localhost/",
        "https://LOCALHOST/",
        "https://localhost./",
        "https://a.localhost/",
        "https://localhost:443/",
    ),
    # Private, link-local, clouds' metadata, by number.
    *(
        "https://10.0.0.1/",
        "https://192.168.0.1/",
        "https://172.16.0.1/",
        "https://169.254.169.254/",
        "https://100.64.0.1/",
    ),
    *("https://2852039166/", "https://0xa9fea9fe/", "https://0xa9.0xfe.0xa9.0xfe/", "https://0251.0376.0251.0376/"),
    *(
        "https://[fd00:ec2::254]/",
        "https://[fe80::1]/",
        "https://[2002:7f00:1::]/",
        "https://8.8.8.8/",
        "https://[2001:4860::1]/",
    ),
    # Names of somebody's inside.
    *(
        "https://intranet/",
        "https://db.internal/",
        "https://printer.local/",
        "https://router.lan/",
        "https://nas.home.arpa/",
    ),
    *("https://x.test/", "https://x.invalid/", "https://x.onion/", "https://1.0.0.127.in-addr.arpa/"),
    # Tricks with Unicode and IDNA: what is mapped to something else by some.
    *(
        "https://①②⑦.⓪.⓪.①/",
        "https://\uff11\uff12\uff17.\uff10.\uff10.\uff11/",
        "https://loc\u00adalhost/",
        "https://ⓛocalhost/",
    ),
    *("https://127。0。0。1/", "https://example。com/", "https://exämple.com/", "https://ex\u200bample.com/"),
    # Somebody else's host before or behind the one that is read.
    *(
        "https://good.example.com@127.0.0.1/",
        "https://127.0.0.1@good.example.com/",
        "https://user:pass@good.example.com/",
    ),
    *("https://good.example.com#@127.0.0.1/", "https://good.example.com\\@127.0.0.1/", "https:\\\\good.example.com\\"),
    *(
        "https://good.example.com%2f@127.0.0.1/",
        "https://good.example.com%00.evil.com/",
        "https://127.0.0.1%2f.example.com/",
    ),
    *("https://good.example.com\t.evil.com/", "https://good.example.com /", " https://good.example.com/"),
    *(
        "https://good.example.com/\n",
        "https://good.example.com/\r\nHost: x",
        "https://good.example.com/a b",
        "https:///x",
    ),
    *("https://good.example.com/#part", "https://good.example.com/\x00", "https://good.example.com/ä"),
    # Other schemes and ports.
    *(
        "http://good.example.com/",
        "ftp://good.example.com/",
        "file:///etc/passwd",
        "gopher://good.example.com/",
        "//x.com/",
    ),
    *("https://good.example.com:80/", "https://good.example.com:22/", "https://good.example.com:0/"),
    *("https://good.example.com:6379/", "https://good.example.com:99999/", "https://good.example.com:-1/"),
    *(
        "https://good.example.com:443:443/",
        "https://good.example.com:4 43/",
        "https://good.example.com:+443/",
        "https://:443/",
    ),
    # What is no name.
    *(
        "https://",
        "https:good.example.com",
        "https://-a.example.com/",
        "https://a_b.example.com/",
        "https://a..example.com/",
    ),
    *(
        "https://.example.com/",
        "https://example.com./",
        f"https://{'a' * 64}.com/",
        f"https://{'a.' * 130}com/",
        "https://x",
    ),
    f"https://good.example.com/{'a' * 1000}",
]


@pytest.mark.parametrize("url", REFUSED, ids=ascii)
def test_it_does_not_go_there(url: str) -> None:
    with pytest.raises(Problem):
        target_of(url, USUAL)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://good.example.com", Target("good.example.com", 443, "/", True)),
        ("https://good.example.com?a=1", Target("good.example.com", 443, "/?a=1", True)),
        ("HTTPS://Good.Example.COM/Path?q=A%20b", Target("good.example.com", 443, "/Path?q=A%20b", True)),
        ("https://good.example.com:8443/x", Target("good.example.com", 8443, "/x", True)),
        ("https://xn--exmple-cua.com/", Target("xn--exmple-cua.com", 443, "/", True)),
        ("https://a.b-c.1d.example2.io/", Target("a.b-c.1d.example2.io", 443, "/", True)),
    ],
)
def test_it_goes_there(url: str, target: Target) -> None:
    assert target_of(url, USUAL) == target


def test_an_operator_allows_other_ports() -> None:
    assert target_of("https://a.example.com:444/", WebhookSettings(ports=frozenset({444}))).port == 444
    with pytest.raises(Problem):
        target_of("https://a.example.com/", WebhookSettings(ports=frozenset({444})))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_the_sandbox_allows_this_very_machine_and_nothing_else(host: str) -> None:
    url = f"http://{host}:8123/x"

    assert target_of(url, SANDBOX) == Target(host, 8123, "/x", False, is_loopback=True)
    with pytest.raises(Problem):
        target_of(url, USUAL)


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "http://good.example.com/", "http://127.0.0.2/", "http://0x7f.1/"])
def test_the_sandbox_allows_no_more_than_that(url: str) -> None:
    with pytest.raises(Problem):
        target_of(url, SANDBOX)


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.1", "0.1.2.3", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.100.100.200", "100.127.255.255"),
        *("127.0.0.1", "127.255.255.254", "168.63.129.16", "169.254.0.1", "169.254.169.254", "172.16.0.1"),
        *("172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255"),
        *("198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1"),
        *("255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1"),
        *("64:ff9b::10.0.0.1", "64:ff9b::8.8.8.8", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378::1"),
        *("2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "2620:4f:8000::1"),
        *("3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "4000::1"),
        *("2a00:1450::5efe:10.0.0.1", "2a00:1450::200:5efe:10.0.0.1", "2a00:1450::1%eth0"),
    ],
)
def test_an_inner_address_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "8.8.8.8",
        "100.63.255.255",
        "100.128.0.0",
        "172.32.0.1",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00::1",
    ],
)
def test_an_outer_address_is_public(address: str) -> None:
    assert is_public(ip_address(address))
