//! Certificates of the sites (站点证书): uploaded, checked, sealed, served at the next handshake, watched until they end
//! (gateway.md §3).
//!
//! They are no part of the policy's generations: going back to the rules of last week must not bring back a certificate
//! that has expired since. Keys are sealed in the database and never leave this program again.
//!
//! Invariant: what is stored was read whole and checked before; a stored pair that cannot be read any more is reported
//! and takes no other one down.

mod expiry;
mod fault;
mod pair;
pub(crate) mod rows;

pub(crate) use expiry::{PREFIX as ALARMS, watch_expiry};
pub(crate) use fault::{CertificateFault, Doubt};
pub(crate) use pair::{Facts, Pair};

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use medward_contract::id::CertificateId;
use medward_contract::{SensitivityLabel, Timestamp};
use medward_crypto::{Domain, KeyRing, Place, Secret};
use medward_kernel::audit::Begun;
use medward_kernel::hub::Hub;
use medward_kernel::supervisor::{Stop, TaskError};
use medward_kernel::tls::ServerIdentity;
use medward_kernel::{Clock, Kit, Supervisor};
use medward_proxy::{DataPath, SiteCertificate, SiteCertificates};
use medward_store::{Db, StoreError};
use tokio::sync::Notify;

use rows::CertificateRow;

/// Another node's upload is served after this at the latest.
const LOOK: Duration = Duration::from_secs(5);
/// Longest name, bytes.
const MAX_NAME_BYTES: usize = 128;
/// More names without a certificate than a person would read.
const MAX_BARE_HOSTS: usize = 200;

/// What an operator uploads. It holds a key and cannot be printed.
#[derive(Clone, Copy)]
pub(crate) struct Upload<'a> {
    /// What people call it; its first host name when empty.
    pub(crate) name: &'a str,
    pub(crate) chain_pem: &'a str,
    pub(crate) private_key_pem: &'a str,
}

/// A stored certificate.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Login of who uploaded it.
    pub(crate) author: String,
    pub(crate) uploaded_at: Timestamp,
    pub(crate) generation: i64,
    /// What was read from it; why not, when it cannot be read any more.
    pub(crate) pair: Result<Pair, String>,
}

/// Why a change of the certificates is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CertificateError {
    #[error("use it: {0}")]
    Fault(#[from] CertificateFault),
    #[error("name it: a name has 1 to 128 bytes of text")]
    Name,
    #[error("name it: there is another one of this name")]
    NameTaken,
    #[error("find it: there is none with this id")]
    Unknown,
    #[error("seal its key")]
    Seal(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("store it")]
    Store(#[from] StoreError),
}

/// Stores certificates and puts them to use. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Certificates(Arc<Inner>);

struct Inner {
    db: Db,
    keys: KeyRing,
    clock: Clock,
    supervisor: Supervisor,
    hub: Hub,
    data_path: Arc<DataPath>,
    default: Option<Facts>,
    /// One load at a time: an older state must not be put in force after a newer one.
    loading: tokio::sync::Mutex<()>,
    served: Mutex<Served>,
    /// Wakes whoever looks at when they end.
    changes: Notify,
}

/// A certificate in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Serving {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) state: State,
}

/// How it is with a certificate in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// It serves until then.
    Until(Timestamp),
    /// It should serve and cannot be read any more, for this reason.
    Broken(String),
}

/// Id of the certificate for names that have none of their own.
pub(crate) const DEFAULT_ID: &str = "default";

/// What is served now.
#[derive(Default)]
struct Served {
    generation: i64,
    certificates: Vec<Arc<Stored>>,
}

impl Certificates {
    pub(crate) fn new(kit: &Kit, data_path: Arc<DataPath>, default: Option<&ServerIdentity>) -> Self {
        Self(Arc::new(Inner {
            db: kit.db.clone(),
            keys: kit.keys.clone(),
            clock: kit.clock.clone(),
            supervisor: kit.supervisor.clone(),
            hub: kit.hub.clone(),
            data_path,
            default: default.and_then(|identity| Facts::of_leaf(&identity.certificate)),
            loading: tokio::sync::Mutex::default(),
            served: Mutex::default(),
            changes: Notify::new(),
        }))
    }

    /// What is served now, oldest first.
    pub(crate) fn list(&self) -> Vec<Arc<Stored>> {
        self.0.served.lock().unwrap_or_else(PoisonError::into_inner).certificates.clone()
    }

    /// Certificates that some name is served with, and the default one.
    pub(crate) fn serving(&self) -> Vec<Serving> {
        let (sites, now) = (self.0.data_path.sites(), self.0.clock.now());
        let mut serving = Vec::new();
        for stored in self.list() {
            let (id, name) = (stored.id.clone(), stored.name.clone());
            match &stored.pair {
                Ok(pair) if !sites.serves(&pair.served, now) => {}
                Ok(pair) => serving.push(Serving { id, name, state: State::Until(pair.facts.not_after) }),
                Err(error) => serving.push(Serving { id, name, state: State::Broken(error.clone()) }),
            }
        }
        if let Some(default) = &self.0.default {
            serving.push(Serving {
                id: DEFAULT_ID.to_owned(),
                name: default.names.first().unwrap_or(&default.subject).clone(),
                state: State::Until(default.not_after),
            });
        }
        serving
    }

