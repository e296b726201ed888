"""The sums that are kept beside what they sum, and how each is counted again. $1 is a household's id, or null for all.

Each check shows what is wrong in one snapshot. A repair first takes the table's lock: then every unit that has moved
its sum has committed, and no other can move one before the repair has.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """`differences` gives rows of (place, kept, counted), as text; `repairs` make them equal."""

    name: str
    table: str
    differences: str
    repairs: tuple[str, ...]


_COUNTED_SPENDING = """
with counted as (
    select household_id, account_id, category_id, currency, date_trunc('month', date)::date as month,
        sum(amount) as amount, count(*)::int as count
    from transactions where counts and ($1::uuid is null or household_id = $1)
    group by 1, 2, 3, 4, 5
), kept as (
    select * from spending where $1::uuid is null or household_id = $1
)
"""
_SPENDING_KEY = "household_id, account_id, category_id, currency, month"

SPENDING = Check(
    name="spending",
    table="spending",
    differences=f"""{_COUNTED_SPENDING}
        select concat_ws(' ', 'household', {_SPENDING_KEY}) as place,
            format('%s of %s', coalesce(k.amount, 0), coalesce(k.count, 0)) as kept,
            format('%s of %s', coalesce(c.amount, 0), coalesce(c.count, 0)) as counted
        from kept k full join counted c using ({_SPENDING_KEY})
        where coalesce(k.amount, 0) <> coalesce(c.amount, 0) or coalesce(k.count, 0) <> coalesce(c.count, 0)
        order by 1""",
    repairs=(
        f"""{_COUNTED_SPENDING}
        insert into spending ({_SPENDING_KEY}, amount, count)
        select {_SPENDING_KEY}, amount, count from counted order by {_SPENDING_KEY}
        on conflict ({_SPENDING_KEY}) do update set amount = excluded.amount, count = excluded.count
        where (spending.amount, spending.count) is distinct from (excluded.amount, excluded.count)""",
        f"""{_COUNTED_SPENDING}
        delete from spending s using kept k left join counted c using ({_SPENDING_KEY})
        where c.month is null and (s.household_id, s.account_id, s.category_id, s.currency, s.month)
            = (k.household_id, k.account_id, k.category_id, k.currency, k.month)""",
    ),
)

_MY_GROUPS = "($1::uuid is null or {} in (select group_id from group_memberships where household_id = $1))"


def _total(name: str, table: str, column: str, key: tuple[str, str], of: str, of_key: str, mine: str) -> Check:
    """A column that is the sum of another table's amounts; `key` and `of_key` are the two columns that join them."""
    join = f"c.{key[0]} = t.{key[0]} and c.{of_key} = t.{key[1]}"
    counted = f"coalesce((select sum(c.amount) from {of} c where {join}), 0)"
    wrong = f"t.{column} <> {counted} and {mine.format('t.' + key[0])}"
    return Check(
        name=name,
        table=table,
        differences=f"""select concat_ws(' ', t.{key[0]}, t.{key[1]}) as place, t.{column}::text as kept,
            {counted}::text as counted from {table} t where {wrong} order by 1""",
        repairs=(f"update {table} t set {column} = {counted} where {wrong}",),
    )


CHECKS: tuple[Check, ...] = (
    SPENDING,
    _total(
        "goals' savings",
        "goals",
        "saved",
        ("household_id", "id"),
        "goal_contributions",
        "goal_id",
        "($1::uuid is null or {} = $1)",
    ),
    _total(
        "members' contributions",
        "group_members",
        "contributed",
        ("group_id", "id"),
        "group_contributions",
        "member_id",
        _MY_GROUPS,
    ),
    _total(
        "groups' savings",
        "savings_groups",
        "saved",
        ("group_id", "group_id"),
        "group_contributions",
        "group_id",
        _MY_GROUPS,
    ),
)
