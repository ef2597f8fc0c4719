-- Sessions of people in guarded applications. Rows of living ones carry a MAC: one that was altered by direct SQL opens nothing.
-- Those that ended stay for a month, for people.
CREATE TABLE gateway_session (
  id TEXT PRIMARY KEY NOT NULL,
  token_hash BYTEA NOT NULL UNIQUE,
  guard_id TEXT NOT NULL,
  application TEXT NOT NULL,
  account_id TEXT NOT NULL,
  subject TEXT NOT NULL,
  source_ip TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  factor_at BIGINT NOT NULL,
  ended_at BIGINT,
  end_reason TEXT,
  changed_at BIGINT NOT NULL,
  mac BYTEA
);

-- One session per account and application, also when two nodes let the same person in at once.
CREATE UNIQUE INDEX gateway_session_one_living ON gateway_session (application, account_id) WHERE ended_at IS NULL;
CREATE INDEX gateway_session_changed ON gateway_session (changed_at);
