-- Requests that a rule had something to say about, sealed, a few for each object and rule.

CREATE TABLE gateway_kept_request (
  id TEXT PRIMARY KEY NOT NULL,
  object_id TEXT NOT NULL,
  rule_id TEXT NOT NULL,
  source TEXT NOT NULL,
  at BIGINT NOT NULL,
  sealed BYTEA NOT NULL
);

CREATE INDEX gateway_kept_request_object ON gateway_kept_request (object_id, rule_id, id);
CREATE INDEX gateway_kept_request_at ON gateway_kept_request (at);
