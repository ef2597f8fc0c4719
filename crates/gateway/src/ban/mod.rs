//! The ban list (封禁) of the gateway: bans that the data path decided, and those that people made. It stands in for the one
//! that `guard` will keep for all of Medward, so everything on it is in force at the gateway only (`ports.md` D).

pub(crate) mod rows;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ipnet::IpNet;
use medward_contract::Timestamp;
use medward_contract::id::PolicyItemId;
use medward_contract::identity::Sessions;
use medward_contract::vault::EventSink;
use medward_kernel::audit::Begun;
use medward_kernel::hub::Hub;
use medward_kernel::supervisor::{Stop, TaskError};
use medward_kernel::{Clock, Kit, Port};
use medward_proxy::{BanNote, BanQueue, DataPath, ban_event};
use medward_store::{Db, StoreError, outbox_put};
use serde::{Deserialize, Serialize};

/// Kind of the outbox rows by which a node tells its house of a ban.
pub(crate) const NODE_BAN: &str = "gateway.node_ban.v1";

/// What other nodes and the clock changed is seen after this at the latest.
const LOOK: Duration = Duration::from_secs(5);
/// The longest that a person may ban; what is to stay belongs into a group of addresses.
pub(crate) const MAX_MINUTES: u32 = 365 * 24 * 60;
/// The longest that a node bans by itself: the third time within a day.
const MAX_NODE_BAN: Duration = Duration::from_hours(24);
/// Shortest prefixes that a person may ban: half the country is not to be locked out by a slip of the hand.
const SHORTEST: (u8, u8) = (16, 32);
/// Longest reason, bytes.
const MAX_REASON_BYTES: usize = 500;

/// A ban as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct Banned {
    /// UUIDv7.
    pub id: String,
    /// An address, or a block of them.
    pub network: String,
    /// `limit`, `rule` or `manual`.
    pub origin: String,
    /// What asked for it, as in events.
    pub rule_id: String,
    /// What people call that.
    pub rule_name: String,
    /// The protected object that it was about.
    pub object: String,
    /// The request that earned it (`http.request.id`).
    pub request_id: String,
    /// Why, in the words of who made it.
    pub reason: String,
    /// Login of who made it; empty when the gateway did.
    pub author: String,
    /// When it began, µs.
    pub began_at: i64,
    /// When it ends, µs.
    pub until_at: i64,
    /// When somebody lifted it, µs.
    pub lifted_at: Option<i64>,
    /// Who did.
    pub lifted_by: Option<String>,
}

