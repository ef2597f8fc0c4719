-- Facts on their way from one capability to others. A row leaves when every subscriber of its kind has taken it.
CREATE TABLE store_outbox (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX store_outbox_by_kind ON store_outbox (kind, id);

-- Who takes which kind.
CREATE TABLE store_outbox_subscription (
    kind TEXT NOT NULL,
    consumer TEXT NOT NULL,
    PRIMARY KEY (kind, consumer)
);

-- How far one consumer got with one row: no row yet means not tried yet.
CREATE TABLE store_outbox_delivery (
    outbox_id TEXT NOT NULL REFERENCES store_outbox (id) ON DELETE CASCADE,
    consumer TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    last_error TEXT,
    done_at BIGINT,
    PRIMARY KEY (outbox_id, consumer)
);

-- Which node does a thing only one may do. A row stays after release, so that the generation only rises.
CREATE TABLE store_lease (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    generation BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
