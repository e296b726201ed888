-- What crosses the bounds of a household, or is nobody's to write. They run as the owner and read the person and household that the session is bound to.

create function share_new_account() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    person uuid := nullif(current_setting('app.user_id', true), '')::uuid;
begin
    if person is not null then
        -- A bank's new account is withheld as the strictest of its others is.
        insert into account_shares (household_id, account_id, owner_user_id, bank_link_id, sharing)
        values (new.household_id, new.id, person, new.bank_link_id, coalesce((
            select sharing from account_shares
            where household_id = new.household_id and bank_link_id = new.bank_link_id and owner_user_id = person
            order by array_position(array['PRIVATE', 'BALANCE_ONLY', 'READ_ONLY', 'FULL'], sharing) limit 1
        ), 'FULL'))
        on conflict do nothing;
    end if;
    return null;
end $$;

create trigger accounts_are_somebodys after insert on accounts for each row execute function share_new_account();

create function forget_share() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    delete from account_shares
    where household_id = old.household_id and account_id = old.id and sharing = 'FULL';
    return null;
end $$;

create trigger accounts_go after delete on accounts for each row execute function forget_share();

create function end_sessions_of_member() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update sessions set ended_at = clock_timestamp()
    where household_id = old.household_id and user_id = old.user_id and ended_at is null;
    return null;
end $$;

create trigger members_go after delete on household_members for each row execute function end_sessions_of_member();

create function found_household(
    new_household uuid, founder uuid, household_name text, household_currency text, household_timezone text,
    founded_at timestamptz
) returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if founder is distinct from nullif(current_setting('app.user_id', true), '')::uuid then
        raise insufficient_privilege using message = 'households are founded by oneself';
    end if;
    insert into households (id, name, currency, timezone, created_at)
    values (new_household, household_name, household_currency, household_timezone, founded_at);
    insert into streams (stream_id, kind, head_seq, head_hash)
    values (new_household, 'HOUSEHOLD', 0, decode(repeat('00', 32), 'hex'));
    insert into household_members (household_id, user_id, role, joined_at)
    values (new_household, founder, 'OWNER', founded_at);
end $$;

create function accept_invitation(given_hash bytea, most_members int, accepted timestamptz) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    person uuid := nullif(current_setting('app.user_id', true), '')::uuid;
    home uuid := nullif(current_setting('app.household_id', true), '')::uuid;
    invited invitations;
begin
    -- One at a time, so that whoever counts the members counts all of them.
    perform from households where id = home for update;
    select * into invited from invitations where household_id = home and token_hash = given_hash for update;
    if invited.id is null or invited.accepted_at is not null or invited.withdrawn_at is not null
        or invited.expires_at <= accepted
        or not exists (
            select from household_members where household_id = home and user_id = invited.invited_by and role = 'OWNER'
        ) then
        return 'NONE';
    end if;
    if invited.email_key <> (select email_key from users where id = person) then
        return 'OTHER_ADDRESS';
    end if;
    if exists (select from household_members where household_id = home and user_id = person) then
        return 'MEMBER';
    end if;
    if (select count(*) from household_members where household_id = home) >= most_members then
        return 'FULL';
    end if;
    insert into household_members (household_id, user_id, role, joined_at) values (home, person, invited.role, accepted);
    update invitations set accepted_at = accepted, accepted_by = person where household_id = home and id = invited.id;
    return 'DONE';
end $$;

-- The columns of a table as they are copied to another household, parted by commas.
create function copied_columns(name text) returns text language sql stable set search_path = public, pg_temp as $$
    select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
    where attrelid = name::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attname <> 'household_id'
$$;

create function move_accounts(home uuid, target uuid, moved uuid[]) returns void
language plpgsql set search_path = public, pg_temp as $$
declare
    name text;
