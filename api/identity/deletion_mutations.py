"""Deleting one's account, and changing one's mind."""

from datetime import datetime
from uuid import UUID

import strawberry

from api.context import Context
from api.fields import edge
from api.gates import Payload, vendor_mutation
from api.identity.entry import place_of
from domain.identity import deletion
from domain.identity.deletion import deletion_due_by_user
from runtime.unit import in_unit


@strawberry.input(description="An account to delete.")
class RequestAccountDeletionInput:
    email: str = strawberry.field(description="Your address, typed once more: nobody deletes by mistake.")


@strawberry.input(description="An account to keep.")
class CancelAccountDeletionInput:
    email: str = strawberry.field(description="Your address.")


@strawberry.type(description="An account that will be deleted.")
class RequestAccountDeletionPayload(Payload):
    due_at: datetime | None = edge(
        deletion_due_by_user, "object_id", description="When it is erased; null where it was refused."
    )


@strawberry.type(description="An account that stays.")
class CancelAccountDeletionPayload(Payload):
    pass


async def request_account_deletion(context: Context, input: RequestAccountDeletionInput) -> UUID:
    viewer, world, network = context.require_viewer(), context.world, place_of(context).network
    await deletion.check_leaves_no_household_without_owner(world.system, viewer.user_id)
    return await in_unit(
        world.database,
        viewer,
        lambda unit: deletion.request_account_deletion(unit, input.email, network=network),
    )


async def cancel_account_deletion(context: Context, input: CancelAccountDeletionInput) -> UUID:
    viewer, network = context.require_viewer(), place_of(context).network
    return await in_unit(
        context.world.database,
        viewer,
        lambda unit: deletion.cancel_account_deletion(unit, input.email, network=network),
    )


@strawberry.type
class DeletionMutations:
    request_account_deletion: RequestAccountDeletionPayload | None = vendor_mutation(
        request_account_deletion,
        description="Have the account erased in seven days, with the households that nobody else belongs to; links to "
        "banks are ended at the provider. Needs fresh proof. CONFLICT for the only owner of a household with others.",
        open_to_viewers=True,
        scope="person",
    )
    cancel_account_deletion: CancelAccountDeletionPayload | None = vendor_mutation(
        cancel_account_deletion,
        description="Keep the account. Done twice it changes nothing.",
        open_to_viewers=True,
        scope="person",
    )
