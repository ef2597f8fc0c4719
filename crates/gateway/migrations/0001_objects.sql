-- Protected objects changed in the console, and the number of the newest policy.

CREATE TABLE gateway_object (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  hosts TEXT NOT NULL,
  path_prefix TEXT NOT NULL,
  upstreams TEXT NOT NULL,
  mode TEXT NOT NULL,
  on_error TEXT NOT NULL,
  inspect_limit_bytes BIGINT,
  health_path TEXT,
  generation BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT
);

CREATE UNIQUE INDEX gateway_object_name ON gateway_object (name) WHERE deleted_at IS NULL;

CREATE TABLE gateway_generation (
  name TEXT PRIMARY KEY NOT NULL,
  value BIGINT NOT NULL
);
