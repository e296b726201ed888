create extension if not exists btree_gist;

create extension if not exists unaccent;

CREATE TABLE categories (
    household_id UUID NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent_id UUID,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_categories PRIMARY KEY (household_id, id),
    CONSTRAINT ck_categories_kind CHECK (kind in ('INCOME', 'EXPENSE', 'TRANSFER'))
);

CREATE TABLE goals (
    household_id UUID NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    target NUMERIC(19, 4) NOT NULL,
    currency CHAR(3) NOT NULL,
    target_date DATE,
    saved NUMERIC(19, 4) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    archived_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_goals PRIMARY KEY (household_id, id),
    CONSTRAINT ck_goals_saved CHECK (saved >= 0)
);

CREATE TABLE households (
    id UUID NOT NULL,
    name TEXT NOT NULL,
    currency CHAR(3) NOT NULL,
    timezone TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_households PRIMARY KEY (id)
);

CREATE TABLE idempotency_keys (
    household_id UUID NOT NULL,
    user_id UUID NOT NULL,
    mutation TEXT NOT NULL,
    key TEXT NOT NULL,
    input_hash BYTEA NOT NULL,
    object_id UUID,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_idempotency_keys PRIMARY KEY (household_id, user_id, mutation, key)
);

CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (created_at);

CREATE TABLE institutions (
    id UUID NOT NULL,
    provider TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    name TEXT NOT NULL,
    url TEXT,
    CONSTRAINT pk_institutions PRIMARY KEY (id)
);

CREATE UNIQUE INDEX uq_institutions_provider ON institutions (provider, provider_id);

CREATE TABLE journal (
    stream_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    ids UUID[] NOT NULL,
    account_id UUID,
    data JSONB,
    salt BYTEA,
    commitment BYTEA NOT NULL,
    prev_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    CONSTRAINT pk_journal PRIMARY KEY (stream_id, seq)
);

CREATE TABLE key_fingerprints (
    name TEXT NOT NULL,
    key_id TEXT NOT NULL,
    first_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_key_fingerprints PRIMARY KEY (name, key_id)
);

CREATE TABLE link_attempts (
    household_id UUID NOT NULL,
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    state TEXT NOT NULL,
    idempotency_key TEXT,
    bank_link_id UUID,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_link_attempts PRIMARY KEY (household_id, id),
    CONSTRAINT ck_link_attempts_state CHECK (state in ('OPEN', 'DONE', 'ENDED'))
);

CREATE INDEX ix_link_attempts_open ON link_attempts (started_at) WHERE state = 'OPEN';

CREATE TABLE merchant_dictionary (
    key TEXT NOT NULL,
    country TEXT NOT NULL,
    name TEXT NOT NULL,
    category_id UUID NOT NULL,
    CONSTRAINT pk_merchant_dictionary PRIMARY KEY (key, country)
);

CREATE TABLE merchants (
    household_id UUID NOT NULL,
    id UUID NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    CONSTRAINT pk_merchants PRIMARY KEY (household_id, id),
    CONSTRAINT uq_merchants_household_id_key UNIQUE (household_id, key)
);

CREATE TABLE notifications (
    household_id UUID NOT NULL,
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    once_key TEXT NOT NULL,
    subject TEXT,
    subject_id UUID,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_notifications PRIMARY KEY (household_id, id),
    CONSTRAINT uq_notifications_household_id_user_id_once_key UNIQUE (household_id, user_id, once_key),
    CONSTRAINT ck_notifications_kind CHECK (kind in ('BUDGET_NEARING', 'BUDGET_EXCEEDED', 'SYNC_TROUBLE'))
);

CREATE INDEX ix_notifications_newest ON notifications (household_id, user_id, at desc, id desc);

CREATE TABLE outbox (
    stream_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    CONSTRAINT pk_outbox PRIMARY KEY (stream_id, seq)
);

CREATE TABLE savings_groups (
    group_id UUID NOT NULL,
    name TEXT NOT NULL,
    target NUMERIC(19, 4) NOT NULL,
    currency CHAR(3) NOT NULL,
    target_date DATE,
    saved NUMERIC(19, 4) NOT NULL,
    milestone INTEGER DEFAULT 0 NOT NULL,
    invite_code TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_savings_groups PRIMARY KEY (group_id),
    CONSTRAINT ck_savings_groups_saved CHECK (saved >= 0),
    CONSTRAINT ck_savings_groups_target CHECK (target > 0),
    CONSTRAINT uq_savings_groups_invite_code UNIQUE (invite_code)
);