    /// The certificate of `medward.toml`, or the one that was made at the first start: for names that have none.
    pub(crate) fn default(&self) -> Option<&Facts> {
        self.0.default.as_ref()
    }

    /// What a person should look at now.
    pub(crate) fn doubts(&self, pair: &Pair) -> Vec<Doubt> {
        pair.doubts_at(self.0.clock.now())
    }

    /// The same of the default one: that nobody vouches for it is what it is for.
    pub(crate) fn default_doubts(&self) -> Vec<Doubt> {
        self.default().and_then(|facts| facts.doubt_at(self.0.clock.now())).into_iter().collect()
    }

    /// Whether any name is served with it.
    pub(crate) fn serves(&self, pair: &Pair) -> bool {
        self.0.data_path.sites().serves(&pair.served, self.0.clock.now())
    }

    /// Names of a certificate that no protected object answers for.
    pub(crate) fn idle_names(&self, facts: &Facts) -> Vec<String> {
        let policy = self.0.data_path.snapshot();
        facts.names.iter().filter(|name| !policy.covers(name)).cloned().collect()
    }

    /// Host names for which visitors are warned: objects answer for them, and nothing but a default certificate that nobody
    /// vouches for is there. The first of them, and how many there are.
    pub(crate) fn bare_hosts(&self) -> (Vec<String>, usize) {
        // Without HTTPS there is no warning.
        let Some(default) = self.default() else { return (Vec::new(), 0) };
        let vouched: &[String] = if default.subject == default.issuer { &[] } else { &default.names };
        let sites = self.0.data_path.sites();
        let policy = self.0.data_path.snapshot();
        let mut bare: Vec<String> =
            policy.host_patterns().filter(|host| !sites.covers(host) && !vouched.contains(host)).collect();
        bare.sort();
        let count = bare.len();
        bare.truncate(MAX_BARE_HOSTS);
        (bare, count)
    }

    /// Resolves after the next change.
    async fn changed(&self) {
        self.0.changes.notified().await;
    }

    /// Reads what would be uploaded; nothing is stored.
    pub(crate) async fn check(&self, upload: &Upload<'_>) -> Result<Pair, CertificateFault> {
        let (chain, key, now) =
            (upload.chain_pem.to_owned(), Secret::new(upload.private_key_pem.to_owned()), self.0.clock.now());
        // Dozens of signatures take longer than a task may hold its thread.
        let read = self.0.supervisor.blocking(move || Pair::read(&chain, key.expose(), now)).await;
        read.unwrap_or(Err(CertificateFault::Unreadable { position: 1 }))
    }

    /// Stores a certificate, in place of the one with this id when it is named. It is served when this returns.
    pub(crate) async fn put(
        &self,
        id: Option<&str>,
        upload: &Upload<'_>,
        author: &str,
        change: &Begun,
    ) -> Result<Arc<Stored>, CertificateError> {
        let inner = &self.0;
        let now = inner.clock.now();
        let pair = self.check(upload).await?;
        let first = pair.facts.names.first().map(String::as_str).unwrap_or_default();
        let name = if upload.name.trim().is_empty() { first } else { upload.name.trim() };
        if name.is_empty() || name.len() > MAX_NAME_BYTES || name.chars().any(char::is_control) {
            return Err(CertificateError::Name);
        }
        let made = CertificateId::new().to_string();
        let row_id = id.unwrap_or(&made);
        let key_sealed = inner
            .keys
            .seal(Domain::GatewayCertificateKey, &place(row_id), upload.private_key_pem.as_bytes())
            .map_err(|error| CertificateError::Seal(Box::new(error)))?;
        let row = CertificateRow {
            id: row_id.to_owned(),
            name: name.to_owned(),
            chain_pem: upload.chain_pem.to_owned(),
            key_sealed,
            author: author.to_owned(),
            generation: 0,
            updated_at: rows::stamp(now),
        };
        let (row, replaces) = (&row, id.is_some());
        let detail = format!("{} until {}", pair.facts.fingerprint, pair.facts.not_after);
        let detail = detail.as_str();
        inner
            .db
            .write(|tx| {
                Box::pin(async move {
                    if rows::certificate_named(tx, &row.name).await?.is_some_and(|other| other != row.id) {
                        return Err(CertificateError::NameTaken);
                    }
                    if replaces && !rows::certificate_list(tx).await?.iter().any(|stored| stored.id == row.id) {
                        return Err(CertificateError::Unknown);
                    }
                    let row = CertificateRow { generation: rows::generation_next(tx).await?, ..row.clone() };
                    rows::certificate_put(tx, &row).await?;
                    change.finish_in(tx, &row.id, detail).await?;
                    Ok::<_, CertificateError>(())
                })
            })
            .await?;
        change.committed();
        self.load().await?;
        inner.hub.send("gateway.certificate", row_id, if replaces { "update" } else { "create" });
        // Another node may have changed it again already; this one was stored all the same.
        let loaded = self.list().into_iter().find(|stored| stored.id == row_id);
        Ok(loaded.unwrap_or_else(|| {
            let (id, name, author) = (row.id.clone(), row.name.clone(), row.author.clone());
            Arc::new(Stored { id, name, author, uploaded_at: now, generation: row.generation, pair: Ok(pair) })
        }))
    }

