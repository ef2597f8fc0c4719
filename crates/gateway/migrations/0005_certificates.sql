-- Certificates of the sites that the gateway serves, with their private keys sealed.

CREATE TABLE gateway_certificate (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL UNIQUE,
  chain_pem TEXT NOT NULL,
  key_sealed BYTEA NOT NULL,
  author TEXT NOT NULL,
  generation BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- Alarms that were raised and are not over: each is raised once, also over a restart.
CREATE TABLE gateway_alarm (
  fingerprint TEXT PRIMARY KEY NOT NULL,
  level BIGINT NOT NULL,
  raised_at BIGINT NOT NULL
);