CREATE TABLE streams (
    stream_id UUID NOT NULL,
    kind TEXT NOT NULL,
    head_seq BIGINT NOT NULL,
    head_hash BYTEA NOT NULL,
    CONSTRAINT pk_streams PRIMARY KEY (stream_id)
);

CREATE TABLE system_categories (
    id UUID NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent_id UUID,
    CONSTRAINT pk_system_categories PRIMARY KEY (id),
    CONSTRAINT uq_system_categories_code UNIQUE (code)
);

CREATE TABLE users (
    id UUID NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    display_name TEXT NOT NULL,
    timezone TEXT NOT NULL,
    locale TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT uq_users_email_key UNIQUE (email_key)
);

CREATE TABLE webhook_inbox (
    id UUID NOT NULL,
    number INTEGER GENERATED BY DEFAULT AS IDENTITY,
    provider TEXT NOT NULL,
    digest BYTEA NOT NULL,
    body JSONB NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    handled_at TIMESTAMP WITH TIME ZONE,
    attempts INTEGER DEFAULT 0 NOT NULL,
    problem TEXT,
    CONSTRAINT pk_webhook_inbox PRIMARY KEY (id)
);

CREATE INDEX ix_webhook_inbox_open ON webhook_inbox (received_at) WHERE handled_at is null;

CREATE UNIQUE INDEX uq_webhook_inbox_digest ON webhook_inbox (provider, digest);

CREATE TABLE bank_links (
    household_id UUID NOT NULL,
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    institution_id UUID NOT NULL,
    provider TEXT NOT NULL,
    provider_item_id TEXT NOT NULL,
    token BYTEA,
    token_key_id TEXT,
    cursor TEXT,
    status TEXT NOT NULL,
    problem TEXT,
    sync_requested INTEGER DEFAULT 0 NOT NULL,
    sync_done INTEGER DEFAULT 0 NOT NULL,
    failures INTEGER DEFAULT 0 NOT NULL,
    next_sync_at TIMESTAMP WITH TIME ZONE NOT NULL,
    lease UUID,
    leased_until TIMESTAMP WITH TIME ZONE,
    last_synced_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    unlinked_at TIMESTAMP WITH TIME ZONE,
    removal_due_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_bank_links PRIMARY KEY (household_id, id),
    CONSTRAINT fk_bank_links_institution_id FOREIGN KEY(institution_id) REFERENCES institutions (id),
    CONSTRAINT ck_bank_links_status CHECK (status in ('ACTIVE', 'SYNCING', 'NEEDS_SIGN_IN', 'FAILING', 'UNLINKED')),
    CONSTRAINT fk_bank_links_household_id FOREIGN KEY(household_id) REFERENCES households (id) ON DELETE cascade
);

CREATE INDEX ix_bank_links_due ON bank_links (next_sync_at) WHERE sync_requested > sync_done;

CREATE INDEX ix_bank_links_removal ON bank_links (removal_due_at) WHERE removal_due_at is not null;

CREATE UNIQUE INDEX uq_bank_links_provider_item ON bank_links (provider, provider_item_id);

CREATE TABLE budgets (
    household_id UUID NOT NULL,
    id UUID NOT NULL,
    category_id UUID NOT NULL,
    own_category_id UUID GENERATED ALWAYS AS (case when category_id between '00000000-0000-7000-8000-000000000000'::uuid and '00000000-0000-7000-8000-ffffffffffff'::uuid then null else category_id end) STORED,
    period TEXT NOT NULL,
    limit_amount NUMERIC(19, 4) NOT NULL,
    currency CHAR(3) NOT NULL,
    rollover TEXT NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_budgets PRIMARY KEY (household_id, id),
    CONSTRAINT fk_budgets_household_id_own_category_id FOREIGN KEY(household_id, own_category_id) REFERENCES categories (household_id, id),
    CONSTRAINT ex_budgets_one_a_day EXCLUDE USING gist (household_id WITH =, category_id WITH =, daterange(starts_on, ends_on, '[]') WITH &&),
    CONSTRAINT ck_budgets_period CHECK (period in ('WEEKLY', 'MONTHLY', 'ANNUAL', 'ONCE')),
    CONSTRAINT ck_budgets_rollover CHECK (rollover in ('NONE', 'SURPLUS', 'SURPLUS_AND_OVERSPEND')),
    CONSTRAINT ck_budgets_days CHECK (ends_on >= starts_on)
);

