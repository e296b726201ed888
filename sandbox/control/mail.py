"""`/control/mail`: a mailbox for everybody."""

from typing import Any

from sandbox.bank import Bank
from sandbox.fields import Fields

MOST_KEPT = 10_000
LONGEST_TEXT = 100_000


async def receive(bank: Bank, body: Fields) -> dict[str, Any]:
    """`POST /control/mail {message_id, to, subject, text}`: put a mail into its mailbox, once for each message id."""
    mail = [body.text("message_id"), body.text("to"), body.text("subject"), body.text("text", LONGEST_TEXT)]
    async with bank.store.writing() as db:
        db.execute("insert or ignore into mails (message_id, recipient, subject, text) values (?, ?, ?, ?)", mail)
        db.execute("delete from mails where number <= (select max(number) from mails) - ?", (MOST_KEPT,))
    return {}


async def read(bank: Bank, body: Fields) -> dict[str, Any]:
    """`GET /control/mail?to=`: the mails to an address, as it was written, the newest first; all without one."""
    recipient = body.optional_text("to")
    rows = bank.store.db.execute(
        "select message_id, recipient as 'to', subject, text from mails"
        " where ? is null or recipient = ? collate nocase order by number desc limit 100",
        (recipient, recipient),
    )
    return {"mails": [dict(row) for row in rows]}
