"""For each mutation an input that would be taken, and the values that no field of a kind may ever take."""

from collections.abc import Callable
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    build_schema,
    get_named_type,
    get_nullable_type,
)

from api import ids
from api.schema import schema as strawberry_schema
from runtime.ids import new_id
from tests.api.apps.tokens import token_input
from tests.hostile.scene import Scene

SCHEMA: GraphQLSchema = build_schema(str(strawberry_schema))
Input = dict[str, Any]

USD = {"amount": "10", "currency": "USD"}

BACK = "https://app.example.com/back"

BASES: dict[str, Callable[[Scene], Input]] = {
    "register": lambda s: {"email": f"{new_id()}@example.com", "password": "long enough 1", "displayName": "New"},
    "signIn": lambda s: {"email": s.person.email, "password": s.person.password},
    "refreshSession": lambda s: {"refreshToken": s.person.refresh_token},
    "signOut": lambda s: {"refreshToken": s.person.refresh_token},
    "switchHousehold": lambda s: {"householdId": s.person.household_id},
    "updateProfile": lambda s: {"displayName": "Another"},
    "requestEmailVerification": lambda s: {"email": s.person.email},
    "verifyEmail": lambda s: {"token": "cfm_none"},
    "requestPasswordReset": lambda s: {"email": s.person.email},
    "resetPassword": lambda s: {"token": "cfm_none", "password": "long enough 1"},
    "changePassword": lambda s: {"password": "long enough 1"},
    "changeEmail": lambda s: {"email": f"{new_id()}@example.com"},
    "endSession": lambda s: {"sessionId": ids.encode("ses", new_id())},
    "endOtherSessions": lambda s: {},
    "proveIdentity": lambda s: {},
    "dismissOnboardingStep": lambda s: {"step": "SET_GOAL"},
    "requestAccountDeletion": lambda s: {"email": s.person.email},
    "cancelAccountDeletion": lambda s: {"email": s.person.email},
    "createHousehold": lambda s: {"name": "New"},
    "updateHousehold": lambda s: {"name": "Another"},
    "inviteMember": lambda s: {"role": "MEMBER"},
    "withdrawInvitation": lambda s: {"invitationId": s.mine.ids["inv"]},
    "acceptInvitation": lambda s: {"token": s.theirs.invitation},
    "changeMemberRole": lambda s: {"userId": s.person.user_id, "role": "OWNER"},
    "transferOwnership": lambda s: {"userId": s.person.user_id},
    "removeMember": lambda s: {"userId": s.person.user_id},
    "leaveHousehold": lambda s: {"takeAccounts": True},
    "shareAccount": lambda s: {"accountId": s.mine.ids["acc"], "sharing": "FULL"},
    "enrolTotp": lambda s: {},
    "confirmTotp": lambda s: {"code": "000000"},
    "disableTotp": lambda s: {"factorId": ids.encode("fac", new_id())},
    "renewBackupCodes": lambda s: {"factorId": ids.encode("fac", new_id())},
    "completeSignIn": lambda s: {"challengeToken": "none", "totpCode": "000000"},
    "startPasskey": lambda s: {"purpose": "REGISTER"},
    "finishPasskeyRegistration": lambda s: {"credential": "{}", "name": "New"},
    "finishPasskeySignIn": lambda s: {"credential": "{}"},
    "renamePasskey": lambda s: {"factorId": ids.encode("fac", new_id()), "name": "Another"},
    "removePasskey": lambda s: {"factorId": ids.encode("fac", new_id())},
    "startOidcSignIn": lambda s: {"provider": "none", "redirectUri": BACK},
    "completeOidcSignIn": lambda s: {"state": "none", "binding": "none", "code": "none"},
    "startOidcLink": lambda s: {"provider": "none", "redirectUri": BACK},
    "linkOidc": lambda s: {"state": "none", "binding": "none", "code": "none"},
    "unlinkOidc": lambda s: {"linkedSignInId": ids.encode("lsi", new_id())},
    "registerApp": lambda s: {"name": "New", "redirectUris": [BACK]},
    "updateApp": lambda s: {"appId": s.mine.ids["app"], "name": "Another"},
    "rotateAppSecret": lambda s: {"appId": s.mine.ids["app"]},
    "deleteApp": lambda s: {"appId": s.mine.ids["app"]},
    "createPersonalToken": lambda s: token_input("accounts:read"),
    "revokePersonalToken": lambda s: {"tokenId": s.mine.ids["pat"]},
    "revokeGrant": lambda s: {"grantId": ids.encode("grt", new_id())},
    "createWebhookEndpoint": lambda s: {"url": BACK},
    "updateWebhookEndpoint": lambda s: {"endpointId": s.mine.ids["whe"], "description": "Another"},
    "deleteWebhookEndpoint": lambda s: {"endpointId": s.mine.ids["whe"]},
    "rotateWebhookSecret": lambda s: {"endpointId": s.mine.ids["whe"]},
    "sendTestWebhook": lambda s: {"endpointId": s.mine.ids["whe"]},
    "replayWebhooks": lambda s: {"endpointId": s.mine.ids["whe"], "after": s.mine.sequence},
    "createLinkToken": lambda s: {},
    "linkBank": lambda s: {"publicToken": "public-token"},
    "syncBankLink": lambda s: {"bankLinkId": s.mine.ids["bnk"]},
    "unlinkBank": lambda s: {"bankLinkId": s.mine.ids["bnk"]},
    "createAccount": lambda s: {"name": "New", "type": "CASH", "currency": "USD"},
    "updateAccount": lambda s: {"accountId": s.mine.ids["acc"], "name": "Another"},
    "closeAccount": lambda s: {"accountId": s.mine.ids["acc"]},
    "createTransaction": lambda s: {
        "accountId": s.mine.ids["acc"],
        "date": "2026-01-15",
        "amount": "-1",
        "description": "New",
    },
    "updateTransaction": lambda s: {"transactionId": s.mine.ids["txn"], "description": "Another"},
    "deleteTransaction": lambda s: {"transactionId": s.mine.ids["txn"]},
    "categorizeTransaction": lambda s: {
        "transactionId": s.mine.ids["txn"],
        "categoryId": s.mine.ids["cat"],
    },
    "deleteCategoryRule": lambda s: {"ruleId": s.mine.ids["rul"]},
    "createBudget": lambda s: {"categoryId": s.mine.ids["cat"], "limit": USD, "startsOn": "2026-01-01"},
    "updateBudget": lambda s: {"budgetId": s.mine.ids["bud"], "limit": USD},
    "deleteBudget": lambda s: {"budgetId": s.mine.ids["bud"]},
    "createGoal": lambda s: {"name": "New", "target": USD},
    "updateGoal": lambda s: {"goalId": s.mine.ids["goa"], "name": "Another"},
    "archiveGoal": lambda s: {"goalId": s.mine.ids["goa"]},
    "contributeToGoal": lambda s: {"goalId": s.mine.ids["goa"], "amount": USD},
    "createSavingsGroup": lambda s: {"name": "New", "target": USD},
    "joinSavingsGroup": lambda s: {"inviteCode": s.theirs.invite_code},
    "leaveSavingsGroup": lambda s: {"groupId": s.mine.ids["grp"]},
    "replaceInviteCode": lambda s: {"groupId": s.mine.ids["grp"]},
    "contributeToGroup": lambda s: {"groupId": s.mine.ids["grp"], "amount": USD},
    "startStatementImport": lambda s: {"fileName": "new.ofx"},
    "markNotificationsRead": lambda s: {"notificationIds": []},
}

