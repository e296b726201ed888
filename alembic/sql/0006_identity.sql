CREATE TABLE outgoing_mails (
    id UUID NOT NULL,
    user_id UUID,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    key_id TEXT,
    content BYTEA,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    attempts INTEGER DEFAULT 0 NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    problem TEXT,
    CONSTRAINT pk_outgoing_mails PRIMARY KEY (id)
);

CREATE INDEX ix_outgoing_mails_due_at ON outgoing_mails (due_at) WHERE due_at is not null;

alter table outgoing_mails enable row level security;

alter table outgoing_mails force row level security;

create policy outgoing_mails_owner on outgoing_mails to coffer_owner using (true) with check (true);

grant insert on outgoing_mails to coffer_app;

create policy outgoing_mails_insert on outgoing_mails for insert to coffer_app with check (user_id = nullif(current_setting('app.user_id', true), '')::uuid);

grant select, insert, update, delete on outgoing_mails to coffer_system;

create policy outgoing_mails_system on outgoing_mails to coffer_system using (true) with check (true);

CREATE TABLE address_requests (
    id UUID NOT NULL,
    purpose TEXT NOT NULL,
    email TEXT NOT NULL,
    user_id UUID,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_address_requests PRIMARY KEY (id),
    CONSTRAINT fk_address_requests_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE cascade
);

CREATE INDEX ix_address_requests_due_at ON address_requests (due_at);

alter table address_requests enable row level security;

alter table address_requests force row level security;

create policy address_requests_owner on address_requests to coffer_owner using (true) with check (true);

grant select, insert, update, delete on address_requests to coffer_system;

create policy address_requests_system on address_requests to coffer_system using (true) with check (true);

CREATE TABLE mail_tokens (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    purpose TEXT NOT NULL,
    email TEXT NOT NULL,
    token_hash BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_mail_tokens PRIMARY KEY (id),
    CONSTRAINT fk_mail_tokens_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE cascade,
    CONSTRAINT uq_mail_tokens_token_hash UNIQUE (token_hash)
);

CREATE INDEX ix_mail_tokens_user_id_purpose ON mail_tokens (user_id, purpose);

alter table mail_tokens enable row level security;

alter table mail_tokens force row level security;

create policy mail_tokens_owner on mail_tokens to coffer_owner using (true) with check (true);

grant select, insert, update, delete on mail_tokens to coffer_system;

create policy mail_tokens_system on mail_tokens to coffer_system using (true) with check (true);

CREATE TABLE security_events (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    kind TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    network TEXT NOT NULL,
    detail TEXT NOT NULL,
    CONSTRAINT pk_security_events PRIMARY KEY (id),
    CONSTRAINT fk_security_events_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE cascade
);

CREATE INDEX ix_security_events_user_id_at_id ON security_events (user_id, at, id);

alter table security_events enable row level security;

alter table security_events force row level security;

create policy security_events_owner on security_events to coffer_owner using (true) with check (true);

grant select, insert on security_events to coffer_app;

create policy security_events_select on security_events for select to coffer_app using (user_id = nullif(current_setting('app.user_id', true), '')::uuid);

create policy security_events_insert on security_events for insert to coffer_app with check (user_id = nullif(current_setting('app.user_id', true), '')::uuid);

grant select, insert, delete on security_events to coffer_system;

create policy security_events_system on security_events to coffer_system using (true) with check (true);

alter table users
    add column email_verified_at timestamp with time zone,
    add column email_owned_at timestamp with time zone,
    add column sessions_ended_at timestamp with time zone,
    add column week_starts_on integer default 1 not null,
    add column month_starts_on integer default 1 not null,
    add column dismissed_steps text[] default '{}' not null,
    add column deletion_due_at timestamp with time zone,
    add constraint ck_users_week_starts_on check (week_starts_on between 1 and 7),
    add constraint ck_users_month_starts_on check (month_starts_on between 1 and 28);

create index ix_users_deletion_due_at on users (deletion_due_at) where deletion_due_at is not null;

grant update on users to coffer_system;

grant delete on credentials to coffer_system;

alter table sessions
    add column previous_hash bytea,
    add column pair_key_id text,
    add column pair bytea,
    add column pair_until timestamp with time zone;

create index ix_sessions_pair_until on sessions (pair_until) where pair_until is not null;

alter policy sessions_select on sessions using (user_id = nullif(current_setting('app.user_id', true), '')::uuid);

alter policy sessions_insert on sessions with check (user_id = nullif(current_setting('app.user_id', true), '')::uuid);

alter policy sessions_update on sessions using (user_id = nullif(current_setting('app.user_id', true), '')::uuid) with check (user_id = nullif(current_setting('app.user_id', true), '')::uuid)
