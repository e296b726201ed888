"""How often one network may try what tells something, or costs somebody else something."""

from hashlib import sha256

from api.context import Context
from domain.identity.network import coarse
from domain.mail.address import email_key
from domain.mistakes import UserMistake, too_many

CONFLICTS, FAILURES, MAILS = "conflicts", "failures", "mails"
"""Told that an address is taken; failed to sign in; asked for a mail."""


async def check_conflicts(context: Context) -> None:
    """TOO_MANY for a network that was told often enough which addresses are taken."""
    if (network := coarse(context.network)) and (
        await context.world.tally.count(CONFLICTS, network) >= context.world.settings.identity.conflicts_per_hour
    ):
        raise _later()


async def count_conflict(context: Context) -> None:
    if network := coarse(context.network):
        await context.world.tally.add(CONFLICTS, network)


async def check_failures(context: Context, email: str) -> None:
    """TOO_MANY for a network with too many failures, of all addresses or of this one; and for an address that many
    networks fail with. The same for addresses that nobody has.

    An address is refused to the network that fails with it, long before it is to others: nobody shuts its person out by
    guessing from one place.
    """
    settings, network, address = context.world.settings.identity, coarse(context.network), _key(email)
    for whose, most in (
        *([(network, settings.failures_per_hour)] if network else []),
        (f"{address} {network}", settings.failures_per_address_and_network),
        (address, settings.failures_per_address),
    ):
        if await context.world.tally.count(FAILURES, whose) >= most:
            raise _later()


async def count_failure(context: Context, email: str) -> None:
    network, address = coarse(context.network), _key(email)
    for whose in (*([network] if network else []), f"{address} {network}", address):
        await context.world.tally.add(FAILURES, whose)


async def count_mail(context: Context) -> None:
    """TOO_MANY for a network that has asked for too many, whoever they were to."""
    if (network := coarse(context.network)) and (
        await context.world.tally.add(MAILS, network) > context.world.settings.identity.mails_per_hour
    ):
        raise _later()


def _key(email: str) -> str:
    """Of one length, and no address that stands in Redis."""
    return sha256(email_key(email[:1000]).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _later() -> UserMistake:
    return too_many("This was tried too often. Wait an hour.", "input")