CREATE TABLE category_rules (
    household_id UUID NOT NULL,
    id UUID NOT NULL,
    position INTEGER NOT NULL,
    merchant_id UUID,
    words TEXT,
    category_id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_category_rules PRIMARY KEY (household_id, id),
    CONSTRAINT fk_category_rules_household_id_merchant_id FOREIGN KEY(household_id, merchant_id) REFERENCES merchants (household_id, id),
    CONSTRAINT ck_category_rules_one_condition CHECK ((merchant_id is null) <> (words is null))
);

CREATE UNIQUE INDEX uq_category_rules_merchant ON category_rules (household_id, merchant_id);

CREATE UNIQUE INDEX uq_category_rules_words ON category_rules (household_id, words);

CREATE TABLE credentials (
    user_id UUID NOT NULL,
    password_hash TEXT NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_credentials PRIMARY KEY (user_id),
    CONSTRAINT fk_credentials_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE cascade
);

CREATE TABLE group_members (
    group_id UUID NOT NULL,
    id UUID NOT NULL,
    display_name TEXT NOT NULL,
    contributed NUMERIC(19, 4) NOT NULL,
    joined_at TIMESTAMP WITH TIME ZONE NOT NULL,
    left_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_group_members PRIMARY KEY (group_id, id),
    CONSTRAINT fk_group_members_group_id FOREIGN KEY(group_id) REFERENCES savings_groups (group_id) ON DELETE cascade
);

CREATE TABLE household_members (
    household_id UUID NOT NULL,
    user_id UUID NOT NULL,
    role TEXT NOT NULL,
    joined_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_household_members PRIMARY KEY (household_id, user_id),
    CONSTRAINT ck_household_members_role CHECK (role in ('OWNER', 'MEMBER', 'VIEWER')),
    CONSTRAINT fk_household_members_household_id FOREIGN KEY(household_id) REFERENCES households (id) ON DELETE cascade,
    CONSTRAINT fk_household_members_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE cascade
);

CREATE INDEX ix_household_members_user_id ON household_members (user_id);

CREATE TABLE sessions (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    household_id UUID NOT NULL,
    family_hash BYTEA NOT NULL,
    refresh_hash BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    refreshed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_sessions PRIMARY KEY (id),
    CONSTRAINT fk_sessions_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE cascade,
    CONSTRAINT fk_sessions_household_id FOREIGN KEY(household_id) REFERENCES households (id) ON DELETE cascade,
    CONSTRAINT uq_sessions_family_hash UNIQUE (family_hash)
);

CREATE INDEX ix_sessions_user_id ON sessions (user_id);

CREATE TABLE accounts (
    household_id UUID NOT NULL,
    id UUID NOT NULL,
    bank_link_id UUID,
    provider_account_id TEXT,
    number_hash BYTEA,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    currency CHAR(3) NOT NULL,
    balance NUMERIC(19, 4) NOT NULL,
    available NUMERIC(19, 4),
    mask TEXT,
    balance_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_accounts PRIMARY KEY (household_id, id),
    CONSTRAINT fk_accounts_household_id_bank_link_id FOREIGN KEY(household_id, bank_link_id) REFERENCES bank_links (household_id, id),
    CONSTRAINT uq_accounts_household_id_bank_link_id_provider_account_id UNIQUE (household_id, bank_link_id, provider_account_id),
    CONSTRAINT ck_accounts_currency CHECK (currency ~ '^[A-Z]{3}$')
);

CREATE UNIQUE INDEX uq_accounts_number ON accounts (household_id, number_hash, currency) WHERE number_hash is not null and closed_at is null;

CREATE TABLE group_contributions (
    group_id UUID NOT NULL,
    id UUID NOT NULL,
    member_id UUID NOT NULL,
    amount NUMERIC(19, 4) NOT NULL,
    currency CHAR(3) NOT NULL,
    message TEXT,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_group_contributions PRIMARY KEY (group_id, id),
    CONSTRAINT fk_group_contributions_group_id_member_id FOREIGN KEY(group_id, member_id) REFERENCES group_members (group_id, id)
);

CREATE INDEX ix_group_contributions_newest ON group_contributions (group_id, at desc, id desc);

