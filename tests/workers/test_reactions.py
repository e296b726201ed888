"""What follows from what happened."""

from domain.events import TransactionsAdded
from runtime.ids import new_id
from runtime.outbox import Untold
from workers.jobs import JOBS, collect
from workers.reactions import REACTIONS, Reaction, reactions_to


def test_every_reaction_is_a_job() -> None:
    collect()

    assert {name for names in REACTIONS.values() for name in names} <= JOBS.keys()


def test_a_household_s_lines_are_one_reaction() -> None:
    first, second = new_id(), new_id()
    lines = [
        Untold(stream, seq, kind)
        for stream in (first, second)
        for seq, kind in enumerate((TransactionsAdded.__name__, "TransactionCategorized", "AccountUpdated"), 1)
    ]

    assert reactions_to(lines) == [Reaction("check_budgets", first), Reaction("check_budgets", second)]
