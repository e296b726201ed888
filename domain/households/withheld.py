"""What the other members of a household keep from a person: found as `system`, and bound with the viewer.

An account that is somebody else's is private, or open with its balance only, or to look at. A bank link is withheld
with its accounts: private where all of them are, locked where one of them is withheld at all.
"""

from typing import Any

from runtime.viewer import Withheld

WITHHELD = """
select array_agg(id order by id) filter (where level = 3) as private_ids,
    array_agg(id order by id) filter (where level >= 2) as closed_ids, array_agg(id order by id) as locked_ids
from (
    select account_id as id, case sharing when 'PRIVATE' then 3 when 'BALANCE_ONLY' then 2 else 1 end as level
    from account_shares
    where household_id = {household_id} and sharing <> 'FULL' and owner_user_id <> {user_id}
    union all
    select bank_link_id, case when bool_and(sharing = 'PRIVATE') then 3 else 1 end
    from account_shares
    where household_id = {household_id} and bank_link_id in (
        select bank_link_id from account_shares
        where household_id = {household_id} and sharing <> 'FULL' and owner_user_id <> {user_id}
    )
    group by bank_link_id
) as withheld
"""
"""One row, of nulls where nothing is withheld. The names are those of columns of the query around it."""

LINKS_OF_ACCOUNTS = """
select array_agg(distinct bank_link_id) as link_ids from account_shares
where household_id = {household_id} and bank_link_id is not null and account_id = any ({account_ids})
"""


def withheld_in(row: Any) -> Withheld | None:
    """Of a row with the columns of `WITHHELD`."""
    if row["locked_ids"] is None:
        return None
    return Withheld(tuple(row["private_ids"] or ()), tuple(row["closed_ids"] or ()), tuple(row["locked_ids"]))
