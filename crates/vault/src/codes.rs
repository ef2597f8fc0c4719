//! Refusals and alarms of the vault, by stable code.

use medward_contract::ErrorCode;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:literal, $title:literal, $remedy:literal;)+) => {
        $($(#[$doc])* pub const $name: ErrorCode = ErrorCode { code: $code, status: $status, title: $title, remedy: $remedy };)+

        /// Every code of this capability.
        pub const ALL: &[ErrorCode] = &[$($name),+];
    };
}

codes! {
    /// Its directory, identity, key or log cannot be opened.
    OPEN_FAILED = "VLT-0101", 503, "the vault cannot be opened", "see the cause; only one Medward may run on a vault, and VAULT and keys/site.key must be those it was made with";
    /// A write or sync failed: the disk cannot be trusted any more.
    DISK_FAILED = "VLT-0102", 503, "the vault has stopped because its disk failed", "check the disk and restart Medward; everything acknowledged is kept";
    /// Damage was found in the log and the file was moved to quarantine.
    DAMAGED_LOG = "VLT-0103", 500, "a file of the log was damaged and is kept in quarantine", "check the disk, then run medward vault verify; the vault.gap record names what no longer reads";
    /// Records do not give the root of their newest checkpoint.
    RECORDS_ALTERED = "VLT-0104", 500, "records differ from their signed checkpoint", "run medward vault verify with a checkpoint kept outside; somebody may have altered the vault";
    /// The disk is nearly full.
    DISK_FULL = "VLT-0105", 507, "the vault's disk is full and takes no more events", "add space or move the archive; nothing is overwritten";
    /// Checkpoints have not left this machine.
    ANCHOR_LATE = "VLT-0107", 503, "checkpoints are not anchored outside this machine", "see whether the folder of the anchor is mounted and can be written; everything is handed over when it is back";
    /// An event does not have the fields of its kind.
    EVENT_INVALID = "VLT-0110", 422, "this event is not valid", "see which field is missing or wrong; this is a bug of the sensor";
    /// A query does not read.
    QUERY_SYNTAX = "VLT-0201", 400, "this query cannot be read", "see the column and what was expected there";
    /// A field, column, cursor or step of a query is of the wrong type or not there.
    QUERY_TYPE = "VLT-0202", 400, "a parameter of this query has the wrong form", "see which parameter, and what was expected";
    /// A count has too many groups or time steps, or too long values in them.
    QUERY_GROUPS = "VLT-0203", 422, "this query has too many groups", "narrow the time or choose a longer step";
    /// The caller already runs as many queries as allowed.
    QUERY_BUSY = "VLT-0204", 429, "too many queries at once", "wait for one of your queries to finish";
    /// A listener for logs has all the connections it may have.
    TOO_MANY_SENDERS = "VLT-0301", 503, "too many senders of logs are connected", "raise vault.syslog.max_connections, or find out who opens so many";
    /// A sender of logs did not complete TLS.
    SENDER_HANDSHAKE = "VLT-0302", 403, "a sender of logs could not be let in over TLS", "see the cause: the sender must trust vault.syslog.certificate, and show one of vault.syslog.client_ca where that is set";
    /// No such record, or not one the caller may read.
    NOT_FOUND = "VLT-0404", 404, "no such record", "check stream and number";
    /// A verification is running already.
    VERIFY_RUNNING = "VLT-0409", 409, "a verification is already running", "wait until it is done";
}
