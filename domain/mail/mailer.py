"""What carries mails to people: implemented in integrations/mail."""

from typing import Protocol

from domain.mail.outbox import Mail


class MailRefused(Exception):
    """Whoever takes mail for this address will never take this one."""


class MailUndelivered(Exception):
    """It did not get away this time; it may the next."""


class Mailer(Protocol):
    async def send(self, mail: Mail, *, message_id: str) -> None:
        """Returns when somebody else is answerable for it. `message_id` is the same for each try of one mail.

        Raises MailRefused and MailUndelivered.
        """
