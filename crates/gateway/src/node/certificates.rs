//! Section `gateway.certificates`: the certificates of the sites with their keys, which travel over mutual TLS only and are
//! sealed again where they arrive.

use std::collections::HashSet;

use async_trait::async_trait;
use medward_crypto::{Domain, KeyRing};
use medward_kernel::Kit;
use medward_kernel::nodes::Section;
use medward_kernel::supervisor::TaskError;
use medward_store::{Db, StoreError};
use serde::{Deserialize, Serialize};

use crate::certificate::rows::{self, CertificateRow};
use crate::certificate::{Certificates, place};

#[derive(Serialize, Deserialize)]
struct Content {
    generation: i64,
    certificates: Vec<Sent>,
}

#[derive(Serialize, Deserialize)]
struct Sent {
    id: String,
    name: String,
    chain_pem: String,
    key_pem: String,
    author: String,
    generation: i64,
    updated_at: i64,
}

pub(super) struct CertificateSection {
    db: Db,
    keys: KeyRing,
    certificates: Certificates,
}

impl CertificateSection {
    pub(super) fn new(kit: &Kit, certificates: Certificates) -> Self {
        Self { db: kit.db.clone(), keys: kit.keys.clone(), certificates }
    }
}

#[async_trait]
impl Section for CertificateSection {
    fn name(&self) -> &'static str {
        "gateway.certificates"
    }

    async fn version(&self) -> Result<String, TaskError> {
        Ok(rows::generation_latest(&mut self.db.read().await?).await?.to_string())
    }

    async fn content(&self) -> Result<Vec<u8>, TaskError> {
        let mut reader = self.db.read().await?;
        let generation = rows::generation_latest(&mut reader).await?;
        let stored = rows::certificate_list(&mut reader).await?;
        let sent = stored.into_iter().filter_map(|row| {
            // One whose key does not open is reported in the house and takes no other one down.
            let key = self.keys.open(Domain::GatewayCertificateKey, &place(&row.id), &row.key_sealed).ok()?;
            let key_pem = String::from_utf8(key.expose().clone()).ok()?;
            let CertificateRow { id, name, chain_pem, author, generation, updated_at, .. } = row;
            Some(Sent { id, name, chain_pem, key_pem, author, generation, updated_at })
        });
        Ok(serde_json::to_vec(&Content { generation, certificates: sent.collect() })?)
    }

    async fn apply(&self, content: &[u8]) -> Result<(), TaskError> {
        let Content { generation, certificates } = serde_json::from_slice(content)?;
        let mut wanted = Vec::with_capacity(certificates.len());
        for sent in certificates {
            let Sent { id, name, chain_pem, key_pem, author, generation, updated_at } = sent;
            let key_sealed = self.keys.seal(Domain::GatewayCertificateKey, &place(&id), key_pem.as_bytes())?;
            wanted.push(CertificateRow { id, name, chain_pem, key_sealed, author, generation, updated_at });
        }
        let wanted = &wanted;
        let written = self.db.write(|tx| {
            Box::pin(async move {
                let ids: HashSet<&str> = wanted.iter().map(|row| row.id.as_str()).collect();
                // All at once: names may have changed hands among them.
                for row in rows::certificate_list(tx).await? {
                    let is_same = wanted.iter().any(|one| one.id == row.id && one.generation == row.generation);
                    if !ids.contains(row.id.as_str()) || !is_same {
                        rows::certificate_delete(tx, &row.id).await?;
                    }
                }
                for row in wanted {
                    rows::certificate_put(tx, row).await?;
                }
                rows::generation_set(tx, generation).await
            })
        });
        written.await.map_err(|error: StoreError| error)?;
        Ok(self.certificates.load().await?)
    }
}
