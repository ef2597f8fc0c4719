//! Error codes of the API kit.

use medward_contract::ErrorCode;

macro_rules! codes {
    ($($name:ident = $code:literal, $status:literal, $title:literal, $remedy:literal;)+) => {
        $(#[doc = concat!("`", $code, "`: ", $title, ".")]
        pub const $name: ErrorCode = ErrorCode { code: $code, status: $status, title: $title, remedy: $remedy };)+
        /// Every code of this crate.
        pub const ALL: &[ErrorCode] = &[$($name),+];
    };
}

codes! {
    BAD_REQUEST = "WEB-0400", 400, "the request cannot be read", "correct the field named in the detail";
    NOT_SIGNED_IN = "WEB-0401", 401, "nobody is signed in", "sign in again";
    FORBIDDEN = "WEB-0403", 403, "a permission is missing", "ask the security administrator for the permission named in the detail";
    CROSS_SITE = "WEB-0419", 403, "the request did not come from the console", "reload the page and try again";
    NOT_FOUND = "WEB-0404", 404, "there is no such thing", "check the address; the object may have been removed";
    WRONG_METHOD = "WEB-0405", 405, "the path does not take this method", "see the API document";
    BODY_TIMEOUT = "WEB-0408", 408, "the request did not come to its end in time", "send it again; look at the network when it happens often";
    CONFLICT = "WEB-0409", 409, "somebody else changed it meanwhile", "reload and apply the change again";
    TOO_LARGE = "WEB-0413", 413, "the request is larger than allowed", "send less at once";
    UNPROCESSABLE = "WEB-0422", 422, "a field is wrong", "correct the field named in the detail";
    TOO_MANY = "WEB-0429", 429, "too many attempts from this address", "wait as long as Retry-After says";
    TOO_MANY_STREAMS = "WEB-0430", 429, "too many live views are open", "close a tab of the console, or wait as long as Retry-After says";
    INTERNAL = "WEB-0500", 500, "something went wrong on our side", "try again; quote the request id when it stays";
    UNAVAILABLE = "WEB-0503", 503, "something needed cannot be reached now", "try again in a moment; see the running state";
    AUDIT_UNAVAILABLE = "WEB-0504", 503, "the audit trail cannot be written, so nothing was changed", "see the running state: database and disk";
}
