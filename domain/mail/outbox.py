"""Posting a mail: a row in the caller's own transaction, which a worker sends once that is committed."""

from dataclasses import dataclass

from sqlalchemy import func, insert, literal
from sqlalchemy.dialects.postgresql import UUID as POSTGRES_UUID
from sqlalchemy.ext.asyncio import AsyncSession

from domain.mail.address import is_address
from domain.mail.models import OutgoingMail
from domain.mistakes import Problem
from runtime import clock
from runtime.ids import new_id
from runtime.keys import Keys

LONGEST_SUBJECT = 200


@dataclass(frozen=True)
class Mail:
    """Plain text to one person. Raises Problem for a recipient or a subject that could be more than that."""

    to: str
    subject: str
    text: str

    def __post_init__(self) -> None:
        if not is_address(self.to):
            raise Problem("This is not an e-mail address.")
        if not (0 < len(self.subject) <= LONGEST_SUBJECT and self.subject.isprintable()):
            raise Problem("This is not a subject of one line.")


async def post_mail(session: AsyncSession, mail: Mail, *, keys: Keys | None = None) -> None:
    """Have it sent once the caller's transaction is committed: a unit's, or one as `system`.

    With `keys` the text is sealed until then: for a mail with a link or a code in it.
    """
    id, at = new_id(), clock.now()
    key_id, content = (None, mail.text.encode()) if keys is None else keys.encrypt(mail.text, bound_to=id.bytes)
    # `app` may put it in and never read it, so nothing may come back.
    await session.execute(
        insert(OutgoingMail).values(
            id=id,
            user_id=func.nullif(func.current_setting("app.user_id", True), "").cast(POSTGRES_UUID),
            recipient=mail.to,
            subject=mail.subject,
            key_id=key_id,
            content=literal(content),
            created_at=at,
            due_at=at,
        )
    )
