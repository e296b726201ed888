"""What the environment says of passwords, mails and sessions. Each has its line in docs/operations.md."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class IdentitySettings:
    smtp_url: str = ""
    """Empty: mails wait, except in sandbox mode, where they go to the sandbox's mailbox."""
    mail_from: str = "Coffer <coffer@localhost>"
    client_url: str = ""
    """Where the operator's own client takes links from mails; empty: mails carry codes."""
    verification_hours: int = 24
    """How long the link in a mail that verifies an address holds."""
    reset_minutes: int = 30
    """The same of one that resets a password."""
    argon2_time_cost: int = 2
    argon2_memory_kib: int = 19 * 1024
    argon2_parallelism: int = 1
    conflicts_per_hour: int = 20
    """How often one network is told that an address is registered already."""
    failures_per_hour: int = 200
    """How often one network may fail to sign in."""
    failures_per_address_and_network: int = 50
    """How often one network may fail to sign in with one address within an hour."""
    failures_per_address: int = 1_000
    """How often all networks together may fail to sign in with one address within an hour."""
    mails_per_hour: int = 60
    """How many mails to addresses one network may ask for."""


def from_environment(environment: Mapping[str, str]) -> IdentitySettings:
    usual = IdentitySettings()

    def number(name: str, default: int) -> int:
        return int(environment.get(name) or default)

    return IdentitySettings(
        smtp_url=environment.get("COFFER_SMTP_URL", usual.smtp_url),
        mail_from=environment.get("COFFER_MAIL_FROM", usual.mail_from),
        client_url=environment.get("COFFER_CLIENT_URL", usual.client_url).rstrip("/"),
        verification_hours=number("COFFER_VERIFICATION_HOURS", usual.verification_hours),
        reset_minutes=number("COFFER_RESET_MINUTES", usual.reset_minutes),
        argon2_time_cost=number("COFFER_ARGON2_TIME_COST", usual.argon2_time_cost),
        argon2_memory_kib=number("COFFER_ARGON2_MEMORY_KIB", usual.argon2_memory_kib),
        argon2_parallelism=number("COFFER_ARGON2_PARALLELISM", usual.argon2_parallelism),
        conflicts_per_hour=number("COFFER_REGISTER_CONFLICTS_PER_HOUR", usual.conflicts_per_hour),
        failures_per_hour=number("COFFER_SIGN_IN_FAILURES_PER_HOUR", usual.failures_per_hour),
        failures_per_address_and_network=number(
            "COFFER_SIGN_IN_FAILURES_PER_ADDRESS_AND_NETWORK", usual.failures_per_address_and_network
        ),
        failures_per_address=number("COFFER_SIGN_IN_FAILURES_PER_ADDRESS", usual.failures_per_address),
        mails_per_hour=number("COFFER_MAILS_PER_HOUR", usual.mails_per_hour),
    )
