"""One contract for both ways that mails go: by SMTP, and into the sandbox's mailbox."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from domain.mail.mailer import Mailer, MailRefused, MailUndelivered
from domain.mail.outbox import Mail
from domain.mistakes import Problem
from engines.processes import free_port
from integrations.mail.sandbox import SandboxMailer
from integrations.mail.smtp import SmtpMailer
from runtime.settings import SettingProblem
from tests.sandbox.running import CLIENT_ID, CREDENTIALS, SECRET, running_bank

FROM = "Coffer <coffer@coffer.example>"
MAIL = Mail("éva@example.com", "Grüße: a link", "Guten Tag,\n.\nhttp://coffer.test/x?token=abc=\n")


@dataclass
class Post:
    """An SMTP server's mailbox, and what it answers."""

    answer: str = "250 OK"
    envelopes: list[Any] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        if self.answer.startswith("250"):
            self.envelopes.append(envelope)
        return self.answer


@dataclass
class Way:
    mailer: Mailer
    post: Post | None
    read: Any


@pytest.fixture
def post() -> Iterator[tuple[Post, Controller]]:
    handler = Post()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), enable_SMTPUTF8=True, ready_timeout=10)
    controller.start()
    yield handler, controller
    controller.stop()


@pytest.fixture(params=["smtp", "sandbox"])
def way(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Way]:
    if request.param == "smtp":
        handler, controller = request.getfixturevalue("post")

        def received() -> list[dict[str, str]]:
            return [
                {
                    "to": one.rcpt_tos[0],
                    "subject": str(whole["Subject"]),
                    "text": whole.get_content().replace("\r\n", "\n"),
                }
                for one in handler.envelopes
                for whole in [message_from_bytes(one.content, policy=default)]
            ]

        yield Way(SmtpMailer(f"smtp://127.0.0.1:{controller.port}", FROM), handler, received)
        return
    with running_bank(tmp_path / "bank") as bank:

        def kept() -> list[dict[str, str]]:
            found = bank.http.get("/control/mail", params={**CREDENTIALS, "to": MAIL.to}).json()["mails"]
            return [{name: one[name] for name in ("to", "subject", "text")} for one in found]

        yield Way(SandboxMailer(bank.url, CLIENT_ID, SECRET), None, kept)


async def test_a_mail_arrives_as_it_was_written(way: Way) -> None:
    await way.mailer.send(MAIL, message_id="1")

    (arrived,) = await asyncio.to_thread(way.read)
    assert arrived == {"to": MAIL.to, "subject": MAIL.subject, "text": MAIL.text}


async def test_nobody_there_is_no_refusal() -> None:
    for mailer in (SmtpMailer("smtp://127.0.0.1:1", FROM), SandboxMailer("http://127.0.0.1:1", "", "")):
        with pytest.raises(MailUndelivered):
            await mailer.send(MAIL, message_id="1")


@pytest.mark.parametrize(("answer", "expected"), [("550 no such person", MailRefused), ("451 later", MailUndelivered)])
async def test_the_servers_answer_says_whether_to_try_again(
    post: tuple[Post, Controller], answer: str, expected: type[Exception]
) -> None:
    post[0].answer = answer

    with pytest.raises(expected):
        await SmtpMailer(f"smtp://127.0.0.1:{post[1].port}", FROM).send(MAIL, message_id="1")

    assert post[0].envelopes == []


async def test_a_tries_headers_are_the_same(post: tuple[Post, Controller]) -> None:
    mailer = SmtpMailer(f"smtp://127.0.0.1:{post[1].port}", FROM)

    for _ in range(2):
        await mailer.send(MAIL, message_id="0123")

    headers = [message_from_bytes(one.content, policy=default) for one in post[0].envelopes]
    assert [one["Message-ID"] for one in headers] == ["<0123@coffer.example>"] * 2
    assert {(str(one["From"]), one["Auto-Submitted"]) for one in headers} == {(FROM, "auto-generated")}


async def test_no_password_goes_to_a_server_without_tls_elsewhere() -> None:
    """A server that is not on this machine must speak TLS: the mail stays here otherwise."""
    asked: list[bool] = []

    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        asked.append(isinstance(data, LoginPassword))
        return AuthResult(success=True)

    handler = Post()
    controller = Controller(
        handler,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=authenticate,
        auth_require_tls=False,
        ready_timeout=10,
    )
    controller.start()
    try:
        mailer = SmtpMailer(f"smtp://user:password@127.1:{controller.port}", FROM)
        with pytest.raises(MailUndelivered):
            await mailer.send(MAIL, message_id="1")
    finally:
        controller.stop()

    assert (asked, handler.envelopes) == ([], [])


@pytest.mark.parametrize("url", ["http://host", "smtp://", "smtp://host:port", "mail.example.com"])
def test_a_setting_that_is_none_is_named(url: str) -> None:
    with pytest.raises(SettingProblem, match="COFFER_SMTP_URL"):
        SmtpMailer(url, FROM)


@pytest.mark.parametrize(
    ("to", "subject"),
    [
        ("a@example.com\r\nBcc: b@example.com", "x"),
        ("a@example.com, b@example.com", "x"),
        ("a,b@example.com", "x"),
        ("<a>b@example.com", "x"),
        ('"a b"@example.com', "x"),
        ("a@[127.0.0.1]", "x"),
        ("a@example.com", "x\r\nBcc: b@example.com"),
        ("a@example.com", "x\u2028y"),
        ("a@example.com", ""),
        ("a@example.com", "x" * 201),
    ],
)
def test_nothing_is_put_into_a_header(to: str, subject: str) -> None:
    with pytest.raises(Problem):
        Mail(to, subject, "text")
