alter table categories enable row level security;

alter table categories force row level security;

create policy categories_owner on categories to coffer_owner using (true) with check (true);

grant select, insert, update, delete on categories to coffer_app;

create policy categories_select on categories for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid);

create policy categories_insert on categories for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy categories_update on categories for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER')) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy categories_delete on categories for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

alter table goals enable row level security;

alter table goals force row level security;

create policy goals_owner on goals to coffer_owner using (true) with check (true);

grant select, insert, update, delete on goals to coffer_app;

create policy goals_select on goals for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid);

create policy goals_insert on goals for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy goals_update on goals for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER')) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy goals_delete on goals for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

alter table households enable row level security;

alter table households force row level security;

create policy households_owner on households to coffer_owner using (true) with check (true);

grant select, update on households to coffer_app;

create policy households_select on households for select to coffer_app using (id in (select household_id from household_members));

create policy households_update on households for update to coffer_app using (id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) = 'OWNER') with check (id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) = 'OWNER');

grant select, insert on households to coffer_system;

create policy households_system on households to coffer_system using (true) with check (true);

alter table idempotency_keys enable row level security;

alter table idempotency_keys force row level security;

create policy idempotency_keys_owner on idempotency_keys to coffer_owner using (true) with check (true);

grant select, insert, update, delete on idempotency_keys to coffer_app;

create policy idempotency_keys_select on idempotency_keys for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid);

create policy idempotency_keys_insert on idempotency_keys for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid);

create policy idempotency_keys_update on idempotency_keys for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid);

create policy idempotency_keys_delete on idempotency_keys for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid);

grant select, delete on idempotency_keys to coffer_system;

create policy idempotency_keys_system on idempotency_keys to coffer_system using (true) with check (true);

alter table institutions enable row level security;

alter table institutions force row level security;

create policy institutions_owner on institutions to coffer_owner using (true) with check (true);

grant select on institutions to coffer_app;

create policy institutions_select on institutions for select to coffer_app using (true);

grant select, insert, update on institutions to coffer_system;

create policy institutions_system on institutions to coffer_system using (true) with check (true);

alter table journal enable row level security;

alter table journal force row level security;

create policy journal_owner on journal to coffer_owner using (true) with check (true);

grant select, insert on journal to coffer_app;

create policy journal_select on journal for select to coffer_app using (case when stream_id = nullif(current_setting('app.household_id', true), '')::uuid then case when (select current_setting('app.account_ids', true) = '*') then true when account_id is null then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end else stream_id in (select group_id from group_memberships) end);

create policy journal_insert on journal for insert to coffer_app with check (case when stream_id = nullif(current_setting('app.household_id', true), '')::uuid then case when (select current_setting('app.account_ids', true) = '*') then true when account_id is null then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end else stream_id in (select group_id from group_memberships) end);

grant select on journal to coffer_system;

create policy journal_system on journal to coffer_system using (true) with check (true);

alter table key_fingerprints enable row level security;

alter table key_fingerprints force row level security;

create policy key_fingerprints_owner on key_fingerprints to coffer_owner using (true) with check (true);

grant select, insert on key_fingerprints to coffer_system;

create policy key_fingerprints_system on key_fingerprints to coffer_system using (true) with check (true);

alter table link_attempts enable row level security;

alter table link_attempts force row level security;

create policy link_attempts_owner on link_attempts to coffer_owner using (true) with check (true);

grant select, insert, update, delete on link_attempts to coffer_app;

create policy link_attempts_select on link_attempts for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid);

create policy link_attempts_insert on link_attempts for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid);

create policy link_attempts_update on link_attempts for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid);

create policy link_attempts_delete on link_attempts for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid);

grant select, update on link_attempts to coffer_system;

create policy link_attempts_system on link_attempts to coffer_system using (true) with check (true);

alter table merchant_dictionary enable row level security;

alter table merchant_dictionary force row level security;

