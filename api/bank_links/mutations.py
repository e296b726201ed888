"""Linking, synchronising and unlinking banks. The provider is asked between units."""

from uuid import UUID

import strawberry

from api.bank_links.types import BankLinkPayload, CreateLinkTokenPayload, SyncBankLinkPayload
from api.context import Context
from api.gates import Outcome, hash_of_input, vendor_mutation
from api.ids import input_id
from domain.bank_links import linking, requests, unlinking
from domain.bank_links.attempts import ClientKey


@strawberry.input(description="What the link dialogue is for.")
class CreateLinkTokenInput:
    bank_link_id: strawberry.ID | None = strawberry.field(
        default=None, description="Set it to repair an existing link."
    )


@strawberry.input(description="What the link dialogue gave back.")
class LinkBankInput:
    public_token: str = strawberry.field(description="The provider's public token; good once.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="Makes sure that a repeated request makes one link."
    )


@strawberry.input(description="Which link to synchronise.")
class SyncBankLinkInput:
    bank_link_id: strawberry.ID = strawberry.field(description="The link.")


@strawberry.input(description="Which link to end.")
class UnlinkBankInput:
    bank_link_id: strawberry.ID = strawberry.field(description="The link.")
    keep_history: bool | None = strawberry.field(
        default=True, description="Keep its accounts, closed, with their transactions; else both are deleted."
    )


async def create_link_token(context: Context, input: CreateLinkTokenInput) -> Outcome:
    bank_link_id = None if input.bank_link_id is None else input_id("bnk", input.bank_link_id, "bankLinkId")
    made = await linking.create_link_token(context.world.banking, context.require_viewer(), bank_link_id)
    return Outcome(details={"link_token": made.token, "expires_at": made.expires_at})


async def link_bank(context: Context, input: LinkBankInput) -> UUID:
    key = None if input.idempotency_key is None else ClientKey(input.idempotency_key, hash_of_input(input))
    return await linking.link_bank(context.world.banking, context.require_viewer(), input.public_token, key)


async def sync_bank_link(context: Context, input: SyncBankLinkInput) -> UUID:
    bank_link_id = input_id("bnk", input.bank_link_id, "bankLinkId")
    return await requests.sync_bank_link(context.world.banking, context.require_viewer(), bank_link_id)


async def unlink_bank(context: Context, input: UnlinkBankInput) -> UUID:
    return await unlinking.unlink_bank(
        context.world.banking,
        context.require_viewer(),
        input_id("bnk", input.bank_link_id, "bankLinkId"),
        keep_history=input.keep_history is not False,
    )


@strawberry.type
class BankLinkMutations:
    create_link_token: CreateLinkTokenPayload | None = vendor_mutation(
        create_link_token,
        description="Step one of linking a bank: a token for the provider's own link dialogue. UNAVAILABLE while the "
        "provider does not answer, NOT_ALLOWED for a link that has ended.",
        scope="bank_links:write",
    )
    link_bank: BankLinkPayload | None = vendor_mutation(
        link_bank,
        description="Step two: what the dialogue gave back. The first synchronisation starts by itself. INVALID for a "
        "token that is unknown, used or expired, CONFLICT where the bank is linked already.",
        scope="bank_links:write",
    )
    sync_bank_link: SyncBankLinkPayload | None = vendor_mutation(
        sync_bank_link,
        description="Ask the bank now; it completes a repair, too. Gives the synchronisation under way where there is "
        "one. NOT_ALLOWED for a link that has ended.",
        scope="bank_links:write",
    )
    unlink_bank: BankLinkPayload | None = vendor_mutation(
        unlink_bank,
        description="End a link, at once here and as soon as it answers at the provider. Ending it twice changes "
        "nothing.",
        scope="bank_links:write",
    )
