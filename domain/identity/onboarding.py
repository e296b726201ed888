"""What a new person may want to do first: worked out from what is there, so nobody has to tick anything off."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select, text

from domain.identity.models import User
from runtime.reader import Reader
from runtime.statements import Statement
from runtime.unit import Unit


class OnboardingStepKind(StrEnum):
    """In the order in which they are shown."""

    VERIFY_EMAIL = "VERIFY_EMAIL"
    ADD_ACCOUNT = "ADD_ACCOUNT"
    LINK_BANK = "LINK_BANK"
    SET_BUDGET = "SET_BUDGET"
    SET_GOAL = "SET_GOAL"
    ADD_SECOND_FACTOR = "ADD_SECOND_FACTOR"


@dataclass(frozen=True)
class OnboardingStep:
    kind: OnboardingStepKind
    is_done: bool
    is_dismissed: bool


_DONE = Statement(
    text("""
select dismissed_steps, email_verified_at is not null as verify_email,
    exists (select from accounts where household_id = :viewer_household_id) as add_account,
    exists (select from bank_links where household_id = :viewer_household_id) as link_bank,
    exists (select from budgets where household_id = :viewer_household_id) as set_budget,
    exists (select from goals where household_id = :viewer_household_id) as set_goal,
    exists (select from factors where user_id = :viewer_user_id and confirmed_at is not null) as add_second_factor
from users where id = :viewer_user_id
""")
)


async def onboarding_by_user(reader: Reader, user_ids: Sequence[UUID]) -> dict[UUID, list[OnboardingStep]]:
    """The viewer's own."""
    (row,) = await reader.fetch(_DONE)
    steps = [
        OnboardingStep(kind, bool(getattr(row, kind.value.lower())), kind.value in row.dismissed_steps)
        for kind in OnboardingStepKind
    ]
    return {id: steps for id in user_ids if id == reader.viewer.user_id}


async def dismiss_step(unit: Unit, kind: OnboardingStepKind) -> UUID:
    """The person does not want to hear of it any more. Doing it twice changes nothing. The person's id."""
    user = (await unit.session.scalars(select(User).where(User.id == unit.viewer.user_id).with_for_update())).one()
    user.dismissed_steps = sorted({*user.dismissed_steps, kind.value})
    return user.id
