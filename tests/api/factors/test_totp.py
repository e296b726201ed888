"""Authenticator apps and backup codes: set up, signed in with, switched off."""

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import text

from integrations.world import World
from tests.api.client import Client, Person
from tests.api.factors.documents import (
    CONFIRM,
    DISABLE,
    ENROL,
    FACTORS,
    PROVE,
    RENEW,
    SIGN_IN,
    Authenticator,
    all_at_once,
    challenge_of,
    complete,
    switch_on,
)
from tests.api.identity.mailbox import mails_to

CHANGE_PASSWORD = "mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { userErrors { code } } }"
DONE: list[object] = []
WRONG = [{"code": "INVALID", "path": ["input", "totpCode"]}]


async def prove_long_ago(world: World, person: Person) -> None:
    async with world.system.system_session() as session:
        await session.execute(
            text("update sessions set proved_at = now() - interval '11 minutes' where user_id = :id"),
            {"id": await user_id(world, person)},
        )


async def user_id(world: World, person: Person) -> object:
    (row,) = await world.system.system_rows("select id from users where email = $1", person.email)
    return row["id"]


async def test_an_app_is_set_up_from_a_uri_and_counts_once_a_code_is_shown(person: Person, nobody: Client) -> None:
    begun = await person.change(ENROL, input={})
    uri = urlsplit(begun["otpauthUri"])
    before = await nobody.data(SIGN_IN, input={"email": person.email, "password": person.password})

    confirmed = await person.change(CONFIRM, input={"code": Authenticator(begun["secret"]).code()})
    after = await nobody.data(SIGN_IN, input={"email": person.email, "password": person.password})

    assert (uri.scheme, uri.netloc, parse_qs(uri.query)) == (
        "otpauth",
        "totp",
        {"secret": [begun["secret"]], "issuer": ["Coffer"]},
    )
    assert confirmed["factor"]["kind"] == "TOTP"
    assert len(set(confirmed["backupCodes"])) == 10
    assert before["signIn"]["challenge"] is None
    assert before["signIn"]["session"] is not None
    assert after["signIn"]["session"] is None
    assert after["signIn"]["viewer"] is None
    assert after["signIn"]["challenge"]["kinds"] == ["BACKUP_CODES", "TOTP"]
    assert after["signIn"]["challenge"]["passkeyOptions"] is None


async def test_a_wrong_code_confirms_nothing(person: Person, nobody: Client) -> None:
    app = Authenticator((await person.change(ENROL, input={}))["secret"])

    refused = await person.refused(CONFIRM, input={"code": app.wrong_code()})

    assert refused == [("INVALID", ["input", "code"])]
    assert (await person.data(FACTORS))["viewer"]["secondFactors"] == []


async def test_the_secret_is_nowhere_in_the_open(person: Person, world: World) -> None:
    begun = await person.change(ENROL, input={})

    secrets = "select secret from totp_secrets join factors on id = factor_id where user_id = $1"
    (row,) = await world.system.system_rows(secrets, await user_id(world, person))

    assert begun["secret"].encode() not in row["secret"]


async def test_a_code_opens_the_session(person: Person, nobody: Client) -> None:
    app, _ = await switch_on(person)
    challenge = await challenge_of(nobody, person)

    payload = await complete(nobody, challenge["token"], totpCode=app.code())

    assert payload["userErrors"] == DONE
    assert payload["viewer"]["user"]["id"] == person.user_id
    assert payload["session"]["accessToken"]


async def test_a_code_is_good_once(person: Person, nobody: Client) -> None:
    app, _ = await switch_on(person)
    first, second = await challenge_of(nobody, person), await challenge_of(nobody, person)
    await complete(nobody, first["token"], totpCode=app.code())

    again = await complete(nobody, second["token"], totpCode=app.same_code())

    assert again["userErrors"] == WRONG
    assert again["session"] is None


