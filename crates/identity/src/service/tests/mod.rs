//! The rules of identity over a real database of each engine, with a clock turned by hand and a recorder for events.

mod setup;

mod login;

mod lockout;

mod session;

mod account;

mod tampering;

mod approval;

mod application;

mod clearance;

mod assertion;

mod rescue;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use medward_contract::event::{Event, Field, Stream};
use medward_contract::id::AccountId;
use medward_contract::identity::{ClientFacts, Credential, Directory};
use medward_contract::vault::{Ack, Durability, EventSink};
use medward_contract::{PortError, Principal, Role, Timestamp};
use medward_crypto::{KeyRing, MasterKey, Secret};
use medward_kernel::audit::{Begun, Intent};
use medward_kernel::clock::ManualClock;
use medward_kernel::config::{KernelConfig, ListenConfig, NodeConfig, NodesConfig, TelemetryConfig};
use medward_kernel::hub::Hub;
use medward_kernel::metrics::Metrics;
use medward_kernel::supervisor::Supervisor;
use medward_kernel::{Audit, AuditAction, Capability, Clock, Kit, Ports};
use medward_store::{Blobs, Db, StoreConfig};

use super::*;
use crate::model::AccountState;
use crate::password::Finding;
use crate::store::login_step::{Purpose, Step};
use crate::totp::TotpSecret;

/// 2026-11-20T08:00:00+08:00.
const START: Timestamp = Timestamp::from_micros(1_795_132_800_000_000);
const PASSWORDS: [&str; 3] = ["Regen-ueber.42-Dach", "Lampe;Kupfer-17-Meer", "Wolke_Ziegel-93.Tor"];

/// Keeps events and refuses wrong ones, as the vault does.
#[derive(Default)]
pub(super) struct Recorder(Mutex<Vec<Event>>);

#[async_trait]
impl EventSink for Recorder {
    fn emit(&self, event: Event) {
        event.validate().unwrap();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    async fn append(&self, events: Vec<Event>, _: Durability) -> Result<Ack, PortError> {
        for event in events {
            self.emit(event);
        }
        Ok(Ack { stream: Stream::Auth, first_seq: None, count: 0 })
    }
}

/// A house with nothing but identity in it.
pub(super) struct Bench {
    pub(super) service: Service,
    pub(super) time: ManualClock,
    pub(super) clock: Clock,
    recorder: Arc<Recorder>,
    kit: Kit,
    people: Vec<(Role, String, TotpSecret)>,
    _files: tempfile::TempDir,
}

pub(super) fn client(address: &str) -> ClientFacts {
    ClientFacts { address: address.parse::<IpAddr>().unwrap(), user_agent: "test".to_owned(), attended: true }
}

pub(super) fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

pub(super) fn password(text: &str) -> Password {
    Password::new(text.to_owned())
}

fn kit(db: &Db, clock: Clock, files: &tempfile::TempDir) -> Kit {
    Kit {
        audit: Audit::new(db.clone(), clock.clone()),
        supervisor: Supervisor::new(clock.clone()),
        clock,
        db: db.clone(),
        blobs: Blobs::directory(files.path().to_owned()).unwrap(),
        keys: KeyRing::derive(&MasterKey::from_bytes([7; 32]), b"test"),
        metrics: Metrics::default(),
        ports: Ports::default(),
        hub: Hub::default(),
        policies: medward_kernel::capability::PolicyBoard::default(),
        status: medward_kernel::status::StatusBoard::default(),
        config: Arc::new(KernelConfig {
            node: NodeConfig::default(),
            store: StoreConfig::default(),
            listen: ListenConfig::default(),
            telemetry: TelemetryConfig::default(),
            nodes: NodesConfig::default(),
        }),
        link: None,
    }
}

impl Bench {
    /// No accounts yet.
    pub(super) async fn empty(db: &Db) -> Self {
        Self::with(db, IdentityConfig::default()).await
    }