create policy merchant_dictionary_owner on merchant_dictionary to coffer_owner using (true) with check (true);

grant select on merchant_dictionary to coffer_app;

create policy merchant_dictionary_select on merchant_dictionary for select to coffer_app using (true);

grant select on merchant_dictionary to coffer_system;

create policy merchant_dictionary_system on merchant_dictionary to coffer_system using (true) with check (true);

alter table merchants enable row level security;

alter table merchants force row level security;

create policy merchants_owner on merchants to coffer_owner using (true) with check (true);

grant select, insert, update, delete on merchants to coffer_app;

create policy merchants_select on merchants for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid);

create policy merchants_insert on merchants for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy merchants_update on merchants for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER')) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy merchants_delete on merchants for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

alter table notifications enable row level security;

alter table notifications force row level security;

create policy notifications_owner on notifications to coffer_owner using (true) with check (true);

grant select, insert, update on notifications to coffer_app;

create policy notifications_select on notifications for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid);

create policy notifications_insert on notifications for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER') and user_id in (select user_id from household_members where household_id = nullif(current_setting('app.household_id', true), '')::uuid));

create policy notifications_update on notifications for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid);

alter table outbox enable row level security;

alter table outbox force row level security;

create policy outbox_owner on outbox to coffer_owner using (true) with check (true);

grant insert on outbox to coffer_app;

create policy outbox_insert on outbox for insert to coffer_app with check (stream_id = nullif(current_setting('app.household_id', true), '')::uuid or stream_id in (select group_id from group_memberships));

grant select, update, delete on outbox to coffer_system;

create policy outbox_system on outbox to coffer_system using (true) with check (true);

alter table savings_groups enable row level security;

alter table savings_groups force row level security;

create policy savings_groups_owner on savings_groups to coffer_owner using (true) with check (true);

grant select, update on savings_groups to coffer_app;

create policy savings_groups_select on savings_groups for select to coffer_app using (group_id in (select group_id from group_memberships));

create policy savings_groups_update on savings_groups for update to coffer_app using (group_id in (select group_id from group_memberships) and current_setting('app.role', true) in ('OWNER', 'MEMBER')) with check (group_id in (select group_id from group_memberships) and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

alter table streams enable row level security;

alter table streams force row level security;

create policy streams_owner on streams to coffer_owner using (true) with check (true);

grant select, update on streams to coffer_app;

create policy streams_select on streams for select to coffer_app using (stream_id = nullif(current_setting('app.household_id', true), '')::uuid or stream_id in (select group_id from group_memberships));

create policy streams_update on streams for update to coffer_app using (stream_id = nullif(current_setting('app.household_id', true), '')::uuid or stream_id in (select group_id from group_memberships)) with check (stream_id = nullif(current_setting('app.household_id', true), '')::uuid or stream_id in (select group_id from group_memberships));

grant select, insert on streams to coffer_system;

create policy streams_system on streams to coffer_system using (true) with check (true);

alter table system_categories enable row level security;

alter table system_categories force row level security;

create policy system_categories_owner on system_categories to coffer_owner using (true) with check (true);

grant select on system_categories to coffer_app;

create policy system_categories_select on system_categories for select to coffer_app using (true);

grant select on system_categories to coffer_system;

create policy system_categories_system on system_categories to coffer_system using (true) with check (true);

alter table users enable row level security;

alter table users force row level security;

create policy users_owner on users to coffer_owner using (true) with check (true);

grant select, update on users to coffer_app;

create policy users_select on users for select to coffer_app using (id in (select user_id from household_members));

create policy users_update on users for update to coffer_app using (id = nullif(current_setting('app.user_id', true), '')::uuid) with check (id = nullif(current_setting('app.user_id', true), '')::uuid);

grant select, insert on users to coffer_system;

create policy users_system on users to coffer_system using (true) with check (true);

alter table webhook_inbox enable row level security;

alter table webhook_inbox force row level security;

create policy webhook_inbox_owner on webhook_inbox to coffer_owner using (true) with check (true);

grant select, insert, update, delete on webhook_inbox to coffer_system;

create policy webhook_inbox_system on webhook_inbox to coffer_system using (true) with check (true);

alter table bank_links enable row level security;

alter table bank_links force row level security;

create policy bank_links_owner on bank_links to coffer_owner using (true) with check (true);

grant select, insert, update, delete on bank_links to coffer_app;

create policy bank_links_select on bank_links for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid);

