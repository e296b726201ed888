"""Messages on their way to third parties' servers, and never to anybody's inside (docs/decisions/0024)."""

import asyncio
import re
import socket
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime

import h11
import httpx

from domain.mistakes import Problem
from domain.webhook_endpoints.messenger import Answer, Message
from domain.webhook_endpoints.target import Target, target_of
from integrations.webhook_delivery.exchange import Connection, Reply, TooLong, connect
from integrations.webhook_delivery.resolving import Address, Refused, Resolve, SystemResolver, addresses_of
from integrations.webhook_delivery.signing import signature_headers
from runtime import clock
from runtime.webhook_settings import WebhookSettings

LONGEST_SECONDS = 15
CONNECT_SECONDS = 5
MOST_RETRY_SECONDS = 10**7
_SECRETS = re.compile(r"(?i)(bearer\s+|basic\s+|whsec_|cf[a-z]_|eyj)[\w+/=.~-]{8,}")
_UNPRINTABLE = re.compile(r"[^\S\n]|[^\x20-\x7e\xa0-\ud7ff\ue000-\uffff\U00010000-\U0010ffff\n]")


class WebhookSender:
    """`resolve` and `context` stand in for the operating system's names and the public certificates."""

    def __init__(
        self, settings: WebhookSettings, *, resolve: Resolve | None = None, context: ssl.SSLContext | None = None
    ) -> None:
        self._settings = settings
        self._own = SystemResolver()
        self._resolve = resolve or self._own
        self._context = context

    def close(self) -> None:
        self._own.close()

    async def send(self, message: Message) -> Answer:
        started = time.monotonic()
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                reply = await self._send(message)
        except TimeoutError:
            return _failure(started, f"There was no answer within {LONGEST_SECONDS} seconds.")
        except (Refused, Problem) as refusal:
            return _failure(started, str(refusal))
        except socket.gaierror:
            return _failure(started, "The name is not known.")
        except ssl.SSLCertVerificationError as error:
            return _failure(started, f"The certificate was not accepted: {error.verify_message}.")
        except ssl.SSLError:
            return _failure(started, "There was no secure connection.")
        except ConnectionRefusedError:
            return _failure(started, "The connection was refused.")
        except OSError:
            return _failure(started, "The connection failed.")
        except (h11.ProtocolError, TooLong):
            return _failure(started, "The answer was not HTTP.")
        except UnicodeError:
            # What Python's own IDNA finds wrong with a name, before anybody is asked.
            return _failure(started, "The name is not one that can be looked up.")
        return _answer(started, reply)

    async def _send(self, message: Message) -> Reply:
        target = target_of(message.url, self._settings)
        found = await addresses_of(target, self._resolve, allow_loopback=self._settings.allow_loopback)
        headers = signature_headers(message.id, clock.now(), message.body, message.secrets)
        connection = await self._connect(target, found)
        try:
            return await connection.post(headers, message.body)
        finally:
            await connection.close()

    async def _connect(self, target: Target, addresses: Sequence[Address]) -> Connection:
        for address in addresses[:-1]:
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(CONNECT_SECONDS):
                    return await connect(target, address, self._trusted())
        return await connect(target, addresses[-1], self._trusted())

    def _trusted(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = httpx.create_ssl_context(trust_env=False)
        return self._context


def _failure(started: float, problem: str) -> Answer:
    return Answer(_milliseconds(started), problem=problem)


def _answer(started: float, reply: Reply) -> Answer:
    duration = _milliseconds(started)
    if 200 <= reply.status < 300:
        return Answer(duration, reply.status)
    redirected = ", a redirect, which is not followed" if 300 <= reply.status < 400 else ""
    return Answer(
        duration,
        reply.status,
        text=readable_text(reply.body) or None,
        retry_after=retry_after_of(reply.retry_after),
        problem=f"The receiver answered {reply.status}{redirected}.",
    )


def readable_text(body: bytes) -> str:
    """As a person may be shown it: no control characters, and nothing that looks like a secret."""
    text = _UNPRINTABLE.sub(" ", body.decode("utf-8", "replace"))
    return _SECRETS.sub(r"\1…", text).strip()


def retry_after_of(header: str | None) -> timedelta | None:
    """Seconds or a date (RFC 9110, 10.2.3); None for anything else."""
    if header is None:
        return None
    text = header.strip()
    if re.fullmatch(r"[0-9]{1,12}", text):
        return timedelta(seconds=min(int(text), MOST_RETRY_SECONDS))
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return min(max(at - clock.now(), timedelta()), timedelta(seconds=MOST_RETRY_SECONDS))


def _milliseconds(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
