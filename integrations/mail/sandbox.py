"""Mail that goes no further than the sandbox server's mailbox."""

import httpx

from domain.mail.mailer import MailRefused, MailUndelivered
from domain.mail.outbox import Mail

LONGEST_SECONDS = 10


class SandboxMailer:
    def __init__(self, url: str, client_id: str, secret: str) -> None:
        self._url = url
        self._credentials = {"client_id": client_id, "secret": secret}

    async def send(self, mail: Mail, *, message_id: str) -> None:
        body = {"message_id": message_id, "to": mail.to, "subject": mail.subject, "text": mail.text}
        try:
            async with httpx.AsyncClient(timeout=LONGEST_SECONDS, trust_env=False) as http:
                answer = await http.post(f"{self._url}/control/mail", json={**self._credentials, **body})
        except httpx.HTTPError as trouble:
            raise MailUndelivered(type(trouble).__name__) from None
        if answer.status_code >= 500:
            raise MailUndelivered(f"the mailbox answers {answer.status_code}")
        if answer.status_code != 200:
            raise MailRefused(f"the mailbox answers {answer.status_code}")
