-- Accounts, credentials, role grants, sessions and login steps. Rows with a `mac` are checked on every read.

CREATE TABLE identity_account (
  id TEXT PRIMARY KEY NOT NULL,
  login TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('invited', 'active', 'disabled', 'archived')),
  role_class TEXT NOT NULL CHECK (role_class IN ('none', 'sysadmin', 'secadmin', 'auditadmin', 'business')),
  created_at BIGINT NOT NULL,
  last_login_at BIGINT,
  version BIGINT NOT NULL,
  mac BYTEA NOT NULL,
  UNIQUE (id, role_class)
);

-- The three administrators exclude one another and every other role: a grant can only stand beside grants of the
-- account's one class, and each administrator role is a class of its own.
CREATE TABLE identity_grant (
  account_id TEXT NOT NULL,
  role TEXT NOT NULL,
  role_class TEXT NOT NULL,
  granted_by TEXT NOT NULL,
  granted_at BIGINT NOT NULL,
  mac BYTEA NOT NULL,
  PRIMARY KEY (account_id, role),
  FOREIGN KEY (account_id, role_class) REFERENCES identity_account (id, role_class),
  CHECK (
    (role IN ('sysadmin', 'secadmin', 'auditadmin') AND role_class = role)
    OR (role IN ('operator', 'auditor', 'requester', 'vendor') AND role_class = 'business')
  )
);

CREATE TABLE identity_credential (
  account_id TEXT PRIMARY KEY NOT NULL REFERENCES identity_account (id),
  password_hash TEXT NOT NULL,
  password_set_at BIGINT NOT NULL,
  must_change BOOLEAN NOT NULL,
  totp_sealed BYTEA,
  totp_step BIGINT,
  version BIGINT NOT NULL,
  mac BYTEA NOT NULL
);

CREATE TABLE identity_password_history (
  account_id TEXT NOT NULL REFERENCES identity_account (id),
  set_at BIGINT NOT NULL,
  password_hash TEXT NOT NULL,
  PRIMARY KEY (account_id, set_at)
);

CREATE TABLE identity_recovery (
  account_id TEXT NOT NULL REFERENCES identity_account (id),
  code_mac BYTEA NOT NULL,
  used_at BIGINT,
  PRIMARY KEY (account_id, code_mac)
);

CREATE TABLE identity_session (
  id TEXT PRIMARY KEY NOT NULL,
  token_hash BYTEA NOT NULL UNIQUE,
  account_id TEXT NOT NULL REFERENCES identity_account (id),
  source_ip TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  ended_at BIGINT,
  end_reason TEXT
);

-- One session per account, also when two nodes log the same person in at once.
CREATE UNIQUE INDEX identity_session_one_living ON identity_session (account_id) WHERE ended_at IS NULL;

-- A login between its steps: password right, second factor not shown yet.
CREATE TABLE identity_login_step (
  handle_hash BYTEA PRIMARY KEY NOT NULL,
  account_id TEXT NOT NULL REFERENCES identity_account (id),
  step TEXT NOT NULL,
  new_password_hash TEXT,
  totp_sealed BYTEA,
  expires_at BIGINT NOT NULL
);

-- Failed logins by a keyed digest of the login name, known or not: what people type by mistake is not kept.
CREATE TABLE identity_attempt (
  login_digest BYTEA PRIMARY KEY NOT NULL,
  recent TEXT NOT NULL,
  locks BIGINT NOT NULL,
  locked_until BIGINT,
  not_before BIGINT,
  updated_at BIGINT NOT NULL
);

-- At most one row: the link of the first start.
CREATE TABLE identity_setup (
  id BIGINT PRIMARY KEY NOT NULL CHECK (id = 1),
  token_hash BYTEA NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);
