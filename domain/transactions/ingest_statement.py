"""The one statement that applies staged rows: it locks, changes and reports, and what it reports is what it did.

Why not simpler: an upsert with the old values read beside it sees an older snapshot and corrupts the sums as soon as a
person edits meanwhile; and it locks and logs every row that did not change. Parameters: $1 the household, $2 and $3 the
removed rows' accounts (null where unknown) and source ids, $4 the instant, then the stage's.
"""

from dataclasses import dataclass

FIRST_STAGE_PARAMETER = 5

LOCK_ACCOUNTS = """
select id from accounts where household_id = $1 and id = any ($2::uuid[]) order by id for no key update
"""

ACCOUNTS_OF_REMOVED = """
select distinct t.account_id from unnest($2::text[]) as r (source_id), accounts a, transactions t
where a.household_id = $1 and t.household_id = $1 and t.account_id = a.id and t.source_id = r.source_id
"""

# A name that another unit is about to commit is waited for: in key order, so that nobody waits crosswise. Names are
# grouped, not sorted: most rows have one that is there already.
ADD_MERCHANTS = """
with stage as not materialized (
    select * from {source}
), named as (
    select merchant_key as key, min(position) as position from stage where merchant_key is not null group by 1
), unknown as (
    select position from named n
    where not exists (select from merchants m where m.household_id = $1 and m.key = n.key)
)
insert into merchants (household_id, id, key, name)
select $1, s.merchant_id, s.merchant_key, s.merchant_name from unknown join stage s using (position)
order by s.merchant_key
on conflict (household_id, key) do nothing
"""

# What a row becomes: the same for one that is found again and for a pending one that a posted one takes over.
_BEFORE_AND_AFTER = """
    select t.id, t.account_id, t.counts,
        s.source_id, coalesce(s.pending_source_id, t.pending_source_id) as pending_source_id,
        s.date, s.amount, s.currency, s.status, n.description, s.original_description, s.merchant_id,
        case when n.decide then s.category_id else t.category_id end as category_id,
        case when n.decide then s.categorized_by else t.categorized_by end as categorized_by,
        case when n.decide then s.confidence else t.confidence end as confidence,
        t.date as old_date, t.amount as old_amount, t.currency as old_currency, t.status as old_status,
        t.description as old_description, t.original_description as old_original_description,
        t.merchant_id as old_merchant_id, t.category_id as old_category_id,
        t.categorized_by as old_categorized_by
"""

# A person's words and choice stay. Else a category is decided anew where there is reason to: other words, another
# merchant, a provider that has made up its mind; not because our own dictionary or a rule has changed since.
_NEW_VALUES = """
    cross join lateral (select
        case when t.described_by_person then t.description else s.description end as description,
        t.categorized_by <> 'PERSON' and (
            t.categorized_by = 'NONE'
            or t.original_description <> s.original_description
            or (not t.described_by_person and t.description <> s.description)
            or t.merchant_id is distinct from s.merchant_id
            or (s.categorized_by = 'PROVIDER' and t.categorized_by in ('PROVIDER', 'MERCHANT'))
        ) as decide
    ) n
"""

_DIFFERS = """
    (t.date, t.amount, t.currency::text, t.status, t.description, t.original_description, t.merchant_id)
        is distinct from (s.date, s.amount, s.currency, s.status, n.description, s.original_description, s.merchant_id)
    or (n.decide and (t.category_id, t.categorized_by, t.confidence)
        is distinct from (s.category_id, s.categorized_by, s.confidence))
    or (s.pending_source_id is not null and t.pending_source_id is distinct from s.pending_source_id)
"""