create policy bank_links_insert on bank_links for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy bank_links_update on bank_links for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER')) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy bank_links_delete on bank_links for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

grant select, update on bank_links to coffer_system;

create policy bank_links_system on bank_links to coffer_system using (true) with check (true);

alter table budgets enable row level security;

alter table budgets force row level security;

create policy budgets_owner on budgets to coffer_owner using (true) with check (true);

grant select, insert, update, delete on budgets to coffer_app;

create policy budgets_select on budgets for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid);

create policy budgets_insert on budgets for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy budgets_update on budgets for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER')) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy budgets_delete on budgets for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

grant select on budgets to coffer_system;

create policy budgets_system on budgets to coffer_system using (true) with check (true);

alter table category_rules enable row level security;

alter table category_rules force row level security;

create policy category_rules_owner on category_rules to coffer_owner using (true) with check (true);

grant select, insert, update, delete on category_rules to coffer_app;

create policy category_rules_select on category_rules for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid);

create policy category_rules_insert on category_rules for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy category_rules_update on category_rules for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER')) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy category_rules_delete on category_rules for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

alter table credentials enable row level security;

alter table credentials force row level security;

create policy credentials_owner on credentials to coffer_owner using (true) with check (true);

grant select, insert, update on credentials to coffer_system;

create policy credentials_system on credentials to coffer_system using (true) with check (true);

alter table group_members enable row level security;

alter table group_members force row level security;

create policy group_members_owner on group_members to coffer_owner using (true) with check (true);

grant select, update on group_members to coffer_app;

create policy group_members_select on group_members for select to coffer_app using (group_id in (select group_id from group_memberships));

create policy group_members_update on group_members for update to coffer_app using (group_id in (select group_id from group_memberships) and current_setting('app.role', true) in ('OWNER', 'MEMBER')) with check (group_id in (select group_id from group_memberships) and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

alter table household_members enable row level security;

alter table household_members force row level security;

create policy household_members_owner on household_members to coffer_owner using (true) with check (true);

grant select on household_members to coffer_app;

create policy household_members_select on household_members for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid or user_id = nullif(current_setting('app.user_id', true), '')::uuid);

grant select, insert on household_members to coffer_system;

create policy household_members_system on household_members to coffer_system using (true) with check (true);

alter table sessions enable row level security;

alter table sessions force row level security;

create policy sessions_owner on sessions to coffer_owner using (true) with check (true);

grant select, insert, update on sessions to coffer_app;

create policy sessions_select on sessions for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid);

create policy sessions_insert on sessions for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid);

create policy sessions_update on sessions for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid);

grant select, update on sessions to coffer_system;

create policy sessions_system on sessions to coffer_system using (true) with check (true);

alter table accounts enable row level security;

alter table accounts force row level security;

create policy accounts_owner on accounts to coffer_owner using (true) with check (true);

grant select, insert, update, delete on accounts to coffer_app;

create policy accounts_select on accounts for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true else id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end);

create policy accounts_insert on accounts for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true else id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy accounts_update on accounts for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true else id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER')) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true else id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy accounts_delete on accounts for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true else id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

alter table group_contributions enable row level security;

alter table group_contributions force row level security;

create policy group_contributions_owner on group_contributions to coffer_owner using (true) with check (true);

grant select, insert on group_contributions to coffer_app;

create policy group_contributions_select on group_contributions for select to coffer_app using (group_id in (select group_id from group_memberships));

