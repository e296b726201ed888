"""Apps, personal tokens and grants: for the person's own clients alone."""

from datetime import datetime
from uuid import UUID

import strawberry

from api.apps.types import (
    APP,
    GRANT,
    TOKEN,
    AppPayload,
    DeleteAppPayload,
    PersonalTokenPayload,
    RevokePayload,
)
from api.context import Context
from api.gates import Outcome, mutation, vendor_mutation
from api.ids import input_id
from api.inputs import given
from api.scalars import URL
from domain.apps import commands, grants, tokens
from runtime.unit import Unit


@strawberry.input(description="An app that is to ask people for their consent.")
class RegisterAppInput:
    name: str = strawberry.field(description="What people are told it is called.")
    redirect_uris: list[str] = strawberry.field(
        description="Where people may be sent back to: https, http on the person's own machine, or a scheme of the "
        "app's own with a dot in it. Compared letter by letter."
    )
    homepage: URL | None = strawberry.field(default=None, description="Where people can read about it (https).")
    is_confidential: bool | None = strawberry.field(
        default=True, description="False for what runs on people's machines, where nothing can be kept secret."
    )


@strawberry.input(description="Left out = unchanged.")
class UpdateAppInput:
    app_id: strawberry.ID = strawberry.field(description="Which app.")
    name: str | None = strawberry.field(default=strawberry.UNSET, description="What people are told it is called.")
    redirect_uris: list[str] | None = strawberry.field(
        default=strawberry.UNSET,
        description="All of them: those left out are good no more. Others than before need a fresh proof.",
    )
    homepage: URL | None = strawberry.field(default=strawberry.UNSET, description="Null clears it.")


@strawberry.input(description="An app of yours.")
class RotateAppSecretInput:
    app_id: strawberry.ID = strawberry.field(description="Which app.")


@strawberry.input(description="An app of yours.")
class DeleteAppInput:
    app_id: strawberry.ID = strawberry.field(description="Which app.")


@strawberry.input(description="A token for a tool of your own.")
class CreatePersonalTokenInput:
    name: str = strawberry.field(description="How you will know it again.")
    scopes: list[str] = strawberry.field(description="What it may do, such as `transactions:read`.")
    expires_at: datetime = strawberry.field(description="Until when it is good: a year at most.")
    account_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="The accounts that it is narrowed to; left out: all that you may see."
    )


@strawberry.input(description="A token of yours.")
class RevokePersonalTokenInput:
    token_id: strawberry.ID = strawberry.field(description="Which token.")


@strawberry.input(description="What you allowed an app.")
class RevokeGrantInput:
    grant_id: strawberry.ID = strawberry.field(description="Which grant.")


async def register_app(unit: Unit, input: RegisterAppInput) -> Outcome:
    app_id, secret = await commands.register_app(
        unit,
        name=input.name,
        homepage=input.homepage,
        redirect_uris=input.redirect_uris,
        is_confidential=input.is_confidential is not False,
    )
    return Outcome(app_id, details={"client_secret": secret})


async def update_app(unit: Unit, input: UpdateAppInput) -> UUID:
    return await commands.update_app(unit, input_id(APP, input.app_id, "appId"), given(input, "app_id"))


async def rotate_app_secret(unit: Unit, input: RotateAppSecretInput) -> Outcome:
    app_id = input_id(APP, input.app_id, "appId")
    return Outcome(app_id, details={"client_secret": await commands.rotate_app_secret(unit, app_id)})


async def delete_app(context: Context, input: DeleteAppInput) -> Outcome:
    app_id = input_id(APP, input.app_id, "appId")
    ended = await commands.delete_app(context.world.system, context.require_viewer().user_id, app_id)
    for session_id in ended:
        context.sessions.end(session_id)
    return Outcome(details={"deleted_id": input.app_id})


async def create_personal_token(unit: Unit, input: CreatePersonalTokenInput) -> Outcome:
    account_ids = None
    if input.account_ids is not None:
        account_ids = [input_id("acc", text, "accountIds") for text in input.account_ids]
    token_id, secret = await tokens.create_personal_token(
        unit, name=input.name, scopes=input.scopes, account_ids=account_ids, expires_at=input.expires_at
    )
    return Outcome(token_id, details={"secret": secret})


async def revoke_personal_token(context: Context, input: RevokePersonalTokenInput) -> Outcome:
    token_id = input_id(TOKEN, input.token_id, "tokenId")
    await grants.revoke_token(context.world.database, context.require_viewer(), token_id)
    context.sessions.end(token_id)
    return Outcome(details={"revoked_id": input.token_id})


async def revoke_grant(context: Context, input: RevokeGrantInput) -> Outcome:
    grant_id = input_id(GRANT, input.grant_id, "grantId")
    await grants.revoke_grant(context.world.database, context.require_viewer(), grant_id)
    context.sessions.end(grant_id)
    return Outcome(details={"revoked_id": input.grant_id})


@strawberry.type
class AppMutations:
    register_app: AppPayload | None = mutation(
        register_app,
        description="Register an app that asks people for their consent.",
        open_to_viewers=True,
        scope="person",
    )
    update_app: AppPayload | None = mutation(
        update_app,
        description="Change an app of yours. PROOF_NEEDED for other redirect URIs unless you have just proved who you "
        "are.",
        open_to_viewers=True,
        scope="person",
    )
    rotate_app_secret: AppPayload | None = mutation(
        rotate_app_secret,
        description="Make a new secret for a confidential app of yours; the one before is good no more. PROOF_NEEDED "
        "unless you have just proved who you are.",
        open_to_viewers=True,
        scope="person",
    )
    delete_app: DeleteAppPayload | None = vendor_mutation(
        delete_app,
        description="Delete an app of yours: whatever people allowed it ends.",
        open_to_viewers=True,
        scope="person",
    )
    create_personal_token: PersonalTokenPayload | None = mutation(
        create_personal_token,
        description="Make a token for a tool of your own. PROOF_NEEDED unless you have just proved who you are.",
        open_to_viewers=True,
        scope="person",
    )
    revoke_personal_token: RevokePayload | None = vendor_mutation(
        revoke_personal_token,
        description="End a token of yours: it is refused and its sockets are closed within 5 seconds.",
        open_to_viewers=True,
        scope="person",
    )
    revoke_grant: RevokePayload | None = vendor_mutation(
        revoke_grant,
        description="End what you allowed an app: its tokens are refused and its sockets closed within 5 seconds.",
        open_to_viewers=True,
        scope="person",
    )
