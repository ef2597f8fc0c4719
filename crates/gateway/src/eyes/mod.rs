//! Four eyes (四眼原则) over the policy: with `gateway.four_eyes`, what is protected and how changes only when a second security
//! administrator has approved exactly that (gateway.md §10, §13).
//!
//! Every change of the policy is asked for, not only what makes protection weaker: an object that is given to another group may
//! be exempt from everything there, and no list of such ways is whole. What is urgent at night is a ban, and needs nobody else.
//! This is *not* about certificates and bans.
//!
//! Invariant: what is approved is the edits, with what stood before them; the same words about other edits are not approved.

mod words;

pub(crate) use words::{Names, documents_of};

use aho_corasick::{AhoCorasick, MatchKind};
use medward_contract::id::ApprovalId;
use medward_contract::identity::{
    APPROVAL_UNDECIDED, ApprovalAction, ApprovalClaim, ApprovalRequest, Approvals, Approver, ClientFacts, Payload,
    PayloadHash,
};
use medward_contract::{PortError, Principal};
use medward_crypto::sha256;
use medward_kernel::Port;

use crate::api::OBJECT_WRITE;
use crate::change::{By, ChangeError};
use crate::draft::Edit;
use crate::store::ItemRow;
use words::{in_chinese, in_english};

/// What is approved.
const CHANGE: ApprovalAction = ApprovalAction::new("gateway.policy.change");
/// Longest summary, and longest reason, that an approver is shown, characters.
const MAX_SHOWN: usize = 500;
/// An edit takes more characters than this in a summary.
const SHORTEST: usize = 5;
/// Most that one approval covers, as identity keeps it.
const MAX_PAYLOAD_BYTES: usize = 4 << 20;
/// What an approver is shown when the author said nothing.
const NOT_SAID: &str = "(未说明 / not said)";

/// Who changes the policy over the API, for what a second person is asked.
#[derive(Debug, Clone)]
pub struct Asker {
    /// The person.
    pub principal: Principal,
    /// From where.
    pub client: ClientFacts,
    /// Id of the request.
    pub request_id: String,
    /// The approval that the change is to run on, once there is one.
    pub approval: Option<ApprovalId>,
}

/// A change that a second person is to approve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proposal {
    /// What it does, in Chinese.
    zh: String,
    /// The same in English.
    en: String,
    payload: Vec<u8>,
}

impl Proposal {
    /// Of these edits; `names` says what the ids and digests in them stand for.
    pub(crate) fn of(edits: impl Iterator<Item = Edit>, names: &Names) -> Result<Self, ChangeError> {
        let edits = in_order(edits);
        let said = |words: fn(&Edit, &Names) -> String| {
            let shown: Vec<String> = edits.iter().take(MAX_SHOWN / SHORTEST).map(|edit| words(edit, names)).collect();
            cut(&shown.join("; "), MAX_SHOWN)
        };
        Ok(Self { payload: payload(&edits)?, zh: said(in_chinese), en: said(in_english) })
    }

    /// Whether it is these edits that it proposes.
    pub(crate) fn is_of(&self, edits: impl Iterator<Item = Edit>) -> Result<bool, ChangeError> {
        Ok(payload(&in_order(edits))? == self.payload)
    }

    /// Who has approved it. Where nobody has, somebody is asked, and the change is refused for now.
    pub(crate) async fn second_person(
        &self,
        approvals: &Port<dyn Approvals>,
        by: By<'_>,
    ) -> Result<Approver, ChangeError> {
        let approvals = approvals.get().map_err(ChangeError::Approval)?;
        let asker = by.asker;
        let Some(approval) = asker.approval else {
            let reason = by.reason.replace(char::is_control, " ");
            let request = ApprovalRequest {
                action: CHANGE,
                permission: OBJECT_WRITE.as_str(),
                summary_zh: &self.zh,
                summary_en: &self.en,
                payload: &Payload::new(self.payload.clone()),
                requested_by: &asker.principal,
                reason: if reason.trim().is_empty() { NOT_SAID } else { &cut(&reason, MAX_SHOWN) },
                client: &asker.client,
                request_id: &asker.request_id,
            };
            let asked = approvals.request(request).await.map_err(ChangeError::Approval)?;
            return Err(ChangeError::NeedsApproval(asked));
        };
        let payload = PayloadHash::from_sha256(sha256(&self.payload));
        let claim = ApprovalClaim { approval, action: CHANGE, payload, change: by.change.id() };
        approvals.is_granted(&claim).await.map_err(|error| match error {
            PortError::Refused { code: APPROVAL_UNDECIDED } => ChangeError::NeedsApproval(approval),
            error => ChangeError::Approval(error),
        })
    }
}