    /// Removes a certificate; its names are served with the default one from the next handshake on.
    pub(crate) async fn remove(&self, id: &str, change: &Begun) -> Result<(), CertificateError> {
        self.0
            .db
            .write(|tx| {
                Box::pin(async move {
                    if !rows::certificate_delete(tx, id).await? {
                        return Err(CertificateError::Unknown);
                    }
                    rows::generation_next(tx).await?;
                    change.finish_in(tx, id, "removed").await?;
                    Ok(())
                })
            })
            .await?;
        change.committed();
        self.load().await?;
        self.0.hub.send("gateway.certificate", id, "remove");
        Ok(())
    }

    /// Puts what is stored to use.
    pub(crate) async fn load(&self) -> Result<(), StoreError> {
        let _one_at_a_time = self.0.loading.lock().await;
        let mut reader = self.0.db.read().await?;
        let generation = rows::generation_latest(&mut reader).await?;
        let stored = rows::certificate_list(&mut reader).await?;
        drop(reader);
        // What did not change is not read and opened again.
        let known: HashMap<(String, i64), Arc<Stored>> =
            self.list().into_iter().map(|one| ((one.id.clone(), one.generation), one)).collect();
        let keys = self.0.keys.clone();
        let open = move |row: CertificateRow| match known.get(&(row.id.clone(), row.generation)) {
            Some(one) => one.clone(),
            None => Arc::new(open(&keys, row)),
        };
        let opened = self.0.supervisor.blocking(move || stored.into_iter().map(open).collect::<Vec<_>>()).await;
        let Ok(certificates) = opened else {
            tracing::error!("certificates could not be read: those that were served go on");
            return Ok(());
        };
        let mut served = self.0.served.lock().unwrap_or_else(PoisonError::into_inner);
        served.certificates = certificates;
        served.generation = generation;
        let mut sites = SiteCertificates::default();
        for pair in served.certificates.iter().filter_map(|one| one.pair.as_ref().ok()) {
            let Facts { not_before, not_after, .. } = pair.facts;
            let site =
                SiteCertificate { not_before, not_after, self_signed: pair.is_self_signed(), key: pair.served.clone() };
            for name in &pair.facts.names {
                sites.add(name, &site);
            }
        }
        self.0.data_path.sites_swap(sites);
        drop(served);
        self.0.changes.notify_one();
        Ok(())
    }

    /// Looks for certificates that another node stored until the program stops.
    pub(crate) async fn follow(&self, stop: Stop) -> Result<(), TaskError> {
        loop {
            tokio::select! {
                () = stop.running.cancelled() => return Ok(()),
                () = self.0.clock.sleep(LOOK) => {}
            }
            let latest = rows::generation_latest(&mut self.0.db.read().await?).await?;
            let running = self.0.served.lock().unwrap_or_else(PoisonError::into_inner).generation;
            if latest != running {
                self.load().await?;
            }
        }
    }
}

/// Opens what is stored.
fn open(keys: &KeyRing, row: CertificateRow) -> Stored {
    let opened = keys.open(Domain::GatewayCertificateKey, &place(&row.id), &row.key_sealed);
    let pair = match &opened {
        Ok(key) => std::str::from_utf8(key.expose())
            .map_err(|_| "its key is no text".to_owned())
            .and_then(|key| Pair::read_stored(&row.chain_pem, key).map_err(|fault| fault.to_string())),
        Err(_) => Err("its key does not open with the keys of this house".to_owned()),
    };
    if let Err(error) = &pair {
        tracing::error!(id = row.id, name = row.name, error, "a stored certificate cannot be served");
    }
    Stored {
        id: row.id,
        name: row.name,
        author: row.author,
        uploaded_at: Timestamp::from_micros(row.updated_at),
        generation: row.generation,
        pair,
    }
}

/// Where the key of a certificate stands.
pub(crate) fn place(id: &str) -> Place<'_> {
    Place { table: "gateway_certificate", column: "key_sealed", key: id, label: SensitivityLabel::L4 }
}