DECIMALS: list[Any] = [
    *(1.5, 1, True, [], {}, "", " 1", "1 ", "+1", "--1", "1,5", "0x10", "1_000", "\uff11\uff12", "1.", ".5"),
    *("NaN", "Infinity", "-Infinity", "1e3", "1E400", "1e-400", "0.001", "1.23456", "0." + "1" * 100_000),
    *("1000000000000000", "-1000000000000000", "9" * 40, "9" * 500_000),
]
DATES: list[Any] = [
    *("", "now", "2026-1-5", "20260105", "2026-02-30", "2026-13-01", "0000-01-01", "0001-01-01", "9999-12-31"),
    *(
        "10000-01-01",
        "-2026-01-01",
        "2026-01-01T00:00:00Z",
        "\uff12\uff10\uff12\uff16-01-01",
        20260105,
        1.5,
        True,
        [],
        {},
    ),
]
CURRENCIES: list[Any] = ["", "usd", "US", "USDX", "XXX", "XAU", "ABC", "U\0D", "\uff35\uff33\uff24", 840, True, [], {}]
TEXTS: list[Any] = ["a\0b", "\0", "a\ud800b", "\udfff", "x" * 900_000, 5, 1.5, True, {}, ["a", "b"]]
INTEGERS: list[Any] = [1.5, "1", "", True, [], {}, 2**31, -(2**31) - 1, 10**400]
URLS: list[Any] = [
    *("", "x", "//x", "https://", "https:///x", "https://exa mple.com", "javascript:alert(1)", "file:///etc/passwd"),
    *("ftp://example.com", "https://u:p@example.com/", "https://example.com:99999/", "https://[::1", "https://a\0b"),
    *("https://example.com/" + "x" * 900_000, 5, 1.5, True, [], {}),
]
INSTANTS: list[Any] = [
    *("", "now", "2026-01-15", "2026-02-30T00:00:00Z", "2026-01-15T25:00:00Z", "2026-01-15T00:00:00"),
    *("10000-01-01T00:00:00Z", 1_700_000_000, 1.5, True, [], {}),
]
BOOLEANS: list[Any] = ["true", "", 1, 0, [], {}]
ENUM_VALUES: list[Any] = ["NO_SUCH_VALUE", "", "usd", 5, True, {}]

