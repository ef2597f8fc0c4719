//! Detection with Sigma rules (vault.md §10): rules in, hits and signals out.
//!
//! [`Engine`] reads a [`RulePack`] (the 45 rules of Medward, and what the user imports from a folder in SigmaHQ layout), meets
//! each event with the rules of its own log source only, and counts hits over time for correlation rules. What becomes of a
//! signal is decided by [`Alerts`]: one alert for a key and window, storms, suppressions, requests for bans.
//!
//! It is *not* a reader of logs and keeps nothing on disk: the vault follows its records, feeds them in and stores what comes out.
//!
//! Invariant: no I/O and no clock; every moment comes in with an event or as a value. Invariant: an event never meets a rule of
//! another log source. Invariant: a rule that does not load is named with file, id and reason, and hinders no other.
//!
//! ```
//! use medward_contract::event::{Dataset, Event, Field};
//! use medward_contract::{Severity, Timestamp};
//! use medward_sigma::{DetectionEngine as _, Engine, RulePack, Sources};
//!
//! let mut engine = Engine::default();
//! assert!(engine.load(&RulePack::builtin()).refused.is_empty());
//!
//! let event = Event::new(Dataset::VaultVerify, "verify", Timestamp::from_micros(1))
//!     .outcome(medward_contract::event::Outcome::Failure)
//!     .severity(Severity::Critical)
//!     .attr("vault.result", "CHANGED");
//! let hits = engine.detect(&event, &Sources::of(&event));
//! let signals = engine.correlate(&event, hits, event.timestamp);
//! assert_eq!(signals[0].rule.id, "MW-040");
//! ```

mod view;
pub use view::{EventView, Value};

mod local;
pub use local::{LocalTime, WeekdaysOnly, Workdays};

mod source;
pub use source::{Foreign, LogSource, Source, Sources};

mod pack;
pub use pack::{KNOWN_LISTS, Lists, RuleFile, RulePack};

mod read;
pub use read::{MAX_DOCUMENTS, MAX_FILE_BYTES, MAX_FILES};

mod cost;

mod expand;

mod rule;
pub use rule::{BucketSpec, DEFAULT_DEDUPE, RuleInfo, RuleKind};

mod report;
pub use report::{LoadReport, Reason, Refused};

mod adapter;

mod routes;

mod engine;
pub use engine::{DetectionEngine, Engine, Hit, MAX_RECORDS, MAX_RULES, Pour, Signal, moment_of};

mod state;

pub mod alert;
pub use alert::{Alert, AlertDecision, Alerts, Suppression};

pub mod bucket;
pub use bucket::{Ban, Buckets};

pub mod backtest;
pub use backtest::{Backtest, BacktestReport};

pub mod generate;

mod builtin;
