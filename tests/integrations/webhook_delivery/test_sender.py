"""The sender reaches exactly what was checked, reads little, and says in words what went wrong."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from domain.webhook_endpoints.messenger import Answer, Message
from integrations.webhook_delivery import sender as sending
from integrations.webhook_delivery.resolving import SystemResolver
from integrations.webhook_delivery.sender import WebhookSender, readable_text, retry_after_of
from runtime import clock
from runtime.webhook_settings import WebhookSettings
from tests.workers.webhook_endpoints.receiver import Serve, listening, receiving

SECRET = "whsec_" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
NAME = "hooks.example.com"
INSIDE = "The name leads to an address that is not on the public internet."


def message(url: str) -> Message:
    return Message("msg_1", url, b"{}", [SECRET])


async def sent(sender: WebhookSender, url: str) -> Answer:
    try:
        return await sender.send(message(url))
    finally:
        sender.close()


class Names:
    """A name server that answers each time what comes next."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
async def test_without_the_setting_this_very_machine_is_not_reached(host: str) -> None:
    async with receiving() as receiver:
        port = receiver.url.split(":")[2].split("/")[0]
        for scheme in ("http", "https"):
            answer = await sent(WebhookSender(WebhookSettings()), f"{scheme}://{host}:{port}/")
            assert answer.status is None

    assert receiver.received == []


@pytest.mark.parametrize(
    "answers",
    [
        *(["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"], ["100.64.0.1"], ["0.0.0.1"], ["::1"], ["fd00::1"]),
        *(["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"], ["2002:7f00:1::"], ["fe80::1%eth0"], ["224.0.0.1"]),
        # One of them is enough, wherever it stands.
        *(["93.184.216.34", "127.0.0.1"], ["127.0.0.1", "93.184.216.34"], ["2606:4700::1", "10.0.0.1"]),
        ["1.1.1.1", "1.0.0.1", "8.8.8.8", "8.8.4.4", "192.168.0.1"],
    ],
    ids=" ".join,
)
async def test_a_name_with_an_inner_address_is_not_connected_to(answers: list[str]) -> None:
    names = Names(answers)

    answer = await sent(WebhookSender(WebhookSettings(), resolve=names), f"https://{NAME}/")

    assert (answer.status, answer.problem) == (None, INSIDE)
    assert names.asked == [NAME]


async def test_the_setting_for_loopback_opens_no_other_inside() -> None:
    names = Names(["10.0.0.1"])

    answer = await sent(WebhookSender(WebhookSettings(allow_loopback=True), resolve=names), f"https://{NAME}/")

    assert answer.problem == INSIDE


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate for the name, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(private + pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "server.pem")
    return server, ssl.create_default_context(cadata=pem.decode())


@asynccontextmanager
async def secure_receiver(
    tmp_path: Path, name: str, names: Names | None = None
) -> AsyncIterator[tuple[WebhookSender, int, list[object]]]:
    server, client = certificate(tmp_path, name)
    seen: list[object] = []
    server.sni_callback = lambda _socket, sni, _context: seen.append(sni)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        seen.append(next(line for line in head.decode().split("\r\n") if line.startswith("Host")))
        writer.write(b"HTTP/1.1 204 Fine\r\n\r\n")
        await writer.drain()

    async with listening(serve, server) as port:
        settings = WebhookSettings(ports=frozenset({port}), allow_loopback=True)
        yield WebhookSender(settings, resolve=names or Names(["127.0.0.1"]), context=client), port, seen


async def test_a_name_that_changes_its_mind_is_asked_once(tmp_path: Path) -> None:
    """DNS rebinding: what was checked is what is connected to."""
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    async with secure_receiver(tmp_path, NAME, names) as (sender, port, _):
        answer = await sent(sender, f"https://{NAME}:{port}/")

    assert answer.status == 204
    assert names.asked == [NAME]


async def test_the_name_is_told_and_held_against_the_certificate(tmp_path: Path) -> None:
    async with secure_receiver(tmp_path, NAME) as (sender, port, seen):
        answer = await sent(sender, f"https://{NAME}:{port}/")

    assert (answer.status, answer.problem) == (204, None)
    assert seen == [NAME, f"Host: {NAME}:{port}"]


async def test_a_certificate_for_another_name_is_not_accepted(tmp_path: Path) -> None:
    async with secure_receiver(tmp_path, "other.example.com") as (sender, port, seen):
        answer = await sent(sender, f"https://{NAME}:{port}/")

    assert answer.status is None
    assert str(answer.problem).startswith("The certificate was not accepted: Hostname mismatch")
    assert len(seen) == 1, "nothing was sent"


