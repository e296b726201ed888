CREATE TABLE account_shares (
    household_id UUID NOT NULL,
    account_id UUID NOT NULL,
    owner_user_id UUID NOT NULL,
    bank_link_id UUID,
    sharing TEXT DEFAULT 'FULL' NOT NULL,
    CONSTRAINT pk_account_shares PRIMARY KEY (household_id, account_id),
    CONSTRAINT ck_account_shares_sharing CHECK (sharing in ('FULL', 'READ_ONLY', 'BALANCE_ONLY', 'PRIVATE')),
    CONSTRAINT fk_account_shares_household_id FOREIGN KEY(household_id) REFERENCES households (id) ON DELETE cascade,
    CONSTRAINT fk_account_shares_owner_user_id FOREIGN KEY(owner_user_id) REFERENCES users (id) ON DELETE cascade
);

CREATE INDEX ix_account_shares_withheld ON account_shares (household_id) WHERE sharing <> 'FULL';

alter table account_shares enable row level security;

alter table account_shares force row level security;

create policy account_shares_owner on account_shares to coffer_owner using (true) with check (true);

grant select, update (sharing) on account_shares to coffer_app;

create policy account_shares_select on account_shares for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id = any ((select string_to_array(nullif(current_setting('app.private_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end);

create policy account_shares_update on account_shares for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and owner_user_id = nullif(current_setting('app.user_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and owner_user_id = nullif(current_setting('app.user_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end);

grant select on account_shares to coffer_system;

create policy account_shares_system on account_shares to coffer_system using (true) with check (true);

CREATE TABLE invitations (
    household_id UUID NOT NULL,
    id UUID NOT NULL,
    token_hash BYTEA NOT NULL,
    role TEXT NOT NULL,
    email TEXT,
    email_key TEXT,
    invited_by UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    accepted_at TIMESTAMP WITH TIME ZONE,
    accepted_by UUID,
    withdrawn_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_invitations PRIMARY KEY (household_id, id),
    CONSTRAINT ck_invitations_role CHECK (role in ('OWNER', 'MEMBER', 'VIEWER')),
    CONSTRAINT fk_invitations_household_id FOREIGN KEY(household_id) REFERENCES households (id) ON DELETE cascade,
    CONSTRAINT uq_invitations_token_hash UNIQUE (token_hash),
    CONSTRAINT fk_invitations_invited_by FOREIGN KEY(invited_by) REFERENCES users (id) ON DELETE cascade
);

alter table invitations enable row level security;

alter table invitations force row level security;

create policy invitations_owner on invitations to coffer_owner using (true) with check (true);

grant select, insert, update on invitations to coffer_app;

create policy invitations_select on invitations for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) = 'OWNER');

create policy invitations_insert on invitations for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) = 'OWNER');

create policy invitations_update on invitations for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) = 'OWNER') with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) = 'OWNER');

grant select on invitations to coffer_system;

create policy invitations_system on invitations to coffer_system using (true) with check (true);

drop policy journal_select on journal;

