//! The house's side: who is invited, who is known, and what the calls of nodes mean.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use data_encoding::BASE64;
use medward_contract::event::{Dataset, Event, Field, Outcome, Stream};
use medward_contract::id::NodeId;
use medward_contract::vault::{Durability, EventSink};
use medward_contract::{PortError, Severity, Timestamp};
use medward_crypto::{Domain, KeyRing, RandomError};
use medward_store::{Db, StoreError};

use super::authority::{Authority, AuthorityError};
use super::invitation::hash_of;
use super::wire::{Enrol, Enrolled, NodeReport, Renewed};
use super::{Board, Invitation, NodeCaller, NodeHandler, NodeParts, rows};
use crate::audit::{AuditError, Begun};
use crate::capability::Kit;
use crate::supervisor::{Stop, TaskError, with_sources};
use crate::{Clock, Port};

/// An invitation is good for this long.
const INVITED: Duration = Duration::from_hours(24);
/// What another node of the house revoked is known after this at the latest.
const LOOK: Duration = Duration::from_secs(5);
/// Longest name of a node, bytes.
const MAX_NAME_BYTES: usize = 64;
/// MAC keys that every node of a house needs, so that what one gave out another one takes.
const LENT: [Domain; 1] = [Domain::GatewayDefence];

/// Why nodes cannot be invited, enrolled or revoked.
#[derive(Debug, thiserror::Error)]
pub enum NodesError {
    /// The name is no name.
    #[error("name the node: 1 to {MAX_NAME_BYTES} bytes of letters, digits, dots and hyphens")]
    Name,
    /// Another living node has it.
    #[error("name the node: another one has this name; revoke that first")]
    NameTaken,
    /// Nobody was invited with this, or it was used, or it is over.
    #[error("enrol: the invitation is not good, was used, or is older than a day")]
    Invitation,
    /// No living node has this id.
    #[error("revoke the node: no such node is enrolled")]
    Unknown,
    /// What was sent is no certificate request, or none can be made.
    #[error("vouch for the node")]
    Authority(#[from] AuthorityError),
    /// The system gave no randomness.
    #[error("draw an invitation")]
    Random(#[from] RandomError),
    /// The change could not be finished in the audit trail.
    #[error("record the change")]
    Audit(#[from] AuditError),
    /// The database does not answer.
    #[error("read or write nodes")]
    Store(#[from] StoreError),
}

/// A node as the console shows it.
#[derive(Debug, Clone)]
pub struct NodeFacts {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// When it came.
    pub enrolled_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it said something last.
    pub seen_at: Option<Timestamp>,
    /// What it said.
    pub report: Option<NodeReport>,
}

/// Who may come: what needs no more than the database and the keys, beside a running house or without one.
#[derive(Clone)]
pub struct NodeRegistry {
    db: Db,
    keys: KeyRing,
    clock: Clock,
    authority: Arc<tokio::sync::OnceCell<Authority>>,
}

/// Nodes of this house. Cheap to clone.
#[derive(Clone)]
pub struct NodeHouse(Arc<Inner>);

struct Inner {
    kit: Kit,
    registry: NodeRegistry,
    board: Board,
    handlers: BTreeMap<&'static str, NodeHandler>,
    events: Port<dyn EventSink>,
    /// Callers by the fingerprints of their certificates.
    known: ArcSwap<HashMap<String, NodeCaller>>,
}

impl NodeRegistry {
    /// Over the database and the keys of a house. Starts nothing.
    pub fn new(db: Db, keys: KeyRing, clock: Clock) -> Self {
        Self { db, keys, clock, authority: Arc::default() }
    }

    async fn authority(&self) -> Result<&Authority, AuthorityError> {
        self.authority.get_or_try_init(|| Authority::open_or_make(&self.db, &self.keys, self.clock.now())).await
    }

    /// Invites a node of this name.
    pub async fn invite(&self, name: &str, author: &str, change: &Begun) -> Result<Invitation, NodesError> {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
        if name.is_empty() || name.len() > MAX_NAME_BYTES || !name.bytes().all(is_name) {
            return Err(NodesError::Name);
        }
        let invitation = Invitation::draw(self.authority().await?.pin())?;
        let (now, hash) = (self.clock.now(), invitation.hash());
        let hash = hash.as_str();
        let until = now.plus(INVITED);
        let written = self.db.write(|tx| {
            Box::pin(async move {
                if rows::node_named(tx, name).await? {
                    return Err(NodesError::NameTaken);
                }
                rows::invitation_put(tx, hash, name, author, now, until).await?;
                change.finish_in(tx, name, &format!("invited until {until}")).await?;
                Ok::<_, NodesError>(())
            })
        });
        written.await?;
        change.committed();
        Ok(invitation)
    }

    /// Every node, oldest first.
    pub async fn list(&self) -> Result<Vec<NodeFacts>, StoreError> {
        let rows = rows::node_list(&mut self.db.read().await?).await?;
        let facts = rows.into_iter().map(|row| NodeFacts {
            id: row.id,
            name: row.name,
            enrolled_at: Timestamp::from_micros(row.enrolled_at),
            revoked_at: row.revoked_at.map(Timestamp::from_micros),
            seen_at: row.seen_at.map(Timestamp::from_micros),
            report: row.report.and_then(|report| serde_json::from_str(&report).ok()),
        });
        Ok(facts.collect())
    }

    /// Revokes a node; a running house knows it within seconds.
    pub async fn revoke(&self, id: &str, change: &Begun) -> Result<(), NodesError> {
        let now = self.clock.now();
        let written = self.db.write(|tx| {
            Box::pin(async move {
                if !rows::node_revoke(tx, id, now).await? {
                    return Err(NodesError::Unknown);
                }
                change.finish_in(tx, id, "revoked").await?;
                Ok(())
            })
        });
        written.await?;
        change.committed();
        Ok(())
    }
}

impl NodeHouse {
    /// Nodes that are served with what the capabilities offer.
    pub fn new(kit: &Kit, parts: NodeParts) -> Self {
        let handlers = parts.handlers.into_iter().map(|handler| (handler.name, handler)).collect();
        Self(Arc::new(Inner {
            board: Board::new(parts.sections, kit.clock.clone()),
            handlers,
            events: kit.ports.port::<dyn EventSink>("nodes"),
            registry: NodeRegistry::new(kit.db.clone(), kit.keys.clone(), kit.clock.clone()),
            known: ArcSwap::default(),
            kit: kit.clone(),
        }))
    }

    pub(super) fn board(&self) -> &Board {
        &self.0.board
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.0.kit.clock
    }

    /// Who may come.
    pub fn registry(&self) -> &NodeRegistry {
        &self.0.registry
    }

    pub(super) async fn authority(&self) -> Result<&Authority, AuthorityError> {
        self.0.registry.authority().await
    }

    /// Every node, oldest first.
    pub async fn list(&self) -> Result<Vec<NodeFacts>, StoreError> {
        self.0.registry.list().await
    }

    /// Lets a node in no more. What it recorded stays.
    pub async fn revoke(&self, id: &str, change: &Begun) -> Result<(), NodesError> {
        self.0.registry.revoke(id, change).await?;
        self.told("revoke", id);
        Ok(self.load().await?)
    }

    /// Takes a node in that shows an invitation.
    pub(super) async fn enrol(&self, wanted: &Enrol) -> Result<Enrolled, NodesError> {
        let kit = &self.0.kit;
        let hash = hash_of(&wanted.secret).ok_or(NodesError::Invitation)?;
        let authority = self.authority().await?;
        let (id, now) = (NodeId::new(), kit.clock.now());
        let issued = &authority.issue(id, &wanted.request_pem, now)?;
        let (id, hash) = (&id.to_string(), hash.as_str());
        let name = kit
            .db
            .write(|tx| {
                Box::pin(async move {
                    let name = rows::invitation_use(tx, hash, now).await?.ok_or(NodesError::Invitation)?;
                    if rows::node_named(tx, &name).await? {
                        return Err(NodesError::NameTaken);
                    }
                    rows::node_insert(tx, id, &name, now).await?;
                    rows::certificate_insert(tx, id, &issued.fingerprint, issued.not_after).await?;
                    Ok(name)
                })
            })
            .await?;
        self.told("enrol", id);
        self.load().await?;
        let lent = LENT.map(|domain| (domain.as_str().to_owned(), BASE64.encode(kit.keys.lend(domain).expose())));
        Ok(Enrolled {
            id: id.clone(),
            name,
            certificate_pem: issued.pem.clone(),
            authority_pem: authority.certificate_pem.clone(),
            keys: lent.into(),
        })
    }

    /// Gives a known node a fresh certificate; the one it has stays good until its end.
    pub(super) async fn renew(&self, caller: &NodeCaller, request_pem: &str) -> Result<Renewed, NodesError> {
        let kit = &self.0.kit;
        let issued = &self.authority().await?.issue(caller.id, request_pem, kit.clock.now())?;
        let id = &caller.id.to_string();
        let written = kit.db.write(|tx| {
            Box::pin(async move { rows::certificate_insert(tx, id, &issued.fingerprint, issued.not_after).await })
        });
        written.await?;
        self.load().await?;
        Ok(Renewed { certificate_pem: issued.pem.clone() })
    }

    /// Notes what a node says of itself.
    pub(super) async fn hear(&self, caller: &NodeCaller, report: &NodeReport) -> Result<(), NodesError> {
        let report = &serde_json::to_string(report).unwrap_or_default();
        let (id, now) = (&caller.id.to_string(), self.clock().now());
        let written = self.0.kit.db.write(|tx| Box::pin(async move { rows::node_seen(tx, id, report, now).await }));
        Ok(written.await?)
    }

    /// Hands a batch of one lane to the vault; when this returns it is on disk.
    pub(super) async fn take_events(&self, caller: &NodeCaller, lines: &[u8]) -> Result<u64, PortError> {
        let sink = self.0.events.get()?;
        let (mut through, mut refused, mut events) = (0, 0_u64, Vec::new());
        for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let read = std::str::from_utf8(line).ok().and_then(|line| Event::from_json(line).ok());
            let numbered = read.and_then(|event| number_of(&event, caller).map(|number| (event, number)));
            let Some((mut event, number)) = numbered else {
                refused += 1;
                continue;
            };
            through = through.max(number);
            event.put(Field::HostName, (&*caller.name).into());
            events.push(event);
        }
        if !events.is_empty() {
            refused += append_all(&**sink, events).await?;
        }
        if refused > 0 {
            // They were checked before they were spooled: another version of the program, or a node that was broken into.
            tracing::error!(node = %caller.name, refused, "events of a node were refused");
            let gap = Event::new(Dataset::HostAgent, "gap", self.clock().now()).outcome(Outcome::Failure);
            let gap = gap.severity(Severity::High).set(Field::EventReason, "refused by the house");
            sink.emit(gap.attr("host.agent.id", caller.id.to_string()).attr("host.agent.count", refused));
        }
        Ok(through)
    }

    /// What a node asks of a capability.
    pub(super) async fn call(&self, caller: NodeCaller, name: &str, body: Vec<u8>) -> Result<Vec<u8>, PortError> {
        let handler = self.0.handlers.get(name).ok_or(PortError::NotConfigured("a handler of this call"))?;
        (handler.handle)(caller, body).await
    }

    /// Who shows this certificate.
    pub(super) fn caller(&self, fingerprint: &str) -> Option<NodeCaller> {
        self.0.known.load().get(fingerprint).cloned()
    }

    /// Reads who is known.
    pub(super) async fn load(&self) -> Result<(), StoreError> {
        let kit = &self.0.kit;
        let rows = rows::certificate_list(&mut kit.db.read().await?, kit.clock.now()).await?;
        let known = rows.into_iter().filter_map(|(fingerprint, id, name)| {
            Some((fingerprint, NodeCaller { id: id.parse().ok()?, name: name.into() }))
        });
        self.0.known.store(Arc::new(known.collect()));
        Ok(())
    }

    /// Follows what other consoles change, until the program stops. While the database is away those who are known stay.
    pub(super) async fn follow(self, stop: Stop) -> Result<(), TaskError> {
        loop {
            if let Err(error) = self.load().await {
                tracing::warn!(error = with_sources(&error), "known nodes cannot be read");
            }
            tokio::select! {
                () = stop.running.cancelled() => return Ok(()),
                () = self.clock().sleep(LOOK) => {}
            }
        }
    }

    fn told(&self, action: &'static str, node: &str) {
        if let Ok(sink) = self.0.events.get() {
            let event = Event::new(Dataset::HostAgent, action, self.clock().now());
            sink.emit(event.attr("host.agent.id", node).set(Field::EventReason, "remote node"));
        }
    }
}

/// Appends events in their order; how many the vault will never take. They must not hold up all that come after them.
async fn append_all(sink: &dyn EventSink, events: Vec<Event>) -> Result<u64, PortError> {
    let whole = sink.append(events.clone(), Durability::Durable).await;
    if !matches!(whole, Err(PortError::Refused { .. })) {
        return whole.map(|_| 0);
    }
    let mut refused = 0;
    for event in events {
        match sink.append(vec![event], Durability::Durable).await {
            Err(PortError::Refused { .. }) => refused += 1,
            other => drop(other?),
        }
    }
    Ok(refused)
}

/// Streams that sensors of a node write; what people did, and what the vault says of itself, no node tells.
const STREAMS: [Stream; 5] = [Stream::Access, Stream::Waf, Stream::Auth, Stream::Network, Stream::Host];

/// The number of an event in a lane of the node that sends it; none when it is not its own, or not one of a node.
fn number_of(event: &Event, caller: &NodeCaller) -> Option<u64> {
    let lane = event.text(Field::AgentId)?.strip_prefix(&caller.id.to_string())?;
    let number = u64::try_from(event.int(Field::EventSequence)?).ok()?;
    let is_own = matches!(lane, "" | ".a") && number > 0;
    (is_own && STREAMS.contains(&event.dataset.stream()) && event.validate().is_ok()).then_some(number)
}
