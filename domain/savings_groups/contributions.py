"""Giving to a group, and taking back."""

from uuid import UUID

from domain import text
from domain.events import GroupContributed, GroupMilestoneReached
from domain.mistakes import invalid
from domain.money import AMOUNT_BOUND, Money
from domain.savings_groups.commands import locked_group, member_actor
from domain.savings_groups.models import GroupContribution
from domain.savings_groups.rules import MILESTONES, milestones_crossed
from runtime.ids import new_id
from runtime.unit import Unit


async def contribute_to_group(unit: Unit, *, group_id: UUID, amount: Money, message: str | None) -> UUID:
    """The new contribution's id. A negative amount takes back, never more than the person gave.

    INVALID for zero, another currency, more than was given and more than can be counted; NOT_FOUND for a group that the
    person does not belong to (any more). Milestones are reached once in a group's life.
    """
    message = text.prose(message, "input", "message", most=500)
    group, member = await locked_group(unit, group_id)
    if amount.currency != group.currency:
        raise invalid(f"This group saves in {group.currency}.", "input", "amount", "currency")
    if not amount:
        raise invalid("A contribution of nothing is none.", "input", "amount", "amount")
    given = Money(member.contributed, group.currency) + amount
    before = Money(group.saved, group.currency)
    saved = before + amount
    if given.minor_units < 0:
        raise invalid("More than you gave cannot be taken back.", "input", "amount", "amount")
    if saved.amount >= AMOUNT_BOUND:
        raise invalid("The group's savings would be too large to be counted.", "input", "amount", "amount")

    contribution = GroupContribution(
        group_id=group_id,
        id=new_id(),
        member_id=member.id,
        amount=amount.amount,
        currency=amount.currency,
        message=message,
        at=unit.at,
    )
    unit.session.add(contribution)
    # The group's row is locked: nobody else moves these sums meanwhile.
    member.contributed, group.saved = given.amount, saved.amount
    by = member_actor(member.id)
    unit.record(
        GroupContributed(
            ids=[contribution.id],
            stream_id=group_id,
            actor=by,
            data={
                "member": member.id,
                "amount": amount.amount,
                "currency": amount.currency,
                "saved": saved.amount,
            },
        )
    )
    reached = {percent for percent in MILESTONES if percent <= group.milestone}
    for percent in milestones_crossed(Money(group.target, group.currency), before, saved, reached):
        group.milestone = percent
        unit.record(GroupMilestoneReached(ids=[group_id], stream_id=group_id, actor=by, data={"milestone": percent}))
    return contribution.id
