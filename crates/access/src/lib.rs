//! The rules of the access guard (应用准入): who may enter an application that Medward does not change, for how long, and
//! who goes first when there is not enough for all (gateway.md §11; PACS rows on 身份鉴别, 访问控制 and 资源控制).
//!
//! *Not* here: HTTP and pages (`proxy`, `defence`), storage (`gateway`), passwords and second factors (identity, behind the
//! port `Authenticator`). Time comes in as values.
//!
//! Invariants: a session is found by the hash of a secret that was signed before it was given out, so that a guess never
//! reaches the store; one account has one session in an application; classes 0 and 1 are never turned away for others; a
//! path is judged by every reading that a server may make of it, and the hardest counts.

mod policy;

mod area;

mod secret;

mod session;

mod table;

mod level;

mod store;

pub use area::{Area, AreaError, Areas, Asked, Denied};
pub use level::{Floor, FloorChange, Goal, Level, Metric, Sample};
pub use policy::{GuardPolicy, OnSecond, StepUp};
pub use secret::{SECRET_CHARACTERS, SessionKey, TokenHash};
pub use session::{EndReason, Exceeded, Session, Share, Visit};
pub use store::{SessionStore, StoreGone, StoredSession};
pub use table::{Ended, Found, Other, Planned, Refusal, Sessions};
