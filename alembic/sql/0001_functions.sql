-- The only ways into a savings group. They run as the owner and read the person and household that the session is bound to.

create function found_savings_group(
    new_group uuid, new_member uuid, group_name text, group_target numeric, group_currency text,
    group_target_date date, code text, member_name text, founded_at timestamptz
) returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if current_setting('app.role', true) not in ('OWNER', 'MEMBER') then
        raise insufficient_privilege using message = 'this role founds no groups';
    end if;
    insert into savings_groups (group_id, name, target, currency, target_date, saved, invite_code, created_at)
    values (new_group, group_name, group_target, group_currency, group_target_date, 0, code, founded_at);
    insert into streams (stream_id, kind, head_seq, head_hash) values (new_group, 'GROUP', 0, decode(repeat('00', 32), 'hex'));
    insert into group_members (group_id, id, display_name, contributed, joined_at)
    values (new_group, new_member, member_name, 0, founded_at);
    insert into group_memberships (household_id, user_id, group_id, member_id)
    values (
        nullif(current_setting('app.household_id', true), '')::uuid,
        nullif(current_setting('app.user_id', true), '')::uuid, new_group, new_member
    );
    insert into group_people (group_id, member_id, user_id)
    values (new_group, new_member, nullif(current_setting('app.user_id', true), '')::uuid);
end $$;

create function join_savings_group(code text, new_member uuid, member_name text, joined timestamptz)
returns table (joined_group uuid, was_member boolean)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if current_setting('app.role', true) not in ('OWNER', 'MEMBER') then
        raise insufficient_privilege using message = 'this role joins no groups';
    end if;
    -- One at a time, so that whoever counts the members afterwards counts all of them.
    select group_id into joined_group from savings_groups where invite_code = code for no key update;
    if joined_group is null then
        return;
    end if;
    was_member := exists (
        select from group_memberships
        where group_id = joined_group and user_id = nullif(current_setting('app.user_id', true), '')::uuid
    );
    if not was_member then
        insert into group_members (group_id, id, display_name, contributed, joined_at)
        values (joined_group, new_member, member_name, 0, joined);
        insert into group_memberships (household_id, user_id, group_id, member_id)
        values (
            nullif(current_setting('app.household_id', true), '')::uuid,
            nullif(current_setting('app.user_id', true), '')::uuid, joined_group, new_member
        );
        insert into group_people (group_id, member_id, user_id)
        values (joined_group, new_member, nullif(current_setting('app.user_id', true), '')::uuid);
    end if;
    return next;
end $$;

revoke all on function found_savings_group(uuid, uuid, text, numeric, text, date, text, text, timestamptz) from public;

revoke all on function join_savings_group(text, uuid, text, timestamptz) from public;

grant execute on function found_savings_group(uuid, uuid, text, numeric, text, date, text, text, timestamptz) to coffer_app;

grant execute on function join_savings_group(text, uuid, text, timestamptz) to coffer_app;
