CREATE TABLE apps (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    name TEXT NOT NULL,
    homepage TEXT,
    redirect_uris TEXT[] NOT NULL,
    is_confidential BOOLEAN NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_apps PRIMARY KEY (id),
    CONSTRAINT uq_apps_id_user_id UNIQUE (id, user_id),
    CONSTRAINT fk_apps_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE cascade
);

CREATE INDEX ix_apps_user_id ON apps (user_id);

alter table apps enable row level security;

alter table apps force row level security;

create policy apps_owner on apps to coffer_owner using (true) with check (true);

grant select, insert, update, delete on apps to coffer_app;

create policy apps_select on apps for select to coffer_app using (user_id = nullif(current_setting('app.user_id', true), '')::uuid);

create policy apps_insert on apps for insert to coffer_app with check (user_id = nullif(current_setting('app.user_id', true), '')::uuid);

create policy apps_update on apps for update to coffer_app using (user_id = nullif(current_setting('app.user_id', true), '')::uuid) with check (user_id = nullif(current_setting('app.user_id', true), '')::uuid);

create policy apps_delete on apps for delete to coffer_app using (user_id = nullif(current_setting('app.user_id', true), '')::uuid);

grant select, delete on apps to coffer_system;

create policy apps_system on apps to coffer_system using (true) with check (true);

CREATE TABLE app_secrets (
    id UUID NOT NULL,
    app_id UUID NOT NULL,
    user_id UUID NOT NULL,
    secret_hash BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_app_secrets PRIMARY KEY (id),
    CONSTRAINT fk_app_secrets_app_id_user_id FOREIGN KEY(app_id, user_id) REFERENCES apps (id, user_id) ON DELETE cascade
);

CREATE INDEX ix_app_secrets_app_id_created_at ON app_secrets (app_id, created_at);

alter table app_secrets enable row level security;

alter table app_secrets force row level security;

create policy app_secrets_owner on app_secrets to coffer_owner using (true) with check (true);

grant insert on app_secrets to coffer_app;

create policy app_secrets_insert on app_secrets for insert to coffer_app with check (user_id = nullif(current_setting('app.user_id', true), '')::uuid);

grant select on app_secrets to coffer_system;

create policy app_secrets_system on app_secrets to coffer_system using (true) with check (true);

CREATE TABLE authorization_codes (
    code_hash BYTEA NOT NULL,
    app_id UUID NOT NULL,
    user_id UUID NOT NULL,
    household_id UUID NOT NULL,
    redirect_uri TEXT NOT NULL,
    challenge TEXT NOT NULL,
    scopes TEXT[] NOT NULL,
    account_ids UUID[],
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    session_id UUID NOT NULL,
    CONSTRAINT pk_authorization_codes PRIMARY KEY (code_hash),
    CONSTRAINT fk_authorization_codes_app_id FOREIGN KEY(app_id) REFERENCES apps (id) ON DELETE cascade,
    CONSTRAINT fk_authorization_codes_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE cascade,
    CONSTRAINT fk_authorization_codes_household_id FOREIGN KEY(household_id) REFERENCES households (id) ON DELETE cascade
);

CREATE INDEX ix_authorization_codes_expires_at ON authorization_codes (expires_at);

alter table authorization_codes enable row level security;

alter table authorization_codes force row level security;

create policy authorization_codes_owner on authorization_codes to coffer_owner using (true) with check (true);

grant select, insert, update, delete on authorization_codes to coffer_system;

create policy authorization_codes_system on authorization_codes to coffer_system using (true) with check (true);

CREATE TABLE device_codes (
    device_hash BYTEA NOT NULL,
    user_code_hash BYTEA NOT NULL,
    app_id UUID NOT NULL,
    scopes TEXT[] NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    polled_at TIMESTAMP WITH TIME ZONE,
    decided_at TIMESTAMP WITH TIME ZONE,
    user_id UUID,
    household_id UUID,
    account_ids UUID[],
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_device_codes PRIMARY KEY (device_hash),
    CONSTRAINT uq_device_codes_user_code_hash UNIQUE (user_code_hash),
    CONSTRAINT fk_device_codes_app_id FOREIGN KEY(app_id) REFERENCES apps (id) ON DELETE cascade,
    CONSTRAINT fk_device_codes_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE cascade,
    CONSTRAINT fk_device_codes_household_id FOREIGN KEY(household_id) REFERENCES households (id) ON DELETE cascade
);

CREATE INDEX ix_device_codes_expires_at ON device_codes (expires_at);

alter table device_codes enable row level security;

alter table device_codes force row level security;

create policy device_codes_owner on device_codes to coffer_owner using (true) with check (true);

grant select, insert, update, delete on device_codes to coffer_system;

create policy device_codes_system on device_codes to coffer_system using (true) with check (true);

create index ix_sessions_app_id on sessions (app_id) where app_id is not null;

grant insert on sessions to coffer_system