create policy group_contributions_insert on group_contributions for insert to coffer_app with check (group_id in (select group_id from group_memberships) and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

alter table group_memberships enable row level security;

alter table group_memberships force row level security;

create policy group_memberships_owner on group_memberships to coffer_owner using (true) with check (true);

grant select, delete on group_memberships to coffer_app;

create policy group_memberships_select on group_memberships for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid);

create policy group_memberships_delete on group_memberships for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid);

grant select on group_memberships to coffer_system;

create policy group_memberships_system on group_memberships to coffer_system using (true) with check (true);

alter table group_people enable row level security;

alter table group_people force row level security;

create policy group_people_owner on group_people to coffer_owner using (true) with check (true);

alter table syncs enable row level security;

alter table syncs force row level security;

create policy syncs_owner on syncs to coffer_owner using (true) with check (true);

grant select, insert, update, delete on syncs to coffer_app;

create policy syncs_select on syncs for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid);

create policy syncs_insert on syncs for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy syncs_update on syncs for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER')) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy syncs_delete on syncs for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

grant select, update on syncs to coffer_system;

create policy syncs_system on syncs to coffer_system using (true) with check (true);

alter table daily_balances enable row level security;

alter table daily_balances force row level security;

create policy daily_balances_owner on daily_balances to coffer_owner using (true) with check (true);

grant select, insert, update, delete on daily_balances to coffer_app;

create policy daily_balances_select on daily_balances for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end);

create policy daily_balances_insert on daily_balances for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy daily_balances_update on daily_balances for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER')) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy daily_balances_delete on daily_balances for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

alter table spending enable row level security;

alter table spending force row level security;

create policy spending_owner on spending to coffer_owner using (true) with check (true);

grant select, insert, update, delete on spending to coffer_app;

create policy spending_select on spending for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end);

create policy spending_insert on spending for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy spending_update on spending for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER')) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy spending_delete on spending for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

alter table statement_imports enable row level security;

alter table statement_imports force row level security;

create policy statement_imports_owner on statement_imports to coffer_owner using (true) with check (true);

grant select, insert, update, delete on statement_imports to coffer_app;

create policy statement_imports_select on statement_imports for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id is null then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end);

create policy statement_imports_insert on statement_imports for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id is null then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy statement_imports_update on statement_imports for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id is null then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER')) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id is null then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy statement_imports_delete on statement_imports for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id is null then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

grant select, update on statement_imports to coffer_system;

create policy statement_imports_system on statement_imports to coffer_system using (true) with check (true);

alter table transactions enable row level security;

alter table transactions force row level security;

create policy transactions_owner on transactions to coffer_owner using (true) with check (true);

grant select, insert, update, delete on transactions to coffer_app;

create policy transactions_select on transactions for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end);

create policy transactions_insert on transactions for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy transactions_update on transactions for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER')) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy transactions_delete on transactions for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

alter table goal_contributions enable row level security;

alter table goal_contributions force row level security;

create policy goal_contributions_owner on goal_contributions to coffer_owner using (true) with check (true);

grant select, insert, update, delete on goal_contributions to coffer_app;

create policy goal_contributions_select on goal_contributions for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid);

create policy goal_contributions_insert on goal_contributions for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy goal_contributions_update on goal_contributions for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER')) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy goal_contributions_delete on goal_contributions for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

alter table statement_import_accounts enable row level security;

alter table statement_import_accounts force row level security;

create policy statement_import_accounts_owner on statement_import_accounts to coffer_owner using (true) with check (true);

grant select, insert, update, delete on statement_import_accounts to coffer_app;

create policy statement_import_accounts_select on statement_import_accounts for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end);

create policy statement_import_accounts_insert on statement_import_accounts for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy statement_import_accounts_update on statement_import_accounts for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER')) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

create policy statement_import_accounts_delete on statement_import_accounts for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true else account_id = any ((select string_to_array(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));
