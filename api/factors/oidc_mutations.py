"""Signing in at other providers, and linking accounts there."""

import strawberry

from api.context import Context
from api.factors.entry import admit, network_of, proven
from api.factors.types import LINKED_SIGN_IN, LinkOidcPayload, OidcDeparturePayload, UnlinkOidcPayload
from api.gates import Outcome, open_mutation, vendor_mutation
from api.identity.types import SessionPayload
from api.ids import input_id
from api.scalars import URL
from domain.factors import joining, journeys, ways_in
from domain.factors.journeys import Departure, Return
from domain.identity.people import first_household


@strawberry.input(description="Where to go, and where to come back to.")
class StartOidcSignInInput:
    provider: strawberry.ID = strawberry.field(description="One of `signInProviders`.")
    redirect_uri: URL = strawberry.field(description="One of those that the operator allows, letter by letter.")


@strawberry.input(description="What the person came back with.")
class CompleteOidcSignInInput:
    state: str = strawberry.field(description="As it came back.")
    binding: str = strawberry.field(description="What the client kept when it began.")
    code: str = strawberry.field(description="As it came back.")
    iss: str | None = strawberry.field(default=None, description="As it came back, where it did (RFC 9207).")


@strawberry.input(description="Where to go, and where to come back to.")
class StartOidcLinkInput:
    provider: strawberry.ID = strawberry.field(description="One of `signInProviders`.")
    redirect_uri: URL = strawberry.field(description="One of those that the operator allows, letter by letter.")


@strawberry.input(description="What the person came back with.")
class LinkOidcInput:
    state: str = strawberry.field(description="As it came back.")
    binding: str = strawberry.field(description="What the client kept when it began.")
    code: str = strawberry.field(description="As it came back.")
    iss: str | None = strawberry.field(default=None, description="As it came back, where it did (RFC 9207).")


@strawberry.input(description="An account at another provider.")
class UnlinkOidcInput:
    linked_sign_in_id: strawberry.ID = strawberry.field(description="One of `Viewer.linkedSignIns`.")


async def start_oidc_sign_in(context: Context, input: StartOidcSignInInput) -> Outcome:
    world = context.world
    allowed = world.settings.factors.redirect_uris
    return _departed(await journeys.depart(world.system, world.providers, input.provider, input.redirect_uri, allowed))


async def complete_oidc_sign_in(context: Context, input: CompleteOidcSignInInput) -> Outcome:
    world, returned = context.world, Return(input.state, input.binding, input.code, input.iss)
    provider, identity = await journeys.arrive(world.system, world.providers, returned)
    user_id, since, ended = await joining.person_of(world.system, provider, identity, network=network_of(context))
    for session_id in ended:
        context.sessions.end(session_id)
    return await admit(context, await first_household(world.system, user_id), since)


async def start_oidc_link(context: Context, input: StartOidcLinkInput) -> Outcome:
    world, viewer = context.world, await proven(context)
    allowed = world.settings.factors.redirect_uris
    return _departed(
        await journeys.depart(
            world.system, world.providers, input.provider, input.redirect_uri, allowed, viewer.user_id
        )
    )


async def link_oidc(context: Context, input: LinkOidcInput) -> Outcome:
    world, viewer = context.world, await proven(context)
    returned = Return(input.state, input.binding, input.code, input.iss)
    provider, identity = await journeys.arrive(world.system, world.providers, returned, viewer.user_id)
    network = network_of(context)
    return Outcome(await joining.link(world.system, viewer, provider, identity, network=network))


async def unlink_oidc(context: Context, input: UnlinkOidcInput) -> Outcome:
    viewer, link_id = await proven(context), input_id(LINKED_SIGN_IN, input.linked_sign_in_id, "linkedSignInId")
    await ways_in.unlink_sign_in(context.world.system, viewer, link_id, network=network_of(context))
    return Outcome(details={"removed_id": input.linked_sign_in_id})


def _departed(departure: Departure) -> Outcome:
    return Outcome(
        details={
            "url": departure.address,
            "state": departure.state,
            "binding": departure.binding,
            "expires_at": departure.expires_at,
        }
    )


@strawberry.type
class OidcMutations:
    start_oidc_sign_in: OidcDeparturePayload | None = open_mutation(
        start_oidc_sign_in, description="Begin to sign in at another provider (OpenID Connect).", scope="person"
    )
    complete_oidc_sign_in: SessionPayload | None = open_mutation(
        complete_oidc_sign_in,
        description="Sign in as whom the provider says you are: with a linked account, or an address that is verified "
        "there and here. Where nobody has the address, the person is made. Where nobody who was signed in has verified "
        "it, what was set up before goes: password, factors, linked accounts, sessions.",
        scope="person",
    )
    start_oidc_link: OidcDeparturePayload | None = vendor_mutation(
        start_oidc_link,
        description="Begin to link an account at another provider. Needs fresh proof.",
        open_to_viewers=True,
        scope="person",
    )
    link_oidc: LinkOidcPayload | None = vendor_mutation(
        link_oidc,
        description="Sign in with this account, too, from now on. Needs fresh proof.",
        open_to_viewers=True,
        scope="person",
    )
    unlink_oidc: UnlinkOidcPayload | None = vendor_mutation(
        unlink_oidc,
        description="Do not sign in with this account any more. Needs fresh proof; the last way in stays.",
        open_to_viewers=True,
        scope="person",
    )
