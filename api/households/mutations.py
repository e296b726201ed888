"""Making households, inviting to them, and who may do what in them."""

from dataclasses import replace
from uuid import UUID

import strawberry

from api.context import Context
from api.gates import Outcome, mutation, vendor_mutation
from api.households.types import HouseholdPayload, HouseholdRole, InvitationPayload
from api.ids import input_id
from api.inputs import name_of
from api.scalars import CurrencyCode
from domain.households import founding, invitations, parting, roles
from domain.identity.proof import require_proof
from domain.identity.security import SecurityEventKind, note
from runtime.unit import Unit, in_unit
from runtime.viewer import OWNER


@strawberry.input(description="Another household of one's own.")
class CreateHouseholdInput:
    name: str = strawberry.field(description="How it is called: at most 100 characters.")
    currency: CurrencyCode | None = strawberry.field(
        default=CurrencyCode("USD"), description="What its budgets and reports are summed in; it stays so."
    )
    timezone: str | None = strawberry.field(
        default="UTC", description="The zone in which its days are cut (IANA name)."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key and input make it once, however often they are sent."
    )


@strawberry.input(description="Left out, or null, is unchanged.")
class UpdateHouseholdInput:
    name: str | None = strawberry.field(default=None, description="How it is called: at most 100 characters.")
    timezone: str | None = strawberry.field(
        default=None, description="The zone in which its days are cut (IANA name): balances of past days keep theirs."
    )


@strawberry.input(description="Whom to invite, and as what.")
class InviteMemberInput:
    role: HouseholdRole = strawberry.field(description="What they may do here then.")
    email: str | None = strawberry.field(
        default=None, description="Where a mail goes; null for a link that is handed on by the person."
    )


@strawberry.input(description="An invitation that is to be good no more.")
class WithdrawInvitationInput:
    invitation_id: strawberry.ID = strawberry.field(description="One of `Household.invitations`.")


@strawberry.input(description="An invitation, as it came.")
class AcceptInvitationInput:
    token: str = strawberry.field(description="What the link or the mail holds.")


@strawberry.input(description="What a member may do from now on.")
class ChangeMemberRoleInput:
    user_id: strawberry.ID = strawberry.field(description="The member.")
    role: HouseholdRole = strawberry.field(description="What they may do.")


@strawberry.input(description="Who owns the household instead of oneself.")
class TransferOwnershipInput:
    user_id: strawberry.ID = strawberry.field(description="The member. Oneself becomes a MEMBER.")


@strawberry.input(description="Whom to remove.")
class RemoveMemberInput:
    user_id: strawberry.ID = strawberry.field(description="The member, who is not oneself.")


@strawberry.input(description="Leaving this session's household.")
class LeaveHouseholdInput:
    take_accounts: bool = strawberry.field(
        description="Take the accounts along that one brought, with their bank links and all that was booked on them. "
        "Otherwise they stay and are the household's; those of a bank are closed, and its link is ended."
    )
    to_household_id: strawberry.ID | None = strawberry.field(
        default=None, description="Where the accounts go: a household that one owns. Null: a new one."
    )


async def create_household(unit: Unit, input: CreateHouseholdInput) -> UUID:
    return await founding.create_household(
        unit, name=input.name, currency=input.currency or "USD", timezone=input.timezone or "UTC"
    )


async def update_household(unit: Unit, input: UpdateHouseholdInput) -> UUID:
    return await founding.update_household(unit, name=input.name, timezone=input.timezone)


async def invite_member(context: Context, input: InviteMemberInput) -> Outcome:
    world = context.world

    async def work(unit: Unit) -> invitations.Invited:
        if input.role is HouseholdRole.OWNER:
            await require_proof(unit, "input", "role")
        return await invitations.invite_member(
            unit, world.keys, role=name_of(input.role), email=input.email, url=world.settings.identity.client_url
        )

    invited = await in_unit(world.database, context.require_viewer(), work)
    return Outcome(object_id=invited.id, details={"token": invited.token})


async def withdraw_invitation(unit: Unit, input: WithdrawInvitationInput) -> UUID:
    return await invitations.withdraw_invitation(unit, input_id("inv", input.invitation_id, "invitationId"))