    pub(super) async fn with(db: &Db, config: IdentityConfig) -> Self {
        db.migrate("kernel", medward_kernel::house::KERNEL_MIGRATIONS, 0).await.unwrap();
        db.migrate("identity", crate::Identity::MIGRATIONS, 0).await.unwrap();
        let files = tempfile::tempdir().unwrap();
        let (clock, time) = Clock::manual(START);
        let kit = kit(db, clock.clone(), &files);
        let recorder = Arc::new(Recorder::default());
        kit.ports.give::<dyn EventSink>("test", recorder.clone()).unwrap();
        let matrix = Matrix::new(crate::Identity::GRANTS.iter().copied());
        kit.ports.give::<Matrix>("test", Arc::new(matrix)).unwrap();
        let service = Service::new(config, &kit).unwrap();
        Self { service, time, clock, recorder, kit, people: Vec::new(), _files: files }
    }

    /// The three administrators exist, with authenticators, as in the demo.
    pub(super) async fn with_administrators(db: &Db) -> Self {
        Self::with_administrators_and(db, IdentityConfig::default()).await
    }

    pub(super) async fn with_administrators_and(db: &Db, config: IdentityConfig) -> Self {
        let mut bench = Self::with(db, config).await;
        let ready = bench.service.demo_administrators(&three()).await.unwrap();
        bench.people = ready.into_iter().map(|one| (one.role, one.login, one.totp)).collect();
        bench
    }

    /// The same database seen by a process started again.
    pub(super) async fn restarted(&self) -> Service {
        let kit = Kit { metrics: Metrics::default(), ..self.kit.clone() };
        let service = Service::new(self.service.0.config.clone(), &kit).unwrap();
        service.start().await.unwrap();
        service
    }

    pub(super) fn login_of(&self, role: Role) -> &str {
        &self.people.iter().find(|(held, ..)| *held == role).unwrap().1
    }

    pub(super) fn password_of(role: Role) -> Password {
        password(PASSWORDS[Role::ALL.iter().position(|one| *one == role).unwrap()])
    }

    /// The authenticator's code now. Time first moves one step on, so that no code is used twice.
    pub(super) fn code_of(&self, role: Role) -> String {
        self.time.advance(Duration::from_secs(30));
        self.people.iter().find(|(held, ..)| *held == role).unwrap().2.code_at(self.clock.now())
    }

    /// Password step of an administrator.
    pub(super) async fn begin(&self, role: Role) -> Result<LoginBegun, IdentityError> {
        self.service.login(self.login_of(role), &Self::password_of(role), &client("10.0.0.1")).await
    }

    /// Both steps of an administrator.
    pub(super) async fn sign_in(&self, role: Role) -> SessionOpened {
        let begun = self.begin(role).await.unwrap();
        let code = self.code_of(role);
        self.service.login_factor(&begun.handle, &code, &client("10.0.0.1")).await.unwrap()
    }

    /// All steps of somebody's first login; gives the session and the authenticator.
    pub(super) async fn first_login(
        &self,
        login: &str,
        first: &str,
        chosen: &str,
    ) -> Result<(SessionOpened, TotpSecret), IdentityError> {
        let from = client("10.0.0.2");
        let begun = self.service.login(login, &password(first), &from).await?;
        assert_eq!(begun.step, Step::ChangePassword);
        let begun = self.service.login_password(&begun.handle, &password(chosen)).await?;
        assert_eq!(begun.step, Step::Enrol);
        let enrolment = self.service.login_enrol(&begun.handle).await?;
        let bytes = data_encoding::BASE32_NOPAD.decode(enrolment.secret_base32.expose().as_bytes()).unwrap();
        let totp = TotpSecret::from_bytes(&bytes).unwrap();
        let code = totp.code_at(self.clock.now());
        Ok((self.service.login_enrol_confirm(&begun.handle, &code, &from).await?, totp))
    }

