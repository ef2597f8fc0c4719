//! Refusals a user may meet, by stable code.

use medward_contract::ErrorCode;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:literal, $title:literal, $remedy:literal;)+) => {
        $($(#[$doc])* pub const $name: ErrorCode = ErrorCode { code: $code, status: $status, title: $title, remedy: $remedy };)+

        /// Every code of this capability.
        pub const ALL: &[ErrorCode] = &[$($name),+];
    };
}

codes! {
    /// Wrong login, password or code, or an account that may not log in: never said which.
    LOGIN_FAILED = "IDN-0401", 401, "login failed", "check login name, password and code; an administrator sees the reason in the account list";
    /// Not allowed on this account.
    NOT_ON_ONESELF = "IDN-0403", 403, "nobody administers their own account", "ask another security administrator";
    /// No such account or session.
    NOT_FOUND = "IDN-0404", 404, "no such account or session", "reload the list";
    /// The administrators exist.
    SETUP_DONE = "IDN-0409", 409, "setup is already done", "log in as one of the administrators";
    /// The setup link was used, replaced or is older than 24 hours.
    SETUP_LINK_DEAD = "IDN-0410", 410, "this setup link is no longer valid", "restart Medward to print a new setup link";
    /// The login is taken, also by an archived account.
    LOGIN_TAKEN = "IDN-0411", 409, "this login name was used before", "choose another; login names are never reused";
    /// The roles exclude one another.
    ROLES_EXCLUDE = "IDN-0412", 409, "these roles exclude one another", "use a different person for each administrator role";
    /// Not possible in this state of the account.
    WRONG_STATE = "IDN-0413", 409, "not possible in this state of the account", "reload the list and look at the state";
    /// The three administrators must be three people.
    NOT_THREE_PEOPLE = "IDN-0414", 422, "the three administrators must be three different people", "give three different roles, login names and names";
    /// Somebody must stay able to do this.
    LAST_ADMINISTRATOR = "IDN-0415", 409, "this is the last active administrator of its kind", "grant the role to another active account first";
    /// Somebody else changed the clearance.
    CLEARANCE_CHANGED = "IDN-0416", 409, "the clearance was changed meanwhile", "reload it and make the change again";
    /// The steps of a login took too long or were begun again.
    LOGIN_EXPIRED = "IDN-0419", 401, "this login took too long", "start again with login name and password";
    /// A login name, name or other text that cannot be used.
    BAD_INPUT = "IDN-0421", 422, "this input cannot be used", "see which field and why";
    /// The password policy refuses.
    PASSWORD_REFUSED = "IDN-0422", 422, "this password is not accepted", "see the findings";
    /// Too many failures.
    LOCKED = "IDN-0423", 423, "locked after too many failed logins", "wait until the time given or ask a security administrator to unlock";
    /// One session per account, and `on_second = "refuse"`.
    SECOND_SESSION = "IDN-0424", 409, "this account is already logged in elsewhere", "log out there or wait until that session ends";
    /// The most sessions at once.
    TOO_MANY_SESSIONS = "IDN-0425", 503, "the most sessions are open", "wait until somebody logs out, or raise identity.max_sessions";
    /// Too fast.
    TOO_FAST = "IDN-0429", 429, "too many attempts", "wait for the time given";
    /// Four eyes: nobody has approved yet.
    APPROVAL_NEEDED = "IDN-0431", 409, "a second person has to approve this first", "ask another person who holds the permission, then run it again";
    /// Four eyes are two people.
    OWN_APPROVAL = "IDN-0432", 403, "nobody decides on their own request", "ask another person who holds the permission";
    /// Decided, withdrawn, used or older than 24 hours.
    APPROVAL_CLOSED = "IDN-0433", 409, "this request was decided, withdrawn or has expired", "reload the list; ask anew if it is still wanted";
    /// Not the person for it.
    APPROVAL_FORBIDDEN = "IDN-0434", 403, "this request is not yours to decide or withdraw", "deciding needs the permission named in it; only the person who asked withdraws it";
    /// Exactly the approved change runs.
    APPROVAL_OTHER = "IDN-0435", 409, "another change was approved", "run exactly what was approved, or ask for approval of this change";
    /// An approval runs once.
    APPROVAL_SPENT = "IDN-0436", 409, "this approval was used, refused, withdrawn or has expired", "ask anew";
    /// No such request.
    APPROVAL_NOT_FOUND = "IDN-0437", 404, "no such request for approval", "reload the list";
    /// Too many open requests.
    TOO_MANY_APPROVALS = "IDN-0438", 409, "too many requests of this person wait for approval", "withdraw some, or have them decided";
    /// The session ended.
    SESSION_ENDED = "IDN-0440", 401, "the session has ended", "log in again";
    /// A stored row was altered outside Medward.
    ROW_ALTERED = "IDN-0460", 500, "a stored account record was altered outside Medward", "tell the security administrator; restore the record from the audit history";
    /// The database cannot be reached: no new logins, no changes.
    UNAVAILABLE = "IDN-0503", 503, "accounts cannot be read now", "try again shortly; running sessions go on";
    /// Something failed that should not.
    INTERNAL = "IDN-0500", 500, "the operation failed inside Medward", "tell the administrator the request id";
}

#[cfg(test)]
mod tests {
    #[test]
    fn those_who_ask_know_the_code_of_an_undecided_approval() {
        assert_eq!(super::APPROVAL_NEEDED.code, medward_contract::identity::APPROVAL_UNDECIDED);
    }
}