# The objects that a field's id names, by the field.
PREFIXES = {
    "householdId": "hsh",
    "sessionId": "ses",
    "bankLinkId": "bnk",
    "accountId": "acc",
    "transactionId": "txn",
    "categoryId": "cat",
    "ruleId": "rul",
    "budgetId": "bud",
    "goalId": "goa",
    "groupId": "grp",
    "notificationIds": "ntf",
    "invitationId": "inv",
    "userId": "usr",
    "toHouseholdId": "hsh",
    "factorId": "fac",
    "linkedSignInId": "lsi",
    "appId": "app",
    "tokenId": "pat",
    "grantId": "grt",
    "endpointId": "whe",
}


def foreign_ids(scene: Scene, prefix: str) -> list[Any]:
    """No ids, ids of other types, of objects that are not there, and of another household's."""
    others = [id for kind, id in scene.mine.ids.items() if kind not in (prefix, "linked", "category", "upload")]
    theirs = [scene.theirs.ids[prefix]] if prefix in scene.theirs.ids else []
    return [
        *("", "x", prefix, f"{prefix}_", f"{prefix}_{'z' * 26}", f"{prefix}_{'0' * 26}", f"{prefix}_{'é' * 26}"),
        *(f"{prefix}_\0", "x" * 900_000, "'; drop table accounts; --", "../../etc/passwd", 5, -1),
        *(ids.encode(prefix, new_id()), *others, *theirs),
    ]


def hostile_values(scene: Scene, field: str, kind: Any) -> list[Any]:
    """What a field of this kind may never take, whatever mutation it is of."""
    nullable = get_nullable_type(kind)
    named = get_named_type(kind)
    if isinstance(named, GraphQLInputObjectType):
        fields = named.fields
        return [
            *("", 5, [], "10"),
            *(
                {**USD, inner: value}
                for inner, one in fields.items()
                for value in hostile_values(scene, inner, one.type)
            ),
            {**USD, "more": "1"},
            {"amount": "10"},
        ]
    if isinstance(named, GraphQLEnumType):
        values = ENUM_VALUES
    else:
        values = {
            "ID": foreign_ids(scene, PREFIXES.get(field, "acc")),
            "String": TEXTS,
            "Decimal": DECIMALS,
            "Date": DATES,
            "DateTime": INSTANTS,
            "URL": URLS,
            "CurrencyCode": CURRENCIES,
            "Boolean": BOOLEANS,
            "Int": INTEGERS,
        }[named.name]
    if isinstance(nullable, GraphQLList):
        single = [[value] for value in values if not isinstance(value, list | dict)]
        return [*single, [None], values[-1:] * 10_000]
    return [*values, None] if isinstance(kind, GraphQLNonNull) else values


def fields_of(mutation: str) -> dict[str, Any]:
    """The fields of a mutation's input with their types."""
    assert SCHEMA.mutation_type is not None
    named = get_named_type(SCHEMA.mutation_type.fields[mutation].args["input"].type)
    assert isinstance(named, GraphQLInputObjectType)
    return {name: one.type for name, one in named.fields.items()}


def document_of(mutation: str) -> str:
    assert SCHEMA.mutation_type is not None
    kind = get_named_type(SCHEMA.mutation_type.fields[mutation].args["input"].type)
    return f"mutation ($input: {kind}!) {{ {mutation}(input: $input) {{ userErrors {{ code message path }} }} }}"