    /// Who is behind a session's secret.
    pub(super) async fn who(&self, secret: &Secret<String>) -> Option<Principal> {
        who(&self.service, secret).await.unwrap()
    }

    /// The same, asked by a page while nobody sits before it.
    pub(super) async fn who_unattended(&self, secret: &Secret<String>) -> Option<Principal> {
        let nobody = ClientFacts { attended: false, ..client("10.0.0.1") };
        self.service.principal(&Credential::Session(secret.expose().clone()), &nobody).await.unwrap()
    }

    /// A begun audit record, as the API layer gives it to changing handlers.
    pub(super) async fn change(&self) -> Begun {
        let intent = Intent {
            action: AuditAction::new("identity_account", "update"),
            who: None,
            source_ip: "10.0.0.1".to_owned(),
            request_id: "test".to_owned(),
            object_id: String::new(),
        };
        self.kit.audit.begin(intent).await.unwrap()
    }

    /// A new account, invited.
    pub(super) async fn invite(&self, login: &str, name: &str, first: &str) -> Result<AccountView, IdentityError> {
        let sysadmin = self.principal(Role::Sysadmin).await;
        let change = self.change().await;
        self.service.account_create(&sysadmin, login, name, &password(first), &change).await
    }

    /// A new account, active.
    pub(super) async fn member(&self, login: &str, name: &str, first: &str) -> AccountView {
        let invited = self.invite(login, name, first).await.unwrap();
        let (secadmin, change) = (self.principal(Role::Secadmin).await, self.change().await);
        self.service.account_activate(&secadmin, invited.id, &change, &client("10.0.0.1")).await.unwrap()
    }

    /// An administrator as the API layer would present it, without going through a login.
    pub(super) async fn principal(&self, role: Role) -> Principal {
        let account = self.account(self.login_of(role)).await;
        Principal {
            account: account.id,
            login: account.login,
            name: account.name,
            roles: account.roles,
            clearance: medward_contract::SensitivityLabel::L2,
            session: None,
        }
    }

    pub(super) async fn account(&self, login: &str) -> AccountView {
        let page = self.service.account_list(None, "", 200).await.unwrap();
        page.items.into_iter().find(|account| account.login == login).unwrap()
    }

    pub(super) async fn id_of(&self, login: &str) -> AccountId {
        self.account(login).await.id
    }

    /// Events as `dataset action user reason`.
    pub(super) fn events(&self) -> Vec<String> {
        let events = self.recorder.0.lock().unwrap();
        let text = |event: &Event, field| event.text(field).unwrap_or_default().to_owned();
        events
            .iter()
            .map(|event| {
                let (user, reason) = (text(event, Field::UserName), text(event, Field::EventReason));
                format!("{} {} {user} {reason}", event.dataset.as_str(), event.action)
            })
            .collect()
    }

    pub(super) fn has_event(&self, part: &str) -> bool {
        self.events().iter().any(|event| event.contains(part))
    }
}

pub(super) async fn who(service: &Service, secret: &Secret<String>) -> Result<Option<Principal>, PortError> {
    service.principal(&Credential::Session(secret.expose().clone()), &client("10.0.0.1")).await
}

/// The code of a refusal.
pub(super) fn code<T: std::fmt::Debug>(outcome: Result<T, IdentityError>) -> &'static str {
    outcome.unwrap_err().code().code
}

/// Three administrators for three people.
pub(super) fn three() -> Vec<NewAdministrator> {
    let people =
        [(Role::Sysadmin, "lin.zhou", "林舟"), (Role::Secadmin, "su.he", "苏禾"), (Role::Auditadmin, "gu.yan", "顾言")];
    people
        .into_iter()
        .zip(PASSWORDS)
        .map(|((role, login, name), text)| NewAdministrator {
            role,
            login: login.to_owned(),
            name: name.to_owned(),
            password: password(text),
        })
        .collect()
}
