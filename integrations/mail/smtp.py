"""Mail by SMTP (RFC 5321), never without TLS except on this very machine."""

import asyncio
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import NoReturn
from urllib.parse import unquote, urlsplit

import aiosmtplib

from domain.mail.mailer import MailRefused, MailUndelivered
from domain.mail.outbox import Mail
from runtime import clock
from runtime.settings import SettingProblem

LONGEST_SECONDS = 20
PORTS = {"smtp": 587, "smtps": 465}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class SmtpMailer:
    """`url` is smtp://user:password@host:port (STARTTLS) or smtps://… (TLS from the start), `sender` such as
    "Coffer <coffer@example.com>". Raises SettingProblem for others."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        try:
            self._port = parts.port or PORTS[parts.scheme]
        except (KeyError, ValueError):
            raise SettingProblem("COFFER_SMTP_URL is not smtp(s)://user:password@host:port") from None
        if not parts.hostname:
            raise SettingProblem("COFFER_SMTP_URL names no host")
        self._host = parts.hostname
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._from_start = parts.scheme == "smtps"
        # None: where the server offers it.
        self._start_tls = False if self._from_start else None if self._host in _LOOPBACK else True
        name, address = parseaddr(sender)
        if "@" not in address:
            raise SettingProblem("COFFER_MAIL_FROM is not an address")
        self._sender = Address(name, addr_spec=address)

    async def send(self, mail: Mail, *, message_id: str) -> None:
        message = self._message(mail, message_id)
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                await aiosmtplib.send(
                    message,
                    sender=self._sender.addr_spec,
                    recipients=[mail.to],
                    hostname=self._host,
                    port=self._port,
                    username=self._user,
                    password=self._password,
                    use_tls=self._from_start,
                    start_tls=self._start_tls,
                    timeout=LONGEST_SECONDS,
                )
        except aiosmtplib.SMTPRecipientsRefused as refusal:
            _tell(refusal.recipients[0].code)
        except aiosmtplib.SMTPAuthenticationError as refusal:
            # Ours to put right: the mail is not to blame.
            raise MailUndelivered(f"the mail server refuses our password ({refusal.code})") from None
        except aiosmtplib.SMTPResponseException as refusal:
            _tell(refusal.code)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as trouble:
            raise MailUndelivered(type(trouble).__name__) from None

    def _message(self, mail: Mail, message_id: str) -> EmailMessage:
        local, _, domain = mail.to.rpartition("@")
        message = EmailMessage(policy=SMTP)
        try:
            message["From"] = self._sender
            message["To"] = Address(username=local, domain=domain)
            message["Subject"] = mail.subject
        except (ValueError, IndexError):
            raise MailRefused("this address cannot be written in a header") from None
        message["Date"] = format_datetime(clock.now())
        message["Message-ID"] = f"<{message_id}@{self._sender.domain}>"
        # RFC 3834: nobody's absence is told to a machine.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        return message


def _tell(code: int) -> NoReturn:
    """RFC 5321, 4.2.1: 5yz is for good, 4yz for now."""
    if code >= 500:
        raise MailRefused(f"the mail server refuses it ({code})") from None
    raise MailUndelivered(f"the mail server refuses it for now ({code})") from None
