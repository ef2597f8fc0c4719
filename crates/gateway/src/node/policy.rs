//! Section `gateway.policy`: the items of the policy and the documents that they name.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_trait::async_trait;
use data_encoding::BASE64;
use medward_kernel::nodes::Section;
use medward_kernel::supervisor::TaskError;
use medward_kernel::{Clock, Kit};
use medward_store::{Db, StoreError};
use serde::{Deserialize, Serialize};

use crate::document::{digest_of, document_find, document_put};
use crate::draft::Draft;
use crate::model::{AddressGroupSpec, Kind};
use crate::service::Service;
use crate::store::{self, ItemRow};

#[derive(Serialize, Deserialize)]
struct Content {
    generation: i64,
    items: Vec<ItemRow>,
    /// Base 64, by SHA-256.
    documents: BTreeMap<String, String>,
}

/// Why a policy is not taken in.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("read document {0} of the policy: it does not say what its digest says")]
    Document(String),
    #[error("compile the policy: {0}")]
    Compile(String),
}

pub(super) struct PolicySection {
    db: Db,
    clock: Clock,
    service: Service,
}

impl PolicySection {
    pub(super) fn new(kit: &Kit, service: Service) -> Self {
        Self { db: kit.db.clone(), clock: kit.clock.clone(), service }
    }

    /// Nodes have no files of ours: a list in a file becomes a document.
    fn without_file(&self, row: ItemRow, documents: &mut BTreeMap<String, String>) -> Result<ItemRow, TaskError> {
        if row.kind() != Some(Kind::Addresses) {
            return Ok(row);
        }
        let mut spec: AddressGroupSpec = serde_json::from_str(&row.body)?;
        let Some(file) = spec.file.take() else { return Ok(row) };
        let text = self.service.lists().file_text(&file)?;
        let digest = digest_of(&text);
        documents.insert(digest.clone(), BASE64.encode(&text));
        spec.list = Some(digest);
        Ok(ItemRow { body: serde_json::to_string(&spec)?, ..row })
    }
}

#[async_trait]
impl Section for PolicySection {
    fn name(&self) -> &'static str {
        "gateway.policy"
    }

    async fn version(&self) -> Result<String, TaskError> {
        let generation = store::generation_latest(&mut self.db.read().await?).await?;
        Ok(format!("{generation} {}", self.service.lists().revision()))
    }

    async fn content(&self) -> Result<Vec<u8>, TaskError> {
        let mut reader = self.db.read().await?;
        let generation = store::generation_latest(&mut reader).await?;
        let rows = store::item_list(&mut reader).await?;
        let mut documents = BTreeMap::new();
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            items.push(self.without_file(row, &mut documents)?);
        }
        let (written, _) = Draft::new(items.clone(), generation).written(&[]);
        let lists = written.addresses.values().filter_map(|item| item.spec.list.clone());
        let schemas = written.schemas.values().map(|item| item.spec.document.clone());
        for digest in lists.chain(schemas).collect::<BTreeSet<_>>() {
            if let Some(text) = document_find(&mut reader, &digest).await? {
                documents.insert(digest, BASE64.encode(&text));
            }
        }
        Ok(serde_json::to_vec(&Content { generation, items, documents })?)
    }

    async fn apply(&self, content: &[u8]) -> Result<(), TaskError> {
        let Content { generation, items, documents } = serde_json::from_slice(content)?;
        let now = self.clock.now();
        for (digest, text) in &documents {
            let text = BASE64.decode(text.as_bytes()).map_err(|_| Refused::Document(digest.clone()))?;
            if digest_of(&text) != *digest {
                return Err(Refused::Document(digest.clone()).into());
            }
            let text = &text;
            self.db.write(|tx| Box::pin(async move { document_put(tx, digest, text, now).await })).await?;
        }
        // What does not compile is not kept either: this node may start next without its house.
        self.service.compiles(items.clone(), generation).await.map_err(Refused::Compile)?;
        let items = &items;
        let written = self.db.write(|tx| {
            Box::pin(async move {
                let stored = store::item_list(tx).await?;
                let wanted: HashMap<&str, &ItemRow> = items.iter().map(|row| (row.id.as_str(), row)).collect();
                for row in stored.iter().filter(|row| !wanted.contains_key(row.id.as_str())) {
                    store::item_delete(tx, &row.id).await?;
                }
                let stored: HashMap<&str, &ItemRow> = stored.iter().map(|row| (row.id.as_str(), row)).collect();
                for row in items.iter().filter(|row| stored.get(row.id.as_str()) != Some(row)) {
                    store::item_put(tx, row, now).await?;
                }
                store::generation_set(tx, generation).await?;
                Ok::<_, StoreError>(())
            })
        });
        written.await?;
        self.service.load().await?;
        // What is wrong at this node, a missing CRS for example, has to be seen in the house.
        self.service.loaded().error.map_or(Ok(()), |error| Err(Refused::Compile(error).into()))
    }
}
