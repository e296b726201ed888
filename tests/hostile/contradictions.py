"""Inputs that are right by themselves and contradict what is there, or make no sense here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.hostile.scene import Scene

Input = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A mutation, its input, and the documented refusal: a code and its place."""

    name: str
    mutation: str
    input: Callable[[Scene], Input]
    code: str
    place: tuple[str, ...]


def money(amount: str, currency: str = "USD") -> Input:
    return {"amount": amount, "currency": currency}


def budget(scene: Scene, **given: Any) -> Input:
    return {"categoryId": scene.mine.ids["cat"], "limit": money("100"), "startsOn": "2026-01-01", **given}


def booking(scene: Scene, **given: Any) -> Input:
    values = {"accountId": scene.mine.ids["acc"], "date": "2026-01-15", "amount": "-1", "description": "New"}
    return {**values, **given}


MOST = "999999999999999.99"
CASES = [
    Case(
        "a budget that ends before it starts",
        "createBudget",
        lambda s: budget(s, endsOn="2025-12-31"),
        "INVALID",
        ("input", "endsOn"),
    ),
    Case(
        "a second budget on overlapping days",
        "createBudget",
        lambda s: budget(s, categoryId=s.mine.ids["category"], startsOn="2026-06-01"),
        "CONFLICT",
        ("input",),
    ),
    Case(
        "a budget once without an end",
        "createBudget",
        lambda s: budget(s, period="ONCE"),
        "INVALID",
        ("input", "endsOn"),
    ),
    Case("a budget of nothing", "createBudget", lambda s: budget(s, limit=money("-1")), "INVALID", ("input", "limit")),
    Case(
        "a budget in another currency",
        "createBudget",
        lambda s: budget(s, limit=money("1", "EUR")),
        "INVALID",
        ("input", "limit"),
    ),
    Case(
        "a budget for somebody else's category",
        "createBudget",
        lambda s: budget(s, categoryId=s.theirs.ids["cat"]),
        "NOT_FOUND",
        ("input", "categoryId"),
    ),
    Case(
        "joining twice",
        "joinSavingsGroup",
        lambda s: {"inviteCode": s.mine.invite_code},
        "CONFLICT",
        ("input", "inviteCode"),
    ),
    Case(
        "joining with a code that is none",
        "joinSavingsGroup",
        lambda s: {"inviteCode": "0000000000000000"},
        "NOT_FOUND",
        ("input", "inviteCode"),
    ),
    Case(
        "giving to somebody else's group",
        "contributeToGroup",
        lambda s: {"groupId": s.theirs.ids["grp"], "amount": money("1")},
        "NOT_FOUND",
        ("input", "groupId"),
    ),
    Case(
        "giving in another currency",
        "contributeToGroup",
        lambda s: {"groupId": s.mine.ids["grp"], "amount": money("1", "EUR")},
        "INVALID",
        ("input", "amount"),
    ),
    Case(
        "giving nothing",
        "contributeToGroup",
        lambda s: {"groupId": s.mine.ids["grp"], "amount": money("0")},
        "INVALID",
        ("input", "amount"),
    ),
    Case(
        "taking back more than was given",
        "contributeToGroup",
        lambda s: {"groupId": s.mine.ids["grp"], "amount": money("-25.01")},
        "INVALID",
        ("input", "amount"),
    ),
    Case(
        "saving nothing",
        "contributeToGoal",
        lambda s: {"goalId": s.mine.ids["goa"], "amount": money("0")},
        "INVALID",
        ("input", "amount"),
    ),
    Case(
        "saving in another currency",
        "contributeToGoal",
        lambda s: {"goalId": s.mine.ids["goa"], "amount": money("1", "EUR")},
        "INVALID",
        ("input", "amount"),
    ),
    Case(
        "taking back what was never saved",
        "contributeToGoal",
        lambda s: {"goalId": s.mine.ids["goa"], "amount": money("-0.01")},
        "INVALID",
        ("input", "amount"),
    ),
    Case(
        "saving somebody else's transaction",
        "contributeToGoal",
        lambda s: {
            "goalId": s.mine.ids["goa"],
            "amount": money("1"),
            "transactionId": s.theirs.ids["txn"],
        },
        "NOT_FOUND",
        ("input", "transactionId"),
    ),
    Case(
        "a goal of nothing",
        "createGoal",
        lambda s: {"name": "New", "target": money("0")},
        "INVALID",
        ("input", "target"),
    ),
    Case(
        "a group that saves nothing",
        "createSavingsGroup",
        lambda s: {"name": "New", "target": money("0")},
        "INVALID",
        ("input", "target"),
    ),
    Case(
        "closing a linked account",
        "closeAccount",
        lambda s: {"accountId": s.mine.ids["linked"]},
        "NOT_ALLOWED",
        ("input", "accountId"),
    ),
    Case(
        "the balance of a linked account",
        "updateAccount",
        lambda s: {"accountId": s.mine.ids["linked"], "balance": "1"},
        "NOT_ALLOWED",
        ("input",),
    ),
    Case(
        "a file for a linked account",
        "startStatementImport",
        lambda s: {"fileName": "a.ofx", "accountId": s.mine.ids["linked"]},
        "NOT_ALLOWED",
        ("input", "accountId"),
    ),
    Case(
        "somebody else's category",
        "categorizeTransaction",
        lambda s: {"transactionId": s.mine.ids["txn"], "categoryId": s.theirs.ids["cat"]},
        "NOT_FOUND",
        ("input", "categoryId"),
    ),
    Case(
        "somebody else's category from the start",
        "createTransaction",
        lambda s: booking(s, categoryId=s.theirs.ids["cat"]),
        "NOT_FOUND",
        ("input", "categoryId"),
    ),
    Case("an amount of zero", "createTransaction", lambda s: booking(s, amount="0"), "INVALID", ("input", "amount")),
    Case(
        "an amount that the balance cannot take",
        "createTransaction",
        lambda s: booking(s, amount=MOST),
        "INVALID",
        ("input", "amount"),
    ),
    Case(
        "more digits than the currency has",
        "createTransaction",
        lambda s: booking(s, amount="1.001"),
        "INVALID",
        ("input", "amount"),
    ),
    Case(
        "an empty description",
        "createTransaction",
        lambda s: booking(s, description="  "),
        "INVALID",
        ("input", "description"),
    ),
    Case(
        "nine thousand tags",
        "createTransaction",
        lambda s: booking(s, tags=[f"tag {n}" for n in range(9_000)]),
        "INVALID",
        ("input", "tags"),
    ),
    Case(
        "an address in other case",
        "register",
        lambda s: {
            "email": s.person.email.upper(),
            "password": "long enough 1",
            "displayName": "New",
        },
        "CONFLICT",
        ("input", "email"),
    ),
    Case(
        "a short password",
        "register",
        lambda s: {"email": "new@example.com", "password": "short", "displayName": "New"},
        "INVALID",
        ("input", "password"),
    ),
    Case(
        "a password of nearly a mebibyte",
        "register",
        lambda s: {"email": "new@example.com", "password": "x" * 1_000_000, "displayName": "New"},
        "INVALID",
        ("input", "password"),
    ),
    Case(
        "a zone that is none",
        "register",
        lambda s: {
            "email": "new@example.com",
            "password": "long enough 1",
            "displayName": "New",
            "timezone": "Europe/Nowhere",
        },
        "INVALID",
        ("input", "timezone"),
    ),
    Case(
        "a zone in a file's name",
        "updateProfile",
        lambda s: {"timezone": "../../etc/passwd"},
        "INVALID",
        ("input", "timezone"),
    ),
    Case(
        "a wrong password",
        "signIn",
        lambda s: {"email": s.person.email, "password": "wrong password"},
        "INVALID",
        ("input",),
    ),
    Case(
        "an address that nobody has",
        "signIn",
        lambda s: {"email": "nobody@example.com", "password": "wrong password"},
        "INVALID",
        ("input",),
    ),
    Case(
        "a household of somebody else",
        "switchHousehold",
        lambda s: {"householdId": s.theirs.person.household_id},
        "NOT_FOUND",
        ("input", "householdId"),
    ),
    Case(
        "a review of rows",
        "startStatementImport",
        lambda s: {"fileName": "a.ofx", "review": True},
        "NOT_ALLOWED",
        ("input", "review"),
    ),
    Case(
        "nine thousand notifications",
        "markNotificationsRead",
        lambda s: {"notificationIds": ["ntf_01h455vb4pex5vsknk084sn02q"] * 9_000},
        "",
        ("input", "notificationIds"),
    ),
]