CREATE TABLE group_memberships (
    household_id UUID NOT NULL,
    user_id UUID NOT NULL,
    group_id UUID NOT NULL,
    member_id UUID NOT NULL,
    CONSTRAINT pk_group_memberships PRIMARY KEY (household_id, user_id, group_id),
    CONSTRAINT fk_group_memberships_group_id_member_id FOREIGN KEY(group_id, member_id) REFERENCES group_members (group_id, id),
    CONSTRAINT fk_group_memberships_household_id FOREIGN KEY(household_id) REFERENCES households (id) ON DELETE cascade,
    CONSTRAINT fk_group_memberships_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE cascade
);

CREATE UNIQUE INDEX uq_group_memberships_person ON group_memberships (group_id, user_id);

CREATE TABLE group_people (
    group_id UUID NOT NULL,
    member_id UUID NOT NULL,
    user_id UUID NOT NULL,
    CONSTRAINT pk_group_people PRIMARY KEY (group_id, member_id),
    CONSTRAINT fk_group_people_group_id_member_id FOREIGN KEY(group_id, member_id) REFERENCES group_members (group_id, id) ON DELETE cascade,
    CONSTRAINT fk_group_people_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE cascade
);

CREATE INDEX ix_group_people_user_id ON group_people (user_id);

CREATE TABLE syncs (
    household_id UUID NOT NULL,
    id UUID NOT NULL,
    bank_link_id UUID NOT NULL,
    status TEXT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    added INTEGER DEFAULT 0 NOT NULL,
    modified INTEGER DEFAULT 0 NOT NULL,
    removed INTEGER DEFAULT 0 NOT NULL,
    problem TEXT,
    CONSTRAINT pk_syncs PRIMARY KEY (household_id, id),
    CONSTRAINT fk_syncs_household_id_bank_link_id FOREIGN KEY(household_id, bank_link_id) REFERENCES bank_links (household_id, id) ON DELETE cascade,
    CONSTRAINT ck_syncs_status CHECK (status in ('RUNNING', 'SUCCEEDED', 'FAILED'))
);

CREATE INDEX ix_syncs_link ON syncs (household_id, bank_link_id, started_at desc, id desc);

CREATE UNIQUE INDEX uq_syncs_running ON syncs (household_id, bank_link_id) WHERE status = 'RUNNING';

CREATE TABLE daily_balances (
    household_id UUID NOT NULL,
    account_id UUID NOT NULL,
    day DATE NOT NULL,
    balance NUMERIC(19, 4) NOT NULL,
    CONSTRAINT pk_daily_balances PRIMARY KEY (household_id, account_id, day),
    CONSTRAINT fk_daily_balances_household_id_account_id FOREIGN KEY(household_id, account_id) REFERENCES accounts (household_id, id) ON DELETE cascade
);

CREATE TABLE spending (
    household_id UUID NOT NULL,
    account_id UUID NOT NULL,
    category_id UUID NOT NULL,
    currency CHAR(3) NOT NULL,
    month DATE NOT NULL,
    amount NUMERIC(28, 4) NOT NULL,
    count INTEGER NOT NULL,
    CONSTRAINT pk_spending PRIMARY KEY (household_id, account_id, category_id, currency, month),
    CONSTRAINT fk_spending_household_id_account_id FOREIGN KEY(household_id, account_id) REFERENCES accounts (household_id, id) ON DELETE cascade
);

CREATE INDEX ix_spending_month ON spending (household_id, month);

CREATE TABLE statement_imports (
    household_id UUID NOT NULL,
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    account_id UUID,
    file_name TEXT NOT NULL,
    review BOOLEAN NOT NULL,
    status TEXT NOT NULL,
    format TEXT,
    upload_until TIMESTAMP WITH TIME ZONE NOT NULL,
    object_key TEXT,
    due_at TIMESTAMP WITH TIME ZONE,
    attempts INTEGER DEFAULT 0 NOT NULL,
    added INTEGER DEFAULT 0 NOT NULL,
    duplicates INTEGER DEFAULT 0 NOT NULL,
    rejected JSONB DEFAULT '[]' NOT NULL,
    problem TEXT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_statement_imports PRIMARY KEY (household_id, id),
    CONSTRAINT fk_statement_imports_household_id_account_id FOREIGN KEY(household_id, account_id) REFERENCES accounts (household_id, id) ON DELETE cascade,
    CONSTRAINT ck_statement_imports_status CHECK (status in ('AWAITING_FILE', 'READING', 'AWAITING_REVIEW', 'DONE', 'FAILED', 'UNDONE'))
);

CREATE INDEX ix_statement_imports_due ON statement_imports (due_at) WHERE due_at is not null;

