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

/// Every code of this crate.
pub const ALL: &[ErrorCode] = &[OBJECT_UNKNOWN, OBJECT_INVALID, OBJECT_IN_FILE, OBJECT_CHANGED, POLICY_UNUSABLE];
