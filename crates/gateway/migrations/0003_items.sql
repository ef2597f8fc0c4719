-- Every item of the policy in one table, whatever its kind, and what each generation changed.
-- Objects stored before become items; their mode, policy and stance were always written out, so they stay their own.

CREATE TABLE gateway_item (
  id TEXT PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  generation BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE gateway_change (
  generation BIGINT NOT NULL,
  item_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  body_before TEXT,
  body_after TEXT,
  author TEXT NOT NULL,
  reason TEXT NOT NULL,
  audit_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (generation, item_id)
);

CREATE INDEX gateway_change_item ON gateway_change (item_id, generation);

INSERT INTO gateway_item (id, kind, name, body, generation, created_at, updated_at)
SELECT id, 'object', name,
  '{"name":"' || replace(replace(name, '\', '\\'), '"', '\"')
  || '","hosts":' || hosts
  || ',"path_prefix":"' || replace(replace(path_prefix, '\', '\\'), '"', '\"')
  || '","upstreams":' || upstreams
  || CASE WHEN health_path IS NULL THEN ''
     ELSE ',"health_path":"' || replace(replace(health_path, '\', '\\'), '"', '\"') || '"' END
  || ',"settings":{"mode":"' || mode || '","policy":"' || policy || '","on_error":"' || on_error || '"'
  || CASE WHEN inspect_limit_bytes IS NULL THEN ''
     ELSE ',"inspect_limit_bytes":' || CAST(inspect_limit_bytes AS TEXT) END
  || '}}',
  generation, created_at, updated_at
FROM gateway_object WHERE deleted_at IS NULL;

DROP TABLE gateway_object;
