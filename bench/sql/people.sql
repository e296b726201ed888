-- :people and :transactions are replaced by whole numbers. The same numbers always give the same rows.
-- Households of one person each with five accounts kept by hand, categories and merchants of their own, and budgets.
-- The first household has four more members, for the fan-out.
select setseed(0.42);

-- Ids as the product makes them: UUIDv7 (RFC 9562), here of a moment and of words.
create function pg_temp.id(at timestamptz, words text) returns uuid language sql stable as $$
    select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(words), 1, 3)
        || '8' || substr(md5(words), 4, 15))::uuid
$$;

create temporary table person as
select n, timestamptz '2026-10-31 00:00Z' + n * interval '1 second' as at,
    pg_temp.id(timestamptz '2026-10-31 00:00Z' + n * interval '1 second', 'household ' || n) as household_id,
    pg_temp.id(timestamptz '2026-10-31 00:00Z' + n * interval '1 second', 'user ' || n) as user_id
from generate_series(1, :people) n;

insert into households (id, name, currency, timezone, created_at)
select household_id, 'User Number ' || n, 'USD', 'UTC', at from person;

insert into streams (stream_id, kind, head_seq, head_hash)
select household_id, 'HOUSEHOLD', 0, decode(repeat('00', 32), 'hex') from person;

create temporary table member as
select n, 1 as place, household_id, user_id, 'OWNER' as role, at from person
union all
select n, place, household_id, pg_temp.id(at, 'member ' || place), 'MEMBER', at
from person, generate_series(2, 5) place where n = 1;

insert into users (id, email, email_key, display_name, timezone, locale, created_at)
select user_id, format('user%s.%s@example.com', n, place), format('user%s.%s@example.com', n, place), 'User Number ' || n,
    'UTC', 'en', at
from member;

insert into household_members (household_id, user_id, role, joined_at)
select household_id, user_id, role, at from member;

-- Nobody has the refresh tokens: the benchmark signs access tokens for these sessions itself.
insert into sessions (id, user_id, household_id, family_hash, refresh_hash, created_at, refreshed_at, expires_at)
select pg_temp.id(at, 'session ' || place || '.' || n), user_id, household_id, sha256(('family ' || user_id)::bytea),
    sha256(('refresh ' || user_id)::bytea), at, at, timestamptz '2099-01-01 00:00Z'
from member;

create temporary table kept_account as
select n, a, household_id, pg_temp.id(at, 'account ' || a || '.' || n) as id, at from person, generate_series(1, 5) a;
create index on kept_account (n);

insert into accounts (household_id, id, name, type, currency, balance, balance_at, created_at)
select household_id, id, (array['Everyday Checking', 'Credit Card', 'Savings', 'Brokerage', 'Mortgage'])[a] || ' ' || n,
    (array['CHECKING', 'CREDIT_CARD', 'SAVINGS', 'INVESTMENT', 'LOAN'])[a], 'USD', 0, at, at
from kept_account;

create temporary table own_category as
select n, c, household_id, pg_temp.id(at, 'category ' || c || '.' || n) as id, at from person, generate_series(1, 5) c;
create index on own_category (n, c);

insert into categories (household_id, id, name, kind, parent_id, created_at)
select o.household_id, o.id, (array['Guitar', 'Garden', 'School trips', 'Allotment', 'Dog'])[o.c], 'EXPENSE', s.id, o.at
from own_category o
join system_categories s
    on s.code = (array['ENTERTAINMENT', 'HOME_IMPROVEMENT', 'TRAVEL', 'HOME_IMPROVEMENT', 'PERSONAL_CARE'])[o.c];

-- 120 merchants for each household, each of one category; the first ones are met most often. One of them pays wages.
create temporary table leaf as
select row_number() over (order by id) as number, id, count(*) over () as many
from system_categories where parent_id is not null and kind = 'EXPENSE';

create temporary table met_merchant as
select n, m, household_id, pg_temp.id(at, 'merchant ' || m || '.' || n) as id,
    case
        when m = 1 then (select id from system_categories where code = 'INCOME_SALARY')
        when m % 12 = 0 then (select o.id from own_category o where (o.n, o.c) = (person.n, 1 + m / 12 % 5))
        else (select id from leaf where number = 1 + (m * 7 + person.n) % leaf.many)
    end as category_id
from person, generate_series(1, 120) m;
create index on met_merchant (n);

insert into merchants (household_id, id, key, name)
select household_id, id, 'MERCHANT SONS ' || m, 'Merchant & Sons ' || m from met_merchant;

-- Two of them for what lies below a whole group of categories.
insert into budgets (household_id, id, category_id, period, limit_amount, currency, rollover, starts_on, created_at)
select household_id, pg_temp.id(at, 'budget ' || s.place || '.' || n), s.id, 'MONTHLY', 100 + 50 * s.place, 'USD',
    (array['NONE', 'SURPLUS', 'SURPLUS_AND_OVERSPEND'])[1 + s.place % 3], date '2026-01-01', at
from person,
    (select row_number() over (order by code) as place, id from system_categories where code in (
        'FOOD_AND_DRINK', 'TRAVEL', 'RENT_AND_UTILITIES_RENT', 'RENT_AND_UTILITIES_TELEPHONE', 'TRANSPORTATION_GAS',
        'ENTERTAINMENT_MUSIC_AND_AUDIO', 'MEDICAL_DENTAL_CARE', 'PERSONAL_CARE_HAIR_AND_BEAUTY', 'BANK_FEES_ATM_FEES',
        'GENERAL_MERCHANDISE_PET_SUPPLIES'
    )) s;

-- What a transaction needs of its household, by number; not in TOAST, where each row would look for it.
create temporary table chosen (
    n int primary key, household_id uuid, at timestamptz, accounts uuid[], merchants uuid[], categories uuid[]
);
alter table chosen
    alter column merchants set storage plain,
    alter column categories set storage plain;
insert into chosen
select n, person.household_id, at,
    (select array_agg(id order by a) from kept_account k where k.n = person.n),
    (select array_agg(id order by m) from met_merchant g where g.n = person.n),
    (select array_agg(category_id order by m) from met_merchant g where g.n = person.n)
from person;
analyze chosen;
