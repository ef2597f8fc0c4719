-- What is too long for an item of the policy, lists of addresses and descriptions of interfaces, by its SHA-256: the history
-- of the policy names it and needs no copy.
CREATE TABLE gateway_document (
  digest TEXT PRIMARY KEY NOT NULL,
  content BYTEA NOT NULL,
  created_at BIGINT NOT NULL
);

-- Addresses that the gateway refuses for a while. Those that are over stay, for people.
CREATE TABLE gateway_ban (
  id TEXT PRIMARY KEY NOT NULL,
  network TEXT NOT NULL,
  origin TEXT NOT NULL,
  rule_id TEXT NOT NULL,
  rule_name TEXT NOT NULL,
  object TEXT NOT NULL,
  request_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  author TEXT NOT NULL,
  began_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  lifted_at BIGINT,
  lifted_by TEXT,
  expiry_told BOOLEAN NOT NULL
);

CREATE INDEX gateway_ban_until ON gateway_ban (until_at);
