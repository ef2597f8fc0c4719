-- Remote nodes of this house: the authority that vouches for them, who was invited, who came, and by which certificates.

CREATE TABLE kernel_node_authority (
  id TEXT PRIMARY KEY NOT NULL,
  certificate_pem TEXT NOT NULL,
  key_sealed BYTEA NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE kernel_node_invitation (
  token_hash TEXT PRIMARY KEY NOT NULL,
  node_name TEXT NOT NULL,
  author TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);

CREATE TABLE kernel_node (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  enrolled_at BIGINT NOT NULL,
  revoked_at BIGINT,
  seen_at BIGINT,
  report TEXT
);

-- A name is free again once the node that had it is revoked.
CREATE UNIQUE INDEX kernel_node_name ON kernel_node (name) WHERE revoked_at IS NULL;

CREATE TABLE kernel_node_certificate (
  fingerprint TEXT PRIMARY KEY NOT NULL,
  node_id TEXT NOT NULL,
  not_after BIGINT NOT NULL
);
