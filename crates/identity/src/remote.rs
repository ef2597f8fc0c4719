//! Port `Authenticator` on a remote node: every step is made at the house. Both directions of each call stand here.
//!
//! Closed: while the house is away nobody new is let in.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use medward_contract::PortError;
use medward_contract::id::AccountId;
use medward_contract::identity::{
    AuthStep, Authenticator, ClientFacts, EnrolmentOffer, Factor, LoginHandle, SignedAssertion, Subject, Typed,
};
use medward_kernel::nodes::{NodeHandler, NodeLink, UNREADABLE};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::service::Service;

const BEGIN: &str = "identity.login.begin";
const FINISH: &str = "identity.login.finish";
const AGAIN: &str = "identity.login.again";
const ENROLMENT: &str = "identity.login.enrolment";
const SUBJECT: &str = "identity.login.subject";
const ASSERTION: &str = "identity.login.assertion";

#[derive(Serialize, Deserialize)]
struct Begin {
    login: String,
    password: Typed,
    client: ClientFacts,
}

#[derive(Serialize, Deserialize)]
struct Finish {
    handle: LoginHandle,
    factor: Factor,
    client: ClientFacts,
}

#[derive(Serialize, Deserialize)]
struct Vouch {
    subject: Subject,
    audience: String,
}

#[derive(Serialize, Deserialize)]
struct Vouched {
    assertion: SignedAssertion,
    keys: String,
}

/// The authenticator of a node.
pub struct RemoteAuthenticator {
    link: NodeLink,
    /// Public keys, as the last assertion brought them: nobody needs them before there was one.
    keys: Mutex<Option<String>>,
}

impl RemoteAuthenticator {
    /// Over the link to the house.
    pub fn new(link: NodeLink) -> Self {
        Self { link, keys: Mutex::default() }
    }

    async fn ask<Q: Serialize + Sync, A: DeserializeOwned>(&self, name: &str, question: &Q) -> Result<A, PortError> {
        let body = serde_json::to_vec(question).map_err(|_| UNREADABLE)?;
        let answer = self.link.call(name, body).await?;
        serde_json::from_slice(&answer).map_err(|_| PortError::Unavailable("the answer of the house: not readable"))
    }
}

#[async_trait]
impl Authenticator for RemoteAuthenticator {
    async fn begin(&self, login: &str, password: &Typed, client: &ClientFacts) -> Result<AuthStep, PortError> {
        let question = Begin { login: login.to_owned(), password: password.clone(), client: client.clone() };
        self.ask(BEGIN, &question).await
    }

    async fn finish(&self, handle: &LoginHandle, factor: Factor, client: &ClientFacts) -> Result<AuthStep, PortError> {
        self.ask(FINISH, &Finish { handle: handle.clone(), factor, client: client.clone() }).await
    }

    async fn again(&self, account: AccountId) -> Result<AuthStep, PortError> {
        self.ask(AGAIN, &account).await
    }

    async fn enrolment(&self, handle: &LoginHandle) -> Result<Option<EnrolmentOffer>, PortError> {
        self.ask(ENROLMENT, handle).await
    }

    async fn subject(&self, account: AccountId) -> Result<Option<Subject>, PortError> {
        self.ask(SUBJECT, &account).await
    }

    async fn assertion(&self, subject: &Subject, audience: &str) -> Result<SignedAssertion, PortError> {
        let question = Vouch { subject: subject.clone(), audience: audience.to_owned() };
        let Vouched { assertion, keys } = self.ask(ASSERTION, &question).await?;
        *self.keys.lock().unwrap_or_else(PoisonError::into_inner) = Some(keys);
        Ok(assertion)
    }

    fn assertion_keys(&self) -> Result<String, PortError> {
        let keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner).clone();
        keys.ok_or(PortError::Unavailable("the keys of assertions: none was made on this node yet"))
    }
}

/// What the house answers.
pub(crate) fn handlers(service: &Service) -> Vec<NodeHandler> {
    let service = || service.clone();
    vec![
        NodeHandler::json(BEGIN, service(), |service: Service, Begin { login, password, client }| async move {
            service.begin(&login, &password, &client).await
        }),
        NodeHandler::json(FINISH, service(), |service: Service, Finish { handle, factor, client }| async move {
            service.finish(&handle, factor, &client).await
        }),
        NodeHandler::json(AGAIN, service(), |service: Service, account: AccountId| async move {
            service.again(account).await
        }),
        NodeHandler::json(ENROLMENT, service(), |service: Service, handle: LoginHandle| async move {
            Authenticator::enrolment(&service, &handle).await
        }),
        NodeHandler::json(SUBJECT, service(), |service: Service, account: AccountId| async move {
            service.subject(account).await
        }),
        NodeHandler::json(ASSERTION, service(), |service: Service, Vouch { subject, audience }| async move {
            // Who is vouched for is read here, not there: somebody whose account is not active is vouched for by nobody.
            let subject = service.subject(subject.account).await?.ok_or(UNREADABLE)?;
            let assertion = service.assertion(&subject, &audience).await?;
            Ok(Vouched { assertion, keys: service.assertion_keys()? })
        }),
    ]
}