async def test_the_next_address_is_tried_where_nobody_listens(tmp_path: Path) -> None:
    names = Names(["127.0.0.2", "127.0.0.1"])
    async with secure_receiver(tmp_path, NAME, names) as (sender, port, seen):
        answer = await sent(sender, f"https://{NAME}:{port}/")

    assert answer.status == 204
    assert len(seen) == 2


async def test_nobody_listening_is_said_in_words() -> None:
    async with receiving() as receiver:
        url = receiver.url

    answer = await sent(WebhookSender(WebhookSettings(allow_loopback=True)), url)

    assert (answer.status, answer.problem) == (None, "The connection was refused.")


@pytest.mark.parametrize("host", ["no-such-name.example", "xn--0.example", "xn--a-.xn--0.example"])
async def test_a_name_that_is_not_known_is_said_in_words(host: str) -> None:
    answer = await sent(WebhookSender(WebhookSettings()), f"https://{host}/")

    assert answer.status is None
    assert answer.problem is not None


async def test_a_name_that_cannot_be_looked_up_is_said_in_words() -> None:
    async def resolve(host: str) -> Sequence[str]:
        raise UnicodeError(host)

    answer = await sent(WebhookSender(WebhookSettings(), resolve=resolve), f"https://{NAME}/")

    assert answer.problem == "The name is not one that can be looked up."


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_the_system_resolver_gives_addresses_as_text(host: str) -> None:
    resolver = SystemResolver()
    try:
        found = await resolver(host)
    except OSError:
        found = []
    finally:
        resolver.close()

    assert set(found) <= {"127.0.0.1", "::1"}


async def answered_by(serve: Serve, monkeypatch: pytest.MonkeyPatch, seconds: float = 0.5) -> Answer:
    monkeypatch.setattr(sending, "LONGEST_SECONDS", seconds)
    async with listening(serve) as port:
        return await sent(WebhookSender(WebhookSettings(allow_loopback=True)), f"http://127.0.0.1:{port}/")


async def test_a_receiver_that_says_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    left = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n{}")
        with suppress(OSError):
            await reader.read()  # until the sender is gone
        left.set()

    answer = await answered_by(serve, monkeypatch)
    await asyncio.wait_for(left.wait(), 5)

    assert answer.problem == "There was no answer within 0.5 seconds."


async def test_a_head_without_an_end_is_not_read_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 Fine\r\n")
        while True:
            writer.write(b"X-More: " + b"a" * 4000 + b"\r\n")
            await writer.drain()

    answer = await answered_by(serve, monkeypatch, 10)

    assert (answer.status, answer.problem) == (None, "The answer was not HTTP.")


async def test_of_a_long_answer_a_kibibyte_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    written = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        writer.write(b"HTTP/1.1 500 Broken\r\nContent-Length: 1000000000\r\n\r\n")
        while written < 10**9:
            writer.write(b"b" * 10_000)
            await writer.drain()
            written += 10_000

    answer = await answered_by(serve, monkeypatch, 10)

    assert (answer.status, answer.text) == (500, "b" * 1024)
    assert written < 10**8


async def test_informational_answers_without_an_end_are_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"HTTP/1.1 102 Processing\r\n\r\n" * 100)
            await writer.drain()

    answer = await answered_by(serve, monkeypatch, 10)

    assert (answer.status, answer.problem) == (None, "The answer was not HTTP.")


def test_an_answer_is_shown_without_secrets_and_control_characters() -> None:
    body = "a\x00b\x1b[31m Bearer abcdefghijkl cft_0123456789 \u202e \xff".encode()

    assert readable_text(body) == "a b [31m Bearer … cft_… \u202e ÿ".replace("\u202e", "\u202e")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("0", 0), ("120", 120), (" 7 ", 7), ("999999999999", 10**7), ("1.5", None), ("-1", None), ("", None), ("²", None)],
)
def test_retry_after_in_seconds(header: str, seconds: int | None) -> None:
    assert retry_after_of(header) == (None if seconds is None else timedelta(seconds=seconds))


def test_retry_after_as_a_date() -> None:
    soon = retry_after_of(format_datetime(clock.now() + timedelta(minutes=5), usegmt=True))
    past = retry_after_of("Wed, 21 Oct 2015 07:28:00 GMT")

    assert soon is not None
    assert timedelta(minutes=4) < soon <= timedelta(minutes=5)
    assert past == timedelta()