async def test_the_code_that_confirmed_the_app_signs_nobody_in(person: Person, nobody: Client) -> None:
    app, _ = await switch_on(person)
    challenge = await challenge_of(nobody, person)

    refused = await complete(nobody, challenge["token"], totpCode=app.same_code())

    assert refused["userErrors"] == WRONG


async def test_of_many_with_the_same_code_at_once_one_gets_in(person: Person, nobody: Client) -> None:
    app, _ = await switch_on(person)
    tokens = [(await challenge_of(nobody, person))["token"] for _ in range(4)]
    code = app.code()

    payloads = await all_at_once(nobody, [(token, {"totpCode": code}) for token in tokens])

    assert sum(payload["session"] is not None for payload in payloads) == 1


async def test_a_challenge_is_good_once(person: Person, nobody: Client) -> None:
    app, _ = await switch_on(person)
    challenge = await challenge_of(nobody, person)
    await complete(nobody, challenge["token"], totpCode=app.code())

    again = await complete(nobody, challenge["token"], totpCode=app.code())

    assert again["userErrors"] == [{"code": "INVALID", "path": ["input", "challengeToken"]}]


async def test_a_changed_password_ends_what_the_old_one_began(person: Person, nobody: Client) -> None:
    app, _ = await switch_on(person)
    challenge = await challenge_of(nobody, person)
    await person.change(CHANGE_PASSWORD, input={"password": "another long enough one"})

    refused = await complete(nobody, challenge["token"], totpCode=app.code())

    assert refused["userErrors"] == [{"code": "INVALID", "path": ["input", "challengeToken"]}]


async def test_a_challenge_that_is_made_up_is_refused(nobody: Client) -> None:
    refused = await complete(nobody, "cfx_made-up", totpCode="123456")

    assert refused["userErrors"] == [{"code": "INVALID", "path": ["input", "challengeToken"]}]


async def test_a_challenge_takes_the_codes_of_its_own_person(
    new_person: Callable[..., Awaitable[Person]], nobody: Client
) -> None:
    one, other = await new_person(), await new_person()
    app, codes = await switch_on(one)
    await switch_on(other)
    challenge = await challenge_of(nobody, other)

    by_code = await complete(nobody, challenge["token"], totpCode=app.code())
    by_backup_code = await complete(nobody, challenge["token"], backupCode=codes[0])

    assert (by_code["session"], by_backup_code["session"]) == (None, None)


async def test_exactly_one_thing_is_shown(person: Person, nobody: Client) -> None:
    app, codes = await switch_on(person)
    challenge = await challenge_of(nobody, person)

    nothing = await complete(nobody, challenge["token"])
    both = await complete(nobody, challenge["token"], totpCode=app.code(), backupCode=codes[0])

    assert nothing["userErrors"] == both["userErrors"] == [{"code": "INVALID", "path": ["input"]}]


async def test_a_backup_code_is_good_once_and_its_person_is_told(person: Person, nobody: Client, world: World) -> None:
    _, codes = await switch_on(person)
    first, second = await challenge_of(nobody, person), await challenge_of(nobody, person)

    done = await complete(nobody, first["token"], backupCode=codes[0].upper().replace("-", " "))
    again = await complete(nobody, second["token"], backupCode=codes[0])

    assert done["userErrors"] == DONE
    assert again["userErrors"] == [{"code": "INVALID", "path": ["input", "backupCode"]}]
    kept = {one["kind"]: one["codesLeft"] for one in (await person.data(FACTORS))["viewer"]["secondFactors"]}
    assert kept == {"TOTP": None, "BACKUP_CODES": 9}
    subjects = [subject for subject, _ in await mails_to(world, person.email)]
    assert "Coffer: a backup code was used to sign in" in subjects


