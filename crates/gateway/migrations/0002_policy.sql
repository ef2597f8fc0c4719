-- By which rules a protected object is judged.

ALTER TABLE gateway_object ADD COLUMN policy TEXT NOT NULL DEFAULT 'balanced';
