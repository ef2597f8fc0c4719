//! The rules of identity, without HTTP: every decision about accounts, logins and sessions.

mod setup;

mod login;

mod application;

mod clearance;

mod session;

mod account;

mod approval;

mod rescue;

use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use medward_contract::address::network_of;
use medward_contract::identity::ClientFacts;
use medward_contract::{Severity, Timestamp};
use medward_crypto::{Domain, KeyRing};
use medward_kernel::hub::Hub;
use medward_kernel::permission::Matrix;
use medward_kernel::throttle::Throttle;
use medward_kernel::{Audit, BuildError, Clock, Kit, Port};
use medward_store::Db;

use crate::assertion::Asserter;
use crate::config::IdentityConfig;
use crate::error::IdentityError;
use crate::events::{Actor, Events};
use crate::hashing::HashPool;
use crate::living::{Ends, Living};
use crate::metrics::Meters;
use crate::model::own_words_check;
use crate::password::{Judgement, Password, Policy};
use crate::store::attempt::LoginDigest;
use crate::turns::Turns;

pub use account::{AccountPage, AccountView};
pub use approval::{ApprovalListing, ApprovalPage, ApprovalView};
pub use clearance::{ClearanceView, WantedClearance};
pub use login::{Enrolment, LoginBegun, SessionOpened};
pub use rescue::{Rescue, Rescued};
pub use session::{Me, SessionView};
pub use setup::{NewAdministrator, ReadyAdministrator};

/// Logins from one address are counted over this.
const ADDRESS_WINDOW: Duration = Duration::from_mins(1);
/// Password judgements from one address in [`ADDRESS_WINDOW`]: a person typing, not a flood.
const CHECKS_PER_ADDRESS: u32 = 120;
/// Failures from one address are counted over this (`identity.md` §4).
const ADDRESS_FAILURE_WINDOW: Duration = Duration::from_mins(10);

/// Accounts, logins and sessions. Cheap to clone.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

struct Inner {
    config: IdentityConfig,
    db: Db,
    clock: Clock,
    keys: KeyRing,
    audit: Audit,
    hub: Hub,
    events: Events,
    matrix: Port<Matrix>,
    meters: Meters,
    pool: HashPool,
    asserter: Asserter,
    turns: Turns,
    living: Living,
    ends: Ends,
    /// Until then the store is taken for unreachable by session checks, so that each does not wait for it.
    store_down_until: Mutex<Timestamp>,
    /// These three count by network (`network_of`): one IPv6 address is as many as its owner likes.
    logins_by_address: Throttle<IpAddr>,
    failures_by_address: Throttle<IpAddr>,
    checks_by_address: Throttle<IpAddr>,
}

impl Service {
    /// The service over a kit. Starts nothing.
    pub fn new(config: IdentityConfig, kit: &Kit) -> Result<Self, BuildError> {
        let meters = Meters::new(&kit.metrics)?;
        let pool = HashPool::new(
            kit.keys.password_hasher(),
            Policy::new(config.min_length, &config.site_words),
            kit.supervisor.clone(),
            kit.clock.clone(),
            meters.hash_seconds.clone(),
        );
        Ok(Self(Arc::new(Inner {
            db: kit.db.clone(),
            clock: kit.clock.clone(),
            keys: kit.keys.clone(),
            audit: kit.audit.clone(),
            hub: kit.hub.clone(),
            events: Events::new(kit.ports.port("identity")),
            matrix: kit.ports.port("identity"),
            meters,
            pool,
            asserter: Asserter::new(&kit.keys).ok_or_else(no_assertion_key)?,
            turns: Turns::default(),
            living: Living::default(),
            ends: Ends { idle: config.idle.0, absolute: config.absolute.0 },
            store_down_until: Mutex::default(),
            logins_by_address: Throttle::new(config.logins_per_address, ADDRESS_WINDOW),
            failures_by_address: Throttle::new(config.failures_per_address, ADDRESS_FAILURE_WINDOW),
            checks_by_address: Throttle::new(CHECKS_PER_ADDRESS, ADDRESS_WINDOW),
            config,
        })))
    }

    /// Judges a password for somebody, as the form shows it while typing. History is judged only when it is set.
    pub async fn password_check(
        &self,
        password: Password,
        login: &str,
        name: &str,
        client: &ClientFacts,
    ) -> Result<Judgement, IdentityError> {
        let now = self.0.clock.now();
        let network = network_of(client.address);
        let gate = self.0.checks_by_address.check(&network, now);
        gate.map_err(|until| IdentityError::TooFast { until })?;
        self.0.checks_by_address.count(&network, now);
        // A password is compared with every part of them: a megabyte of name would cost a third of a second of CPU.
        own_words_check(login, name)?;
        self.0.pool.judge(password, login.to_owned(), name.to_owned()).await
    }

    /// This moment, for the API layer's `Retry-After`.
    pub(crate) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Counters of refused changes; for the API layer.
    pub(crate) fn denied(&self, error: &IdentityError) {
        crate::metrics::ChangeDenied { code: error.code().code }.emit(&self.0.meters);
    }
}

fn no_assertion_key() -> BuildError {
    BuildError::Other {
        what: "derive the key of assertions".to_owned(),
        remedy: "the master key gives no number of the curve P-256; restore the master key of this site".to_owned(),
        source: None,
    }
}

impl Inner {
    fn login_digest(&self, login: &str) -> LoginDigest {
        self.keys.blind_index(Domain::IdentityRow, login.as_bytes())
    }

    /// Judges and hashes a new password, or says what is wrong with it.
    async fn new_password(&self, password: &Password, login: &str, name: &str) -> Result<String, IdentityError> {
        let judgement = self.pool.judge(password.clone(), login.to_owned(), name.to_owned()).await?;
        if !judgement.is_accepted() {
            return Err(IdentityError::Password(judgement.findings));
        }
        self.pool.hash(password.clone()).await
    }

    /// Passes an error on; an altered row or sealed secret is also shouted about (P1: `identity.md` §1.2).
    fn alarmed<T>(&self, outcome: Result<T, IdentityError>, client: &ClientFacts) -> Result<T, IdentityError> {
        let (place, reason) = match &outcome {
            Err(IdentityError::Altered { table, key }) => {
                (key.as_str(), format!("row {key} of {table} does not match its MAC"))
            }
            Err(IdentityError::Seal(error)) => ("-", format!("failed to {error}")),
            _ => return outcome,
        };
        tracing::error!(reason, "account record altered outside medward");
        let actor = Actor { login: "-", client };
        self.events.account("revoke", &actor, place, &reason, Severity::Critical, self.clock.now());
        outcome
    }
}

#[cfg(test)]
mod tests;