/// Why a ban is not made or lifted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BanError {
    #[error("read the address: expected one like 203.0.113.9, or a block like 203.0.113.0/24")]
    Address,
    #[error("ban it: a block may be /{0} at most; for more there are groups of addresses")]
    TooWide(u8),
    #[error("ban it: that is {0}, and would lock out whoever is to lift it")]
    Sacred(&'static str),
    #[error("ban it: for 1 to {MAX_MINUTES} minutes")]
    Time,
    #[error("ban it: the reason may have 1 to {MAX_REASON_BYTES} bytes")]
    Reason,
    #[error("lift it: no such ban is in force")]
    Unknown,
    #[error("store the ban")]
    Store(#[from] StoreError),
}

/// Keeps the list. Cheap to clone.
#[derive(Clone)]
pub(crate) struct BanList(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Clock,
    hub: Hub,
    data_path: Arc<DataPath>,
    sessions: Port<dyn Sessions>,
    events: Port<dyn EventSink>,
    /// Whether this is a remote node, whose bans the house has to hear of.
    is_node: bool,
    /// On a node: where administrators of the house work.
    at_house: Mutex<Vec<IpAddr>>,
}

impl BanList {
    pub(crate) fn new(kit: &Kit, data_path: Arc<DataPath>) -> Self {
        Self(Arc::new(Inner {
            db: kit.db.clone(),
            clock: kit.clock.clone(),
            hub: kit.hub.clone(),
            data_path,
            sessions: kit.ports.port::<dyn Sessions>("gateway"),
            events: kit.ports.port::<dyn EventSink>("gateway"),
            is_node: kit.link.is_some(),
            at_house: Mutex::default(),
        }))
    }

    /// Puts what is stored in force.
    pub(crate) async fn load(&self) -> Result<(), StoreError> {
        let inner = &self.0;
        let now = inner.clock.now();
        let rows = rows::ban_active(&mut inner.db.read().await?, now).await?;
        let stored = rows.iter().filter_map(|row| {
            let network = row.network.parse().inspect_err(|_| tracing::error!(id = row.id, "a ban cannot be read"));
            Some((network.ok()?, Timestamp::from_micros(row.until_at)))
        });
        inner.data_path.bans().spare(self.administrators());
        inner.data_path.bans().replace(stored, now);
        Ok(())
    }

    /// Where administrators work now, in order.
    pub(crate) fn administrators(&self) -> Vec<IpAddr> {
        let inner = &self.0;
        let mut addresses = inner.at_house.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Ok(sessions) = inner.sessions.get() {
            addresses.extend(sessions.admin_addresses());
        }
        addresses.sort();
        addresses.dedup();
        addresses
    }

    /// On a node: where administrators of the house work.
    pub(crate) fn spare(&self, addresses: Vec<IpAddr>) {
        *self.0.at_house.lock().unwrap_or_else(PoisonError::into_inner) = addresses;
    }

    /// Writes down what the data path decides, and follows what others change, until the program stops.
    pub(crate) async fn run(&self, queue: BanQueue, stop: Stop) -> Result<(), TaskError> {
        let inner = &self.0;
        let mut queue = queue.lock().await;
        loop {
            let note = tokio::select! {
                biased;
                note = queue.recv() => note,
                () = stop.running.cancelled() => return Ok(()),
                () = inner.clock.sleep(LOOK) => {
                    self.expire().await?;
                    self.load().await?;
                    continue;
                }
            };
            let Some(note) = note else { return Ok(()) };
            self.write(&note).await?;
        }
    }

    async fn write(&self, note: &BanNote) -> Result<(), StoreError> {
        let row = Banned {
            id: PolicyItemId::new().to_string(),
            network: note.network.trunc().to_string(),
            origin: note.rule_id.split(':').next().unwrap_or_default().to_owned(),
            rule_id: note.rule_id.clone(),
            rule_name: note.rule_name.clone(),
            object: note.object.clone(),
            request_id: note.request_id.clone(),
            reason: String::new(),
            author: String::new(),
            began_at: note.at.as_micros(),
            until_at: note.until.as_micros(),
            lifted_at: None,
            lifted_by: None,
        };
        let (row, is_node) = (&row, self.0.is_node);
        let payload = &serde_json::to_string(row).unwrap_or_default();
        let written = self.0.db.write(|tx| {
            Box::pin(async move {
                rows::ban_insert(tx, row).await?;
                if is_node {
                    outbox_put(tx, NODE_BAN, &row.id, payload, row.began_at).await?;
                }
                Ok::<_, StoreError>(())
            })
        });
        written.await?;
        self.0.data_path.bans().written(note.network);
        self.0.hub.send("gateway.ban", &row.id, "create");
        Ok(())
    }

    /// Takes in what a node decided, as far as this gateway could have decided it itself.
    pub(crate) async fn take(&self, ban: Banned) -> Result<(), BanError> {
        let network = read_network(&ban.network)?;
        self.check(network, IpAddr::from(std::net::Ipv4Addr::LOCALHOST))?;
        let now = self.0.clock.now().as_micros();
        let longest = i64::try_from(MAX_NODE_BAN.as_micros()).unwrap_or(i64::MAX);
        let ban = &Banned {
            id: ban.id.parse::<PolicyItemId>().map_err(|_| BanError::Unknown)?.to_string(),
            network: network.to_string(),
            origin: ban.rule_id.split(':').next().unwrap_or_default().to_owned(),
            author: String::new(),
            reason: String::new(),
            until_at: ban.until_at.min(now.saturating_add(longest)),
            lifted_at: None,
            lifted_by: None,
            ..ban
        };
        self.0.db.write(|tx| Box::pin(async move { rows::ban_insert(tx, ban).await })).await?;
        self.load().await?;
        self.0.hub.send("gateway.ban", &ban.id, "create");
        Ok(())
    }

    /// Tells of bans that came to their end.
    async fn expire(&self) -> Result<(), StoreError> {
        let now = self.0.clock.now();
        let over = rows::ban_expired(&mut self.0.db.read().await?, now).await?;
        for row in &over {
            if let (Ok(network), Ok(sink)) = (row.network.parse(), self.0.events.get()) {
                sink.emit(ban_event("expire", network, Timestamp::from_micros(row.until_at), &row.rule_id, now));
            }
            self.0.db.write(|tx| Box::pin(async move { rows::ban_expiry_told(tx, &row.id).await })).await?;
        }
        if !over.is_empty() {
            self.0.hub.send("gateway.ban", "", "update");
        }
        Ok(())
    }

    /// Bans in force, and those of before, newest first.
    pub(crate) async fn list(&self, active: bool, before: &str, limit: i64) -> Result<Vec<Banned>, StoreError> {
        rows::ban_list(&mut self.0.db.read().await?, active, before, self.0.clock.now(), limit).await
    }

    /// How often the banned came since this program knows of it.
    pub(crate) fn hits(&self, ban: &Banned) -> u32 {
        ban.network.parse().map_or(0, |network| self.0.data_path.bans().hits(network))
    }

    pub(crate) fn is_active(&self, ban: &Banned) -> bool {
        ban.lifted_at.is_none() && ban.until_at > self.0.clock.now().as_micros()
    }

    /// Bans an address or a block of them. It is in force when this returns.
    pub(crate) async fn ban(
        &self,
        wanted: &str,
        minutes: u32,
        reason: &str,
        caller: (&str, IpAddr),
        change: &Begun,
    ) -> Result<Banned, BanError> {
        let inner = &self.0;
        let network = read_network(wanted)?;
        let (author, address) = caller;
        self.check(network, address)?;
        if !(1..=MAX_MINUTES).contains(&minutes) {
            return Err(BanError::Time);
        }
        let reason = reason.trim();
        if reason.is_empty() || reason.len() > MAX_REASON_BYTES || reason.contains('\0') {
            return Err(BanError::Reason);
        }
        let now = inner.clock.now();
        let until = now.plus(Duration::from_secs(u64::from(minutes) * 60));
        let row = Banned {
            id: PolicyItemId::new().to_string(),
            network: network.to_string(),
            origin: "manual".to_owned(),
            rule_id: "manual".to_owned(),
            rule_name: String::new(),
            object: String::new(),
            request_id: String::new(),
            reason: reason.to_owned(),
            author: author.to_owned(),
            began_at: now.as_micros(),
            until_at: until.as_micros(),
            lifted_at: None,
            lifted_by: None,
        };
        let stored = &row;
        inner
            .db
            .write(|tx| {
                Box::pin(async move {
                    rows::ban_insert(tx, stored).await?;
                    change.finish_in(tx, &stored.id, &format!("{} until {until}", stored.network)).await?;
                    Ok::<_, BanError>(())
                })
            })
            .await?;
        change.committed();
        if let Ok(sink) = inner.events.get() {
            sink.emit(ban_event("add", network, until, "manual", now));
        }
        self.load().await?;
        inner.hub.send("gateway.ban", &row.id, "create");
        Ok(row)
    }

    /// Ends a ban, with every other one of the same addresses.
    pub(crate) async fn lift(&self, id: &str, author: &str, change: &Begun) -> Result<(), BanError> {
        let inner = &self.0;
        let now = inner.clock.now();
        let lifted = inner
            .db
            .write(|tx| {
                Box::pin(async move {
                    let row = rows::ban_find(tx, id).await?;
                    let row = row.filter(|row| row.lifted_at.is_none() && row.until_at > now.as_micros());
                    let row = row.ok_or(BanError::Unknown)?;
                    rows::ban_lift(tx, &row.network, author, now).await?;
                    change.finish_in(tx, id, &row.network).await?;
                    Ok::<_, BanError>(row)
                })
            })
            .await?;
        change.committed();
        if let (Ok(network), Ok(sink)) = (lifted.network.parse(), inner.events.get()) {
            sink.emit(ban_event("remove", network, now, &lifted.rule_id, now));
        }
        self.load().await?;
        inner.hub.send("gateway.ban", id, "remove");
        Ok(())
    }

    /// Whether the network may be banned by somebody who sits at `caller`.
    fn check(&self, network: IpNet, caller: IpAddr) -> Result<(), BanError> {
        let (v4, v6) = SHORTEST;
        let shortest = if matches!(network, IpNet::V4(_)) { v4 } else { v6 };
        if network.prefix_len() < shortest {
            return Err(BanError::TooWide(shortest));
        }
        let holds = |address: IpAddr| network.contains(&address.to_canonical());
        if holds(caller) {
            return Err(BanError::Sacred("your own address"));
        }
        if holds(IpAddr::from([127, 0, 0, 1])) || network.contains(&IpAddr::from(std::net::Ipv6Addr::LOCALHOST)) {
            return Err(BanError::Sacred("this machine"));
        }
        if self.administrators().into_iter().any(holds) {
            return Err(BanError::Sacred("where an administrator works now"));
        }
        if self.0.data_path.is_spared(network) {
            return Err(BanError::Sacred("a trusted proxy, or on the allow list"));
        }
        Ok(())
    }
}

fn read_network(text: &str) -> Result<IpNet, BanError> {
    let text = text.trim();
    let address = text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
    address.or_else(|_| text.parse::<IpNet>()).map(|network| network.trunc()).map_err(|_| BanError::Address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_blocks_are_read_and_nothing_else() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(read_network(text).ok().map(|network| network.to_string()).as_deref(), expected, "{text}");
        };
        check(" 203.0.113.9 ", Some("203.0.113.9/32"));
        check("::ffff:203.0.113.9", Some("203.0.113.9/32"));
        check("203.0.113.77/24", Some("203.0.113.0/24"));
        check("2001:db8::1", Some("2001:db8::1/128"));
        for wrong in ["", "host.example", "203.0.113.9/33", "203.0.113"] {
            check(wrong, None);
        }
    }
}