begin
    with recursive used as (
        select own_category_id as id from transactions
        where household_id = home and account_id = any (moved) and own_category_id is not null
        union
        select parent_id from categories join used using (id) where household_id = home and parent_id is not null
    )
    insert into categories (household_id, id, name, kind, parent_id, created_at)
    select target, c.id, c.name, c.kind, c.parent_id, c.created_at
    from categories c join used using (id) where c.household_id = home
    on conflict do nothing;
    insert into merchants (household_id, id, key, name)
    select target, m.id, m.key, m.name from merchants m
    where m.household_id = home and m.id in (
        select merchant_id from transactions where household_id = home and account_id = any (moved)
    )
    on conflict do nothing;
    insert into account_shares (household_id, account_id, owner_user_id, bank_link_id, sharing)
    select target, account_id, owner_user_id, bank_link_id, sharing from account_shares
    where household_id = home and account_id = any (moved)
    on conflict (household_id, account_id) do update set owner_user_id = excluded.owner_user_id, sharing = excluded.sharing;
    -- The seal of a number is good in one household only.
    execute format(
        'insert into accounts (household_id, %1$s) select $1, %2$s from accounts where household_id = $2 and id = any ($3)',
        copied_columns('accounts'),
        replace(replace(copied_columns('accounts'), 'number_hash', 'null'), 'bank_link_id', 'null')
    ) using target, home, moved;
    foreach name in array array['transactions', 'daily_balances', 'spending'] loop
        execute format(
            'insert into %1$I (household_id, %2$s) select $1, %3$s from %1$I as t where household_id = $2 and account_id = any ($3)',
            name, copied_columns(name), replace(copied_columns(name), 'merchant_id', '(
                select there.id from merchants here join merchants there on there.household_id = $1 and there.key = here.key
                where here.household_id = $2 and here.id = t.merchant_id
            )')
        ) using target, home, moved;
    end loop;
    delete from accounts where household_id = home and id = any (moved);
end $$;

create function move_bank_links(home uuid, target uuid, moved uuid[], links uuid[]) returns void
language plpgsql set search_path = public, pg_temp as $$
declare
    its_links bank_links[] := array(select l from bank_links l where household_id = home and id = any (links));
    its_syncs syncs[] := array(select s from syncs s where household_id = home and bank_link_id = any (links));
    one bank_links;
    sync syncs;
begin
    -- An item of a provider stands once in the table: first it goes, with its syncs, and then it comes.
    delete from bank_links where household_id = home and id = any (links);
    foreach one in array its_links loop
        one.household_id := target;
        -- A sync under way finds its lease gone, and changes nothing.
        one.lease := null;
        one.leased_until := null;
        insert into bank_links select one.*;
    end loop;
    foreach sync in array its_syncs loop
        sync.household_id := target;
        insert into syncs select sync.*;
    end loop;
    update accounts a set bank_link_id = s.bank_link_id from account_shares s
    where a.household_id = target and a.id = any (moved) and s.household_id = target and s.account_id = a.id
        and s.bank_link_id = any (links);
end $$;

create function part_from_household(
    person uuid, target uuid, is_new boolean, takes_accounts boolean, parted timestamptz
)
returns table (what text, id uuid, ids uuid[], balance numeric, currency text)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
    caller uuid := nullif(current_setting('app.user_id', true), '')::uuid;
    home uuid := nullif(current_setting('app.household_id', true), '')::uuid;
    links uuid[];
    moved uuid[];
    refuge uuid;
