//! Web 防护引擎: rules and request bytes in, a verdict out.
//!
//! Pure: no sockets, files, clock or threads. Rule sources, limits and ids come in as values, so every judgement can be
//! replayed and fuzzed. It knows nothing of who asks, what is protected, or what happens after the verdict.
//!
//! Invariants: values are bytes, never `str`; memory and work per transaction are bounded by [`Limits`]; the verdict does
//! not depend on how a body was cut into chunks; nothing in a rule file loads and then silently never matches.
//!
//! ```
//! use medward_waf::{AttackClass, Conn, Head, ObjectOptions, Outcome, Step, Tx, UniqueId, policy};
//!
//! let program = policy::balanced().unwrap();
//! let conn = Conn { client: "203.0.113.9".parse().unwrap(), client_port: 50_000, tls: true };
//! let mut tx = Tx::new(program, &ObjectOptions::default(), conn, UniqueId("9f2c61aa".to_owned()));
//! let head = Head::new(b"GET", b"/report?id=1'%20OR%20'1'='1", b"HTTP/1.1").with_header(b"Host", b"tj.example.org");
//! assert_eq!(tx.request_head(&head), Step::Continue);
//! assert_eq!(tx.request_end(), Step::Block);
//! let verdict = tx.finish();
//! assert_eq!(verdict.outcome, Outcome::Block);
//! assert_eq!(verdict.attack, Some(AttackClass::Sqli));
//! assert_eq!(verdict.hits[0].variable, "ARGS:id");
//! ```

#![forbid(unsafe_code)]

pub mod http1;

mod body;
mod compile;
mod engine;
mod head;
mod lang;
mod op;
mod options;
pub mod policy;
#[doc(hidden)]
pub mod probe;
mod reference;
mod secrecy;
mod shared;
mod sources;
mod transform;
mod var;
mod verdict;

pub use compile::{CompileOptions, Profile, Program, compile};
pub use engine::{Asked, Explanation, Form, Forms, RuleExplanation, RuleOutcome, Tx, explain};
pub use head::{Head, ResponseHead};
pub use options::{
    Clock, Conn, Exclusion, ExclusionSet, Limits, Mode, ObjectOptions, PathScope, RuleSelector, RuleState, Target,
    TargetError, UniqueId,
};
pub use reference::Reference;
pub use secrecy::{append_parameter, is_secret_name, without_secrets};
pub use sources::{CompileError, SourceFile, Sources, Warning};
pub use var::Collection;
pub use verdict::{
    AttackClass, EngineError, Hit, Layer, Outcome, PolicyId, SNIP_BYTES, Severity, Snip, Step, Verdict, printable,
};