create policy journal_select on journal for select to coffer_app using (case when stream_id = nullif(current_setting('app.household_id', true), '')::uuid then case when (select current_setting('app.account_ids', true) = '*') then true when account_id is null then true when subject = 'Account' then case when (select current_setting('app.account_ids', true) = '*') then true when account_id = any ((select string_to_array(nullif(current_setting('app.private_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end when account_id = any ((select string_to_array(nullif(current_setting('app.closed_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end else stream_id in (select group_id from group_memberships) end);

drop policy journal_insert on journal;

create policy journal_insert on journal for insert to coffer_app with check (case when stream_id = nullif(current_setting('app.household_id', true), '')::uuid then case when (select current_setting('app.account_ids', true) = '*') then true when account_id is null then true when account_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end else stream_id in (select group_id from group_memberships) end);

drop policy bank_links_select on bank_links;

create policy bank_links_select on bank_links for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when id = any ((select string_to_array(nullif(current_setting('app.private_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end);

drop policy bank_links_insert on bank_links;

create policy bank_links_insert on bank_links for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

drop policy bank_links_update on bank_links;

create policy bank_links_update on bank_links for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER')) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

drop policy bank_links_delete on bank_links;

create policy bank_links_delete on bank_links for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

drop policy accounts_select on accounts;

create policy accounts_select on accounts for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when id = any ((select string_to_array(nullif(current_setting('app.private_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end);

drop policy accounts_insert on accounts;

create policy accounts_insert on accounts for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

drop policy accounts_update on accounts;

create policy accounts_update on accounts for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER')) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

drop policy accounts_delete on accounts;

create policy accounts_delete on accounts for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

drop policy syncs_select on syncs;

create policy syncs_select on syncs for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when bank_link_id = any ((select string_to_array(nullif(current_setting('app.private_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else bank_link_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end);

drop policy syncs_insert on syncs;

create policy syncs_insert on syncs for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when bank_link_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else bank_link_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

drop policy syncs_update on syncs;

create policy syncs_update on syncs for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when bank_link_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else bank_link_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER')) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when bank_link_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else bank_link_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

drop policy syncs_delete on syncs;

create policy syncs_delete on syncs for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when bank_link_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else bank_link_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

drop policy daily_balances_select on daily_balances;

create policy daily_balances_select on daily_balances for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id = any ((select string_to_array(nullif(current_setting('app.private_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end);

drop policy daily_balances_insert on daily_balances;

create policy daily_balances_insert on daily_balances for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

drop policy daily_balances_update on daily_balances;

create policy daily_balances_update on daily_balances for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER')) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

drop policy daily_balances_delete on daily_balances;

create policy daily_balances_delete on daily_balances for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

drop policy spending_select on spending;

create policy spending_select on spending for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id = any ((select string_to_array(nullif(current_setting('app.closed_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end);

drop policy spending_insert on spending;

create policy spending_insert on spending for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

drop policy spending_update on spending;

create policy spending_update on spending for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER')) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

drop policy spending_delete on spending;

create policy spending_delete on spending for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

drop policy statement_imports_select on statement_imports;

create policy statement_imports_select on statement_imports for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id is null then user_id = nullif(current_setting('app.user_id', true), '')::uuid when account_id = any ((select string_to_array(nullif(current_setting('app.closed_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end);

drop policy statement_imports_insert on statement_imports;

create policy statement_imports_insert on statement_imports for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id is null then user_id = nullif(current_setting('app.user_id', true), '')::uuid when account_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

drop policy statement_imports_update on statement_imports;

create policy statement_imports_update on statement_imports for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id is null then user_id = nullif(current_setting('app.user_id', true), '')::uuid when account_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER')) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id is null then user_id = nullif(current_setting('app.user_id', true), '')::uuid when account_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

drop policy statement_imports_delete on statement_imports;

create policy statement_imports_delete on statement_imports for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id is null then user_id = nullif(current_setting('app.user_id', true), '')::uuid when account_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

drop policy transactions_select on transactions;

create policy transactions_select on transactions for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id = any ((select string_to_array(nullif(current_setting('app.closed_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end);

drop policy transactions_insert on transactions;

create policy transactions_insert on transactions for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

drop policy transactions_update on transactions;

create policy transactions_update on transactions for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER')) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

drop policy transactions_delete on transactions;

create policy transactions_delete on transactions for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

drop policy statement_import_accounts_select on statement_import_accounts;

create policy statement_import_accounts_select on statement_import_accounts for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id = any ((select string_to_array(nullif(current_setting('app.closed_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end);

drop policy statement_import_accounts_insert on statement_import_accounts;

create policy statement_import_accounts_insert on statement_import_accounts for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

drop policy statement_import_accounts_update on statement_import_accounts;

create policy statement_import_accounts_update on statement_import_accounts for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER')) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

drop policy statement_import_accounts_delete on statement_import_accounts;

create policy statement_import_accounts_delete on statement_import_accounts for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and case when (select current_setting('app.account_ids', true) = '*') then true when account_id = any ((select string_to_array(nullif(current_setting('app.locked_ids', true), ''), ',')::uuid[])::uuid[]) then false when (select current_setting('app.account_ids', true) = '-') then true else account_id = any ((select string_to_array(nullif(nullif(nullif(current_setting('app.account_ids', true), ''), '*'), '-'), ',')::uuid[])::uuid[]) end and current_setting('app.role', true) in ('OWNER', 'MEMBER'));

grant select, update (role) on household_members to coffer_app;

create policy household_members_update on household_members for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) = 'OWNER') with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and current_setting('app.role', true) = 'OWNER');
