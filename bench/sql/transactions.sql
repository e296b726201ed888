-- The transactions number $1 to $2 of every household: newest and oldest lie anywhere in the table, as in the peers'.
insert into transactions (household_id, id, account_id, source_id, date, amount, currency, status, description,
    original_description, merchant_id, category_id, categorized_by, confidence, notes, tags, is_excluded, created_at)
select household_id, pg_temp.id(at + made.number * interval '1 ms', words || ' ' || n), accounts[account],
    'plaid:' || md5(n || '-' || made.number), date '2023-01-01' + day,
    round((case when merchant = 1 then 800 + 400 * size else -400 * size * size - 0.01 end)::numeric, 2), 'USD',
    case when luck < 0.03 then 'PENDING' else 'POSTED' end,
    'POS PURCHASE ' || words || ' "NYC"', 'POS PURCHASE ' || words || ' "NYC"', merchants[merchant],
    case when merchant is null then uncategorised.id else categories[merchant] end,
    case when merchant is null then 'NONE' when merchant % 12 = 0 then 'PERSON' else 'MERCHANT' end,
    case when merchant is null or merchant % 12 = 0 then null else 0.9 end,
    case when noted < 0.2 then 'note – café ' || made.number end,
    case when noted > 0.9 then array['holiday', 'shared'] else '{}' end, luck > 0.99, at
from generate_series($1::int, $2::int) as made (number)
cross join lateral (
    select chosen.*, upper(substr(md5(made.number || '.' || n), 1, 12)) as words, 1 + floor(5 * random() ^ 2)::int as account,
        floor(random() * 1400)::int as day, random() as size, random() as luck, random() as noted,
        case when random() < 0.9 then 1 + floor(120 * random() ^ 2)::int end as merchant
    from chosen
) as drawn
cross join (select id from system_categories where code = 'UNCATEGORISED_OUT') as uncategorised
