"""Second factors, passkeys and accounts at other providers, as a person sees their own."""

from datetime import datetime
from enum import Enum

import strawberry

from api.fields import column, edge
from api.gates import Payload
from api.node import Node, node_type
from api.scalars import URL
from api.scopes import requires
from domain.factors import models
from domain.factors.queries import factors_by_ids, linked_sign_ins_by_ids

FACTOR, LINKED_SIGN_IN = "fac", "lsi"
"""What their ids begin with."""

PASSKEY_OPTIONS = (
    "As JSON text ({name}, WebAuthn Level 3), to be handed to the browser as it is: its format is the browsers' own."
)


@strawberry.enum(description="What a person can show beside a password.")
class SecondFactorKind(Enum):
    TOTP = strawberry.enum_value("TOTP", description="The code that an authenticator app shows now (RFC 6238).")
    BACKUP_CODES = strawberry.enum_value("BACKUP_CODES", description="One of ten codes on paper, each good once.")
    PASSKEY = strawberry.enum_value("PASSKEY", description="A passkey (WebAuthn), which also signs in by itself.")


@requires("person")
@node_type("fac", models.Factor, by_ids=factors_by_ids, description="Something that you can show to get in.")
class SecondFactor(Node):
    kind: SecondFactorKind = column("What it is.")
    name: str = column("How you know it again.")
    created_at: datetime = column("Since when you have it.")
    last_used_at: datetime | None = column("When it was used last; null before the first time.", "used_at")
    codes_left: int | None = column("Of backup codes: how many are not used yet. Null for everything else.")


@requires("person")
@node_type(
    "lsi",
    models.LinkedSignIn,
    by_ids=linked_sign_ins_by_ids,
    description="An account at another provider with which you sign in.",
)
class LinkedSignIn(Node):
    provider: str = column("The provider's id: one of `signInProviders`.")
    email: str | None = column("The account's address when it was linked; null where the provider did not say.")
    created_at: datetime = column("When it was linked.")
    last_used_at: datetime | None = column("When you signed in with it last; null before the first time.", "used_at")


@requires("any")
@strawberry.type(description="A provider at which people can sign in (OpenID Connect).")
class SignInProvider:
    id: strawberry.ID = column("For `startOidcSignIn` and `startOidcLink`.")
    name: str = column("How people know it.")


@requires("person")
@strawberry.type(description="The first step of signing in is done, and a second factor is needed: `completeSignIn`.")
class SignInChallenge:
    token: str = column("Stands for the first step. Good once, and for five wrong answers at most.")
    kinds: list[SecondFactorKind] = column("What the person can show.")
    expires_at: datetime = column("Until when it is good.")
    passkey_options: str | None = column(
        "What to ask a passkey for; null where the person has none. "
        + PASSKEY_OPTIONS.format(name="PublicKeyCredentialRequestOptionsJSON")
    )


@strawberry.type(description="An authenticator app that is being set up: it counts once `confirmTotp` was done.")
class EnrolTotpPayload(Payload):
    otpauth_uri: URL | None = column("For the QR code that the app reads. Shown this once; null where it was refused.")
    secret: str | None = column("The same for typing (Base32). Shown this once; null where it was refused.")


@strawberry.type(description="An authenticator app that is switched on.")
class ConfirmTotpPayload(Payload):
    factor: SecondFactor | None = edge(factors_by_ids, "object_id", description="The app; null where it was refused.")
    backup_codes: list[str] | None = column("Ten codes to write down. Shown this once; null where it was refused.")


@strawberry.type(description="Backup codes that were made anew.")
class RenewBackupCodesPayload(Payload):
    backup_codes: list[str] | None = column("Ten codes to write down. Shown this once; null where it was refused.")


@strawberry.type(description="Something that lets nobody in any more.")
class RemoveFactorPayload(Payload):
    removed_id: strawberry.ID | None = column("Its id; null where it was refused.")


@strawberry.type(description="What an authenticator is to be asked.")
class PasskeyOptionsPayload(Payload):
    options: str | None = column(
        "Good once, for five minutes; null where it was refused. "
        + PASSKEY_OPTIONS.format(name="PublicKeyCredentialCreationOptionsJSON or …RequestOptionsJSON")
    )


@strawberry.type(description="A passkey that was registered or renamed.")
class PasskeyPayload(Payload):
    factor: SecondFactor | None = edge(
        factors_by_ids, "object_id", description="The passkey; null where it was refused."
    )


@strawberry.type(description="Where to send the person, and what to keep meanwhile.")
class OidcDeparturePayload(Payload):
    url: URL | None = column("The provider's page; null where it was refused.")
    state: str | None = column("Comes back with the person: anything else that comes back is not theirs.")
    binding: str | None = column("A secret: keep it in the client that began, where no other page can read it.")
    expires_at: datetime | None = column("Until when the person has to be back.")


@strawberry.type(description="An account at another provider that was linked.")
class LinkOidcPayload(Payload):
    linked_sign_in: LinkedSignIn | None = edge(
        linked_sign_ins_by_ids, "object_id", description="The account; null where it was refused."
    )


@strawberry.type(description="An account at another provider that lets nobody in any more.")
class UnlinkOidcPayload(Payload):
    removed_id: strawberry.ID | None = column("The link's id; null where it was refused.")
