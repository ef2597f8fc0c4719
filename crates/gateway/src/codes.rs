//! Error codes of the gateway's API, explained in `docs/errors.md`.

use medward_contract::ErrorCode;

/// The object does not exist.
pub const OBJECT_UNKNOWN: ErrorCode = ErrorCode {
    code: "GTW-0101",
    status: 404,
    title: "no such protected object",
    remedy: "reload the list; somebody else may have removed it",
};
/// The object does not compile.
pub const OBJECT_INVALID: ErrorCode = ErrorCode {
    code: "GTW-0102",
    status: 422,
    title: "the protected object cannot be used",
    remedy: "correct the named field; nothing was changed",
};
/// The object stands in a file.
pub const OBJECT_IN_FILE: ErrorCode = ErrorCode {
    code: "GTW-0103",
    status: 409,
    title: "the protected object is written in medward.toml",
    remedy: "change it there and restart, or make one in the console instead",
};
/// Somebody else changed the object.
pub const OBJECT_CHANGED: ErrorCode = ErrorCode {
    code: "GTW-0104",
    status: 409,
    title: "the protected object was changed meanwhile",
    remedy: "reload it and make the change again",
};
/// The policy that an object asks for does not run.
pub const POLICY_UNUSABLE: ErrorCode = ErrorCode {
    code: "GTW-0105",
    status: 422,
    title: "the policy of the protected object does not run",
    remedy: "choose another policy, or correct the installed CRS and [gateway.crs]; nothing was changed",
};

/// Something else in the policy needs the item.
pub const ITEM_IN_USE: ErrorCode = ErrorCode {
    code: "GTW-0106",
    status: 409,
    title: "the group or template is in use",
    remedy: "give what needs it another one first; nothing was changed",
};
/// There was never such a policy.
pub const GENERATION_UNKNOWN: ErrorCode = ErrorCode {
    code: "GTW-0107",
    status: 422,
    title: "there was no such policy",
    remedy: "choose one from the history of changes; nothing was changed",
};

/// The policy says so already.
pub const NOTHING_TO_CHANGE: ErrorCode = ErrorCode {
    code: "GTW-0108",
    status: 409,
    title: "there is nothing to change",
    remedy: "the policy, or the item named, was the same then; nothing was changed",
};

/// The certificate does not exist.
pub const CERTIFICATE_UNKNOWN: ErrorCode = ErrorCode {
    code: "GTW-0201",
    status: 404,
    title: "no such certificate",
    remedy: "reload the list; somebody else may have removed it",
};
/// The certificate cannot serve.
pub const CERTIFICATE_INVALID: ErrorCode = ErrorCode {
    code: "GTW-0202",
    status: 422,
    title: "the certificate cannot be served",
    remedy: "correct the named field; nothing was stored, and what was served goes on",
};
/// Its key cannot be sealed.
pub const CERTIFICATE_NOT_SEALED: ErrorCode = ErrorCode {
    code: "GTW-0203",
    status: 503,
    title: "the private key could not be sealed",
    remedy: "look at the log of this node; nothing was stored",
};

/// The change waits for a second person.
pub const APPROVAL_NEEDED: ErrorCode = ErrorCode {
    code: "GTW-0109",
    status: 409,
    title: "a second person has to approve this change",
    remedy: "nothing was changed; let somebody else approve it under Approvals, then do the same again with the approval",
};
/// The approval is not for this change, or not given.
pub const APPROVAL_REFUSED: ErrorCode = ErrorCode {
    code: "GTW-0110",
    status: 403,
    title: "the approval does not let this change through",
    remedy: "nothing was changed; look up what became of the approval, or ask for another one",
};

/// The ban is not in force.
pub const BAN_UNKNOWN: ErrorCode = ErrorCode {
    code: "GTW-0301",
    status: 404,
    title: "no such ban is in force",
    remedy: "reload the list; it may have ended or been lifted",
};
/// The ban cannot be made.
pub const BAN_INVALID: ErrorCode = ErrorCode {
    code: "GTW-0302",
    status: 422,
    title: "the address cannot be banned",
    remedy: "correct the named field; nothing was banned",
};

/// The session is not living.
pub const SESSION_UNKNOWN: ErrorCode = ErrorCode {
    code: "GTW-0401",
    status: 404,
    title: "no such session of a guarded application is living",
    remedy: "reload the list; it may have ended",
};

/// Every code of this crate.
pub const ALL: &[ErrorCode] = &[
    OBJECT_UNKNOWN,
    OBJECT_INVALID,
    OBJECT_IN_FILE,
    OBJECT_CHANGED,
    POLICY_UNUSABLE,
    ITEM_IN_USE,
    GENERATION_UNKNOWN,
    NOTHING_TO_CHANGE,
    APPROVAL_NEEDED,
    APPROVAL_REFUSED,
    CERTIFICATE_UNKNOWN,
    CERTIFICATE_INVALID,
    CERTIFICATE_NOT_SEALED,
    BAN_UNKNOWN,
    BAN_INVALID,
    SESSION_UNKNOWN,
];
