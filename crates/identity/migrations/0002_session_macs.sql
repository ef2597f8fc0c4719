-- Sessions and login steps carry a row MAC, as accounts and grants do: a row written by direct SQL opens nothing.
-- Those without one cannot be told from forged ones, so everybody signs in once more. An ended session loses its MAC,
-- so that it cannot be brought back by forgetting its end.

DELETE FROM identity_session WHERE ended_at IS NULL;
DELETE FROM identity_login_step;
ALTER TABLE identity_session ADD COLUMN mac BYTEA;
ALTER TABLE identity_login_step ADD COLUMN mac BYTEA;