begin
    perform from households h where h.id = home for update;
    if caller <> person and not exists (
        select from household_members m where m.household_id = home and m.user_id = caller and m.role = 'OWNER'
    ) then
        raise insufficient_privilege using message = 'only owners remove others';
    end if;
    if not exists (select from household_members m where m.household_id = home and m.user_id = person) then
        return query select 'NOT_MEMBER', null::uuid, null::uuid[], null::numeric, null::text;
        return;
    end if;
    if not exists (select from household_members m where m.household_id = home and m.user_id <> person) then
        return query select 'LAST', null::uuid, null::uuid[], null::numeric, null::text;
        return;
    end if;
    if not exists (
        select from household_members m where m.household_id = home and m.user_id <> person and m.role = 'OWNER'
    ) then
        return query select 'NO_OWNER', null::uuid, null::uuid[], null::numeric, null::text;
        return;
    end if;
    links := array(select l.id from bank_links l where l.household_id = home and l.user_id = person order by l.id);
    -- Accounts before links, in the order in which a sync locks them.
    moved := array(
        select a.id from accounts a
        where a.household_id = home and (a.bank_link_id = any (links) or a.id in (
            select s.account_id from account_shares s where s.household_id = home and s.owner_user_id = person
        ))
        order by a.id for update
    );
    perform from bank_links l where l.household_id = home and l.id = any (links) order by l.id for update;
    if not takes_accounts and exists (
        select from account_shares s where s.household_id = home and s.account_id = any (moved) and s.sharing <> 'FULL'
    ) then
        return query select 'WITHHELD', null::uuid, null::uuid[], null::numeric, null::text;
        return;
    end if;
    if not is_new and (target = home or not exists (
        select from household_members m where m.household_id = target and m.user_id = person and m.role = 'OWNER'
    )) then
        return query select 'NOT_OWNER_THERE', null::uuid, null::uuid[], null::numeric, null::text;
        return;
    end if;
    takes_accounts := takes_accounts and cardinality(moved || links) > 0;
    select m.household_id into refuge from household_members m
    where m.user_id = person and m.household_id <> home and (m.household_id = target or not takes_accounts)
    order by m.household_id = target desc, m.joined_at limit 1;
    if refuge is null then
        insert into households (id, name, currency, timezone, created_at)
        select target, u.display_name, h.currency, h.timezone, parted from households h, users u
        where h.id = home and u.id = person;
        insert into streams (stream_id, kind, head_seq, head_hash)
        values (target, 'HOUSEHOLD', 0, decode(repeat('00', 32), 'hex'));
        insert into household_members (household_id, user_id, role, joined_at) values (target, person, 'OWNER', parted);
        refuge := target;
    end if;
    if takes_accounts then
        return query
            select 'ACCOUNT', a.id, array(
                select t.id from transactions t where t.household_id = home and t.account_id = a.id order by t.id
            ), a.balance, a.currency::text
            from accounts a where a.household_id = home and a.id = any (moved) order by a.id;
        perform move_accounts(home, target, moved);
        perform move_bank_links(home, target, moved, links);
        return query select 'LINK', l, null::uuid[], null::numeric, null::text from unnest(links) l;
    else
        return query
            update accounts a set closed_at = parted
            where a.household_id = home and a.bank_link_id = any (links) and a.closed_at is null
            returning 'CLOSED', a.id, null::uuid[], null::numeric, null::text;
        return query
            update syncs s set status = 'FAILED', finished_at = parted, problem = 'The link was ended.'
            where s.household_id = home and s.bank_link_id = any (links) and s.status = 'RUNNING'
            returning 'SYNC', s.id, array[s.bank_link_id], null::numeric, null::text;
        return query
            update bank_links l set status = 'UNLINKED', unlinked_at = parted, removal_due_at = parted, problem = null,
                cursor = null, failures = 0
            where l.household_id = home and l.id = any (links) and l.status <> 'UNLINKED'
            returning 'ENDED', l.id, null::uuid[], null::numeric, null::text;
        delete from account_shares s where s.household_id = home and s.account_id = any (moved);
    end if;
    update group_memberships g set household_id = refuge where g.household_id = home and g.user_id = person;
    delete from notifications n where n.household_id = home and n.user_id = person;
    delete from household_members m where m.household_id = home and m.user_id = person;
    return query select 'PARTED', refuge, null::uuid[], null::numeric, null::text;
end $$;

revoke all on function share_new_account(), forget_share(), end_sessions_of_member() from public;

revoke all on function found_household(uuid, uuid, text, text, text, timestamptz) from public;

revoke all on function accept_invitation(bytea, int, timestamptz) from public;

revoke all on function copied_columns(text) from public;

revoke all on function move_accounts(uuid, uuid, uuid[]) from public;

revoke all on function move_bank_links(uuid, uuid, uuid[], uuid[]) from public;

revoke all on function part_from_household(uuid, uuid, boolean, boolean, timestamptz) from public;

grant execute on function found_household(uuid, uuid, text, text, text, timestamptz) to coffer_app;

grant execute on function accept_invitation(bytea, int, timestamptz) to coffer_app;

grant execute on function part_from_household(uuid, uuid, boolean, boolean, timestamptz) to coffer_app;

-- Until now an account was nobody's: it goes to whoever linked its bank, else to the household's first owner.
insert into account_shares (household_id, account_id, owner_user_id, bank_link_id)
select a.household_id, a.id, coalesce(l.user_id, first.user_id), a.bank_link_id
from accounts a
left join bank_links l on l.household_id = a.household_id and l.id = a.bank_link_id
cross join lateral (
    select user_id from household_members m where m.household_id = a.household_id
    order by (role = 'OWNER') desc, joined_at, user_id limit 1
) first;
