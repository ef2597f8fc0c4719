//! How a change of the policy is made: tried and compiled outside a transaction, approved where four eyes are asked for, and
//! stored with its history and its audit record in one.

use std::collections::BTreeSet;

use medward_contract::Timestamp;
use medward_store::{StoreError, Tx};

use super::{Inner, Service};
use crate::change::{By, ChangeError, PolicyFault};
use crate::compile;
use crate::draft::{Draft, Edit};
use crate::eyes::{Names, Proposal, documents_of};
use crate::model::{RuleSet, Written};
use crate::store::{self, ChangeRow};

/// A change that was tried, and compiles.
pub(super) struct Prepared<T> {
    /// What it gives.
    pub(super) result: T,
    /// The generation that it would make.
    generation: i64,
    /// What a second person is asked, where that is asked for.
    proposal: Option<Proposal>,
}

impl Service {
    /// Applies `edit` to the stored policy, compiles the result, and stores it with its history and the audit record in one
    /// transaction. `edit` runs more than once.
    pub(super) async fn change<T: Send>(
        &self,
        by: By<'_>,
        about: &str,
        detail: &str,
        edit: impl Fn(&mut Draft) -> Result<T, ChangeError> + Send + Sync,
    ) -> Result<T, ChangeError> {
        let Prepared { generation: tried, proposal, .. } = self.prepare(&edit).await?;
        let approver = match &proposal {
            Some(proposal) => Some(proposal.second_person(&self.0.approvals, by).await?),
            None => None,
        };
        let detail = approver.map_or_else(|| detail.to_owned(), |approver| format!("{detail}; {approver}"));
        let (inner, edit, detail, proposal) = (&self.0, &edit, detail.as_str(), &proposal);
        let now = inner.clock.now();
        let result = inner
            .db
            .write(|tx| {
                Box::pin(async move {
                    let rows = store::item_list(tx).await?;
                    let mut draft = Draft::new(rows, store::generation_next(tx).await?);
                    // A row that cannot be read stops no repair: it is left out here and reported by the load.
                    let before = rule_sets(&draft.written(&inner.files).0);
                    let result = edit(&mut draft)?;
                    let (written, _) = draft.written(&inner.files);
                    // What was approved was what the policy was then.
                    if let Some(proposal) = proposal
                        && !proposal.is_of(draft.edits())?
                    {
                        return Err(ChangeError::Changed);
                    }
                    // Compiling takes long, and this is the one transaction that may write: it is done again only if somebody
                    // else's change came between.
                    if draft.generation() != tried {
                        inner.compiled(&before, &written, draft.generation())?;
                    }
                    for edit in draft.edits() {
                        apply(tx, edit, draft.generation(), by, now).await?;
                    }
                    by.change.finish_in(tx, about, detail).await?;
                    Ok::<_, ChangeError>(result)
                })
            })
            .await?;
        by.change.committed();
        if let Err(error) = self.load().await {
            tracing::error!(%error, "the new policy could not be loaded");
        }
        Ok(result)
    }

    /// Tries a change, and compiles the policy that it would make, with its rules. That takes long, so it is done before a
    /// transaction begins, and not on a thread that serves requests.
    pub(super) async fn prepare<T: Send>(
        &self,
        edit: &(impl Fn(&mut Draft) -> Result<T, ChangeError> + Send + Sync),
    ) -> Result<Prepared<T>, ChangeError> {
        let mut reader = self.0.db.read().await?;
        let generation = store::generation_latest(&mut reader).await?;
        let mut draft = Draft::new(store::item_list(&mut reader).await?, generation + 1);
        drop(reader);
        let before = draft.written(&self.0.files).0;
        let result = edit(&mut draft)?;
        let (written, _) = draft.written(&self.0.files);
        compile::check(&written)?;
        self.0.regions.answer(&before, &written)?;
        self.0.lists.read(&self.0.db, &written, &self.0.supervisor).await?;
        self.0.schemas.read(&self.0.db, &written, &self.0.supervisor).await?;
        self.engines().prepare(&rule_sets(&written), &self.0.supervisor).await;
        let (inner, before, generation) = (self.0.clone(), rule_sets(&before), draft.generation());
        let compiling = move || inner.compiled(&before, &written, generation);
        // Nobody is asked to approve what would not run.
        let compiled = self.0.supervisor.blocking(compiling).await;
        compiled.map_err(|error| ChangeError::Unreadable(error.to_string()))??;
        let proposal = if self.0.four_eyes { Some(self.proposal(&draft).await?) } else { None };
        Ok(Prepared { result, generation, proposal })
    }

    /// What a second person is asked.
    async fn proposal(&self, draft: &Draft) -> Result<Proposal, ChangeError> {
        let files = self.0.files.iter().map(|object| (object.id.clone(), object.spec.name.clone()));
        let mut names = Names::new(draft.names().chain(files));
        let mut documents = Vec::new();
        for (digest, kind) in documents_of(draft.edits()) {
            documents.extend(self.document_text(&digest).await?.map(|content| (digest, kind, content)));
        }
        let edits: Vec<Edit> = draft.edits().collect();
        let asking = move || {
            for (digest, kind, content) in documents {
                names.add_document(digest, kind, &content);
            }
            Proposal::of(edits.into_iter(), &names)
        };
        let asked = self.0.supervisor.blocking(asking).await;
        asked.map_err(|error| ChangeError::Unreadable(error.to_string()))?
    }
}

impl Inner {
    /// Whether this policy compiles, with the engines of rules that were not asked for before.
    fn compiled(&self, before: &BTreeSet<RuleSet>, written: &Written, generation: i64) -> Result<(), ChangeError> {
        self.compiler.compile(written, generation, self.clock.now())?;
        // An object that had rules before they broke can still be changed in other ways.
        for rules in rule_sets(written).difference(before) {
            let made = self.compiler.engines.engine(*rules);
            made.map_err(|reason| PolicyFault { rules: *rules, reason })?;
        }
        Ok(())
    }
}

/// The rules that the objects of a policy are judged by.
pub(super) fn rule_sets(written: &Written) -> BTreeSet<RuleSet> {
    written.objects.iter().map(|object| written.effective(object).rule_set()).collect()
}

/// Stores what was done to one row, and that it was done.
async fn apply(tx: &mut Tx<'_>, edit: Edit, generation: i64, by: By<'_>, now: Timestamp) -> Result<(), StoreError> {
    let Some(row) = edit.after.as_ref().or(edit.before.as_ref()).cloned() else { return Ok(()) };
    match &edit.after {
        Some(after) => store::item_put(tx, after, now).await?,
        None => store::item_delete(tx, &row.id).await?,
    }
    let change = ChangeRow {
        generation,
        item_id: row.id,
        kind: row.kind,
        name: row.name,
        body_before: edit.before.map(|before| before.body),
        body_after: edit.after.map(|after| after.body),
        author: by.author.to_owned(),
        reason: by.reason.to_owned(),
        audit_id: by.change.id().to_string(),
        at: now.as_micros(),
    };
    store::change_insert(tx, &change).await
}
