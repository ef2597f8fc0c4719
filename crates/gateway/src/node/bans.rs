//! Section `gateway.bans`: who is banned, by whichever node.

use std::net::IpAddr;

use async_trait::async_trait;
use medward_kernel::nodes::Section;
use medward_kernel::supervisor::TaskError;
use medward_kernel::{Clock, Kit};
use medward_store::Db;
use serde::{Deserialize, Serialize};

use crate::ban::{BanList, Banned, rows};

#[derive(Serialize, Deserialize)]
struct Content {
    bans: Vec<Banned>,
    /// Where administrators work now: never banned.
    administrators: Vec<IpAddr>,
}

pub(super) struct BanSection {
    db: Db,
    clock: Clock,
    bans: BanList,
}

impl BanSection {
    pub(super) fn new(kit: &Kit, bans: BanList) -> Self {
        Self { db: kit.db.clone(), clock: kit.clock.clone(), bans }
    }
}

#[async_trait]
impl Section for BanSection {
    fn name(&self) -> &'static str {
        "gateway.bans"
    }

    async fn version(&self) -> Result<String, TaskError> {
        let (count, newest, lifted) = rows::ban_version(&mut self.db.read().await?, self.clock.now()).await?;
        Ok(format!("{count} {newest} {lifted} {:?}", self.bans.administrators()))
    }

    async fn content(&self) -> Result<Vec<u8>, TaskError> {
        let bans = rows::ban_active(&mut self.db.read().await?, self.clock.now()).await?;
        Ok(serde_json::to_vec(&Content { bans, administrators: self.bans.administrators() })?)
    }

    async fn apply(&self, content: &[u8]) -> Result<(), TaskError> {
        let Content { bans, administrators } = serde_json::from_slice(content)?;
        self.bans.spare(administrators);
        let (wanted, now) = (&bans, self.clock.now());
        self.db.write(|tx| Box::pin(async move { rows::ban_mirror(tx, wanted, now).await })).await?;
        Ok(self.bans.load().await?)
    }
}
