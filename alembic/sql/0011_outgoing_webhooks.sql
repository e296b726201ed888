CREATE TABLE webhook_endpoints (
    id UUID NOT NULL,
    household_id UUID NOT NULL,
    user_id UUID NOT NULL,
    app_id UUID,
    session_id UUID,
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    types TEXT[],
    include_values BOOLEAN NOT NULL,
    status TEXT NOT NULL,
    problem TEXT,
    next_seq BIGINT NOT NULL,
    dead_in_a_row INTEGER DEFAULT 0 NOT NULL,
    lease UUID,
    leased_until TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    allowed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_webhook_endpoints PRIMARY KEY (id),
    CONSTRAINT uq_webhook_endpoints_id_household_id_user_id UNIQUE (id, household_id, user_id),
    CONSTRAINT ck_webhook_endpoints_status CHECK (status in ('ACTIVE', 'DISABLED')),
    CONSTRAINT fk_webhook_endpoints_household_id FOREIGN KEY(household_id) REFERENCES households (id) ON DELETE cascade,
    CONSTRAINT fk_webhook_endpoints_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE cascade
);

CREATE INDEX ix_webhook_endpoints_active ON webhook_endpoints (household_id) WHERE status = 'ACTIVE';

CREATE INDEX ix_webhook_endpoints_household_id_user_id ON webhook_endpoints (household_id, user_id);

alter table webhook_endpoints enable row level security;

alter table webhook_endpoints force row level security;

create policy webhook_endpoints_owner on webhook_endpoints to coffer_owner using (true) with check (true);

grant select, insert, update, delete on webhook_endpoints to coffer_app;

create policy webhook_endpoints_select on webhook_endpoints for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid);

create policy webhook_endpoints_insert on webhook_endpoints for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid);

create policy webhook_endpoints_update on webhook_endpoints for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid);

create policy webhook_endpoints_delete on webhook_endpoints for delete to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid);

grant select, update on webhook_endpoints to coffer_system;

create policy webhook_endpoints_system on webhook_endpoints to coffer_system using (true) with check (true);

CREATE TABLE webhook_secrets (
    id UUID NOT NULL,
    endpoint_id UUID NOT NULL,
    household_id UUID NOT NULL,
    user_id UUID NOT NULL,
    key_id TEXT NOT NULL,
    secret BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_webhook_secrets PRIMARY KEY (id),
    CONSTRAINT fk_webhook_secrets_endpoint_id_household_id_user_id FOREIGN KEY(endpoint_id, household_id, user_id) REFERENCES webhook_endpoints (id, household_id, user_id) ON DELETE cascade
);

CREATE INDEX ix_webhook_secrets_endpoint_id_created_at ON webhook_secrets (endpoint_id, created_at);

alter table webhook_secrets enable row level security;

alter table webhook_secrets force row level security;

create policy webhook_secrets_owner on webhook_secrets to coffer_owner using (true) with check (true);

grant insert on webhook_secrets to coffer_app;

create policy webhook_secrets_insert on webhook_secrets for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid);

grant select on webhook_secrets to coffer_system;

create policy webhook_secrets_system on webhook_secrets to coffer_system using (true) with check (true);

CREATE TABLE webhook_deliveries (
    id UUID NOT NULL,
    endpoint_id UUID NOT NULL,
    household_id UUID NOT NULL,
    user_id UUID NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    first_seq BIGINT,
    last_seq BIGINT,
    attempts INTEGER DEFAULT 0 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    attempted_at TIMESTAMP WITH TIME ZONE,
    next_attempt_at TIMESTAMP WITH TIME ZONE,
    response_status INTEGER,
    response_text TEXT,
    duration_ms INTEGER,
    problem TEXT,
    CONSTRAINT pk_webhook_deliveries PRIMARY KEY (id),
    CONSTRAINT fk_webhook_deliveries_endpoint_id_household_id_user_id FOREIGN KEY(endpoint_id, household_id, user_id) REFERENCES webhook_endpoints (id, household_id, user_id) ON DELETE cascade,
    CONSTRAINT ck_webhook_deliveries_kind CHECK (kind in ('CHANGES', 'PING')),
    CONSTRAINT ck_webhook_deliveries_status CHECK (status in ('PENDING', 'DELIVERED', 'DEAD', 'WITHDRAWN'))
);

CREATE INDEX ix_webhook_deliveries_created_at ON webhook_deliveries (created_at);

CREATE INDEX ix_webhook_deliveries_newest ON webhook_deliveries (endpoint_id, id desc);

CREATE UNIQUE INDEX uq_webhook_deliveries_pending ON webhook_deliveries (endpoint_id, kind) WHERE status = 'PENDING';

alter table webhook_deliveries enable row level security;

alter table webhook_deliveries force row level security;

create policy webhook_deliveries_owner on webhook_deliveries to coffer_owner using (true) with check (true);

grant select, insert, update (status) on webhook_deliveries to coffer_app;

create policy webhook_deliveries_select on webhook_deliveries for select to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid);

create policy webhook_deliveries_insert on webhook_deliveries for insert to coffer_app with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid);

create policy webhook_deliveries_update on webhook_deliveries for update to coffer_app using (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid) with check (household_id = nullif(current_setting('app.household_id', true), '')::uuid and user_id = nullif(current_setting('app.user_id', true), '')::uuid);

grant select, insert, update, delete on webhook_deliveries to coffer_system;

create policy webhook_deliveries_system on webhook_deliveries to coffer_system using (true) with check (true)
