//! Accounts, roles, passwords, second factors and sessions of the console (账号与权限).
//!
//! *Not* here: serving HTTP (`web`), the permission matrix and the audit trail (`kernel`), keys (`crypto`), and, until
//! their issues come: labels, tokens, WebAuthn, federation.
//!
//! Invariants: password alone never yields a session; a right password is refused while its login is locked; no secret
//! is stored, logged or returned in clear except to its owner, once; an account row altered by direct SQL grants nothing.
//!
//! How a person gets in, as the tests do it:
//!
//! ```text
//! login(login, password)       -> change_password | enrol | factor, with a handle
//! login_password(handle, new)  -> enrol | factor
//! login_enrol(handle)          -> secret as URI, text and QR code
//! login_enrol_confirm / login_factor(handle, code) -> session (cookie), recovery codes after enrolment
//! ```

pub mod codes;

mod config;

mod model;

mod approval;

mod password;

mod totp;

mod assertion;

mod recovery;

mod lockout;

mod error;

mod hashing;

mod turns;

mod events;

mod metrics;

mod living;

mod store;

mod service;

mod remote;

mod jobs;

mod api;

use std::sync::Arc;

use medward_contract::ErrorCode;
use medward_contract::identity::{Approvals, Authenticator, Directory, Sessions};
use medward_kernel::capability::Start;
use medward_kernel::nodes::NodeParts;
use medward_kernel::permission::Grant;
use medward_kernel::{BuildError, Capability, Kit, Parts};
use medward_store::{Migration, migrations};

pub use approval::{ApprovalPerson, ApprovalState};
pub use config::{IdentityConfig, OnSecond};
pub use error::IdentityError;
pub use model::{AccountState, InputError};
pub use password::{Finding, Judgement, Password};
pub use remote::RemoteAuthenticator;
pub use service::{
    AccountPage, AccountView, ApprovalListing, ApprovalPage, ApprovalView, ClearanceView, Enrolment, LoginBegun, Me,
    NewAdministrator, ReadyAdministrator, Rescue, Rescued, Service, SessionOpened, SessionView, WantedClearance,
};
pub use store::login_step::Step;
pub use totp::{QrError, TotpSecret};

/// The capability, as the binary lists it. What it does is in [`Service`].
pub struct Identity;

impl Capability for Identity {
    const NAME: &'static str = "identity";
    type Config = IdentityConfig;
    const MIGRATIONS: &'static [Migration] =
        migrations!["0001_accounts", "0002_session_macs", "0003_approvals", "0004_applications"];
    const ERRORS: &'static [ErrorCode] = codes::ALL;
    const GRANTS: &'static [Grant] = api::GRANTS;

    /// Gives the ports `Directory`, `Sessions`, `Approvals` and `Authenticator`, and [`Service`] for the binary (set-up link, demo accounts). Uses
    /// `EventSink` and the house's permission `Matrix`.
    fn build(config: IdentityConfig, kit: &Kit) -> Result<Parts, BuildError> {
        let service = Service::new(config, kit)?;
        kit.ports.give::<dyn Directory>(Self::NAME, Arc::new(service.clone()))?;
        kit.ports.give::<dyn Sessions>(Self::NAME, Arc::new(service.clone()))?;
        kit.ports.give::<dyn Approvals>(Self::NAME, Arc::new(service.clone()))?;
        kit.ports.give::<dyn Authenticator>(Self::NAME, Arc::new(service.clone()))?;
        kit.ports.give::<Service>(Self::NAME, Arc::new(service.clone()))?;
        let routes = api::routes(service.clone(), kit.keys.clone(), kit.ports.port(Self::NAME));
        let (jobs, checks) = (jobs::jobs(&service), jobs::checks(&service));
        let nodes = NodeParts { handlers: remote::handlers(&service), ..NodeParts::default() };
        let on_start: Start = Box::new(move || Box::pin(async move { service.start().await.map_err(not_readable) }));
        Ok(Parts { routes: Some(routes), jobs, checks, nodes, on_start: Some(on_start), ..Parts::default() })
    }
}

fn not_readable(error: IdentityError) -> BuildError {
    BuildError::Other {
        what: "read accounts and sessions".to_owned(),
        remedy: "check that the database can be reached".to_owned(),
        source: Some(Box::new(error)),
    }
}
