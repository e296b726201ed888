CREATE TABLE factors (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    used_at TIMESTAMP WITH TIME ZONE,
    codes_left INTEGER,
    CONSTRAINT pk_factors PRIMARY KEY (id),
    CONSTRAINT ck_factors_kind CHECK (kind in ('TOTP', 'BACKUP_CODES', 'PASSKEY')),
    CONSTRAINT fk_factors_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE cascade
);

CREATE INDEX ix_factors_user_id_created_at ON factors (user_id, created_at);

CREATE UNIQUE INDEX uq_factors_single ON factors (user_id, kind) WHERE kind <> 'PASSKEY';

alter table factors enable row level security;

alter table factors force row level security;

create policy factors_owner on factors to coffer_owner using (true) with check (true);

grant select on factors to coffer_app;

create policy factors_select on factors for select to coffer_app using (user_id = nullif(current_setting('app.user_id', true), '')::uuid);

grant select, insert, update, delete on factors to coffer_system;

create policy factors_system on factors to coffer_system using (true) with check (true);

CREATE TABLE totp_secrets (
    factor_id UUID NOT NULL,
    key_id TEXT NOT NULL,
    secret BYTEA NOT NULL,
    last_step BIGINT NOT NULL,
    CONSTRAINT pk_totp_secrets PRIMARY KEY (factor_id),
    CONSTRAINT fk_totp_secrets_factor_id FOREIGN KEY(factor_id) REFERENCES factors (id) ON DELETE cascade
);

alter table totp_secrets enable row level security;

alter table totp_secrets force row level security;

create policy totp_secrets_owner on totp_secrets to coffer_owner using (true) with check (true);

grant select, insert, update, delete on totp_secrets to coffer_system;

create policy totp_secrets_system on totp_secrets to coffer_system using (true) with check (true);

CREATE TABLE backup_codes (
    user_id UUID NOT NULL,
    code_hash BYTEA NOT NULL,
    CONSTRAINT pk_backup_codes PRIMARY KEY (user_id, code_hash),
    CONSTRAINT fk_backup_codes_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE cascade
);

alter table backup_codes enable row level security;

alter table backup_codes force row level security;

create policy backup_codes_owner on backup_codes to coffer_owner using (true) with check (true);

grant select, insert, delete on backup_codes to coffer_system;

create policy backup_codes_system on backup_codes to coffer_system using (true) with check (true);

CREATE TABLE passkeys (
    factor_id UUID NOT NULL,
    credential_id BYTEA NOT NULL,
    public_key BYTEA NOT NULL,
    sign_count BIGINT NOT NULL,
    transports TEXT[] NOT NULL,
    CONSTRAINT pk_passkeys PRIMARY KEY (factor_id),
    CONSTRAINT fk_passkeys_factor_id FOREIGN KEY(factor_id) REFERENCES factors (id) ON DELETE cascade,
    CONSTRAINT uq_passkeys_credential_id UNIQUE (credential_id)
);

alter table passkeys enable row level security;

alter table passkeys force row level security;

create policy passkeys_owner on passkeys to coffer_owner using (true) with check (true);

grant select, insert, update, delete on passkeys to coffer_system;

create policy passkeys_system on passkeys to coffer_system using (true) with check (true);

CREATE TABLE passkey_ceremonies (
    challenge_hash BYTEA NOT NULL,
    purpose TEXT NOT NULL,
    user_id UUID,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_passkey_ceremonies PRIMARY KEY (challenge_hash),
    CONSTRAINT fk_passkey_ceremonies_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE cascade
);

CREATE INDEX ix_passkey_ceremonies_expires_at ON passkey_ceremonies (expires_at);

alter table passkey_ceremonies enable row level security;

alter table passkey_ceremonies force row level security;

create policy passkey_ceremonies_owner on passkey_ceremonies to coffer_owner using (true) with check (true);

grant select, insert, delete on passkey_ceremonies to coffer_system;

create policy passkey_ceremonies_system on passkey_ceremonies to coffer_system using (true) with check (true);

CREATE TABLE sign_in_challenges (
    token_hash BYTEA NOT NULL,
    user_id UUID NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    attempts INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_sign_in_challenges PRIMARY KEY (token_hash),
    CONSTRAINT fk_sign_in_challenges_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE cascade
);

CREATE INDEX ix_sign_in_challenges_expires_at ON sign_in_challenges (expires_at);

CREATE INDEX ix_sign_in_challenges_user_id ON sign_in_challenges (user_id);

alter table sign_in_challenges enable row level security;

alter table sign_in_challenges force row level security;

create policy sign_in_challenges_owner on sign_in_challenges to coffer_owner using (true) with check (true);

grant select, insert, update, delete on sign_in_challenges to coffer_system;

create policy sign_in_challenges_system on sign_in_challenges to coffer_system using (true) with check (true);

CREATE TABLE factor_attempts (
    user_id UUID NOT NULL,
    count INTEGER NOT NULL,
    tried_at TIMESTAMP WITH TIME ZONE NOT NULL,
    locked_until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_factor_attempts PRIMARY KEY (user_id),
    CONSTRAINT fk_factor_attempts_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE cascade
);

alter table factor_attempts enable row level security;

alter table factor_attempts force row level security;

create policy factor_attempts_owner on factor_attempts to coffer_owner using (true) with check (true);

grant select, insert, update, delete on factor_attempts to coffer_system;

create policy factor_attempts_system on factor_attempts to coffer_system using (true) with check (true);

CREATE TABLE linked_sign_ins (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    provider TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    email TEXT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_linked_sign_ins PRIMARY KEY (id),
    CONSTRAINT uq_linked_sign_ins_issuer_subject UNIQUE (issuer, subject),
    CONSTRAINT fk_linked_sign_ins_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE cascade
);

CREATE INDEX ix_linked_sign_ins_user_id_created_at ON linked_sign_ins (user_id, created_at);

alter table linked_sign_ins enable row level security;

alter table linked_sign_ins force row level security;

create policy linked_sign_ins_owner on linked_sign_ins to coffer_owner using (true) with check (true);

grant select on linked_sign_ins to coffer_app;

create policy linked_sign_ins_select on linked_sign_ins for select to coffer_app using (user_id = nullif(current_setting('app.user_id', true), '')::uuid);

grant select, insert, update, delete on linked_sign_ins to coffer_system;

create policy linked_sign_ins_system on linked_sign_ins to coffer_system using (true) with check (true);

CREATE TABLE provider_attempts (
    state_hash BYTEA NOT NULL,
    binding_hash BYTEA NOT NULL,
    provider TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    user_id UUID,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_provider_attempts PRIMARY KEY (state_hash),
    CONSTRAINT fk_provider_attempts_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE cascade
);

CREATE INDEX ix_provider_attempts_expires_at ON provider_attempts (expires_at);

alter table provider_attempts enable row level security;

alter table provider_attempts force row level security;

create policy provider_attempts_owner on provider_attempts to coffer_owner using (true) with check (true);

grant select, insert, delete on provider_attempts to coffer_system;

create policy provider_attempts_system on provider_attempts to coffer_system using (true) with check (true)