_APPLY = """
with stage as not materialized (
    select * from {source}
), removed as (
    select distinct * from unnest($2::uuid[], $3::text[]) as r (account_id, source_id)
), incoming as (                       -- the last of each
    select distinct on (s.account_id, s.source_id) s.position, s.account_id, s.source_id, s.pending_source_id, s.id,
        s.date, s.amount, s.currency, s.status, s.description, s.original_description,
        s.category_id, s.categorized_by, s.confidence, coalesce(m.id, s.merchant_id) as merchant_id
    from stage s left join merchants m on m.household_id = $1 and m.key = s.merchant_key
    {only_wanted}
    order by s.account_id, s.source_id, s.position desc
), matched as materialized (           -- beside what is there, read once; what says nothing new is left out
    select s.*, t.id as there_id, t.id is null as is_new
    from incoming s
    left join transactions t on t.household_id = $1 and t.account_id = s.account_id and t.source_id = s.source_id
    {new_values}
    where t.id is null or {update_existing} and ({differs}){or_has_pending}
), found_again as materialized (       -- there, and different, also once nobody else changes it any more
    {before_and_after}
    from matched s join transactions t on t.household_id = $1 and t.id = s.there_id
    {new_values}
    where {update_existing} and ({differs})
    for no key update of t
), taken_over as materialized (        -- pending, and posted now
    {before_and_after}
    from matched s
    join transactions t on t.household_id = $1 and t.account_id = s.account_id and t.source_id = s.pending_source_id
    {new_values}
    where {update_existing} and {has_pending} and s.pending_source_id is not null and s.there_id is null
        and not exists (
            select from matched o
            where o.account_id = s.account_id and o.pending_source_id = s.pending_source_id and o.position > s.position
        )
    for no key update of t
), changed as (
    select * from found_again union all select * from taken_over
), added as not materialized (
    select s.* from matched s where s.is_new{not_taken_over}
), updating as (
    update transactions t set source_id = c.source_id, pending_source_id = c.pending_source_id, date = c.date,
        amount = c.amount, currency = c.currency, status = c.status, description = c.description,
        original_description = c.original_description, merchant_id = c.merchant_id, category_id = c.category_id,
        categorized_by = c.categorized_by, confidence = c.confidence
    from changed c where t.household_id = $1 and t.id = c.id
), inserting as (
    insert into transactions (household_id, id, account_id, source_id, pending_source_id, date, amount, currency,
        status, description, original_description, merchant_id, category_id, categorized_by, confidence, created_at)
    select $1, id, account_id, source_id, pending_source_id, date, amount, currency,
        status, description, original_description, merchant_id, category_id, categorized_by, confidence, $4
    from added
), deleted as (
    delete from transactions t using removed r, accounts a
    where {has_removed} and a.household_id = $1 and (r.account_id is null or a.id = r.account_id)
        and t.household_id = $1 and t.account_id = a.id and t.source_id = r.source_id
        and not exists (select from taken_over o where o.id = t.id)
    returning t.id, t.account_id, t.category_id, t.currency, t.date, t.amount, t.counts
), moved as (
    select account_id, category_id, currency, date, amount, 1 as count, true as counts from added
    union all select account_id, category_id, currency, date, amount, 1, counts from changed
    union all select account_id, old_category_id, old_currency, old_date, -old_amount, -1, counts from changed
    union all select account_id, category_id, currency, date, -amount, -1, counts from deleted
)
select 'added' as what, account_id, string_agg(uuid_send(id), ''::bytea) as ids, null as changes,
    null::uuid as category_id, null as currency, null::date as month, null::numeric as amount, count(*)::int as count
from added group by account_id
union all
select 'deleted', account_id, string_agg(uuid_send(id), ''::bytea order by id), null, null, null, null, null, count(*)
from deleted group by account_id
union all
select 'spending', account_id, null, null, category_id, currency, date_trunc('month', date::timestamp)::date as month,
    sum(amount), sum(count)
from moved where counts group by account_id, category_id, currency, month
union all
select 'changed', account_id, uuid_send(id), (
        select jsonb_object_agg(f.name, jsonb_build_object('before', f.before, 'after', f.after))::text
        from (values
            ('date', to_jsonb(old_date), to_jsonb(date)),
            ('amount', to_jsonb(trim_scale(old_amount)::text), to_jsonb(trim_scale(amount)::text)),
            ('currency', to_jsonb(old_currency::text), to_jsonb(currency)),
            ('status', to_jsonb(old_status), to_jsonb(status)),
            ('description', to_jsonb(old_description), to_jsonb(description)),
            ('original_description', to_jsonb(old_original_description), to_jsonb(original_description)),
            ('merchant_id', to_jsonb(old_merchant_id), to_jsonb(merchant_id)),
            ('category_id', to_jsonb(old_category_id), to_jsonb(category_id)),
            ('categorized_by', to_jsonb(old_categorized_by), to_jsonb(categorized_by))
        ) as f (name, before, after)
        where f.before is distinct from f.after
    ), null, null, null, null, 1
from changed
"""

_NOT_REMOVED = """not exists (
        select from removed r where r.source_id = s.source_id and (r.account_id is null or r.account_id = s.account_id)
    )"""

# The posted row of the same batch stands for both.
_NOT_SUPERSEDED = """not exists (
        select from stage p where p.account_id = s.account_id and p.pending_source_id = s.source_id
    )"""

_NOT_TAKEN_OVER = """
    and not exists (select from taken_over o where o.account_id = s.account_id and o.source_id = s.source_id)"""


@dataclass(frozen=True, slots=True)
class Shape:
    """Which branches a batch needs: the others are left out of its statement."""

    source: str
    update_existing: bool
    has_pending: bool
    has_removed: bool


def apply_statement(shape: Shape) -> str:
    """The text for such a batch. It gives rows of `what`: added, deleted (ids by account, 16 bytes each), changed (one
    id, with its fields before and after) and spending (by how much a sum moves)."""
    wanted = [
        condition
        for condition, needed in ((_NOT_REMOVED, shape.has_removed), (_NOT_SUPERSEDED, shape.has_pending))
        if needed
    ]
    return _APPLY.format(
        source=shape.source,
        only_wanted=f"where {' and '.join(wanted)}" if wanted else "",
        before_and_after=_BEFORE_AND_AFTER,
        new_values=_NEW_VALUES,
        differs=_DIFFERS,
        update_existing=str(shape.update_existing).lower(),
        has_pending=str(shape.has_pending).lower(),
        has_removed=str(shape.has_removed).lower(),
        or_has_pending=" or s.pending_source_id is not null" if shape.has_pending else "",
        not_taken_over=_NOT_TAKEN_OVER if shape.has_pending else "",
    )