CREATE INDEX ix_statement_imports_newest ON statement_imports (household_id, created_at desc, id desc);

CREATE TABLE transactions (
    household_id UUID NOT NULL,
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    source_id TEXT,
    pending_source_id TEXT,
    date DATE NOT NULL,
    amount NUMERIC(19, 4) NOT NULL,
    currency CHAR(3) NOT NULL,
    status TEXT NOT NULL,
    description TEXT NOT NULL,
    original_description TEXT NOT NULL,
    merchant_id UUID,
    category_id UUID NOT NULL,
    own_category_id UUID GENERATED ALWAYS AS (case when category_id between '00000000-0000-7000-8000-000000000000'::uuid and '00000000-0000-7000-8000-ffffffffffff'::uuid then null else category_id end) STORED,
    categorized_by TEXT NOT NULL,
    confidence NUMERIC(3, 2),
    notes TEXT,
    tags TEXT[] DEFAULT '{}' NOT NULL,
    described_by_person BOOLEAN DEFAULT false NOT NULL,
    is_excluded BOOLEAN DEFAULT false NOT NULL,
    counts BOOLEAN GENERATED ALWAYS AS (not is_excluded) STORED NOT NULL,
    search TEXT GENERATED ALWAYS AS (search_words(description || ' ' || coalesce(notes, ''))) STORED NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_transactions PRIMARY KEY (household_id, id),
    CONSTRAINT fk_transactions_household_id_account_id FOREIGN KEY(household_id, account_id) REFERENCES accounts (household_id, id) ON DELETE cascade,
    CONSTRAINT fk_transactions_household_id_merchant_id FOREIGN KEY(household_id, merchant_id) REFERENCES merchants (household_id, id),
    CONSTRAINT fk_transactions_household_id_own_category_id FOREIGN KEY(household_id, own_category_id) REFERENCES categories (household_id, id),
    CONSTRAINT ck_transactions_status CHECK (status in ('PENDING', 'POSTED'))
);

CREATE INDEX ix_transactions_account ON transactions (household_id, account_id, date desc, id desc);

CREATE INDEX ix_transactions_merchant ON transactions (household_id, merchant_id) WHERE merchant_id is not null;

CREATE INDEX ix_transactions_newest ON transactions (household_id, date desc, id desc);

CREATE INDEX ix_transactions_own_category ON transactions (household_id, own_category_id) WHERE own_category_id is not null;

CREATE UNIQUE INDEX uq_transactions_source ON transactions (household_id, account_id, source_id) WHERE source_id is not null;

CREATE TABLE goal_contributions (
    household_id UUID NOT NULL,
    id UUID NOT NULL,
    goal_id UUID NOT NULL,
    user_id UUID NOT NULL,
    amount NUMERIC(19, 4) NOT NULL,
    currency CHAR(3) NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    transaction_id UUID,
    note TEXT,
    CONSTRAINT pk_goal_contributions PRIMARY KEY (household_id, id),
    CONSTRAINT fk_goal_contributions_household_id_goal_id FOREIGN KEY(household_id, goal_id) REFERENCES goals (household_id, id) ON DELETE cascade,
    CONSTRAINT fk_goal_contributions_household_id_transaction_id FOREIGN KEY(household_id, transaction_id) REFERENCES transactions (household_id, id) ON DELETE SET NULL (transaction_id)
);

CREATE INDEX ix_goal_contributions_newest ON goal_contributions (household_id, goal_id, at desc, id desc);

CREATE UNIQUE INDEX uq_goal_contributions_transaction ON goal_contributions (household_id, transaction_id) WHERE transaction_id is not null;

CREATE TABLE statement_import_accounts (
    household_id UUID NOT NULL,
    statement_import_id UUID NOT NULL,
    account_id UUID NOT NULL,
    opened_with_balance_of DATE,
    CONSTRAINT pk_statement_import_accounts PRIMARY KEY (household_id, statement_import_id, account_id),
    CONSTRAINT fk_statement_import_accounts_household_id_statement_import_id FOREIGN KEY(household_id, statement_import_id) REFERENCES statement_imports (household_id, id) ON DELETE cascade,
    CONSTRAINT fk_statement_import_accounts_household_id_account_id FOREIGN KEY(household_id, account_id) REFERENCES accounts (household_id, id) ON DELETE cascade
);

CREATE INDEX ix_statement_import_accounts_household_id_account_id ON statement_import_accounts (household_id, account_id);