fn in_order(edits: impl Iterator<Item = Edit>) -> Vec<Edit> {
    let mut edits: Vec<Edit> = edits.collect();
    edits.sort_by(|one, other| place_of(one).cmp(&place_of(other)));
    edits
}

/// What is removed first, then what is changed, then what is made; by kind and name.
fn place_of(edit: &Edit) -> (u8, &str, &str) {
    let (order, row) = match (&edit.before, &edit.after) {
        (row, None) => (0, row.as_ref()),
        (Some(_), Some(row)) => (1, Some(row)),
        (None, Some(row)) => (2, Some(row)),
    };
    row.map_or((order, "", ""), |row| (order, row.kind.as_str(), row.name.as_str()))
}

/// The edits as bytes that are the same when the same is asked for again: what is made gets another id each time.
fn payload(edits: &[Edit]) -> Result<Vec<u8>, ChangeError> {
    let said = |row: &ItemRow| (row.kind.clone(), row.name.clone(), row.body.clone());
    let told = |edit: &Edit| {
        let (before, after) = (edit.before.as_ref(), edit.after.as_ref());
        (before.map(|row| row.id.clone()), before.map(said), after.map(said))
    };
    let rows: Vec<_> = edits.iter().map(told).collect();
    let text = serde_json::to_string(&rows).map_err(|error| ChangeError::Unreadable(error.to_string()))?;
    if text.len() > MAX_PAYLOAD_BYTES {
        return Err(ChangeError::TooMuch);
    }
    Ok(by_name(&text, edits)?.into_bytes())
}

/// The text with what is made called by kind and name instead of by its id.
fn by_name(text: &str, edits: &[Edit]) -> Result<String, ChangeError> {
    let made = edits.iter().filter(|edit| edit.before.is_none()).filter_map(|edit| edit.after.as_ref());
    let (ids, names): (Vec<&str>, Vec<String>) =
        made.map(|row| (row.id.as_str(), format!("{} {}", row.kind, row.name.escape_default()))).unzip();
    let ids = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(ids);
    let ids = ids.map_err(|error| ChangeError::Unreadable(error.to_string()))?;
    Ok(ids.replace_all(text, &names))
}

/// So many characters at most; `…` says that there were more.
fn cut(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn row(id: &str, name: &str, body: &Value) -> ItemRow {
        ItemRow { id: id.into(), kind: "object".into(), name: name.into(), body: body.to_string(), generation: 1 }
    }

    #[test]
    fn approver_reads_what_is_removed_changed_and_made() {
        let edits = [
            Edit { before: None, after: Some(row("3", "新", &json!({ "name": "新", "hosts": ["a"] }))) },
            Edit {
                before: Some(row(
                    "1",
                    "体检",
                    &json!({ "name": "体检", "settings": { "mode": "block", "policy": "crs" } }),
                )),
                after: Some(row("1", "体检", &json!({ "name": "体检", "settings": { "mode": "observe" } }))),
            },
            Edit { before: Some(row("2", "旧", &json!({}))), after: None },
        ];
        let proposal = Proposal::of(edits.into_iter(), &Names::default()).unwrap();
        assert_eq!(
            proposal.zh,
            "删除防护对象“旧”; 修改防护对象“体检” (settings.mode \"block\" → \"observe\", settings.policy \"crs\" → –); \
             新建防护对象“新” (hosts [\"a\"])"
        );
        assert!(proposal.en.starts_with("remove object \"旧\"; change object \"体检\" ("), "{}", proposal.en);
    }

    #[test]
    fn same_things_made_again_are_the_same_and_others_are_not() {
        let made = |id: &str, host: &str| {
            let object = row(id, "新", &json!({ "hosts": [host] }));
            let exclusion = row(&format!("{id}-e"), "例外", &json!({ "scope_id": id }));
            let edits = [object, exclusion].map(|row| Edit { before: None, after: Some(row) });
            Proposal::of(edits.into_iter(), &Names::default()).unwrap().payload
        };
        assert_eq!(made("0198-one", "a"), made("0198-two", "a"));
        assert_ne!(made("0198-one", "a"), made("0198-one", "b"));
    }

    #[test]
    fn long_changes_are_cut_for_the_reader_and_whole_for_the_approval() {
        let of = |count: usize| {
            let edits =
                (0..count).map(|at| Edit { before: None, after: Some(row(&format!("id-{at}-"), "n", &json!({}))) });
            Proposal::of(edits, &Names::default()).unwrap()
        };
        assert_eq!(of(300).zh.chars().count(), MAX_SHOWN);
        assert_eq!(of(300).zh, of(301).zh);
        assert_ne!(of(300), of(301));
    }
}
