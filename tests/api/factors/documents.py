"""What people send about their factors."""

import asyncio
import time
from typing import Any

import asyncpg
import pyotp

from domain.factors.totp import STEP_SECONDS
from tests.api.client import Client, Person
from tests.cluster import DatabaseUrls

ENROL = "mutation ($input: EnrolTotpInput!) { enrolTotp(input: $input) { secret otpauthUri userErrors { code path } } }"
CONFIRM = """
mutation ($input: ConfirmTotpInput!) {
  confirmTotp(input: $input) { factor { id kind name } backupCodes userErrors { code path } }
}
"""
DISABLE = """
mutation ($input: DisableTotpInput!) { disableTotp(input: $input) { removedId userErrors { code path } } }
"""
RENEW = """
mutation ($input: RenewBackupCodesInput!) { renewBackupCodes(input: $input) { backupCodes userErrors { code path } } }
"""
SIGN_IN = """
mutation ($input: SignInInput!) {
  signIn(input: $input) {
    session { accessToken }
    challenge { token kinds expiresAt passkeyOptions }
    viewer { user { id } }
    userErrors { code path }
  }
}
"""
COMPLETE = """
mutation ($input: CompleteSignInInput!) {
  completeSignIn(input: $input) {
    session { accessToken } viewer { user { id } } userErrors { code path }
  }
}
"""
PROVE = """
mutation ($input: ProveIdentityInput!) { proveIdentity(input: $input) { provedUntil userErrors { code path } } }
"""
FACTORS = "{ viewer { secondFactors { id kind name codesLeft lastUsedAt } } }"


class Authenticator:
    """A person's authenticator app. Each code is of a later step than the one before, as far as clocks may differ."""

    def __init__(self, secret: str) -> None:
        self._totp = pyotp.TOTP(secret)
        self._last = 0

    def code(self) -> str:
        """One that was not shown before."""
        now = int(time.time()) // STEP_SECONDS
        self._last = max(now - 1, self._last + 1)
        return self._totp.generate_otp(self._last)

    def same_code(self) -> str:
        """The last one again."""
        return self._totp.generate_otp(self._last)

    def wrong_code(self) -> str:
        """One that is none of those which are good now."""
        now = int(time.time()) // STEP_SECONDS
        good = {self._totp.generate_otp(step) for step in range(now - 3, now + 4)}
        return next(code for code in ("000000", "111111", "222222", "333333") if code not in good)


async def switch_on(person: Person) -> tuple[Authenticator, list[str]]:
    """Set up and confirm an authenticator app. It has two codes left that are good at once, and the backup codes."""
    app = Authenticator((await person.change(ENROL, input={}))["secret"])
    confirmed = await person.change(CONFIRM, input={"code": app.code()})
    return app, confirmed["backupCodes"]


async def challenge_of(nobody: Client, person: Person) -> dict[str, Any]:
    """What stands between the person's password and a session."""
    answer = await nobody.data(SIGN_IN, input={"email": person.email, "password": person.password})
    assert answer["signIn"]["userErrors"] == []
    challenge: dict[str, Any] = answer["signIn"]["challenge"]
    return challenge


async def complete(nobody: Client, token: str, **shown: str) -> dict[str, Any]:
    """The payload, whether it was done or refused."""
    payload: dict[str, Any] = (await nobody.data(COMPLETE, input={"challengeToken": token, **shown}))["completeSignIn"]
    return payload


async def all_at_once(nobody: Client, answers: list[tuple[str, dict[str, str]]]) -> list[dict[str, Any]]:
    """The payloads of many who answer challenges at the same time."""
    return await asyncio.gather(*(complete(nobody, token, **shown) for token, shown in answers))


async def as_owner(database_urls: DatabaseUrls, statement: str, *values: object) -> None:
    """What nobody who serves may do."""
    connection = await asyncpg.connect(database_urls.owner)
    try:
        await connection.execute(statement, *values)
    finally:
        await connection.close()


async def without_password(database_urls: DatabaseUrls, person: Person) -> None:
    statement = "delete from credentials where user_id = (select id from users where email = $1)"
    await as_owner(database_urls, statement, person.email)
