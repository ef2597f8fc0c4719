//! Identity as the access guard sees it: three people, one password, one code. That the real one answers the same is shown by
//! the end-to-end tests.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use async_trait::async_trait;
use medward_contract::id::AccountId;
use medward_contract::identity::{
    AuthStep, Authenticator, ClientFacts, Denial, EnrolmentOffer, Factor, LoginHandle, PriorityClass, SignedAssertion,
    Subject, Typed,
};
use medward_contract::{PortError, Role, SensitivityLabel, Timestamp};

/// Password and code of everybody.
pub(crate) const PASSWORD: &str = "Right-Password-1";
pub(crate) const CODE: &str = "123456";

pub(crate) struct People {
    pub(crate) all: Mutex<HashMap<String, Subject>>,
    handles: Mutex<HashMap<String, AccountId>>,
    next: AtomicU32,
    /// Nobody answers.
    pub(crate) away: AtomicBool,
}

fn person(login: &str, priority: u8, clearance: SensitivityLabel, roles: Vec<Role>) -> (String, Subject) {
    let subject = Subject {
        account: AccountId::new(),
        login: login.to_owned(),
        name: format!("{login} 的姓名"),
        roles,
        clearance,
        departments: vec!["放射科".to_owned()],
        priority: PriorityClass::new(priority).unwrap(),
    };
    (login.to_owned(), subject)
}

impl People {
    pub(crate) fn new() -> Self {
        let all = [
            person("wang", 5, SensitivityLabel::L3, vec![Role::Requester]),
            person("急诊", 1, SensitivityLabel::L4, vec![Role::Requester]),
            person("batch", 9, SensitivityLabel::L2, vec![Role::Operator]),
        ];
        Self {
            all: Mutex::new(all.into()),
            handles: Mutex::default(),
            next: AtomicU32::new(0),
            away: AtomicBool::new(false),
        }
    }

    pub(crate) fn of(&self, login: &str) -> Subject {
        self.all.lock().unwrap()[login].clone()
    }

    fn handle(&self, account: AccountId) -> LoginHandle {
        let handle = format!("handle-{}", self.next.fetch_add(1, Ordering::SeqCst));
        self.handles.lock().unwrap().insert(handle.clone(), account);
        LoginHandle::new(handle)
    }

    fn reach(&self) -> Result<(), PortError> {
        if self.away.load(Ordering::SeqCst) { Err(PortError::Unavailable("identity")) } else { Ok(()) }
    }
}

#[async_trait]
impl Authenticator for People {
    async fn begin(&self, login: &str, password: &Typed, _: &ClientFacts) -> Result<AuthStep, PortError> {
        self.reach()?;
        let found = self.all.lock().unwrap().get(login).map(|subject| subject.account);
        Ok(match found.filter(|_| password.expose() == PASSWORD) {
            Some(account) => AuthStep::NeedFactor(self.handle(account)),
            None => AuthStep::Denied(Denial::Wrong),
        })
    }

    async fn finish(&self, handle: &LoginHandle, factor: Factor, _: &ClientFacts) -> Result<AuthStep, PortError> {
        self.reach()?;
        let Factor::Code(code) = factor else { return Ok(AuthStep::Denied(Denial::Expired)) };
        if code.expose() != CODE {
            return Ok(AuthStep::Denied(Denial::Wrong));
        }
        let Some(account) = self.handles.lock().unwrap().remove(handle.expose()) else {
            return Ok(AuthStep::Denied(Denial::Expired));
        };
        let subject = self.subject(account).await?;
        Ok(subject
            .map_or(AuthStep::Denied(Denial::Wrong), |subject| AuthStep::Done { subject, recovery_codes: Vec::new() }))
    }

    async fn again(&self, account: AccountId) -> Result<AuthStep, PortError> {
        self.reach()?;
        Ok(AuthStep::NeedFactor(self.handle(account)))
    }

    async fn enrolment(&self, _: &LoginHandle) -> Result<Option<EnrolmentOffer>, PortError> {
        Ok(None)
    }

    async fn subject(&self, account: AccountId) -> Result<Option<Subject>, PortError> {
        self.reach()?;
        Ok(self.all.lock().unwrap().values().find(|subject| subject.account == account).cloned())
    }

    async fn assertion(&self, subject: &Subject, audience: &str) -> Result<SignedAssertion, PortError> {
        self.reach()?;
        let token = format!("signed.for-{}.at-{audience}", subject.account);
        Ok(SignedAssertion { token, expires_at: Timestamp::from_micros(i64::MAX) })
    }

    fn assertion_keys(&self) -> Result<String, PortError> {
        Ok("{\"keys\":[]}".to_owned())
    }
}
