-- Changes that wait for a second person (four eyes). Every row carries a MAC; what a change will do is sealed, and
-- forgotten as soon as it can no longer run.

CREATE TABLE identity_approval (
  id TEXT PRIMARY KEY NOT NULL,
  action TEXT NOT NULL,
  permission TEXT NOT NULL,
  summary_zh TEXT NOT NULL,
  summary_en TEXT NOT NULL,
  payload_hash BYTEA NOT NULL,
  payload_sealed BYTEA,
  requester_id TEXT NOT NULL REFERENCES identity_account (id),
  requester_login TEXT NOT NULL,
  requester_name TEXT NOT NULL,
  reason TEXT NOT NULL,
  requested_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'approved', 'refused', 'withdrawn', 'used')),
  decider_id TEXT REFERENCES identity_account (id),
  decider_login TEXT,
  decider_name TEXT,
  decided_at BIGINT,
  decision_reason TEXT,
  used_at BIGINT,
  used_by TEXT,
  version BIGINT NOT NULL,
  mac BYTEA NOT NULL,
  CHECK (decider_id IS NULL OR decider_id <> requester_id)
);

CREATE INDEX identity_approval_by_state ON identity_approval (state, id);
CREATE INDEX identity_approval_by_requester ON identity_approval (requester_id, id);
