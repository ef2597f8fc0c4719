//! Error codes of the listener of nodes.

use medward_contract::ErrorCode;

macro_rules! codes {
    ($($name:ident = $code:literal, $status:literal, $title:literal, $remedy:literal;)+) => {
        $(#[doc = concat!("`", $code, "`: ", $title, ".")]
        pub const $name: ErrorCode = ErrorCode { code: $code, status: $status, title: $title, remedy: $remedy };)+
        /// Every code of nodes.
        pub const ALL: &[ErrorCode] = &[$($name),+];
    };
}

codes! {
    REQUEST = "NOD-0400", 400, "the request of a node cannot be read", "give node and house the same version";
    UNKNOWN = "NOD-0401", 401, "no living node has this certificate", "invite the node again, if it was not revoked on purpose";
    INVITATION = "NOD-0403", 403, "the invitation is not good", "invite the node again: an invitation is for one node and one day";
    NOT_CONFIGURED = "NOD-0404", 404, "this house does not offer what the node asked for", "give node and house the same version and settings";
    NODE_NAME = "NOD-0409", 409, "the name of the node cannot be used", "choose another name, or revoke the node that has it";
    REFUSED = "NOD-0422", 422, "the house refused what the node asked for", "see the code in the answer";
    TOO_OFTEN = "NOD-0429", 429, "too many enrolments from this network", "wait a minute";
    UNAVAILABLE = "NOD-0503", 503, "the house cannot do that now", "nothing to do: the node tries again and loses nothing meanwhile";
}