async def accept_invitation(context: Context, input: AcceptInvitationInput) -> UUID:
    world = context.world
    there = await invitations.viewer_to_be(world.system, context.require_viewer(), input.token)
    return await in_unit(world.database, there, lambda unit: invitations.accept_invitation(unit, input.token))


async def change_member_role(unit: Unit, input: ChangeMemberRoleInput) -> UUID:
    user_id, role = input_id("usr", input.user_id, "userId"), name_of(input.role)
    if role == OWNER:
        await require_proof(unit, "input", "role")
    return await roles.change_member_role(unit, user_id, role)


async def transfer_ownership(unit: Unit, input: TransferOwnershipInput) -> UUID:
    user_id = input_id("usr", input.user_id, "userId")
    await require_proof(unit, "input")
    household_id = await roles.transfer_ownership(unit, user_id)
    await note(unit.session, unit.viewer.user_id, SecurityEventKind.OWNERSHIP_MOVED)
    return household_id


async def remove_member(context: Context, input: RemoveMemberInput) -> UUID:
    user_id = input_id("usr", input.user_id, "userId")

    async def work(unit: Unit) -> UUID:
        await require_proof(unit, "input")
        return await parting.remove_member(unit, user_id)

    # With the member go the lines about what was kept from oneself.
    viewer = replace(context.require_viewer(), withheld=None)
    return await in_unit(context.world.database, viewer, work)


async def leave_household(context: Context, input: LeaveHouseholdInput) -> UUID:
    viewer = context.require_viewer()
    to = None if input.to_household_id is None else input_id("hsh", input.to_household_id, "toHouseholdId")

    async def work(unit: Unit) -> UUID:
        return await parting.leave_household(unit, takes_accounts=input.take_accounts, to=to)

    refuge = await in_unit(context.world.database, viewer, work)
    if viewer.session_id is not None:
        context.sessions.end(viewer.session_id)
    return refuge


@strawberry.type
class HouseholdMutations:
    create_household: HouseholdPayload | None = mutation(
        create_household,
        description="Make another household of one's own; `switchHousehold` gives a session for it.",
        open_to_viewers=True,
        scope="person",
    )
    update_household: HouseholdPayload | None = mutation(
        update_household, description="For owners: change what the household is called, or its zone.", scope="person"
    )
    invite_member: InvitationPayload | None = vendor_mutation(
        invite_member,
        description="For owners: invite somebody by mail or with a link, good for 7 days. PROOF_NEEDED for an OWNER.",
        scope="person",
    )
    withdraw_invitation: InvitationPayload | None = mutation(
        withdraw_invitation, description="For owners: an invitation is good no more.", scope="person"
    )
    accept_invitation: HouseholdPayload | None = vendor_mutation(
        accept_invitation,
        description="Become a member of the household that an invitation is of. Tokens that are wrong, used, withdrawn "
        "and expired get the same answer; NOT_ALLOWED where it was sent to somebody else's address.",
        open_to_viewers=True,
        scope="person",
    )
    change_member_role: HouseholdPayload | None = mutation(
        change_member_role,
        description="For owners: what a member may do. It holds within 5 seconds everywhere. PROOF_NEEDED to make an "
        "OWNER, NOT_ALLOWED where nobody would own the household any more.",
        scope="person",
    )
    transfer_ownership: HouseholdPayload | None = mutation(
        transfer_ownership,
        description="For owners: another member owns the household instead. PROOF_NEEDED.",
        scope="person",
    )
    remove_member: HouseholdPayload | None = vendor_mutation(
        remove_member,
        description="For owners: the member belongs to the household no more, and their sessions and sockets of it end "
        "within 5 seconds. What they brought goes with them, to a household of their own. PROOF_NEEDED.",
        scope="person",
    )
    leave_household: HouseholdPayload | None = vendor_mutation(
        leave_household,
        description="Belong to this session's household no more: its sessions end. Gives the household that the person "
        "has afterwards. NOT_ALLOWED for the last member and the last owner, and where accounts that are not shared "
        "fully would be left behind.",
        open_to_viewers=True,
        scope="person",
    )
