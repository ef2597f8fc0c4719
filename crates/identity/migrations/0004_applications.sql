-- A login belongs to what it was begun for: the console, or an application behind the gateway (应用准入). The purpose is
-- covered by the MAC, so logins under way begin anew.

DELETE FROM identity_login_step;
ALTER TABLE identity_login_step ADD COLUMN purpose TEXT NOT NULL DEFAULT 'console';

-- What a person may read in applications (敏感标记), where they belong and who goes first. No row = 内部, no department,
-- normal priority. Rows carry a MAC.

CREATE TABLE identity_clearance (
  account_id TEXT PRIMARY KEY NOT NULL REFERENCES identity_account (id),
  clearance TEXT NOT NULL CHECK (clearance IN ('L1', 'L2', 'L3', 'L4')),
  departments TEXT NOT NULL,
  priority BIGINT NOT NULL CHECK (priority BETWEEN 0 AND 9),
  version BIGINT NOT NULL,
  mac BYTEA NOT NULL
);