async def test_of_many_with_the_same_backup_code_at_once_one_gets_in(person: Person, nobody: Client) -> None:
    _, codes = await switch_on(person)
    tokens = [(await challenge_of(nobody, person))["token"] for _ in range(4)]

    payloads = await all_at_once(nobody, [(token, {"backupCode": codes[0]}) for token in tokens])

    assert sum(payload["session"] is not None for payload in payloads) == 1
    kept = {one["kind"]: one["codesLeft"] for one in (await person.data(FACTORS))["viewer"]["secondFactors"]}
    assert kept["BACKUP_CODES"] == 9


async def test_new_backup_codes_end_the_old_ones(person: Person, nobody: Client) -> None:
    _, old = await switch_on(person)
    factors = (await person.data(FACTORS))["viewer"]["secondFactors"]
    (of_codes,) = [one["id"] for one in factors if one["kind"] == "BACKUP_CODES"]

    new = (await person.change(RENEW, input={"factorId": of_codes}))["backupCodes"]

    challenge = await challenge_of(nobody, person)
    assert (await complete(nobody, challenge["token"], backupCode=old[0]))["session"] is None
    assert (await complete(nobody, challenge["token"], backupCode=new[0]))["session"] is not None


async def test_switching_it_off_takes_the_backup_codes_along(person: Person, nobody: Client, world: World) -> None:
    await switch_on(person)
    factors = (await person.data(FACTORS))["viewer"]["secondFactors"]
    (of_app,) = [one["id"] for one in factors if one["kind"] == "TOTP"]

    await person.change(DISABLE, input={"factorId": of_app})

    assert (await person.data(FACTORS))["viewer"]["secondFactors"] == []
    signed_in = await nobody.data(SIGN_IN, input={"email": person.email, "password": person.password})
    assert signed_in["signIn"]["session"] is not None
    subjects = [subject for subject, _ in await mails_to(world, person.email)]
    assert "Coffer: a second factor was added" in subjects
    assert "Coffer: a second factor was removed" in subjects


async def test_changes_need_fresh_proof(person: Person, world: World) -> None:
    await switch_on(person)
    before = (await person.data(FACTORS))["viewer"]["secondFactors"]
    await prove_long_ago(world, person)

    refused = [
        await person.refused(ENROL, input={}),
        await person.refused(CONFIRM, input={"code": "123456"}),
        *[await person.refused(DISABLE, input={"factorId": one["id"]}) for one in before],
        *[await person.refused(RENEW, input={"factorId": one["id"]}) for one in before],
    ]

    assert refused == [[("PROOF_NEEDED", ["input"])]] * len(refused)
    assert (await person.data(FACTORS))["viewer"]["secondFactors"] == before


async def test_another_persons_factors_are_not_there(person: Person, stranger: Person) -> None:
    await switch_on(stranger)
    theirs = (await stranger.data(FACTORS))["viewer"]["secondFactors"]

    refused = [await person.refused(DISABLE, input={"factorId": one["id"]}) for one in theirs]
    renewed = [await person.refused(RENEW, input={"factorId": one["id"]}) for one in theirs]

    assert refused == renewed == [[("NOT_FOUND", ["input", "factorId"])]] * 2
    assert (await stranger.data(FACTORS))["viewer"]["secondFactors"] == theirs


async def test_proof_is_by_the_second_factor_where_there_is_one(person: Person, world: World) -> None:
    app, codes = await switch_on(person)
    await prove_long_ago(world, person)

    by_password = await person.refused(PROVE, input={"password": person.password})
    still = await person.refused(ENROL, input={})
    by_code = await person.change(PROVE, input={"totpCode": app.code()})
    by_backup_code = await person.change(PROVE, input={"backupCode": codes[3]})

    assert by_password == [("INVALID", ["input", "password"])]
    assert still == [("PROOF_NEEDED", ["input"])]
    assert by_code["provedUntil"]
    assert by_backup_code["provedUntil"]
    assert await person.refused(ENROL, input={}) == [("CONFLICT", ["input"])]


async def test_nobody_proves_with_two_things(person: Person) -> None:
    refused = await person.refused(PROVE, input={"password": person.password, "totpCode": "123456"})

    assert refused == [("INVALID", ["input"])]
