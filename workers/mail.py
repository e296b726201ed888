"""Jobs and chores of mails."""

from uuid import UUID

from domain.mail import sending
from integrations.world import World
from workers.jobs import every, job

SWEEP_SECONDS = 1


@job()
async def send_mail(world: World, *, mail_id: UUID) -> None:
    if world.mailer is not None:
        await sending.send_mail(world.system, world.keys, world.mailer, mail_id)


@every(seconds=SWEEP_SECONDS)
async def sweep_mails(world: World) -> None:
    """Who posts a mail tells nobody: it stands in the table, and people wait for it."""
    if world.mailer is not None:
        for mail_id in await sending.due_mails(world.system):
            await world.jobs.enqueue("send_mail", mail_id=mail_id)


@every(seconds=3600)
async def forget_old_mails(world: World) -> None:
    await sending.forget_old_mails(world.system)
