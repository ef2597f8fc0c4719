-- Two-phase audit trail: a row is committed before a change begins and finished together with it.
CREATE TABLE kernel_audit (
  id TEXT PRIMARY KEY NOT NULL,
  at BIGINT NOT NULL,
  finished_at BIGINT,
  account TEXT NOT NULL,
  login TEXT NOT NULL,
  roles TEXT NOT NULL,
  source_ip TEXT NOT NULL,
  request_id TEXT NOT NULL,
  verb TEXT NOT NULL,
  object_type TEXT NOT NULL,
  object_id TEXT NOT NULL,
  outcome TEXT NOT NULL,
  detail TEXT NOT NULL,
  sequence BIGINT
);

CREATE INDEX kernel_audit_at ON kernel_audit (at, id);

CREATE INDEX kernel_audit_outcome ON kernel_audit (outcome, at);

-- Dense numbers given out inside transactions.
CREATE TABLE kernel_sequence (
  name TEXT PRIMARY KEY NOT NULL,
  value BIGINT NOT NULL
);

-- When each job ran last on any node.
CREATE TABLE kernel_job (
  name TEXT PRIMARY KEY NOT NULL,
  last_run BIGINT NOT NULL,
  last_result TEXT NOT NULL,
  last_error TEXT NOT NULL
);
