"""What else is in a document whose other part fails is shown the slow way: from the columns that were read."""

from tests.api.books import open_account
from tests.api.client import Person

BESIDE_A_FAILURE = """
{
  shown: viewer { accounts { balance { __typename } } }
  failed: viewer { changes(after: "no position") { nodes { id } } }
}
"""


async def test_a_nested_object_of_which_nothing_is_shown_is_there(person: Person) -> None:
    await open_account(person, balance="5")

    answer = await person.send(BESIDE_A_FAILURE)

    assert answer["data"] == {"shown": {"accounts": [{"balance": {"__typename": "Money"}}]}, "failed": None}
    assert [error["path"] for error in answer["errors"]] == [["failed", "changes"]]
